"""What the bot repeats before it asks on: "Noted: Leeds, 120 staff. Do you have a budget?"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dialogs.types import Value
from dialogs.understanding.clauses import size_of
from dialogs.understanding.context import is_open
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.slots import read_slots
from dialogs.understanding.words import fold, read_words

_SENTENCE_END = re.compile(r"[.!](?=\s)\s*|[。！\n]\s*|\s[–—-]\s")
_PART_END = re.compile(r"[,，;；]\s*")
# Words with which a value is taken down, repeated, or said to be the other's.
_TAKEN_DOWN = re.compile(
    r"\b(?:noted|recorded|written down|wrote down|put (?:you )?down|have you (?:down )?as|"
    r"have you (?:down|in|at|with)|got it|got you|as you said|you said|you mentioned|you told)\b|"
    r"记(?:下|录|为|成|着|好)|登记|您(?:刚才)?(?:说|提到|填)|"
    r"\b(?:запис\w+|отмет\w+|отмечено|зафиксир\w+|внес\w*|указали|вы (?:сказали|писали))\b|"
    r"\b(?:anotad[oa]s?|anoto|anote|apuntad[oa]s?|apunto|apunte|registrad[oa]s?|tomo nota|"
    r"ha dicho|me dijo|dijo)\b"
)
_HEARD = re.compile(
    r"^\W*(?:(?:and|so|then|ah|oh|well) )*(?:ok(?:ay)?|thanks?|thank you|great|perfect|alright|"
    r"all right|right|understood|good|nice|lovely|fine|super|so you|so it|you are|you're|you have|"
    r"your)\b|^(?:好|明白|收到|了解|谢谢|感谢|清楚|知道|那么?|所以|您|贵)|"
    r"^\W*(?:хорошо|отлично|понял\w*|понятно|спасибо|ясно|принято|принял\w*|значит|итак|так|"
    r"ок|окей|супер|прекрасно|замечательно|вы|у вас|ваш\w*)\b|"
    r"^\W*(?:perfecto|entendid[oa]|vale|gracias|de acuerdo|muy bien|bien|estupendo|genial|claro|"
    r"entonces|usted|ustedes|tienen|estan|son|su|ok)\b"
)
# What the bot tells of its own house is no value of the other's.
_OF_US = re.compile(
    r"\b(?:our|we|us|costs?|prices?|from (?:usd|eur|cny|rub|\d)|starts? at|includes?|наш\w*|мы|"
    r"нас|стоит|стоят|от \d|включ\w+|nuestr\w+|nosotros|(?<!lo )tenemos|"
    r"ofrec\w+|cuesta\w*|desde \d|inclu\w+)\b|我们|起价|售价|价格|包含|包括"
)
_REPEATED = frozenset({
    "headcount", "city", "budget", "timeline", "department", "role", "ownership", "edition",
    "email", "phone", "name", "company", "own_servers", "buyer_type",
})  # fmt: skip
_TRUTH: Mapping[object, Value] = {"true": True, "false": False}


def part_noted(context: str) -> tuple[str, str]:
    """(what is repeated, the question); the former is "" where no question follows such words."""
    if "?" not in context and "？" not in context:
        return "", context
    for pattern in (_SENTENCE_END, _PART_END):
        ends = [hit.end() for hit in pattern.finditer(context)]
        ends = [end for end in ends if "?" in context[end:] or "？" in context[end:]]
        if not ends:
            continue
        told, question = context[: ends[-1]], context[ends[-1] :]
        low = fold(question)
        asks_on = size_of(low) > 1 and (pattern is _SENTENCE_END or is_open(low))
        if asks_on and _is_noting(told):
            return told, question
        if pattern is _SENTENCE_END:
            break
    return "", context


def _is_noting(told: str) -> bool:
    low = fold(told)
    if "?" in told or "？" in told:
        return False
    return bool(_TAKEN_DOWN.search(low) or (_HEARD.search(low) and not _OF_US.search(low)))


def read_noted(told: str, lexicon: Lexicon) -> dict[str, Value]:
    """The values that are repeated in it, by slot."""
    stated = read_slots(read_words(told), lexicon, slot="", loose=True)
    return {
        slot: _TRUTH.get(hit.value, hit.value)
        for slot, hit in stated.found.items()
        if slot in _REPEATED and slot not in stated.inferred and "+" not in str(hit.value)[1:]
    }
