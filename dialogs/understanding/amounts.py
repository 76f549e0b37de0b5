"""How many people the buyer has."""

from __future__ import annotations

import re

from dialogs.understanding.currencies import find_money
from dialogs.understanding.names import Found
from dialogs.understanding.numbers import Number
from dialogs.understanding.words import Words

PEOPLE_AFTER = re.compile(
    r"[\s-]?(?:or so |odd |de |d |full[- ]time |office |permanent )?(?:"
    r"people\b|ppl\b|persons?\b|employees?\b|empl\b|staff\b|heads?\b|headcount|folks\b|"
    r"colleagues?\b|workers?\b|team ?members?\b|fte\b|of us\b|strong\b|man (?:team|company|shop)|"
    r"[- ]person\b|on (?:the )?(?:payroll|staff|books)\b|employed\b|"
    r"名?(?:员工|职工|雇员|同事)|号人|来?个?人(?!民|工|月|天)|来号|位(?!置|数|顾问|销售|专家|"
    r"客服|懂)(?:员工|同事)?|口人|"
    r"engineers?\b|developers?\b|teachers?\b|drivers?\b|nurses?\b|volunteers?\b|"
    r"officials?\b|officers?\b|clerks?\b|doctors?\b|technicians?\b|salespeople\b|faculty\b|"
    r"members of staff\b|hands\b|[名位个]?(?:老师|教师|医生|工人|师傅|店员|教职工|公务员|技师)|"
    r"специалист|рабочих\b|служащ|учител|преподавател|врач|менеджер|продавц|мастеров\b|госслужащ|"
    r"funcionari|profesor|docentes?\b|maestros?\b|medicos?\b|operari|obreros?\b|vendedor|"
    r"tecnicos?\b|"
    r"craftsmen\b|leute\b|mitarbeiter|"
    r"человек|чел\b|чел\.|челов\b|сотр\b|сотр\.|сотрудник|работник|людей|душ\b|рыл\b|в штате|"
    r"в коллективе|"
    r"empleados?\b|personas?\b|trabajador|gente\b|pers\b|en (?:la )?(?:plantilla|nomina)\b|"
    r"companeros\b|curritos\b)"
)
PEOPLE_BEFORE = re.compile(
    r"(?:\bteam (?:of|is|size) |\bstaff (?:of |is |are |=|: ?)?(?:about |around )?|"
    r"\b(?:staff|team|employees|people) ?(?:大概|大约|约|有|是|差不多|около|примерно|unos)+ ?|"
    r"headcount(?: is| of|:|大概|大约|about|around|roughly| |~)*|"
    r"employees?: ?|\bнас (?:человек |всего |около |примерно |где-то |тут |уже |"
    r"теперь |сейчас |сегодня )*|"
    r"(?:человек|сотрудников|людей|работников|народу|персонала) (?:у нас |сейчас |всего |около |"
    r"примерно |где-то )*|штат\w* (?:в )?|численност\w* |"
    r"\bsomos (?:unos |unas |solo |alrededor de |como )?|\bplantilla d(?:e|:)? ?|"
    r"\ben (?:la |nuestra )?plantilla (?:somos |hay |tenemos |son |unos |unas |como |casi )*|"
    r"(?:教职(?:员)?工|职工|师生|在职人员|人员)(?:一共|总共|共|大概|大约|约|有|是)*|"
    r"员工(?:数|总数|人数)?(?:大概|大约|有|约|是|就|才|只有|不过)*|"
    r"人数(?:大概|大约|有|约|是)?|一共|总共|团队|"
    # "Staff? About 2400": the question is said over again.
    r"(?:\b(?:staff|people|employees|headcount|size|plantilla|empleados|gente|personas|штат|людей|"
    r"персонал|сотрудник\w*)|员工|人数|多少人)[?？]+ ?(?:about |bout |around |approx |roughly |"
    r"maybe |unos |unas |como |около |примерно |где-то |大概|大约|约|差不多|~)?)$"
)
# "10 staff accounts" and "300 people visit us" are no staff, whatever the question.
_OF_PEOPLE = re.compile(
    r"[ -](?:accounts?|log-?ins?|seats?|licen[cs]es?|users?|records?|discounts?|trained|visit\w*|"
    r"online|at once|at the same time|concurrent\w*|come|came|buy|bought|order\w*|use|using|"
    r"attend\w*|waiting|a day|per|every|each|daily)\b|"
    r"(?:同时|一起)?(?:在线|并发|访问|下单|抢购|使用|登录)|同时|"
    r" (?:одновременно|онлайн|в день|a la vez|al dia)"
)
_MORE_PEOPLE = re.compile(r"\s?(?:以上|\+(?!\s?[^\W\d])|or more|and more|и более|и больше|o mas)")
_LESS_PEOPLE = re.compile(
    r"\s?(?:以下|以内|or less|or fewer|max\b|at most|максимум|как максимум|como mucho)"
)
_WE_ARE = re.compile(
    r"(?:\bwe(?:'re| are)|\bthere(?:'s| are|'re)) (?:only |about |around |just |roughly |"
    r"now )?(?:the )?$"
)
OTHER_THINGS = re.compile(
    r"\s?(?:concurrent |active |registered |different |daily |online )?(?:"
    r"users?|customers?|clients?|visitors?|products?|skus?|items?|orders?|shops?|stores?|outlets?|"
    r"accounts?|licen[cs]es?|seats?|hosts?|nodes?|servers?|countr|offices?|branch|locations?|"
    r"days?|weeks?|months?|years?|hours?|%|percent|gb|tb|cores?|warehouses?|brands?|languages?|"
    r"[家台款天年周条件辆张套种次间座吨]|个?(?:用户|客户|会员|商品|产品|门店|店|订单|账号|国家|"
    r"仓库|品牌|"
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
REPLACED_BEFORE = re.compile(
    r"(?:\b(?:not|rather than|instead of|forget(?: about)?|scrap|ignore|а не|не|забудьте(?: про)?|"
    r"вместо|en vez de|en lugar de|olvide(?:n|se de)?|no son)|不是|而不是|别管)"
    r"(?: the| los| las)? ?$"
)
_NOW_BEFORE = re.compile(
    r"(?:\b(?:now|today|currently|nowadays|сейчас|теперь|уже|ahora|hoy)|现在|目前|如今)"
    r"[^\d.!?;]{0,14}$"
)
_IN_ALL_BEFORE = re.compile(
    r"(?:\b(?:so|total(?: of)?|altogether|in all|makes|итого|всего|en total|total de)|"
    r"一共|总共|合计|加起来|=)[:, ]?(?:有|是|about|about )?\s?$"
)
_ONCE_BEFORE = re.compile(
    r"(?:\b(?:used to be|was|were|had been|было|был|раньше|eramos|eran|antes)|原来|以前|之前)"
    r"(?: \w+)?(?:是|有)? ?$"
)
# "会员有20万", "покупателей тыщ двадцать": the number counts what stands before it.
_COUNTS_OTHERS = re.compile(
    r"(?:(?:在线|并发|访问量?|会员|用户|客户|顾客|粉丝|商品|产品|订单|门店|店铺|sku|日活|"
    r"访客)(?:数|量)?|"
    r"\b(?:customers?|users?|visitors?|products?|orders?|clientes|usuarios|productos|pedidos)|"
    r"\b(?:покупател|клиент|пользовател|посетител|товар|заказ|артикул|позици)\w*)"
    r"(?:大概|大约|有|约|是|倒是?|:|,| is| are| son| si| unos| unas| тыщ| около| примерно|"
    r" у нас)*\s?$"
)


_OF_MONEY = re.compile(r"(?:\b(?:budget|бюджет\w*|presupuesto)|预算)[^.;!?\d]{0,12}$")
_OF_DIGITS = re.compile(r"(?:最后|末尾?|倒数|后|前)$")
_LETTERED = re.compile(r"[a-zа-я](?![a-zа-я])(?<![чk])")  # 1С and 3D are names
_YEAR = re.compile(r"(?:19|20)\d\d")


def read_headcount(words: Words, numbers: list[Number], *, asked: bool) -> list[Found]:
    """Staff of the buyer. A bare number counts only as the answer to that question."""
    found = [hit for number in numbers if (hit := _read_one(words.low, number, asked))]
    # What is called staff goes before a bare number, the sum before its parts, and what is so
    # now before what was.
    return sorted(
        found,
        key=lambda hit: (
            hit.rule == "bare number",
            _IN_ALL_BEFORE.search(words.low[: hit.start]) is None,
            _NOW_BEFORE.search(words.low[: hit.start]) is None,
            _ONCE_BEFORE.search(words.low[: hit.start]) is not None,
        ),
    )


# "We hired 5, so 27 now": who came or went is told first, then how many there are.
_CAME_OR_WENT = (
    r"(?:\b(?:hired|took on|taken on|have joined|joined us|laid off|let go|наня\w+|взяли|приняли|"
    r"уволи\w+|ушл[ои]|contratamos(?: a)?|hemos contratado(?: a)?|despedimos(?: a)?|"
    r"se fueron|quit)\b|"
    r"招了|新招了?|入职了?|裁了|离职了?|(?:刚|才|又)?走了?(?=$|[一二两俩仨三四五六七八九\d]))"
)
_HIRED = re.compile(_CAME_OR_WENT)
_JUST_HIRED = re.compile(rf"{_CAME_OR_WENT}\W{{0,2}}$")
_NOW_WORD = re.compile(r"\b(?:so|now|теперь|итого|стало|ahora|ya somos)\b|现在|一共|总共")
_TOTAL_NOW = re.compile(
    r"(?:\b(?:so|now) (?:now )?(?:we(?:'re| are) |it's )?|\b(?:теперь|итого|стало) (?:нас )?|"
    r"\bahora (?:somos |hay )?|\bya somos |(?:现在|一共|总共)(?:是|有)?)$"
)


def tells_new_total(low: str) -> bool:
    """Whether who came or went is told with how many there are now."""
    return any(_HIRED.search(low[: hit.start()]) for hit in _NOW_WORD.finditer(low))


def tells_who_left(before: str) -> bool:
    """Whether the number after these words counts those who came or went."""
    return _JUST_HIRED.search(before) is not None


def _total_after_hiring(before: str) -> re.Match[str] | None:
    return _TOTAL_NOW.search(before) if _HIRED.search(before) else None


def _read_one(low: str, number: Number, asked: bool) -> Found | None:
    after, before = low[number.end :], low[: number.start]
    raw = low[number.first : number.end]
    unit = PEOPLE_AFTER.match(after)
    if unit and (
        _is_singular_person(raw, unit.group().strip()) or _OF_PEOPLE.match(after, unit.end())
    ):
        return None
    if REPLACED_BEFORE.search(before) or _COUNTS_OTHERS.search(before):
        return None
    if _JUST_HIRED.search(before):
        return None  # how many came or went
    if unit and unit.group().startswith("位") and _OF_DIGITS.search(before):
        return None  # "the last two digits"
    led = PEOPLE_BEFORE.search(before) or _total_after_hiring(before)
    article = raw in ("un", "una")  # "somos una empresa"
    named = bool(unit or (led and not article and not OTHER_THINGS.match(after)))
    if not named and not _is_bare_count(low, number, asked):
        return None
    if "." in number.shown() or number.high > 5_000_000:
        return None
    end = number.end + (unit.end() if unit else 0)
    bound = number.bound
    if unit and not bound and not number.is_range:
        bound = ">" if _MORE_PEOPLE.match(low, end) else "<" if _LESS_PEOPLE.match(low, end) else ""
    rule = "people" if unit or led else "bare number"
    start = led.start() if led else number.start
    return Found("headcount", bound + number.shown(), start, end, rule)


def _is_bare_count(low: str, number: Number, asked: bool) -> bool:
    """A number without a word for people, where it answers the question or "we are" leads to it."""
    before = low[: number.start]
    if _OF_MONEY.search(before) or _LETTERED.match(low, number.end):
        return False
    if not (asked or _WE_ARE.search(before)) or not _stands_alone(low[number.end :]):
        return False
    if find_money(low, number):
        return False
    return asked or _YEAR.fullmatch(low[number.first : number.end]) is None


def _stands_alone(after: str) -> bool:
    """Whether what follows a number names no other thing than people."""
    if OTHER_THINGS.match(after):
        return False
    if not after.strip() or PEOPLE_AFTER.match(after):
        return True
    return _NO_NOUN.match(after) is not None


def _is_singular_person(raw: str, unit: str) -> bool:
    """一个人 or "one person" names somebody; it is no staff count unless it answers that."""
    return raw in ("一", "one", "a", "un", "una", "один") and unit in (
        "个人", "人", "person", "persona", "человек", "сотрудник", "colleague",
    )  # fmt: skip
