"""The desk of a demo month: colleagues who claim, answer, move stages and close."""

from __future__ import annotations

import heapq
import itertools
from random import Random

from bot import records
from bot.core import Core
from bot.desk import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    DECLINE_TO,
    NOT_A_LEAD_REASONS,
    STAGES,
    Decline,
    Member,
    StaffReply,
)
from dialogs import hours
from dialogs.documents import available
from dialogs.pricing import iso_day
from dialogs.replies import Context, fill, suggest
from dialogs.types import State
from storage import accounts, conversations, reading
from storage.accounts import StaffRow

MINUTE = 60_000
HOUR = 60 * MINUTE
LOOKED_AT = 200  # conversations that wait
REPLIES_MAX = 4


class Staffing:
    """`hire` once, then `work` whenever time has passed."""

    def __init__(self, core: Core, chance: Random) -> None:
        self._core = core
        self._chance = chance
        self._members: list[StaffRow] = []
        self._seen: set[tuple[str, int]] = set()  # conversation, since when it waits
        self._order = itertools.count()
        self._todo: list[tuple[int, int, str, int]] = []  # when, order, conversation, step
        self._acts = 0

    async def hire(self) -> None:
        """An account without a password for everybody of the pack; one where it names nobody."""
        db, now = self._core.house.db, self._core.house.now()
        names = [person.name for person in self._core.mind.pack.company.people] or ["Desk"]
        known = {each.display_name: each for each in db.peek(accounts.all_staff)}
        for name in names:
            if name not in known:
                row = StaffRow(0, name.casefold(), name, "presales", "", False, now)
                await db.write(lambda tx, row=row: accounts.add_staff(tx, row))  # type: ignore[misc]
        self._members = [each for each in db.peek(accounts.all_staff) if each.display_name in names]

    async def work(self) -> None:
        """See who waits, and do what is due by now."""
        house = self._core.house
        lines = await house.db.read(lambda at: reading.waiting(at, limit=LOOKED_AT))
        for line in lines:
            if (line.id, line.waiting_since) not in self._seen:
                self._seen.add((line.id, line.waiting_since))
                if self._chance.random() < 0.93:  # a few are missed
                    self._plan(line.id, self._claim_delay(), 0)
        while self._todo and self._todo[0][0] <= house.now():
            _, _, conversation, step = heapq.heappop(self._todo)
            await self._act(conversation, step)

    def _claim_delay(self) -> int:
        """Minutes in working hours; else some time after the next opening."""
        company, now = self._core.mind.pack.company, self._core.house.now()
        quick = int(self._chance.lognormvariate(11.2, 1.0))  # about 73 s in the middle
        if hours.is_open(company, now):
            return quick
        return hours.next_change(company, now) - now + quick * 5

    def _plan(self, conversation: str, delay: int, step: int) -> None:
        at = self._core.house.now() + delay
        heapq.heappush(self._todo, (at, next(self._order), conversation, step))

    async def _act(self, conversation: str, step: int) -> None:
        """Step 0 claims, the next ones answer, the last one ends it."""
        state, desk, chance = self._state(conversation), self._core.desk, self._chance
        if state is None or state.owner == "closed":
            return
        member = self._member(conversation, step)
        if step == 0:
            if not await self._take(member, conversation, state):
                return
        elif step <= REPLIES_MAX and (step < 2 or chance.random() < 0.7):
            await desk.reply(member, conversation, self._name(), self._words(member, state, step))
        else:
            await self._end(member, conversation)
            return
        self._plan(conversation, int(chance.uniform(MINUTE // 3, 9 * MINUTE)), step + 1)

    async def _take(self, member: Member, conversation: str, state: State) -> bool:
        """Claim it and judge its brief; False where it is not theirs afterwards."""
        chance, desk = self._chance, self._core.desk
        if state.owner == "waiting" and chance.random() < 0.03:
            reason = chance.choice(NOT_A_LEAD_REASONS)
            await desk.not_a_lead(member, conversation, reason, self._name())
            return False
        claimed = await desk.claim(member, conversation)
        if not claimed.won or claimed.repeated:
            return False
        return await self._judge(member, conversation)

    async def _judge(self, member: Member, conversation: str) -> bool:
        """Most briefs are good; one in ten goes back, to a colleague or to the bot."""
        judged, desk = self._chance.random(), self._core.desk
        if judged < 0.8:
            await desk.accept(member, conversation, self._name())
        if judged < 0.9:
            return True
        why = Decline(
            reason=self._chance.choices(DECLINE_REASONS, (3, 6, 4, 4, 3, 2, 1))[0],
            to=self._chance.choice(DECLINE_TO),
        )
        await desk.decline(member, conversation, why, self._name())
        return False

    async def _end(self, member: Member, conversation: str) -> None:
        chance, desk = self._chance, self._core.desk
        if chance.random() < 0.55:
            stage = chance.choices(STAGES[1:], (6, 3, 1, 1))[0]
            await desk.set_stage(member, conversation, stage, self._name())
        if chance.random() < 0.6:
            reason = chance.choices(CLOSE_REASONS, (5, 5, 3, 3, 4, 1, 1))[0]
            await desk.close(member, conversation, reason, self._name())
        elif chance.random() < 0.3:
            await desk.hand_back(member, conversation, self._name())

    def _words(self, member: StaffRow, state: State, step: int) -> StaffReply:
        """A canned reply; now and then with a paper."""
        mind, now = self._core.mind, self._core.house.now()
        found = suggest(mind.pack, state, state.language)
        canned = found[min(step - 1, len(found) - 1)] if step == 1 else self._chance.choice(found)
        context = Context(staff=member.display_name, now=now)
        text = fill(mind.texts, canned, state, state.language, context)
        papers = [
            each.id
            for each in available(mind.pack, iso_day(now))
            if each.public and each.language == state.language
        ]
        give = papers and self._chance.random() < 0.25
        return StaffReply(text=text, papers=(self._chance.choice(papers),) if give else ())

    def _member(self, conversation: str, step: int) -> StaffRow:
        """Who has it; before that somebody by chance."""
        row = self._core.house.db.peek(lambda tx: conversations.load(tx, conversation))
        if step and row is not None:
            held = [each for each in self._members if each.id == row.staff_id]
            if held:
                return held[0]
        return self._chance.choice(self._members)

    def _name(self) -> str:
        self._acts += 1
        return f"seed-{self._acts}"

    def _state(self, conversation: str) -> State | None:
        row = self._core.house.db.peek(lambda tx: conversations.load(tx, conversation))
        return None if row is None or row.erased else records.read_state(row.state)
