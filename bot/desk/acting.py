"""One act of staff inside its transaction: who may, how the owner moves, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from bot import records
from bot.alerting.service import Step, keep_service
from bot.pushing import push
from bot.remarks import Remark, Value, say_remark, write_remark
from bot.rights import may
from bot.systems import hooks
from bot.turns import effects, figures
from bot.turns.wishing import write_segments
from dialogs import service
from dialogs.effects import Effect
from dialogs.figures import Change
from dialogs.ownership import OwnerEvent, next_owner
from dialogs.pack import Pack
from dialogs.service import Owed, as_kind
from dialogs.texts import Texts
from dialogs.types import Incoming, Reply, State, Struct
from storage import conversations, outbox
from storage import desk as cases
from storage.conversations import Author, ConversationRow, NewMessage
from storage.db import Tx
from storage.errors import LostTurn

TEXT_MAX = 8_000  # characters of one reply or note
EXTERNAL_ID_MAX = 200
SNOOZE = "snooze"  # timer that wakes a conversation


class Member(Protocol):
    """Who acts. `display_name` is what prospects see."""

    @property
    def id(self) -> int: ...

    @property
    def display_name(self) -> str: ...

    @property
    def role(self) -> str: ...


class Acted(Struct):
    """What became of an act. `refused` is a text key desk.refused.… or ""."""

    seq: int = 0  # of the message that it appended, 0 if none
    repeated: bool = False
    refused: str = ""
    undo: int = 0  # by which it can be undone, 0 where it cannot


class RefusedError(Exception):
    """The act may not be done; undoes what it wrote. `reason` is the text key's last part."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def key(self) -> str:
        return f"desk.refused.{self.reason}"


def require(holds: bool, reason: str) -> None:
    """Raises RefusedError unless it holds."""
    if not holds:
        raise RefusedError(reason)


def end_pause(tx: Tx, pack: Pack, conversation: str, now: int) -> bool:
    """Wake a conversation, whose service time goes on from now; False when it did not sleep."""
    case = cases.get(tx, conversation)
    if not cases.wake(tx, conversation):
        return False
    outbox.cancel_timers(tx, conversation, (SNOOZE,))
    if now < case.snoozed_until:
        move_due(tx, pack, case, (case.snoozed_until, now))
    return True


def move_due(tx: Tx, pack: Pack, case: cases.Case, pause: tuple[int, int]) -> None:
    """The time of a pause (from, until) does not count for the reply that is owed."""
    owed = Owed(kind=as_kind(case.due_kind), since=case.due_since, due=case.due)
    due = service.pause(pack.company, owed, *pause)
    if due != case.due:
        cases.put(tx, case.conversation, due=due, breached_at=0)


@dataclass(frozen=True, slots=True)
class Room:
    """What every act needs besides its own row."""

    texts: Texts
    pushing: frozenset[str]
    now: int


class Act:
    """A conversation while a member of staff acts on it. Lives for one call."""

    def __init__(self, room: Room, tx: Tx, staff: Member, row: ConversationRow) -> None:
        self.room = room
        self.tx = tx
        self.staff = staff
        self.row = row
        self.state: State = records.read_state(row.state)
        self._before = self.state
        self._replied = False  # to the prospect, in this act
        self.told: set[int] = set()  # ids of colleagues whom it concerns
        self.touched: set[str] = set()  # other conversations that it changed
        self.done_at = 0  # when (ms) a repeated act was done first, 0: not known
        self.same = False  # a repeated act finds all as it left it the last time
        self.about = ""  # what it was done to, in ids, where it cannot be undone
        self.former = ""  # how it was before, in ids and names of states: then it can be undone

    # --- who may -------------------------------------------------------------------------------

    def require_mine(self, *, heads: bool = False) -> None:
        """Only who has the conversation may; with `heads` owner and manager may, too."""
        require(self.state.owner == "human", "state")
        mine = self.row.staff_id == self.staff.id
        require(mine or (heads and may(self.staff.role, "heads")), "not_yours")

    def check_words(self, text: str, external_id: str, *, needed: bool = True) -> str:
        """The words to be stored; "" only where none are `needed`. Raises RefusedError."""
        require(0 < len(external_id) <= EXTERNAL_ID_MAX, "invalid")
        return self.check_text(text, needed=needed)

    def check_text(self, text: str, *, needed: bool = True) -> str:
        """The same without an id of its own."""
        words = records.clean(text)
        require(bool(words) or not needed, "empty")
        require(len(words) <= TEXT_MAX, "too_long")
        return words

    def find_repeat(self, external_id: str, words: str, marks: str = "") -> Acted | None:
        """The answer to an external id that came before; RefusedError if with other words.

        `marks` stands for what is attached.
        """
        seen = conversations.find_message(self.tx, self.row.id, external_id)
        if seen is None:
            return None
        require(seen.staff_id == self.staff.id, "other_body")
        require(seen.digest == self._digest(external_id, words, marks), "other_body")
        return Acted(seq=seen.seq, repeated=True)

    def require_at_work(self) -> None:
        """A waiting conversation is everybody's, one that a human has is theirs and the heads'."""
        if self.state.owner != "waiting":
            self.require_mine(heads=True)

    def find_done(self, external_id: str) -> Acted | None:
        """The answer to an act that was done under this external id before."""
        seen = external_id and conversations.find_message(self.tx, self.row.id, external_id)
        if not seen:
            return None
        self.done_at = seen.at
        return Acted(seq=seen.seq, repeated=True)

    # --- what changes --------------------------------------------------------------------------

    def move(self, event: OwnerEvent, **changes: Any) -> None:
        """Move the owner by the event, with further fields of the state. Raises RefusedError."""
        owner = next_owner(self.state.owner, event)
        if owner is None:
            raise RefusedError("state")
        self.update(owner=owner, handovers=self.state.handovers + 1, **changes)
        self.wake()

    def wake(self) -> bool:
        """End the sleep of the conversation, if it sleeps."""
        return end_pause(self.tx, self.room.texts.pack, self.row.id, self.room.now)

    def update(self, **changes: Any) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)

    def count_reply(self) -> None:
        """They spoke with the prospect otherwise than in the chat."""
        self._replied = True
        self.update(last_staff=self.room.now)

    def save(self, staff_id: int = 0) -> None:
        """Store the state; `staff_id` is who has the conversation from now on, 0: nobody."""
        steps = ("human_reply",) if self._replied else ()
        new = records.new_state(self.row, self.state, self.room.now, steps)
        new = msgspec.structs.replace(new, staff_id=staff_id)
        if not conversations.save(self.tx, self.row.id, self.row.version, new):
            raise LostTurn(self.row.id)
        change = Change(before=self._before, after=self.state)
        figures.record(self.tx, self.row.id, change, self.room.now)
        states = (self._before, self.state)
        write_segments(self.tx, self.room.texts.pack, self.row.id, states, self.room.now)
        hooks.tell(self.tx, self.row, self._before, self.state, self.room.now)
        who, pack, now = staff_id or self.staff.id, self.room.texts.pack, self.room.now
        keep_service(self.tx, Step(pack, self.row.id, change, now, who, self._replied))

    # --- what is said --------------------------------------------------------------------------

    def word(self, key: str, **values: object) -> str:
        """A text in the language of the conversation."""
        return self.room.texts.say(self.state.language, key, **values)

    @property
    def desk_language(self) -> str:
        """What staff read among themselves, whatever the prospect speaks."""
        return self.room.texts.pack.languages[0]

    def tell(self, key: str, external_id: str = "", **values: object) -> int:
        """Append a line of notice that the prospect sees, too; gives its seq."""
        values.setdefault("name", self.staff.display_name)
        reply = Reply(key=key, text=self.word(key, **values))
        return self.append("event", reply, external_id)

    def remark(self, key: str, external_id: str = "", **values: Value) -> int:
        """Append a line that only staff see, each in their language; gives its seq."""
        values.setdefault("name", self.staff.display_name)
        remark = Remark(key=key, text="", values=values)
        text = say_remark(self.room.texts, self.desk_language, remark)
        body = write_remark(key, values)
        return self.append("note", Reply(key=key, text=text), external_id, body=body)

    def append(
        self,
        author: Author,
        reply: Reply,
        external_id: str = "",
        marks: str = "",
        body: bytes = b"",
    ) -> int:
        """Append a message of this member of staff, and send it where the channel pushes.

        `marks` as in `find_repeat`; `body` stands for what is stored of the reply.
        """
        message = NewMessage(
            author=author,
            text=reply.text,
            at=self.room.now,
            staff_id=self.staff.id,
            body=body or records.write_reply(reply),
            external_id=external_id,
            digest=self._digest(external_id, reply.text, marks) if external_id else b"",
        )
        seq = conversations.append(self.tx, self.row.id, [message])[0]
        self._replied |= author == "staff"
        if author != "note":
            push(self.tx, self.room.pushing, self.row.id, (seq, author), self.room.now)
        return seq

    def do(self, effect: Effect) -> None:
        """Write what the act leads to besides talking."""
        effects.write(self.tx, effects.Scene(self.row.id, self.room.now, self.row.last_seq), effect)

    def _digest(self, external_id: str, words: str, marks: str) -> bytes:
        said = Incoming(
            conversation=self.row.id,
            external_id=external_id,
            kind="text",
            text=words,
            value=marks,
        )
        return records.digest_of(said)
