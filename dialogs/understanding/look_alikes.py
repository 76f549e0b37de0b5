"""Telling words that mean something else where they stand."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question
from dialogs.understanding.wishes import haggles

# "Do dealers get their own prices?" asks what the shop can do.
_OWN_PRICES = re.compile(
    r"\b(?:their|there|his|own|different|special|individual|customer|dealer)(?: own)? prices\b|"
    r"\bprecios? (?:distint|propi|especial|diferent)\w+|\b(?:сво|разн|индивидуальн|отдельн)\w+ цен|"
    r"(?:不同|各自|单独|专属|自己)的?(?:价格|价)"
)
# "Their fees are killing us" tells what another one takes.
_THEIR_COSTS = re.compile(
    r"\b(?:their|his|her|its|[a-z]+'s) (?:\w+ )?(?:fees?|prices?|pricing|costs?|rates?)\b|"
    r"\b(?:у них|их) (?:\w+ )?(?:цен|комисси|тариф|стоимост)|他们的?(?:费用|价格|收费|抽成)"
)
# 不用天天打电话, "instead of calling us": what the shop shall save, and no call to us.
_NO_MORE_CALLS = re.compile(
    r"(?:不用|不必|免得|省得|不要|别|避免).{0,5}打电话|\b(?:instead of|without|no more|stop) "
    r"(?:\w+ )?(?:calling|phoning|ringing)|чтоб\w* не звонил|вместо звонков|"
    r"\b(?:sin|en vez de|para no) (?:tener que )?llamar"
)
# "Se puede conectar con el almacén" joins systems, and nobody to us.
_JOINED_TO = re.compile(
    r"\bconect\w+ con (?:el|la|los|las|nuestr\w+|mi) (?!equipo|departamento|responsabl|comercial|"
    r"encargad|jef|vend|agente|asesor|soporte|person|ventas|director|tecnic)\w|"
    r"\bconnect\w* (?:to|with) (?:our|my|the) (?!sales|team|support|agent|manager|person|people|"
    r"rep|staff|expert|human|someone|office|right)\w"
)
# "Are you a real person?" asks what the bot is, and calls for nobody.
_ABOUT_THE_BOT = re.compile(
    r"\b(?:are you|am i (?:talking|speaking|chatting)|is this) (?:\w+ ){0,3}(?:real|human|person)|"
    r"你是(?:不是)?(?:真人|人工|人)|(?:ты|вы) (?:живой|настоящий|человек)|"
    r"(?:eres|es usted) (?:una )?(?:persona|humano)"
)
# "I don't want to buy anything": who says so orders nothing.
_NO_BUYING = re.compile(
    r"(?<!why )\b(?:not|don't|dont|do not|won't|wont|never|no (?:intention|plans?|wish))\b"
    r"[^,.;!?]{0,24}\b(?:buy|order|purchas|sign|pay)(?!\w* (?:until|before|without))|"
    r"(?:不|没|不是|没有)(?:想|要|打算|准备|会|急着)+(?:现在|马上|立刻)?(?:来)?(?:买|下单|购买|"
    r"付款|签)|"
    r"\bне (?:хо\w+|собира\w+|буд[уе]\w*|планир\w+|готов\w*)(?: \w+)? (?:купить|покупать|"
    r"заказ\w+|платить|оплач\w+|приобр\w+|подпис\w+)|"
    r"\bno (?:quier\w+|queremos|voy a|vamos a|pienso|pensamos|pretend\w+|busc\w+)(?: \w+)? "
    r"(?:comprar|pagar|firmar|pedir|contratar)"
)
# "Can we cancel the maintenance?", 维护能退订吗: what ends is a contract, and not this talk.
_CANCELLING = re.compile(r"unsubscrib|退订|отпис|\bde baja\b|cancel|注销")
_CONTRACT = re.compile(
    r"\b(?:maintenance|support|subscription|contract|licen[cs]es?|service|plan|updates|renewal|"
    r"hosting)\b|维护|维保|服务(?!号|通知)|订阅(?!号)|合同|授权|许可|运维|升级|续费|托管|年费|"
    r"поддержк|сопровожд|обслуживан|подписк|договор|лиценз|обновлени|тариф|хостинг|"
    r"mantenimiento|soporte|suscripci|contrato|licencia|servicio|actualizaciones|alojamiento"
)
_OF_MESSAGES = re.compile(
    r"\b(?:data|messages?|e?-?mails?|newsletters?|notifications?|list)\b|数据|资料|短信|邮件|通知|"
    r"消息|"
    r"推送|данны|рассыл|сообщен|письм|уведомл|\b(?:datos|mensajes?|correos?|boletin|lista|avisos)\b"
)


def put_right(found: list[tuple[str, str]], low: str) -> list[tuple[str, str]]:
    """Signs whose words mean something else here: prices of their customers, calls to be saved."""
    if any(intent == "ask_price" for intent, _ in found) and haggles(low):
        found = [(intent, word) for intent, word in found if intent != "buy_now"]
    if wants_no_order(low):
        found = [(intent, word) for intent, word in found if intent != "buy_now"]
    if _THEIR_COSTS.search(low) and not is_question(low):
        found = [(intent, word) for intent, word in found if intent != "ask_price"]
    if _OWN_PRICES.search(low):
        found = [("ask_feature" if i == "ask_price" else i, word) for i, word in found]
    if any(each.search(low) for each in (_ABOUT_THE_BOT, _NO_MORE_CALLS, _JOINED_TO)):
        found = [(intent, word) for intent, word in found if intent != "talk_to_human"]
    if _CANCELLING.search(low) and _CONTRACT.search(low) and not _OF_MESSAGES.search(low):
        found = [("ask_commercial" if i == "stop" else i, word) for i, word in found]
    return found


def wants_no_order(low: str) -> bool:
    """Whether it is told that nothing will be bought or signed, now or at all."""
    return _NO_BUYING.search(low) is not None
