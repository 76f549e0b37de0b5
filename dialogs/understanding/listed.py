"""The size of a firm at the end of a list of facts: "wine shop, Logroño, unos 20"."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.names import Found
from dialogs.understanding.wishes import tells_selling

_ABOUT = re.compile(
    r"\W*(?:(?:and|y|и) )?(?:(?:we're|we are|somos|нас|我们) ?)?"
    r"(?:about|around|some|roughly|approx\w*\.?|like|~|unos|unas|como|sobre|cerca de|alrededor de|"
    r"около|примерно|где-то|порядка|大概|大约|约|差不多) ?(?:de )?(?P<size>\d{1,5})"
    r"(?: or so| mas o menos|左右|来个?)?\W*"
)
_FACTS = frozenset({"city", "ownership", "buyer_type", "department", "own_servers", "company"})
_OTHER_NUMBERS = frozenset({"budget", "timeline", "phone", "headcount"})
_ENOUGH = 3  # items of a list, or facts and selling told


def take_listed_size(draft: Draft) -> None:
    """A rough number by itself, which in a list of what a firm is can only be its people."""
    if "headcount" in draft.slots or draft.slot in _OTHER_NUMBERS or is_question(draft.words.low):
        return
    parts = split_clauses(draft.words)
    start, end = parts[-1] if parts else (0, 0)
    hit = _ABOUT.fullmatch(draft.words.low, start, end)
    facts = len(_FACTS & draft.slots.keys()) + tells_selling(draft.words.low)
    if hit is None or facts == 0 or len(parts) + facts <= _ENOUGH:
        return
    size = str(int(hit["size"]))
    draft.take(Found("headcount", size, *hit.span("size"), "the size at the end of a list"))
