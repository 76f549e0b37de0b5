"""Who owns the conversation: one explicit state machine over bot, waiting, human and closed."""

from __future__ import annotations

from typing import Literal, get_args

from dialogs.types import Owner

OwnerEvent = Literal[
    "wrote",  # the prospect wrote or pressed something
    "wrote_managed",  # the same, and the lead has an account manager
    "escalated",  # a rule brought in a human
    "claimed",  # a member of staff took it, or stepped in
    "not_a_lead",  # staff sent it back from the queue
    "withdrawn",  # the prospect no longer wants a human
    "handed_back",  # the human gave it back to the bot
    "unanswered",  # half an hour without a word from staff while the prospect waits
    "passed_on",  # the human gave it to a colleague or to the queue
    "closed",  # stop, or close
    "reopened",  # a member of staff took up again what was closed
]

OWNERS: tuple[Owner, ...] = get_args(Owner)
OWNER_EVENTS: tuple[OwnerEvent, ...] = get_args(OwnerEvent)

# What is not listed is refused. A repeated escalation or a word of the prospect changes nothing.
_MOVES: dict[tuple[Owner, OwnerEvent], Owner] = {
    ("bot", "wrote"): "bot",
    ("bot", "wrote_managed"): "bot",
    ("bot", "escalated"): "waiting",
    ("bot", "claimed"): "human",
    ("bot", "closed"): "closed",
    ("waiting", "wrote"): "waiting",
    ("waiting", "wrote_managed"): "waiting",
    ("waiting", "escalated"): "waiting",
    ("waiting", "claimed"): "human",
    ("waiting", "not_a_lead"): "bot",
    ("waiting", "withdrawn"): "bot",
    ("waiting", "closed"): "closed",
    ("human", "wrote"): "human",
    ("human", "wrote_managed"): "human",
    ("human", "escalated"): "human",
    ("human", "handed_back"): "bot",
    ("human", "unanswered"): "bot",
    ("human", "passed_on"): "waiting",
    ("human", "closed"): "closed",
    ("closed", "wrote"): "bot",
    ("closed", "wrote_managed"): "waiting",
    ("closed", "closed"): "closed",
    ("closed", "reopened"): "human",
}


def next_owner(owner: Owner, event: OwnerEvent) -> Owner | None:
    """The owner after the event; None when the event is refused in this state."""
    return _MOVES.get((owner, event))
