"""The buyer's organisation: for whom, owned by whom, own machines, a written requirement."""

from __future__ import annotations

import re

from dialogs.understanding.alone import find_alone
from dialogs.understanding.clauses import size_of, split_clauses
from dialogs.understanding.clueless import is_denied, knows_not
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.machines import are_gone, says_no_in_the_end, told_by_deed
from dialogs.understanding.names import Found
from dialogs.understanding.negation import is_ruled_out, is_withdrawn
from dialogs.understanding.owners import find_owner, is_of_customers
from dialogs.understanding.trades import read_trade
from dialogs.understanding.words import Words

_OTHER_OWNER = {"private": "state_owned", "state_owned": "private"}
# Names that mean ownership only as an answer, or beside a word for an organisation.
_LOOSE_OWNERSHIP = re.compile(
    r"(?:private|privat|pymes?|public|publica|publico|privada|privado|ltd|llc|gmbh|inc|plc|"
    r"s\.?l\.?|"
    r"s\.?a\.?|"
    r"sas|srl|slu|ип|ао|пао|оао|зао|нко|council|partnership|association|charity|familiar|council|"
    r"limited company|startup|start-up|autonomo|有限公司|股份公司|有限责任公司|高校|公办|私人|"
    r"个体|合资|"
    r"particular(?:es)?|gobierno|ministerio|government|gov|govt|гос|коммерческ\w*|инвестор\w*|"
    r"предпринимател\w*|кооператив\w*|funcionarios|estatal|privatly|asociacion|fundacion|ong|ngo)"
)
_ORGANISATION = (
    r"company|firm|business|retailer|wholesaler|manufacturer|enterprise|chain|shop|store|group|"
    r"maker|producer|brewery|bakery|dealer|supplier|trader|importer|workshop|factory|restaurant|"
    r"hotel|clinic|studio|publisher|fabricante|производител\w*|厂|店|"
    r"agency|university|hospital|school|institution|institute|body|sector|bank|brand|owned|held|"
    r"empresa|compania|cadena|negocio|grupo|entidad|organismo|universidad|hospital|sector|"
    r"компан\w*|фирм\w*|сет\w*|предприят\w*|организац\w*|учрежден\w*|магазин\w*|бизнес\w*|завод\w*|"
    r"公司|企业|单位|大学|医院|学校|机构"
)
_NEXT_TO_ORGANISATION = re.compile(rf"^\W?(?:[^\W\d_]+ ){{0,2}}(?:{_ORGANISATION})")
_ORGANISATION_BEFORE = re.compile(
    rf"(?:{_ORGANISATION}) ?$|^$|[,;，、] ?$|(?:we are|we're|somos|мы|我们是|es) (?:una? |a )?$"
)
_PART_END = re.compile(r"^ ?(?:[,;.，。、!]|$)")
_WE_ARE_A = re.compile(r"\b(?:we are|we're|i'm with|i am with|i work for) an? $")
_OF_YOU = re.compile(
    r"\b(?:are you|is your|do you|does your|who owns|your company)\b|你们|贵司|\bвы\b|"
    r"ваша компания|"
    r"у вас|sois|son ustedes|vuestra|su empresa es|teneis"
)
_STRONG_BUYER = re.compile(
    r"for myself|\b(?:i'm|i am|im|as) an? (?:\w+ )?student|^student\b|注册(?:了|过)(?:一?家)?公司|"
    r"\bsoy (?:una? )?estudiante|\bя (?:\w+ )?студент|^студент|我是.{0,3}学生|^(?:大)?学生|毕设|"
    r"毕业设计|"
    r"\b(?:just|only) (?:for )?me\b|private (?:person|individual)|"
    r"我(?:就)?是个人|我个人|"
    r"on my own behalf|for (?:my|our|the|a) (?:company|business|"
    r"firm|client|employer)|on behalf of|freelancer|as a company|web agency|个人(?:用|使用|买|"
    r"购买|爱好|站)|自己用|自用|给公司|帮公司|"
    r"(?<!分)公司(?:要)?用|替公司|给单位|帮客户|给客户|для себя|физлиц\w*|частн\w+ лиц\w*|"
    r"физическ\w+ лиц\w*|для (?:фирм|компани|"
    r"организаци|клиент|бизнес|заказчик)\w*|юрлиц\w*|para mi(?: uso| mismo)?|uso personal|"
    r"persona fisica|(?<=\bsoy )particular|(?<=\bsoy un )particular|(?<=\bsoy una )particular|"
    r"a titulo personal|como particular|para (?:una|mi|la|un) (?:empresa|negocio|cliente)|"
    r"como empresa"
)
_DISCOUNT = re.compile(r"скидк|discount|descuento|rebaja|优惠|折扣|льгот")
_OWN_SIDE = re.compile(
    r"\b(?:we|we're|i|i'm|our|my|us|мы|я|наш\w*|нас|мой|моей|somos|soy|nuestr\w+|mi|tenemos|"
    r"tengo)\b|我|咱|本"
)
_WE_ARE_SUCH = re.compile(
    r"(?:\b(?:we are|we're|i'm with|somos|мы)(?: an?| una?)?(?: \w+){0,2} |"
    r"我们是(?:一?[家个所])?.{0,3})$"
)
_NOT_FOR_PROFIT = re.compile(
    r"charity|non ?profit|ngo|club|foundation|church|museum|library|慈善机构|基金会|公益组织|协会|"
    r"博物馆|图书馆|музей|фонд|библиотек\w*|ong|fundacion|museo|biblioteca"
)
_OWN = re.compile(
    r"own|our|in house|on prem|data cent|server room|свои|свой|свою|своя|собствен|наши|自己|自有|"
    r"自建|机房|propi|nuestr|colocation|rented|rent|арендуем"
)
_HAVE = re.compile(
    r"\bwe(?:'ve| have| run| use| rent| host| own| operate|'re on| are on)|\bour\b|\bi(?:'ve|"
    r" have| rent| run)\b|\bthere(?:'s| is| are)\b|\bwith (?:our )?own|\bown server|"
    r"\bhave (?:our )?own|running on|hosted (?:on|at|with|in)|"
    r"\bу (?:нас|меня)\b|\bесть\b|арендуем|стоит|стоят|крутится|размеща|используем|свои|собственн|"
    r"на своем|我们有|有自己|我们用|用的是?|租了|租的|自己的|自有|自建|放在|有机房|有服务器|部署在|"
    r"tenemos|tengo|usamos|alquilamos|contamos con|propi|nuestro"
)
# 有服务器 within a list, and 服务器有: has some, in a word before or after.
_HAVE_RIGHT_BEFORE = re.compile(
    r"(?:(?:^|[^没沒有])有(?:[一二两几\d]+台)?|(?:^|[,;] ?|\band )(?:have|got|tenemos|есть) "
    r"(?:\w+ )?)$"
)
_HAVE_AFTER = re.compile(
    r"^(?:是|也|都|倒|倒是|我们)?有(?:的|了)?(?=$|[,，。;；.!])|"
    r"^ (?:уже )?(?:есть|имеется)(?=$|[,.;])|^ (?:у нас )?(?:стоит|стоят|крутится|крутятся)\b|"
    r"^ (?:is |are )?(?:sits?|sitting|stands?|standing|running|hums?) (?:in|at|under|on)\b"
)
_STARTS_NEEDED = re.compile(
    r"\W*(?:y |а |and |but |pero )?(?:do|does|is|are|must|hace falta|se necesita|necesit\w+|"
    r"нужен|нужны|нужно|надо|можно|要不要|需要|能不能)\b"
)
_NEEDED = re.compile(
    r"\bneed|require|\bdo (?:i|we)\b|can (?:i|it|we)|does it|will it need|must|"
    r"нужен|нужн|требу|можно ли|надо ли|需要|要不要|能不能|可以.*吗|支持|necesit|hace falta|"
    r"se puede|puedo"
)
_WINDOWS = re.compile(r"(?:windows|sql|mail|exchange|print|file|game|web) ?$")
_TRADED = re.compile(  # "we sell servers" says nothing of having some
    r"(?:\b(?:sell|selling|repair\w*|trade in|deal in|продаем|торгуем|чиним|vendemos|reparamos) "
    r"(?:used |new |our |\w+ and )?|[卖售修]|经营)$"
)
_GENERIC_SERVER = re.compile(r"(?:server|сервер|servidor|服务器|облак|hosting)\w*$")
_HAVE_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|don't|do not|не|нет) (?:have|tenemos|tengo|hay|contamos con|disponemos de|usamos|"
    r"имеем|держим|используем|rent|run|own)(?: (?:any|our|own|ningun\w*|свои\w*|no))*|"
    r"(?:(?<!有)没有?|木有|莫得|没得|无)(?:自己的?|任何)?) ?$"
)
_ONCE = re.compile(
    r"(?:之前|以前|曾经|原来|\b(?:used to|previously|formerly|раньше|прежде|antes))[^,.;，。]*$"
)
_ONLY = re.compile(
    r"\b(?:only|just|nothing else|solo|nada mas|только|лишь|просто|больше ничего|ничего больше)\b|"
    r"就|只|仅"
)
# "You'd have to host it in a data centre": not the buyer's machines.
_RUN_BY_US = re.compile(
    r"\b(?:you|you'd|you'll|ustedes|вы|вам)\b[^,.;]{0,24}\b(?:host|run|install|put|place|aloj\w*|"
    r"размест\w*|постав\w*)|\b(?:host|hosted|run) (?:it )?(?:by|for) (?:you|us)\b|你们.{0,6}托管"
)
_PROVIDER = re.compile(
    r"aws|amazon web services|ec2|azure|gcp|google cloud|digitalocean|linode|hetzner|ovh|vps|vds|"
    r"阿里云|腾讯云|华为云|百度云|京东云|天翼云|selectel|селектел\w*|yandex cloud|яндекс.?облак\w*|"
    r"proxmox|vmware"
)
_MISSING_AFTER = re.compile(
    r"^\w*\??(?:[- ]?(?:то|own at all|пока|еще|вообще|также|у нас|нас|свои\w*|собственн\w*|своего|"
    r"тоже|совсем|propi[oa]s?|de momento|ahora mismo|como tal|tampoco|aqui))* ?"
    r"(?:нет\b|нету|нема|ноль\b|zero\b|cero\b|(?:lol|haha|nah)[ ,]+no\b|木有|没得|莫得|никак\w+|"
    r"ни одного|не (?:имеем|имеется|держим|завели|водится)|没有|"
    r"(?:一台|半台|什么的?|啥的?)?(?:暂时|目前|现在|还|也|都)没有?|暂无|"
    r"(?:no|tampoco) (?:lo |los )?(?:tenemos|tengo|hay|existe\w*|disponemos|usamos)|"
    r"(?:hay|tenemos) (?:ninguno|ningun)|"
    r"(?:ninguno|ningun|none)\b|(?:we |i )?(?:don't|do not|never) (?:have|got|had)|we don't)"
)
_IN_PROGRESS = re.compile(
    r"drafting|(?<!in )writing|working on|in progress|prepar|being (?:written|drafted|prepared)|"
    r"will (?:write|send|have|do|follow)|i'll (?:write|put|send|prepare|do)|we'll (?:write|put|"
    r"send|prepare|do)|"
    r"going to write|plan(?:ned|ning)? to|planned|not (?:yet )?(?:finished|ready|done)|can write|"
    r"could write|soon|"
    r"not (?:yet )?(?:written|complete)|еще не (?:готов|напис|закон)|(?:aun|todavia) no (?:esta|"
    r"lo)|"
    r"(?:才|还要|还得|再|要)写|没(?:有)?(?:写好|写完|做好|做完|准备好|整理好|完成)|正在|在写|在准备|准备写|整理中|"
    r"还在整理|在整理|打算写|计划写|可以写|会写|编写中|还没写完|"
    r"пишем|пишу|готовим|готовится|в процессе|составля|в работе|напишем|напишу|подготовим|планиру|"
    r"будет|допис|разрабатыва|"
    r"redact(?!ad)|preparando|escribiendo|elaborando|en ello|lo haremos|escribire|puedo escribir|"
    r"en proceso|trabajando en|en preparacion"
)
_MEANING = re.compile(
    r"(?:什么|啥)(?:叫|是|意思)|\bчто (?:значит|такое|вы (?:имеете|понимаете))|\bwhat(?:'s| is| do "
    r"you mean| does| counts)\b|\bque (?:es|significa|quiere decir|entienden)\b"
)
_ATTACHED = re.compile(r"attach|附件|прикреп|приложен|adjunt")
_STRONG_PAPER = re.compile(
    r"rf[pqi]|tender|borrador|draft|черновик|初稿|草稿|requirement|specification|\bspecs?\b|"
    r"terms of reference|需求文档|需求说明|"
    r"招标|标书|规格书|需求书|需求清单|"
    r"тз|техзадан|техническ|тендер|конкурс|аукцион|закупочн|concurso|采购文件|磋商文件|比选文件|"
    r"письменн|pliego|requisitos|licitaci|especificaci|cahier|rfp"
)
_TENDER = (
    r"(?:tender|rfp|rfq|call for (?:bids|tenders)|bid notice|тендер\w*|закупк\w*|конкурс\w*|"
    r"аукцион\w*|licitacion|concurso|pliegos?|招标|采购公告|标书|标)"
)
_PUBLISHED = (
    r"(?:published|floated|issued|announced|advertised|\bis (?:out|live|open)|went (?:out|live)|"
    r"опубликован\w*|размещен\w*|размест\w+|объяв\w+|выложен\w*|выложили|вышел|на площадке|"
    r"publicad[oa]s?|convocad[oa]s?|sacad[oa]s?|abiert[oa]s?|salio|发布|公布|发出|挂网|挂出|"
    r"发了|公告)"
)
_HAVE_PAPER = re.compile(
    r"\b(?:we|i)(?:'ve| have| got| already have|'ve got| wrote)\b|\bhere(?:'s| is)|attach|"
    r"\bour (?:written )?(?:rfp|spec|tender|requirement)|"
    r"\bhave (?:a|an|our) (?:written|rfp|tender|spec|require)|\bу нас (?:уже )?(?:есть|тендер)|"
    rf"{_TENDER}[^.?!]{{0,24}}{_PUBLISHED}|{_PUBLISHED}[^.?!]{{0,24}}{_TENDER}|"
    r"есть (?:готов\w+ )?(?:тз|техзад|письмен|специф)|прикреп|"
    r"(?:我们?|已经|这边)?(?:有|写好了?|做好了?|准备好了?)(?:一?份)?(?:需求|招标|标书|规格|书面)|"
    r"附件|(?:тз|техзадани[ея]|rfp|tender|spec) (?:уже )?(?:есть|имеется|exists|floated|"
    r"published|out)\b|"
    r"tenemos|tengo|adjunto|aqui (?:esta|tiene)|"
    r"\b(?:is|are|isn't|aren't) (?:not |now |already |yet |all )*(?:ready|done|finished|written|"
    r"available)\b|(?:没|已经?)(?:有)?(?:写|做|准备)[好完]|(?:тз|задани[ея]|"
    r"документ) (?:еще )?(?:не )?"
    r"готов|(?:esta|estan) (?:ya )?list[oa]s?\b|"
    r"(?:招标|需求|规格|技术)(?:文件|文档|说明书?|书|要求)?(?:也|都|已经?|早就)*(?:写|做|编|整理|弄)好|"
    r"招标(?:文件)?(?:已|发|出)|по тендеру|we are tendering|公开招标"
)


# "публичные мы не", "pública no somos": denied after the name; "国企说错了": taken back.
_DENIED_AFTER = re.compile(
    r"^,? ?(?:nada\b|no (?:lo )?(?:somos|es|soy)\b|(?:we're|we are|it's|it is) not\b|we aren't\b|"
    r"(?:мы|это) не\b|не мы\b|倒?不是|不算)"
)
_TAKEN_BACK = re.compile(
    r"^[^,，.;]{0,5}(?:说错|写错|搞错|打错|是错|错了|\bwas (?:wrong|a mistake|an error)|\bошиб|"
    r"\bfue un error|\bera un error|\besta mal)"
)
_LEGAL_FORM = re.compile(
    r"ltd|llc|gmbh|inc|s\.?l\.?|s\.?a\.?|有限公司|股份公司|sas|srl|plc|ооо|ип|ао|оао|зао|пао"
)
# "We're an S.L.", "мы ООО", "ип же": the form alone, and not the end of a name.
_FORM_START = re.compile(
    r"(?:(?:\b(?:an?|una?|somos|es|we are|we're|it's|registered|мы|это|я|у (?:нас|меня)|как|"
    r"через|eine?)|我们是|是个?|一家|注册的) ?|^|[,;，、.!\n] ?)$"
)
_FORM_END = re.compile(
    r"^\.?(?: (?:же|у нас|мы|somos|here))?\s*(?:$|[,.;!，。]|(?:company|firm|business)\b|"
    r"(?:en|de|in|from|based|из|в)\b(?! c\.? ?v))"
)


def read_ownership(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """State or private; "not state-owned" leaves only private, as there are only these two."""
    for value, start, end in lexicon["ownership"].find(words.low):
        name = words.low[start:end]
        if _OTHER_THING_AFTER.match(words.low[end:]) or is_of_customers(words.low[:start]):
            continue  # "our private label", "a public holiday", "we sell to the government"
        if not asked and (
            _OF_YOU.search(words.low)
            or (
                _LOOSE_OWNERSHIP.fullmatch(name) and not _beside_organisation(words.low, start, end)
            )
        ):
            continue
        if is_withdrawn(words.low, start) or _TAKEN_BACK.match(words.low[end:]):
            continue
        ruled_out = is_ruled_out(words.low, start) or _DENIED_AFTER.match(words.low[end:])
        if ruled_out:
            value = _OTHER_OWNER[value]
        rule = f"not {name}" if ruled_out else name
        return [Found("ownership", value, start, end, rule)]
    return find_owner(words.low, asked=asked)


# Private and public things that say nothing of an owner.
_OTHER_THING_AFTER = re.compile(
    r"[ -](?:labels?|clouds?|wi-?fi|wlan|sales?|messages?|links?|networks?|keys?|api|beta|"
    r"holidays?|"
    r"pages?|areas?|persons?|people|individuals?|use|customers?|clients?|buyers?|numbers?|chat|"
    r"data|"
    r"lessons?|repo\w*|section|shoppers?|consumers?|address|mail|relations|opinion|lim\w+ only|"
    r"purchase|purpose|interest|transport\b(?! (?:auth|comp))|облак\w*|клиент\w*|покупател\w*|"
    r"лиц\w*|человек\w*|кабинет\w*|сообщени\w*|"
    r"clientes?|compradores|uso|persona|datos|nube)\b|云|化部署|部署|客户|用户|消费|信息(?!中心|"
    r"科|处|部|化办)|域"
)


def _beside_organisation(low: str, start: int, end: int) -> bool:
    if _LEGAL_FORM.fullmatch(low[start:end]):
        alone = _FORM_START.search(low[:start]) and _FORM_END.match(low[end:])
        return alone is not None  # else it is part of a company's name
    if _NEXT_TO_ORGANISATION.match(low[end:]):
        return True
    if _WE_ARE_A.search(low[:start]) and re.match(r" (?:with|in|from|of|based|near)\b", low[end:]):
        return True  # "we're a council with three libraries"
    return bool(_ORGANISATION_BEFORE.search(low[:start]) and _PART_END.match(low[end:]))


# "Privately held", 自己的服务器, 自己有公司: a thing of their own tells nothing of who buys.
_OF_OWN = re.compile(
    r" (?:held|owned|run)\b|(?<=自己)(?:的(?=[\u3400-\u9fff])|有|家|开|公司|单位|企业)(?!用)"
)


def read_buyer_type(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    alone = find_alone(words.low)
    if alone:
        return [Found("buyer_type", "individual", alone.start(), alone.end(), "works alone")]
    if not asked and _DISCOUNT.search(words.low) and not _OWN_SIDE.search(words.low):
        return []  # "any discount for schools?"
    found = [] if asked else read_trade(words, asked=False)
    for value, start, end in lexicon["buyer_type"].find(words.low):
        name = words.low[start:end]
        strong = _STRONG_BUYER.search(words.low, max(0, start - 6), end + 12)
        such = _NOT_FOR_PROFIT.fullmatch(name) and _WE_ARE_SUCH.search(words.low[:start])
        for_others = name.endswith((" mi", " me")) and re.match(
            r" (?!y |and |sol|mism|uso)[a-z]", words.low[end:]
        )
        for_others = for_others or _OF_OWN.match(words.low, end)
        if (asked or strong or such) and not for_others and not is_ruled_out(words.low, start):
            found.append(Found("buyer_type", value, start, end, name))
    if asked and not found:
        found = read_trade(words, asked=True)
    return sorted(found, key=lambda hit: hit.value != "individual")[:1]


def read_own_servers(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """True for any machine it could be installed on; false for none, or web hosting alone."""
    if asked and says_no_in_the_end(words.low):
        return [Found("own_servers", False, 0, len(words.low), "no in the end")]
    named: list[Found] = []
    for value, start, end in lexicon["own_servers"].find(words.low):
        before, after = words.low[:start], words.low[end:]
        if value == "true" and are_gone(before, after):
            named.append(Found("own_servers", False, start, end, "they are gone"))
            continue
        if not asked and not _has_servers(words, start, end, value):
            continue
        if asked and value == "true" and is_denied(before, after):
            named.append(Found("own_servers", False, start, end, "asked back for in denial"))
            continue
        if _TRADED.search(before) or knows_not(before, after) or _ONCE.search(before):
            continue
        has = value == "true"
        missing = (
            is_ruled_out(words.low, start)
            or _HAVE_NOT_BEFORE.search(before)
            or _MISSING_AFTER.match(after)
        )
        if missing and not has:
            continue
        rule = f"no {words.low[start:end]}" if missing else words.low[start:end]
        named.append(Found("own_servers", has and not missing, start, end, rule))
    certain = [hit for hit in named if not _GENERIC_SERVER.fullmatch(str(hit.rule).split(" ")[-1])]
    for hits in ([h for h in certain if h.value], [h for h in named if not h.value], named):
        if hits:
            return hits[:1]
    return told_by_deed(words.low, asked=asked)


def _has_servers(words: Words, start: int, end: int, value: str) -> bool:
    """Unasked, a server counts only when the buyer says to have it; Windows Server is a product."""
    first, last = next(
        ((a, b) for a, b in split_clauses(words) if a <= start < b), (0, len(words.low))
    )
    low, start, end = words.low[first:last], start - first, min(end, last) - first
    if _RUN_BY_US.search(low):
        return False
    if _STARTS_NEEDED.match(low):
        return False  # "hace falta servidor propio o vale un hosting"
    if value == "false" or _NEEDED.search(low[max(0, start - 40) : start]):
        return value == "false" and (_HAVE.search(low) or _ONLY.search(low)) is not None
    if _WINDOWS.search(low[:start]):
        return False
    if _HAVE_NOT_BEFORE.search(low[:start]):
        return True
    asks = re.search(r"[?？吗]|\bли\b", low) is not None
    if _PROVIDER.fullmatch(low[start:end]) and size_of(low) <= 4 and not asks:
        return True  # "ya con AWS"
    owned = _OWN.search(low[max(0, start - 12) : end + 12]) is not None
    if _HAVE_AFTER.match(low[end:]) or _MISSING_AFTER.match(low[end:]):
        return not re.search(r"[?？]|吗", low[end:])
    if re.search(r"\?|吗|\bли\b", low) and not _HAVE.search(low[:start]):
        return False
    has = _HAVE.search(low[:start]) or _HAVE_RIGHT_BEFORE.search(low[:start])
    return owned or has is not None or is_ruled_out(low, start)


# "В тз нет слов о сроках": something is missing in it.
_WITHIN = re.compile(r"(?:\b(?:в|во|из|in|from|en)(?: (?:the|our|el|la|нашем))?|[在从]) ?$")


def _is_missing(low: str, start: int, end: int) -> bool:
    """Whether a paper named there is said not to exist, before its name or after it."""
    if is_ruled_out(low, start) or is_denied(low[:start], low[end:]):
        return True
    return bool(_MISSING_AFTER.match(low[end:])) and not _WITHIN.search(low[:start])


def read_written(words: Words, lexicon: Lexicon, *, asked: bool) -> list[Found]:
    """True when the paper exists, a draft or tender too; being written counts as not there."""
    low = words.low
    hits = lexicon["written_requirement"].find(low)
    if not asked:
        strong = [hit for hit in hits if _STRONG_PAPER.search(low[hit[1] : hit[2]])]
        denied = any(_is_missing(low, start, end) for _, start, end in strong)
        planned = _IN_PROGRESS.search(low) is not None and "?" not in low
        if not strong or not (denied or planned or _HAVE_PAPER.search(low)):
            return []
        hits = strong
    progress = None if _ATTACHED.search(low) else _IN_PROGRESS.search(low)
    for value, start, end in hits:
        if _MEANING.search(low):
            return []  # "what do you mean by a specification?"
        exists = value == "true"
        if exists and _is_missing(low, start, end):
            return [Found("written_requirement", False, start, end, f"no {low[start:end]}")]
        if exists and progress and not re.search(r"\bdraft\b|черновик|borrador|草稿|初稿", low):
            exists = False
        return [Found("written_requirement", exists, start, end, low[start:end])]
    if asked and progress:
        start, end = progress.span()
        return [Found("written_requirement", False, start, end, "being written")]
    return []
