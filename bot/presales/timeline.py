"""One line of time for a lead: what was said, and what happened besides, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from bot.turns.effects import AlertPayload
from bot.web.deps import Deps
from bot.web.long_words import fold
from bot.web.staffpages import Say, local_time, make_name, make_say
from bot.web.talk_view import Said, TalkView, edition_names
from dialogs.texts import show_full_day, show_money
from dialogs.types import Struct
from storage.leads import Estimate
from storage.worklist import Around, Deed

FILTERS = ("all", "messages", "events")


class Entry(Struct):
    """One entry: a message, something that happened, or a day that begins (`words`). `at` in ms."""

    id: str
    at: int
    kind: str  # message, note, event, day
    said: Said | None = None
    words: str = ""
    message: int = 0  # seq of the message that it belongs to


class Timeline:
    """Puts a lead's messages and events into words of one language."""

    def __init__(self, deps: Deps, talk: TalkView, around: Around, language: str) -> None:
        self._deps = deps
        self._talk = talk
        self._around = around
        self._language = language
        self._say: Say = make_say(deps, language)
        self._name = make_name(deps, language)

    def entries(self) -> tuple[Entry, ...]:
        """Everything, oldest first."""
        found = [*self._messages(), *self._events()]
        return tuple(sorted(found, key=lambda entry: (entry.at, entry.said is None, entry.message)))

    def _messages(self) -> Iterator[Entry]:
        for said in self._talk.messages:
            happened = said.author == "event" or said.remark
            kind = "event" if happened else ("note" if said.author == "note" else "message")
            words = fold(said)
            yield Entry(id=f"m{said.seq}", at=said.at, kind=kind, said=words, message=said.seq)

    def _events(self) -> Iterator[Entry]:
        yield from self._escalations()
        yield from self._rings()
        yield from self._documents()
        yield from self._prices()
        yield from self._requirements()
        yield from self._tasks()
        for deed in self._around.deeds:
            words = self._deed(deed)
            if words:
                yield Entry(id=f"did-{deed.id}", at=deed.at, kind="event", words=words)
        rating = self._talk.stored.rating
        if rating is not None:
            words = self._say("timeline.rated", n=rating.stars)
            yield Entry(id="rated", at=rating.at, kind="event", words=words)

    def _escalations(self) -> Iterator[Entry]:
        for each in self._talk.stored.escalations:
            words = self._say(
                "timeline.escalated",
                reason=self._name("reason", each.reason),
                urgency=self._name("desk.urgency", each.urgency),
            )
            yield Entry(id=f"why-{each.reason}", at=each.at, kind="event", words=words)

    def _rings(self) -> Iterator[Entry]:
        for each in self._around.rung:
            to = msgspec.json.decode(each.payload, type=AlertPayload).to
            words = self._say("timeline.rung", to=to)
            yield Entry(id=f"rung-{each.id}", at=each.at, kind="event", words=words)

    def _documents(self) -> Iterator[Entry]:
        papers = zip(self._talk.stored.documents, self._talk.papers, strict=True)
        for number, (given, paper) in enumerate(papers):
            values = {"title": paper.title, "version": paper.version}
            words = self._say("timeline.given", **values)
            yield Entry(id=f"given-{number}", at=given.given_at, kind="event", words=words)
            if given.opened_at:
                words = self._say("timeline.opened", n=given.times_opened, **values)
                yield Entry(id=f"opened-{number}", at=given.opened_at, kind="event", words=words)

    def _prices(self) -> Iterator[Entry]:
        for number, estimate in enumerate(self._talk.stored.estimates):
            words = self._say(
                "timeline.estimate",
                edition=edition_names(self._deps, estimate.edition, self._language),
                price=show_range(estimate, self._language),
            )
            yield Entry(id=f"price-{number}", at=estimate.at, kind="event", words=words)
        shown: dict[int, list[str]] = {}
        times: dict[int, int] = {}
        for promise in self._talk.stored.promises:
            shown.setdefault(promise.seq, []).append(promise.text)
            times[promise.seq] = promise.at
        for seq, texts in shown.items():
            words = self._say("timeline.shown", what="; ".join(dict.fromkeys(texts))[:300])
            yield Entry(id=f"shown-{seq}", at=times[seq], kind="event", words=words, message=seq)

    def _requirements(self) -> Iterator[Entry]:
        for each in self._talk.stored.requirements:
            words = self._say(
                "timeline.requirement",
                version=each.version,
                items=len(each.items),
                confirmed=each.confirmed,
            )
            yield Entry(id=f"need-{each.version}", at=each.at, kind="event", words=words)

    def _tasks(self) -> Iterator[Entry]:
        for each in self._talk.stored.tasks:
            kind = self._name("desk.task", each.kind)
            words = self._say("timeline.task", task=kind)
            yield Entry(id=f"task-{each.id}", at=each.created_at, kind="event", words=words)
            if each.done_at:
                words = self._say("timeline.task_done", task=kind)
                yield Entry(id=f"done-{each.id}", at=each.done_at, kind="event", words=words)

    def _deed(self, deed: Deed) -> str:
        """What somebody did that left no line in the talk; "" for what did, and for readings."""
        act, _, what = deed.action.removeprefix("desk.").partition(".")
        key = f"timeline.did.{act.replace('-', '_')}"
        if not self._deps.texts.has(self._language, key):
            return ""
        prefix = {"stage": "desk.stage", "decline": "desk.decline", "profile": "slot"}.get(act, "")
        return self._say(key, who=deed.who, what=self._name(prefix, what) if prefix else what)


def mark_days(deps: Deps, entries: Iterable[Entry], language: str) -> Iterator[Entry]:
    """The entries, and before the first one of each day that day's name."""
    today = local_time(deps, deps.now()).date()
    named = {today: "timeline.today", today - timedelta(days=1): "timeline.yesterday"}
    last: date | None = None
    for entry in entries:
        begun = local_time(deps, entry.at).replace(hour=0, minute=0, second=0, microsecond=0)
        day = begun.date()
        if day != last:
            key = named.get(day)
            words = deps.texts.say(language, key) if key else show_full_day(language, day, today)
            at = int(begun.timestamp() * 1000)
            yield Entry(id=f"day-{day.isoformat()}", at=at, kind="day", words=words)
        last = day
        yield entry


def show_range(estimate: Estimate, language: str) -> str:
    """The amounts of an estimate, "" where it had none."""
    if not estimate.currency:
        return ""
    ends = dict.fromkeys((estimate.low, estimate.high))
    return " – ".join(show_money(language, each, estimate.currency) for each in ends)
