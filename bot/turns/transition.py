"""One turn inside its transaction: load, advance, and write everything that it leads to."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from bot import records
from bot.alerting import roster
from bot.alerting.service import Step, keep_service
from bot.desk.acting import SNOOZE, Room
from bot.desk.leaving import LEFT, let_go
from bot.desk.snoozing import AT_WORK, end_sleep, wake_for_prospect
from bot.house import House
from bot.pushing import push_all
from bot.systems import hooks
from bot.turns import effects, figures
from bot.turns.comprehension import Understood
from bot.turns.doubting import Moment, write_doubts
from bot.turns.wishing import write_demand, write_segments
from dialogs import texts
from dialogs.consultation import advance
from dialogs.demand import Demand, find_demand
from dialogs.doubts import Doubt, find_doubts
from dialogs.effects import EraseEverything, Escalate, Turn
from dialogs.figures import Change, gives_answer
from dialogs.pack import Pack
from dialogs.types import Incoming, Reading, Reply, State, Struct
from storage import conversations, leads, outbox, retention
from storage.conversations import Author, ConversationRow, MessageRow, NewMessage
from storage.db import Tx
from storage.errors import LostTurn

LABELS_KEPT = 10_000  # conversations whose last buttons are remembered by their labels
LABELS_LOOK_BACK = 60  # messages searched for a button that is not remembered
LABEL_MAX = 100  # characters of a label that only the door knows
FROM_CHATS = ("tg:", "tap:")  # how the ids of what people do in a messenger begin


class Handled(Struct):
    """What became of an incoming thing.

    `seq` is that of the prospect's stored message (of the bot's first answer for kinds that store
    none; 0: nothing stored), `last` the highest seq of the conversation after the turn. A door
    shows "messages after the seq it knows". `refused` is a text key (`error.…`) or "". `said` holds
    the last words to a prospect whose conversation was just erased, "" otherwise.
    """

    seq: int = 0
    last: int = 0
    version: int = 0
    repeated: bool = False
    refused: str = ""
    said: str = ""


class Committed(Struct):
    """A turn's outcome, and what is left to be done once it is committed."""

    handled: Handled
    changed: bool = False
    replies: tuple[Reply, ...] = ()
    escalated: tuple[str, ...] = ()
    due: bool = False  # something waits for the outbox
    files: tuple[str, ...] = ()  # ids of stored files whose rows are gone
    erased: bool = False


class Transition:
    """`run` is what `Database.write` is given: synchronous, and undone as a whole if it raises."""

    def __init__(self, house: House, pushing: frozenset[str]) -> None:
        self._house = house
        self._pushing = pushing
        self._labels: OrderedDict[str, dict[tuple[int, str], str]] = OrderedDict()

    def run(
        self, pack: Pack, incoming: Incoming, understood: Understood | None, delivery: int, tx: Tx
    ) -> Committed:
        """Take one turn by this pack. Raises LostTurn when the words must be read again."""
        row = conversations.load(tx, incoming.conversation)
        if row is None:
            return _refused("error.unknown_conversation")
        if row.erased:
            return _refused("error.erased")
        digest = records.digest_of(incoming)
        seen = conversations.find_message(tx, row.id, incoming.external_id)
        if seen is not None:
            if delivery:
                outbox.done(tx, delivery)
            return _repeat(row, seen, digest)
        if delivery and not _still_ours(tx, delivery):
            return Committed(handled=Handled(last=row.last_seq, version=row.version, repeated=True))
        if incoming.kind == "file" and self._is_one_too_many(tx, row.id):
            return _refused("error.too_many_files")
        now = self._house.now()
        if incoming.kind == "timer" and incoming.value in (SNOOZE, LEFT):
            room = Room(texts.of(pack), self._pushing, now)
            return _come_due(tx, room, row, incoming.value, delivery)
        state, reading = _current(row, incoming, understood)
        earlier = understood.message if understood is not None else 0
        incoming = msgspec.structs.replace(incoming, seq=earlier or row.last_seq + 1)
        turn = advance(pack, state, incoming, reading, now)
        if roster.rings(turn):
            # Who is there is read for those turns alone in which somebody is to come.
            there = roster.read_roster(tx, row.id, turn.state, now)
            incoming = msgspec.structs.replace(incoming, roster=there)
            turn = advance(pack, state, incoming, reading, now)
        if turn.state is state and not turn.replies and not turn.effects:
            return self._nothing(tx, row, delivery)
        doubts = find_doubts(texts.of(pack), state, incoming, reading, turn)
        demand = find_demand(pack, state, incoming, reading, turn)
        new = None if earlier else reading  # what was said earlier was counted then
        change = Change(before=state, after=turn.state, incoming=incoming, reading=new)
        work = _Work(pack, row, change, incoming, turn, delivery, digest, now, doubts, demand)
        return self._write(tx, work)

    def _is_one_too_many(self, tx: Tx, conversation: str) -> bool:
        count = leads.count_files_sent(tx, conversation)
        return count >= self._house.settings.files_per_conversation

    def remember(self, conversation: str, replies: tuple[Reply, ...]) -> None:
        """Keep the labels of the newest buttons, for the transcript of what is pressed next."""
        shown = {(r.question, b.value): b.label for r in replies for b in r.buttons}
        if not shown:
            return
        self._labels[conversation] = shown
        self._labels.move_to_end(conversation)
        if len(self._labels) > LABELS_KEPT:
            self._labels.popitem(last=False)

    def _write(self, tx: Tx, work: _Work) -> Committed:
        row, turn = work.row, work.turn
        if any(isinstance(effect, EraseEverything) for effect in turn.effects):
            return _erase(tx, work)
        messages = self._messages(tx, work)
        seqs = conversations.append(tx, row.id, messages) if messages else []
        self._house.reach("after_append")
        if work.delivery:
            outbox.done(tx, work.delivery)
        if work.incoming.kind == "file" and work.incoming.file is not None:
            leads.record_file(tx, records.file_row(row.id, work.incoming.file, work.now))
        scene = effects.Scene(row.id, work.now, seqs[-1] if seqs else row.last_seq)
        for effect in turn.effects:
            effects.write(tx, scene, effect)
        here = Moment(row.id, work.incoming.seq, turn.state.language, work.now)
        write_doubts(tx, here, work.doubts, work.reading)
        write_demand(tx, row.id, work.demand, work.now)
        states = (work.change.before, turn.state)
        write_segments(tx, work.pack, row.id, states, work.now)
        pushed = self._push(tx, work, messages, seqs)
        _save(tx, work)
        self._house.reach("before_commit")
        return Committed(
            handled=Handled(
                seq=seqs[0] if seqs else 0,
                last=seqs[-1] if seqs else row.last_seq,
                version=row.version + 1,
            ),
            changed=True,
            replies=turn.replies,
            escalated=tuple(e.reason for e in turn.effects if isinstance(e, Escalate)),
            due=pushed or any(isinstance(e, effects.AT_ONCE) for e in turn.effects),
        )

    def _messages(self, tx: Tx, work: _Work) -> list[NewMessage]:
        """The prospect's message, then the bot's answers; the first bears the external id."""
        incoming = work.incoming
        found: list[NewMessage] = []
        if incoming.kind in records.FROM_PROSPECT:
            found.append(
                NewMessage(
                    author="prospect",
                    text=self._words(tx, incoming),
                    at=work.now,
                    body=records.write_file_info(incoming.file),
                    reading=records.write_reading(work.reading),
                )
            )
        # While a human has the talk the bot is silent: what must be told is a line of notice.
        author: Author = "event" if work.turn.state.owner == "human" else "bot"
        found.extend(
            NewMessage(author, reply.text, work.now, body=records.write_reply(reply))
            for reply in work.turn.replies
        )
        if found:
            found[0] = msgspec.structs.replace(
                found[0], external_id=incoming.external_id, digest=work.digest
            )
        return found

    def _words(self, tx: Tx, incoming: Incoming) -> str:
        """How the incoming thing reads in a transcript."""
        if incoming.kind == "file":
            return incoming.file.name if incoming.file else ""
        if incoming.kind != "choice":
            return incoming.text
        pressed = (incoming.question, incoming.value)
        kept = self._labels.get(incoming.conversation, {}).get(pressed)
        return kept if kept is not None else _find_label(tx, incoming)

    def _push(self, tx: Tx, work: _Work, messages: list[NewMessage], seqs: list[int]) -> bool:
        """A delivery for each message, where the channel does not fetch them itself; of the
        prospect's only for those that the chat does not show by itself."""
        theirs = self._is_from_elsewhere(work)
        ours = [
            (seq, message.author)
            for seq, message in zip(seqs, messages, strict=True)
            if theirs or message.author != "prospect"
        ]
        return push_all(tx, self._pushing, work.row.id, ours, work.now)

    def _is_from_elsewhere(self, work: _Work) -> bool:
        """It was said where the talk began, and not in the chat that shows it as well."""
        if work.row.channel in self._pushing:
            return False
        return not work.incoming.external_id.startswith(FROM_CHATS)

    def _nothing(self, tx: Tx, row: ConversationRow, delivery: int) -> Committed:
        """The turn led to nothing: a second tap on the same button, a timer that came too late."""
        if delivery:
            outbox.done(tx, delivery)
        return Committed(handled=Handled(last=row.last_seq, version=row.version, repeated=True))


@dataclass(frozen=True, slots=True)
class _Work:
    """What one turn writes down."""

    pack: Pack
    row: ConversationRow
    change: Change
    incoming: Incoming
    turn: Turn
    delivery: int
    digest: bytes
    now: int
    doubts: tuple[Doubt, ...]
    demand: tuple[Demand, ...]

    @property
    def reading(self) -> Reading | None:
        return self.change.reading


def _save(tx: Tx, work: _Work) -> None:
    """Store the new state, and what can be counted of the turn. Raises LostTurn."""
    row, turn = work.row, work.turn
    steps = ("first_answer",) if gives_answer(turn.replies) else ()
    new = records.new_state(row, turn.state, work.now, steps)
    if not conversations.save(tx, row.id, row.version, new):
        raise LostTurn(row.id)
    figures.record(tx, row.id, work.change, work.now)
    hooks.tell(tx, row, work.change.before, turn.state, work.now)
    if row.owner in AT_WORK and (
        work.incoming.kind in records.FROM_PROSPECT or turn.state.owner != row.owner
    ):
        wake_for_prospect(tx, work.pack, row.id, work.now)
    keep_service(tx, Step(work.pack, row.id, work.change, work.now, row.staff_id))


def _refused(key: str) -> Committed:
    return Committed(handled=Handled(refused=key))


def _repeat(row: ConversationRow, seen: MessageRow, digest: bytes) -> Committed:
    """The same external id again: answer as before, unless its body is another one."""
    if seen.digest != digest:
        return _refused("error.other_body")
    return Committed(
        handled=Handled(seq=seen.seq, last=row.last_seq, version=row.version, repeated=True)
    )


def _still_ours(tx: Tx, delivery: int) -> bool:
    """Whether the row still waits to be done: it was not withdrawn or done meanwhile."""
    found = outbox.get(tx, delivery)
    return found is not None and found.state == "sending"


def _current(
    row: ConversationRow, incoming: Incoming, understood: Understood | None
) -> tuple[State, Reading | None]:
    """The state to go on from, and a reading that was made against this very state."""
    if understood is not None and understood.version == row.version:
        return understood.state, understood.reading
    if incoming.kind == "text" or understood is not None:
        raise LostTurn(row.id)
    return records.read_state(row.state), None


def _erase(tx: Tx, work: _Work) -> Committed:
    """The prospect had everything erased: only a tombstone stays, and the last words are said."""
    files = retention.erase(tx, work.row.id, work.now, waiting=False)
    said = "\n".join(reply.text for reply in work.turn.replies)
    return Committed(handled=Handled(said=said), changed=True, files=tuple(files), erased=True)


def _come_due(tx: Tx, room: Room, row: ConversationRow, timer: str, delivery: int) -> Committed:
    """The moment has come until which staff let the conversation sleep, or who has it left."""
    outbox.done(tx, delivery)
    sleeps = timer == SNOOZE
    seq = end_sleep(tx, row, room.texts, room.now) if sleeps else let_go(tx, row, room)
    handled = Handled(last=seq or row.last_seq, version=row.version, repeated=not seq)
    return Committed(handled=handled, changed=seq > 0, due=seq > 0)


def _find_label(tx: Tx, incoming: Incoming) -> str:
    """The label of a button, from the last messages.

    Where none of them shows it, what the door calls it, else its bare value.
    """
    last = incoming.seq - 1
    for seq in range(last, max(0, last - LABELS_LOOK_BACK), -1):
        message = conversations.get_message(tx, incoming.conversation, seq)
        if message is None or message.author not in ("bot", "event"):
            continue
        reply = records.read_reply(message.body, "")
        for button in reply.buttons:
            if reply.question == incoming.question and button.value == incoming.value:
                return button.label
    return incoming.text[:LABEL_MAX] or incoming.value
