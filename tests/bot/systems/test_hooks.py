"""Webhooks against a real receiver that fails, delays, repeats and lies: nothing is lost, nothing
comes twice unmarked, the order of a lead holds, and nothing goes where it must not."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bot.erasing import Eraser
from bot.systems.address import Destination, is_public
from bot.systems.connections import Connections, NewHook, NotConnectedError
from bot.systems.hooks import EVENTS, find_events
from bot.systems.sender import HookSender, Pace
from dialogs.types import Known, State
from storage import hooks
from storage.hooks import Told
from storage.statements import ID_MAX
from tests.bot.office import Office, open_office
from tests.bot.systems.receiver import Got, Receiver, receiving

QUICK = Pace(waits=(0,), tries=6, seconds=2.0, connect_seconds=1.0)
LOOPBACK = "127.0.0.1"
# What the receiver does, see there: these count as taken, those do not.
TAKEN = ("ok", "twice", "huge")
BROKEN = ("fail", "redirect", "lie", "drop", "gone", "slow", "drip", "hints")


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("hooked")
    async with open_office(folder, webhook_hosts=(LOOPBACK,)) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest_asyncio.fixture
async def hook(office: Office, receiver: Receiver) -> AsyncIterator[tuple[int, str]]:
    """A webhook that may know all, with its secret; it is taken out afterwards."""
    made = await door(office).add_hook(1, NewHook(url=receiver.url, events=EVENTS, personal=True))
    yield made
    if office.db.peek(lambda tx: hooks.get_hook(tx, made[0])) is not None:
        await door(office).remove(1, made[0])


def door(office: Office) -> Connections:
    destination = Destination(office.deps.settings.webhook_hosts)
    return Connections(office.db, office.clock.now, office.deps.secret, destination)


async def send(office: Office, pace: Pace = QUICK) -> None:
    """Send all that is due, and what follows from it."""
    sender = HookSender(office.core.house, office.deps.secret, pace)
    await sender.recover()
    await asyncio.wait_for(sender.drain(), 60)


def log(office: Office, hook: int) -> list[Told]:
    return office.db.peek(lambda tx: hooks.log(tx, hook, ID_MAX, 100))[::-1]


def of_lead(receiver: Receiver, lead: str) -> list[Got]:
    return [got for got in receiver.got if got.said["lead"] == lead]


async def test_a_lead_is_told_from_its_first_fact_to_its_end(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    client = await office.worker("presales", display_name="Mara")
    lead = await office.open_talk()
    await office.say(lead, "hello", "small_talk")
    await send(office)
    assert of_lead(receiver, lead) == []
    await office.say(lead, "I am Ana, ana@zirkon.example", slots={"email": "ana@zirkon.example"})
    await office.say(lead, "We sit in Graz", slots={"city": "Graz"})
    await office.say(lead, "A person please", "talk_to_human")
    assert (await client.post(f"/inbox/{lead}/claim")).status_code < 400
    assert (await client.post(f"/inbox/{lead}/close", data={"reason": "won"})).status_code < 400
    await send(office)
    told = of_lead(receiver, lead)
    assert [got.event for got in told] == [
        "lead.created", "lead.changed", "lead.escalated", "lead.changed", "lead.closed",
    ]  # fmt: skip
    assert [got.number for got in told] == [1, 2, 3, 4, 5]
    assert {got.attempt for got in told} == {1}
    last = told[-1].said
    assert (last["event"], last["number"], last["id"]) == ("lead.closed", 5, told[-1].id)
    assert str(last["url"]).endswith(f"/inbox/{lead}")
    data = last["data"]
    assert isinstance(data, dict)
    assert data["facts"]["email"]["value"] == "ana@zirkon.example"
    assert (data["owner"], data["close_reason"], data["staff"]) == ("closed", "won", "Mara")


async def test_the_signature_fits_the_body_and_the_secret(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    await office.escalate(city="Graz")
    await send(office)
    got = receiver.got[0]
    said = got.headers["firstline-timestamp"].encode() + b"." + got.body
    expected = "v1=" + hmac.new(hook[1].encode(), said, hashlib.sha256).hexdigest()
    assert got.headers["firstline-signature"] == expected
    stored = office.db.peek(lambda tx: hooks.get_hook(tx, hook[0]))
    assert stored is not None
    assert stored.secret not in hook[1]
    assert hook[1] not in Path(office.db.path).read_bytes().decode("latin-1")


@pytest.mark.parametrize(
    ("how", "error", "status"),
    [
        ("fail", "status", 500),
        ("redirect", "redirect", 307),
        ("lie", "cut", 0),
        ("drop", "cut", 0),
        ("gone", "cut", 0),
        ("slow", "timeout", 0),
        ("drip", "timeout", 0),
        ("hints", "timeout", 0),
    ],
)
async def test_what_goes_wrong_is_sent_again_under_its_id(
    office: Office, receiver: Receiver, hook: tuple[int, str], how: str, error: str, status: int
) -> None:
    receiver.script = [how, how]
    lead = await office.escalate(city="Graz")
    await send(office, Pace(waits=(3_600_000,), tries=6, seconds=0.5))
    (first, *waiting) = [told for told in log(office, hook[0]) if told.lead == lead]
    assert (first.state, first.error, first.status) == ("queued", error, status)
    assert {told.attempts for told in waiting} == {0}, "the next one waits for the one before"
    office.clock.ahead += 3_600_001
    await send(office)
    told = of_lead(receiver, lead)
    assert [got.attempt for got in told if got.id == first.id] == [1, 2, 3]
    assert len({got.body for got in told if got.id == first.id}) == 1
    assert [got.number for got in told] == sorted(got.number for got in told)
    assert {row.state for row in log(office, hook[0])} == {"sent"}


async def test_an_answer_without_end_costs_nothing(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    receiver.script = ["huge"]
    await office.escalate(city="Graz")
    await send(office)
    assert {row.state for row in log(office, hook[0])} == {"sent"}


async def test_a_second_answer_is_none_to_another_delivery(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    receiver.script = ["twice", "fail", "twice"]
    lead = await office.escalate(city="Graz")
    await send(office)
    told = [(got.number, got.attempt, got.how) for got in of_lead(receiver, lead)]
    assert told == [(1, 1, "twice"), (2, 1, "fail"), (2, 2, "twice")]
    assert {row.state for row in log(office, hook[0])} == {"sent"}


async def test_whatever_it_does_nothing_is_lost_and_nothing_comes_twice_unmarked(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    """Every misbehaviour in any order, and deliveries that were claimed and never sent."""
    chance = random.Random(20_261_122)
    receiver.script = chance.choices((*TAKEN, *BROKEN), k=80)
    leads = [await office.open_talk() for _ in range(8)]
    for round_ in range(4):
        for lead in chance.sample(leads, len(leads)):
            await office.say(lead, f"{round_} {lead}", slots={"city": f"Graz {round_}"})
        now = office.clock.now()
        await office.db.write(lambda tx: hooks.claim_due(tx, now, 3, frozenset()))  # noqa: B023
        await send(office, Pace(waits=(0,), tries=1_000, seconds=0.3))
    assert not receiver.script, "all of it was tried"
    rows = log(office, hook[0])
    assert {row.state for row in rows} == {"sent"}
    for lead in leads:
        got = of_lead(receiver, lead)
        assert [each.number for each in got] == sorted(each.number for each in got)
        assert {each.number for each in got} == {1, 2, 3, 4}, "nothing is lost"
    for row in rows:
        tries = [each for each in receiver.got if each.id == row.id]
        marks = [each.attempt for each in tries]
        assert marks == sorted(set(marks)), "each repeat is told as one"
        assert len({each.body for each in tries}) == 1
        assert [each.how in TAKEN for each in tries] == [False] * (len(tries) - 1) + [True]


async def test_a_day_in_vain_fails_visibly_and_the_next_goes_on(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    receiver.script = ["fail"] * QUICK.tries
    lead = await office.escalate(city="Graz")
    await send(office)
    first, second, *_ = [told for told in log(office, hook[0]) if told.lead == lead]
    assert (first.state, first.attempts, first.error) == ("failed", QUICK.tries, "status")
    assert second.state == "sent"
    waits = Pace().waits
    day = sum(waits) + (Pace().tries - 1 - len(waits)) * waits[-1]
    assert 23.5 <= day / 3_600_000 <= 24.5
    owner = await office.worker("owner")
    page = (await owner.get(f"/connections/webhooks/{hook[0]}")).text
    assert "failed" in page
    answer = await owner.post(
        f"/connections/webhooks/{hook[0]}", data={"act": "redo", "of": str(first.id)}
    )
    assert answer.status_code == 303
    await send(office)
    again = [got for got in receiver.got if got.id == first.id]
    assert again[-1].attempt == QUICK.tries + 1, "a repeat is told as one"
    assert again[-1].body == again[0].body
    assert log(office, hook[0])[0].state == "sent"


async def test_the_order_holds_for_a_lead_and_leads_do_not_wait_for_each_other(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    receiver.script = ["slow"]
    slow, quick = await office.open_talk(), await office.open_talk()
    for number in range(5):
        await office.say(slow, f"slow {number}", slots={"city": f"Graz {number}"})
    for number in range(5):
        await office.say(quick, f"quick {number}", slots={"city": f"Linz {number}"})
    await send(office)
    assert [got.number for got in of_lead(receiver, slow) if got.how == "ok"] == [1, 2, 3, 4, 5]
    assert [got.number for got in of_lead(receiver, quick)] == [1, 2, 3, 4, 5]
    order = [got.said["lead"] for got in receiver.got]
    assert order.index(quick) < len(order) - 1 - order[::-1].index(slow)


async def test_what_a_crash_leaves_half_sent_comes_again_marked(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    lead = await office.escalate(city="Graz")
    now = office.clock.now()
    claimed = await office.db.write(lambda tx: hooks.claim_due(tx, now, 1, frozenset()))
    assert [told.lead for told in claimed] == [lead]
    await send(office)  # as after a restart
    assert [got.attempt for got in receiver.got if got.id == claimed[0].id] == [2]
    assert [got.number for got in of_lead(receiver, lead)] == [1, 2]


async def test_a_pause_keeps_what_happens(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    before = await office.escalate(city="Graz")
    await door(office).pause(1, hook[0])
    meanwhile = await office.escalate(city="Linz")
    await send(office)
    assert receiver.got == []
    await door(office).resume(1, hook[0])
    await send(office)
    assert {got.said["lead"] for got in receiver.got} == {before, meanwhile}


async def test_a_test_is_about_nobody(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    owner = await office.worker("owner")
    answer = await owner.post(f"/connections/webhooks/{hook[0]}", data={"act": "test"})
    assert answer.status_code == 303
    await send(office)
    (got,) = receiver.got
    assert (got.event, got.said["lead"], got.said["data"]) == ("test", "", {"test": True})


async def test_without_the_right_nobody_is_named(office: Office, receiver: Receiver) -> None:
    new = NewHook(url=receiver.url, events=("lead.changed",), personal=False)
    number, _ = await door(office).add_hook(1, new)
    lead = await office.open_talk()
    await office.say(lead, "Graz", slots={"city": "Graz"})
    mine = {"name": "Ana Zirkon", "email": "ana@zirkon.example", "phone": "+43 660 1234567"}
    await office.say(lead, "ana", slots={**mine, "need": "call Ana Zirkon on 0660 1234567"})
    await send(office)
    (got,) = receiver.got
    assert got.event == "lead.changed"
    for secret in ("Zirkon", "zirkon.example", "1234567"):
        assert secret not in got.body.decode()
    data = got.said["data"]
    assert isinstance(data, dict)
    assert data["facts"]["name"] == {"value": None, "status": "stated", "message": 4}
    await door(office).remove(1, number)


async def test_an_erased_lead_is_told_by_its_id_alone(
    office: Office, receiver: Receiver, hook: tuple[int, str]
) -> None:
    told = await office.escalate(city="Zirkonstadt")
    await send(office)
    untold = await office.escalate(city="Zirkonstadt")
    eraser = Eraser(office.deps, office.core.uploads, office.core.overlay)
    for lead in (told, untold):
        await eraser.erase(lead, 1)
    await send(office)
    assert of_lead(receiver, untold) == [], "who was told nothing need not know"
    last = of_lead(receiver, told)[-1]
    assert last.event == "lead.erased"
    assert set(last.said) == {"id", "event", "lead", "number", "at", "url", "data"}
    assert (last.said["data"], last.said["url"], last.number) == (None, "", 3)
    left = [row for row in log(office, hook[0]) if row.lead == told]
    assert [row.event for row in left] == ["lead.erased"]


async def test_nothing_of_it_is_written_without_a_webhook(office: Office) -> None:
    await office.escalate(city="Graz")
    assert office.db.peek(lambda tx: tx.one("SELECT count(*) FROM hook_delivery")) == (0,)


# --- where it may go -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://crm.example/leads", ""),
        ("https://crm.example:8443/leads?key=1", ""),
        ("http://crm.example/leads", "scheme"),
        ("https://127.0.0.1/", "private"),
        ("https://10.0.0.5/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://[64:ff9b::a00:1]/", "private"),
        ("https://localhost/", "private"),
        ("https://db.internal/", "private"),
        ("https://localhost./", "private"),
        ("https://127.1/", "private"),
        ("https://0x7f.1/", "private"),
        ("https://2130706433/", "private"),
        ("https://user:word@crm.example/", "scheme"),
        ("ftp://crm.example/", "scheme"),
        ("https://crm.example:99999/", "url"),
        ("https://", "url"),
        ("javascript:alert(1)", "url"),
        ("http://crm.lan/hook", ""),
        ("http://10.9.9.9:8443/", ""),
        ("http://10.9.9.9:8444/", "scheme"),
        ("https://10.9.9.9:8444/", "private"),
    ],
)
def test_which_addresses_are_taken(url: str, problem: str) -> None:
    assert Destination(("crm.lan", "10.9.9.9:8443")).find_problem(url) == problem


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("fe80::1", False),
        ("fc00::1", False), ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False), ("::", False),
    ],
)  # fmt: skip
def test_which_addresses_everybody_can_reach(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f.1", "2130706433"])
async def test_a_name_that_leads_inside_reaches_nobody(
    office: Office, receiver: Receiver, host: str
) -> None:
    """As when the name led elsewhere on the day on which it was entered."""
    new = hooks.Hook(0, f"https://{host}:{receiver.port}/", "x", "lead.created", True, 1, 1, 0)
    number = await office.db.write(lambda tx: hooks.add_hook(tx, new))
    await office.escalate(city="Graz")
    strict = msgspec.structs.replace(QUICK, tries=1)
    house = office.core.house
    sender = HookSender(house, office.deps.secret, strict)
    sender._destination = Destination(())  # the settings of this office allow loopback
    await sender.drain()
    assert receiver.got == []
    assert {(row.state, row.error) for row in log(office, number)} == {("failed", "address")}
    await door(office).remove(1, number)


async def test_what_cannot_be_is_refused(office: Office) -> None:
    for url, events, reason in (
        ("https://10.0.0.1/", EVENTS, "private"),
        ("https://crm.example/", (), "events"),
        ("https://crm.example/", ("lead.eaten",), "events"),
    ):
        with pytest.raises(NotConnectedError) as refused:
            await door(office).add_hook(1, NewHook(url=url, events=events, personal=False))
        assert refused.value.reason == reason


# --- what is an event ----------------------------------------------------------------------------


def test_which_steps_are_events() -> None:
    nothing = State(greeted=True)
    known = State(profile={"city": Known(value="Graz", status="stated")})
    escalated = msgspec.structs.replace(known, reason="qualified", reasons=("qualified",))
    closed = msgspec.structs.replace(escalated, owner="closed")
    assert find_events(nothing, msgspec.structs.replace(nothing, turns=1)) == ()
    assert find_events(nothing, known) == ("lead.created",)
    assert find_events(known, msgspec.structs.replace(known, turns=3)) == ()
    assert find_events(known, escalated) == ("lead.escalated",)
    assert find_events(nothing, escalated) == ("lead.created", "lead.escalated")
    assert find_events(escalated, closed) == ("lead.closed",)
    again = msgspec.structs.replace(closed, owner="waiting")
    assert find_events(closed, again) == ("lead.changed",)
