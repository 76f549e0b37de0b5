"""E-mail addresses, also spelled out, and telephone numbers."""

from __future__ import annotations

import re

from phonenumbers import Leniency, PhoneNumberMatcher

from dialogs.understanding.names import Found
from dialogs.understanding.words import Words

_AT = (
    r"(?:@|\s?[(\[{]\s?(?:at|arroba|собака|@)\s?[)\]}]\s?|\s(?:at|arroba|собака|собачка|艾特)\s|"
    r"(?:艾特))"
)
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|punto|точка|\.)\s?[)\]}]\s?|\s(?:dot|punto|точка)\s|\s?点\s?)"
_DASH = r"(?:-|\s(?:dash|guion|дефис)\s)"
_SPOKEN_ENDINGS = (("ру", "ru"), ("ком", "com"), ("нет", "net"), ("орг", "org"))
_ADDRESS = re.compile(
    rf"(?<![a-z0-9])(?P<user>[a-z0-9_+%-]+(?:(?:{_DOT}|{_DASH}|_)[a-z0-9_+%-]+)*){_AT}"
    rf"(?P<host>[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*{_DOT}(?:[a-z]{{2,18}}|ру|ком|рф|нет|"
    rf"орг))(?![a-zа-я0-9])"
)
# "A shared host at one.com" is no address: a bare "at" needs a word of writing, or a spelled dot.
_BARE_AT = re.compile(r"[a-z0-9]\s(?:at)\s[a-z0-9-]+(?:\.[a-z0-9-]+)+$")
_MAIL_CUE = re.compile(
    r"mail|\bwrite|\bsend|\breach|\bcontact|address|邮|почт|пиш|correo|escrib|envi"
)
_PHONE_SHAPE = re.compile(  # Han text has no spaces: 电话13800138000
    r"(?<![^\W\u3400-\u9fff])(?<![.@])\+?[\d(][\d\s().\-/]{5,22}\d"
    r"(?![^\W\u3400-\u9fff]|@)"
)
_PHONE_CUE = re.compile(
    r"\bcall|phone|mobile|\bcell\b|\btel\b|\bring\b|whatsapp|telegram|reach|number is|"
    r"电话|手机|号码|微信|联系|打给|拨|致电|回电|тел\b|телефон|позвон|номер|набер|перезвон|вотсап|"
    r"ватсап|llam|telefono|\btlfn?o?\b|movil|numero"
)
_ORDER_CUE = re.compile(
    r"order|invoice|ticket|parcel|tracking|订单|快递|单号|发票号|工单|заказ|накладн|тикет|pedido|"
    r"factura|albaran|contract|contrato|договор|合同|客户编号|客户号"
)
_WHOLE_NUMBER = 9  # digits that beside an address of mail can only be a telephone
# Numbers without a country code are tried as if they were dialled in these countries.
_REGIONS = ("CN", "RU", "ES", "GB", "US", "DE", "MX", "AR", "FR", "KZ", "AT", "CH")


def read_email(words: Words, *, asked: bool) -> list[Found]:
    """Addresses as written, with a spelled-out at and dot put right."""
    low = words.low
    if "@" not in low and not any(cue in low for cue in ("at", "arroba", "собак", "艾特", "собач")):
        return []
    found = []
    for hit in _ADDRESS.finditer(low):
        if "@" not in hit.group() and not re.search(_DOT[:-1] + ")", hit["host"]):
            continue
        if not asked and _BARE_AT.search(hit.group()) and not _MAIL_CUE.search(low):
            continue
        user = re.sub(_DASH, "-", re.sub(_DOT, ".", hit["user"]))
        host = re.sub(_DOT, ".", hit["host"])
        for spoken, ending in _SPOKEN_ENDINGS:
            host = re.sub(rf"{spoken}$", ending, host)
        value = f"{user}@{host}"
        found.append(Found("email", re.sub(r"\s", "", value), hit.start(), hit.end(), "address"))
    return found


def _names_order(before: str) -> bool:
    """Whether a word for an order or a contract stands before, and none for a telephone since."""
    orders = list(_ORDER_CUE.finditer(before))
    return bool(orders) and _PHONE_CUE.search(before[orders[-1].end() :]) is None


def read_phone(words: Words, *, asked: bool, cued: bool = False) -> list[Found]:
    """Numbers that can be dialled; unasked and without a plus only beside a word of calling.

    `cued`: the question was whether we should call or write.
    """
    low = words.low
    for hit in _PHONE_SHAPE.finditer(low):
        raw = hit.group()
        digits = re.sub(r"\D", "", raw)
        plus = raw.startswith("+") or digits.startswith("00")
        if not 7 <= len(digits) <= 15 or _names_order(low[: hit.start()]):
            continue
        beside = "@" in low and len(digits) >= _WHOLE_NUMBER
        likely = cued or asked or plus or beside or _is_mobile(digits) or _PHONE_CUE.search(low)
        if not likely or not (asked or beside or _is_dialled(raw)):
            continue
        number = "+" + digits.removeprefix("00") if plus else digits
        return [Found("phone", number, hit.start(), hit.end(), "phone")]
    return []


def _is_mobile(digits: str) -> bool:
    """A Chinese or Russian mobile number is told by its shape alone."""
    return re.fullmatch(r"1[3-9]\d{9}|[78]9\d{9}", digits) is not None


def _is_dialled(raw: str) -> bool:
    for region in _REGIONS:
        for _ in PhoneNumberMatcher(raw, region, Leniency.VALID, 1):
            return True
    return False
