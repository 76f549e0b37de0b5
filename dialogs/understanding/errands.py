"""Who only gathers offers, for somebody else to choose.

Offers that are gathered are a task told, and no price is asked for; who asks for prices on behalf
of somebody both tells the task and asks, so that their noun is left to be read.
"""

from __future__ import annotations

import re

ERRAND = "gathers offers"
_OFFERS = (
    r"(?:price |sales |commercial |written )?(?:quotes?|quotations?|offers?|bids?|prices|"
    r"estimates?|"
    r"proposals?)\b"
)
_WORD_OF_MOUTH = r"(?:info(?:rmation)?|options|brochures|material|details|numbers|figures)\b"
_FOR_EN = (
    r"(?: \w+){0,4} (?:for|on behalf of) (?:my|our|the|a) (?:\w+ )?(?:boss|manager|director|head|"
    r"board|team|owner|chief|ceo|cfo|cto|committee|council|management|company|colleague|department|"
    r"client|customer|employer|supervisor|school|office)\w*"
)
_MANY = (
    r"(?:(?:some|a few|the|all|all the|several|different|various|three|3|two|2|up|in|together) )*"
)
_COLLECT = r"(?:collect|gather|compil|assembl|pull|round|bring)(?:e|ing)?"
_I_DO = r"(?:i|we|i'm|im|we're|i am|we are|i was|we were|i've been)"
_ONLY = r"(?:only|just|merely|simply|mostly)"
_TOLD_TO = (
    r"(?:(?:asked|told|sent|instructed|supposed|meant|tasked|here|my (?:job|task|part|"
    r"role)(?: here)?"
    rf" is|responsible for|in charge of|job (?:here )?is)(?: {_ONLY})?(?: me)?(?: to| with)?)"
)
_EN = re.compile(
    rf"(?:(?:^|[,.;:!?] ?|\b(?:and|but|hi|hello) ){_ONLY}|\b{_I_DO}(?: {_ONLY}| currently| still|"
    r" now|"
    rf" the one who| right now)*|\b{_TOLD_TO}) {_COLLECT} {_MANY}{_OFFERS}"
    rf"(?: {_WORD_OF_MOUTH})?(?:{_FOR_EN})?|"
    rf"\b(?:{_I_DO} )?{_ONLY} (?:here to )?{_COLLECT} {_MANY}{_WORD_OF_MOUTH}|"
    rf"\b{_I_DO}(?: {_ONLY})? {_COLLECT} {_MANY}{_WORD_OF_MOUTH}{_FOR_EN}|"
    rf"\b(?:{_I_DO}|{_ONLY})(?: {_ONLY})? (?:getting|asking for|requesting|comparing|looking for)"
    rf"(?= {_MANY}(?:{_OFFERS}|{_WORD_OF_MOUTH}){_FOR_EN})"
)
_OFFERS_ES = r"(?:presupuestos|ofertas|precios|cotizaciones|propuestas)\b"
_INFO_ES = r"(?:informacion|info|datos|opciones|folletos|catalogos)\b"
_FOR_ES = (
    r"(?: \w+){0,4} (?:para|de parte de|por encargo de) (?:mi|la|el|nuestr[oa]|los|las) (?:\w+ )?"
    r"(?:jef|direc|geren|duen|empres|comite|consejo|junta|encargad|responsabl|equip|client|patron|"
    r"ayuntamient|colegi|propietari|compan)\w*"
)
_MANY_ES = r"(?:(?:los|las|unos|unas|varios|varias|algunos|algunas|tres|3|dos|todos|todas|mas) )*"
_I_COLLECT_ES = r"(?:recojo|recopilo|reuno|junto|recabo|recogemos|recopilamos|reunimos|juntamos)"
_COLLECT_ES = r"(?:recog|recopil|reun|junt|recab)(?:er|ar|ir|iendo|ando|a|e)"
_TOLD_TO_ES = (
    r"(?:me (?:encargo|encargan|encargaron|han encargado|toca|piden|pidieron|han pedido|mandan|"
    r"mandaron|han mandado|ocupo|dedico)(?: a| de| que)?|encargad[oa] de|mi (?:trabajo|tarea|labor|"
    r"papel|funcion) es|estoy|estamos|ando|solo(?: tengo que| debo)?)"
)
_ES = re.compile(
    rf"\b(?:{_I_COLLECT_ES}|{_TOLD_TO_ES}(?: solo)? {_COLLECT_ES}) {_MANY_ES}{_OFFERS_ES}"
    rf"(?:{_FOR_ES})?|\bsolo (?:{_I_COLLECT_ES}|{_COLLECT_ES}) {_MANY_ES}{_INFO_ES}|"
    rf"\b(?:{_I_COLLECT_ES}|{_TOLD_TO_ES} {_COLLECT_ES}) {_MANY_ES}{_INFO_ES}{_FOR_ES}|"
    r"\b(?:estoy |ando )?(?:pid|solicit|busc|compar)(?:o|iendo|ando)"
    rf"(?= {_MANY_ES}(?:{_OFFERS_ES}|{_INFO_ES}){_FOR_ES})"
)
_OFFERS_RU = (
    r"(?:(?:коммерчески\w+|ценов\w+|разны\w+|все|три|3|нескольк\w+) )*(?:предложени\w+|кп\b|цены\b|"
    r"цен\b|расцен\w+|прайс\w*|котиров\w+|сметы\b|смет\b|оферт\w+|счета\b)"
)
_INFO_RU = r"(?:информаци\w+|инф[уы]\b|данные|вариант\w+|материал\w+)"
_FOR_RU = (
    r"(?: \w+){0,3} (?:для|по (?:поручению|просьбе|заданию)|от имени) (?:\w+ )?(?:руковод|начальн|"
    r"директор|шеф|босс|собственник|владел|хозя|тендер|комисс|закуп|заказчик|клиент|коллег|отдел|"
    r"компани|генеральн|главн)\w*"
)
_TOLD_TO_RU = (
    r"(?:поручил\w*|поручено|попросил\w*|велел\w*|велено|сказали|мое дело|моя (?:задача|роль|"
    r"работа)|"
    r"задача|занимаюсь|отвечаю за|нужно|надо|должен|должна)"
)
_RU = re.compile(
    rf"\b(?:собира[юе]м?|собирала?|подбираю) (?:\w+ )?{_OFFERS_RU}(?:{_FOR_RU})?|"
    rf"\b{_TOLD_TO_RU}(?: мне| нам)?(?: только| просто)?(?: -)? (?:собрать|собирать|сбор\w*|"
    rf"подобрать|запросить) (?:\w+ )?{_OFFERS_RU}|"
    rf"\b(?:(?:только|просто|лишь) (?:я )?(?:собира\w+|сбор\w*)|собира[юе]м?) (?:\w+ )?{_INFO_RU}|"
    r"\b(?:запрашива\w+|узна[юе]\w*|сравнива\w+|смотрю)"
    rf"(?= (?:\w+ )?(?:{_OFFERS_RU}|{_INFO_RU}){_FOR_RU})"
)
_GATHER_ZH = r"(?:收集|搜集|整理|汇总|征集|收|搜罗|归集)"
_THINGS_ZH = r"(?:报价|价格|价钱|方案|资料|信息|报价单|供应商)"
_FEW_ZH = r"(?:一下|下|几家|各家|多家|三家|些|一些|各种|不同|厂家|的|供应商)*"
_BOSS_ZH = r"(?:领导|老板|经理|总监|公司|上级|上面|同事|部门|客户|总|学校|单位)"
_ZH = re.compile(
    r"(?:我们?|本人)?(?:这边|这次|目前|现在)?(?:就是|只是|只管|只负责|就负责|负责|仅|只|不过是|"
    r"是来|"
    rf"主要是?|在)(?:帮|替|给)?(?:{_BOSS_ZH})?(?:来|去)?{_GATHER_ZH}{_FEW_ZH}{_THINGS_ZH}|"
    rf"(?:帮|替|给|为|让我|叫我|要我|派我){_FEW_ZH}(?:我们?)?(?:{_BOSS_ZH})?(?:来|去)?"
    rf"{_GATHER_ZH}{_FEW_ZH}{_THINGS_ZH}|(?:只|就|我)是?负责询价|"
    rf"(?:帮|替|给)(?:我们?)?{_BOSS_ZH}(?:来|去)?(?=(?:比较?|[问询]|"
    rf"打听){_FEW_ZH}个?(?:{_THINGS_ZH}|价))"
)
# Offers of their own trade: those that their customers ask for, or that a shop is to gather.
_OF_THEIR_TRADE = re.compile(
    r"^ ?(?:\w+ )?(?:(?:from|of|by) (?:our |the |my )?(?:customers?|clients?|dealers?|"
    r"competitors|visitors)|online\b|on (?:the|our) (?:site|web|shop)|(?:de|a) (?:los |las |"
    r"nuestr[oa]s |mis )?(?:client|compet|distribu)\w*|(?:от|у|с) (?:\w+ )?(?:клиент|"
    r"покупател|дилер)\w*|конкурент\w*)|^(?:给|来自)?(?:客户|经销商|顾客)"
)


def find_errand(low: str) -> re.Match[str] | None:
    """Where it is told that the writer only gathers offers: "recojo presupuestos"."""
    for pattern in (_EN, _ES, _RU, _ZH):
        hit = pattern.search(low)
        if hit and not _OF_THEIR_TRADE.match(low[hit.end() :]):
            return hit
    return None
