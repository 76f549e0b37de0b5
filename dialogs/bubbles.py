"""How many messages a turn is told in: what belongs together becomes one, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dialogs.types import Reply

MOST = 3  # messages of a turn that are read calmly
# What may stand in one message, the pairs that are joined first before the others.
_TOGETHER = (
    (("escalation.",), ("recap",)),
    (("corrected",), ("corrected",)),
    (("estimate.", "corrected"), ("documents.", "estimate.")),
    (("reach.thanks", "language.", "answer.hello", "answer.small_talk"), ("",)),
    (("documents.",), ("escalation.",)),
)


def join(first: Reply, second: Reply) -> Reply:
    """One message of two. It goes by the key of the second, but a recap by what it was told for."""
    return msgspec.structs.replace(
        second,
        key=first.key if second.key == "recap" else second.key,
        text=f"{first.text}\n\n{second.text}",
        buttons=(*first.buttons, *second.buttons),
        attachments=(*first.attachments, *second.attachments),
        amounts=(*first.amounts, *second.amounts),
        theirs=(*first.theirs, *second.theirs),
    )


def calm(replies: Iterable[Reply]) -> tuple[Reply, ...]:
    """The messages of a turn, those that belong together joined while there are too many.

    What is to be answered comes last, where the prospect looks, and stays alone.
    """
    found = sorted(replies, key=lambda reply: reply.question > 0)
    for firsts, seconds in _TOGETHER:
        at = 0
        while len(found) > MOST and at + 1 < len(found):
            first, second = found[at : at + 2]
            if second.question == 0 and _fits(first, firsts) and _fits(second, seconds):
                found[at : at + 2] = [join(first, second)]
            else:
                at += 1
    return tuple(found)


def _fits(reply: Reply, keys: tuple[str, ...]) -> bool:
    return reply.key.startswith(keys)
