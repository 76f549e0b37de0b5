"""Two things told by a number: how many people the buyer has, and how much it can spend."""

from __future__ import annotations

import re

from dialogs.understanding.names import Found
from dialogs.understanding.numbers import Number
from dialogs.understanding.words import Words

_PEOPLE_AFTER = re.compile(
    r"\s?(?:or so |odd |full[- ]time |office |permanent )?(?:"
    r"people\b|ppl\b|persons?\b|employees?\b|empl\b|staff\b|heads?\b|headcount|folks\b|"
    r"colleagues?\b|workers?\b|team ?members?\b|fte\b|of us\b|strong\b|man (?:team|company|shop)|"
    r"[- ]person\b|名?(?:员工|职工|雇员|同事)|号人|来?个?人(?!民|工|月|天)|来号|"
    r"engineers?\b|developers?\b|teachers?\b|drivers?\b|nurses?\b|volunteers?\b|"
    r"craftsmen\b|leute\b|mitarbeiter|"
    r"человек|чел\b|чел\.|сотрудник|работник|людей|душ\b|"
    r"empleados?\b|personas?\b|trabajador|gente\b|pers\b)"
)
_PEOPLE_BEFORE = re.compile(
    r"(?:\bteam of |\bstaff of |headcount(?: is| of|:)? ?|"
    r"employees?: ?|\bнас (?:человек |всего |около |примерно |где-то |тут )*|"
    r"(?:человек|сотрудников) (?:около |примерно )?|штат\w* (?:в )?|численност\w* |"
    r"\bsomos (?:unos |unas |solo |alrededor de |como )?|\bplantilla de |"
    r"(?:教职(?:员)?工|职工|师生|在职人员|人员)(?:一共|总共|共|大概|大约|约|有|是)*|"
    r"员工(?:数|总数|人数)?(?:大概|大约|有|约|是)?|人数(?:大概|大约|有|约|是)?|一共|总共|团队)$"
)
# "10 staff accounts" and "300 people visit us" are no staff, whatever the question.
_OF_PEOPLE = re.compile(
    r"[ -](?:accounts?|log-?ins?|seats?|licen[cs]es?|users?|records?|discounts?|trained|visit\w*|"
    r"come|came|buy|bought|order\w*|use|using|attend\w*|waiting|a day|per|every|each|daily)\b"
)
_MORE_PEOPLE = re.compile(r"\s?(?:以上|\+|or more|and more|и более|и больше|o mas)")
_LESS_PEOPLE = re.compile(
    r"\s?(?:以下|以内|or less|or fewer|max\b|at most|максимум|как максимум|como mucho)"
)
_WE_ARE = re.compile(
    r"(?:\bwe(?:'re| are)|\bthere(?:'s| are|'re)) (?:only |about |around |just |roughly |"
    r"now )?(?:the )?$"
)
_OTHER_THINGS = re.compile(
    r"\s?(?:concurrent |active |registered |different |daily |online )?(?:"
    r"users?|customers?|clients?|visitors?|products?|skus?|items?|orders?|shops?|stores?|outlets?|"
    r"accounts?|licen[cs]es?|seats?|hosts?|nodes?|servers?|countr|offices?|branch|locations?|"
    r"days?|weeks?|months?|years?|hours?|%|percent|gb|tb|cores?|warehouses?|brands?|languages?|"
    r"[家台款天年周条件辆张套种次间座吨]|个?(?:用户|客户|会员|商品|产品|门店|店|订单|账号|国家|仓库|品牌|"
    r"分公司|办公|节点|服务器|网站|站点|语言|库房|系统|机房|月|小时)|sku|"
    r"пользовател|клиент|покупател|товар|заказ|магазин|точ[ек]|лиценз|сервер|дн|недел|месяц|мес|"
    r"лет|год|филиал|склад|стран|машин|компьютер|позици|артикул|бренд|язык|сайт|продукт|станк|"
    r"узл|хост|"
    r"usuarios?|clientes?|productos?|pedidos?|tiendas?|licencias?|servidor|dias?|semanas?|meses|"
    r"anos?|sucursal|almacen|paises|maquina|ordenador|referencia|marcas?\b|idiomas?|sitios?|"
    r"articulos?)"
)
# A bare number is staff only where no other noun follows it; these words are none.
_NO_NOUN = re.compile(
    r"\s?(?:[^\w\s]|[\u3400-\u9fffа-я]|(?:in|at|and|or|of|here|now|total|altogether|overall|"
    r"including|incl|plus|across|worldwide|full|part|not|but|if|so|we|i|with|on|right|currently|"
    r"as|today|max|maximum|maybe|ish|odd|give|including|excluding|without|for|when|last|this|"
    r"since|than|working|employed|permanent|seasonal|i'd|i'm|we're|it's|thanks|please|pls|btw|"
    r"something|more|less|approx|approximately|roughly|about|to|by|from|only|no|nothing|though|"
    r"actually|probably|mostly|is|are|"
    r"en|y|o|de|del|entre|mas|menos|aqui|ahora|somos|con|sin|pero|si|fijos|mayormente|ahora|"
    r"aproximadamente|gracias|por|todos|todas|los|las|la|el|un|como)\b)"
)
# 13 in "13 not 30", and 38 in "now it's 38", are the values; 30 and the earlier one are not.
_REPLACED_BEFORE = re.compile(r"(?:\b(?:not|rather than|instead of|а не|не)|不是|而不是) ?$")
_NOW_BEFORE = re.compile(
    r"(?:\b(?:now|today|currently|nowadays|сейчас|теперь|ahora|hoy)|现在|目前)[ ,]?"
    r"(?:is |are |it's |its |we're |we are |we have |at |нас |somos |是|有)?$"
)
_PAID = re.compile(
    r"(?:\b(?:took|paid|charged|cost us|spent|lost|заплатил\w*|потратил\w*|стоил\w*|gastamos|"
    r"pagamos|costo)|花了|付了|花掉)[^.!?]{0,20}$"
)
_CURRENCIES = {
    "USD": ("us$", "$", "usd", "dollars", "dollar", "bucks", "美元", "美金", "美刀", "刀", "долл",
            "доллар*", "баксов", "dolares", "dolar"),
    "EUR": ("€", "eur", "euros", "euro", "欧元", "евро"),
    "CNY": ("¥", "rmb", "cny", "yuan", "元", "块钱", "块", "人民币", "юан*", "yuanes", "yuan"),
    "RUB": ("₽", "руб*", "р.", "rub", "rubles", "roubles", "rublos", "卢布", "р"),
    "GBP": ("£", "gbp", "pounds", "quid", "英镑", "фунт*", "libras"),
    "CHF": ("chf", "francs", "瑞士法郎", "франк*", "francos"),
}  # fmt: skip
_MONEY_NAMES = {name.rstrip("*"): code for code, names in _CURRENCIES.items() for name in names}
_MONEY_WORDS = "|".join(
    re.escape(name) + ("" if not name[-1].isalpha() or name[-1] >= "\u4e00" else r"\w{0,4}")
    for name in sorted(_MONEY_NAMES, key=lambda name: -len(name))
)
_MONEY_AFTER = re.compile(rf"\s?(?:in )?(?P<money>{_MONEY_WORDS})(?![a-zа-я])")
_MONEY_BEFORE = re.compile(rf"(?P<money>{_MONEY_WORDS})\s?$")
_BUDGET_CUE = re.compile(
    r"budget|预算|бюджет|presupuesto|\bspend\b|потратить|выделен|выделить|gastar|invertir|"
    r"disponemos|we can pay|can afford|готовы заплатить|располагаем|投入|能出|出得起"
)
NO_BUDGET = re.compile(
    r"\bno (?:fixed |set |real )?budget|without (?:a )?budget|budget (?:is )?(?:zero|none)|"
    r"haven't (?:got )?(?:a |any )?budget|don't have (?:a |any )?budget|"
    r"(?:没有?|无|暂无|没啥|没什么)(?:固定|明确)?预算|预算(?:还)?没有|"
    r"бюджет\w* (?:пока |еще )?нет|нет (?:пока )?бюджета|без бюджета|не заложен|"
    r"no (?:hay|tenemos|tengo) (?:un )?presupuesto|sin presupuesto"
)
_FIGURES = frozenset("0123456789一二两三四五六七八九十百千万")
_YEAR = re.compile(r"(?:19|20)\d\d")


def read_headcount(words: Words, numbers: list[Number], *, asked: bool) -> list[Found]:
    """Staff of the buyer. A bare number counts only as the answer to that question."""
    found = []
    for number in numbers:
        after, before = words.low[number.end :], words.low[: number.start]
        raw = words.low[number.first : number.end]
        unit = _PEOPLE_AFTER.match(after)
        if unit and (
            _is_singular_person(raw, unit.group().strip()) or _OF_PEOPLE.match(after, unit.end())
        ):
            continue
        if _REPLACED_BEFORE.search(before):
            continue
        led = _PEOPLE_BEFORE.search(before)
        loose = (asked or _WE_ARE.search(before)) and _stands_alone(after)
        if not (unit or (led and not _OTHER_THINGS.match(after)) or loose):
            continue
        if loose and not unit and (_MONEY_AFTER.match(after) or _MONEY_BEFORE.search(before)):
            continue
        if not unit and not led and not asked and _YEAR.fullmatch(raw):
            continue
        value = number.shown()
        if "." in value or number.high > 5_000_000:
            continue
        end = number.end + (unit.end() if unit else 0)
        bound = number.bound
        if unit and not bound and not number.is_range:
            rest = words.low[end:]
            bound = ">" if _MORE_PEOPLE.match(rest) else "<" if _LESS_PEOPLE.match(rest) else ""
        start = led.start() if led else number.start
        rule = "people" if unit or led else "bare number"
        found.append(Found("headcount", bound + value, start, end, rule))
    # What is called staff goes before a bare number, and what is so now before what was.
    return sorted(
        found,
        key=lambda hit: (
            hit.rule == "bare number",
            _NOW_BEFORE.search(words.low[: hit.start]) is None,
        ),
    )


def _stands_alone(after: str) -> bool:
    """Whether what follows a number names no other thing than people."""
    if _OTHER_THINGS.match(after):
        return False
    if not after.strip() or _PEOPLE_AFTER.match(after):
        return True
    return _NO_NOUN.match(after) is not None


def _is_singular_person(raw: str, unit: str) -> bool:
    """一个人 or "one person" names somebody; it is no staff count unless it answers that."""
    return raw in ("一", "one", "a", "un", "una", "один") and unit in (
        "个人", "人", "person", "persona", "человек", "сотрудник", "colleague",
    )  # fmt: skip


def read_budget(words: Words, numbers: list[Number], *, asked: bool) -> list[Found]:
    """What the buyer can spend; an amount without such a cue may be one of our own prices."""
    none = NO_BUDGET.search(words.low)
    if none:
        return [Found("budget", "none", none.start(), none.end(), "no budget")]
    cue = _BUDGET_CUE.search(words.low)
    if not asked and cue is None:
        return []
    for number in numbers:
        after, before = words.low[number.end :], words.low[: number.first]
        money = _MONEY_AFTER.match(after) or _MONEY_BEFORE.search(before)
        if _REPLACED_BEFORE.search(before) or (cue is None and _PAID.search(before)):
            continue  # what an earlier project took
        if money is None and (_OTHER_THINGS.match(after) or _PEOPLE_AFTER.match(after)):
            continue
        if money is None and not asked and number.high < 1000:
            continue
        if money is None and number.high < 1000 and words.low[number.first] not in _FIGURES:
            continue
        value = _money_value(number, money, words.low)
        end = number.end + (money.end() if money and money.re is _MONEY_AFTER else 0)
        start = (
            min(number.start, money.start())
            if money and money.re is _MONEY_BEFORE
            else number.start
        )
        return [Found("budget", value, start, end, "amount")]
    return []


def _money_value(number: Number, money: re.Match[str] | None, low: str) -> str:
    bound = {"<": "<=", ">": ">="}.get(number.bound, "")
    if (
        not bound
        and not number.is_range
        and re.search(r"\bmax\w*|\btops\b|封顶|максимум|不超过", low)
    ):
        bound = "<="
    currency = _currency(money["money"]) + " " if money else ""
    return f"{bound}{currency}{number.shown()}"


def _currency(word: str) -> str:
    while word:
        if word in _MONEY_NAMES:
            return _MONEY_NAMES[word]
        word = word[:-1]
    return ""
