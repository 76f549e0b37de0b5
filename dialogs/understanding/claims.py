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
    r"(?<![和跟与])(?:老婆|老公|爱人|太太|先生|媳妇|领导|老板娘|上面|上级|上头|总部|董事会|她|他|别人|对方|甲方|"
    r"财务|技术部?|爸|妈|父亲|母亲)(?:们|那边)?(?:才|来|们)?"
    r"(?:说了算|拍板|做主|决定|定(?!制|期)|批)"
)

# "The owner's son", 老板的儿子: the title is a relative's or a superior's.
_POSSESSED_AFTER = re.compile(
    r"^(?:['’]s\b|的?(?:儿子|女儿|老婆|太太|妻子|丈夫|先生|弟|哥|姐|妹|朋友|助理|秘书|司机|亲戚))"
)
_POSSESSED_BEFORE = re.compile(
    r"(?:\b(?:son|daughter|wife|husband|brother|sister|friend|assistant|secretary|pa) "
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


def is_of_relative(before: str, after: str) -> bool:
    """Whether a title is a relative's or a superior's: "the owner's son"."""
    return bool(_POSSESSED_AFTER.match(after) or _POSSESSED_BEFORE.search(before))
