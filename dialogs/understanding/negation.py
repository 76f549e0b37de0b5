"""What is ruled out: "not X", "anything but X", 不是X, "не X", "menos X"."""

from __future__ import annotations

import re

_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|no|isn't|aren't|ain't|non|never|nor|neither|without|rather than|instead of|"
    r"en (?:vez|lugar) de|вместо|"
    r"(?:do(?:n't| not)|haven't|have not|no longer) (?:have|got|own|run|use)|"
    r"no (?:tenemos|tengo|tiene|tienen|hay|existe|contamos con|disponemos de|usamos)|"
    r"не (?:имеем|имею|составля\w+|писа\w+|готовили)|"
    r"не|ни|нет|а не|без|sin|ni)(?: (?:ningun[oa]?|todavia|aun|пока|еще|никако\w+|"
    r"a|an|the|really|any|in|from|for|в|из|es|son|somos|soy|estoy|una?|"
    r"el|la|de|en|our|own|свои\w*|собственн\w+|to|with|для))*[ -]?|"
    r"(?:不是|并不是|不算|非|并非|不在|(?<!有)没有?|不要|而不是|不想要|不需要)(?:什么|在|任何|"
    r"自己的)?)$"
)
_EXCEPT_BEFORE = re.compile(
    r"(?:\b(?:anything|everything|any|all|whichever|whatever)(?: edition| version| one)? (?:but|"
    r"except|other than|besides)|"
    r"\b(?:except|apart from|other than|not|but not|don't (?:want|need)|"
    r"no longer (?:want|need|looking at)|ya no (?:\w+)|больше не \w+|"
    r"no (?:quiero|queremos|[qk]u?iero)|menos|excepto|salvo|no necesito|"
    r"кроме|только не|не надо|не нужн\w+|не хочу)(?: for)?)(?: (?:the|a|la|el|in))? ?"
    r"[\"'«]?$|"
    r"(?:除了|除|不要|不想要|不考虑|不需要|排除|别给我?推) ?$|"
    r"(?:\b(?:descartamos|descarto|descartad[oa]|forget|skip|scrap|ruled out|rule out|drop|"
    r"исключаем|отмели|обойдемся без)(?: (?:the|la|el))?) ?[\"'«]?$"
)
_SAID_BEFORE = re.compile(
    r"(?:\b(?:i |we )?(?:said|wrote|told you|typed|put)(?: it was| we are| i'm)?|"
    r"(?:刚才|之前|前面)?(?:说|写|填)(?:的|成|了)?(?:是|错)?|(?:сказал|написал|писал|указал|"
    r"говорил)\w*(?:,? что)?|"
    r"dije(?: que)?|puse|escribi)[: ]?(?:in |en |в |the )?$"
)


_DENIED_AFTER = re.compile(r"(?:,? (?:no|не|нет|not)(?=[,.;])|(?:倒)?不是(?=[,，。]))")


def is_ruled_out(low: str, start: int) -> bool:
    """Whether the value at this place is preceded by a "not"."""
    return _NOT_BEFORE.search(low, max(0, start - 40), start) is not None


def is_denied_after(after: str) -> bool:
    """Whether a "no" right behind takes the value back: "informática no, ventas"."""
    return _DENIED_AFTER.match(after) is not None


def is_excluded(low: str, start: int) -> bool:
    """Whether the value is the one that is not wanted: "anything but Cluster", 除了集群版."""
    return _EXCEPT_BEFORE.search(low, max(0, start - 40), start) is not None or is_ruled_out(
        low, start
    )


def is_withdrawn(low: str, start: int) -> bool:
    """Whether the value is quoted as the earlier one: "I said Graz but it is Linz"."""
    return _SAID_BEFORE.search(low, max(0, start - 40), start) is not None
