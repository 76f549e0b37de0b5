"""What a topic does not show yet, and how urgent that is. Nothing here waits, reads or posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from bot.presales.group.memory import Item, StepKind, Topic
from dialogs.types import State
from storage.conversations import ConversationRow

EDIT_EVERY = 30_000  # ms between two changes of a brief that nobody waits for


class Rank(IntEnum):
    """In this order things are posted."""

    ALARM = 0  # an urgent escalation that the group knows nothing of
    REMINDER = 1
    URGENT_LINE = 2  # of somebody who waits urgently
    ANNOUNCED = 3  # the topic of an urgent escalation that was named in General
    AWAITED_LINE = 4  # of somebody to whom their human has not said a word yet
    NEW = 5  # other escalations
    OWNER = 6  # who has it
    LINE = 7
    REST = 8


# ms after which it takes its turn among AWAITED_LINE: under a flood of those nothing starves.
PATIENCE = {Rank.NEW: 30_000, Rank.OWNER: 10_000, Rank.LINE: 60_000, Rank.REST: 300_000}
# What may use the part of the group's limit that is kept for it.
RESERVED = (Rank.ALARM, Rank.REMINDER, Rank.URGENT_LINE)


@dataclass(frozen=True, slots=True)
class View:
    """A conversation beside what its topic shows."""

    topic: Topic
    row: ConversationRow
    state: State
    urgent: bool
    head: bytes  # digest of the brief as it should stand there
    name: str  # of the topic, as it should be
    kept: bool  # the row in the database says all that the memory does

    @property
    def waits(self) -> bool:
        return self.state.owner == "waiting"

    @property
    def since(self) -> int:
        """When (ms) it came to who has it now."""
        return self.state.waiting_since or self.topic.memory.mode_since or self.row.updated_at


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to post. `since`: how long (ms since 1970) it has been due; the oldest is first."""

    kind: StepKind
    rank: Rank
    since: int
    not_before: int = 0  # ms

    @property
    def order(self) -> tuple[int, int]:
        return self.rank, self.since


def round_of(state: State) -> int:
    """By which a new wait, or a take-over, is told from the one before."""
    return state.waiting_since or -1


def find_step(view: View, now: int) -> Step | None:
    """The most urgent thing that this topic does not show yet, or None: it shows everything.

    What is not to be posted yet comes only where there is nothing else.
    """
    steps = [age(step, now) for step in _steps(view)]
    due = [step for step in steps if step.not_before <= now]
    intent = view.topic.memory.intent
    under_way = [step for step in due if intent is not None and step.kind == intent.step]
    # What may have come through already is cleared up before anything new.
    return min(under_way or due or steps, key=lambda step: step.order, default=None)


def age(step: Step, now: int) -> Step:
    """The step with the rank that it has reached by waiting."""
    if now - max(step.since, step.not_before) < PATIENCE.get(step.rank, now):
        return step
    return replace(step, rank=min(step.rank, Rank.AWAITED_LINE))


def is_alarm(view: View) -> bool:
    """An urgent escalation of which the group knows nothing."""
    memory = view.topic.memory
    told = view.state.waiting_since in (memory.round, memory.announced)
    return view.waits and view.urgent and not told


def _steps(view: View) -> Iterator[Step]:
    topic, memory = view.topic, view.topic.memory
    if not topic.row.thread_id:
        yield from _opening(view)
        return
    shown = [*_in_topic(view)]
    if topic.row.state == "closed":
        wanted = [step for step in shown if step.kind in ("call", "ring", "lines", "head")]
        back = view.state.owner != "closed"
        wanted += [Step("reopen", Rank.REST, view.row.updated_at)] if back else []
        first = min(wanted, key=lambda step: step.order, default=None)
        if first is not None:
            yield Step("reopen", first.rank, first.since)
        return
    yield from shown
    if view.state.owner == "closed" and not any(step.kind != "file" for step in shown):
        yield Step("close", Rank.REST, memory.edited_at)


def _opening(view: View) -> Iterator[Step]:
    memory, owner = view.topic.memory, view.state.owner
    if memory.given_up == round_of(view.state):
        return
    if owner in ("waiting", "human"):
        yield Step("open", _call_rank(view), view.since)
    elif memory.queue:
        yield Step("open", Rank.LINE, memory.queue[0].at)


def _in_topic(view: View) -> Iterator[Step]:
    memory, state, row = view.topic.memory, view.state, view.topic.row
    if not row.head_message and memory.given_up != round_of(state):
        yield Step("head", _call_rank(view), view.since)
        return
    yield from _calls(view)
    if row.head_message:
        yield from _edits(view)
    if memory.queue:
        yield _lines(view, memory.queue)
    if memory.name != view.name:
        yield Step("rename", Rank.REST, view.row.updated_at)
    if memory.files:
        yield Step("file", Rank.REST, view.row.updated_at)


def _calls(view: View) -> Iterator[Step]:
    memory, state = view.topic.memory, view.state
    if not view.waits:
        return
    if memory.round != state.waiting_since:
        yield Step("call", _call_rank(view), state.waiting_since)
        return
    last = state.called[-1] if state.called else ""
    if state.rings > memory.rings or (state.rings and last not in ("", memory.called)):
        yield Step("ring", Rank.REMINDER, state.waiting_since)


def _edits(view: View) -> Iterator[Step]:
    memory, state = view.topic.memory, view.state
    if (memory.owner, memory.staff) != (state.owner, state.staff):
        yield Step("edit", Rank.OWNER, view.since)
    elif memory.head != view.head:
        due = memory.edited_at + EDIT_EVERY
        yield Step("edit", Rank.REST, view.row.updated_at, not_before=due)


def _lines(view: View, queue: tuple[Item, ...]) -> Step:
    memory, state = view.topic.memory, view.state
    kinds = {item.kind for item in queue}
    unanswered = state.owner == "human" and state.last_staff < memory.mode_since
    if view.waits and ((view.urgent and "prospect" in kinds) or "apology" in kinds):
        rank = Rank.URGENT_LINE
    elif unanswered and "prospect" in kinds:
        rank = Rank.AWAITED_LINE
    elif "event" in kinds:
        rank = Rank.OWNER
    else:
        rank = Rank.LINE
    return Step("lines", rank, queue[0].at)


def _call_rank(view: View) -> Rank:
    if not view.waits:
        return Rank.OWNER
    if not view.urgent:
        return Rank.NEW
    return Rank.ALARM if is_alarm(view) else Rank.ANNOUNCED
