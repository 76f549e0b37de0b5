"""Named steps of a turn at which a test may kill the process; for nothing else.

FIRSTLINE_FAULT=before_commit kills at the first time that step is reached, before_commit:7 at the
seventh. Without the variable every step is a call that does nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping

STEPS = (
    "after_append",  # the message is in the transaction, nothing else is
    "before_commit",  # the whole turn is in the transaction
    "after_commit",  # committed, nobody was told
    "before_wake",  # about to wake watchers and outbox
    "before_answer",  # everything done, the door has no answer yet
    "after_claim",  # the outbox has claimed its due rows
    "before_step",  # a part of a delivery went out, its row does not say so
    "before_mark",  # a delivery went out, its row does not say so
    "before_arrival",  # updates were fetched and are not stored yet
    "after_arrival",  # updates are stored; the offset has not moved, the webhook has not answered
    "before_done",  # an update was taken in, its row does not say so
    "before_post",  # the desk's feed has noted what it is about to post
    "after_post",  # it was posted, nothing says so yet
    "after_hook_claim",  # deliveries to webhooks are claimed, none has gone out
    "before_hook_mark",  # one went out, its row does not say so
    "in_edit",  # a version of the overlay is half written
    "before_edit",  # it is written and synced, not yet renamed into place
    "after_edit",  # it is in place, nothing else knows of it
    "in_show",  # a file of what the edits come to is written, the others are not
)
VARIABLE = "FIRSTLINE_FAULT"

Reach = Callable[[str], None]


def reach_nothing(step: str) -> None:
    """The faults of every ordinary run: none."""


def read_faults(environment: Mapping[str, str]) -> Reach:
    """What to call at each named step. Raises ValueError for a step that does not exist."""
    wanted, _, count = environment.get(VARIABLE, "").partition(":")
    if not wanted:
        return reach_nothing
    if wanted not in STEPS:
        raise ValueError(f"{VARIABLE} names no step; the steps are {', '.join(STEPS)}")
    left = int(count or 1)

    def reach(step: str) -> None:
        nonlocal left
        if step == wanted:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reach
