"""Whether a bare "I" claims the decision, and what is said of somebody else."""

from __future__ import annotations

import re

_PRONOUN = re.compile(r"(?:yo|я|我|me|myself)")
_PRONOUN_END = re.compile(
    r"\s?(?:$|[.;!?。！？)]|,(?! ?(?:no|не|solo|только|просто|but|only|just|pero|но))|"
    r"，(?![不只就没])|"
    r"(?:mism[oa]|sol[oa]|solit[oa]|sam|сам|сама|один|одна|y|and|и|with|con|alone|lol|haha|jaja|"
    r"of course|claro|decid\w*|firm\w*|решаю|утвержд\w+|подпис\w+|принимаю|определяю)\b|"
    r"[啊呀吧呗的嘛]|自己|一个人|说了|定|拍|决|做主|签|批|来)"
)
_THEIRS_TO_SAY = re.compile(
    r"(?<![和跟与])(?:老婆|老公|爱人|太太|先生|媳妇|领导|老板娘|上面|上级|上头|总部|董事会|她|他|"
    r"别人|对方|甲方|"
    r"财务|技术部?|爸|妈|父亲|母亲)(?:们|那边)?(?:才|来|们)?"
    r"(?:说了算|拍板|做主|决定|定(?!制|期)|批)"
)
# "Final decision мое", "last word con migo": the word of the last say, and whose it is.
_MINE = re.compile(
    r"\b(?:final|last|ultima|последн\w+|окончательн\w+) "
    r"(?:decision|word|say|call|palabra|решени\w+|слово)"
    r"(?: (?:is|es|за|la tengo|остается за|with))? (?:mine|mia|yo|me|мое|мной|我)\b"
)
# "My wife and I work it out together", 我跟我媳妇商量着定: two who decide are of one's own.
_JOINT_WITH = (
    r"(?:wife|husband|partner|brother|sister|co-?founder|cofounder|son|daughter|mum|mom|dad|father|"
    r"mother|girlfriend|boyfriend|fiancee?)"
)
_JOINT = re.compile(
    rf"\b(?:me and )?my {_JOINT_WITH}(?: and (?:i|me|myself))?(?: (?:both|always|just|will))? "
    r"(?:decide|choose|settle|work (?:it|this|that) out|sort (?:it|this|that) out|agree)"
    r"(?: (?:it|on it|this|that))? (?:together|jointly|between us)|"
    rf"\b(?:i|we) (?:decide|choose|settle|work|"
    rf"sort)(?: \w+){{0,2}} (?:together )?with my {_JOINT_WITH}|"
    r"\b(?:вдвоем|вместе|на пару) (?:с \w+ )?(?:\w+ )?(?:реша\w+|решим|определя\w+|выбира\w+)|"
    r"\b(?:реша[ею]\w*|решим|определяем|выбираем) (?:\w+ )?(?:вдвоем|вместе|на пару|"
    r"с (?:женой|мужем|партнером|братом|сестрой|сыном|дочкой|мамой|папой|отцом))\b|"
    r"\b(?:lo )?(?:decid\w+|vemos|elegimos|acordamos|hablamos y decidimos) (?:juntos|"
    r"entre (?:l[oa]s dos|"
    r"mi \w+ y yo)|con mi (?:mujer|marido|esposa|esposo|socio|socia|hermano|hermana|pareja))\b|"
    r"(?:我|俺|我们|咱)?(?:和|跟|与)(?:我|俺)?(?:老婆|媳妇|爱人|太太|老公|先生|对象|合伙人|搭档|"
    r"弟弟?|哥哥?|"
    r"姐姐?|妹妹?|儿子|女儿|爸|妈)(?:一起|俩|两个人?|两人|共同|商量着?|一块儿?)+(?:来|着|后)?"
    r"(?:定(?!制)|决定|拍板|说了算|做主)"
)


# "The owner's son", 老板的儿子: the title is a relative's or a superior's.
_POSSESSED_AFTER = re.compile(
    r"^(?:['’]s\b|的?(?:儿子|女儿|老婆|太太|妻子|丈夫|先生|弟|哥|姐|妹|朋友|助理|秘书|司机|亲戚))"
)
_POSSESSED_BEFORE = re.compile(
    r"(?:\b(?:don|dona|mr|mrs|ms|sr|sra|senora?|herr|frau|господин|"
    r"госпожа)\.? [^\W\d_]+(?: [^\W\d_]+)?"
    r",? (?:el |la |the |our |наш\w* )?|\b(?:son|daughter|wife|husband|brother|sister|friend|"
    r"assistant|secretary|pa) "
    r"(?:of|to) (?:the |our )?|\b(?:сын|дочь|жена|муж|брат|сестра|помощни\w+|ассистент|"
    r"секретарь) |\b(?:hij[oa]|espos[oa]|marido|mujer|herman[oa]|asistente|ayudante|secretari[oa]) "
    r"(?:del|de la|de el|de) )$"
)


def claims_nothing(name: str, after: str) -> bool:
    """Whether a bare pronoun goes on with something else: "yo no, solo comparo", 我提方案."""
    return _PRONOUN.fullmatch(name) is not None and _PRONOUN_END.match(after) is None


def find_theirs(low: str) -> re.Match[str] | None:
    """Where it is said that somebody else decides: 我老婆说了算."""
    return _THEIRS_TO_SAY.search(low)


def find_own_say(low: str) -> re.Match[str] | None:
    """Where the last word is the writer's, alone or together with one of their own."""
    return _MINE.search(low) or _JOINT.search(low)


def is_of_relative(before: str, after: str) -> bool:
    """Whether a title is a relative's or a superior's: "the owner's son"."""
    return bool(_POSSESSED_AFTER.match(after) or _POSSESSED_BEFORE.search(before))
