"""What the message is about: editions, kinds of paper, the language that is asked for."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from dialogs.understanding.clauses import is_question
from dialogs.understanding.inquiries import asks_certified, asks_data_contract
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_excluded, is_withdrawn
from dialogs.understanding.papers import read_paper_by_topic
from dialogs.understanding.words import Words

_LONG_WORD = re.compile(
    r"(?<![^\W\u3400-\u9fff]|[@.])[a-zа-я]{6,17}"
    r"(?![^\W\u3400-\u9fff]|@)"
)
_TOKEN = re.compile(r"[a-zа-я]+")
_PAPER_LEAST = 6  # letters from which a misspelt name of a paper is known again
_FEW_WORDS = 3
_TYPO = 82  # ratio from which a word counts as a misspelt edition name

_EDITION_NOUN = re.compile(
    r"^[\s\"'»”)]*(?:edition|version|plan|package|licen[cs]e|tier|variant|one\b|ed\.|版|edicion|"
    r"редакц|верси|лицензи|тариф|пакет|издани)"
)
_EDITION_NOUN_BEFORE = re.compile(
    r"(?:edition|version|plan|package|tier|редакци\w*|верси\w*|тариф\w*|edicion|paquete|licencia|"
    r"версию|лицензи\w*|licence|license|版本)[\s:«\"'(]*$"
)
_TAKEN_BEFORE = re.compile(
    r"(?:\b(?:make (?:it|that)|take|switch to|go (?:for|with)|let's do|change (?:it )?to|берем|"
    r"беру|возьмем|mejor|pongan|ponga|cambi\w+ a)(?: the| la| el)?|换成|改成|改为) ?$"
)
# Words that make of "cluster", "enterprise" or "professional" something else than an edition.
_OTHER_CLUSTER_BEFORE = re.compile(
    r"(?:vmware|kubernetes|k8s|servers?|database|db|mysql|postgres\w*|galera|redis|elastic\w*|"
    r"hadoop|proxmox|hyper-?v|docker|"
    r"own|failover|ha|node|existing|compute|gpu|linux|windows|esxi|vsphere|nutanix|openshift|swarm|"
    r"свой|наш|серверн\w+|собственн\w+|отказоустойчив\w+|nuestro|un|propio|"
    r"服务器|数据库|自己的|我们的|vmware的?)[ -]?$|(?:we have|we run|we've got|we use|у нас есть|"
    r"у нас|tenemos|есть|running) (?:an? |our |свой |un )?(?:\w+ )?$"
)
_OTHER_CLUSTER_AFTER = re.compile(
    r"^ ?(?:nodes?|of |hosts?|comput|de servidores|серверов|из |with \d|on aws|в aws|"
    r"\d+ nodes|的服务器|部署|环境|架构)"
)
_OTHER_ENTERPRISE = re.compile(
    r"^ ?(?:customers?|compan|software|resource|clients?|level|grade|system|users?|sector|"
    r"business|architecture|wechat|微信)"
)
_AN_ENTERPRISE = re.compile(
    r"\b(?:an?|large|small|big|medium|sized|our|my|state|private|industrial|manufacturing) $"
)
_OTHER_PROFESSIONAL = re.compile(
    r"^ ?(?:(?:es|s)\b|services?|support|help|team|advice|photograph|looking|people|opinion|"
    r"consult|"
    r"人|的|人员|团队|知识|услуг|помощ|команд|консульт|ayuda|equipo|asesor)"
)
_A_PROFESSIONAL = re.compile(
    r"(?:\b(?:an?|more|very|some|un|una|muy|любой|somos|we are|we're) |是)$"
)
_OTHER_EDITION = (
    r"(?:professional|pro|enterprise|ent|cluster|профессионал\w*|про|энтерпрайз|"
    r"кластер|专业版|企业版|集群版)"
)
_AND = r"(?: ?(?:/|,|&|和|还是|与) ?| (?:and|n|or|vs\.?|versus|y|o|и|или|against|than) )"
_EDITION_BEFORE = re.compile(rf"\b{_OTHER_EDITION}{_AND}(?:the )?$")
_EDITION_AFTER = re.compile(rf"{_AND}(?:the )?{_OTHER_EDITION}\b")
# Short or everyday names that need a word of editions beside them, or the question for one.
_WEAK = re.compile(
    r"(?:pro|prof|profi|ent|про|проф|专业|集群|corporativa|empresarial|empresa|профессиональн\w*|"
    r"корпоративн\w*|profesional|кластер\w*)"
)
# What follows "про" as a name; as a preposition it has a noun behind it.
_PRO_END = re.compile(
    r"\s*(?:$|[,.;!?)/]|(?:сколько|скольк\w*|скок\w*|почем|чем|есть|или|и|тоже|уже|еще|не|нам|мне|"
    r"хват\w+|подой\w+|подход\w+|пойд\w+|сто[ия]\w*|обойд\w+|уме[ею]\w*|потян\w+|тян\w+|"
    r"выдерж\w+|держит|отлича\w+|дешевле|дороже|лучше|хуже|дорог\w*|можно|нужн\w+|бер\w+|"
    r"работа\w+|поддерж\w+|включа\w+|вход\w+)\b)"
)
_QUESTION_START = re.compile(r"(?:(?:а|и|ну|но|так|тогда|хорошо|ок|ладно|а если|чем|для|у|в|на) )*")
_CHOOSING = re.compile(
    r"edition|version|difference|\bdiff?\b|between|\bvs\b|разниц|diferenc|区别|редакц|верси|"
    r"тариф|лицензи|edicion|licencia|plan\b|版本|版|price|cost|"
    r"how much|quote|"
    r"цен|стои|скольк|почем|precio|cuesta|cuanto|vale|多少钱|报价|价格|buy|order|купи|заказ|"
    r"comprar|"
    r"contratar|скок|"
    r"(?:мануал|руководств|инструкци|manual|guide|handbook)\w* (?:на|для|по|for|de(?: la)?) "
    r"(?:версии |редакции |the )?(?:кластер|профес|корпор|corpor|profes|empres)|买|want|take|"
    r"need|interested|хоч|хот|нуж|интерес|quier|interesa|necesit|要|选"
)

_WANTED = re.compile(
    r"\balgun[oa]?s?\b|\b(?:нам|мне|\w+ам|\w+ям|\w+им) бы\b|какой[- ]?ни\w*|send|want|need|have\b|"
    r"got\b|\bgot|\bsee\b|give|show|download|where|mail|share|get\b|any\b|"
    r"pls|please|provide|(?:to|by|via) (?:my |our )?e?mail|на почту|(?:al|por) correo|(?:到|"
    r"发)邮箱|"
    r"'d like|would like|looking for|there|find|read|available|could i|can i|interested|"
    r"присл|пришл|скин|дай|есть|нуж|хо[чт]|можно|покаж|где|вышл|отправ|скачать|ссылк|направ|"
    r"пожалуйста|посмотр|имеется|发|给|要|有|看|想|来[份个]|下载|提供|传|索取|"
    r"mand|envi|pas[ae]|tien|quier|quisier|necesit|hay|\bver\b|descarg|dispon|facilit|compart|"
    r"podri|puede|por favor|interesa|me gustaria"
)
_SWITCH = re.compile(
    r"\bback to\b|верн[уе]|volv|regres|vuelt|回到|"
    r"speak|switch|continue|\bin\b|write|answer|talk|prefer|change|only|respond|reply|language|"
    r"sprech|konnen sie|können sie|parlez|"
    r"please|pls|can you|auf|bitte|说|讲|用|换|切|回答|聊|会|请|语言|改|"
    r"\bпо-|\bна\b|говор|отвеч|перей|переключ|язык|пиш|можно|давай|"
    r"\ben\b|habl|cambi|contest|respond|sigamos|seguir|prefier|idioma|escrib|puede|por favor"
)
_MULTILINGUAL = re.compile(
    r"\b(?:does|can|will|could|is) (?:it|the (?:system|software|shop|product|app|store|panel|"
    r"backend|admin))\b|(?:系统|软件|它|后台)(?:能|会|可以|有)|"
    r"\b(?:он[аои]?|система|программа|админка) (?:\w+ )?(?:говор|уме|работа|зна)|"
    r"\b(?:el (?:sistema|programa|panel)|la (?:aplicacion|herramienta)) (?:habla|esta|viene)|"
    r"support|storefront|\bvat\b|\btax|\blaw\b|market|"
    r"interface|multi|translat|shop in|website|catalog|docs?\b|paper|manual|"
    r"document|version|invoice|"
    r"支持|界面|资料|文档|白皮书|手册|网站|интерфейс|документ|инструкц|сайт|брошюр|тз|interfaz|"
    r"tienda|web|documento|manual|"
    r"white|brochure|folleto|guide|guia|api|video|case|deck|requirement|spec|quote|offer|contract"
)


_COMPARING = re.compile(
    r"\bcompar(?:e|es|ed|ing)\b|\bversus\b|\bvs\b|side by side|\bdiffer(?:s|ent|ence|ences)?\b|"
    r"\bbetter than\b|对比|比较|区别|相比|сравн|отлич|\bcompar|diferenci"
)
_HAS_READ = re.compile(
    r"\b(?:i|we)(?:'ve| have)?(?: already| just)? (?:read|saw|seen|watched|downloaded|went through)"
    r"(?: all)?(?: the| your| this| that)*(?: \w+ and(?: the)?)? $|"
    r"(?:看过|读过|看了)(?:你们的?|这份|那份)?$|"
    r"\b(?:читал\w*|прочитал\w*|видел\w*) (?:ваш\w* )?$|"
    r"\b(?:he|hemos) (?:leido|visto) (?:el |la |su )?$"
)
_ANY_PAPER = re.compile(
    r"\b(?:documents?|papers?|pdfs?|docs?|documentation|material|sheet|overview|in writing|"
    r"something to read)\b|文档|资料|文件|材料|документ|материал|документаци|documento|material"
)


# "The professional no": turned down after it is named.
_REJECTED_AFTER = re.compile(
    r"^ ?(?:(?: (?:edition|version|one|редакци\w|версия))?,? "
    r"(?:no(?! (?:se|lo se|idea|problem|rush|hay))\b|"
    r"(?:was|is) (?:an? )?(?:slip|mistake|typo|error)\b|"
    r"(?:is|would be|seems|sounds|looks)(?: way| far| much)? "
    r"(?:out\b|too (?:small|big|much|large)|overkill|more than)|(?:won't|wouldn't) do|"
    r"isn't (?:enough|for us)|(?:we|i) (?:don't|do not|won't|will not) (?:need|want)|"
    r"(?:нам |мне |для нас |это |тут |нас )?(?:точно |совсем |пока |явно )?"
    r"(?:не (?:нуж|над|хо|подход|рассматр|интерес|треб|бер)\w*|ни к чему|ни зачем|мало\b|лишн\w+|"
    r"многовато|без надобности|избыточ\w+|перебор|слишком)|"
    r"(?:se )?(?:nos|me) (?:queda|viene|va) (?:grande|pequen[ao]|cort[ao]|chic[ao])|"
    r"(?:nos |me )?(?:sobra|sobraria)\b|(?:ni|esta) (?:loco|descartad[oa])|es (?:demasiad[oa]|"
    r"mucho)"
    r"(?: para nosotros)?)|"
    r"版?(?:就|我们|咱|肯定|暂时|太|也|还|那个|倒|可以)*"
    r"(?:算了|不够(?!.{0,2}吗)|不要|不用|不考虑|不行|排除|用不[上到着]|没必要|不需要|太大|太贵|大了|过了|不合适|"
    r"多余|pass))"
)
_THE_OTHERS = re.compile(
    r"\b(?:the )?(?:other two|others|two others|rest|остальн\w+|друг\w+ две|две друг\w+|"
    r"las otras(?: dos)?|"
    r"los otros(?: dos)?|las demas)\b|"
    r"(?:另外|其他|其余|剩下)(?:的)?(?:两|2)?(?:个|种|款)|(?:另外|其他|其余|剩下)两"
)
_ALL_OF_THEM = re.compile(
    r"\b(?:all (?:the )?(?:three|3|editions)|each edition|every edition|"
    r"(?:все|всем|всех) (?:три|3|трем|трех|редакци\w*|верси\w*)|(?:las|los) (?:tres|3)\b|"
    r"todas las ediciones)\b|"
    r"(?:三|3)个?(?:版本|种|款)|所有版本|全部版本|每个版本"
)


def read_editions(
    words: Words, lexicon: Lexicon, *, asked: bool, slot: str
) -> tuple[list[Found], bool]:
    """(the editions wanted or asked about, joined by + as one value; whether one was ruled out)."""
    wanted: dict[str, tuple[int, int]] = {}
    excluded = False
    ruled_out: set[str] = set()
    hits = lexicon.editions.find(words.low) + _misspelt(words, lexicon)
    for edition, start, end in hits:
        theirs = _OTHERS_PRODUCT.search(words.low[:start])
        if theirs or not _is_edition(words.low, start, end, asked=asked, slot=slot):
            continue
        if is_withdrawn(words.low, start):
            excluded = True
        elif is_excluded(words.low, start) or _REJECTED_AFTER.match(words.low[end:]):
            excluded = True
            ruled_out.add(edition)
        else:
            wanted.setdefault(edition, (start, end))
    rest = _THE_OTHERS.search(words.low) if ruled_out else None
    every = (
        _ALL_OF_THEM.search(words.low) if asked or wanted or _CHOOSING.search(words.low) else None
    )
    for hit in filter(None, (rest, every)):
        others = (edition for edition in lexicon.edition_order if edition not in ruled_out)
        wanted.update((edition, hit.span()) for edition in others)
    if not wanted:
        return [], excluded
    value = "+".join(edition for edition in lexicon.edition_order if edition in wanted)
    start = min(place[0] for place in wanted.values())
    end = max(place[1] for place in wanted.values())
    return [Found("edition", value, start, end, words.low[start:end])], excluded


def _misspelt(words: Words, lexicon: Lexicon) -> list[tuple[str, int, int]]:
    found = []
    for hit in _LONG_WORD.finditer(words.low):
        word = hit.group()
        if word in lexicon.edition_words:
            continue
        for name, edition in lexicon.edition_words.items():
            near = word[0] == name[0] and abs(len(word) - len(name)) <= 3
            if (
                near
                and fuzz.ratio(word, name) >= _TYPO
                and word not in ("profession", "clustering", "enterprises")
            ):
                found.append((edition, hit.start(), hit.end()))
                break
    return found


# "The price of Enterprise", "сколько стоит Enterprise": a kind of buyer has no price.
_PRICED_BEFORE = re.compile(
    r"(?:\b(?:price|pricing|cost|quote|fee)s? (?:of|for)(?: the)?|\bhow much (?:is|does|would|for)"
    r"(?: the)?|\b(?:цен\w+|стоимост\w+|прайс|кп)(?: на| за)?|\b(?:стоит|обойдется)|"
    r"\b(?:precios?|coste|costo|tarifa) (?:de|del|de la|para la)|\b(?:vale|cuesta)(?: la| el)?) "
    r"[\"'«]?$"
)


# "Magento Enterprise", "Windows Server Professional", "out of Xcart Pro": not ours.
_OTHERS_PRODUCT = re.compile(
    r"(?:\b(?:magento|adobe(?: commerce)?|shopware|shopify|prestashop|(?:big|woo)commerce|odoo|sap|"
    r"oracle|salesforce|hybris|sitecore|liferay|moodle|(?:sql|windows) server|windows|red ?hat|"
    r"docker|gitlab|github|mongodb|mysql|office|visual studio|wordpress|bitrix(?:24)?|1c|insales|"
    r"битрикс\w*|1с|инсейлс\w*)|有赞|微盟|用友|金蝶) ?(?:\d[\d.]* )?$|"
    r"\b(?:out of|off|migrat\w+ from|import\w* from|desde) "
    r"(?!(?:the|your|our|an?|el|la|su|both|any) )[a-z][\w.-]* $"
)


def _is_edition(low: str, start: int, end: int, *, asked: bool, slot: str) -> bool:
    name, before, after = low[start:end], low[:start], low[end:]
    if _EDITION_NOUN.match(after) or _EDITION_NOUN_BEFORE.search(before):
        return True
    if name == "про" and not _PRO_END.match(after):
        return False  # "про серверы" is about them
    taken = _TAKEN_BEFORE.search(before) and not _OTHER_ENTERPRISE.match(after)
    priced = slot != "own_servers" and _PRICED_BEFORE.search(before)
    if taken or priced or _heads_question(low, start, end):
        return True
    if slot in ("buyer_type", "ownership") and not name.endswith("版"):
        return False
    if name.startswith(("cluster", "кластер", "集群", "clust")):
        if _OTHER_CLUSTER_BEFORE.search(before) or _OTHER_CLUSTER_AFTER.match(after):
            return False
        if slot == "own_servers":
            return False
    if name.startswith("ent") and (_OTHER_ENTERPRISE.match(after) or _AN_ENTERPRISE.search(before)):
        return False
    if (
        name.startswith(("prof", "проф", "专业"))
        and not name.endswith("版")
        and (_OTHER_PROFESSIONAL.match(after) or _A_PROFESSIONAL.search(before))
    ):
        return False
    if _WEAK.fullmatch(name) and (_EDITION_BEFORE.search(before) or _EDITION_AFTER.match(after)):
        return True  # "ent vs cluster"
    if _WEAK.fullmatch(name) and not asked:
        return _CHOOSING.search(low) is not None and name not in (
            "专业",
            "ent",
            "про",
            "prof",
            "profi",
        )
    return True


def _heads_question(low: str, start: int, end: int) -> bool:
    """ "А про сколько стоит?" asks about the edition that is called so for short."""
    alone = low[start:end] == "про" and _PRO_END.match(low[end:]) is not None
    return alone and is_question(low) and _QUESTION_START.fullmatch(low[:start]) is not None


_PAYROLL = re.compile(r"\d[\d.]* (?:personas |empleados )?en (?:la )?$")
_OF_MANY = re.compile(r" d(?:e|:)? ?(?:unas? |unos |casi )?\d")
_MANY_AFTER = re.compile(r" (?:hay |somos |tenemos |son |unas? |unos |casi |como )*\d")


def _is_payroll(low: str, start: int, end: int) -> bool:
    """ "85 en plantilla", "una plantilla de 80": in Spanish the staff bears a template's name."""
    if not low.startswith("plantilla", start):
        return False
    within = low[:start].endswith(("en ", "en la ", "en nuestra "))
    counted = _MANY_AFTER.match(low[end:]) if within else _OF_MANY.match(low[end:])
    return bool(_PAYROLL.search(low[:start]) or counted)


def _asks_whether_there_is(low: str) -> bool:
    """A certificate or a contract on data that we are asked about, and not asked to hand over."""
    return asks_certified(low) or asks_data_contract(low)


def read_papers(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """The kinds of paper wanted, joined by + in the fixed order of kinds."""
    hits = lexicon["doc_type"].find(words.low)
    if asked or len(words.low.split()) <= _FEW_WORDS or _WANTED.search(words.low):
        hits += _misspelt_papers(words, lexicon, [(start, end) for _, start, end in hits])
    hits = [
        hit
        for hit in hits
        if not is_excluded(words.low, hit[1])
        and not _HAS_READ.search(words.low[: hit[1]])
        and not _is_payroll(words.low, hit[1], hit[2])
        and not (hit[0] == "security_doc" and not asked and _asks_whether_there_is(words.low))
    ]
    if not hits:
        wanted = _WANTED.search(words.low) is not None
        return _comparing_paper(words) or read_paper_by_topic(words, asked=asked, wanted=wanted)
    short = len(words.low) <= (8 if words.han else 40)
    if not (asked or short or _WANTED.search(words.low)):
        return []
    from_order = {kind: index for index, kind in enumerate(_ORDER)}
    kinds = sorted({hit[0] for hit in hits}, key=lambda kind: from_order.get(kind, 99))
    start, end = min(hit[1] for hit in hits), max(hit[2] for hit in hits)
    return [Found("doc_type", "+".join(kinds), start, end, words.low[start:end])]


def _misspelt_papers(
    words: Words, lexicon: Lexicon, read: list[tuple[int, int]]
) -> list[tuple[str, int, int]]:
    """Kinds of paper with a slip in a name of six letters or more: brosure, wite paper."""
    found = []
    tokens = [hit for hit in _TOKEN.finditer(words.low)]
    for place, token in enumerate(tokens):
        for following in (None, *tokens[place + 1 : place + 2]):
            start, end = token.start(), (following or token).end()
            text = words.low[start:end]
            near = len(text) >= _PAPER_LEAST and not any(a < end and start < b for a, b in read)
            kind = lexicon.nearest_paper(text) if near else ""
            if kind:
                found.append((kind, start, end))
    return found


def _comparing_paper(words: Words) -> list[Found]:
    """ "How do you compare to X, any document?": a paper of no named kind, beside comparing."""
    compares, paper = _COMPARING.search(words.low), _ANY_PAPER.search(words.low)
    if compares is None or paper is None or not _WANTED.search(words.low):
        return []
    start, end = min(compares.start(), paper.start()), max(compares.end(), paper.end())
    return [Found("doc_type", "comparison", start, end, "a paper that compares")]


_ORDER = (
    "manual", "white_paper", "comparison", "case_study", "brochure", "company_info", "template",
    "api_docs", "video", "security_doc", "release_notes", "price_list",
)  # fmt: skip


# "My English is poor" asks for another; "we have it, but only in Chinese" is of a paper.
_OWN_TONGUE = re.compile(r"(?:\b(?:my|mein|meine?|mi|мой|моем?|моего)|我的?) $|我的?$")
_PAPER_IN = re.compile(r"\bonly in $|但?只有$|\bтолько на $|\bsolo en $")


def read_language_wish(words: Words, lexicon: Lexicon) -> list[Found]:
    """The language that the prospect asks for, when the message is about nothing else."""
    if len(words.low) > 70 or _MULTILINGUAL.search(words.low):
        return []
    hits = lexicon["language"].find(words.low)
    rest = len(re.sub(r"\W", "", words.low)) - sum(h[2] - h[1] for h in hits)
    if not hits or not (rest <= 2 or _SWITCH.search(words.low)):
        return []
    negated = re.compile(
        r"(?:don't (?:speak|understand|know)|not understand|не понимаю|не знаю|не говорю|"
        r"no entiendo|no hablo|看不懂|不懂|听不懂|不会) *(?:la |el |на )?$"
    )
    kept = [
        hit
        for hit in hits
        if not negated.search(words.low[: hit[1]]) and not _OWN_TONGUE.search(words.low[: hit[1]])
    ]
    if not kept or _PAPER_IN.search(words.low[: kept[-1][1]]):
        return []
    value, start, end = kept[-1]
    return [Found("language", value, start, end, words.low[start:end])]
