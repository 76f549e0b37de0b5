"""One interleaving: a schedule by chance that three people carry out at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from bot import linking
from tests.bot.telegram.crossing import FRONT_BOT, Crossing, wait_until
from tests.bot.telegram.crossing_acts import Actor, Browser, Prospect, Topic
from tests.bot.telegram.crossing_talk import Talk

SHORTEST, LONGEST = 8, 20  # acts
MOMENTS = ("send", "half", "send_file", "edit")


class Story:
    """`play` it once; `talk` is what came of it. The same seed gives the same schedule, though not
    to the millisecond the same meeting of it with the machine."""

    def __init__(self, crossing: Crossing, seed: int) -> None:
        self.talk = Talk(crossing, seed, crossing.add_prospect())
        self._crossing = crossing
        self._chance = random.Random(seed)
        self._prospect = Prospect(self.talk, self._fork())
        self._browser = Browser(self.talk, self._fork())
        self._topic = Topic(self.talk, self._fork())

    def _fork(self) -> random.Random:
        return random.Random(self._chance.random())

    async def play(self) -> None:
        await self._open()
        actors: list[Actor] = [self._prospect, self._browser, self._topic]
        acts: dict[Actor, list[str]] = {actor: [] for actor in actors}
        for _ in range(self._chance.randint(SHORTEST, LONGEST)):
            actor = self._chance.choice(actors)
            acts[actor] += self._chance.choices([*actor.kinds], [*actor.kinds.values()])
        if self.talk.code:
            acts[self._prospect].insert(self._chance.randint(0, 2), "cross")
        await asyncio.gather(*(self._act(actor, acts[actor]) for actor in actors))
        await self._end()

    async def _open(self) -> None:
        """A talk that was greeted; mostly somebody is called and the topic is there."""
        talk = self.talk
        if self._chance.random() < 0.3:
            opened = await self._crossing.core.intake.open("widget", "en", "")
            talk.id = opened.conversation
            await self._prospect.take_in("open")
            now = self._crossing.core.house.now()
            talk.code = (await linking.issue(self._crossing.db, talk.id, now)).code
        else:
            talk.ann.start(FRONT_BOT)
            talk.id = await wait_until(talk.find_id, "the talk")
            await wait_until(lambda: talk.row.last_seq, "the greeting")
        if self._chance.random() < 0.8:
            await self._prospect.call_person()
            if self._chance.random() < 0.8:
                await wait_until(lambda: talk.head, "the topic")
                talk.had_topic = True

    async def _act(self, actor: Actor, acts: Sequence[str]) -> None:
        """One act after the other, some at once, some when a call is about to go out."""
        for act in acts:
            drawn = actor.chance.random()
            if act == "claim" and drawn < 0.5:
                await self._lie_in_wait(actor.chance.choice(MOMENTS))
            elif drawn < 0.7:
                await self._crossing.reach_moment(self.talk.ann.id, "", 0.1)
            elif drawn < 0.9:
                await asyncio.sleep(actor.chance.random() * 0.05)
            do: Callable[[], Awaitable[None]] = getattr(actor, act)
            self.talk.note(f"{type(actor).__name__}.{act}")
            await do()

    async def _lie_in_wait(self, moment: str) -> None:
        """Have the bot speak, and be back when such a call of it is about to go out, or half of
        it has."""
        if self.talk.row.owner == "human":
            await self._browser.hand_back()
        self.talk.note(f"waits for {moment}")
        await (self._prospect.look_again() if moment == "edit" else self._prospect.ask_paper())
        await self._crossing.reach_moment(self.talk.ann.id, moment, 0.4)

    async def _end(self) -> None:
        """Until all that was said and done has come to where it belongs."""
        talk = self.talk
        if not talk.linked:
            await self._prospect.cross()
        await wait_until(lambda: talk.linked, "the link")
        await self._prospect.write()
        last = talk.words[-1]
        await wait_until(lambda: last in talk.texts("prospect"), f"{last} in the talk")
        if talk.head:
            await self._topic.note()
            noted = talk.there[-1]
            await wait_until(lambda: noted in talk.texts("note"), f"{noted} in the talk")
        # At one moment: the hurrying clock may make the bot speak again while the topic is awaited.
        await wait_until(
            lambda: talk.is_shown() and not talk.count_on_their_way(),
            "the end of the deliveries, and the topic as the talk is",
        )
