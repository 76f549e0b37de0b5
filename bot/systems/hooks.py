"""What webhooks are told of leads, written in the same transaction as what happened.

`lead.created`: the first fact of a prospect is known, or a rule brought in a human, whichever is
first. `lead.escalated`: the first rule that brings in a human. `lead.closed`: the talk was closed,
each time anew. `lead.changed`: anything else of the lead as systems see it. `lead.erased` is told
by `storage.retention` to whoever was told of the lead.
"""

from __future__ import annotations

import hmac

import msgspec

from bot.systems.lead import make_lead
from dialogs.types import State, Struct
from storage import hooks
from storage.conversations import ConversationRow
from storage.db import Tx
from storage.hooks import NEVER, Hook, NewHookDelivery, Told

EVENTS = ("lead.created", "lead.changed", "lead.escalated", "lead.closed")

_JSON = msgspec.json.Encoder()
_LEAD = (
    "profile", "owner", "staff", "outcome", "reasons", "stage", "close_reason", "estimate",
    "given", "requirement", "language",
)  # fmt: skip


class Envelope(Struct):
    """The body of a delivery. The same `id` comes again where an attempt may have arrived.

    `number` counts what this webhook was told of this lead; `data` is null for an erased one.
    """

    id: int
    event: str
    lead: str
    number: int
    at: str  # ISO 8601, UTC: when it happened
    url: str  # of the lead in the inbox
    data: msgspec.Raw


def tell(tx: Tx, row: ConversationRow, before: State, after: State, now: int) -> int:
    """Queue what the webhooks in use want to know of this step; gives how many deliveries."""
    listening = hooks.all_hooks(tx)
    if not listening:
        return 0
    count = 0
    for event in find_events(before, after):
        for hook in listening:
            if event in hook.wanted:
                hooks.put(tx, _delivery(hook, row, after, (event, now)), row.id)
                count += 1
    return count


def find_events(before: State, after: State) -> tuple[str, ...]:
    """What happened to the lead in this step, in order."""
    if not _is_lead(after):
        return ()
    found = []
    if not _is_lead(before):
        found.append("lead.created")
    if after.reason and not before.reason:
        found.append("lead.escalated")
    if after.owner == "closed" and before.owner != "closed":
        found.append("lead.closed")
    if not found and any(getattr(before, name) != getattr(after, name) for name in _LEAD):
        found.append("lead.changed")
    return tuple(found)


def write_envelope(told: Told, address: str, moment: str) -> bytes:
    """The bytes that are sent and signed: the same for every attempt."""
    envelope = Envelope(
        id=told.id,
        event=told.event,
        lead=told.lead,
        number=told.number,
        at=moment,
        url=f"{address}/inbox/{told.lead}" if told.body else "",
        data=msgspec.Raw(told.body or b"null"),
    )
    return _JSON.encode(envelope)


def signing_key(secret: bytes, hook: Hook) -> str:
    """The webhook's own secret: shown once, and made anew from ours for every signature."""
    key = hmac.digest(secret, f"firstline webhook 1 {hook.secret}".encode(), "sha256")
    return f"whsec_{key.hex()}"


def sign(key: str, moment: int, body: bytes) -> str:
    """The signature header: HMAC-SHA256 in hex over "<seconds>.<body>"."""
    return "v1=" + hmac.digest(key.encode(), f"{moment}.".encode() + body, "sha256").hex()


def _is_lead(state: State) -> bool:
    return bool(state.profile or state.reasons)


def _delivery(
    hook: Hook, row: ConversationRow, after: State, happened: tuple[str, int]
) -> NewHookDelivery:
    event, now = happened
    body = _JSON.encode(make_lead(row, after, hook.personal))
    wake = NEVER if hook.disabled_at else now
    return NewHookDelivery(hook.id, row.id, event, body, now, wake)
