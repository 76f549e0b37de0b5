"""The made-up month is varied, and every figure of it equals a recount from its messages alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.seeding.month import DAY, Played
from dialogs.demand import subject_of
from dialogs.figures import fold
from dialogs.loading import load
from storage import insights
from storage.db import Database
from storage.insights import Count, Period
from tests.bot.seeding.month import PLAN, TALKS, UNTIL, Talk, play, read_talks
from tests.bot.server import ROOT

T = TypeVar("T")
ALL = Period(0, UNTIL + DAY)
MANY = 100_000
PACK = load(ROOT / "dialogs" / "demo")

pytestmark = pytest.mark.slow


class Month:
    def __init__(self, db: Database, played: Played) -> None:
        self.db = db
        self.played = played
        self.talks = read_talks(db)

    def ask(self, question: Callable[[Connection], T]) -> T:
        return asyncio.run(self.db.read(question))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    settings, played = play(tmp_path_factory.mktemp("month") / "data")
    db = Database.open(settings.database)
    yield Month(db, played)
    asyncio.run(db.close())


def counted(found: tuple[Count, ...]) -> dict[str, int]:
    return {each.value: each.talks for each in found}


def test_the_month_is_varied(month: Month) -> None:
    talks = month.talks
    assert month.played.talks == len(talks) == TALKS
    assert {talk.row.language for talk in talks} == set(PACK.languages)
    outcomes = Counter(talk.row.outcome for talk in talks)
    assert {"silent", "price_only", "escalated", "support"} <= outcomes.keys()
    assert len({talk.row.source for talk in talks}) >= 5
    assert len({talk.state.reason for talk in talks}) >= 5
    assert any(talk.row.close_reason == "won" for talk in talks)
    assert any(talk.row.stage == "contract" for talk in talks)
    assert any(given.opened for talk in talks for given in talk.state.given)
    first, last = (f(talk.row.created_at for talk in talks) for f in (min, max))
    assert last < UNTIL
    assert last - first > 0.9 * PLAN.days * DAY


@pytest.mark.parametrize("slot", ["city", "edition", "ownership", "alternatives", "department"])
def test_what_was_told_of_them_equals_a_recount(month: Month, slot: str) -> None:
    found = month.ask(lambda at: insights.count_facts(at, slot, ALL, MANY))
    wanted: Counter[str] = Counter()
    for talk in month.talks:
        known = talk.state.profile.get(slot)
        if known is None or known.value is None:
            continue
        parts = (
            str(known.value).split("+") if slot in ("edition", "alternatives") else [known.value]
        )
        wanted.update({fold(part) for part in parts} - {""})
    assert counted(found) == wanted
    assert wanted


def test_reasons_lost_equal_a_recount(month: Month) -> None:
    found = month.ask(lambda at: insights.count_column(at, "close_reason", ALL, MANY))
    assert counted(found) == Counter(
        talk.state.close_reason for talk in month.talks if talk.state.close_reason
    )


def test_who_wrote_at_all_equals_a_recount(month: Month) -> None:
    wrote = [t for t in month.talks if any(m.author == "prospect" for m in t.messages)]
    assert month.ask(lambda at: insights.count_opened(at, ALL)) == len(wrote) < TALKS


def test_papers_asked_for_equal_a_recount(month: Month) -> None:
    wanted: Counter[str] = Counter()
    for talk in month.talks:
        kinds = {
            kind
            for message, reading in talk.readings()
            if "ask_document" in reading.intents and not _with_human(talk, message.seq)
            for kind in str(reading.slots.get("doc_type", "")).split("+")
            if message.text and kind
        }
        wanted.update(kinds)
    assert counted(month.ask(lambda at: insights.count_wishes(at, "paper", ALL, MANY))) == wanted
    assert wanted


def test_topics_answered_equal_a_recount(month: Month) -> None:
    wanted: Counter[str] = Counter()
    for talk in month.talks:
        # What stands behind the first source is where more can be read.
        sources = [
            next((each for each in reply.attachments if each.kind == "source"), None)
            for _, reply in talk.replies("bot")
        ]
        places = {
            subject_of(PACK, f"{each.id}#{each.place}" if each.place else each.id)
            for each in sources
            if each is not None
        }
        wanted.update(places)
    found = counted(month.ask(lambda at: insights.count_wishes(at, "topic", ALL, MANY)))
    assert sum(found.values()) > 0.5 * TALKS / 2
    assert found == wanted


def test_questions_without_an_answer_are_all_listed(month: Month) -> None:
    found = month.ask(lambda at: insights.unanswered(at, ALL, MANY))
    told = Counter(each.conversation for each in found)
    for talk in month.talks:
        assert told[talk.row.id] >= min(1, talk.state.unanswered)


def _with_human(talk: Talk, seq: int) -> bool:
    """Whether a human had the talk when this message came: told by the lines of notice."""
    before = [m for m in talk.messages if m.seq < seq and m.author == "event"]
    keys = [reply.key for message, reply in talk.replies("event") if message in before]
    ended = ("desk.handed_back", "desk.closed", "desk.passed_on", "desk.gone_back")
    moves = [key for key in keys if key == "desk.joined" or key in ended]
    return bool(moves) and moves[-1] == "desk.joined"
