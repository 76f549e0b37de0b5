"""What pre-sales may do: claim, reply, note, pass on, hand back, close. Same path as intake.

Every act is one write: who may is checked on the committed owner, the owner moves by
`dialogs.ownership` alone, and what the bot had queued is withdrawn in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, get_args

from bot import records
from bot.acting import Act, Acted, Member, RefusedError, Room, require
from bot.house import House, Mind
from bot.live import DESK, OUTBOX
from bot.logs import get_logger
from bot.rights import may
from dialogs import hours, on_call
from dialogs.documents import available
from dialogs.escalation import APOLOGY_AFTER
from dialogs.pack import Document
from dialogs.pricing import iso_day
from dialogs.types import (
    Alert,
    Attachment,
    FileInfo,
    GiveDocument,
    Given,
    Reply,
    Stage,
    Struct,
)
from storage import accounts, conversations, leads, outbox
from storage.db import Tx
from storage.errors import Gone, LostTurn

__all__ = ["Acted", "Claimed", "Desk", "Member", "StaffReply"]

CLOSE_REASONS = ("won", "lost", "no_need", "no_budget", "no_answer", "duplicate", "other")
NOT_A_LEAD_REASONS = ("job_seeker", "seller", "spam", "student", "mistake", "other")
STAGES: tuple[Stage, ...] = get_args(Stage)
NAME_MAX = 200  # characters of whom a conversation is passed on to
HAND_BACK_AFTER = hours.HOUR // 2
LATER_MAX = 24 * 60  # minutes
ATTACHED_MAX = 10  # papers and files of one reply
GIVEN_KEPT = 50  # papers given that the brief may name
TRIES = 3

T = TypeVar("T", Acted, "Claimed")
Do = Callable[[Act], Acted]


class Claimed(Struct):
    """`won`: the caller has it now, or had it already. `owner_name`: who has it, "" for nobody."""

    owner_name: str
    won: bool
    repeated: bool = False
    refused: str = ""  # text key desk.refused.… or ""


class StaffReply(Struct):
    """What staff say to a prospect. Without papers and files it needs words.

    `papers` are ids of public documents of the pack; `files` come from `Uploads.receive(...,
    any_kind=True).info()`, their rows are recorded with the reply.
    """

    text: str = ""
    papers: tuple[str, ...] = ()
    files: tuple[FileInfo, ...] = ()

    @property
    def marks(self) -> str:
        """By which the same papers and files are known again, whatever id a file got."""
        return "\n".join((*self.papers, *(f"{file.sha256} {file.name}" for file in self.files)))


class Desk:
    """The acts of staff. Refusals are text keys: desk.refused. and one of role, unknown, erased,
    not_yours, state, empty, too_long, other_body, reason, stage, task, paper, invalid."""

    def __init__(self, house: House, mind: Mind, pushing: frozenset[str] = frozenset()) -> None:
        self._house = house
        self._mind = mind
        self._pushing = pushing

    async def claim(self, staff: Member, conversation: str, *, here: bool = False) -> Claimed:
        """Take a waiting conversation, or step in on one that the bot has. The first wins.

        `here`: in the desk's group; everywhere else it is told as done in the inbox.
        """

        def act(at: Act) -> Claimed:
            if at.state.owner == "human":
                mine = at.row.staff_id == staff.id
                return Claimed(owner_name=at.state.staff, won=mine, repeated=mine)
            at.move("claimed", staff=staff.display_name, waiting_since=0)
            outbox.withdraw(at.tx, conversation, "bot")
            outbox.cancel_timers(at.tx, conversation, ("ring", "apology", "go_on"))
            # The prospect waits from now on, whether or not another word comes.
            outbox.start_timer(at.tx, conversation, "hand_back", at.room.now + HAND_BACK_AFTER)
            at.tell("desk.joined", f"desk:claim:{at.row.version}" if here else "")
            at.save(staff.id)
            return Claimed(owner_name=staff.display_name, won=True)

        try:
            return await self._act("claim", staff, conversation, act)
        except RefusedError as error:
            return Claimed(owner_name="", won=False, refused=error.key)

    async def reply(
        self, staff: Member, conversation: str, external_id: str, said: str | StaffReply
    ) -> Acted:
        """Say something to the prospect, words alone or with papers and files.

        The same external id again answers as before (`repeated`; bytes that were stored anew for
        it belong to no row then and are swept). A paper goes into the ledger of papers given.
        """
        given = StaffReply(text=said) if isinstance(said, str) else said

        def act(at: Act) -> Acted:
            words = at.check_words(given.text, external_id, needed=not given.marks)
            repeat = at.find_repeat(external_id, words, given.marks)
            if repeat is not None:
                return repeat
            at.require_mine()
            outbox.cancel_timers(at.tx, conversation, ("hand_back",))
            reply = Reply(key="staff", text=words, attachments=_attach(at, given))
            seq = at.append("staff", reply, external_id, given.marks)
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

    async def hand_back(self, staff: Member, conversation: str, external_id: str = "") -> Acted:
        """Give it back to the bot, which goes on. The same external id again changes nothing."""

        def act(at: Act) -> Acted:
            at.require_mine(heads=True)
            name = at.state.staff
            at.move("handed_back", staff="", waiting_since=0, last_staff=at.room.now)
            outbox.cancel_timers(at.tx, conversation, ("hand_back",))
            outbox.start_timer(at.tx, conversation, "go_on", at.room.now)
            seq = at.tell("desk.handed_back", external_id, name=name)
            at.save()
            return Acted(seq=seq)

        return await self._answer("hand_back", staff, conversation, act, external_id)

    async def pass_on(
        self, staff: Member, conversation: str, to: str = "", external_id: str = ""
    ) -> Acted:
        """Put the conversation back into the queue, or give one that waits there to somebody else.

        `to` is a person of the pack, who is rung for at once, or a team, one of whom is; any other
        words stay a note to colleagues. "" leaves it to the people on call. The same external id
        again changes nothing.
        """

        def act(at: Act) -> Acted:
            whom = records.clean(to)[:NAME_MAX]
            if at.state.owner == "waiting":
                seq = _give_to_another(at, whom, external_id)
            else:
                seq = _give_to_queue(at, whom, external_id)
            at.save()
            return Acted(seq=seq)

        return await self._answer("pass_on", staff, conversation, act, external_id)

    async def later(
        self, staff: Member, conversation: str, minutes: int, external_id: str = ""
    ) -> Acted:
        """Leave a waiting conversation for some minutes (1 to LATER_MAX); then it rings anew.

        The apology to the prospect comes all the same. The same external id again changes nothing.
        """

        def act(at: Act) -> Acted:
            require(0 < minutes <= LATER_MAX, "invalid")
            require(at.state.owner == "waiting", "state")
            company = at.room.texts.pack.company
            due = at.room.now + minutes * 60_000
            outbox.start_timer(at.tx, conversation, "ring", on_call.when_open(company, due))
            at.update(rings=0, called=())
            until = at.room.texts.moment(at.desk_language, hours.local(company, due))
            seq = at.remark("desk.put_off", external_id, until=until)
            at.save()
            return Acted(seq=seq)

        return await self._answer("later", staff, conversation, act, external_id)

    async def not_a_lead(
        self, staff: Member, conversation: str, reason: str, external_id: str = ""
    ) -> Acted:
        """Send a waiting conversation back to the bot. `reason`: one of NOT_A_LEAD_REASONS.

        The same external id again changes nothing.
        """

        def act(at: Act) -> Acted:
            require(reason in NOT_A_LEAD_REASONS, "reason")
            at.move("not_a_lead", waiting_since=0)
            outbox.cancel_timers(at.tx, conversation, ("ring", "apology"))
            at.remark("desk.not_a_lead_because", reason=at.desk_word(f"desk.not_a_lead.{reason}"))
            seq = at.tell("desk.not_taken", external_id)
            at.save()
            return Acted(seq=seq)

        return await self._answer(f"not_a_lead.{reason}", staff, conversation, act, external_id)

    async def close(
        self, staff: Member, conversation: str, reason: str, external_id: str = ""
    ) -> Acted:
        """End the conversation. `reason`: one of CLOSE_REASONS. The prospect may write again.

        The same external id again changes nothing.
        """

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
            seq = at.tell("desk.closed", external_id)
            at.save(at.row.staff_id or staff.id)
            return Acted(seq=seq)

        return await self._answer(f"close.{reason}", staff, conversation, act, external_id)

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

        def work(tx: Tx) -> T:
            row = conversations.load(tx, conversation)
            if row is None or row.erased:
                raise RefusedError("erased" if row else "unknown")
            result = act(Act(Room(texts, self._pushing, now), tx, staff, row))
            if not result.repeated:
                accounts.note_action(tx, now, staff.id, f"desk.{name}", conversation)
            return result

        result = await self._commit(work)
        if not result.repeated:
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


# --- passing on ----------------------------------------------------------------------------------


def _give_to_queue(at: Act, whom: str, external_id: str) -> int:
    """The human lets go: the prospect waits anew, and is told so."""
    at.require_mine(heads=True)
    now, former = at.room.now, at.state.staff
    at.move("passed_on", staff="", waiting_since=now, routed=whom or at.state.routed)
    outbox.cancel_timers(at.tx, at.row.id, ("hand_back",))
    outbox.start_timer(at.tx, at.row.id, "apology", now + APOLOGY_AFTER)
    if whom:
        at.remark("desk.passed_on_to", to=whom)
    seq = at.tell("desk.passed_on", external_id)
    _ring(at, (on_call.choose_first(at.room.texts.pack, at.state, besides=former),))
    return seq


def _give_to_another(at: Act, whom: str, external_id: str) -> int:
    """Nobody has it yet: another colleague is rung for. The prospect waits as before."""
    pack = at.room.texts.pack
    if whom:
        at.update(routed=whom)
        called: tuple[str, ...] = (
            on_call.choose_first(pack, at.state, besides=at.staff.display_name),
        )
    else:
        called = (*at.state.called, on_call.choose_next(pack, at.state))
    seq = at.remark("desk.passed_on_to", external_id, to=whom or called[-1])
    _ring(at, called)
    return seq


def _ring(at: Act, called: tuple[str, ...]) -> None:
    """Ring for the last of those called, and begin to count anew."""
    at.update(rings=1, called=tuple(dict.fromkeys(name for name in called if name)))
    company = at.room.texts.pack.company
    outbox.start_timer(at.tx, at.row.id, "ring", on_call.due_after(company, at.room.now))
    at.do(Alert(reason=at.state.reason, urgency="high", to=called[-1]))


# --- papers and files ----------------------------------------------------------------------------


def _attach(at: Act, given: StaffReply) -> tuple[Attachment, ...]:
    """Enter papers and files where they are kept; gives them as a message carries them."""
    require(len(given.papers) + len(given.files) <= ATTACHED_MAX, "invalid")
    papers = tuple(_give(at, paper) for paper in dict.fromkeys(given.papers))
    for file in given.files:
        leads.record_file(at.tx, records.file_row(at.row.id, file, at.room.now))
    return (*papers, *(Attachment(kind="file", id=f.id, title=f.name) for f in given.files))


def _give(at: Act, paper: str) -> Attachment:
    """Hand a paper over. RefusedError for an internal one and for one not valid today."""
    found = _find_paper(at, paper)
    if found is None:
        raise RefusedError("paper")
    at.do(
        GiveDocument(
            document=found.id, kind=found.kind, version=found.version, language=found.language
        )
    )
    new = Given(document=found.id, version=found.version, at=at.room.now)
    if not any((g.document, g.version) == (new.document, new.version) for g in at.state.given):
        at.update(given=(*at.state.given, new)[-GIVEN_KEPT:])
    return Attachment(
        kind="document",
        id=found.id,
        title=found.title,
        language=found.language,
        version=found.version,
    )


def _find_paper(at: Act, paper: str) -> Document | None:
    pack = at.room.texts.pack
    papers = available(pack, iso_day(at.room.now))
    return next((found for found in papers if found.id == paper), None)
