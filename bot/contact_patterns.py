"""How e-mail addresses and phone numbers are written, and what only looks like them."""

from __future__ import annotations

import re
from collections.abc import Callable

LETTER = r"[^\W\u3400-\u9fff]"  # Chinese is written without spaces around other signs

# --- e-mail --------------------------------------------------------------------------------------

_AT = r"(?:[@＠﹫]|\s?[(\[]\s?at\s?[)\]]\s?)"
_LABEL = rf"(?:{LETTER}|-)+"
_NAME = rf"(?:{LETTER}|[\u3400-\u9fff-]){{1,40}}"  # a label that may be Chinese
# Without its ending nothing tells where a Chinese address stops and the sentence goes on.
_ENDING = (
    r"(?:公司|中国|中國|网络|網絡|网址|网站|网店|中文网|商店|商城|集团|在线|企业|信息|移动|手机|香港|"
    r"台湾|台灣|澳门|新加坡|广东|佛山|公益|政务|政府|组织机构|机构|商标|游戏|娱乐|购物|餐厅|食品|"
    r"健康|时尚|世界|招聘|慈善|我爱你)"
)
_DOMAIN = (
    # The sign that ends a Chinese sentence is a dot only where no other one stands.
    rf"(?:{_LABEL}(?:[.．]{_LABEL})+|{_LABEL}(?:[。｡]{_LABEL})+|"
    rf"{_NAME}[.．]{_LABEL}(?:[.．]{_LABEL})*|"
    rf"{_NAME}(?:[.．]{_NAME}){{0,2}}[.．。｡]{_ENDING})"
)
_CHINESE = rf"[\u3400-\u9fff]{{1,20}}{_AT}{_NAME}(?:[.．]{_NAME}){{0,2}}[.．](?:{_ENDING}|{_LABEL})"
_EMAIL = re.compile(rf"(?:{LETTER}|[.．+%-]){{1,64}}{_AT}{_DOMAIN}|{_CHINESE}", re.IGNORECASE)
# Spelled out: "carl at shop dot com". A bare "at" counts only where a dot is spelled out, too.
_PART = rf"(?:{LETTER}|-){{1,64}}"
_DOT = r"(?:\s?[(\[{]\s?(?:dot|punto|точка|\.)\s?[)\]}]\s?|\s(?:dot|punto|точка)\s|\s?点\s?)"
_SPELLED = re.compile(
    rf"(?<!{LETTER})(?<!-){_PART}(?:(?:{_DOT}|\.){_PART}){{0,4}}"
    rf"(?:{_AT}|\s(?:at|arroba|собака|собачка|艾特)\s|艾特)"
    rf"{_PART}(?:\.{_PART}){{0,3}}{_DOT}(?:{_PART}(?:{_DOT}|\.)){{0,3}}[^\W\d_\u3400-\u9fff]{{2,18}}",
    re.IGNORECASE,
)

# --- numbers -------------------------------------------------------------------------------------

# Days, with their hours and up to another day.
_DAY = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?:19|20)\d\d|"
    r"(?:19|20)\d\d[./-](?:0?[1-9]|1[0-2])[./-](?:0[1-9]|[12]\d|3[01]|[1-9]))"
)
_HOUR = r"(?:(?:,?\s|T)(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?(?!\d))?"
_DAYS = rf"{_DAY}{_HOUR}(?:\s?[-–]\s?{_DAY}{_HOUR})?(?![.\-/]?\d)"
# Sums of money, in groups of three or in one run; the currency stands next to them.
_MONEY = (
    r"(?:(?:RUB|EUR|euros?|USD|dollars?|d[oó]lares|CNY|RMB|GBP|CHF|PLN|KZT|UAH|INR|JPY|евро|"
    r"руб(?:ль|ля|лей)?|доллар(?:ов|а)?)(?![^\W\d_\u3400-\u9fff])|"
    r"US\$|[₽€$¥￥£₸₴₹元]|人民币|美元|欧元|卢布)"
)
_AMOUNT = r"[1-9](?:\d{0,2}(?:[.\s’']\d{3})+|\d{0,9})(?:,\d\d?)?"  # a longer run rings somebody
_RANGE = rf"{_AMOUNT}(?:\s?[-–]\s?{_AMOUNT})?"
_SUM = rf"{_RANGE}\s?{_MONEY}(?!\s?\d)"
_SUM_LATER = rf"(?<![^\W_])(?<!\d\s){_MONEY}\s?{_RANGE}(?![.\-/\s]?\d)"
# Nine digits and more, in one run or with the marks that numbers are written with; after a plus
# or an area code with its 0 seven will do.
_MARK = r"[\s().\-/（）－．]"
_KNOWN_DIGITS = 5  # fewer tell nobody
_RUNG = (
    rf"[(（]?\d(?:{_MARK}{{0,2}}\d){{8,16}}|"
    rf"[+＋]\s?[(（]?\d(?:{_MARK}{{0,2}}\d){{6,16}}|"
    rf"(?<![,:/\-])[(（]?0[1-9]\d{{1,4}}[)）]?(?:[\s\-/]{{0,2}}\d){{4,10}}"
)
_NUMBER = re.compile(
    rf"{_SUM_LATER}|(?<!{LETTER})(?<!\.)(?:{_DAYS}|{_SUM}|(?P<phone>{_RUNG})(?!{LETTER}))",
    re.IGNORECASE,
)

# What stands in every address, in every spelled-out one, and in every number: most sentences have
# none of them, and need not be looked through any further.
_ATS = re.compile(r"[@＠﹫]|[(\[]\s?at", re.IGNORECASE)
_DOTS = re.compile(r"dot|punto|точка|点|\.\s?[)\]}]", re.IGNORECASE)
_DIGITS = re.compile(rf"\d(?:{_MARK}{{0,3}}\d){{6}}")


def replace_emails(text: str, shown: str) -> str:
    """The text with `shown` in place of every e-mail address."""
    if _ATS.search(text):
        text = _EMAIL.sub(_always(shown), text)
    return _SPELLED.sub(_always(shown), text) if _DOTS.search(text) else text


def replace_phones(text: str, shown: str) -> str:
    """The text with `shown` in place of every phone number; days and sums of money stay."""
    if not _DIGITS.search(text):
        return text
    return _NUMBER.sub(lambda found: shown if found["phone"] else found[0], text)


def known_number(words: str) -> re.Pattern[str] | None:
    """A phone number that is known, with whatever marks it is written; None for too few digits."""
    digits = [sign for sign in words if sign.isdecimal()]
    if len(digits) < _KNOWN_DIGITS:
        return None
    return re.compile(rf"(?<!\d)(?:[+＋]\s?)?[(（]?{f'{_MARK}{{0,2}}'.join(digits)}(?!\d)")


def _always(shown: str) -> Callable[[re.Match[str]], str]:
    """A replacement as it stands, whatever signs are in it."""
    return lambda found: shown
