"""Numbers as people type them: separators, k and 万, words, ranges, "less than" and "over"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EN = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "dozen": 12, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_RU = {
    "один": 1, "одна": 1, "два": 2, "две": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4,
    "четверо": 4, "пять": 5, "пятеро": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "десяти": 10, "десяток": 10, "пятнадцать": 15, "двадцать": 20, "двадцати": 20,
    "тридцать": 30, "тридцати": 30, "сорок": 40, "пятьдесят": 50, "пятидесяти": 50,
    "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяносто": 90, "сто": 100, "ста": 100,
    "сотня": 100, "сотни": 100, "сотен": 100, "одиннадцать": 11, "двенадцать": 12,
    "тринадцать": 13, "четырнадцать": 14, "шестнадцать": 16, "семнадцать": 17,
    "восемнадцать": 18, "девятнадцать": 19, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8,
    "девяти": 9, "пятнадцати": 15, "сорока": 40,
    "двести": 200, "двухсот": 200, "триста": 300, "трехсот": 300, "четыреста": 400,
    "пятьсот": 500, "пятисот": 500, "шестьсот": 600, "семьсот": 700, "восемьсот": 800,
    "девятьсот": 900,
    "полмиллиона": 500_000, "миллион": 1_000_000, "тысяча": 1000, "тысячи": 1000, "тысяч": 1000,
    "тыщ": 1000, "двух": 2, "трех": 3, "четырех": 4,
}  # fmt: skip
_ES = {
    "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "docena": 12,
    "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18,
    "diecinueve": 19, "veinte": 20, "veinticinco": 25, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100,
    "ciento": 100, "centenar": 100, "decena": 10,
    "setecientas": 700, "ochocientas": 800, "novecientas": 900,
    "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veintiseis": 26,
    "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
    "veintena": 20, "treintena": 30, "cincuentena": 50, "doscientos": 200, "doscientas": 200,
    "trescientos": 300,
    "trescientas": 300, "cuatrocientos": 400, "quinientos": 500, "quinientas": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "mil": 1000,
}  # fmt: skip
WORD_NUMBERS = {**_ES, **_RU, **_EN}
_HAN_DIGITS = {
    "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5,
    "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_SCALES = {
    "k": 1000, "к": 1000, "千": 1000, "thousand": 1000, "grand": 1000, "тыс": 1000, "mil": 1000,
    "w": 10_000, "万": 10_000, "萬": 10_000, "百": 100, "十万": 100_000, "百万": 1_000_000,
    "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "млн": 1_000_000,
    "миллион": 1_000_000, "millon": 1_000_000, "hundred": 100, "mln": 1_000_000,
    "т": 1000, "тыщ": 1000, "тонн": 1000, "сот": 100, "lakh": 100_000, "lac": 100_000,
    "crore": 10_000_000, "tausend": 1000, "kilo": 1000, "lucas": 1000,
}  # fmt: skip

_WORD = "|".join(sorted(WORD_NUMBERS, key=lambda word: -len(word)))
_DIGITS = r"\d{1,3}(?:[ .,']\d{3})+(?![\d])|\d+(?:[.,]\d{1,2}(?!\d))?"
_SCALE = (
    r"(?:\s?(?:w(?![a-zа-я]| (?!usd|eur|rmb|cny|yuan)[a-z])|(?:k|к|m|mio|mln|mil|grand|lakhs?|"
    r"lacs?|crores?|lucas)(?![a-zа-я])|т(?=\.?\s?р\b)|"
    r"thousand|tausend|hundred|тыс\w*\.?|тыщ\w*|million\w*|миллион\w*|млн\.?|millon\w*|"
    r"十万|百万|[万萬千百]))"
)
_HAN_NUMBER = (
    r"(?!一[下些点般样起直定切共边步次遍旦致]|两者|万一|千万(?![元块人])|"
    r"百分)[零一二两兩俩三仨四五六七八九十百千万]+"
)
# "treinta y cinco", "two hundred and six"; but "ocho mil y doce mil" are two numbers.
_JOINED = (
    r"(?:(?<=a)\sy\s(?=(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)(?!\w))|"
    r"(?<=hundred)\sand\s|(?<=thousand)\sand\s|[\s-])"
)
_HALVES = {
    "quarter of a million": 250_000, "quarter million": 250_000, "полусотни": 50,
    "half a million": 500_000, "half million": 500_000, "medio millon": 500_000,
    "a million and a half": 1_500_000, "millon y medio": 1_500_000, "mil quinientos": 1500,
    "полтораста": 150, "полторы сотни": 150, "полторы тысячи": 1500, "полтора миллиона": 1_500_000,
    "полтора десятка": 15, "полсотни": 50, "полмиллиона": 500_000, "пол миллиона": 500_000,
    "a couple of hundred": 200, "a couple hundred": 200, "a couple of thousand": 2000,
    "пара сотен": 200, "пара тысяч": 2000, "пара десятков": 20, "un par de miles": 2000,
    "un par de cientos": 200, "half a dozen": 6,
    "medio centenar": 50, "un centenar": 100, "medio millar": 500, "media docena": 6,
    "полдюжины": 6,
}  # fmt: skip
_HALF = "|".join(sorted(_HALVES, key=lambda words: -len(words)))
_ONE = (
    rf"(?:(?:(?:тысяч|тыщ)\s)?(?:{_DIGITS}){_SCALE}?|{_HAN_NUMBER}(?:几[万千百十]?)?|"
    rf"(?<!\w)(?:{_HALF})(?!\w)|"
    rf"(?<!\w)(?:a\s)?(?:{_WORD})(?:{_JOINED}(?:{_WORD}))*(?!\w){_SCALE}?)"
)
_SPACED_SCALE = re.compile(rf"(?<=\w)(?=\s){_SCALE}$")
_LESS = (
    r"(?:less than|fewer than|under|below|up to|at most|not? more than|max(?:imum)?\.?(?: of)?|<=?|"
    r"not even|just under|shy of|не более|не больше|меньше|менее|до|максимум|макс\.?|"
    r"не дотягива\w+ до|не набер\w+(?: и)?|menos de|no mas de|hasta|maximo|max|como mucho|"
    r"(?:con )?(?:un )?tope de|no llega(?:mos|n)? a|por debajo de|不到|不超过|少于|低于|"
    r"最多|小于|不足|控制在|封顶)"
)
_MORE = (
    r"(?:more than|over|above|at least|upwards of|north of|>=?|больше|более|свыше|от|не менее|"
    r"минимум|за(?= (?:сотн|тысяч|\d{2}))|mas de|por encima de|al menos|minimo|pasamos de|"
    r"superamos (?:los |las )?|超过|至少|不少于|大于|多于|上(?=[百千万]))"
)
_SPAN = r"(?:\s?(?:-|–|—|~|\.\.)\s?|\s(?:to|and|or|a|y|o|до|и|или)\s|\s?[到至]\s?)"
_LESS_AFTER = (
    r"(?:\s?(?:以内|以下|之内|内|封顶|max\b|maximum|tops|at most|at the most|or less|or fewer|"
    r"максимум|и меньше|не больше|como mucho|maximo|max))"
)
_MORE_AFTER = (
    r"(?:\s?(?:\+|多(?!少)|以上|plus\b|or more|and more|и больше|и более|"
    r"с лишним|с чем-то|y pico|o mas))"
)
LESS_BEFORE, MORE_BEFORE = re.compile(rf"{_LESS}\s?$"), re.compile(rf"{_MORE}\s?$")
LESS_AFTER, MORE_AFTER = re.compile(_LESS_AFTER), re.compile(_MORE_AFTER)
_PAIR = (
    r"(?P<head>[一二三四五六七八九]百)?(?P<pair>一二|二三|两三|三四|三五|四五|五六|六七|七八|八九)"
    r"(?:(?P<unit>[十百千万]+)|(?=[个名人位天周年]))"
)

NUMBER = re.compile(
    rf"(?:(?P<less>{_LESS})\s?|(?P<more>{_MORE})\s?)?(?:(?<![\d.])(?:{_PAIR}|(?P<a>{_ONE})"
    rf"(?:{_SPAN}(?P<b>{_ONE}))?)(?P<less2>{_LESS_AFTER})?(?P<more2>{_MORE_AFTER})?)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a range in the message. `bound` is "<" or ">" where only a limit is said."""

    low: float
    high: float
    bound: str
    start: int
    end: int
    first: int  # where the first digit or numeral stands, after "less than"

    @property
    def is_range(self) -> bool:
        return self.high > self.low

    def shown(self) -> str:
        low, high = f"{self.low:.2f}", f"{self.high:.2f}"
        low, high = low.removesuffix(".00"), high.removesuffix(".00")
        return f"{low}-{high}" if self.is_range else low


def find_numbers(low: str) -> list[Number]:
    """Every number of a folded text, in order. At most 40 are read."""
    found: list[Number] = []
    for hit in NUMBER.finditer(low):
        number = _read(hit)
        if number is not None:
            found.append(number)
        elif hit["b"] and _TWO_THINGS.fullmatch(hit.string, hit.end("a"), hit.start("b")):
            found += _read_apart(hit)
        if len(found) >= 40:
            break
    return found


# "Windows Server 2019 y 85 empleados": two numbers of two things, and no range.
_TWO_THINGS = re.compile(r"\s(?:and|y|и)\s")


def _read_apart(hit: re.Match[str]) -> list[Number]:
    """Both numbers of what was no range."""
    places = (hit.span("a"), hit.span("b"))
    parts = (NUMBER.match(hit.string, start, end) for start, end in places)
    return [number for part in parts if part and (number := _read(part))]


def _read(hit: re.Match[str]) -> Number | None:
    if (
        hit["a"]
        and hit["a"][0] in _HAN_UNITS
        and hit.string[: hit.start("a")].endswith(("几", "数"))
    ):
        return None  # 几万: some ten thousands
    if hit["pair"]:
        unit = 1.0
        for ch in hit["unit"] or "":
            unit *= _HAN_UNITS[ch]
        head = _HAN_DIGITS[hit["head"][0]] * 100 if hit["head"] else 0
        low, high = (head + _HAN_DIGITS[ch] * unit for ch in hit["pair"])
        first = hit.start("head") if hit["head"] else hit.start("pair")
    else:
        pair = _read_pair(hit["a"], hit["b"])
        if pair is None:
            return None
        low, high = pair
        first = hit.start("a")
        if hit["b"] and hit["a"].startswith("ты") and high < low:
            high *= 1000  # "тысяч 300-400"
    if not low <= high <= 1e12:
        return None
    less, more = hit["less"] or hit["less2"], hit["more"] or hit["more2"]
    if hit["a"] and "几" in hit["a"] and not hit["b"]:
        high = low + 10 ** (len(f"{low:.0f}") - 1)  # 十几万: up to the next ten of them
    bound = "" if high > low else "<" if less else ">" if more else ""
    return Number(low, high, bound, hit.start(), hit.end(), first)


def _read_pair(first: str, second: str | None) -> tuple[float, float] | None:
    low, low_scale = _read_one(first)
    if low is None:
        return None
    if second is None:
        return low * low_scale, low * low_scale
    high, high_scale = _read_one(second)
    if high is None:
        return None
    if second[-1] in _HAN_UNITS and first in _HAN_DIGITS:
        low *= _HAN_UNITS[second[-1]]  # 三到五万
    if low_scale == 1 and high_scale > 1 and low <= high * (high_scale if low > 999 else 1):
        low_scale = high_scale if low < 1000 else 1  # "8 to 12 thousand"
    return low * low_scale, high * high_scale


def _read_one(text: str) -> tuple[float | None, float]:
    """(value, scale); the value is None when the stretch is no sensible number."""
    if text[0].isdigit():
        return _read_digits(text)
    inverted = re.match(r"(?:тысяч[иа]?|тыщ) (?=\w)", text)
    if inverted:  # "тысяч двести": about two hundred thousand
        rest, scale = _read_one(text[inverted.end() :])
        return (rest * 1000 if rest else None), scale
    if text[0] in _HAN_DIGITS or text[0] in _HAN_UNITS:
        tens, few, unit = text.partition("几")
        value = read_han_number(tens)
        return value, float(_HAN_UNITS.get(unit, 1)) if few else 1
    if text in _HALVES:
        return float(_HALVES[text]), 1
    scaled = _SPACED_SCALE.search(text)
    scale = 1.0
    if scaled and scaled.group().strip() not in WORD_NUMBERS:
        text, scale = text[: scaled.start()], _scale_of(scaled.group().strip())
    total = current = 0.0
    for word in re.split(r"[\s-]+", text):
        value = WORD_NUMBERS.get(word)
        if value is None or (value == 1 and " " in text):
            continue  # "a", "and", "y"; the one of "one hundred", "una treintena"
        if value in (12, 100, 1000) and word not in ("twelve", "doce", "once"):
            current = max(current, 1) * value if value != 100 or current < 100 else current + value
            if value == 1000:
                total, current = total + current, 0
        else:
            current += value
    return total + current, scale


def _read_digits(text: str) -> tuple[float | None, float]:
    hit = re.match(_DIGITS, text)
    if hit is None or len(hit.group()) > 15:
        return None, 1
    digits = hit.group()
    if re.fullmatch(r"\d{1,3}(?:[ .,']\d{3})+", digits):
        digits = re.sub(r"[ .,']", "", digits)
    scale = 1.0
    rest = text[hit.end() :].strip().rstrip(".")
    if rest:
        scale = _scale_of(rest)
    return float(digits.replace(",", ".")), scale


def _scale_of(word: str) -> float:
    return next((value for key, value in _LONGEST_SCALES if word.startswith(key)), 1.0)


_LONGEST_SCALES = sorted(
    ((key, float(value)) for key, value in _SCALES.items()), key=lambda item: -len(item[0])
)


def read_han_number(text: str) -> float | None:
    """三百二十 as 320, 两万五 as 25000; None for a row of units without sense."""
    total = section = digit = 0
    last_unit = 1
    for ch in text:
        if ch in _HAN_DIGITS:
            digit = _HAN_DIGITS[ch]
            continue
        unit = _HAN_UNITS[ch]
        if unit == 10_000:
            total += max(section + digit, 1) * unit
            section = digit = 0
        else:
            section += max(digit, 1) * unit
            digit = 0
        last_unit = unit
    # The last digit after a bare unit counts tenths of that unit: 两万五, 三百二.
    if digit and last_unit >= 100 and "零" not in text:
        digit *= last_unit // 10
    value = total + section + digit
    return float(value) if value else None
