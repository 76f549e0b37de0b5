"""A talk that began on the website goes on in a chat: one-time codes, and two talks become one."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Literal

import msgspec

from bot import records
from bot.desk.acting import RefusedError
from bot.desk.joining import unite
from bot.house import House, Mind
from bot.live import DESK, OUTBOX
from bot.logs import get_logger
from bot.pushing import push
from bot.telegram.border import PROSPECTS
from bot.telegram.presence import Presence
from dialogs.ownership import next_owner
from dialogs.texts import Texts
from dialogs.types import Reply, Struct
from storage import chats, codes, conversations, outbox
from storage.chats import ChatRow
from storage.codes import CodeRow
from storage.conversations import Author, ConversationRow, NewMessage
from storage.db import Database, Tx
from storage.errors import LostTurn

LIFETIME = 10 * 60_000  # ms for which a code works
TRIES = 3
WITH_PEOPLE = ("waiting", "human")  # owners of a talk that a colleague has or is called to


class Issued(Struct):
    """A code as it is shown once. `expires` in ms since 1970, UTC."""

    code: str
    expires: int


class Crossed(Struct):
    """What came of a code in a chat.

    `linked`: the code's talk goes on here from now on. `here`: it did so already. `kept`: a
    colleague has the chat's own talk, which stays. `unknown`: the code was used, has expired or
    never was one.
    """

    outcome: Literal["linked", "here", "kept", "unknown"]


def make_link(presence: Presence, code: str = "") -> str:
    """The address that opens the prospects' bot with this code; "" while no such bot runs."""
    username = presence.usernames.get(PROSPECTS, "")
    return f"https://t.me/{username}?start={code}" if username else ""


async def issue(db: Database, conversation: str, now: int) -> Issued:
    """A code by which this conversation can go on in a chat, once and for LIFETIME."""
    issued = Issued(code=codes.make_code("continue"), expires=now + LIFETIME)
    row = CodeRow(codes.hash_code(issued.code), "continue", conversation, now, issued.expires)
    await db.write(lambda tx: codes.issue(tx, row))
    return issued


class Linking:
    """Brings a conversation into a chat by its code. `pushing` as intake has it."""

    def __init__(self, house: House, mind: Mind, pushing: frozenset[str]) -> None:
        self._house = house
        self._mind = mind
        self._pushing = pushing

    async def cross(self, chat: ChatRow, code: str) -> Crossed:
        """Use the code up and link its conversation to this chat, in one write.

        The same code in the same chat again changes nothing. The chat's own `conversation` does
        not count. Raises StorageError.
        """
        for _ in range(TRIES):
            texts = self._mind.texts
            crossing = _Crossing(texts, self._pushing, chat, self._house.now())
            try:
                crossed = await self._house.db.write(partial(crossing.run, code))
            except LostTurn:
                continue
            get_logger().info("crossed", outcome=crossed.outcome)
            for topic in (*crossing.touched, DESK, OUTBOX):
                self._house.live.wake(topic)
            return crossed
        raise LostTurn("the talk of this chat would not stand still")


class _Crossing:
    """One use of a code within its transaction. Lives for one call."""

    def __init__(self, texts: Texts, pushing: frozenset[str], chat: ChatRow, now: int) -> None:
        self._texts = texts
        self._pushing = pushing
        self._chat = chat
        self._now = now
        self.touched: set[str] = set()  # conversations that have something new

    def run(self, code: str, tx: Tx) -> Crossed:
        """Raises LostTurn when the talk of this chat moved on meanwhile."""
        known = codes.find(tx, "continue", codes.hash_code(code))
        talk = conversations.load(tx, known.subject) if known else None
        here = chats.find(tx, self._chat.channel, self._chat.address)
        own = conversations.load(tx, here.conversation) if here else None
        if known is None or talk is None or talk.erased:
            return Crossed(outcome="unknown")
        fresh = codes.redeem(tx, "continue", known.code_hash, self._now) is not None
        if own is not None and own.id == talk.id:
            return Crossed(outcome="here")
        if own is not None and own.owner in WITH_PEOPLE:
            if fresh:
                self._keep_apart(tx, own, talk)
            return Crossed(outcome="kept" if fresh or known.used_at else "unknown")
        if not fresh:
            return Crossed(outcome="unknown")
        if own is not None:
            outbox.withdraw(tx, own.id)  # nobody is there any more to read it
        if own is not None and records.read_state(own.state).turns:
            self._close(tx, own, talk)
        self._link(tx, talk)
        return Crossed(outcome="linked")

    def _keep_apart(self, tx: Tx, own: ConversationRow, talk: ConversationRow) -> None:
        """Both talks go on where they are; whoever reads one is led to the other."""
        self._note(tx, talk, "telegram.in.note.kept", own)
        self._note(tx, own, "telegram.in.note.other", talk)
        with suppress(RefusedError):  # a group that is full: the two lines tell of it as well
            unite(tx, talk.id, own.id, (0, self._now))

    def _link(self, tx: Tx, talk: ConversationRow) -> None:
        chat = msgspec.structs.replace(self._chat, conversation=talk.id)
        chats.link(tx, chat)
        chats.unlink_others(tx, chat)
        seq = self._append(tx, talk, "event", "telegram.in.continued")
        push(tx, self._pushing, talk.id, (seq, "event"), self._now)

    def _close(self, tx: Tx, own: ConversationRow, talk: ConversationRow) -> None:
        """End what the chat was about until now: it is the same prospect's same matter."""
        self._note(tx, own, "telegram.in.note.left", talk)
        self._note(tx, talk, "telegram.in.note.took_over", own)
        with suppress(RefusedError):  # a group that is full: the two lines tell of it as well
            unite(tx, own.id, talk.id, (0, self._now))
        outbox.cancel_timers(tx, own.id)
        state = records.read_state(own.state)
        if state.owner == "closed":
            return
        ended = msgspec.structs.replace(
            state,
            owner=next_owner(state.owner, "closed") or state.owner,
            outcome="closed" if state.outcome in ("open", "price_only") else state.outcome,
            close_reason="duplicate",
            question=None,
            waiting_since=0,
        )
        new = records.new_state(own, ended, self._now)
        if not conversations.save(tx, own.id, own.version, new):
            raise LostTurn(own.id)

    def _note(self, tx: Tx, talk: ConversationRow, key: str, other: ConversationRow) -> None:
        """A line for staff that names the other talk."""
        self._append(tx, talk, "note", key, other=other.id)

    def _append(
        self, tx: Tx, talk: ConversationRow, author: Author, key: str, **values: str
    ) -> int:
        text = self._texts.say(talk.language, key, **values)
        body = records.write_reply(Reply(key=key, text=text))
        self.touched.add(talk.id)
        line = NewMessage(author, text, self._now, body=body)
        return conversations.append(tx, talk.id, [line])[0]
