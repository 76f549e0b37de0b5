"""A process that dies between storing an update and having taken it in loses and repeats nothing.

The disk is photographed at a named step, and the next process begins with the photograph.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrivals import Arrivals, insist
from bot.telegram.border import PROSPECTS, Busy, RawUpdate
from dialogs.types import Incoming
from storage import arrivals
from tests.bot.hall import MINUTE, Hall, make_hall, make_settings

CHATS = ("a", "b", "c")
IN_KEEP = ("before_arrival", "after_arrival")
IN_TAKE = ("before_commit", "after_commit", "before_answer", "before_done")


@dataclass
class Camera:
    """Photographs the disk when a step is reached for the given time; what follows is no more."""

    folder: Path
    step: str = ""
    left: int = 0
    photo: Path | None = None

    def reach(self, step: str) -> None:
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                self.photo = self.folder.with_name(self.folder.name + "+")
                self.photo.mkdir()
                # The file before its log, as the log holds what the file may lack.
                for name in ("firstline.db", "firstline.db-wal"):
                    shutil.copy(self.folder / name, self.photo / name)

    def aim(self, step: str, count: int = 1) -> None:
        self.step, self.left = step, count


@dataclass
class World:
    """A bot on a real intake, whose chats are conversations. It survives its deaths."""

    hall: Hall
    camera: Camera
    talks: dict[str, str]
    trouble: Counter[str] = field(default_factory=Counter)  # by content: how often it is busy
    line: Arrivals = field(init=False)

    def __post_init__(self) -> None:
        self.line = Arrivals(self.hall.core.house, {PROSPECTS: self.take})

    async def take(self, update: RawUpdate) -> None:
        said = update.payload.decode()
        if self.trouble[said] > 0:
            self.trouble[said] -= 1
            raise Busy("502")
        incoming = Incoming(
            conversation=self.talks[update.chat], external_id=f"tg:{said}", kind="text", text=said
        )
        insist(await self.hall.core.intake.handle(incoming, kept=True))

    async def keep(self, batch: Sequence[RawUpdate]) -> bool:
        """Have a batch stored; False when the process died before it could be acknowledged."""
        await self.line.keep(PROSPECTS, batch)
        return not await self.die_if_photographed()

    async def drain(self) -> None:
        await self.line.drain()
        if await self.die_if_photographed():
            await self.line.drain()

    async def die_if_photographed(self) -> bool:
        """Go on with the disk as it was at the step that was aimed at, if that was reached."""
        folder = self.camera.photo
        if folder is None:
            return False
        await self.hall.db.close()
        self.camera = Camera(folder)
        clock = self.hall.clock
        self.hall = make_hall(make_settings(folder), reach=lambda step: self.camera.reach(step))
        self.hall.clock.turn(clock.time - self.hall.clock.time)
        self.__post_init__()
        return True

    async def finish(self) -> None:
        """Work everything off, however often it has to be tried."""
        for _ in range(200):
            await self.drain()
            if not self.waiting():
                return
            self.hall.clock.turn(MINUTE)
        raise AssertionError(f"{self.waiting()} arrivals are still waiting")

    def waiting(self) -> int:
        row = self.hall.db.peek(lambda tx: tx.one("SELECT count(*) FROM arrival WHERE state='new'"))
        assert row is not None
        return int(row[0])

    def said(self, chat: str) -> list[str]:
        found = self.hall.messages(self.talks[chat])
        return [message.text for message in found if message.author == "prospect"]


@asynccontextmanager
async def make_world(folder: Path) -> AsyncIterator[World]:
    camera = Camera(folder / "first")
    hall = make_hall(make_settings(camera.folder), reach=lambda step: camera.reach(step))
    talks = {chat: await hall.open() for chat in CHATS}
    world = World(hall, camera, talks)
    try:
        yield world
    finally:
        await world.hall.db.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with make_world(tmp_path) as made:
        yield made


def update(update_id: int, said: str = "", chat: str = "a") -> RawUpdate:
    return RawUpdate(update_id=update_id, payload=(said or f"u{update_id}").encode(), chat=chat)


async def test_before_it_is_stored_nothing_is_acknowledged(world: World) -> None:
    world.camera.aim("before_arrival")
    batch = [update(1), update(2)]
    assert not await world.keep(batch)
    await world.drain()
    assert world.said("a") == []
    assert await world.keep(batch)
    await world.drain()
    assert world.said("a") == ["u1", "u2"]


async def test_after_it_is_stored_it_comes_twice_and_is_taken_once(world: World) -> None:
    world.camera.aim("after_arrival")
    batch = [update(1), update(2)]
    assert not await world.keep(batch)
    assert await world.keep(batch)
    await world.drain()
    assert world.said("a") == ["u1", "u2"]


@pytest.mark.parametrize("step", IN_TAKE)
@pytest.mark.parametrize("count", [1, 3])
async def test_a_death_while_it_is_taken_in(world: World, step: str, count: int) -> None:
    await world.keep([update(1), update(2, chat="b"), update(3), update(4)])
    world.camera.aim(step, count)
    await world.line.drain()
    assert await world.die_if_photographed()
    assert world.waiting()
    await world.finish()
    assert (world.said("a"), world.said("b")) == (["u1", "u3", "u4"], ["u2"])


async def test_between_keeping_and_taking(world: World) -> None:
    await world.keep([update(1), update(2)])
    await world.hall.db.close()
    world.hall = make_hall(make_settings(world.camera.folder))
    world.__post_init__()
    await world.finish()
    assert world.said("a") == ["u1", "u2"]


# --- whatever happens in whatever order ----------------------------------------------------------

UPDATES = [
    *(update(n, f"first {n}", CHATS[n % 3]) for n in range(9)),
    # Numbers that begin again low, with other content.
    *(update(n, f"second {n}", CHATS[n % 2]) for n in range(5)),
]

batches = st.lists(st.sampled_from(UPDATES), min_size=1, max_size=5)
deaths = st.one_of(
    st.none(), st.tuples(st.sampled_from(IN_KEEP + IN_TAKE), st.integers(min_value=1, max_value=4))
)
plans = st.lists(
    st.tuples(st.one_of(batches, st.just("take"), st.just("wait")), deaths), max_size=12
)
troubles = st.dictionaries(
    st.sampled_from([each.payload.decode() for each in UPDATES]),
    st.integers(min_value=1, max_value=4),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(plan=plans, trouble=troubles)
async def test_every_update_counts_once_and_in_order(
    plan: list[tuple[object, tuple[str, int] | None]], trouble: dict[str, int]
) -> None:
    """Any mix of fetching, taking, waiting and dying. What was acknowledged is never sent again,
    what was not comes until it is, and repeats come at any time."""
    stored: list[RawUpdate] = []
    with tempfile.TemporaryDirectory() as folder:
        async with make_world(Path(folder)) as world:
            world.trouble.update(trouble)
            for act, death in plan:
                world.camera.aim(*(death or ("", 0)))
                if act == "take":
                    await world.drain()
                elif act == "wait":
                    world.hall.clock.turn(MINUTE)
                else:
                    assert isinstance(act, list)
                    while not await world.keep(act):
                        pass
                    stored.extend(each for each in act if each not in stored)
            world.camera.aim("")
            await world.finish()
            for chat in CHATS:
                told = [each.payload.decode() for each in stored if each.chat == chat]
                assert world.said(chat) == told
            assert world.hall.db.peek(arrivals.aside_list) == []
