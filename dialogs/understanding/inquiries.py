"""Forms of a question that tell what it is about, whatever the unknown thing in it is."""

from __future__ import annotations

import re

from dialogs.binding import asks_promise
from dialogs.understanding.clauses import is_question
from dialogs.understanding.rivals import compares

# Parts that join our product to another one: "is there a plug-in for ...", 有没有……的接口.
_JOINT = (
    r"(?:plug-?ins?|connectors?|modules?|add-?ons?|integrations?|interfaces?|extensions?|bridges?|"
    r"adapters?)\b"
)
_JOINT_RU = r"(?:коннектор|интеграци|модул|плагин|расширени|обмен|шлюз|адаптер)"
_JOINT_ES = (
    r"(?:conector|conexion|integracion|modulo|plugin|plug-in|extension|complemento|pasarela|"
    r"adaptador)"
)
_JOINS_ES = (
    r"se (?:conecta|integra|sincroniza|comunica|entiende|enlaza|acopla|lleva|habla)n?\b|"
    r"(?:esta|viene|es) (?:integrad|conectad|compatible)"
)
_JOINS_RU = (
    r"(?:интегриру|стыку|состыку|подключа|синхронизиру|соединя|совместим|связ(?:ать|ыва)|"
    r"обменива)\w*"
)
_SHALL_JOIN_ZH = r"(?:能|可以|可否|能否|能不能|可不可以|是否|支持|怎么)[^，。！？?]{0,6}"
_JOINS_ZH = r"(?:对接|打通|接入|集成|连接|同步|互通|兼容|接(?![电听待人受单收下口我你上线]))"
_OF_THE_PRODUCT = re.compile(
    r"^(?:[^,.?]{0,24}\b)?(?:tell me|let me know|know|say)(?: first| is)? (?:if|whether) "
    r"(?:it|the (?:software|system|shop|product)|your (?:software|system|shop|product)|orders|"
    r"stock|products|prices|customers|invoices) \w|"
    r"^(?:and |so |but |also )?(?:does|can|could|will|would) (?:it|the (?:software|system|shop|"
    r"product)|your (?:software|system|shop|product))\b|"
    r"^(?:it|the (?:software|system|shop|product)) (?:also )?(?:connect|integrate|work|sync|"
    r"support|"
    r"run|talk|handle)s?\b|"
    r"^(?:and |so |but |also )?do you (?:do|support|handle|cover|allow) (?!(?:this|that|it|you|"
    r"business|discounts?|trainings?|installation|demos?|consult\w+|mind)\b)\w|"
    r"^(?:and |so |but |also )?(?:is|are) (?:the (?:software|system|shop|product)|your (?:software|"
    r"system|shop|product)) \w+|"
    r"^(?:and |so |but |also )?(?:is there|have you(?: got)?|do you (?:have|offer|provide|do)) "
    rf"(?:an? |any |the |your )?(?:[\w.]+ ){{0,3}}{_JOINT}|"
    r"^(?:那|还|请问|先|你|麻烦|跟?我?(?:告诉我|说说|说一?下|讲讲))*(?:它|系统|你们的?(?:系统|"
    r"软件|产品))?(?:支持(?!你)|能对接|可以对接|能和|"
    rf"能接(?!电话|听|待|人)).+|{_SHALL_JOIN_ZH}{_JOINS_ZH}|"
    r"有(?:没有)?[^，。！？?]{0,8}(?:插件|连接器|接口|模块|扩展)(?!文档|说明|手册|资料)|"
    rf"\b{_JOINS_RU} ли\b|\bли [^,.?!]{{0,24}}\b{_JOINS_RU}|"
    rf"\bесть ли (?:у вас )?(?:[\w.]+ ){{0,2}}{_JOINT_RU}|"
    rf"\bу вас есть (?:[\w.]+ ){{0,2}}{_JOINT_RU}|"
    r"^(?:(?:и|а|но) )?(?:система |он[аио]? )?(?:поддержива|работа|умее|може|тян|держи|выдерж|"
    r"встраива)\w+ ли\b|"
    rf"^(?:(?:y|pero|primero|antes|mejor|oye|dime|digame|diganme|decidme|me dices|saber|"
    rf"quiero saber|quisiera saber) )*(?:si )?(?:{_JOINS_ES}|(?:soporta|incluye|admite|permite|"
    r"funciona|corre|trae|aguanta|acepta)n?\b(?! (?:usted|pago)))|"
    r"^(?:(?:y|pero) )?(?:tienen?|hay|existe|disponen de|cuentan con) "
    rf"(?:[\w.]+ ){{0,2}}{_JOINT_ES}"
)
_AND_THAT = re.compile(
    r"(?:(?:and|so|ok|but|what about|how about|а|и|ну а|а если|y|e|pero|que (?:hay|tal|pasa) "
    r"(?:de|con)|那|那么)[ ,]*)+(?:the |la |el )?(?:\S+)(?: \S+)?\?+|"
    r"(?:那|那么)[^，。？?]{2,6}呢[?？]?"
)
_WILL_IT_DO = re.compile(
    r"(?:(?:and|so|but|or|also) )?(?:(?:is|are|would|will|does) (?:that|this|it|these|those|they) "
    r"(?:be |going to be )?(?:an? )?(?:\w+ )?(?:problem|issue|ok(?:ay)?|fine|alright|all right|"
    r"good|enough|sufficient|possible|acceptable|supported|allowed|bad|do|work|matter|count|"
    r"suffice)"
    r"(?: (?:for you|for it|enough|too|as well|then))?|(?:that's|that is|thats) (?:ok(?:ay)?|fine|"
    r"enough|good enough|no problem)(?:,? (?:right|no|yes))?(?=\?)|(?:ok(?:ay)?|good enough|"
    r"enough|fine|any problem)(?=\?)|would (?:that|this) be (?:ok(?:ay)?|fine|enough))\W*|"
    r"(?:那|这|它|这个|那么)?(?:样|些|个|种)?(?:也|就|算|还|应该)?(?:行|可以|没问题|有问题|够|"
    r"能用|能跑|"
    r"能装|合适|ok|算数?|支持|成)(?:用)?(?:吗|么|嘛|不|吧)[?？]?|"
    r"(?:行不行|可不可以|够不够|能不能用)[?？]?|"
    r"(?:能)?[装跑用接连带撑扛放]得[了上下动起住](?:不|吗|么|嘛)?[?？]?|"
    r"(?:(?:и|а|но) )?(?:(?:это|этого|так|такое|такой|такая|такие) )?(?:(?:не )?(?:будет )?"
    r"(?:проблем\w+|нормально|норм|ок|окей|подойд[её]т|подходит|пойд[её]т|сойд[её]т|годится|"
    r"прокатит|хватит|страшно|критично|достаточно|допустимо|можно|сработает|считается))(?: ли)?"
    r"(?: это)?\?+|"
    r"(?:(?:y|pero) )?(?:(?:eso|esto|asi|con eso) )?(?:(?:es|seria|hay|habria|supone|tendria) "
    r"(?:un |algun )?(?:problema|inconveniente|suficiente|posible)|vale|valdria|sirve|serviria|"
    r"funciona|funcionaria|esta bien|estaria bien|basta|bastaria|alcanza|llega|pasa algo|ok|"
    r"se puede)(?: (?:asi|con eso|igual))?\?+"
)
# "How much is it and does it go with SAP" in one breath: the second question within the first.
_JOINED_ON = re.compile(
    rf"\b(?:and|y|e|и|а|да)(?: also| ademas| tambien| еще| также)? (?:si )?(?:{_JOINS_ES}|"
    rf"{_JOINS_RU}|(?:if|whether) (?:it|this|that|the (?:system|software|shop)) \w|"
    rf"(?:does|can|will) it (?:\w+ )?(?:connect|integrate|sync|talk|work|run|go|"
    rf"support)\b|(?:поддержива|работа|умее)\w+ (?:ли|с)\b|(?:funciona|soporta|corre|admite|"
    rf"acepta)n?\b)|"
    rf"(?:和|还|并|以及|顺便|,|，| ){_SHALL_JOIN_ZH}{_JOINS_ZH}"
)
# What asks whether it costs anything. A trial that is free is still a trial.
_FREE_OF_CHARGE = re.compile(
    r"\b(?:is|are|will|would|does|do|can|comes?)(?: (?!(?:there|you|he|she|they|we|i|anyone|"
    r"someone|trials?|demos?)\b)[\w-]+){1,5} free\b(?! (?:of(?! charge)|trial|version|edition|demo|"
    r"tomorrow|today|on|at|to|now|slots?|software|time|text|form|shipping|delivery|samples?))|"
    r"\bfree of charge\b|\bfor free\b|\b(?:day|daily|hourly) rates?\b|\bare your rates\b|"
    r"免费(?!试|体验|版|演示|测)(?:的|提供|赠送)?(?:吗|么|吧|不|[?？])|要不要钱|收不收[钱费]|"
    r"要(?:另外|额外|单独)?[收付交花]?[钱费](?:吗|么|不|[?？])|(?:另|额外|单独)外?(?:收费|算钱|"
    r"要钱|付费)|"
    r"人天(?:单?价|多少|怎么)|"
    r"\bбесплатн\w*(?! (?:проб|верс|тест|демо|период|доступ))(?= ли\b| или\b|\W*$)|"
    r"\bставк\w+ (?:в|за) (?:час|день)|\bчасов\w+ ставк|"
    r"\b(?:es|son|sale|seria|esta|estan|viene|vienen)(?: (?!prueba|demo)\w+){0,4} "
    r"grat(?:is|uit[oa]s?)\b(?! (?:la |una )?(?:prueba|demo))|\bsin (?:coste|costo|cargo)\b"
)
_BEGINNING = (
    r"(?:start|begin|kick ?off|get (?:started|going)|set off)\b"
    r"(?! (?:over|again|anew|from the (?:top|beginning)|with (?:the )?questions?))"
)
_TO_BEGIN = re.compile(
    rf"\b(?:can|could|will|would|are|do) you (?:guys |people |all )?(?:able to |ready to |free to |"
    rf"going to |possibly )?{_BEGINNING}|"
    rf"\b(?:how soon|how quickly|how fast|when|what day|which day) (?:can|could|will|would|do|"
    rf"might) (?:you|your \w+|we|the project|work|the work) (?:guys |people )?{_BEGINNING}|"
    r"\b(?:earliest|soonest) (?:start|date|possible start)|\bstart(?:ing)? dates?\b(?=.*\?)|"
    r"\b(?:are|is) (?:you|your team) (?:available|free) (?:to start|from|in|next)\b|"
    r"(?:什么时候|何时|几号|哪天|最快|最早|多久|几时)[^，。！？?]{0,6}(?:开工|进场|动工|启动项目|"
    r"可以开始|能开始|开始(?:做|实施|干|动))|"
    r"(?:你们|贵司|贵公司)?(?:能不能|能|可以|可不可以|可否)[^，。！？?]{0,6}(?:周|星期|月|号|日|"
    r"明天|马上|立刻|尽快|年)[^，。！？?]{0,4}(?:开工|开始|进场|动工|启动)[^，。！？?]{0,2}(?:吗|"
    r"么|"
    r"[?？]|$)|"
    r"(?:[周月号日天年]|星期)[一二三四五六日天末初底]?(?:就|都)?(?:能|可以)(?:不能|不可以)?"
    r"(?:开工|开始|进场|动工|启动)|"
    r"\b(?:можете|сможете|сумеете|готовы|можно|могли бы)(?: ли)?(?: вы)? (?:\w+ ){0,3}?"
    r"(?:начать|приступить|стартовать|выйти на (?:работ|объект|проект))\w*|"
    r"\b(?:когда|как скоро|как быстро) (?:вы )?(?:\w+ )?(?:начать|начн|приступ|старт)\w*|"
    r"\b(?:pueden?|podrian?|podrias?|puedes|podeis|cuando|es posible)\b[^,.;?!]{0,18}\b(?:empez|"
    r"empiez|comenz|comienz|arranc|inici)\w*\b(?! (?:de (?:nuevo|cero)|otra vez|desde))"
)
_CERTIFICATE = (
    r"(?:certificat(?:e|es|ion|ions)|certified|accreditation|accredited|certificad[oa]s?|"
    r"certificaci\w+|homologad\w+|сертифи\w+|аккредит\w+|认证|证书|资质|等保|"
    r"(?<![a-z])iso[- ]?\d{4,5}|\biso\b|soc ?2)(?![- ]?(?:partner|install|technic|special|"
    r"engineer|resell|agenc|develop|consult|socio|instalador|distribu|партнер|специал|инженер|"
    r"подрядч|合作|伙伴|工程师|服务商|代理))"
)
_NORM = re.compile(
    r"(?<![a-z])iso(?![a-z])|\b27\d{3}\b|soc ?2|\bpci\b|\bens\b|gdpr|rgpd|等保|фстэк|\bгост\b|152"
)
_HAVING = (
    r"(?:(?:do|have|are|is) (?:you|your (?:company|firm|software|product))|do you (?:guys )?"
    r"(?:have|hold)|got|(?:есть|имеется|имеете|имеют\w+|получ\w+|прошли)\b|\bу вас\b|\bвы\b|"
    r"\b(?:tienen?|teneis|cuentan?|disponen?|poseen?|estan?|son)\b|有(?:没有)?|通过|具备|取得|"
    r"过了?(?=等保|iso|认证)|过了)"
)
_HAS_CERTIFICATE = re.compile(
    rf"{_HAVING}[^,.;!，。；]{{0,40}}{_CERTIFICATE}|{_CERTIFICATE}[^,.;!，。；]{{0,24}}{_HAVING}"
)
_DATA_CONTRACT = re.compile(
    r"\bdata[- ]processing (?:agreement|contract|addendum)|\bdpa\b|\bdata protection (?:agreement|"
    r"contract)|\bprocessor agreement|数据(?:处理|保护)(?:协议|合同)|"
    r"\b(?:договор|соглашени\w+)\b[^,.]{0,20}\b(?:обработк\w+|персональн\w+)|"
    r"\b(?:contrato|acuerdo)\b[^,.]{0,24}\b(?:tratamiento|encargad\w+|datos)"
)
# To be handed over: then the paper itself is wanted.
_HANDED_OVER = re.compile(
    r"\b(?:send|share|forward|download|mail|email|show|see|get|give|copy|copies|pdf|need|want|"
    r"like|read|provide|attach\w*)\b|"
    r"发|给|看|下载|提供|复印|扫描|(?<!需)要[^求]|присл|вышл|скин|отправ|направ|покаж|показ|дайте|"
    r"дать|"
    r"скача|копи|посмотр|нуж|хо[чт]|"
    r"\b(?:envi|mand|pas[ae]n?\b|descarg|copia|ver\b|muestr|facilit|compart|quier|necesit|dame|"
    r"deme|denme)"
)
# Stems without which the longer patterns need not be tried: most messages hold none of them.
_OF_FREE = (
    "free", "rate", "免费", "钱", "收费", "费", "人天", "бесплат", "ставк", "grat", "sin cost",
    "sin cargo",
)  # fmt: skip
_OF_BEGINNING = (
    "start", "begin", "kick", "going", "set off", "soonest", "earliest", "available", "free", "开",
    "进场", "动工", "启动", "нача", "начн", "приступ", "старт", "выйти", "empez", "empiez",
    "comenz", "comienz", "arranc", "inici",
)  # fmt: skip
_OF_DATA = (
    "data", "dpa", "processor", "数据", "договор", "соглаш", "datos", "encargad", "tratamiento",
)  # fmt: skip
_TRANSLATE = re.compile(
    r"\btranslat(?:e|es|ing|ion)\b|\bперев(?:ед|од)\w*|\btraduc\w+|\btraduzc\w+|翻译|译成"
)
# What was done with another product tells of the writer, and asks nothing.
_OWN_PAST = re.compile(
    r"^\W*(?:and |so |well |also |hi |hello )*(?:we|i|our \w+)(?:'ve| have| had)?(?: just| already|"
    r" recently| once)? (?:moved|migrated|switched|came|left|dropped|abandoned|tried|used|ran|"
    r"outgrew|replaced|ditched|quit|went)\b|"
    r"^我们?(?:公司)?(?:刚|已经|之前|以前|原来|去年)?(?:从.{1,10}(?:换|迁|搬|转)|(?:用过|试过|"
    r"弃用|放弃|不用).{1,12}了?$)|"
    r"^(?:мы|я) (?:\w+ )?(?:ушли|ушел|ушла|съехали|перешли|переехали|отказались|пробовали|"
    r"пользовались|использовали|бросили)\b|"
    r"^(?:nosotros |ya )?(?:nos (?:fuimos|cambiamos|pasamos|mudamos|salimos)|dejamos|probamos|"
    r"usabamos|usamos|migramos|abandonamos|veniamos|venimos) "
)
_NOT_THAT = re.compile(
    r"(?:no,? )?(?:it's |its |it is |we're |that's )?not (?:an? |the |on |with |for )?[\w.-]+|"
    r"(?:no,? )?no (?:es|son|somos|con|en) [\w.-]+|(?:нет,? )?(?:это |мы )?не [\w.-]+|"
    r"(?:不,?，?)?不是[\w.-]{2,8}"
)
_WISHING = re.compile(
    r"\b(?:want|need|wish|would like|looking|can|could|how|hoping|plan)\b|想|要|能|хот|нуж|мож|"
    r"\b(?:quer|quier|necesit|pued|podr|busc)"
)
# What is wanted apart from a date, in words that also ask for one.
_NO_PROMISE = frozenset({
    "ask_commercial", "ask_why", "stop", "support_request", "restart", "go_back", "talk_to_human",
    "ask_trial", "out_of_scope",
})  # fmt: skip


def names_what_not(low: str) -> bool:
    """Whether the whole part only names what something is not: "not Shopify", 不是有赞."""
    return _NOT_THAT.fullmatch(low.strip(" .,!。，！")) is not None


def asks_of_product(low: str) -> bool:
    """Whether a part that asks something has the form of a question about the product."""
    return _OF_THE_PRODUCT.search(low) is not None


def add_inquiries(found: list[tuple[str, str]], low: str) -> list[tuple[str, str]]:
    """The signs with what the form of a question tells: a date, a contract, what it goes with."""
    names = {intent for intent, _ in found}
    if asks_data_contract(low) or (is_question(low) and asks_of_norm(low)):
        found = [each for each in found if each[0] not in ("ask_why", "ask_commercial")]
        about = "ask_commercial" if asks_data_contract(low) else "ask_feature"
        return [*found, (about, "a paper between firms")]
    rival = compares(low) if names <= {"ask_why", "ask_commercial"} else ""
    if rival:
        return [("ask_feature", rival)]
    free = "" if {"ask_price", "ask_trial"} & names else asks_if_free(low)
    if free:
        found = [each for each in found if each[0] != "ask_commercial"]
        return [*found, ("ask_price", free)]
    if not names & _NO_PROMISE:
        dated = not found and is_question(low) and asks_promise(low)
        begin = asks_to_begin(low) or ("a date" if dated else "")
        if begin:
            found = [*found, ("ask_commercial", begin)]
    joined = joins_on(low) if "ask_price" in names else ""
    if joined and not names & {"ask_feature", "custom_requirement"}:
        found = [*found, ("ask_feature", joined)]
    return found


def kind_of_question(low: str) -> str:
    """The intent of a question that nothing else explains, by its form."""
    return "ask_feature" if asks_of_product(low) else "out_of_scope"


def asks_by_name(low: str) -> bool:
    """Whether a name alone is asked about, as after another one: "y enterprise?", "а про?"."""
    return _AND_THAT.fullmatch(low.strip()) is not None


def asks_if_enough(low: str) -> bool:
    """Whether it is asked if what was just told will do: "is that a problem?", 这样行吗."""
    return _WILL_IT_DO.fullmatch(low.strip()) is not None


def joins_on(low: str) -> str:
    """The words that ask in the same breath what it goes together with; "" if none do."""
    hit = _JOINED_ON.search(low)
    return hit.group().strip(" ,，") if hit else ""


def asks_if_free(low: str) -> str:
    """The words that ask whether something costs anything, or the rate of a day; "" if none do."""
    hit = _FREE_OF_CHARGE.search(low) if _holds(low, _OF_FREE) else None
    return hit.group().strip() if hit else ""


def asks_to_begin(low: str) -> str:
    """The words that ask on which day we would begin; "" if none do."""
    hit = _TO_BEGIN.search(low) if _holds(low, _OF_BEGINNING) else None
    return hit.group().strip() if hit else ""


def asks_certified(low: str) -> bool:
    """Whether it is asked if we are certified, and no certificate to be handed over."""
    return _HAS_CERTIFICATE.search(low) is not None and _HANDED_OVER.search(low) is None


def asks_of_norm(low: str) -> bool:
    """Whether it is asked if we hold the certificate of a norm that is named: ISO 27001."""
    return asks_certified(low) and _NORM.search(low) is not None


def asks_data_contract(low: str) -> bool:
    """Whether it is asked if we sign a contract on the handling of data."""
    if not _holds(low, _OF_DATA):
        return False
    return _DATA_CONTRACT.search(low) is not None and _HANDED_OVER.search(low) is None


def wants_translation(low: str) -> bool:
    """Whether something is to be translated, rather than the talk to go on in that language."""
    return _TRANSLATE.search(low) is not None


def tells_own_past(low: str) -> bool:
    """Whether it tells what the writer did with another product, and wishes nothing."""
    return _OWN_PAST.search(low) is not None and _WISHING.search(low) is None


def _holds(low: str, stems: tuple[str, ...]) -> bool:
    return any(stem in low for stem in stems)
