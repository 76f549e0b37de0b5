"""What pre-sales may do with a conversation. Same path as intake.

Every act is one write: who may is checked on the committed owner, the owner moves by
`dialogs.ownership` alone, and what the bot had queued is withdrawn in the same transaction. What
an act does stands in the families beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

import bot.desk.calling as calling
import bot.desk.ending as ending
import bot.desk.joining as joining
import bot.desk.passing as passing
import bot.desk.profile as profile
import bot.desk.reading as reading
import bot.desk.snoozing as snoozing
import bot.desk.talking as talking
import bot.desk.tasks as tasks
import bot.desk.undoing as undoing
from bot.desk.acting import Act, Acted, Member, RefusedError, Room, require
from bot.desk.calling import CallOutcome
from bot.desk.leaving import takes_talks
from bot.desk.passing import Claimed, Decline, HandBack
from bot.desk.talking import StaffReply
from bot.desk.tasks import NewTask
from bot.desk.undoing import is_over
from bot.house import House, Mind
from bot.live import DESK, OUTBOX, staff_topic
from bot.logs import get_logger
from bot.rights import may
from storage import accounts, audit, conversations
from storage.db import Tx
from storage.errors import Gone, LostTurn

TRIES = 3

T = TypeVar("T", Acted, Claimed)
Do = Callable[[Act], Acted]


class Desk:
    """The acts of staff. Refusals are text keys: desk.refused. and one of role, unknown, erased,
    not_yours, state, empty, too_long, other_body, reason, stage, task, paper, slot, value, moment,
    self, full, not_joined, moved_on, too_late, invalid.

    The same external id again changes nothing and answers as before (`repeated`). What can be
    undone answers with the number for `undo`.
    """

    def __init__(self, house: House, mind: Mind, pushing: frozenset[str] = frozenset()) -> None:
        self._house = house
        self._mind = mind
        self._pushing = pushing

    # --- who has it ----------------------------------------------------------------------------

    async def claim(self, staff: Member, conversation: str, *, here: bool = False) -> Claimed:
        """Take a waiting conversation, or step in on one that the bot has. The first wins.

        `here`: in the desk's group; everywhere else it is told as done in the inbox.
        """
        try:
            return await self._act("claim", staff, conversation, partial(passing.claim, here=here))
        except RefusedError as error:
            return Claimed(owner_name="", won=False, refused=error.key)

    async def hand_back(
        self,
        staff: Member,
        conversation: str,
        external_id: str = "",
        left: HandBack = HandBack(),
    ) -> Acted:
        """Give it back to the bot, which answers what is still unanswered and goes on."""
        act = partial(passing.hand_back, external_id=external_id, left=left)
        return await self._answer("hand_back", staff, conversation, act, external_id)

    async def pass_on(
        self, staff: Member, conversation: str, to: str = "", external_id: str = "", note: str = ""
    ) -> Acted:
        """Put the conversation back into the queue, or give one that waits there to somebody else.

        `to` is a person of the pack, who is rung for at once, or a team, one of whom is; any other
        words stay a note to colleagues. "" leaves it to the people on call. `note` is for
        colleagues.
        """
        act = partial(passing.pass_on, to=to, external_id=external_id, note=note)
        return await self._answer("pass_on", staff, conversation, act, external_id)

    async def later(
        self, staff: Member, conversation: str, minutes: int, external_id: str = ""
    ) -> Acted:
        """Leave a waiting conversation for some minutes (1 to LATER_MAX); then it rings anew.

        The apology to the prospect comes all the same.
        """
        act = partial(passing.later, minutes=minutes, external_id=external_id)
        return await self._answer("later", staff, conversation, act, external_id)

    async def not_a_lead(
        self, staff: Member, conversation: str, reason: str, external_id: str = ""
    ) -> Acted:
        """Send a waiting conversation back to the bot. `reason`: one of NOT_A_LEAD_REASONS."""
        act = partial(passing.not_a_lead, reason=reason, external_id=external_id)
        return await self._answer(f"not_a_lead.{reason}", staff, conversation, act, external_id)

    async def accept(self, staff: Member, conversation: str, external_id: str = "") -> Acted:
        """The brief is good, and the conversation a lead. Undone: it is undecided again."""
        return await self._answer("accept", staff, conversation, passing.accept, external_id)

    async def decline(
        self, staff: Member, conversation: str, what: Decline, external_id: str = ""
    ) -> Acted:
        """Send the brief back, to the queue or the bot; the reason stands in it from then on.

        One that still waits can only go to the bot.
        """
        act = partial(passing.decline, what=what, external_id=external_id)
        return await self._answer(f"decline.{what.reason}", staff, conversation, act, external_id)

    # --- what is said --------------------------------------------------------------------------

    async def reply(
        self, staff: Member, conversation: str, external_id: str, said: str | StaffReply
    ) -> Acted:
        """Say something to the prospect, words alone or with papers and files.

        Of a repeat, bytes that were stored anew belong to no row and are swept. A paper goes into
        the ledger of papers given.
        """
        given = StaffReply(text=said) if isinstance(said, str) else said
        act = partial(talking.reply, external_id=external_id, given=given)
        return await self._answer("reply", staff, conversation, act)

    async def note(self, staff: Member, conversation: str, external_id: str, text: str) -> Acted:
        """Write something that only staff see. Colleagues named by @ in it are told."""
        act = partial(talking.note, external_id=external_id, text=text)
        return await self._answer("note", staff, conversation, act)

    # --- out of sight and back -----------------------------------------------------------------

    async def snooze(
        self, staff: Member, conversation: str, until: int, external_id: str = ""
    ) -> Acted:
        """Let it sleep until a moment (ms), or until the prospect writes. Can be undone."""
        act = partial(snoozing.snooze, until=until, external_id=external_id)
        return await self._answer("snooze", staff, conversation, act, external_id)

    async def wake(self, staff: Member, conversation: str, external_id: str = "") -> Acted:
        """Wake a sleeping conversation before its time."""
        return await self._answer("wake", staff, conversation, snoozing.wake, external_id)

    # --- the lead ------------------------------------------------------------------------------

    async def set_stage(
        self, staff: Member, conversation: str, stage: str, external_id: str = ""
    ) -> Acted:
        """Move the lead to another stage; `stage` is one of STAGES. Can be undone."""
        act = partial(ending.set_stage, stage=stage)
        return await self._answer(f"stage.{stage}", staff, conversation, act, external_id)

    async def close(
        self, staff: Member, conversation: str, reason: str, external_id: str = ""
    ) -> Acted:
        """End the conversation. `reason`: one of CLOSE_REASONS. The prospect may write again.

        Undone, it is with who had it before.
        """
        act = partial(ending.close, reason=reason, external_id=external_id)
        return await self._answer(f"close.{reason}", staff, conversation, act, external_id)

    async def reopen(self, staff: Member, conversation: str, external_id: str = "") -> Acted:
        """Take up a closed conversation: from now on it is with who does so."""
        act = partial(ending.reopen, external_id=external_id)
        return await self._answer("reopen", staff, conversation, act, external_id)

    async def edit_profile(self, staff: Member, conversation: str, slot: str, value: str) -> Acted:
        """Enter a value into the profile, "" takes it out; edition and price are computed again.

        The prospect is told nothing. Can be undone while nothing else came into the slot.
        """
        act = partial(profile.edit_profile, slot=slot, text=value)
        name = slot if slot.isidentifier() else ""
        return await self._answer(f"profile.{name}", staff, conversation, act)

    async def add_task(
        self, staff: Member, conversation: str, task: NewTask, external_id: str = ""
    ) -> Acted:
        """Open a task by hand. Can be undone, which marks it as done."""
        act = partial(tasks.add_task, new=task)
        return await self._answer("task_add", staff, conversation, act, external_id)

    async def finish_task(self, staff: Member, conversation: str, task: int) -> Acted:
        """Mark a task of the conversation as done. Can be undone."""
        return await self._answer(
            "task", staff, conversation, partial(tasks.finish_task, task=task)
        )

    async def settle_call(
        self, staff: Member, conversation: str, task: int, what: CallOutcome, external_id: str = ""
    ) -> Acted:
        """What became of a call that was asked for."""
        act = partial(calling.settle_call, task=task, what=what, external_id=external_id)
        name = f"call.{what.outcome}" if what.outcome in calling.OUTCOMES else "call"
        return await self._answer(name, staff, conversation, act, external_id)

    async def write_down_call(
        self, staff: Member, conversation: str, external_id: str, words: str
    ) -> Acted:
        """Notes of a phone consultation, by who has the conversation."""
        act = partial(calling.write_down, words=words, external_id=external_id)
        return await self._answer("call.notes", staff, conversation, act)

    async def name_manager(self, staff: Member, conversation: str, name: str) -> Acted:
        """Whose customer it is from now on: a display name, "" for nobody's."""
        act = partial(ending.name_manager, name=name)
        return await self._answer("manager", staff, conversation, act)

    async def join(self, staff: Member, conversation: str, other: str) -> Acted:
        """The other conversation is the same person's. Can be undone."""
        return await self._answer("join", staff, conversation, partial(joining.join, other=other))

    async def part(self, staff: Member, conversation: str, other: str) -> Acted:
        """The other conversation is somebody else's after all."""
        return await self._answer("part", staff, conversation, partial(joining.part, other=other))

    async def undo(self, staff: Member, conversation: str, number: int) -> Acted:
        """Take back the act of this number (`Acted.undo`), one's own; heads those of others.

        Refused once the conversation has moved on; a claim only within a minute.
        """
        act = partial(undoing.undo, number=number)
        return await self._answer("undo", staff, conversation, act)

    # --- read and unread -----------------------------------------------------------------------

    async def mark_read(self, staff: Member, conversation: str, seq: int = 0) -> bool:
        """They have read up to a message, 0: all. False where nothing is new by that."""
        now = self._house.now()
        return await self._mark(
            staff, lambda tx: reading.mark_read(tx, staff.id, conversation, seq, now)
        )

    async def mark_unread(self, staff: Member, conversation: str) -> bool:
        """The prospect's last message counts as unread again; False where there is none."""
        now = self._house.now()
        return await self._mark(
            staff, lambda tx: reading.mark_unread(tx, staff.id, conversation, now)
        )

    async def _mark(self, staff: Member, work: Callable[[Tx], bool]) -> bool:
        if not may(staff.role, "talks"):
            return False
        changed = await self._house.db.write(work)
        if changed:
            self._house.live.wake(staff_topic(staff.id))
        return changed

    # --- how every act is done -----------------------------------------------------------------

    async def _answer(
        self, name: str, staff: Member, conversation: str, act: Do, external_id: str = ""
    ) -> Acted:
        """With an external id the act is done once: again it answers as before."""

        def act_once(at: Act) -> Acted:
            return at.find_done(external_id) or act(at)

        try:
            return await self._act(name, staff, conversation, act_once)
        except RefusedError as error:
            return Acted(refused=error.key)

    async def _act(self, name: str, staff: Member, conversation: str, act: Callable[[Act], T]) -> T:
        """Run one act in a write of its own, then wake whoever watches."""
        require(may(staff.role, "talks"), "role")
        now, texts = self._house.now(), self._mind.texts
        awake: set[str] = set()

        def work(tx: Tx) -> T:
            row = conversations.load(tx, conversation)
            if row is None or row.erased:
                raise RefusedError("erased" if row else "unknown")
            require(_may_still(tx, staff), "role")
            at = Act(Room(texts, self._pushing, now), tx, staff, row)
            result = act(at)
            awake.update(at.touched, (staff_topic(each) for each in at.told))
            if result.repeated:
                return _find_act(at, f"desk.{name}", result)
            return _note_act(at, f"desk.{name}", result) if _is_done(result) else result

        result = await self._commit(work)
        if _is_done(result):
            self._house.metrics.acts.labels(name.partition(".")[0]).inc()
            get_logger().info("desk", act=name, conversation=conversation, staff=staff.id)
        for topic in (conversation, DESK, OUTBOX, *awake):
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


def _may_still(tx: Tx, staff: Member) -> bool:
    """Whether they may act at this moment: their account may have been shut a moment ago."""
    account = accounts.get(tx, staff.id)
    return account is None or takes_talks(account)


def _is_done(result: Acted | Claimed) -> bool:
    """Whether it was done just now: a repeat was before, and a colleague's talk is not claimed."""
    return not result.repeated and (isinstance(result, Acted) or result.won)


def _find_act(at: Act, action: str, result: T) -> T:
    """A repeat with the number by which the act can be undone, as it was answered the first time;
    none once somebody else did the same, or its time is over."""
    first = audit.last_done(at.tx, at.staff.id, action, at.row.id, at.former)
    if first is None or not first.detail or is_over(at, first):
        return result
    if at.done_at:
        lasts = first.at == at.done_at
    else:
        lasts = at.same and not audit.has_since(at.tx, at.row.id, action, first.id)
    return msgspec.structs.replace(result, undo=first.id) if lasts else result


def _note_act(at: Act, action: str, result: T) -> T:
    """Put the act on record; the result with its number where it can be undone."""
    detail = at.former or at.about
    number = audit.note_action(at.tx, at.room.now, at.staff.id, action, at.row.id, detail=detail)
    return msgspec.structs.replace(result, undo=number) if at.former else result
