"""What pre-sales may do: claim, reply, note, pass on, hand back, close. Same path as intake.

Every act is one write: who may is checked on the committed owner, the owner moves by
`dialogs.ownership` alone, and what the bot had queued is withdrawn in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, get_args

from bot import records
from bot.acting import Act, Acted, Member, RefusedError, Room, require
from bot.house import House
from bot.live import DESK, OUTBOX
from bot.logs import get_logger
from dialogs.escalation import APOLOGY_AFTER, RING_AFTER
from dialogs.hours import HOUR
from dialogs.texts import Texts
from dialogs.types import Reply, Stage, Struct
from storage import accounts, conversations, leads, outbox
from storage.db import Tx
from storage.errors import Gone, LostTurn

__all__ = ["Acted", "Claimed", "Desk", "Member"]

ACTING = ("owner", "manager", "presales", "aftersales")
CLOSE_REASONS = ("won", "lost", "no_need", "no_budget", "no_answer", "duplicate", "other")
NOT_A_LEAD_REASONS = ("job_seeker", "seller", "spam", "student", "mistake", "other")
STAGES: tuple[Stage, ...] = get_args(Stage)
NAME_MAX = 200  # characters of whom a conversation is passed on to
HAND_BACK_AFTER = HOUR // 2
TRIES = 3

T = TypeVar("T")


class Claimed(Struct):
    """`won`: the caller has it now, or had it already. `owner_name`: who has it, "" for nobody."""

    owner_name: str
    won: bool
    refused: str = ""  # text key desk.refused.… or ""


class Desk:
    """The acts of staff. Refusals are text keys: desk.refused. and one of role, unknown, erased,
    not_yours, state, empty, too_long, other_body, reason, stage, task, invalid."""

    def __init__(self, house: House, texts: Texts, pushing: frozenset[str] = frozenset()) -> None:
        self._house = house
        self._texts = texts
        self._pushing = pushing

    async def claim(self, staff: Member, conversation: str) -> Claimed:
        """Take a waiting conversation, or step in on one that the bot has. The first wins."""

        def act(at: Act) -> Claimed:
            if at.state.owner == "human":
                return Claimed(owner_name=at.state.staff, won=at.row.staff_id == staff.id)
            at.move("claimed", staff=staff.display_name, waiting_since=0)
            outbox.withdraw(at.tx, conversation, "bot")
            outbox.cancel_timers(at.tx, conversation, ("ring", "apology"))
            # The prospect waits from now on, whether or not another word comes.
            outbox.start_timer(at.tx, conversation, "hand_back", at.room.now + HAND_BACK_AFTER)
            at.tell("desk.joined")
            at.save(staff.id)
            return Claimed(owner_name=staff.display_name, won=True)

        try:
            return await self._act("claim", staff, conversation, act)
        except RefusedError as error:
            return Claimed(owner_name="", won=False, refused=error.key)

    async def reply(self, staff: Member, conversation: str, external_id: str, text: str) -> Acted:
        """Say something to the prospect. The same external id again answers as before."""

        def act(at: Act) -> Acted:
            words = at.check_words(text, external_id)
            repeat = at.find_repeat(external_id, words)
            if repeat is not None:
                return repeat
            at.require_mine()
            outbox.cancel_timers(at.tx, conversation, ("hand_back",))
            seq = at.append("staff", Reply(key="staff", text=words), external_id)
            at.update(last_staff=at.room.now)
            at.save(staff.id)
            return Acted(seq=seq)

        return await self._answer("reply", staff, conversation, act)

    async def note(self, staff: Member, conversation: str, external_id: str, text: str) -> Acted:
        """Write something that only staff see. The same external id again answers as before."""

        def act(at: Act) -> Acted:
            words = at.check_words(text, external_id)
            repeat = at.find_repeat(external_id, words)
            if repeat is not None:
                return repeat
            return Acted(seq=at.append("note", Reply(key="note", text=words), external_id))

        return await self._answer("note", staff, conversation, act)

    async def hand_back(self, staff: Member, conversation: str) -> Acted:
        """Give the conversation back to the bot."""

        def act(at: Act) -> Acted:
            at.require_mine(heads=True)
            name = at.state.staff
            at.move("handed_back", staff="", waiting_since=0)
            outbox.cancel_timers(at.tx, conversation, ("hand_back",))
            seq = at.tell("desk.handed_back", name=name)
            at.save()
            return Acted(seq=seq)

        return await self._answer("hand_back", staff, conversation, act)

    async def pass_on(self, staff: Member, conversation: str, to: str = "") -> Acted:
        """Put the conversation back into the queue; `to` says for whom, as a note to colleagues."""

        def act(at: Act) -> Acted:
            at.require_mine(heads=True)
            now = at.room.now
            at.move("passed_on", staff="", waiting_since=now, rings=1)
            outbox.cancel_timers(at.tx, conversation, ("hand_back",))
            outbox.start_timer(at.tx, conversation, "ring", now + RING_AFTER)
            outbox.start_timer(at.tx, conversation, "apology", now + APOLOGY_AFTER)
            whom = records.clean(to)[:NAME_MAX]
            if whom:
                at.remark("desk.passed_on_to", to=whom)
            seq = at.tell("desk.passed_on")
            at.ring()
            at.save()
            return Acted(seq=seq)

        return await self._answer("pass_on", staff, conversation, act)

    async def not_a_lead(self, staff: Member, conversation: str, reason: str) -> Acted:
        """Send a waiting conversation back to the bot. `reason`: one of NOT_A_LEAD_REASONS."""

        def act(at: Act) -> Acted:
            require(reason in NOT_A_LEAD_REASONS, "reason")
            at.move("not_a_lead", waiting_since=0)
            outbox.cancel_timers(at.tx, conversation, ("ring", "apology"))
            at.remark("desk.not_a_lead_because", reason=at.word(f"desk.not_a_lead.{reason}"))
            seq = at.tell("desk.not_taken")
            at.save()
            return Acted(seq=seq)

        return await self._answer(f"not_a_lead.{reason}", staff, conversation, act)

    async def close(self, staff: Member, conversation: str, reason: str) -> Acted:
        """End the conversation. `reason`: one of CLOSE_REASONS. The prospect may write again."""

        def act(at: Act) -> Acted:
            require(reason in CLOSE_REASONS, "reason")
            if at.state.owner == "human":
                at.require_mine(heads=True)
            if at.state.owner == "closed":
                return Acted(repeated=True)
            outcome = at.state.outcome
            ended = "closed" if outcome in ("open", "price_only") else outcome
            at.move("closed", outcome=ended, close_reason=reason, waiting_since=0, question=None)
            outbox.withdraw(at.tx, conversation, "bot")
            outbox.cancel_timers(at.tx, conversation)
            seq = at.tell("desk.closed")
            at.save(at.row.staff_id or staff.id)
            return Acted(seq=seq)

        return await self._answer(f"close.{reason}", staff, conversation, act)

    async def set_stage(self, staff: Member, conversation: str, stage: str) -> Acted:
        """Move the lead to another stage; `stage` is one of STAGES."""

        def act(at: Act) -> Acted:
            require(stage in STAGES, "stage")
            if at.state.stage == stage:
                return Acted(repeated=True)
            at.update(stage=stage)
            at.save(at.row.staff_id)
            return Acted()

        return await self._answer(f"stage.{stage}", staff, conversation, act)

    async def finish_task(self, staff: Member, conversation: str, task: int) -> Acted:
        """Mark a task of the conversation as done."""

        def act(at: Act) -> Acted:
            require(leads.finish_task(at.tx, conversation, task, at.room.now, staff.id), "task")
            return Acted()

        return await self._answer("task", staff, conversation, act)

    async def _answer(
        self, name: str, staff: Member, conversation: str, act: Callable[[Act], Acted]
    ) -> Acted:
        try:
            return await self._act(name, staff, conversation, act)
        except RefusedError as error:
            return Acted(refused=error.key)

    async def _act(self, name: str, staff: Member, conversation: str, act: Callable[[Act], T]) -> T:
        """Run one act in a write of its own, then wake whoever watches."""
        require(staff.role in ACTING, "role")
        now = self._house.now()

        def work(tx: Tx) -> T:
            row = conversations.load(tx, conversation)
            if row is None:
                raise RefusedError("unknown")
            if row.erased:
                raise RefusedError("erased")
            result = act(Act(Room(self._texts, self._pushing, now), tx, staff, row))
            accounts.note_action(tx, now, staff.id, f"desk.{name}", conversation)
            return result

        result = await self._commit(work)
        self._house.metrics.acts.labels(name.partition(".")[0]).inc()
        get_logger().info("desk", act=name, conversation=conversation, staff=staff.id)
        for topic in (conversation, DESK, OUTBOX):
            self._house.live.wake(topic)
        return result

    async def _commit(self, work: Callable[[Tx], T]) -> T:
        for _ in range(TRIES):
            try:
                return await self._house.db.write(work)
            except LostTurn:
                continue
            except Gone:
                raise RefusedError("erased") from None
        raise RefusedError("state")
