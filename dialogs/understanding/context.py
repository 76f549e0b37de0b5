"""Which slot a question asks, in anyone's words and in four languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import yaml

from dialogs.types import Asked, Value
from dialogs.understanding.words import read_words

# The first that matches names the slot, so the narrow come before the wide.
_SLOTS = tuple(
    (slot, re.compile(pattern))
    for slot, pattern in (
        ("email", r"e-?mail|\bmail address|邮箱|邮件|电邮|электронн\w+ (?:почт|адрес)|"
                  r"почт[аыуе]\b|мейл|имейл|correo|"
                  r"(?:where|what address).*(?:send|mail)|куда .*(?:прислать|отправить|выслать)|"
                  r"(?:发|寄)(?:到|去)哪|a donde .*envi"),
        ("phone", r"phone|\bnumber (?:can|may|should|do|to)|mobile|call you|reach you|whatsapp|"
                  r"电话|手机|号码|联系方式|怎么联系|如何联系|"
                  r"телефон|\bномер\b|позвонить вам|связаться с вами|telefono|movil|su numero|"
                  r"contactarle|llamarle"),
        ("written_requirement", r"written|in writing|on paper|write.?up|requirements? (?:doc|spec|"
                                r"list|paper)|specification|\bspec\b|\bbrief\b|\btender\b|\brfp\b|"
                  r"requirements? (?:ready|already|down|put)|документ\w* с требован|"
                  r"书面|需求(?:文档|书|说明|文件|清单|表)|招标|письменн|техзадан|"
                  r"техническ\w+ задан|\bтз\b|требовани|"
                  r"por escrito|pliego|requisitos|especificaci|documento de"),
        ("own_servers", r"server|сервер|servidor|服务器|機房|机房|主机|\bhosting|хостинг|hardware|"
                        r"on.?prem|infrastructure|machines?\b|инфраструктур|"
                  r"на чем .*(?:работа|крути|сто[ия]т|запус|держ)|what .*\b(?:run|hosted) on|"
                  r"на каком .*(?:желез|оборудован)|sobre que .*(?:corr|funcion|aloj)|跑在|"
                  r"где .*(?:размещ|установ)|infraestructura|maquinas|where .*(?:install|host|"
                  r"run)|云还是|本地部署"),
        ("headcount", r"how (?:many|big|large)|headcount|size of (?:your|the)|"
                      r"number of (?:employees|people|staff)|company size|team size|\bheads\b|"
                  r"\d+ (?:employees|people|staff)|employees|多少(?:人|员工|名|个人|职工)|几个?人|"
                  r"人数|规模|多大|员工|\d+(?:个|名)?人|"
                  r"сколько (?:у вас |вас |в \w+ |всего )*(?:человек|сотрудник|людей|работник|"
                  r"работает|народ)|сколько вас|численност|размер|"
                  r"сотрудник|человек|штат|cuant[oa]s (?:personas|emplead|trabaj|son|gente)|"
                  r"tamano|plantilla|emplead|que tan grande"),
        ("budget", r"budget|\bspend\b|invest|afford|how much (?:money|can you|would you|do you)|"
                   r"预算|花多少|投入|бюджет|потратить|вложить|"
                  r"сколько .*(?:готовы|денег)|presupuesto|gastar|inversion|invertir"),
        ("timeline", r"\bwhen\b|deadline|how soon|how quickly|time ?frame|timeline|"
                     r"go(?:ing)? live|launch|\bstart\b|urgent|in a hurry|by what date|schedule|"
                  r"什么时候|何时|时间|多久|上线|工期|急|期限|когда|срок|запуст|к какому|торопит|"
                  r"спешит|срочно|cuando|plazo|fecha|lanz|prisa|urge|para que mes"),
        ("authority", r"decide|decision|sign off|signs|approve|final say|who buys|"
                      r"in charge of (?:the )?(?:purchas|buying)|authoris|authoriz|拍板|决定|做主|"
                      r"决策|审批|签字|说了算|"
                  r"решени|решает|решаете|утвержда|подписыва|полномочи|decision|firma|aprueba|"
                  r"aprobar|ultima palabra"),
        ("edition", r"edition|\bversion|which (?:package|plan|product)|版本|哪个版|редакци|верси|"
                    r"тариф|edicion|\bplan\b|que version|"
                  r"professional|enterprise.*cluster|专业版|企业版|集群版"),
        ("buyer_type", r"yourself|individual|(?:for|as) (?:a|your|the) (?:company|business|"
                       r"organi[sz]ation|firm)\b.*\bor\b|\bor\b.*(?:for|as) (?:a|your|"
                       r"the) (?:company|business|organi[sz]ation|firm)|"
                  r"private person|privately or|personal(?:ly)? or|private use|on behalf|个人|"
                  r"自己用|以公司|для себя|физ\w* ?лиц|юр\w* ?лиц|частно\w* лиц|лично|"
                  r"para (?:usted|ti|uso)|particular|persona (?:fisica|juridica)|autonomo|"
                  r"nombre propio|a titulo"),
        ("ownership", r"state.?owned|\bstate\b|privately|public(?:ly)? |private|government|"
                      r"who owns|ownership|国企|国有|私企|民营|私营|性质|单位类型|"
                  r"государствен|частн|форма собственн|\bгос|estatal|public[ao]|privad[ao]|"
                  r"titularidad|propiedad"),
        ("role", r"\bjob\b|\brole\b|position|\btitle\b|what do you do|your function|职位|职务|"
                 r"岗位|头衔|角色|什么工作|должност|кем вы|кем работ|ваша роль|позици|"
                  r"cargo|puesto|funcion|a que se dedica|su rol"),
        ("department", r"department|which (?:part|team|area|side)|division|\bteam\b|what area|"
                       r"部门|哪块|哪个团队|负责什么|负责哪|отдел|подразделен|департамент|"
                       r"в какой части|сфер[аыу]|departamento|\barea\b|equipo|seccion|负责"),
        ("company", r"(?:company|business|firm)(?:'s)? name|name of (?:the|your) (?:company|firm|"
                    r"business|organi)|which company|what company|who do you work for|"
                    r"what is (?:the|your) company called|"
                  r"公司(?:名|叫)|哪家公司|单位名|贵公司(?:是|叫)|название|какую компанию|"
                  r"какая компания|из какой|компания называ|"
                  r"nombre de (?:la|su) empresa|empresa se llama|que empresa|como se llama (?:la|"
                  r"su) empresa"),
        ("name", r"your name|\bname\b|call you|address you|who am i|ask for|姓名|称呼|名字|贵姓|"
                 r"зовут|обращаться|имя|представ|nombre|se llama|con quien|llamarle"),
        ("city", r"\bcity\b|where|locat|based|\btown\b|\bplace\b|城市|哪里|哪儿|在哪|地区|地点|"
                 r"所在|город|где|откуда|находит|регион|ciudad|donde|ubica|localidad|sede"),
        ("doc_type", r"which (?:document|paper|material)|what (?:document|paper|material)|"
                     r"哪些资料|什么资料|哪份|какие (?:материал|документ)|какой документ|"
                     r"que documento|que material"),
        ("language", r"which language|what language|prefer.*language|哪种语言|什么语言|"
                     r"на каком языке|que idioma|en que idioma"),
        ("need", r"what (?:should|do you (?:want|need|sell|plan)|would you|are you|is it|can we|"
                 r"brings)|looking for|tell me (?:about|more)|describe|your project|"
                  r"做什么|想做|用来|什么需求|需求是|想要|解决什么|卖什么|介绍一下|что (?:вам|вы|"
                  r"нужно|должн|хотите)|задач|для чего|расскажите|чем .*занима|проект|"
                  r"que (?:necesita|busca|quiere|debe|vende)|objetivo|cuenteme|proyecto|describa"),
    )
)  # fmt: skip
# The bot offers to do something: a yes fills no slot.
_OFFER = re.compile(
    r"\b(?:shall|should|may|can|could) (?:i|we)\b|would you like|do you want|want me to|"
    r"would it help|are you happy|is (?:it|that) ok|may i|"
    r"要不要|需要(?:我|给您|帮|为您|的话)|是否需要|要(?:我|给您)|我(?:可以|帮您|给您)|可以给您|"
    r"给您(?:发|转|安排)|"
    r"\b(?:прислать|отправить|позвать|показать|соединить|связать|переключить|выслать|подключить|"
    r"записать|посчитать|хотите|желаете|могу|можно)\b|"
    r"\b(?:le|les|te) (?:envio|mando|paso|muestro|pongo|llamo|preparo|conecto)|quiere|desea|"
    r"le gustaria|prefiere que|puedo"
)
_OFFERED = re.compile(
    r"send|show|connect|speak|talk|transfer|call you|bring|put you|arrange|book|go (?:on|ahead)|"
    r"continue|switch|hand|pass|colleague|person|prepare|calculate|estimate|save|keep|delete|"
    r"erase|发|转|人工|演示|安排|联系|继续|同事|报价|保留|删除|切换|"
    r"присла|отправ|позва|показ|соедин|связ|переключ|высла|подключ|коллег|продолж|запис|посчита|"
    r"поговорить|оставить|удалить|"
    r"envi|mand|pas[oea]|muestr|hablar|conect|llam|compan|seguir|continu|prepar|guard|borr"
)
_THEIR_DATA = re.compile(
    r"your (?:e-?mail|phone|number|name|address)|leave|an e-?mail|邮箱|电话|手机|联系方式|"
    r"ваш\w* (?:почт|телефон|номер|e-?mail|имя|адрес)|остав|su (?:correo|telefono|numero|nombre)|"
    r"deja|\bwhom\b|ask for"
)
_CHECKING = re.compile(
    r"\bright\?|correct\?|is (?:that|this) (?:right|correct|so|true)|did i (?:get|understand)|"
    r"^so\b|\bso you|you said|you mentioned|if i understand|i understand (?:that )?you|"
    r"^(?:so |and |ok,? |then |now )*you(?:'re| are) .*\?$|i (?:have|noted|wrote down)|"
    r"as (?:i|far as i) (?:see|understand)|put you down|i see (?:that )?you|"
    r"still (?:true|correct)|do i have|"
    r"am i right|isn't it|aren't you|don't you|"
    r"^(?:所以|那么|这么说)您|对吗|对吧|对不对|是吗|是吧|记下|看到您|记录的是|没错吧|正确吗|也就是说|您是说|我理解|"
    r"您说的是|是这样(?:吗|吧)|您(?:刚才|之前|前面)?(?:说|提到)(?:过|了)?|没记错|确认一下|"
    r"\bзапис(?:ал|ыва)\w*|как я понимаю|вижу,? что|правильно|верно|значит|то есть|так\?|я понял|"
    r"вы сказали|итак|получается|все так|"
    r"entonces|verdad|correcto|cierto|\bno\?$|es asi|dijo que|entiendo que|o sea|"
    r"segun (?:entiendo|veo)|tengo entendido|\bveo que|\bapunto|\banoto|como (?:dijo|dice)|"
    r"as you said|как вы (?:сказали|говорили)|\b(?:ha|han|has|me) dicho\b|usted es\b[^?]*[.]$"
)
_OPEN = re.compile(
    r"\b(?:how (?:many|much|big|large|soon|long|can|should|do|may)|what|which|who|whom|where|when|"
    r"why)\b|多少|几|哪|什么|怎么|如何|谁|何时|多大|多久|"
    r"\b(?:сколько|как(?:ой|ая|ое|ие|ую|ом|ого)?|кто|кем|кому|где|куда|когда|что|чем|откуда)\b|"
    r"\b(?:cuant\w+|cual\w*|quien(?:es)?|donde|adonde|cuando|como|que)\b"
)
# "Is it you who decides?", "¿Es usted quien decide?": the pronoun asks nothing.
_YES_OR_NO = re.compile(
    r"^\W*(?:and |so |y |а |и )?(?:is|are|am|do|does|did|will|would|can|could|have|has|shall|es|"
    r"son|sera|tiene|tienen|puede|pueden|hay|decide|quiere)\b|"
    r"\bли\b|吗\W*$|\byou (?:the one|who)\b"
)
_NO_SERVERS = re.compile(
    r"\bno (?:tienen|hay|cuentan|disponen)|\b(?:have|are|got|run) no\b|\b(?:don't|do not) have\b|"
    r"\bнет (?:своих |своего |собственн\w+ )?сервер|сервер\w* (?:у вас )?нет|没有服务器|没服务器"
)
_SOMEONE_ELSE = re.compile(
    r"someone|somebody|anyone else|boss|manager|director|board|otr[oa]|jef[ea]|director|junta|"
    r"кто-то|друг|директор|начальник|шеф|别人|其他|领导|老板|总经理"
)
_ASKED_FOR = re.compile(
    r"[?？]|吗|\b(?:please|tell|describe|let|give|name|type|enter|choose|pick|say|leave|"
    r"представьтесь|расскажите|опишите|назовите|укажите|напишите|оставьте|подскажите|cuenteme|"
    r"digame|diganme|describa|escriba|indique|deje|elija)\b|请|麻烦|介绍|说说|告诉|留"
)
# "May I ask your title?", "your city?" want a value; a yes would be none.
_WANTS_VALUE = re.compile(
    r"^\W*(?:and |so |y |а |и )?(?:your|su|sus|ваш\w*|un[oa]?|numero)\b [^?]{0,40}\?|是[?？]$|"
    r"(?:范围|情况)呢|\b(?:tell|tells?|ask|know|me dice|podria decirme|подскажите|узнать)\b|"
    r"方便(?:说|透露)"
)
_CHOICE = re.compile(r"\bor\b|还是|或者?|\bили\b|\bo\b(?! )|\bo (?=[a-z])|\bu\b")
# Shares of the model from which it is believed over, or in want of, telling words.
_SURE, _LIKELY = 0.75, 0.3
_QUESTIONS = Path(__file__).parent / "data" / "questions.yaml"
_YES_MEANS = {"own_servers": True, "written_requirement": True}
_KINDS = {
    "headcount": "number", "city": "place", "email": "contact", "phone": "contact",
    "own_servers": "yes_no", "written_requirement": "yes_no",
}  # fmt: skip


def find_asked_slot(
    context: str, guess: Callable[[str], tuple[str, float]] | None = None
) -> Asked | None:
    """The slot that a question asks and, for a yes/no question, what a bare yes would confirm.

    `guess` gives a slot and its share for the question, from a model; telling words are used where
    it is unsure. Values within the question are added by `Reader.find_asked`, which knows the
    pack's names. None for an empty context; slot "confirm" for an offer that fills no slot.
    """
    words = read_words(context)
    if words.empty:
        return None
    low = words.low
    slot, share = guess(words.text) if guess else ("", 0.0)
    if is_statement(low) and not is_checking(low):
        return Asked(slot="confirm", kind="confirm")
    if share < _SURE or (slot == "confirm" and is_open(low)):
        slot = _slot_by_words(low) or (slot if share >= _LIKELY else "") or "confirm"
    if slot == "confirm":
        return Asked(slot="confirm", kind="confirm")
    kind = "confirm" if is_checking(low) else _KINDS.get(slot, "text")
    wants_yes = not (is_open(low) or is_choice(low) or _WANTS_VALUE.search(low))
    if kind != "confirm" and wants_yes:
        kind = "yes_no"
    assumes: dict[str, Value] = {}
    if slot in _YES_MEANS and not _who_or_where(low):
        assumes[slot] = _YES_MEANS[slot]
    if slot == "authority" and not is_open(low):
        assumes[slot] = "decides"
    return Asked(slot=slot, kind=kind, assumes=assumes)


def _slot_by_words(low: str) -> str:
    offers = _OFFER.search(low) and _OFFERED.search(low)
    if offers and not _THEIR_DATA.search(low) and not _is_slot_question(low):
        return "confirm"
    return next((slot for slot, pattern in _SLOTS if pattern.search(low)), "")


@lru_cache(maxsize=1)
def load_questions() -> tuple[tuple[str, str], ...]:
    """(question, slot) pairs in four languages, from which a model learns how slots are asked."""
    listed: dict[str, list[str]] = yaml.safe_load(_QUESTIONS.read_text(encoding="utf-8"))
    return tuple((question, slot) for slot, questions in listed.items() for question in questions)


def _is_slot_question(low: str) -> bool:
    """ "Do you want it for yourself or your company?" offers nothing."""
    return is_choice(low) or bool(
        re.search(r"budget|预算|бюджет|presupuesto|go live|when\b|上线|запустит", low)
    )


def _who_or_where(low: str) -> bool:
    return (
        re.search(r"^(?:and |so )?(?:where|what|how)\b|^где|^donde|^как", low) is not None
        and "?" in low
    )


def is_checking(low: str) -> bool:
    """Whether the question states what the bot believes and asks for a yes."""
    return _CHECKING.search(low) is not None


def denies_servers(low: str) -> bool:
    """Whether the bot takes it that there are none: "I note that you have no servers."."""
    return _NO_SERVERS.search(low) is not None


def asks_of_you(low: str) -> bool:
    """Whether it is the reader of the question, and nobody else, who is asked about."""
    return _SOMEONE_ELSE.search(low) is None


def is_statement(low: str) -> bool:
    """Whether the bot told something and asked for nothing: "the paper is on its way."."""
    return low.rstrip().endswith((".", "。", "!")) and not _ASKED_FOR.search(low)


def is_open(low: str) -> bool:
    """Whether the question asks for a value (how many, which, где) and not for a yes."""
    if _YES_OR_NO.search(low):
        return False
    return _OPEN.search(low) is not None


def is_choice(low: str) -> bool:
    """Whether the question offers alternatives."""
    return _CHOICE.search(low) is not None
