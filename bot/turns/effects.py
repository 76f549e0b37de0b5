"""What a turn does besides talking, as rows; one small function a kind of effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from dialogs import effects
from dialogs.base import Struct
from dialogs.effects import Effect
from storage import calls, leads, outbox
from storage.db import Tx
from storage.outbox import NewDelivery

# Effects that the outbox should look at without waiting for its next round.
AT_ONCE = (effects.Escalate, effects.Alert, effects.ReadFile)

_JSON = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when an effect happens; `seq` is the last message of the turn."""

    conversation: str
    now: int
    seq: int


class AlertPayload(Struct):
    """What an alert delivery carries: ids and names of rules, no words of a prospect.

    `to` names the person on call whom it rings for, "" for everybody but those of `off`. `late`:
    since when (ms) a reply was owed that has not come in time; 0: somebody is called to the
    prospect.
    """

    reason: str
    urgency: str
    queue: str = ""
    to: str = ""
    late: int = 0
    off: tuple[str, ...] = ()


def write(tx: Tx, scene: Scene, effect: Effect) -> None:
    """Write one effect. Raises storage.errors.Conflict once the conversation is erased."""
    _WRITERS[type(effect)](tx, scene, effect)


def _give_document(tx: Tx, scene: Scene, effect: effects.GiveDocument) -> None:
    leads.give_document(
        tx,
        leads.DocumentGiven(
            conversation=scene.conversation,
            document=effect.document,
            version=effect.version,
            kind=effect.kind,
            language=effect.language,
            given_at=scene.now,
        ),
    )


def _opened_document(tx: Tx, scene: Scene, effect: effects.OpenedDocument) -> None:
    leads.open_document(tx, scene.conversation, effect.document, scene.now)


def _escalate(tx: Tx, scene: Scene, effect: effects.Escalate) -> None:
    leads.record_escalation(
        tx,
        leads.Escalation(
            conversation=scene.conversation,
            reason=effect.reason,
            queue=effect.queue,
            urgency=effect.urgency,
            first=effect.first,
            at=scene.now,
        ),
    )
    # Later reasons are added to the brief; the desk is rung once.
    if effect.first:
        alert = AlertPayload(
            reason=effect.reason, urgency=effect.urgency, queue=effect.queue, to=effect.to
        )
        put_alert(tx, scene, alert)


def _alert(tx: Tx, scene: Scene, effect: effects.Alert) -> None:
    alert = AlertPayload(reason=effect.reason, urgency=effect.urgency, to=effect.to, off=effect.off)
    put_alert(tx, scene, alert)


def put_alert(tx: Tx, scene: Scene, payload: AlertPayload) -> None:
    """Have it rung at the desk once this is committed."""
    outbox.put(
        tx,
        NewDelivery(
            scene.conversation, "alert", scene.now, seq=scene.seq, payload=_JSON.encode(payload)
        ),
    )


def _open_task(tx: Tx, scene: Scene, effect: effects.OpenTask) -> None:
    task = leads.NewTask(scene.conversation, effect.kind, effect.due, scene.now, effect.note)
    # Of calls there is one at a time: a prospect who names another time means that one.
    if task.kind == calls.KIND:
        calls.plan(tx, task)
    else:
        leads.open_task(tx, task)


def _start_timer(tx: Tx, scene: Scene, effect: effects.StartTimer) -> None:
    outbox.start_timer(tx, scene.conversation, effect.name, effect.due)


def _cancel_timers(tx: Tx, scene: Scene, effect: effects.CancelTimers) -> None:
    outbox.cancel_timers(tx, scene.conversation, effect.names)


def _record_estimate(tx: Tx, scene: Scene, effect: effects.RecordEstimate) -> None:
    shown = effect.estimate
    leads.record_estimate(
        tx,
        leads.Estimate(
            conversation=scene.conversation,
            edition=shown.edition,
            rule=shown.rule,
            reason=shown.reason,
            at=scene.now,
            currency=shown.currency,
            low=shown.low,
            high=shown.high,
            price_version=shown.price_version,
        ),
    )


def _record_requirement(tx: Tx, scene: Scene, effect: effects.RecordRequirement) -> None:
    given = effect.requirement
    leads.record_requirement(
        tx,
        leads.Requirement(
            conversation=scene.conversation,
            version=given.version,
            origin=given.origin,
            title=given.title,
            at=scene.now,
            file=given.file,
            confirmed=given.confirmed,
            items=tuple(leads.Item(i.text, i.source, i.priority) for i in given.items),
        ),
    )


def _record_unanswered(tx: Tx, scene: Scene, effect: effects.RecordUnanswered) -> None:
    leads.record_unanswered(
        tx,
        leads.NewUnanswered(
            scene.conversation, effect.question, effect.language, scene.now, effect.nearest
        ),
    )


def _read_file(tx: Tx, scene: Scene, effect: effects.ReadFile) -> None:
    payload = _JSON.encode(effect.file)
    outbox.put(tx, NewDelivery(scene.conversation, "file_read", scene.now, payload=payload))


def _rate(tx: Tx, scene: Scene, effect: effects.Rate) -> None:
    leads.rate(tx, scene.conversation, effect.stars, scene.now)


# The values take the one kind of effect that is their key; types cannot say so.
_WRITERS: dict[type, Callable[[Tx, Scene, Any], None]] = {
    effects.GiveDocument: _give_document,
    effects.OpenedDocument: _opened_document,
    effects.Escalate: _escalate,
    effects.Alert: _alert,
    effects.OpenTask: _open_task,
    effects.StartTimer: _start_timer,
    effects.CancelTimers: _cancel_timers,
    effects.RecordEstimate: _record_estimate,
    effects.RecordRequirement: _record_requirement,
    effects.RecordUnanswered: _record_unanswered,
    effects.ReadFile: _read_file,
    effects.Rate: _rate,
}
