"""How the talks of the month went, told once more: from messages, profiles and raw events alone.

Nothing of the product that counts is used here: a mistake there must not be made here as well.
"""

from __future__ import annotations

import sqlite3
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from dialogs.types import Reply, State, Value
from storage.conversations import MessageRow
from tests.bot.seeding.month import UNTIL, Talk

DAY = 86_400_000
JOURNEY = (
    "opened", "answered", "first_answer", "buyer", "organisation", "contact", "requirement",
    "document", "written_requirement", "price", "escalated", "claimed",
    "stage_contract", "stage_delivery", "stage_account",
)  # fmt: skip
# How the bot takes it that an answer was not meant.
NOT_MEANT = ("answer.not_meant", "answer.not_meant.none")


@dataclass(frozen=True)
class Act:
    """A line of the audit: what staff did."""

    at: int
    action: str
    staff: int


@dataclass(frozen=True)
class Events:
    """What else was written down of each conversation while it happened."""

    acts: Mapping[str, Sequence[Act]]
    calls: Mapping[str, Sequence[int]]  # when a human was called to it
    escalated: Mapping[str, int]
    opened: Mapping[str, int]  # a paper that was given, for the first time
    required: Mapping[str, int]  # a written requirement came


def read_events(database: Path) -> Events:
    """Straight from the tables."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as at:
        acts: dict[str, list[Act]] = defaultdict(list)
        for when, staff, action, subject in at.execute(
            "SELECT at, staff_id, action, subject FROM audit ORDER BY id"
        ):
            acts[subject].append(Act(when, action, staff))

        calls: dict[str, list[int]] = defaultdict(list)
        for subject, when in at.execute(
            "SELECT conversation, at FROM escalation WHERE first ORDER BY at"
        ):
            calls[subject].append(when)

        def first(what: str) -> dict[str, int]:
            return dict(at.execute(f"SELECT conversation, min({what} GROUP BY 1"))

        return Events(
            acts=acts,
            calls=calls,
            escalated=first("at) FROM escalation"),
            opened=first("opened_at) FROM document_given WHERE opened_at > 0"),
            required=first("at) FROM requirement"),
        )


@dataclass
class Course:
    """One talk, recounted. `times`: when (ms) it first came to each step."""

    talk: Talk
    times: dict[str, int] = field(default_factory=dict)
    judged: str = ""  # what staff said of its brief last: accept, or why it went back
    stars: int = 0
    not_meant: bool = False
    unanswered: bool = False

    @property
    def outcome(self) -> str:
        return self.talk.state.outcome

    def seconds(self, step: str) -> int:
        """From the opening on, as it is shown: whole ones."""
        return (self.times[step] - self.talk.row.created_at) // 1_000


def recount(talks: Iterable[Talk], events: Events) -> tuple[Course, ...]:
    """Every talk with its steps."""
    return tuple(_follow(talk, events) for talk in talks)


def _follow(talk: Talk, events: Events) -> Course:
    course = Course(talk)
    ours = list(talk.replies("bot", "event", "staff"))
    own = talk.row.id

    def mark(step: str, times: Iterable[int]) -> None:
        found = [at for at in times if at]
        if found:
            course.times[step] = min(found)

    mark("opened", [talk.row.created_at])
    mark("answered", (m.at for m in talk.messages if m.author == "prospect"))
    mark("first_answer", (m.at for m, reply in ours if _answers(m, reply)))
    mark("document", (m.at for m, reply in ours if _carries(reply, "document")))
    mark("document_opened", [events.opened.get(own, 0)])
    mark("price", (m.at for m, reply in ours if reply.amounts))
    mark("escalated", [events.escalated.get(own, 0)])
    mark("claimed", (m.at for m, reply in ours if reply.key == "desk.joined"))
    mark("human_reply", (m.at for m in talk.messages if m.author == "staff"))
    mark("closed", (m.at for m, reply in ours if reply.key in ("desk.closed", "stop.bye")))
    for stage in ("contract", "delivery", "account"):
        acts = events.acts.get(own, ())
        mark(f"stage_{stage}", (a.at for a in acts if a.action == f"desk.stage.{stage}"))
    for topic, at in _learn(talk).items():
        mark(topic, [at])
    told = course.times.pop("told_requirement", 0)
    mark("written_requirement", [told, events.required.get(own, 0)])
    _judge(course, events.acts.get(own, ()))
    return course


def _answers(message: MessageRow, reply: Reply) -> bool:
    """From the papers, or with a price that was asked for."""
    if message.author == "staff":
        return False
    priced = bool(reply.amounts) and reply.key.partition(".")[0] == "price"
    return priced or _carries(reply, "source")


def _carries(reply: Reply, kind: str) -> bool:
    return any(each.kind == kind for each in reply.attachments)


# --- topics --------------------------------------------------------------------------------------


def _learn(talk: Talk) -> dict[str, int]:
    """When each topic was learned, going once more through all that was told."""
    at = {message.seq: message.at for message in talk.messages}
    known: dict[str, Value | None] = {}
    found: dict[str, int] = {}
    told = _told(talk.state)
    anew = list(talk.forgot())
    for place, (seq, slot, value) in enumerate(told):
        if anew and seq > anew[0]:
            anew.pop(0)
            known.clear()
        known[slot] = value
        if place + 1 < len(told) and told[place + 1][0] == seq:
            continue  # one message told all of it at once
        for topic in _topics(known) - found.keys():
            found[topic] = at.get(seq, 0)
    return found


def _told(state: State) -> list[tuple[int, str, Value | None]]:
    """Every value that was ever told, with its message, in order."""
    found = [
        (past.message, slot, past.value)
        for histories in (state.former, {s: k.history for s, k in state.profile.items()})
        for slot, history in histories.items()
        for past in history
    ]
    found += [(known.message, slot, known.value) for slot, known in state.profile.items()]
    return sorted(found, key=lambda told: told[0])


def _topics(known: Mapping[str, Value | None]) -> set[str]:
    """The topics that first contact has learned; of a person alone less is wanted."""
    has = {slot for slot, value in known.items() if value is not None}
    found = set()
    if "buyer_type" in has:
        found.add("buyer")
    if "written_requirement" in has:
        found.add("requirement")
    if known.get("written_requirement") is True:
        found.add("told_requirement")
    if known.get("buyer_type") == "individual":
        if {"city", "own_servers"} <= has:
            found.add("organisation")
        return found
    if "ownership" in has and len(has & {"headcount", "own_servers", "city"}) >= 2:
        found.add("organisation")
    if has & {"department", "authority"}:
        found.add("contact")
    return found


# --- what was thought of it ----------------------------------------------------------------------


def _judge(course: Course, acts: Iterable[Act]) -> None:
    for act in acts:
        verb = act.action.removeprefix("desk.")
        if verb == "accept" or verb.startswith(("decline.", "not_a_lead.")):
            course.judged = verb
    before = None
    for message in course.talk.messages:
        if message.author == "prospect":
            before = message
        elif message.author == "bot":
            _hear(course, message, before)


def _hear(course: Course, message: MessageRow, before: MessageRow | None) -> None:
    """What a message of the bot tells of the one before it."""
    key = next(reply.key for each, reply in course.talk.replies("bot") if each is message)
    if key == "rate.thanks" and before is not None:
        course.stars = _stars(course.talk, before)
    course.not_meant |= key in NOT_MEANT
    course.unanswered |= key in (*NOT_MEANT, "answer.not_in_papers", "answer.missed")


def _stars(talk: Talk, pressed: MessageRow) -> int:
    """The rating whose button bore these words."""
    labels = {
        button.label: int(button.value[-1])
        for _, reply in talk.replies("bot")
        for button in reply.buttons
        if button.value.startswith("rate:")
    }
    return labels[pressed.text]


# --- counting ------------------------------------------------------------------------------------


def count_steps(courses: Iterable[Course]) -> dict[str, int]:
    """How many came to each step of the journey."""
    found = dict.fromkeys(JOURNEY, 0)
    for course in courses:
        for step in JOURNEY:
            found[step] += step in course.times
    return found


def count_both(courses: Iterable[Course]) -> dict[str, int]:
    """How many came to each step and to the one before it."""
    pairs = dict(zip(JOURNEY[1:], JOURNEY, strict=False))
    courses = list(courses)
    return {
        step: sum(step in c.times and before in c.times for c in courses)
        for step, before in pairs.items()
    }


def count_ends(courses: Iterable[Course]) -> dict[str, int]:
    """How many came to each step and to none that stands below it."""
    found = dict.fromkeys(JOURNEY, 0)
    for course in courses:
        found[max((s for s in JOURNEY if s in course.times), key=JOURNEY.index)] += 1
    return found


def find_medians(courses: Iterable[Course]) -> dict[str, float]:
    """The median of whole seconds from the opening to each step."""
    found: dict[str, list[int]] = defaultdict(list)
    for course in courses:
        for step in course.times:
            found[step].append(course.seconds(step))
    return {step: float(statistics.median(seconds)) for step, seconds in found.items()}


def find_spans(courses: Iterable[Course], start: str, end: str) -> list[int]:
    """Whole seconds from one step to a later one."""
    both = (course for course in courses if {start, end} <= course.times.keys())
    spans = [course.seconds(end) - course.seconds(start) for course in both]
    return [each for each in spans if each >= 0]


def spread(seconds: Sequence[int]) -> tuple[float, float, int]:
    """The median, what 95 of 100 take at most, and of how many."""
    ordered = sorted(seconds)
    if not ordered:
        return 0.0, 0.0, 0
    return (
        float(statistics.median(ordered)),
        float(ordered[ceil(0.95 * len(ordered)) - 1]),
        len(ordered),
    )


def count_quality(courses: Iterable[Course]) -> dict[str, tuple[int, int]]:
    """Part and whole of each share of the page of quality."""
    whole: dict[str, int] = defaultdict(int)
    part: dict[str, int] = defaultdict(int)
    for course in courses:
        for name, (is_part, counts) in _shares(course).items():
            whole[name] += counts
            part[name] += is_part and counts
    return {name: (part[name], whole[name]) for name in whole}


def _shares(course: Course) -> dict[str, tuple[bool, bool]]:
    times, outcome = course.times, course.outcome
    over = "answered" in times and outcome not in ("open", "quarantined")
    people = "escalated" in times or "claimed" in times
    called_at = times.get("escalated", UNTIL)
    came = times.get("claimed", UNTIL + DAY * 1_000) - called_at <= DAY
    first = "first_answer" in times
    returned = course.judged not in ("", "accept")
    return {
        "contained": (not people and outcome != "silent", over),
        "silent": (outcome == "silent", over),
        "missed": (not came, UNTIL - called_at >= DAY),
        "answered": (not course.unanswered, first or course.unanswered),
        "unhelpful": (course.not_meant, first),
        "accepted": (course.judged == "accept", course.judged != ""),
        "returned": (returned, course.judged != ""),
    }
