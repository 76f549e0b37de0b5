"""What a step of the talk leads to: the new state, the replies, and what is done besides."""

from __future__ import annotations

from typing import Literal

from dialogs.types import Estimate, FileInfo, Reply, Requirement, State, Struct


class GiveDocument(Struct, tag="give_document"):
    document: str
    kind: str
    version: str
    language: str


class OpenedDocument(Struct, tag="opened_document"):
    document: str


class Escalate(Struct, tag="escalate"):
    """Bring in a human. Fires once per reason; `first` for the one that gives the outcome."""

    reason: str
    queue: Literal["presales", "aftersales"]
    urgency: Literal["urgent", "high", "normal"]
    first: bool
    to: str = ""  # who is rung for: the name of a person on call, "" for everybody


class Alert(Struct, tag="alert"):
    """Ring at the desk again: somebody waits and nobody has come. `to` as in Escalate; `off`: whom
    it leaves alone where everybody is told, for their working hours are over."""

    reason: str
    urgency: Literal["urgent", "high", "normal"]
    to: str = ""
    off: tuple[str, ...] = ()


class OpenTask(Struct, tag="open_task"):
    kind: Literal["follow_up", "call_back", "answer"]
    due: int  # ms
    note: str = ""


class StartTimer(Struct, tag="start_timer"):
    """One timer of a name per conversation; starting it again moves it."""

    name: str  # silence, ring, apology, hand_back, go_on
    due: int  # ms


class CancelTimers(Struct, tag="cancel_timers"):
    names: tuple[str, ...] = ()  # empty: all


class RecordEstimate(Struct, tag="record_estimate"):
    estimate: Estimate


class RecordRequirement(Struct, tag="record_requirement"):
    requirement: Requirement


class RecordUnanswered(Struct, tag="record_unanswered"):
    question: str
    language: str
    nearest: tuple[str, ...] = ()  # of the nearest passages: `id`, or `id#heading` in a document


class ReadFile(Struct, tag="read_file"):
    """Have the stored file read in the limited child process."""

    file: FileInfo


class EraseEverything(Struct, tag="erase_everything"):
    """The prospect pressed the button that names what goes."""


class Rate(Struct, tag="rate"):
    stars: int  # 1 to 5


Effect = (
    GiveDocument | OpenedDocument | Escalate | Alert | OpenTask | StartTimer | CancelTimers
    | RecordEstimate | RecordRequirement | RecordUnanswered | ReadFile | EraseEverything | Rate
)  # fmt: skip


class Turn(Struct):
    """What one incoming thing led to. `changed` names the slots whose value is new or other."""

    state: State
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    changed: tuple[str, ...] = ()
