"""kill -9 of the running product with both bots, at each named step and at any moment.

Nothing that was said is lost, in either direction and on either side; what was on its way comes at
most once more, and then says so; and after a takeover the bot is silent, whatever it had queued.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.faults import STEPS
from tests.bot.hall import demo_texts
from tests.bot.telegram.nursery import Nursery
from tests.bot.telegram.ordeal import DESK, FRONT, NEVER, Ordeal, Talk, open_ordeal
from tests.bot.telegram.truth import Figures, Truth
from tests.bot_api.faults import Fault

CAMPAIGN = bool(os.environ.get("FIRSTLINE_CAMPAIGN"))
KILLS = int(os.environ.get("FIRSTLINE_KILLS") or (200 if CAMPAIGN else 6))
IN_A_ROUND = 10 if CAMPAIGN else 3
AWAY_SECONDS = 4.0
LONGEST = 4_096  # characters of what a person can write

Act = Callable[[Talk], Awaitable[object] | None]

pytestmark = [pytest.mark.slow]

OF_A_TURN = ("after_append", "before_commit", "after_commit", "before_wake", "before_answer")
OF_SENDING = ("after_claim", "before_step", "before_mark")
OF_ARRIVING = ("before_arrival", "after_arrival", "before_done")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


async def endure(ordeal: Ordeal, talk: Talk, fault: str, act: Act, *, rest: bool = True) -> None:
    """Let the server be killed at a step of what the act leads to. Where `rest`, a life without a
    fault follows, until nothing is under way any more."""
    if ordeal.alive:
        ordeal.kill()
    ordeal.begin(fault)
    done = act(talk)
    if inspect.isawaitable(done):
        await done
    await ordeal.await_death()
    if rest:
        ordeal.begin()
        await ordeal.settle()


def report(ordeal: Ordeal) -> Figures:
    figures = Truth(ordeal).check()
    print(json.dumps({"kills": ordeal.kills, **vars(figures)}))
    return figures


def say(text: str) -> Act:
    return lambda talk: talk.say(text)


def send_file(name: str) -> Act:
    return lambda talk: talk.send_file(name)


def write(text: str) -> Act:
    return lambda talk: talk.write(text)


def write_file(name: str) -> Act:
    return lambda talk: talk.write_file(name)


async def test_at_each_step_of_the_prospects_side(tmp_path: Path, nursery: Nursery) -> None:
    async with open_ordeal(tmp_path, nursery) as ordeal:
        talk = ordeal.invite()
        await endure(ordeal, talk, "before_arrival", Talk.start, rest=False)
        for step in (*OF_ARRIVING, *OF_A_TURN):
            await endure(ordeal, talk, step, say(f"Killed at {step}."), rest=False)
        await endure(ordeal, talk, "after_append", send_file("wishes.txt"))
        for step in (*OF_ARRIVING, "before_commit", "before_mark"):
            await endure(ordeal, talk, step, lambda talk: talk.tap(times=3))
        for step in OF_SENDING:
            await endure(ordeal, talk, step, say(f"Killed at {step}."))
        for step in OF_SENDING:
            talk = ordeal.invite()
            talk.start()
            await ordeal.settle()
            await endure(ordeal, talk, step, say("Please send me the brochure."))
            assert any(each.document for each in ordeal.api.chat(talk.pete.id, FRONT).from_bot)
        figures = report(ordeal)
        assert (figures.failed, figures.missing) == (0, 0)


async def test_at_each_step_of_the_desk(tmp_path: Path, nursery: Nursery) -> None:
    async with open_ordeal(tmp_path, nursery) as ordeal:
        # The first post makes the topic, the second is the brief.
        for step in ("before_post:1", "after_post:1", "before_post:2", "after_post:2"):
            talk = ordeal.invite()
            talk.start()
            await endure(ordeal, talk, step, say("/person"))
        await endure(ordeal, talk, "before_done", Talk.take)
        for step in OF_ARRIVING:
            await endure(ordeal, talk, step, write(f"Killed at {step}."))
        await endure(ordeal, talk, "before_done", write("// A note."))
        await endure(ordeal, talk, "before_done", write_file("offer.pdf"))
        for step in OF_SENDING:
            await endure(ordeal, talk, step, write(f"Killed at {step}."))
            await endure(ordeal, talk, step, write_file(f"{step}.pdf"))
        for step in ("before_step:1", "before_step:2", "before_mark:1"):
            # With her name above it, it is one message too long.
            end = f" The end of {step}."
            line = " ".join(f"{step} says {number}." for number in range(LONGEST))
            await endure(ordeal, talk, step, write(line[: LONGEST - len(end)] + end))
        for step in ("before_post:1", "after_post:1"):
            await endure(ordeal, talk, step, say(f"Killed at {step}."))
        for step in ("before_post:2", "after_post:2"):  # after its line, the file itself
            await endure(ordeal, talk, step, send_file(f"{step[:5]}.txt"))
        await endure(ordeal, talk, "before_done", lambda talk: talk.command("/back"))
        assert talk.takeovers()[-1].until < NEVER
        refused = demo_texts().say("en", "desk.refused.state")
        assert not any(refused in post.lines for post in talk.posts(talk.thread))
        talk.say("Hello again.")
        await ordeal.settle()
        figures = report(ordeal)
        assert (figures.failed, figures.missing, figures.doubled) == (0, 0, 1)


async def test_where_updates_are_posted_to_us(tmp_path: Path, nursery: Nursery) -> None:
    async with open_ordeal(tmp_path, nursery, cold=True, TELEGRAM_MODE="webhook") as ordeal:
        talk = ordeal.invite()
        await endure(ordeal, talk, "before_arrival", Talk.start, rest=False)
        await endure(ordeal, talk, "after_arrival", say("We are a bakery."), rest=False)
        await endure(ordeal, talk, "before_done", say("/person"))
        await endure(ordeal, talk, "after_arrival", Talk.take)
        for step in OF_ARRIVING:
            await endure(ordeal, talk, step, write(f"Killed at {step}."), rest=False)
        ordeal.begin()
        await ordeal.settle()
        figures = report(ordeal)
        assert (figures.failed, figures.repeats) == (0, 0)


async def test_a_word_on_its_way_is_not_repeated_after_a_takeover(
    tmp_path: Path, nursery: Nursery
) -> None:
    async with open_ordeal(tmp_path, nursery) as ordeal:
        talk = ordeal.invite()
        talk.start()
        talk.say("/person")
        await ordeal.settle()
        sent = len(ordeal.api.made("sendMessage", FRONT))
        ordeal.api.script(FRONT, "sendMessage", Fault.slow(60))
        talk.say("Are you there?")
        await ordeal.until(
            lambda: len(ordeal.api.made("sendMessage", FRONT)) > sent, "the bot's last word"
        )
        await talk.take()
        await talk.until_taken()
        ordeal.kill()
        ordeal.begin()
        await ordeal.settle()
        report(ordeal)
        states = ordeal.rows("SELECT state FROM delivery WHERE name = 'bot' ORDER BY id")
        assert states[-1] == ("withdrawn",)
        assert len(ordeal.api.made("sendMessage", FRONT)) == sent + 2  # and who has joined


async def test_lines_that_are_cut_after_telegram_took_it(tmp_path: Path, nursery: Nursery) -> None:
    async with open_ordeal(tmp_path, nursery) as ordeal:
        cut, api, talk = Fault.cut_after(), ordeal.api, ordeal.invite()
        talk.start()
        await ordeal.settle()
        api.script(FRONT, "sendMessage", cut)
        talk.say("We are a bakery.")
        await ordeal.settle()
        api.script(DESK, "createForumTopic", cut)
        talk.say("/person")
        await ordeal.settle()
        await talk.take()
        await talk.until_taken()
        await ordeal.settle()
        api.script(FRONT, "sendMessage", cut)
        api.script(FRONT, "sendDocument", cut)
        api.script(DESK, "sendMessage", cut)
        api.script(DESK, "sendDocument", cut)
        talk.write("Here is our offer.")
        talk.write_file("offer.pdf")
        talk.say("Thank you.")
        talk.send_file("wishes.txt")
        await ordeal.settle()
        figures = report(ordeal)
        assert (figures.repeats, figures.doubled) == (5, 1)
        assert (figures.failed, figures.missing) == (0, 0)


async def test_the_bot_api_goes_away_and_comes_back(tmp_path: Path, nursery: Nursery) -> None:
    async with open_ordeal(tmp_path, nursery) as ordeal:
        api, talk = ordeal.api, ordeal.invite()
        port = urlsplit(api.url).port
        assert port is not None
        talk.start()
        talk.say("/person")
        await ordeal.settle()
        await talk.take()
        await ordeal.settle()
        for killed in (False, True):
            await api.stop()
            talk.say(f"Said while it was away, {killed}.")
            talk.write(f"Written while it was away, {killed}.")
            if killed:
                ordeal.kill()
                ordeal.begin()
            await asyncio.sleep(AWAY_SECONDS)
            await api.start(port)
            talk.say(f"Said when it was back, {killed}.")
            await ordeal.settle()
        figures = report(ordeal)
        assert (figures.repeats, figures.failed) == (0, 0)


# --- at any moment -------------------------------------------------------------------------------


async def talk_on(talk: Talk, chance: random.Random, calm: asyncio.Event) -> None:
    """A whole talk, whose two sides go on until it is calm."""
    talk.start()
    for number in range(3):
        talk.say(f"This is line {number}.")
        await asyncio.sleep(chance.uniform(0, 0.5))
    talk.say("/person")
    if not await talk.take():
        return  # two kills at its making: the topic was given up
    await talk.until_taken()
    acts = (Talk.say, Talk.say, Talk.write, Talk.write, Talk.send_file, Talk.write_file)
    number = 0
    while not calm.is_set() or number < len(acts):
        act, number = chance.choice(acts), number + 1
        act(talk, f"{'// ' if act is Talk.write and number % 3 == 0 else ''}Line {number}.txt")
        await asyncio.sleep(chance.uniform(0, 1.0))
    talk.command("/back")
    talk.say("Are you a program again?")


async def kill_often(ordeal: Ordeal, chance: random.Random, calm: asyncio.Event) -> None:
    """At any moment, and before that at some step if it is reached."""
    try:
        for number in range(1, IN_A_ROUND + 1):
            ends = time.monotonic() + chance.uniform(0.2, 3.0)
            while ordeal.alive and time.monotonic() < ends:
                await asyncio.sleep(0.01)
            ordeal.kill()
            fault = f"{chance.choice(STEPS)}:{chance.randint(1, 6)}"
            ordeal.begin(fault if number % 2 and number < IN_A_ROUND else "")
    finally:
        calm.set()


@pytest.mark.timeout(120 + KILLS * 30)
async def test_at_any_moment(tmp_path: Path, nursery: Nursery) -> None:
    chance = random.Random(20_261_122)
    total = Figures()
    for number in range(max(1, KILLS // IN_A_ROUND)):
        mode = "webhook" if number % 2 else "polling"
        folder, paced = tmp_path / str(number), number % 4 == 2
        async with open_ordeal(folder, nursery, paced=paced, TELEGRAM_MODE=mode) as ordeal:
            calm = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(kill_often(ordeal, chance, calm))
                for _ in range(2):
                    tasks.create_task(talk_on(ordeal.invite(), chance, calm))
            await ordeal.settle()
            total.add(report(ordeal))
    print(json.dumps({"in all": vars(total)}))
