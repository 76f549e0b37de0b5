"""The made-up month is varied, and every figure of it equals a recount from its messages alone."""

from __future__ import annotations

import asyncio
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.managers.figures.choice import FigureChoice
from bot.managers.figures.funnel import make_steps
from bot.managers.service.report import LATE_SHOWN, Group, make_report
from bot.seeding.month import DAY, Played
from dialogs.demand import subject_of
from dialogs.figures import fold
from dialogs.loading import load
from dialogs.understanding.cities import main_city
from storage import courses, insights, quality, service
from storage.db import Database
from storage.insights import Count, Period
from storage.reading import Filter
from tests.bot.office import open_office
from tests.bot.seeding import recount
from tests.bot.seeding.month import PLAN, TALKS, UNTIL, play, read_talks
from tests.bot.seeding.recount import Course
from tests.bot.seeding.recount_questions import ENDS, Tally, count_questions
from tests.bot.seeding.recount_service import Owed, find_owed, is_late, sum_up
from tests.bot.seeding.shown import Rows, percent, read_tables, read_tile, span, words_of
from tests.bot.seeding.weighing import LIGHT, weigh
from tests.bot.server import ROOT

T = TypeVar("T")
ALL = Period(0, UNTIL + DAY)
MANY = 100_000
PACK = load(ROOT / "dialogs" / "demo")
ZONE = ZoneInfo(PACK.company.time_zone)
LAST = datetime.fromtimestamp(UNTIL / 1_000, ZONE).date()
SINCE = LAST - timedelta(days=PLAN.days + 1)

pytestmark = pytest.mark.slow


class Month:
    def __init__(self, db: Database, played: Played) -> None:
        self.db = db
        self.folder = Path(db.path).parent
        self.played = played
        self.talks = read_talks(db)
        self.events = recount.read_events(Path(db.path))
        self.courses = recount.recount(self.talks, self.events)

    def ask(self, question: Callable[[Connection], T]) -> T:
        return asyncio.run(self.db.read(question))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    settings, played = play(tmp_path_factory.mktemp("month") / "data")
    db = Database.open(settings.database)
    yield Month(db, played)
    asyncio.run(db.close())


def midnight(day: date) -> int:
    return int(datetime.combine(day, time(), ZONE).timestamp() * 1_000)


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
        one_name = main_city if slot == "city" else str  # whatever the language
        wanted.update({fold(one_name(str(part))) for part in parts} - {""})
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
        to_human = talk.told_to_human()
        kinds = {
            kind
            for message, reading in talk.readings()
            if "ask_document" in reading.intents and message.seq not in to_human
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
    found = month.ask(lambda at: insights.unanswered(at, ALL))
    told = Counter(each.conversation for each in found)
    for talk in month.talks:
        assert told[talk.row.id] >= min(1, talk.state.unanswered)


# --- funnel, quality, questions, service ---------------------------------------------------------


def split(month: Month, by: str) -> dict[str, list[Course]]:
    """The talks by one thing that the funnel compares."""
    found: dict[str, list[Course]] = defaultdict(list)
    for course in month.courses:
        row, state = course.talk.row, course.talk.state
        opened = datetime.fromtimestamp(row.created_at / 1_000, ZONE).date()
        monday = opened - timedelta(days=opened.weekday())
        names = {
            "source": re.split(r"[?#]", row.source)[0],
            "channel": state.channel,
            "language": state.language,
            "edition": state.estimate.edition if state.estimate else "",
            "week": max(monday, SINCE).isoformat(),
        }
        found[names[by]].append(course)
    return found


def test_every_step_equals_a_recount(month: Month) -> None:
    """Of each talk: whether it came to a step, and after how many seconds."""
    found = month.ask(lambda at: courses.load_courses(at, Filter()))
    places = {each: place for place, each in enumerate(found.ids.tolist())}
    for step in (*recount.JOURNEY[1:], "human_reply", "document_opened", "closed"):
        has, after = found.has(step), found.after(step)
        for course in month.courses:
            place = places[course.talk.row.id]
            assert bool(has[place]) == (step in course.times), (step, course.talk.row.id)
            if step in course.times:
                assert after[place] == course.seconds(step), (step, course.talk.row.id)
    reached = recount.count_steps(month.courses)
    assert all(reached[step] for step in recount.JOURNEY), "each step is tried"


@pytest.mark.parametrize("by", ["", "source", "channel", "language", "edition"])
def test_the_funnel_equals_a_recount(month: Month, by: str) -> None:
    groups = split(month, by) if by else {"": list(month.courses)}
    found = month.ask(lambda at: courses.count_bits(at, Filter(), by))
    assert set(found) == set(groups)
    assert len(groups) > 1 or not by
    for name, members in groups.items():
        steps = make_steps(FigureChoice(span="own", since="", until=""), found[name], {})
        assert {each.id: each.count for each in steps} == recount.count_steps(members)
        assert {each.id: each.lost for each in steps} == recount.count_ends(members)
        counts, both = recount.count_steps(members), recount.count_both(members)
        for before, each in pairwise(steps):
            told = percent(both[each.id], counts[before.id])
            assert f"{each.of_before} %" == told, (name, each.id)


def test_medians_of_steps_equal_a_recount(month: Month) -> None:
    found = month.ask(lambda at: courses.median_times(at, Filter()))
    wanted = recount.find_medians(month.courses)
    assert {step: found[step] for step in recount.JOURNEY[1:]} == {
        step: wanted[step] for step in recount.JOURNEY[1:]
    }


def test_quality_equals_a_recount(month: Month) -> None:
    records = month.ask(lambda at: quality.load(at, Filter()))
    weeks = {"": (0, UNTIL + DAY, list(month.courses))}
    for monday, members in split(month, "week").items():
        first = date.fromisoformat(monday)
        sunday = first + timedelta(days=6 - first.weekday())
        weeks[monday] = (midnight(first), midnight(sunday + timedelta(days=1)), members)
    for since, until, members in weeks.values():
        found = quality.judge(quality.of_time(records, since, until), UNTIL)
        shares = recount.count_quality(members)
        for name, share in shares.items():
            told = getattr(found, name)
            assert (told.part, told.whole) == share, name
        why = Counter(c.judged for c in members if c.judged not in ("", "accept"))
        assert dict(found.reasons) == why
        stars = Counter(course.stars for course in members)
        assert found.stars == tuple(stars[each] for each in quality.STARS)
        for times, start, end in (
            (found.first_answer, "answered", "first_answer"),
            (found.human, "escalated", "human_reply"),
        ):
            told = (times.p50, times.p95, times.count)
            assert told == recount.spread(recount.find_spans(members, start, end))
    whole = recount.count_quality(month.courses)
    assert all(part for part, _ in whole.values()), "each share is tried"
    assert any(course.stars for course in month.courses)


def test_questions_equal_a_recount(month: Month) -> None:
    found = month.ask(lambda at: courses.count_questions(at, Filter(), UNTIL - DAY))
    wanted = count_questions(talk for talk in month.talks)
    assert {each.slot for each in found} == set(wanted)
    for each in found:
        tally = wanted[each.slot]
        assert {how: getattr(each, how) for how in ENDS} == tally.ends, each.slot
        assert each.asked == sum(tally.ends.values())
        assert (each.again, each.known) == (tally.again, tally.known), each.slot
        assert each.seconds == tally.median, each.slot
    share = month.ask(lambda at: quality.count_reasked(at, Filter()))
    assert share.part == sum(tally.known for tally in wanted.values())
    assert share.whole == sum(sum(tally.ends.values()) for tally in wanted.values())
    for how in ENDS:
        assert any(tally.ends[how] for tally in wanted.values()), f"{how} is tried"


def test_service_times_equal_a_recount(month: Month) -> None:
    owed = find_owed(month.talks, month.events, PACK)
    rows = month.ask(
        lambda at: (*service.read_replies(at, 0, MANY * DAY), *service.read_owed(at, 0, MANY * DAY))
    )
    report = make_report(PACK.company, rows, UNTIL)
    assert _sum_up(report.whole) == sum_up(PACK.company, owed)
    keys: dict[str, Callable[[Owed], str]] = {
        "reasons": lambda each: each.reason,
        "people": lambda each: str(each.staff),
        "weeks": _monday_of,
    }
    for name, key in keys.items():
        groups = defaultdict(list)
        for each in owed:
            groups[key(each)].append(each)
        found = {group.name: _sum_up(group) for group in getattr(report, name)}
        assert len(found) > 2, name
        assert found == {
            each: sum_up(PACK.company, members)
            for each, members in groups.items()
            if name != "people" or each != "0"
        }, name
    late = {(each.conversation, each.since) for each in report.late}
    assert late <= {(each.conversation, each.since) for each in owed if is_late(each)}
    assert len(report.late) == min(LATE_SHOWN, sum(is_late(each) for each in owed)) > 0


def _monday_of(owed: Owed) -> str:
    day = datetime.fromtimestamp(owed.since / 1_000, ZONE).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _sum_up(group: Group) -> tuple[object, ...]:
    times = [(each.came, each.median, each.p95) for each in (group.first, group.next)]
    return (*times, group.judged, group.within, group.unanswered)


async def test_the_pages_show_the_same(month: Month) -> None:
    """What is read on the pages themselves, over all weeks and compared by each thing."""
    async with open_office(month.folder) as office:
        office.clock.ahead += UNTIL - office.clock.now()
        client = await office.worker("manager")
        span_of_all = {"span": "own", "since": SINCE.isoformat(), "until": LAST.isoformat()}

        async def read(path: str, **more: str) -> str:
            answer = await client.get(
                path, params={**span_of_all, **more}, headers={"Accept": "text/html"}
            )
            assert answer.status_code == 200
            return answer.text

        for by in ("source", "channel", "language", "edition", "week"):
            steps, groups = read_tables(await read("/funnel", by=by))[:2]
            _check_steps(month, steps)
            wanted = [_compared(members) for members in split(month, by).values()]
            assert sorted(row[1:] for row in groups) == sorted(wanted), by
        _check_quality(month, await read("/quality"))
        asked = read_tables(await read("/funnel/questions"))[0]
    tallies = count_questions(month.talks)
    assert sorted(row[2:] for row in asked) == sorted(_asked(each) for each in tallies.values())


async def test_every_page_of_a_busy_office_is_light(month: Month) -> None:
    async with open_office(month.folder) as office:
        office.clock.ahead += UNTIL - office.clock.now()
        weights = await weigh(office, month.talks)
    assert len(weights) > 50
    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ >= LIGHT} == {}


def _check_steps(month: Month, rows: Rows) -> None:
    counts, both = recount.count_steps(month.courses), recount.count_both(month.courses)
    ends, medians = recount.count_ends(month.courses), recount.find_medians(month.courses)
    for step, row in zip(recount.JOURNEY, rows, strict=True):
        place = recount.JOURNEY.index(step)
        before = counts[recount.JOURNEY[place - 1]] if place else 0
        assert row[2:] == [
            str(counts[step]),
            percent(counts[step], TALKS),
            percent(both[step], before) if place else "",
            str(ends[step] or ""),
            span(medians[step]) if place else "",
        ], step


def _compared(members: list[Course]) -> list[str]:
    counts = recount.count_steps(members)
    steps = recount.JOURNEY[1 : recount.JOURNEY.index("claimed") + 1]
    return [str(len(members)), *(percent(counts[step], len(members)) for step in steps)]


def _check_quality(month: Month, page: str) -> None:
    for name, (part, whole) in recount.count_quality(month.courses).items():
        tile = read_tile(page, name)
        assert f"{part} of {whole}" in words_of(tile), name
        weeks = {row[0]: row[1:] for row in read_tables(tile)[0]}
        for monday, members in split(month, "week").items():
            some, all_ = recount.count_quality(members).get(name, (0, 0))
            assert weeks[monday][1] == str(all_), (name, monday)
            assert weeks[monday][0] == (_share(some, all_) if all_ else "–"), (name, monday)
    for name, start, end in (
        ("first_answer", "answered", "first_answer"),
        ("human", "escalated", "human_reply"),
    ):
        p50, p95, count = recount.spread(recount.find_spans(month.courses, start, end))
        tile = words_of(read_tile(page, name))
        assert f"{span(p50)} 95 of 100 within {span(p95)}, out of {count}" in tile, name
    stars = [course.stars for course in month.courses if course.stars]
    mean = f"{statistics.mean(stars):.1f} {len(stars)} rating"
    assert mean in words_of(read_tile(page, "satisfaction"))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if 0 < 100 * part < whole else percent(part, whole)


def _asked(tally: Tally) -> list[str]:
    asked = sum(tally.ends.values())
    ends = [f"{n} {percent(n, asked)}" if n else "" for n in tally.ends.values()]
    took = span(tally.median) if tally.ends["answered"] else ""
    return [str(asked), *ends, str(tally.again or ""), took]
