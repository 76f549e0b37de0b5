"""Every figure equals a recount in plain Python over the messages and states of played talks."""

from __future__ import annotations

import sqlite3
import statistics
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bot import records
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from bot.talks.files import find_talks, read_talk
from bot.talks.player import BEGIN, Clock, play_with
from bot.talks.prospect import Visitor
from bot.turns import figures_rebuild
from dialogs.hours import DAY
from dialogs.types import Past, Reply, State
from storage import conversations, courses, moments, quality, questions_asked, reading
from storage.conditions import JOURNEY
from storage.conversations import MILESTONES
from storage.db import Database, Tx
from storage.migrate import migrate
from storage.reading import Filter

FOLDER = Path(__file__).parents[2] / "dialogs" / "demo" / "talks"
EVERY = 7  # of the demo's talks
BETWEEN = 1_800_000  # ms from one talk to the next
# Steps whose first time a message shows.
SHOWN = (
    "answered", "first_answer", "buyer", "organisation", "contact", "requirement", "price",
    "claimed", "human_reply",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A conversation as plainly as it is stored."""

    id: str
    channel: str
    language: str
    outcome: str
    opened: int
    state: State
    messages: list[tuple[int, str, int, Reply]]  # seq, author, ms, what we said


@dataclass
class Month:
    db: Database
    talks: list[Told]
    now: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def month(mind: Mind, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Month]:
    """Many talks, one after the other, in one house."""
    folder = tmp_path_factory.mktemp("month")
    settings = replace(
        Settings(), data_dir=str(folder), database_url="", messages_per_minute=100_000
    )
    migrate(settings.database)
    clock = Clock(BEGIN)
    db = Database.open(settings.database, durable=False)
    house = House(settings=settings, db=db, live=Live(), metrics=Metrics(), now=clock)
    paths = find_talks(FOLDER)
    with_staff = [path for path in paths if "desk" in path.stem][:3]
    for path in sorted({*paths[::EVERY], *with_staff}):
        await play_with(Visitor(house, mind), clock, read_talk(path, mind.pack), path.parent)
        clock.at += BETWEEN
    yield Month(db, _tell(db), clock.at)
    await db.close()


def _tell(db: Database) -> list[Told]:
    found = []
    with closing(sqlite3.connect(db.path)) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM conversation")]
    for each in ids:
        row = db.peek(partial(conversations.load, conversation=each))
        assert row is not None
        if row.erased:
            continue
        said = db.peek(
            partial(reading.messages_after, conversation=each, seq=0, internal=True, limit=9_999)
        )
        messages = [
            (
                message.seq,
                message.author,
                message.at,
                records.read_reply(message.body if message.author != "prospect" else b"", ""),
            )
            for message in said
        ]
        state = records.read_state(row.state)
        told = (row.channel, row.language, row.outcome, row.created_at)
        found.append(Told(row.id, *told, state, messages))
    return found


# --- the recount ---------------------------------------------------------------------------------


def recount_times(talk: Told) -> dict[str, int]:
    """When each step of SHOWN was first reached, in ms."""
    found: dict[str, int] = {}
    for seq, author, at, reply in talk.messages:
        ours = author in ("bot", "event")
        signs = {
            "answered": author == "prospect",
            "first_answer": ours
            and (
                any(each.kind == "source" for each in reply.attachments)
                or (bool(reply.amounts) and reply.key.startswith("price."))
            ),
            "price": ours and bool(reply.amounts),
            "claimed": reply.key == "desk.joined" or author == "staff",
            "human_reply": author == "staff",
        }
        if author == "prospect":
            known = _known_after(talk.state, seq)
            signs |= {topic: _learned(topic, known) for topic in JOURNEY[3:7]}
        for name, holds in signs.items():
            if holds:
                found.setdefault(name, at)
    return found


def _known_after(state: State, seq: int) -> dict[str, object]:
    """The value of each slot after a message, from all that was ever known of it."""
    known: dict[str, object] = {}
    for slot in {*state.profile, *state.former}:
        now = state.profile.get(slot)
        pasts = list(state.former.get(slot, ()))
        if now is not None:
            last = Past(value=now.value, status=now.status, quote=now.quote, message=now.message)
            pasts += [*now.history, last]
        for past in pasts:
            if past.message <= seq:
                known[slot] = past.value
    return known


def _learned(topic: str, known: dict[str, object]) -> bool:
    has = {slot for slot, value in known.items() if value is not None}
    if topic == "buyer":
        return "buyer_type" in has
    if topic == "requirement":
        return "written_requirement" in has
    one_person = known.get("buyer_type") == "individual"
    if topic == "contact":
        return not one_person and bool(has & {"department", "authority"})
    if one_person:
        return {"city", "own_servers"} <= has
    return "ownership" in has and len(has & {"headcount", "own_servers", "city"}) >= 2


def recount_questions(talk: Told) -> list[tuple[int, str, int, int]]:
    """Number, slot, times and time of every question put; asked again in a row it is the same."""
    found: list[tuple[int, str, int, int]] = []
    last = 0
    for _, author, at, reply in talk.messages:
        if author not in ("bot", "event") or reply.question <= last:
            continue
        last = reply.question
        found.append((reply.question, reply.asks, 1, at))
    return found


# --- what is compared ----------------------------------------------------------------------------


@pytest.mark.asyncio(loop_scope="module")
async def test_steps_are_those_of_the_messages(month: Month) -> None:
    assert len(month.talks) >= 30
    seen: Counter[str] = Counter()
    for talk in month.talks:
        row = month.db.peek(partial(conversations.load, conversation=talk.id))
        assert row is not None
        recorded = {
            name: row.created_at + 1_000 * seconds
            for name, seconds in moments.after(row.moments).items()
        }
        told = recount_times(talk)
        shown = {name: at for name, at in recorded.items() if name in SHOWN}
        assert {name: (at - talk.opened) // 1_000 for name, at in told.items()} == {
            name: (at - talk.opened) // 1_000 for name, at in shown.items()
        }, talk.id
        seen.update(recorded)
    assert set(SHOWN) <= set(seen)
    assert set(seen) <= set(MILESTONES)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_funnel_is_that_of_a_recount(month: Month) -> None:
    wanted = Filter(since=BEGIN)
    bits = (await month.db.read(lambda at: courses.count_bits(at, wanted)))[""]
    medians = await month.db.read(lambda at: courses.median_times(at, wanted))
    times = [recount_times(talk) for talk in month.talks]
    erased = courses.count_reached(bits, "opened") - len(month.talks)
    assert erased >= 0
    for step in SHOWN:
        pairs = zip(month.talks, times, strict=True)
        told = [(each[step] - talk.opened) // 1_000 for talk, each in pairs if step in each]
        assert len(told) <= courses.count_reached(bits, step) <= len(told) + erased
        if not erased:
            assert medians[step] == statistics.median(told)
    both = sum({"buyer", "price"} <= set(found) for found in times)
    assert both <= courses.count_reached(bits, "buyer", "price") <= both + erased


@pytest.mark.asyncio(loop_scope="module")
async def test_a_comparison_adds_up(month: Month) -> None:
    for by, told in (("language", "language"), ("channel", "channel")):
        found = await month.db.read(partial(courses.count_bits, wanted=Filter(since=BEGIN), by=by))
        counted = {name: courses.count_reached(bits, "opened") for name, bits in found.items()}
        plain = Counter(getattr(talk, told) for talk in month.talks)
        assert sum(counted.values()) >= sum(plain.values())
        assert all(counted[name] >= count for name, count in plain.items())


@pytest.mark.asyncio(loop_scope="module")
async def test_questions_are_those_of_the_messages(month: Month) -> None:
    rows = await month.db.read(
        lambda at: courses.count_questions(at, Filter(since=BEGIN), month.now - DAY)
    )
    asked: dict[str, int] = defaultdict(int)
    for talk in month.talks:
        recorded = month.db.peek(partial(questions_asked.of, conversation=talk.id))
        put = recount_questions(talk)
        assert sum(row.times for row in recorded) == len(put), talk.id
        numbers = {number: (slot, at) for number, slot, _, at in put}
        for row in recorded:
            assert numbers[row.number] == (row.slot, row.asked_at)
            asked[row.slot] += 1
            known = talk.state.profile.get(row.slot)
            if row.ended == "answered" and known is not None and row.slot != "start":
                assert known.value is not None or known.history
            if row.ended:
                assert row.ended_at >= row.asked_at
    assert {line.slot: line.asked for line in rows} == dict(asked)
    for line in rows:
        ends = (line.answered, line.refused, line.skipped, line.unknown, line.passed)
        assert sum(ends) + line.silent + line.open == line.asked


@pytest.mark.asyncio(loop_scope="module")
async def test_quality_is_that_of_a_recount(month: Month) -> None:
    wanted = Filter(since=BEGIN)
    loaded = await month.db.read(lambda at: quality.load(at, wanted))
    found = quality.judge(loaded, month.now)
    times = [recount_times(talk) for talk in month.talks]
    over = [
        (talk, told)
        for talk, told in zip(month.talks, times, strict=True)
        if "answered" in told and talk.outcome not in ("open", "quarantined")
    ]
    alone = [
        talk for talk, told in over
        if talk.outcome != "silent" and "claimed" not in told and not talk.state.reasons
    ]  # fmt: skip
    contained = await month.db.read(lambda at: quality.talks_behind(loaded, "contained", month.now))
    erased = set(contained) - {talk.id for talk in month.talks}
    assert set(contained) - erased == {talk.id for talk in alone}
    assert found.contained.part == len(contained)
    assert found.silent.part == sum(talk.outcome == "silent" for talk, _ in over)
    assert found.silent.part > 0
    took = [told["first_answer"] - told["answered"] for told in times if "first_answer" in told]
    assert found.first_answer.p50 == statistics.median(each // 1_000 for each in took)
    behind = await month.db.read(lambda at: quality.talks_behind(loaded, "silent", month.now))
    assert set(behind) == {talk.id for talk, _ in over if talk.outcome == "silent"}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_rebuild_tells_the_same(month: Month) -> None:
    """From messages and states alone: facts, questions, and the steps that messages show."""
    tables = (
        "SELECT * FROM fact WHERE slot != 'segment' ORDER BY 1, 2, 3",
        # Messages do not show whether a question was put aside before it was put again.
        "SELECT conversation, slot, sum(times), min(asked_at) FROM question_asked GROUP BY 1, 2"
        " ORDER BY 1, 2",
    )

    def look() -> list[list[tuple[object, ...]]]:
        with closing(sqlite3.connect(month.db.path)) as connection:
            return [connection.execute(each).fetchall() for each in tables]

    before = look()
    steps = {talk.id: _steps(month, talk.id) for talk in month.talks}
    for statement in ("DELETE FROM fact WHERE slot != 'segment'", "DELETE FROM question_asked",
                      "UPDATE conversation SET moments = x'', milestones = 0"):  # fmt: skip
        await month.db.write(partial(Tx.run, statement=statement))
    for talk in month.talks:
        await month.db.write(partial(figures_rebuild.rebuild, conversation=talk.id))
    facts, questions = look()
    assert [row[:4] for row in facts] == [row[:4] for row in before[0]]
    assert questions == before[1]
    for talk in month.talks:
        again = _steps(month, talk.id)
        for name in SHOWN:
            assert again.get(name) == steps[talk.id].get(name), (talk.id, name)


def _steps(month: Month, talk: str) -> dict[str, int]:
    row = month.db.peek(partial(conversations.load, conversation=talk))
    assert row is not None
    return moments.after(row.moments)
