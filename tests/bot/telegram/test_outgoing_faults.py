"""What Telegram refuses, cuts and delays on the way out: at most one repeat, and it is flagged."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.telegram.border import Busy, FilePost, Post, Refused, Target, TelegramError
from bot.telegram.pace import Limits, Rate
from bot.web.deps import read_clock
from dialogs.types import Reply
from tests.bot.hall import ANNA, MINUTE, SECOND
from tests.bot.telegram.outgoing import BOT, TOKEN, Station, ann, api, open_station, station
from tests.bot_api.faults import Fault
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi

__all__ = ["ann", "api", "station"]

HOUR = 60 * MINUTE


def line(text: str) -> Reply:
    return Reply(key="said", text=text)


def heard(station: Station, person: Person) -> list[str]:
    return [message.text for message in station.shown(person)]


async def test_429_stops_its_own_chat_alone(station: Station, ann: Person) -> None:
    bob = station.api.add_person(101, "Bob")
    one, two = [await station.enter(each, greeted=False) for each in (ann, bob)]
    station.api.script(BOT, "sendMessage", Fault.flood(7))
    await station.tell(one, line("a"))
    await station.put(one, line("b"))
    await station.tell(two, line("c"))
    assert (heard(station, ann), heard(station, bob)) == ([], ["c"])
    await station.later(6 * SECOND)
    assert heard(station, ann) == []
    await station.later(SECOND)
    assert heard(station, ann) == ["a", "b"]
    assert [(d.state, d.repeated) for d in station.sends(one)] == [("sent", False)] * 2


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_a_server_error_is_tried_again(station: Station, ann: Person, code: int) -> None:
    talk = await station.enter(ann, greeted=False)
    station.api.script(BOT, "sendMessage", *[Fault.status(code)] * 3)
    await station.tell(talk, line("a"))
    for _ in range(3):
        assert heard(station, ann) == []
        await station.later(5 * SECOND)
    assert heard(station, ann) == ["a"]
    assert [(d.state, d.repeated) for d in station.sends(talk)] == [("sent", False)]


async def test_nobody_at_home_is_no_repeat(station: Station, ann: Person, api: BotApi) -> None:
    talk = await station.enter(ann, greeted=False)
    port = int(api.url.rpartition(":")[2])
    await api.stop()
    await station.tell(talk, line("a"))
    assert [(d.state, d.repeated) for d in station.sends(talk)] == [("queued", False)]
    await api.start(port)
    await station.later(5 * SECOND)
    assert heard(station, ann) == ["a"]
    assert [(d.state, d.repeated) for d in station.sends(talk)] == [("sent", False)]


async def test_a_long_outage_loses_nothing(station: Station, ann: Person, api: BotApi) -> None:
    talk = await station.enter(ann, greeted=False)
    port = int(api.url.rpartition(":")[2])
    await api.stop()
    await station.tell(talk, line("a"))
    for _ in range(72):
        await station.later(5 * MINUTE)
    assert [(d.state, d.repeated) for d in station.sends(talk)] == [("queued", False)]
    await api.start(port)
    await station.later(5 * MINUTE)
    assert heard(station, ann) == ["a"]


@pytest.mark.parametrize(
    ("fault", "copies"), [(Fault.cut_before(), 1), (Fault.cut_after(), 2)], ids=["before", "after"]
)
async def test_a_cut_connection_leads_to_one_flagged_repeat(
    station: Station, ann: Person, fault: Fault, copies: int
) -> None:
    talk = await station.enter(ann, greeted=False)
    station.api.script(BOT, "sendMessage", fault)
    await station.tell(talk, line("a"))
    await station.tell(talk, line("b"))
    await station.later(MINUTE)
    assert heard(station, ann) == ["a"] * copies + ["b"]
    assert [(d.state, d.repeated) for d in station.sends(talk)] == [("sent", True), ("sent", False)]


async def test_cut_twice_it_has_failed_and_the_next_goes_on(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    station.api.script(BOT, "sendMessage", Fault.cut_after(), Fault.cut_after())
    await station.tell(talk, line("a"))
    await station.put(talk, line("b"))
    await station.later(MINUTE)
    assert heard(station, ann) == ["a", "a", "b"]
    first, second = station.sends(talk)
    assert (first.state, first.error, second.state) == ("failed", "uncertain", "sent")


async def test_who_blocked_the_bot_is_seen_as_such(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    ann.block(BOT)
    await station.tell(talk, line("a"))
    assert [(d.state, d.error) for d in station.sends(talk)] == [("failed", "blocked")]
    ann.unblock(BOT)
    await station.tell(talk, line("b"))
    assert heard(station, ann) == ["b"]


async def test_a_chat_that_nobody_started_is_no_fault(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    station.chat(ann).started = False
    await station.tell(talk, line("a"))
    assert station.sends(talk)[0].state == "failed"


async def test_only_the_part_that_was_cut_is_repeated(station: Station, ann: Person) -> None:
    talk = await station.enter(ann, greeted=False)
    parts = ["a" * 4_000, "b" * 4_000, "c" * 100]
    station.api.script(BOT, "sendMessage", Fault.none(), Fault.cut_after())
    await station.tell(talk, line("\n\n".join(parts)))
    await station.later(MINUTE)
    assert heard(station, ann) == [parts[0], parts[1], parts[1], parts[2]]


async def test_after_a_crash_it_goes_on_with_the_next_part(
    ann: Person, api: BotApi, tmp_path: Path
) -> None:
    parts = ["a" * 4_000, "b" * 4_000]
    async with open_station(tmp_path, api) as before:
        talk = await before.enter(ann, greeted=False)
        api.script(BOT, "sendMessage", Fault.none(), Fault.status(500))
        await before.tell(talk, line("\n\n".join(parts)))
        await before.db.write(lambda tx: tx.run("UPDATE delivery SET state = 'sending'"))
    async with open_station(tmp_path, api) as after:
        await after.hall.core.outbox.recover()
        await after.later(MINUTE)
        assert heard(after, ann) == parts
        assert [(d.state, d.repeated) for d in after.sends(talk)] == [("sent", True)]


async def test_a_claim_between_two_parts_ends_the_bots_words(station: Station, ann: Person) -> None:
    """What a part of has gone out counts as said; nothing of the bot's follows."""
    talk = await station.enter(ann, greeted=False)
    station.api.script(BOT, "sendMessage", Fault.none(), Fault.flood(30))
    await station.tell(talk, line("a" * 4_000 + "\n\n" + "b" * 4_000))
    await station.put(talk, line("c"))
    assert (await station.hall.core.desk.claim(ANNA, talk)).won
    await station.later(HOUR)
    assert len(heard(station, ann)) == 2
    assert heard(station, ann)[0] == "a" * 4_000
    states = {d.seq: d.state for d in station.sends(talk)}
    assert list(states.values()) == ["withdrawn", "withdrawn", "sent"]


async def test_nothing_says_the_token(
    station: Station, ann: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    client, to = station.client, Target(chat=ann.id)
    ann.start(BOT)
    wrong: list[TelegramError] = []
    for fault in (Fault.cut_before(), Fault.cut_after(), Fault.status(502), Fault.flood(1)):
        station.api.script(BOT, "sendMessage", fault)
        with pytest.raises(TelegramError) as caught:
            await client.send(to, Post(text="x"))
        wrong.append(caught.value)
    with pytest.raises(Refused) as refused:
        await client.send_file(to, FilePost(name="x", path=Path("/no/such/file")))
    station.api.script(BOT, "getUpdates", Fault.cut_before())
    with pytest.raises(Busy) as cut:
        await client.fetch(0, 1)
    with pytest.raises(TelegramError) as gone:
        _ = [piece async for piece in client.download("nothing")]
    for error in (*wrong, refused.value, cut.value, gone.value):
        assert error.__context__ is None
        assert TOKEN.partition(":")[2] not in repr(error)
    shown = capfd.readouterr()
    assert TOKEN.partition(":")[2] not in shown.out + shown.err


async def test_a_hundred_chats_at_once_each_in_order(api: BotApi, tmp_path: Path) -> None:
    api.limits.rates = True
    api.limits.overall_messages = 300  # ten times as fast as Telegram, as is our own pace
    api.limits.private_per_second, api.limits.private_burst = 10.0, 3
    pace = Limits(overall=Rate(every=4, burst=5), chat=Rate(every=100, burst=3))
    async with open_station(tmp_path, api, now=read_clock, limits=pace) as station:
        people = [api.add_person(1_000 + n, f"P{n}") for n in range(100)]
        talks = [await station.enter(each, greeted=False) for each in people]
        for n in range(5):
            for talk in talks:
                await station.put(talk, line(f"line {n}"))
        began = time.monotonic()
        wanted = [f"line {n}" for n in range(5)]
        while any(heard(station, each) != wanted for each in people):
            assert time.monotonic() - began < 60, "some were never sent"
            await station.work()
            await api.until(lambda: True)
        assert all(d.state == "sent" for talk in talks for d in station.sends(talk))
        assert not any(d.repeated for talk in talks for d in station.sends(talk))
