"""What became of every question, told once more from the messages and what was told in them."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dialogs.types import Known, Past, Reply, Value
from storage.conversations import MessageRow
from tests.bot.seeding.month import TAKES, UNTIL, Talk

DAY = 86_400_000
Labels = Mapping[str, frozenset[str]]
BY_STATUS = {"refused": "refused", "skipped": "skipped", "unknown": "unknown"}
# Whatever is said answers these, once the talk goes on at that moment to a later one of these.
IN_WORDS = {
    "draft_": ("draft_", "confirm_requirement"),
    "requirement_text": ("confirm_requirement",),
    "existing_matter": ("",),
}
ENDED = ("desk.closed", "stop.bye", "price.door")  # after these nothing is asked any more
ENDS = ("answered", "passed", "skipped", "refused", "unknown", "silent", "open")


@dataclass
class Put:
    """A question as it was put, and put again in a row. Times in ms."""

    slot: str
    asked: list[tuple[MessageRow, Reply]]
    # Of the prospect, since it was last put: what was said before has not ended it.
    heard: list[MessageRow] = field(default_factory=list)
    then: str = ""  # the question that came after it
    then_at: int = 0
    ended: str = ""
    ended_at: int = 0
    known: bool = False

    @property
    def first(self) -> MessageRow:
        return self.asked[0][0]

    def becomes(self) -> str:
        """How it ended; without an end, whether that is a day ago."""
        if self.ended:
            return self.ended
        return "silent" if self.first.at < UNTIL - DAY else "open"


@dataclass
class Tally:
    """A question over many talks."""

    ends: dict[str, int]
    again: int = 0
    known: int = 0
    seconds: list[int] = field(default_factory=list)  # until it was answered

    @property
    def median(self) -> float:
        return float(statistics.median(self.seconds)) if self.seconds else 0.0


def count_questions(talks: Iterable[Talk]) -> dict[str, Tally]:
    """By slot."""
    found: dict[str, Tally] = defaultdict(lambda: Tally(dict.fromkeys(ENDS, 0)))
    talks = tuple(talks)
    labels = read_labels(talks)
    for talk in talks:
        for put in find_questions(talk, labels):
            tally = found[put.slot]
            tally.ends[put.becomes()] += 1
            tally.again += len(put.asked) - 1
            tally.known += put.known
            if put.ended == "answered":
                tally.seconds.append((put.ended_at - put.first.at) // 1_000)
    return dict(found)


def read_labels(talks: Iterable[Talk]) -> Labels:
    """Which buttons bear these words, in any language: who types them has pressed."""
    found: dict[str, set[str]] = defaultdict(set)
    for talk in talks:
        for _, reply in talk.replies("bot", "event"):
            for button in reply.buttons:
                for words in (button.label, button.value):  # a value where its label is long past
                    found[fold(words)].add(button.value)
    return {label: frozenset(values) for label, values in found.items()}


def fold(words: str) -> str:
    """Without case, and marks around them."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", words.casefold())


def find_questions(talk: Talk, labels: Labels) -> list[Put]:
    """The questions of a talk in the order in which they were put, with how each ended."""
    puts: list[Put] = []
    numbers: set[int] = set()
    # What is told to a human, or after the end, answers no question of the bot.
    deaf = talk.told_to_human()
    waits = False
    replies = {id(message): reply for message, reply in talk.replies("bot", "event")}
    for message in talk.messages:
        if message.author == "prospect" and waits and message.seq not in deaf:
            puts[-1].heard.append(message)
        reply = replies.get(id(message))
        if reply is None:
            continue
        waits = waits and reply.key not in ENDED
        if reply.question and reply.question not in numbers:
            numbers.add(reply.question)
            _put(talk, puts, (message, reply), labels)
            waits = True
    for put in puts:
        _end(talk, put, labels, last=put is puts[-1])
    return puts


def _put(talk: Talk, puts: list[Put], asked: tuple[MessageRow, Reply], labels: Labels) -> None:
    last, (message, reply) = puts[-1] if puts else None, asked
    if last is not None and last.slot == reply.asks and not _is_over(talk, last, labels):
        last.asked.append((message, reply))
        last.heard.clear()
        return
    if last is not None:
        last.then, last.then_at = reply.asks, message.at
    known = _value_at(talk, reply.asks, message.seq) is not None
    puts.append(Put(reply.asks, [(message, reply)], known=known))


def _is_over(talk: Talk, put: Put, labels: Labels) -> bool:
    """Whether what was said to it ended it: put again, it is another question."""
    how = _how(talk, put, labels)
    if how is not None and how[0] == "refused" and put.slot == "email":
        # Who is tired of questions has not said no to this one yet.
        heard = {message.seq for message in put.heard}
        said = [set(read.intents) for m, read in talk.readings() if m.seq in heard]
        return any(each & {"refuse", "deny"} for each in said)
    return _told(talk, put) is not None or (how is not None and how[0] != "passed")


def _entries(talk: Talk, slot: str) -> list[Past | Known]:
    """Each time that something was told of a slot, in order."""
    known = talk.state.profile.get(slot)
    past = [*talk.state.former.get(slot, ()), *(known.history if known else ())]
    return sorted([*past, *([known] if known else [])], key=lambda each: each.message)


def _value_at(talk: Talk, slot: str, seq: int) -> Value | None:
    """What was known of the slot before a message."""
    since = max((each for each in talk.forgot() if each < seq), default=0)
    before = [each.value for each in _entries(talk, slot) if since <= each.message < seq]
    return before[-1] if before else None


def _told(talk: Talk, put: Put) -> tuple[MessageRow, str] | None:
    """The first message after the question that told something of its slot, and the status."""
    for message in put.heard:
        for each in _entries(talk, put.slot):
            if each.message == message.seq:
                return message, each.status
    return None


def _end(talk: Talk, put: Put, labels: Labels, *, last: bool) -> None:
    told = _told(talk, put)
    if told is not None:
        put.ended, put.ended_at = BY_STATUS.get(told[1], "answered"), told[0].at
        return
    question = talk.state.question
    how = _how(talk, put, labels)
    waits = last and question is not None and question.slot == put.slot
    if waits and not _is_taken(talk, put) and not (how and put.slot == "start"):
        return  # it waits still
    put.ended, put.ended_at = how or ("passed", 0)


def _is_taken(talk: Talk, put: Put) -> bool:
    """Whether a human took the talk, or it was ended, while the question was open."""
    notices = (m for m, reply in talk.replies("bot", "event") if reply.key in (*TAKES, *ENDED))
    return any(m.seq > put.asked[-1][0].seq for m in notices)


def _how(talk: Talk, put: Put, labels: Labels) -> tuple[str, int] | None:
    """The end of a question that fills no slot, or that was left."""
    readings = {message.seq: reading for message, reading in talk.readings()}
    kinds = {b.value: b.kind for _, reply in put.asked for b in reply.buttons}
    if put.heard and put.slot == "start":
        return "answered", put.heard[0].at
    for message in put.heard:
        reading = readings.get(message.seq)
        if reading is None:
            pressed = {kinds[value] for value in labels.get(fold(message.text), ()) & kinds.keys()}
            if "skip" in pressed:
                return "skipped", message.at
            if "option" in pressed:
                return "answered", message.at
            continue
        intents = set(reading.intents)
        if "refuse" in intents or reading.refuses_questions:
            return "refused", message.at
        if "dont_know" in intents and not reading.unsure_of:
            return "unknown", message.at
        if put.slot == "email" and "deny" in intents:
            return "refused", message.at
        if "stop" in intents:
            return "passed", message.at
        told = reading.slots.get(put.slot)
        if told is not None and told == _value_at(talk, put.slot, message.seq):
            return "answered", message.at  # said as it was known
        first = message is put.heard[0]
        if first and put.slot.startswith("confirm_") and intents & {"affirm", "deny"}:
            return "answered", message.at
    return ("answered", put.heard[-1].at) if _is_told_in_words(put) else None


def _is_told_in_words(put: Put) -> bool:
    """Whether what was said led at once to a question that comes later in the same matter."""
    nexts = next((then for slot, then in IN_WORDS.items() if put.slot.startswith(slot)), None)
    if nexts is None or not put.heard or not put.then.startswith(nexts):
        return False
    back = put.then.startswith("draft_") and put.then < put.slot
    return bool(put.then) and not back and put.then_at == put.heard[-1].at
