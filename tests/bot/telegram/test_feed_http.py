"""The desk's feed with its real client over real HTTP, against a Bot API that keeps its limits."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.presales.group.feed import Feed
from bot.presales.telegram import make_client
from bot.telegram.border import GroupClient
from bot.telegram.pace import Pace
from dialogs.types import FileInfo
from storage import retention
from tests.bot.hall import MINUTE, MONDAY, SECOND, Hall, make_hall, make_settings
from tests.bot.telegram.paper_desk import Desk
from tests.bot.telegram.paper_group import PaperGroup
from tests.bot_api import groups
from tests.bot_api.faults import Fault
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Group, Message

GROUP, TOKEN = -1_001_234_567_890, "22:desk"
AGAIN = "Perhaps a repeat:"
CAMPAIGN = bool(os.environ.get("FIRSTLINE_CAMPAIGN"))


@dataclass
class Scene(Desk):
    """A desk whose group is at the local Bot API; both go by the hall's clock."""

    group: PaperGroup = field(init=False, repr=False)  # none: see `there`
    api: BotApi = field(init=False)
    client: GroupClient = field(init=False)
    boss: Person = field(init=False)

    def __post_init__(self) -> None:
        self.teach()
        self.api = BotApi(clock=lambda: self.hall.clock() / 1_000)
        self.boss = self.api.add_person(5, "Boss")
        self.api.add_bot(TOKEN, "desk_bot")
        self.api.add_group(GROUP, "Pre-sales", members=[self.boss])

    async def begin(self) -> None:
        self.client = make_client(TOKEN, await self.api.start())
        await self.client.connect(None)
        self.restart()

    def restart(self) -> None:
        if hasattr(self, "client"):
            self.feed = Feed(self.hall.core, self.client, Pace(self.hall.clock))

    async def end(self) -> None:
        await self.client.close()
        await self.api.stop()
        await self.hall.db.close()
        assert self.api.crashes == []
        assert self.api.unknown == []

    @property
    def there(self) -> Group:
        return self.api.groups[self.feed.group]

    def seen(self, talk: str) -> list[Message]:
        """What people see in the topic, without Telegram's own notices."""
        thread = self.row(talk).thread_id
        return [each for each in self.there.in_thread(thread) if not each.is_service]

    def said(self, talk: str) -> list[str]:
        return [each.text for each in self.seen(talk)]

    def refused_for_pace(self) -> int:
        return sum(call.status == 429 for call in self.api.calls)


@asynccontextmanager
async def open_scene(folder: Path) -> AsyncIterator[Scene]:
    hall: Hall = make_hall(make_settings(folder, desk_group_id=str(GROUP)))
    made = Scene(hall)
    await made.begin()
    try:
        yield made
    finally:
        await made.end()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def test_a_whole_story(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller", telegram=5)
    talk = await scene.waiting()
    await scene.pass_time(10 * SECOND)
    (head,) = scene.seen(talk)
    assert head.labels == ["Take", "Pass on", "Later", "Not a lead"]
    await scene.hall.say(talk, "<b>we have 40 shops</b> & more \U0001f3ec")
    await scene.claim(anna, talk, here=True)
    await scene.pass_time(20 * SECOND)
    assert head.text.startswith("With Anna Keller")
    assert "<b>we have 40 shops</b> & more \U0001f3ec" in "\n".join(scene.said(talk))
    assert "Anna Keller has taken the talk here." in scene.said(talk)[-1]
    file = FileInfo(id="f" * 32, name="plan.pdf", size=9, sha256="00" * 32)
    path = scene.hall.core.uploads.path(file.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.4\n")
    await scene.hall.handle(talk, kind="file", file=file)
    await scene.pass_time(20 * SECOND)
    assert scene.seen(talk)[-1].document == b"%PDF-1.4\n"
    await scene.hall.core.desk.close(anna, talk, "won")
    await scene.pass_time(30 * SECOND)
    topic = scene.there.topics[scene.row(talk).thread_id]
    assert topic.closed
    await scene.hall.say(talk, "one more question")
    await scene.pass_time(30 * SECOND)
    assert not topic.closed
    assert "one more question" in scene.said(talk)[-1]
    assert scene.refused_for_pace() == 0


async def test_a_deleted_topic_and_one_closed_by_hand(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.pass_time(20 * SECOND)
    scene.api.limits.closed_for_all = True
    thread = scene.row(talk).thread_id
    groups.close_topic(scene.api, scene.there, thread, scene.boss)
    await scene.hall.say(talk, "said while it was closed")
    await scene.pass_time(20 * SECOND)
    assert "said while it was closed" in scene.said(talk)[-1]
    groups.delete_topic(scene.api, scene.there, thread)
    await scene.hall.say(talk, "said when it was gone")
    await scene.pass_time(30 * SECOND)
    head, line = scene.said(talk)
    assert head.startswith("The topic before this one was deleted.")
    assert line.endswith("said when it was gone")


async def test_the_group_becomes_a_supergroup(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.pass_time(20 * SECOND)
    groups.migrate(scene.api, scene.there, -1_009_999_999_999, scene.boss)
    await scene.hall.say(talk, "after the move")
    await scene.pass_time(20 * SECOND)
    assert scene.feed.group == -1_009_999_999_999
    assert "after the move" in scene.said(talk)[-1]
    scene.restart()
    await scene.hall.say(talk, "after the restart")
    await scene.pass_time(20 * SECOND)
    assert "after the restart" in scene.said(talk)[-1]


async def test_thrown_out_and_back_again(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.pass_time(20 * SECOND)
    bot = scene.api.account(TOKEN)
    groups.throw_out_bot(scene.api, scene.there, bot, scene.boss)
    for at in range(5):
        await scene.hall.say(talk, f"unheard {at}")
        await scene.pass_time(30 * SECOND)
    assert scene.feed.trouble == "desk_group.trouble.gone"
    scene.there.statuses[bot.id] = "administrator"
    await scene.pass_time(2 * MINUTE)
    assert scene.feed.trouble == ""
    assert all(f"unheard {at}" in scene.said(talk)[-1] for at in range(5))


async def test_without_the_right_to_manage_topics(scene: Scene) -> None:
    scene.api.set_rights(scene.there, TOKEN, can_manage_topics=False)
    talk = await scene.waiting()
    await scene.pass_time(90 * SECOND)
    assert scene.feed.trouble == "desk_group.trouble.rights"
    scene.api.set_rights(scene.there, TOKEN, can_manage_topics=True)
    await scene.pass_time(2 * MINUTE)
    assert scene.feed.trouble == ""
    assert scene.row(talk).head_message


async def test_an_erased_talk_leaves_nothing_in_the_group(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.hall.say(talk, "my secret")
    await scene.pass_time(30 * SECOND)
    assert any("my secret" in each.text for each in scene.there.messages)
    now = scene.hall.clock()
    await scene.hall.db.write(lambda tx: retention.erase(tx, talk, now))
    await scene.pass_time(20 * SECOND)
    assert not any("my secret" in each.text for each in scene.there.messages)
    assert list(scene.there.open_topics()) == []
    assert scene.row_or_none(talk) is None


async def test_faults_of_the_line(scene: Scene) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.pass_time(30 * SECOND)
    script = scene.api.account(TOKEN).script
    script.add("sendMessage", Fault.cut_after(), Fault.status(502), Fault.cut_before())
    await scene.hall.say(talk, "first")
    await scene.pass_time(60 * SECOND)
    script.add("sendMessage", Fault.flood(7))
    await scene.hall.say(talk, "second")
    await scene.pass_time(60 * SECOND)
    text = scene.said(talk)[1:]
    firsts = [each for each in text if "first" in each]
    assert len(firsts) == 1, "the repeat was cut off, too, and there is no third try"
    assert any("Please read them here" in each.text for each in scene.hall.messages(talk))
    assert [AGAIN in each for each in text if "second" in each] == [False]


async def test_no_word_of_the_token_or_of_people_in_the_log(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = await scene.add_staff("Anna Keller")
    talk = await scene.taken(anna)
    await scene.hall.say(talk, "my telephone is 0151 1234")
    script = scene.api.account(TOKEN).script
    script.add("sendMessage", Fault.status(400), Fault.cut_after(), Fault.status(500))
    await scene.pass_time(5 * MINUTE)
    told = capsys.readouterr()
    assert "0151" not in told.out + told.err
    assert TOKEN not in told.out + told.err


# --- ten times the limit -------------------------------------------------------------------------


class Flood:
    """200 lines a minute in 12 talks, and somebody urgent every twelve seconds, who has more to say
    while they wait."""

    def __init__(self, scene: Scene, minutes: int) -> None:
        self.scene = scene
        self.length = minutes * MINUTE
        self.chance = random.Random(20)
        self.talks: list[str] = []
        self.lines: list[tuple[str, str]] = []
        self.called: dict[str, int] = {}
        self.urgent: dict[str, int] = {}  # words of those who wait, and when they were said

    async def run(self) -> None:
        scene, start = self.scene, self.scene.hall.clock()
        due = [(start + self.chance.randrange(self.length), "line")
               for _ in range(200 * self.length // MINUTE)]  # fmt: skip
        calls = range(0, self.length, 12 * SECOND)
        due += [(start + at, "call") for at in calls]
        due += [(start + at + self.chance.randrange(1, 12 * SECOND), "urgent") for at in calls]
        acts = {"line": self.say, "call": self.call, "urgent": self.press}
        for at, what in sorted(due):
            await self.wait_until(at)
            await acts[what]()
        left = scene.hall.clock() + 10 * MINUTE
        while scene.hall.clock() < left and not self.is_shown():
            await self.wait_until(scene.hall.clock() + SECOND)

    async def wait_until(self, at: int) -> None:
        clock = self.scene.hall.clock
        if CAMPAIGN:
            while clock() < at:
                await asyncio.sleep(0.02)
            return
        while clock() < at:
            await self.scene.feed.drain()
            clock.turn(min(200, at - clock()))

    async def say(self) -> None:
        talk = self.chance.choice(self.talks)
        line = f"line {len(self.lines)} " + "about the warehouse " * self.chance.randrange(12)
        self.lines.append((talk, line.strip()))
        handled = await self.scene.hall.say(talk, line)
        assert not handled.refused

    async def call(self) -> None:
        self.called[await self.scene.waiting()] = self.scene.hall.clock()

    async def press(self) -> None:
        """Who called last says something more."""
        words = f"urgent {len(self.urgent)} to say"
        self.urgent[words] = self.scene.hall.clock()
        assert not (await self.scene.hall.say([*self.called][-1], words)).refused

    def is_shown(self) -> bool:
        scene = self.scene
        rows = [scene.row_or_none(talk) for talk in (*self.talks, *self.called)]
        last = {talk: line for talk, line in self.lines}
        there = {text for each in scene.there.messages for text in each.text.split("\n")}
        shown = self.urgent.keys() <= there
        return (
            shown
            and all(row is not None and row.head_message for row in rows)
            and all(line in "\n".join(scene.said(talk)).split("\n") for talk, line in last.items())
        )


@contextmanager
def real_time(hall: Hall) -> Iterator[None]:
    """The hall's clock goes by itself."""
    began, then = time.monotonic(), hall.clock()

    async def go() -> None:
        while True:
            hall.clock.time = then + round((time.monotonic() - began) * 1_000)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(go())
    try:
        yield
    finally:
        task.cancel()


async def flood(scene: Scene, minutes: int) -> Flood:
    made = Flood(scene, minutes)
    anna = await scene.add_staff("Anna Keller")
    made.talks = [await scene.waiting(urgent=False) for _ in range(12)]
    for talk in made.talks:
        await scene.claim(anna, talk)
    await scene.pass_time(6 * MINUTE)
    scene.api.calls.clear()
    if not CAMPAIGN:
        await made.run()
        return made
    with real_time(scene.hall):
        feed = asyncio.create_task(scene.feed.run())
        await made.run()
        scene.hall.core.house.live.close()
        await feed
    return made


@pytest.mark.slow
@pytest.mark.timeout(1_800)
async def test_at_ten_times_the_limit_nothing_is_lost_and_nobody_urgent_waits(
    scene: Scene,
) -> None:
    done = await flood(scene, 10 if CAMPAIGN else 1)
    assert len(done.lines) == 200 * done.length // MINUTE
    for talk in done.talks:
        wanted = [line for where, line in done.lines if where == talk]
        shown = [
            line for text in scene.said(talk) for line in text.split("\n")
            if line.startswith("line ")
        ]  # fmt: skip
        assert shown == wanted, "every line once, in order"
    assert scene.refused_for_pace() == 0
    sent = [call for call in scene.api.calls if call.method == "sendMessage" and call.ok]
    for talk, at in done.called.items():
        head = scene.row(talk).head_message
        first = min(
            call.at for call in sent
            if call.answer["message_id"] == head or talk[:6] in call.parameters["text"]
        )  # fmt: skip
        assert first * 1_000 - at <= 10_000
    for words, at in done.urgent.items():
        (posted,) = [call.at for call in sent if words in call.parameters["text"].split("\n")]
        assert posted * 1_000 - at <= 10_000
    times = [call.at for call in sent]
    assert max(sum(a <= b < a + 60 for b in times) for a in times) <= 20
    assert scene.hall.clock() > MONDAY
