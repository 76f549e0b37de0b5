"""Who has the last word, told by a verb and whoever is beside it: "uncle signs", "decidimos"."""

from __future__ import annotations

import re

from dialogs.understanding.claims import find_theirs

# What may follow the verb; with another object it is about something else: "she picks a colour".
_END = (
    r"(?= ?(?:$|[,.;!)(]|(?:off|it|that|this|these|those|them|all|anything|everything|tho|though|"
    r"lol|anyway|always|then|here|in the end|at the end|finally|on it|for it|and|but|so|not|"
    r"the (?:purchase|contract|budget|deal|order|papers|invoices?)|todo|la compra|el gasto|"
    r"al final|siempre|y|pero|no|всегда|все|в итоге|а|и|но)\b))"
)
_NOT_THEM = (
    r"(?!(?:i|we|you|who|whoever|it|that|this|which|what|how|one|nobody|noone|me|myself|and|or|if|"
    r"when|customers?|clients?|users?|buyers?|shoppers?|dealers?)\b)"
)
_NOT_THEM_ES = r"(?!(?:que|quien|cual|mism[oa]|client\w+|usuari\w+)\b)"
_NOT_THEM_RU = (
    r"(?!(?:я|мы|ли|кто|что|это|все|сам|сама|сами|вопрос\w*|задач\w*|проблем\w*|как\w*|куда|где|сколько|чей|когда|так|котор\w+|"
    r"клиент\w*|покупател\w*)\b)"
)
_THEIRS = re.compile(
    rf"(?:\b(?:my|our|the|his|her|their) )?\b{_NOT_THEM}[^\W\d_]+ "
    rf"(?:signs|decides|approves|has the (?:last|final) (?:say|word)|"
    rf"makes the (?:final )?(?:call|decision|choice))\b{_END}|"
    r"\b(?:the |our |my )?(?:trustees|partners|bosses|directors|investors|owners|shareholders|"
    r"parents|board|committee|council|management|higher[- ]ups|folks upstairs) "
    r"(?:will )?(?:picks?|decides?|signs?|approves?|chooses?|have the (?:last|final) (?:say|"
    r"word))\b"
    rf"{_END}|"
    rf"\b(?:el|la|los|las|mi|mis|nuestr[oa]s?) {_NOT_THEM_ES}[^\W\d_]+(?: [^\W\d_]+)? "
    rf"(?:firman?|deciden?|aprueban?|autorizan?|mandan?|eligen?)\b{_END}|"
    r"\b(?:firman?|deciden?|aprueban?|autorizan?|mandan?) (?:el|la|los|las|mi|mis|nuestr[oa]s?) "
    rf"{_NOT_THEM_ES}[^\W\d_]+|"
    r"\b(?:решает|подписывает|утверждает|согласует|одобряет|подпишет|решит|утвердит) "
    rf"(?:наш\w* |мо[йя] |у нас )?{_NOT_THEM_RU}[а-я]+|"
    rf"\b{_NOT_THEM_RU}[а-я]{{3,}} (?:решает|подписывает|утверждает|подпишет|решит|одобряет|"
    rf"утвердит)\b{_END}|"
    r"\b(?:goes|go|has to go|must go|passes) (?:through|past|by) (?:the|our|my) [^\W\d_]+|"
    r"\b(?:все|это)(?: теперь)?(?: идет| решается)? через (?:совет|директор|руковод|начальн|"
    r"головн)\w*|\bpasa(?:r)? por (?:la (?:junta|direccion)|el (?:consejo|jefe))|"
    r"(?:走|过|上)(?:董事会|总部|集团)|"
    r"(?:拍板|做主|决定|签字)的?(?:人)?是(?!我)[^,，。!?？]{1,8}?(?=$|[,，。!])|"
    r"(?:得|要|都|事|钱)?(?:问|听)(?:我们?|咱们?)?(?:家)?的?(?:老板娘?|领导|老公|老婆|爱人|上面|"
    r"上头|总部|爸妈?|妈)(?:的|意见|定)?(?=$|[,，。!])"
)
_WITH = r"(?:муж|жен|партнер|брат|сестр|отц|мам|компаньон)\w*"
_OURS = re.compile(
    r"\b(?:we|i)(?: both| all| two| can|'ll| will)? decide(?= ?(?:$|[,.;!)]|(?:it|that|ourselves|"
    r"lol|so|and|then|here)\b))|"
    r"\b(?:me|my \w+) (?:and|n|&) (?:me|i|my \w+)\b[^.;!?]{0,24}\bdecide\b|"
    r"\bdecidimos\b(?! (?:en (?:la |el )?(?:junta|comite|equipo|consejo)|con|luego|despues|si))|"
    r"\b(?:el|la|los|las) (?:que|q) (?:manda|decide|corta|firma|paga|elige)\w*(?: aqui)? "
    r"(?:soy yo|somos nosotr[oa]s)|\bsoy (?:yo )?(?:el|la) (?:que|q) (?:manda|decide|corta|firma|"
    r"elige)\b|\b(?:mando|corto el bacalao) yo\b|"
    rf"\b(?:вместе|вдвоем|сами|с {_WITH}) решаем\b|\bрешаем (?:вместе|вдвоем|сами|с {_WITH})|"
    r"(?:我们?|咱们?)(?:俩|两个?人?|几个)?(?:[跟和与][^,，。]{1,6}?)?(?:一起|共同|商量着?)(?:来|就)?"
    r"(?:定|决定|拍板)"
)

# A title before or after one of these signs or decides.
_SIGNS_BEFORE = re.compile(
    r"(?:\b(?:firma|decide|aprueba|autoriza|elige|manda|resuelve|решает|подписывает|утверждает|"
    r"согласует|одобряет|выбирает|подпишет|утвердит|решит|signed by|approved by|decided by|up to|"
    r"signature (?:is|comes) (?:from|by)|(?:final )?(?:decision|call)(?:的)?(?:权)?(?:是|在|由|归|"
    r" (?:is|lies|rests|sits) with| is made by| is up to)|(?:最终|最后)?(?:决定权?|拍板)的?(?:是|"
    r"在|归)|"
    r"подпись (?:ставит|за|у)|подпись (?:-|—)|слово за|la firma la (?:pone|da)|la firma es de)"
    r"(?: (?:el|la|mi|nuestr[oa]|наш\w*|мой|моя|the|our|my))*|由) ?$"
)
_SIGNS_AFTER = re.compile(
    r"^(?: (?:will|has to|must|needs to|then|always|tiene que|debe|должен|должна|сам|сама|then))* "
    r"(?:signs?|decides?|approves?|picks?|chooses?|has the (?:last|final)|firm[ae]r?|decid[ei]r?|"
    r"aprueb[ae]|aprobar|autoriz\w+|elige|решает|подпис\w+|утвержд\w+|соглас\w+|одобр\w+|выбирает|"
    r"решит)|^(?:说了算|拍板|来?定|决定|签字|审批|批|做主|点头)"
)

# "I said I decide but my boss does".
_DOES_AFTER = re.compile(r"^ does(?= ?(?:$|[,.;!]))")
_DECIDING_BEFORE = re.compile(r"\b(?:decid|sign|approv)\w*\b[^.;!?]*$")


def find_their_say(low: str) -> re.Match[str] | None:
    """Where it is told that somebody else decides or signs."""
    return find_theirs(low) or (None if _asks(low) else _THEIRS.search(low))


def find_our_say(low: str) -> re.Match[str] | None:
    """Where it is told that the writers decide, alone or with partners."""
    return None if _asks(low) else _OURS.search(low)


def signs_beside(before: str, after: str) -> bool:
    """Whether what stands between these signs or decides: "firma el gerente"."""
    does = _DOES_AFTER.match(after) and _DECIDING_BEFORE.search(before)
    return bool(_SIGNS_BEFORE.search(before) or _SIGNS_AFTER.match(after) or does)


def _asks(low: str) -> bool:
    return low.rstrip().endswith(("?", "？", "吗"))
