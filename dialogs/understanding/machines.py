"""Machines that are told of by what is done with them: lent by somebody, sold, given up."""

from __future__ import annotations

import re

from dialogs.understanding.names import Found

_MACHINES = (
    r"(?:servers?|machines?|racks?|boxes|hosts|hardware|сервер\w*|сервак\w*|машин\w*|желез\w+|"
    r"мощност\w+|стойк\w+|servidor\w*|maquinas?|equipos|服务器|机器|主机|机房)"
)
# "The district lends us two machines", 集团借给我们几台机器: somebody else's, to install on.
_LENT = re.compile(
    rf"\b(?:lends?|lent|gives?|provides?|lets?) us (?:use |have |run (?:it )?on )?"
    rf"(?:[^\W\d_]+ ){{0,3}}{_MACHINES}|"
    rf"\b(?:нам )?(?:да[юе]т|дали|выдел\w+|предоставля\w+|одалжива\w+) (?:нам )?"
    rf"(?:[^\W\d_]+ ){{0,3}}{_MACHINES}|"
    rf"\bnos (?:dej|prest|ced|proporcion|facilit)\w+ (?:[^\W\d_]+ ){{0,3}}{_MACHINES}|"
    rf"(?:借给?|分给?|提供给?|拨给?)(?:了)?(?:我们?|咱们?)(?:用)?.{{0,4}}{_MACHINES}"
)
_GONE_BEFORE = re.compile(
    r"(?:\b(?:sold|scrapped|dumped|got rid of|gave up|shut down|switched off|threw out)"
    r"(?: (?:all|off|the|our|old|own))*|"
    r"\b(?:продали|списали|выкинули|выбросили|отключили|избавились от)(?: (?:все|наш\w*|"
    r"свои\w*|стар\w+))*|"
    r"\b(?:vendimos|quitamos|tiramos|apagamos|nos deshicimos de|hemos vendido|ya no (?:hay|"
    r"tenemos))"
    r"(?: (?:el|los|todos|nuestr\w+|viejos))*|"
    r"(?:卖了|卖掉了?|处理了|退了|撤了|停了|不用了?)(?:原来的?|自己的?)?) ?$"
)
_GONE_AFTER = re.compile(
    r"^(?: propios| own)?[?:]? ?(?:no|nope|none|нет|нету)(?=\W*$|[,.;!])"
    r"(?!\W+(?:but |pero |но |solo |only |just |только )?(?:rent|leas|hired|alquil|arrend|аренд))|"
    r"^[^.!?;。！？；]{0,24}?(?:\b(?:(?:is|are|was|were|has been|have been) (?:long |"
    r"all )?(?:gone|sold|"
    r"scrapped|switched off|no more)|we sold (?:it|them)|got rid of (?:it|them))\b|"
    r"\b(?:продали|списали|выкинули|больше нет|уже нет|нету)\b|"
    r"\b(?:l[oa]s? (?:vendimos|quitamos|tiramos)|ya no (?:esta|estan|existe\w*|l[oa]s? tenemos))\b|"
    r"(?:已经|早就|都)?(?:卖了|卖掉了?|处理掉?了|退了|撤了|停了|没了))"
)


# Answers that name no machine: "had some, sold them", "so no", "we can use theirs", "got one".
_LOST = re.compile(
    r"\b(?:(?:we )?(?:sold|scrapped|dumped|returned|gave) (?:it|them|all|the lot|up)\b|"
    r"got rid of (?:it|them|all)|(?:are|is|were|was|all) (?:long )?gone\b|"
    r"(?:продали|списали|сдали|выкинули|выбросили|отказались|закрыли|убрали)\b|"
    r"l[oa]s? (?:vendimos|quitamos|tiramos|dimos de baja|devolvimos|hemos vendido)\b)|"
    r"(?:卖|退|撤|停|淘汰|处理|拆)(?:租|掉|用|光)?了?(?=$|[,，。!])|不用了|下线了"
)
_SO_NO = re.compile(
    r"(?:\bso|,|，|所以|так что|asi que) ?(?:no|nope|none|нет|没有|no hay|ninguno)[.! ]*$"
)
_SO_NO_AFTER_ALL = re.compile(
    r"(?:\bso|так что|asi que|所以)(?: у нас| we have| ahora)? ?(?:no|nope|none|нет|没有|no hay|"
    r"ninguno)"
    r"[.! ]*$"
)
_USE_THEIRS = re.compile(
    r"\b(?:can|could|may|we) (?:also )?use (?:theirs|their|it|his|hers|that)\b|"
    r"\b(?:можем|можно) (?:ими |их |им )?(?:пользоваться|использовать)\b|"
    r"\bpodemos usar(?:los?|las?)?\b|(?:可以|能)(?:借|拿来)?(?:我们)?用(?:他们|它们|那边)?"
)
_SOME = re.compile(
    r"^\W*(?:[^\W\d_]+\W+){0,2}?(?:we've |we |i |have |i've )?(?:got|have) "
    r"(?:one|two|three|some|several|a few|a couple|a pair|\d+)\b(?! (?:question|idea|moment|minute|"
    r"people|staff|employee))"
)


# "We rent one", "arrendamos un par": under the question for machines, a machine.
_RENTED = re.compile(
    r"\b(?:rent(?:ing)?|leas(?:e|ing)|hir(?:e|ing)|pay(?:ing)? for) "
    r"(?:one|two|three|some|several|a few|a couple|a pair|ours|it|them|\d+)\b"
    r"(?! (?:question|people|staff|room|office))|"
    r"\b(?:арендуем|арендую|снимаем|снимаю|берем в аренду)"
    r"(?= (?:\w+ )?(?:один|одну|два|две|три|пару|нескольк\w+|свой|его|их|\d+)\b|[,.!?]|$)|"
    r"\b(?:alquil|arrend|rent)(?:amos|o|ando)\b(?= (?:un[oa]?s?|dos|tres|varios|alguno|el nuestro|"
    r"\d+)\b|[,.!?]|$)|"
    r"(?:租了?|租着|租用)(?:一|两|几|三|\d+)?(?:台|个)?(?:的|呢|在用)?(?=$|[,，。!！])"
)


def says_no_in_the_end(low: str) -> bool:
    """ "It was a partner's, so no": whatever was named before."""
    return _SO_NO_AFTER_ALL.search(low) is not None


def told_by_deed(low: str, *, asked: bool) -> list[Found]:
    """Machines that somebody lends; and, as an answer, what no name of a machine tells."""
    lent = _LENT.search(low)
    if lent:
        return [Found("own_servers", True, *lent.span(), "lent by somebody")]
    for pattern, value in (
        (_SO_NO, False),
        (_LOST, False),
        (_USE_THEIRS, True),
        (_SOME, True),
        (_RENTED, True),
    ):
        hit = pattern.search(low) if asked else None
        if hit:
            return [Found("own_servers", value, *hit.span(), "told by what was done")]
    return []


def are_gone(before: str, after: str) -> bool:
    """Whether the machines named between these were sold or given up."""
    return bool(_GONE_BEFORE.search(before) or _GONE_AFTER.match(after))
