"""Comparing us with others: the sheet is handed over, and nothing is said that it does not say."""

from __future__ import annotations

import re

import msgspec

from dialogs import documents, giving
from dialogs.pack import Document
from dialogs.talk import Talk
from dialogs.types import Known, Reading, Struct
from dialogs.words import fold, fold_name, has_chinese, holds

SHEET = "comparison"
NAME_MAX = 40  # characters; what is longer names nobody
# Readings that such a question is easily taken for.
_MISTAKEN = frozenset({"ask_why", "support_request", "out_of_scope", "unclear", "provide_info"})

_NAME = r"(?P<name>[^\W_][\w.+&-]*(?-i: [A-ZА-ЯЁ][\w.+&-]*)?)"
_US = r"(?:you(?:rs)?|your (?:product|software|system|shop)|this|it)"
# Who asks so names another; the name follows.
_AGAINST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bcompar\w*\b(?: {_US})? (?:to|with|against) {_NAME}",
        rf"\b(?:vs\.?|versus) {_NAME}",
        rf"{_NAME} (?:vs\.?|versus) (?:you|yours?|this)\b",
        rf"\b(?:better|worse|cheaper|different|other) (?:than|from|to) {_NAME}",
        rf"\bdiffer\w*(?: \w+)? (?:from|to|between {_US} and) {_NAME}",
        rf"\bwhy {_US}(?:,)? (?:and )?(?:not|instead of|over|rather than) {_NAME}",
        rf"\b(?:choose|pick|take|use|buy) {_US} (?:instead of|over|rather than|and not) {_NAME}",
        rf"\bwhy (?:not|shouldn't (?:i|we)) (?:just )?(?:use|take|go with|buy) {_NAME}",
        rf"\b(?:advantage|benefit|edge)s? (?:over|against|compared to) {_NAME}",
        rf"\balternative to {_NAME}",
        rf"сравн\w+ (?:\w+ )?(?:с|со|против) {_NAME}",
        rf"(?:лучше|хуже|дешевле)(?: чем|,? чем у)? {_NAME}",
        rf"(?:отлича\w+|отличи\w+)(?: \w+)? от {_NAME}",
        rf"(?:почему|зачем) (?:именно )?вы,? ?(?:а )?не {_NAME}",
        rf"почему (?:бы )?не (?:взять |выбрать )?{_NAME}",
        rf"в отличие от {_NAME}",
        rf"(?:преимуществ\w+|плюс\w*) (?:перед|по сравнению с) {_NAME}",
        rf"\bcompar\w*(?: ustedes| esto)? (?:con|frente a) {_NAME}",
        rf"\b(?:mejor|peor|m[aá]s barato)s? que {_NAME}",
        rf"\b(?:diferenci\w+|distingu\w+)(?: \w+){{0,3}} (?:de|con) {_NAME}",
        rf"por qu[eé] (?:ustedes|vosotros|usted|elegir\w*)(?: \w+)?,? y no {_NAME}",
        rf"por qu[eé] no (?:usar |elegir |coger )?{_NAME}$",
        rf"\b(?:frente a|en vez de|en lugar de) {_NAME}",
        rf"\bventajas? (?:sobre|frente a|respecto a) {_NAME}",
    )
)
_CHINESE_NAME = (
    r"(?P<name>[A-Za-z][\w.+& -]*?|(?!怎么|有什么|有啥|起来|如何|好|哪|表|资料|文档|文件|材料)"
    r"[\u4e00-\u9fff]{2,6}?)"
)
_AGAINST_CHINESE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[和跟与同]\s*{_CHINESE_NAME}\s*(?:相比|比较|比起来|比|对比|有什么(?:区别|不同|不一样)|的(?:区别|差别|不同)|哪个好|哪家好|谁好)",
        rf"(?<!货)(?:比(?!较|如|例|赛|方|特币|价|重|率|值|分|萨|亚迪|利时|邻)起?|相比|对比(?!表))\s*{_CHINESE_NAME}\s*"
        r"(?:好|强|便宜|贵|有什么|有啥|怎么样|如何|的优势|$|[？?，,])",
        rf"(?:而不(?:是|用|选)|为什么不(?:用|选|直接用)|干嘛不用|为啥不用)\s*{_CHINESE_NAME}\s*(?:$|[？?呢吗，,。])",
    )
)
# Others in general, or a comparison by name of the thing itself.
_GENERAL = re.compile(
    r"\b(?:competitors?|competition|rivals?|other (?:vendors?|systems?|products?|shop systems?|"
    r"providers?|platforms?)|the (?:others|alternatives))\b|\bhow do you compare\b|"
    r"竞品|竞争对手|同类产品|同行|别家|其他家|其他(?:系统|平台|产品|品牌)|"
    r"конкурент\w*|аналог\w*|друг\w+ (?:систем|платформ|решени)\w*|"
    r"\b(?:competidor\w*|competencia|otras? (?:plataformas?|sistemas?|marcas?|soluci\w+))\b",
    re.IGNORECASE,
)
_COMPARING = re.compile(
    r"compar|better|differ|why|advantage|versus|\bvs\b|instead|比|区别|不同|优势|好在|为什么|"
    r"сравн|лучше|отлич|почему|преимущ|mejor|diferenci|ventaja|por qu[eé]|frente",
    re.IGNORECASE,
)
_EDITIONS = re.compile(
    r"(?:differ\w*|compar\w*|versus|\bvs\b).{0,30}\b(?:editions?|versions?|plans?)\b|"
    r"\beditions?\b.{0,20}\b(?:differ|compar)|版本?.{0,8}(?:区别|差别|不同|对比|比较|不一样)|"
    r"(?:对比|比较).{0,6}版|(?:отлич|разниц|сравн).{0,30}(?:редакци|верси)|"
    r"(?:редакци|верси).{0,20}(?:отлич|разниц|сравн)|"
    r"(?:diferenci|compar).{0,30}(?:ediciones|versiones|planes)|"
    r"(?:ediciones|versiones|planes).{0,20}diferenci",
    re.IGNORECASE,
)
# What stands where a name would and is none.
_NO_NAME = re.compile(
    r"(?:an?|the|this|that|these|those|it|them|us|yours?|you|my|our|others?|another|any|each|"
    r"last|what|which|before|now|ever|all|and|or|not|usual|normal|expected|yesterday|nothing|"
    r"anything|something|someone|anybody|everyone|most|many|some|competit\w+|rivals?|"
    r"alternatives|market|rest|"
    r"что|чем|это|этого|вас|вами|вы|нас|мы|друг\w+|остальн\w+|раньше|аналог\w*|конкурент\w*|рынок|"
    r"el|la|los|las|lo|una?|otr[oa]s?|que|antes|es[ot]o|ustedes|ninguna|nada|competencia|"
    r"competidor\w*|"
    r"你们|我们|他们|别家|其[他它]|同行|竞品|别人|同类|以前|现在|什么|哪个)\b.*"
)


class Wish(Struct):
    """A comparison asked for: with `rivals`, with others in general (none), or of our editions."""

    rivals: tuple[str, ...] = ()
    editions: bool = False


def find_wish(text: str, own: frozenset[str]) -> Wish | None:
    """The comparison that a text asks for, or None. `own`: folded names of ours and of editions."""
    if len(text) > 300:
        return None
    patterns = (*_AGAINST, *_AGAINST_CHINESE) if has_chinese(text) else _AGAINST
    names = [hit["name"].strip(" .") for p in patterns for hit in p.finditer(text)]
    compares = _COMPARING.search(text) is not None
    named = sum(holds(fold(text), name) for name in own)
    if any(fold(name) in own for name in names) or _EDITIONS.search(text):
        return Wish(editions=True)
    if named > 1 and compares:
        return Wish(editions=True)
    rivals = [n for n in names if not _NO_NAME.fullmatch(fold(n)) and len(n) <= NAME_MAX]
    # "cheaper than renting" names a way, and nobody.
    called = [n for n in rivals if not (n.islower() and n.endswith("ing"))]
    if called:
        return Wish(rivals=tuple(dict.fromkeys(called))[:2])
    return Wish() if rivals or (compares and _GENERAL.search(text)) else None


def take_in(talk: Talk) -> None:
    """Before anything is kept: a comparison asked for is no fact, no complaint and no why."""
    wish = _wish(talk)
    reading = talk.reading
    if wish is None or wish.editions or not _may_ask(reading):
        return
    intents = tuple(i for i in reading.intents if i not in _MISTAKEN or _states(reading, i))
    if not {"ask_document", "ask_feature", "ask_commercial"} & set(intents):
        intents = (*intents, "ask_feature")
    slots = {s: v for s, v in reading.slots.items() if s != "need" or v != reading.text}
    talk.reading = msgspec.structs.replace(reading, intents=intents, slots=slots)


def _states(reading: Reading, intent: str) -> bool:
    """The message tells facts besides."""
    return intent == "provide_info" and any(v != reading.text for v in reading.slots.values())


def _may_ask(reading: Reading) -> bool:
    """What orders, ends or calls for somebody is no comparison, whatever words stand in it."""
    return not {"stop", "buy_now", "talk_to_human", "abuse"} & set(reading.intents)


def _wish(talk: Talk) -> Wish | None:
    return find_wish(talk.reading.text, _own_names(talk))


def _own_names(talk: Talk) -> frozenset[str]:
    company, editions = talk.pack.company, talk.pack.editions
    names = [*company.name.values(), *(n for e in editions for n in (e.id, *e.name.values()))]
    firsts = (name.split()[0] for name in names if not has_chinese(name))
    return frozenset(map(fold_name, (*names, *firsts)))


def answer(talk: Talk) -> bool:
    """Hand over the sheet, with a fair word on whom it speaks of. False if none was asked for."""
    wish = _wish(talk)
    if wish is None or wish.editions or not _may_ask(talk.reading):
        return False
    _keep_rivals(talk, wish.rivals)
    sheet = _sheet(talk)
    rival = " / ".join(wish.rivals)
    if sheet is None:
        alone = talk.state.owner == "bot"
        doors = [talk.button("person", "person", "button.colleague")] if alone else []
        talk.say("compare.no_paper", rival=rival, buttons=doors, theirs=wish.rivals)
        return True
    if not rival:
        talk.say("compare.general")
    elif all(_speaks_of(sheet, name) for name in wish.rivals):
        talk.say("compare.rival", rival=rival, theirs=wish.rivals)
    else:
        talk.say("compare.unknown", rival=rival, theirs=wish.rivals)
    giving.hand_over(talk, (SHEET,))
    talk.join_last()
    return True


def add_sheet(talk: Talk) -> None:
    """To the answer on our editions: the sheet, while it was not given."""
    wish = _wish(talk)
    sheet = _sheet(talk)
    given = {each.document for each in talk.state.given}
    if wish is not None and wish.editions and sheet is not None and sheet.id not in given:
        giving.hand_over(talk, (SHEET,))


def _sheet(talk: Talk) -> Document | None:
    choices = documents.choose(talk.pack, (SHEET,), giving.recipient(talk))
    return choices[0].document if choices else None


def _speaks_of(sheet: Document, name: str) -> bool:
    return any(holds(fold(part), fold(name)) for _, part in sheet.text)


def _keep_rivals(talk: Talk, rivals: tuple[str, ...]) -> None:
    """Whom they compare us with goes to the profile, added to those named before."""
    known = talk.value("alternatives")
    before = [name for name in str(known).split(", ") if name] if known else []
    held = {fold(name) for name in before}
    new = [name for name in rivals if fold(name) not in held]
    if new:
        quote = talk.reading.text[:500]
        value = ", ".join((*before, *new))[:200]
        talk.put(
            "alternatives", Known(value=value, status="stated", quote=quote, message=talk.message)
        )
