"""Webhooks, and what they are told: rows written with a turn, sent later, kept as a log.

Of the rows of one lead for one webhook only the first that is not done is given to be sent, so that
the order holds. States: queued, sending, sent, failed. What a paused webhook should be told is
queued for later.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from storage.db import Tx, as_struct
from storage.manager_models import HookDelivery, Webhook
from storage.models import table_of
from storage.rows import Row
from storage.statements import insert_sql, sql

ERASED = "lead.erased"
TEST = "test"
NEVER = 2**62  # when what is queued for a paused webhook is due


class Hook(Row, frozen=True):
    """A webhook. `secret` is what its signing key is made from; `disabled_at` 0: it is in use."""

    id: int
    url: str
    secret: str
    events: str  # joined by +
    personal: bool
    created_by: int
    created_at: int
    disabled_at: int

    @property
    def wanted(self) -> tuple[str, ...]:
        return tuple(filter(None, self.events.split("+")))


class NewHookDelivery(Row, frozen=True):
    """Something to tell a webhook about a lead. `body` is encoded by the caller."""

    webhook: int
    lead: str
    event: str
    body: bytes
    at: int
    wake: int


class Told(Row, frozen=True):
    """A delivery to a webhook as it stands. `number` counts those of the lead."""

    id: int
    webhook: int
    lead: str
    number: int
    event: str
    body: bytes
    at: int
    wake: int
    state: str
    attempts: int
    status: int  # of the last answer, 0 for none
    error: str
    done_at: int


class Counts(Row, frozen=True):
    """How many deliveries of a webhook stand where; `last` ms: when one was last sent."""

    queued: int
    sent: int
    failed: int
    last: int
    tries: int = 0  # of what is still to be sent: how often the most tried was


_HOOK = table_of(Webhook)
_TOLD = table_of(HookDelivery)
_C = _TOLD.c
_HOOK_COLUMNS = tuple(_HOOK.c[name] for name in Hook.__struct_fields__)
_COLUMNS = tuple(_C[name] for name in Told.__struct_fields__)
_ADD_HOOK = insert_sql(_HOOK)
_HOOKS = sql(select(*_HOOK_COLUMNS).order_by(_HOOK.c.id))
_GET_HOOK = sql(select(*_HOOK_COLUMNS).where(_HOOK.c.id == bindparam("of")))
_SET_DISABLED = sql(
    update(_HOOK).where(_HOOK.c.id == bindparam("of")).values(disabled_at=bindparam("moment"))
)
_DROP_HOOK = sql(delete(_HOOK).where(_HOOK.c.id == bindparam("of")))
_DROP_TOLD = sql(delete(_TOLD).where(_C.webhook == bindparam("of")))
_SLEEP = sql(
    update(_TOLD)
    .where(_C.webhook == bindparam("of"), _C.state == "queued")
    .values(wake=bindparam("moment"))
)
_SAME_LEAD = (_C.webhook == bindparam("to"), _C.lead == bindparam("about"))
_NUMBER = sql(select(func.coalesce(func.max(_C.number), 0)).where(*_SAME_LEAD))
_PUT = sql(
    insert(_TOLD).values(
        {each.name: bindparam(each.name) for each in _TOLD.columns if each.name != "id"}
    )
)
_TOLD_ABOUT = sql(
    select(_C.webhook, func.max(_C.number))
    .where(_C.conversation == bindparam("of"))
    .group_by(_C.webhook)
    .having(func.max(_C.attempts) > 0)
)
_earlier = _TOLD.alias("earlier")
_FIRST = ~exists().where(
    _earlier.c.webhook == _C.webhook,
    _earlier.c.lead == _C.lead,
    _earlier.c.id < _C.id,
    _earlier.c.state.in_(("queued", "sending")),
)
_WAITS = (_C.state.in_(("queued", "sending")), _C.state == "queued", _C.wake <= bindparam("now"))
_DUE = sql(
    select(*_COLUMNS).where(*_WAITS, _FIRST).order_by(_C.wake, _C.id).limit(bindparam("most"))
)
_CLAIM = sql(
    update(_TOLD).where(_C.id == bindparam("of")).values(state="sending", attempts=_C.attempts + 1)
)
_DONE = sql(
    update(_TOLD)
    .where(_C.id == bindparam("of"), _C.state == "sending")
    .values(
        state=bindparam("now_is"),
        status=bindparam("answer"),
        error=bindparam("why"),
        wake=bindparam("then"),
        done_at=bindparam("moment"),
    )
)
_RECOVER = sql(update(_TOLD).where(_C.state == "sending").values(state="queued", error="cut"))
_REDO = sql(
    update(_TOLD)
    .where(
        _C.id == bindparam("of"),
        _C.webhook == bindparam("to"),
        _C.state.in_(("sent", "failed")),
    )
    .values(state="queued", wake=bindparam("now"), done_at=0)
)
_GET = sql(select(*_COLUMNS).where(_C.id == bindparam("of")))
_LOG = sql(
    select(*_COLUMNS)
    .where(_C.webhook == bindparam("to"), _C.id < bindparam("below"))
    .order_by(_C.id.desc())
    .limit(bindparam("most"))
)
_COUNTS = sql(
    select(
        _C.webhook, _C.state, func.count(), func.max(_C.done_at), func.max(_C.attempts)
    ).group_by(_C.webhook, _C.state)
)
_FORGET_OLD = sql(
    delete(_TOLD).where(_C.state.in_(("sent", "failed")), _C.done_at < bindparam("floor"))
)


def add_hook(tx: Tx, hook: Hook) -> int:
    """Add a webhook (`id` is ignored); gives its id."""
    values = msgspec.structs.asdict(hook)
    del values["id"]
    return tx.insert(_ADD_HOOK, values)


def all_hooks(tx: Tx) -> list[Hook]:
    """Every webhook, paused ones too, oldest first."""
    return tx.structs(Hook, _HOOKS)


def get_hook(tx: Tx, hook: int) -> Hook | None:
    """A webhook by its id, or None."""
    return tx.struct(Hook, _GET_HOOK, {"of": hook})


def pause(tx: Tx, hook: int, now: int) -> None:
    """Send nothing more for now; what comes is queued."""
    tx.run(_SET_DISABLED, {"of": hook, "moment": now})
    tx.run(_SLEEP, {"of": hook, "moment": NEVER})


def resume(tx: Tx, hook: int, now: int) -> None:
    """Go on, first with what was queued meanwhile."""
    tx.run(_SET_DISABLED, {"of": hook, "moment": 0})
    tx.run(_SLEEP, {"of": hook, "moment": now})


def remove(tx: Tx, hook: int) -> None:
    """Take a webhook out, with all that it was or should be told."""
    tx.run(_DROP_TOLD, {"of": hook})
    tx.run(_DROP_HOOK, {"of": hook})


def put(tx: Tx, new: NewHookDelivery, conversation: str | None) -> int:
    """Queue a delivery; gives its id. Raises Conflict once the conversation is erased.

    `conversation` is the lead's, None for what outlives it.
    """
    row = tx.one(_NUMBER, {"to": new.webhook, "about": new.lead})
    return _put(tx, new, conversation, (row[0] if row else 0) + 1)


def _put(tx: Tx, new: NewHookDelivery, conversation: str | None, number: int) -> int:
    fresh = {"state": "queued", "attempts": 0, "status": 0, "error": "", "done_at": 0}
    values = {**msgspec.structs.asdict(new), **fresh, "number": number}
    return tx.insert(_PUT, {**values, "conversation": conversation})


def tell_erased(tx: Tx, conversation: str, now: int) -> int:
    """Queue that a lead was erased, for every webhook that was told of it; gives how many.

    To be called before its rows go: they carry what was told.
    """
    told = tx.all(_TOLD_ABOUT, {"of": conversation})
    paused = {hook.id for hook in all_hooks(tx) if hook.disabled_at}
    for webhook, number in told:
        wake = NEVER if webhook in paused else now
        new = NewHookDelivery(webhook, conversation, ERASED, b"", now, wake)
        _put(tx, new, None, number + 1)
    return len(told)


def is_due(tx: Tx, now: int) -> bool:
    """Whether anything waits to be sent now."""
    return tx.one(_DUE, {"now": now, "most": 1}) is not None


def claim_due(tx: Tx, now: int, limit: int, busy: frozenset[tuple[int, str]]) -> list[Told]:
    """Take up to `limit` due deliveries; each is then `sending` and ours to finish.

    `busy` are (webhook, lead) of which one is under way, also where its row was erased meanwhile.
    """
    claimed: list[Told] = []
    for row in tx.all(_DUE, {"now": now, "most": limit + len(busy)}):
        told = as_struct(Told, row)
        if (told.webhook, told.lead) in busy or len(claimed) == limit:
            continue
        tx.run(_CLAIM, {"of": told.id})
        claimed.append(msgspec.structs.replace(told, state="sending", attempts=told.attempts + 1))
    return claimed


def finish(tx: Tx, told: Told) -> None:
    """Keep how a delivery went: its state, status, error, wake and done_at; not if it is gone."""
    tx.run(
        _DONE,
        {
            "of": told.id,
            "now_is": told.state,
            "answer": told.status,
            "why": told.error,
            "then": told.wake,
            "moment": told.done_at,
        },
    )


def recover(tx: Tx) -> int:
    """At start: what was being sent when the process died is sent again, one attempt more."""
    return tx.run(_RECOVER)


def redo(tx: Tx, hook: int, delivery: int, now: int) -> bool:
    """Send once more what was sent or failed; False for anything else."""
    return tx.run(_REDO, {"of": delivery, "to": hook, "now": now}) > 0


def get(tx: Tx, delivery: int) -> Told | None:
    """A delivery, or None: its lead was erased, or it is long done."""
    return tx.struct(Told, _GET, {"of": delivery})


def log(tx: Tx, hook: int, below: int, limit: int) -> list[Told]:
    """Deliveries of a webhook with an id below this one, newest first."""
    return tx.structs(Told, _LOG, {"to": hook, "below": below, "most": limit})


def counts(tx: Tx) -> dict[int, Counts]:
    """Where the deliveries of each webhook stand."""
    found: dict[int, dict[str, tuple[int, int, int]]] = {}
    for webhook, state, count, last, tries in tx.all(_COUNTS):
        found.setdefault(webhook, {})[state] = (count, last, tries)
    nothing = (0, 0, 0)
    return {
        webhook: Counts(
            queued=each.get("queued", nothing)[0] + each.get("sending", nothing)[0],
            sent=each.get("sent", nothing)[0],
            failed=each.get("failed", nothing)[0],
            last=each.get("sent", nothing)[1],
            tries=each.get("queued", nothing)[2],
        )
        for webhook, each in found.items()
    }


def forget_old(tx: Tx, before: int) -> int:
    """Drop from the log what was done before this moment (ms); gives how many."""
    return tx.run(_FORGET_OLD, {"floor": before})
