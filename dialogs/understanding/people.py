"""The person who writes: department, job title, say in the purchase."""

from __future__ import annotations

import re

from dialogs.understanding.claims import claims_nothing, find_own_say, is_of_relative
from dialogs.understanding.deciders import find_our_say, find_their_say, signs_beside
from dialogs.understanding.errands import ERRAND, find_errand
from dialogs.understanding.leads import lead_of
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_denied_after, is_ruled_out, is_withdrawn
from dialogs.understanding.words import Words

_I_AM = re.compile(
    r"(?:\bi'?m|\bi am|\bim|\bi (?:work|sit)|\bi was|\bas|\bwe're|\bwe are|my (?:role|job|position|"
    r"title)(?: is)?|speaking|"
    r"\bя|работаю|являюсь|должность|по должности|\bсам|\bsoy|trabajo|estoy|ich bin|"
    r"ich arbeite|mi (?:cargo|puesto)(?: es)?|como|我是|我就是|本人是?|我做|我当|"
    r"担任|职位是?|我们是|身份是?|我这边是|\b(?:(?:i'm |i am |i )?writ(?:ing|e)(?: to you)?|"
    r"(?:les? |os |te )?escribo|(?:пишу|пишем)(?: вам)?|обращаюсь)"
    r"(?= (?:from|for|del?|desde|en|из|от)\b))"
)
_ARTICLES = (
    r"(?:the|a|an|just|only|your|actually|now|from|in|at|for|with|of|en|como|de|del|desde|la|el|"
    r"los|una?|un|im|der|dem|die|bei|как|в|во|из|от|отдела|simply|also|also the|тут|здесь|это|"
    r"一[名个位]|"
    r"公司的?|这边的?|做|负责|在|这里的?|simple)"
)
_I_AM_BEFORE = re.compile(rf"{_I_AM.pattern}(?:[ :]*{_ARTICLES})*[ :]*$")
_I_AM_AFTER = re.compile(
    r"^(?: (?:я|soy(?: yo)?|yo soy|это я|(?:is|that's|thats|would be) me)(?: тут| здесь)?|"
    r"(?:就)?是我(?:本人)?)(?=$|[,.;!，。])"
)
_THEIRS = re.compile(
    r"(?:\b(?:my|our|your|his|their|мой|моя|наш|наша|ваш|ваша|mi|nuestr[oa]|su|to|ask|with|the|с|"
    r"спросить|con|al|a|speak to a|talk to a)|我们?的?|你们?的?|找|叫|让|问|给|请示|得|要|等) ?$"
)
_PART_START = re.compile(
    r"(?:^|[,;.，。、:]|\b(?:yes|yep|si|да|hi|hello|hola|no)\b|是的?|对)\s*(?:the|an?|la|el)?\s*$"
)
_PART_END = re.compile(
    r"^\s*(?:[,;.，。、!?]|here|hier|there|и\b|and\b|y\b|$|at\b|from\b|in\b|of\b|de\b|en\b|в\b|"
    r"of a\b|的)"
)
_PUT_AS_QUESTION = re.compile(r"[^,.;!，。]*[?？吗]")
_LEFT_WORDS = re.compile(
    r"(?:\b(?:chief|senior|junior|technical|general|managing|deputy|vice|assistant|project|"
    r"product|store|shop|office|regional|web|software|lead|head|business|digital|online|java|php|"
    r"frontend|backend|full ?stack|qa|test|support|mobile|devops|data|systems?|network|account|"
    r"brand|category|export|area|co|executive|commercial|creative|art|security|"
    r"главн\w+|старш\w+|генеральн\w+|исполнительн\w+|коммерческ\w+|техническ\w+|финансов\w+|"
    r"системн\w+|заместител\w+|ведущ\w+|зам\.?)[ -]|"
    r"(?:副|总|首席|高级|资深|区域|项目|产品|信息|门店|后端|前端|软件|系统|网络|销售|大区|品类|运维|技术))$"
)
_RIGHT_WORDS = re.compile(
    r"^(?: de (?:tiendas?|proyectos?|planta|turno|producto|cuentas|zona|obra|programas?|"
    r"contenidos?|equipo|taller|grupo|marca|negocio|expansion|comunicacion|calidad|oficina|"
    r"sucursal|linea|area|seccion|almacen|sistemas|tecnologia|logistica)\b|"
    r" of(?: the)? (?P<en>[a-z&-]+(?: (?:resources|department|service|shop|store|sales|"
    r"development|commerce|chain|care|office))?)|"
    r" (?:de|del|de la)(?: (?:el|la|los))? (?P<es>[a-z+]+(?:-[a-z]+)?"
    r"(?: (?:humanos|online|general|proyecto|al cliente|de (?:datos|personal|ventas|"
    r"proyectos?|cuentas)))?)|"
    r" (?:general|comercial|financier[oa]|tecnic[oa]|ejecutiv[oa]|adjunt[oa])|"
    r" по [а-я-]+(?: [а-я]+ем)?| (?:отдел\w*|служб\w*|департамент\w*|"
    r"направлени\w*) [а-я-]+(?: [а-я]+й)?| (?:проект|магазин|склад|компани)\w*)"
)
_TITLES_BY_DEPARTMENT = {
    "management": re.compile(
        r"\b(?:ceo|owner|co-?owner|founder|co-?founder|boss|president|managing director|"
        r"general manager)\b|"
        r"老板|总经理|董事长|创始人|总裁|店主|业主|法人|владел|собственник|хозя|основател|"
        r"учредител|гендир|"
        r"генеральн\w+ директор|dueñ|duen|propietari|fundador|gerente general|director general|"
        r"directora general|首席执行官"
    ),
    "it": re.compile(r"\bc[ti]o\b|sysadmin|сисадмин|системн\w+ админ|программист|"
                     r"programador|разработчик|desarrollador|техдир|айтишник|"
                     r"\b(?:developer|programmer)\b|网管|程序员|运维"),
    "finance": re.compile(r"\bcfo\b|accountant|бухгалтер|главбух|contador|contable|会计"),
    "marketing": re.compile(r"\bcmo\b|маркетолог"),
    "procurement": re.compile(r"\bbuyer|purchaser|закупщик|снабженец|comprador|采购员"),
}  # fmt: skip
_OWNERS = re.compile(
    r"\b(?:co-?)?owner\b|\bboss\b|\bfounder\b|\bceo\b|老板|业主|店主|董事长|владел|собственник|"
    r"хозя|duen|propietari"
)
_DEPARTMENT_AFTER = re.compile(
    r"^(?: ?部|[ -]?(?:department|dept|team|division|unit|section|side|office|people|group)\b|"
    r"部|科|处|中心| отдел| департамент)"
)
_DEPARTMENT_BEFORE = re.compile(
    r"(?:department of|dept\.? of|in the|отдел\w*|департамент\w*|из отдела|"
    r"departamento de|area de|equipo de|dpto\.? de?) ?$"
)
_BARE_IT = re.compile(
    r"\b(?:in|from|the|for|at|of) it\b(?! (?:is|was|will|to|for|with|on))|\bit[- ](?:dept|"
    r"department|team|guy|side|manager|director|head|people|lead|admin)|^it[.!]?$"
)
# "The client is the one buying": what somebody does, not the buying department.
_THE_ONE = re.compile(
    r"(?:\b(?:ones?|who(?:'s| is| are)?)|\b(?:report(?:ing)?|answer) to|\breport[oa] al?|"
    r"подчиня\w+) $"
)
_I_OWN = re.compile(
    r"\bi(?: co-?)? ?own (?:the|this|my|our|a) (?:\w+ )?(?:place|business|shop|company|store|firm|"
    r"restaurant|chain|brewery|bakery|farm|studio|agency)\b|"
    r"\b(?:the|this) (?:place|business|shop|company|store|firm) (?:is mine|belongs to me)\b|"
    r"(?:公司|店|生意)是我(?:自己)?的|"
    r"\b(?:la empresa|la tienda|el negocio) es mi[oa]\b|(?:компания|фирма|магазин|бизнес) мо[йя]\b"
)
# "I work with the CTO" names somebody else.
_BESIDE = re.compile(r"\bwith (?:the |our |my |an? )?$")
_TOLD_ME = re.compile(
    r"\b(?:tell|told|ask|asked|call|send|sent|give|let|show|help|contact|e?mail|write|to|with) $"
)
# "My wife and I do" is a decision of one's own.
_AND_I = re.compile(r"^ and (?:i|me|myself)\b|^和我|^ и я\b|^ y yo\b")
# "I run IT" and 我负责采购 name the writer's own department.
_I_LEAD = re.compile(
    r"(?:\bi (?:run|lead|head|manage|oversee)|\bi (?:look after|am in charge of|'m in charge of)|"
    r"\bi'm in charge of|\b(?:руковожу|возглавляю|заведую|отвечаю за)|"
    r"\b(?:dirijo|llevo|gestiono|lidero|encabezo)|我(?:主要)?(?:负责|分管|主管|管)|我?(?:现在|"
    r"已经?)?(?:调|转|换)到了?)"
    r"(?: (?:the|our|whole|el|la|nuestr[oa]|наш\w*|departamento de|equipo de|отдел\w*))* ?$"
)
# In a correction a bare department is meant where it stands as the value, not within other talk.
_VALUE_START = re.compile(
    r"(?:^|[,;.:，。、] ?|\b(?:meant|mean|it's|it is|its|is|in|from|no|not|but|sorry|actually|say|"
    r"to|for|это|для|в|из|не|а|es|de|sino|perdon|en|soy|i'm|wait)(?: (?:the|in|отдел\w*|el|la|"
    r"departamento de))? ?|[是在为成到去了])$"
)
_VALUE_END = re.compile(
    r"^ ?(?:[,;.，。、!?()]|$|(?:not|instead|now|actually|rather|and not|please|sorry|а не|y no|no)"
    r"\b|而|不是|了|的|才|吧)"
)
OTHERS_TITLE = "somebody else's title"
_DECIDING = re.compile(
    r"decid|decision|sign|approv|final say|authority|recommend|suggest|propos|advis|collect|gather|"
    r"research|looking|browsing|no say|comparing|拍板|说了算|做主|决定|签字|审批|收集|搜集|了解|"
    r"比价|领导批|定$|定不了|报给|报老|报领导|上会|请示|点头|签$|批$|打前站|打听|老板定|领导定|"
    r"做不了主|"
    r"собр|готовл|реша|решен|подпис|утвер|согласов|собира|узна|рекоменд|интересу|decid|decision|"
    r"firm|aprob|aprueb|recopil|recomiend|ultima palabra|pincho|pinto|voz ni voto|entscheid|"
    r"miro|mirando|informa"
)
_WITHIN_LIMIT = re.compile(r"up to|below|under|within|до |hasta|以内|以下|不超过|в пределах|если")
_VENDOR = re.compile(
    r"\b(?:can|could|do|does|did|are|is|will|would) you\b|\byour\b|你们|\bвы\b|\bвас\b|ustedes|"
    r"vosotros"
)


def read_role(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """The job title as said, with what it is of: "head of marketing", 技术总监."""
    owns = _I_OWN.search(words.low)
    if owns:
        return [Found("role", "owner", owns.start(), owns.end(), "owns it")]
    for _, start, end in lexicon["role"].find(words.low):
        first, last = _whole_title(words.low, start, end, lexicon)
        before, after = words.low[:first], words.low[last:]
        if is_of_relative(before, after) or is_denied_after(after):
            continue
        told = (_I_AM_BEFORE.search(before) and not _BESIDE.search(before)) or (
            _I_AM_AFTER.match(after) and _PART_START.search(before)
        )
        alone = _PART_START.search(before) is not None and _PART_END.match(after) is not None
        if not (told or ((asked or alone) and not _THEIRS.search(before))):
            continue
        if is_ruled_out(words.low, first) or (
            alone and not told and not asked and _PUT_AS_QUESTION.match(after)
        ):
            continue
        if not told and not asked and _VENDOR.search(words.low):
            continue
        return [Found("role", words.text[first:last], first, last, "job title")]
    return []


def whole_titles(low: str, lexicon: Lexicon) -> list[tuple[str, int, int]]:
    """(title, start, end) of every job title with what belongs to it."""
    return [(x, *_whole_title(low, a, b, lexicon)) for x, a, b in lexicon["role"].find(low)]


def _whole_title(low: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int]:
    departments = lexicon["department"]
    right = _RIGHT_WORDS.match(low[end:])
    if (right and not (right["en"] or right["es"])) or (
        right and departments.find(low[end : end + right.end()])
    ):
        end += right.end()
    for _ in range(3):
        left = _LEFT_WORDS.search(low[:start])
        if left:
            start = left.start()
            continue
        named = [
            hit for hit in departments.find(low[:start]) if low[hit[2] : start].strip(" -") == ""
        ]
        if not named or named[-1][0] == "management":
            break
        start = named[-1][1]
    return start, end


def read_department(
    words: Words, lexicon: Lexicon, *, asked: bool, loose: bool = False
) -> list[Found]:
    """The department that is named, also within a job title."""
    found = []
    for value, start, end in lexicon["department"].find(words.low):
        if words.low[start:end] == "it" and not _is_it(words, start):
            continue
        before, after = words.low[:start], words.low[end:]
        taken_back = is_withdrawn(words.low, start) or is_denied_after(after)
        if is_ruled_out(words.low, start) or taken_back:
            continue
        if _THE_ONE.search(before) or (_OTHERS_DO.match(after) and not _I_AM.search(before)):
            continue
        belongs = _I_AM_BEFORE.search(before) is not None and not _VENDOR.search(words.low)
        if (
            (asked and not (loose and words.digits))
            or (loose and _is_as_value(before, after))
            or belongs
            or (_I_LEAD.search(before) and value != "ecommerce")
            or _is_named(words.low, start, end)
            or (words.han and _is_unit(words.low[start:end], before))
        ):
            found.append(Found("department", value, start, end, words.low[start:end]))
    own = [hit for hit in found if _I_AM_BEFORE.search(words.low[: hit.start])]
    units = [hit for hit in found if _UNIT.search(str(hit.rule))]
    if asked and units and units[0] not in own and units[0].value not in ("management", "other"):
        return units[:1]  # 研发中心，我是技术总监
    if len(found) > 1 and own:
        return own[:1]  # "marketing asked me, I'm in finance"
    if asked and len(found) > 1:
        special = [hit for hit in found if hit.value not in ("management", "other")]
        return (special or found)[:1]
    return found[:1]


# "The finance department decides that" names others.
_OTHERS_DO = re.compile(
    r"^(?: (?:department|dept|team|people|guys|director|manager|\w+ment))? "
    r"(?:decides?|signs?|asked|asks?|wants?|needs?|will|has to|told|knows?|решает|просит|"
    r"хочет|попросил\w*|подпис\w+|знает|"
    r"decide|firma|pide|quiere|pidio|sabe|aprueba)\b|^部?门?(?:定|决定|要求|说|想|让|要|批|签)"
)
_UNIT = re.compile(
    r"(?:部|部门|中心|科|处|组)$|^(?:отдел|департамент|служб)|department|\bteam$|^departamento"
)


def _is_as_value(before: str, after: str) -> bool:
    return bool(
        _VALUE_START.search(before) and (_VALUE_END.match(after) or _DEPARTMENT_AFTER.match(after))
    )


def _is_named(low: str, start: int, end: int) -> bool:
    """Whether it is called a department, at the head of a part or of the writer: "IT team here"."""
    before, after = low[:start], low[end:]
    called = (
        _DEPARTMENT_AFTER.match(after)
        or _DEPARTMENT_BEFORE.search(before)
        or (low[start:end].endswith(("department", " dept", " team")) and _PART_END.match(after))
    )
    if _UNIT.search(low[start:end]) and _PART_START.search(before) and "?" not in low[end:]:
        return True
    if re.match(r" (?:here|hier|тут)\b", after) and len(before.split()) <= 2:
        return True  # "municipal IT here"
    return bool(called and (_PART_START.search(before) or _I_AM.search(before)))


def _is_it(words: Words, start: int) -> bool:
    """`it` is a pronoun unless written IT or beside a word of work."""
    return words.text[start : start + 2] == "IT" or _BARE_IT.search(words.low) is not None


def _is_unit(name: str, before: str) -> bool:
    return name.endswith(("部", "部门", "中心", "科")) and not re.search(
        r"你们|贵|您|给|转|找|叫|让", before
    )


def department_of_title(title: str, lexicon: Lexicon) -> tuple[str, bool]:
    """(department, said): the one named in the title, else the one that the title implies."""
    low = title.lower()
    for value, start, end in lexicon["department"].find(low):
        named_it = low[start:end] == "it" and title[start:end] != "IT" and not _BARE_IT.search(low)
        if value not in ("management", "other") and not named_it:
            return value, True
    for department, pattern in _TITLES_BY_DEPARTMENT.items():
        if pattern.search(low):
            return department, False
    return "", False


def is_owner(title: str) -> bool:
    return _OWNERS.search(title.lower()) is not None


# "领导批了": what is approved already awaits nobody.
_APPROVED_AFTER = re.compile(
    r"^(?:已经?)?(?:准|过)?了|^ (?:has |have |already )*(?:approved|agreed)\b"
)
_CONTRAST = re.compile(
    r"\b(?:but|however|only|just|no|wait|но|однако|а|нет|только|pero|no|aunque|solo|sino)\b|"
    r"但|不过|只|不|可是"
)
_MYSELF = re.compile(
    r"(?:^|[,;:] ?|\d[^,.;]{0,12} )(?:сам|сама|solo yo|yo|myself|自己)(?=$|[,.;!，。])"
)
# A noun of signing or a bare word for "I", which another signer contradicts.
_BY_SIGNING = re.compile(r"(?:подпис\w*|firma|signature|签字|я|yo|我|me|i do|могу)$")


def read_authority(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """Decides (also within a limit), recommends while somebody else signs, or only collects."""
    within = _MYSELF.search(words.low) if asked else None
    if within and _WITHIN_LIMIT.search(words.low):
        return [Found("authority", "decides", *within.span(), "within a limit")]
    hits = _named_authority(words, lexicon, asked=asked)
    errand = find_errand(words.low)
    if errand and "decides" in hits and _DECIDING.search(hits["decides"].rule):
        return [hits["decides"]]
    if errand:
        return [Found("authority", "none", *errand.span(), ERRAND)]
    if "decides" in hits and "recommends" in hits and not _WITHIN_LIMIT.search(words.low):
        strong = _DECIDING.search(hits["decides"].rule) is not None
        between = words.low[hits["decides"].end : hits["recommends"].start]
        plain = bool(between) and not _CONTRAST.search(between)
        return [hits["decides" if strong and plain else "recommends"]]
    signer = _other_signer(words, lexicon)
    if signer and "decides" in hits and _BY_SIGNING.match(hits["decides"].rule):
        return signer  # "I prepare it, the signature is the director's"
    for value in ("none", "decides", "recommends"):
        if value in hits:
            return signer if value == "recommends" and signer else [hits[value]]
    if signer or not asked:
        return signer
    if within:
        return [Found("authority", "decides", *within.span(), "on their own")]
    return _other_person(words, lexicon)


def _named_authority(words: Words, lexicon: Lexicon, *, asked: bool) -> dict[str, Found]:
    """The first place that tells each value, by the names of the examples."""
    hits: dict[str, Found] = {}
    mine = find_own_say(words.low)
    if mine:
        hits["decides"] = Found("authority", "decides", *mine.span(), "final decision")
    lead = lead_of(words.low)
    for value, start, end in lexicon["authority"].find(words.low):
        name = words.low[start:end]
        if start < lead and not asked:
            continue  # 想了解一下 announces a question
        if not asked and (not _DECIDING.search(name) or _VENDOR.search(words.low)):
            continue
        if is_ruled_out(words.low, start) or _TOLD_ME.search(words.low[:start]):
            continue
        if is_withdrawn(words.low, start) or _APPROVED_AFTER.match(words.low[end:]):
            continue
        if value == "decides" and claims_nothing(name, words.low[end:]):
            continue  # "yo no, solo comparo", "я просто узнаю"
        if value == "recommends" and _AND_I.match(words.low[end:]):
            value = "decides"
        hits.setdefault(value, Found("authority", value, start, end, name))
    ours = find_our_say(words.low)
    if ours and not hits:
        hits["decides"] = Found("authority", "decides", *ours.span(), "we decide")
    return hits


def _other_signer(words: Words, lexicon: Lexicon) -> list[Found]:
    """A title beside a word of deciding: "firma el gerente", "the head doctor approves"."""
    for _, start, end in lexicon["role"].find(words.low):
        first, last = _whole_title(words.low, start, end, lexicon)
        before, after = words.low[:first], words.low[last:]
        if _I_AM_BEFORE.search(before) or is_ruled_out(words.low, first):
            continue
        if signs_beside(before, after) and "?" not in after:
            return [Found("authority", "recommends", first, last, OTHERS_TITLE)]
    theirs = find_their_say(words.low)
    rule = OTHERS_TITLE if theirs and lexicon["role"].find(theirs.group()) else "somebody else"
    return [Found("authority", "recommends", *theirs.span(), rule)] if theirs else []


def _other_person(words: Words, lexicon: Lexicon) -> list[Found]:
    """A title that is not the writer's own, as the answer to who decides: "our CFO"."""
    for _, start, end in lexicon["role"].find(words.low):
        first, last = _whole_title(words.low, start, end, lexicon)
        if not _I_AM_BEFORE.search(words.low[:first]) and not is_ruled_out(words.low, first):
            return [Found("authority", "recommends", first, last, OTHERS_TITLE)]
    return []
