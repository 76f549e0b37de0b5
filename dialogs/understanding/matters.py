"""Which slot a "not sure about ..." is about, where another one was asked."""

from __future__ import annotations

import re

from dialogs.understanding.answers import DONT_KNOW
from dialogs.understanding.clauses import split_clauses
from dialogs.understanding.draft import Draft

_MATTERS = tuple(
    (slot, re.compile(pattern))
    for slot, pattern in (
        ("own_servers", r"\bservers?\b|\bhosting\b|\bhardware\b|\bсервер|\bхостинг|\bжелез|"
                        r"\bservidor|\balojamiento\b|服务器|主机|机房"),
        ("budget", r"\bbudget|\bmoney\b|\bspend\b|\bбюджет|\bденьг|\bpresupuesto|\bdinero\b|预算"),
        ("timeline", r"\bdeadline|\bdates?\b|\btimeline|\btiming\b|\blaunch|\bсрок|\bдат[аыеу]\b|"
                     r"\bplazo|\bfecha|上线|时间|日期|工期"),
        ("headcount", r"\bheadcount|\bhow many (?:people|of us|staff|employees)|\bcompany size|"
                      r"\bсколько (?:нас|человек|людей)|\bчисленност|\bcuantos somos|"
                      r"\bcuant[oa]s (?:empleados|personas)|人数|多少人"),
        ("edition", r"\beditions?\b|\bверси|\bредакци|\bedicion|版本"),
        ("authority", r"\bwho (?:decides|signs|approves)|\bкто (?:решает|подписывает)|"
                      r"\bquien (?:decide|firma|aprueba)|谁(?:定|决定|拍板|签)"),
        ("written_requirement", r"\brequirements?\b|\bspecs?\b|\btender\b|\bтз\b|\bтребовани|"
                                r"\brequisitos|\bpliego|需求(?:书|文档)|招标"),
        ("phone", r"\bphone|\btelephone|\bтелефон|\btelefono|电话|手机"),
        ("email", r"\be-?mail|\bmail\b|\bпочт|\bcorreo|邮箱"),
    )
)  # fmt: skip


def tell_matter(draft: Draft) -> None:
    """Notes the slot of which nothing is known, where that is not the one that was asked."""
    if "dont_know" not in draft.intents or not draft.slot:
        return
    for start, end in split_clauses(draft.words):
        low = draft.words.low[start:end]
        if DONT_KNOW.search(low) is None:
            continue
        named = [slot for slot, pattern in _MATTERS if pattern.search(low)]
        if draft.slot not in named and len(named) == 1 and named[0] not in draft.slots:
            draft.unsure_of = named[0]
            draft.why.append(f"dont_know: of {named[0]}")
            return
