"""What every kind of update needs: the conversation of its chat, its way into intake, our answers.

An update may come again after a crash at any point: whatever is stored here is stored under the
update's own id, and what is said directly is said as well as it goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict

import msgspec

from bot import records
from bot.arrivals import insist
from bot.core import Core
from bot.live import DESK
from bot.logs import get_logger
from bot.prospects.messenger.question import Questions
from bot.prospects.messenger.view import CHANNEL, View, read_view, write_view
from bot.telegram.border import Busy, Client, Key, Mark, Post, Said, Target, TelegramError
from bot.telegram.pace import Pace
from bot.telegram.split import units
from bot.turns.transition import Handled
from dialogs.types import Incoming, Reply, Struct
from storage import chats, conversations
from storage.chats import ChatRow
from storage.conversations import ConversationRow, NewMessage
from storage.db import Tx
from storage.errors import Gone, StorageError

PAUSE = 1_000  # ms until something that came too fast is tried again
TYPING_EVERY = 4_000  # ms; a client shows it for five seconds
PATIENCE = 5_000  # ms that a direct answer waits when Telegram asks for it
CHATS_KEPT = 10_000  # chats remembered by when they were last shown typing
_GONE = ("error.erased", "error.unknown_conversation")

Keys = tuple[tuple[Key, ...], ...]


class ErasedError(Exception):
    """The conversation of this chat was erased in this very moment."""


class Visit(Struct):
    """One update, and the conversation that it belongs to. `begun`: it is the first of it."""

    said: Said
    row: ConversationRow
    begun: bool = False

    @property
    def language(self) -> str:
        return self.row.language


class Reception:
    """Finds or begins the conversation of a chat, hands things to intake, answers directly."""

    def __init__(self, core: Core, client: Client, pace: Pace) -> None:
        self.core = core
        self.client = client
        self._pace = pace
        self.questions = Questions(core.house, core.mind, client, pace)
        self._typed: OrderedDict[int, int] = OrderedDict()
        self._typing: set[asyncio.Task[None]] = set()

    def external_id(self, said: Said, part: str = "") -> str:
        """The sender's own id of what was said; `part` tells two things in one message apart.

        A new bot in the same chat counts its messages from 1 again.
        """
        if said.kind == "tap":
            return f"tap:{said.tap}"
        edit = f":{said.at // 1_000}" if said.kind == "edited" else ""
        return f"tg:{self.client.number}:{said.message}{part and f':{part}'}{edit}"

    # --- the conversation of a chat --------------------------------------------------------------

    def find_chat(self, said: Said) -> ChatRow | None:
        return self.core.house.db.peek(lambda tx: chats.find(tx, CHANNEL, str(said.chat)))

    def find(self, said: Said) -> ConversationRow | None:
        """The conversation that goes on in this chat, or None."""
        here = self.find_chat(said)
        if here is None:
            return None
        row = self.core.house.db.peek(lambda tx: conversations.load(tx, here.conversation))
        return None if row is None or row.erased else row

    def find_view(self, said: Said) -> View | None:
        """What this chat shows, or None where no conversation goes on in it."""
        here = self.find_chat(said)
        return read_view(here.view, self.client.number) if here else None

    def place(self, said: Said) -> ChatRow:
        """This chat, as a conversation is linked to it by this update."""
        view = write_view(View(bot=self.client.number, since=said.message))
        return ChatRow(CHANNEL, str(said.chat), "", self.core.house.now(), view)

    async def enter(self, said: Said, source: str = CHANNEL) -> Visit:
        """The conversation of this chat; one is begun, not greeted yet, where there is none."""
        row = self.find(said)
        if row is None:
            await self.core.intake.open(CHANNEL, self.hint(said), source, self.place(said))
            row = self.find(said)
        if row is None:
            raise ErasedError
        return Visit(said=said, row=row, begun=not row.last_seq)

    async def welcome(self, said: Said) -> Visit:
        """The same, and greeted."""
        visit = await self.enter(said)
        if visit.begun:
            greeting = Incoming(
                conversation=visit.row.id,
                external_id="tg:open",
                kind="open",
                language=self.hint(said),
            )
            await self.hand_in(visit, greeting)
        return visit

    async def hand_in(self, visit: Visit, incoming: Incoming) -> Handled:
        """Let intake take it in. A refusal that stands is the caller's to tell.

        Raises Busy for what is to be tried again, ErasedError, and NotTakenError for a fault of
        ours, which was told.
        """
        handled = await self.core.intake.handle(incoming, kept=True)
        if handled.refused == "error.other_body":
            # Two edits in one second, or a number that another bot of ours gave before.
            mark = hashlib.blake2b(incoming.text.encode(), digest_size=4).hexdigest()
            name = f"{incoming.external_id}:{mark}"
            incoming = msgspec.structs.replace(incoming, external_id=name)
            handled = await self.core.intake.handle(incoming, kept=True)
        if handled.refused == "error.too_many":
            raise Busy(handled.refused, PAUSE)
        if handled.refused in _GONE:
            raise ErasedError
        if handled.refused == "error.internal":
            await self.refuse(visit, handled.refused)
        return insist(handled)

    async def note(self, visit: Visit, key: str, part: str, **values: object) -> None:
        """Keep a line for staff in the transcript, once however often the update comes.

        Raises StorageError and ErasedError.
        """
        name, now = self.external_id(visit.said, part), self.core.house.now()
        text = self.word(visit.language, key, **values)
        body = records.write_reply(Reply(key=key, text=text))
        line = NewMessage("note", text, now, body=body, external_id=name)

        def run(tx: Tx) -> None:
            if conversations.find_message(tx, visit.row.id, name) is None:
                conversations.append(tx, visit.row.id, [line])

        try:
            await self.core.house.db.write(run)
        except Gone:
            raise ErasedError from None
        for topic in (visit.row.id, DESK):
            self.core.house.live.wake(topic)

    # --- what is said directly -------------------------------------------------------------------

    def hint(self, said: Said) -> str:
        """The language of the sender's client, such as zh-hans; "" where it is not told."""
        return said.sender.language[:35] if said.sender else ""

    def speak(self, said: Said) -> str:
        """The language to answer in where there is no conversation."""
        row, pack = self.find(said), self.core.mind.pack
        if row is not None:
            return row.language
        short = self.hint(said).replace("_", "-").partition("-")[0].lower()
        return short if short in pack.languages else pack.languages[0]

    def word(self, language: str, key: str, **values: object) -> str:
        return self.core.mind.texts.say(language, key, **values)

    async def tell(self, visit: Visit, key: str, **values: object) -> None:
        """Say a text of ours in the language of the talk, as well as it goes."""
        await self.answer(visit, self.word(visit.language, key, **values))

    async def answer(self, visit: Visit, text: str, keys: Keys = ()) -> None:
        """The same with words that are there; while a human has the talk, as a line of notice."""
        human = visit.row.owner == "human"
        marks = (Mark(kind="italic", start=0, length=units(text)),) if human else ()
        await self._post(visit.said.chat, Post(text=text, marks=marks, keys=keys))

    async def say(self, chat: int, text: str, *, remove_keyboard: bool = False) -> None:
        """Post something that is not kept; it is left out where that would take over PATIENCE."""
        await self._post(chat, Post(text=text, remove_keyboard=remove_keyboard))

    async def _post(self, chat: int, post: Post) -> None:
        left = PATIENCE
        while left > 0 and not self.core.house.live.closed:
            wait = self._pace.take(chat) or await self._send(chat, post)
            left -= wait
            if not wait or left < 0:
                break
            await asyncio.sleep(wait / 1_000)
        with contextlib.suppress(StorageError):
            await self.cover(chat)

    async def _send(self, chat: int, post: Post) -> int:
        """Gives the ms after which Telegram wants to be asked again; 0: it is done, or never."""
        try:
            await self.client.send(Target(chat=chat), post)
        except TelegramError as error:
            after = error.after if isinstance(error, Busy) else 0
            self._pace.hold(chat, after)
            get_logger().info("not_said", error=type(error).__name__)
            return after
        return 0

    async def cover(self, chat: int) -> None:
        """Something stands below the open question now: shown again, it must come below that."""
        view = self.questions.view(chat)
        if view.message and not view.covered:
            await self.questions.change(chat, lambda v: msgspec.structs.replace(v, covered=True))

    async def refuse(self, visit: Visit, key: str) -> None:
        """Tell why something was not taken in: under the tapped button, else as a message."""
        settings = self.core.house.settings
        word = self.word(
            visit.language,
            key,
            characters=settings.message_max_chars,
            megabytes=max(1, settings.file_max_bytes // 1_000_000),
            files=settings.files_per_conversation,
        )
        if visit.said.kind != "tap" or not await self.toast(visit.said, word):
            await self.answer(visit, word)

    async def drop_keys(self, said: Said) -> None:
        """Take the buttons away that were tapped, as well as it goes."""
        with contextlib.suppress(TelegramError):
            await self.client.edit_keys(said.chat, said.message, ())

    async def toast(self, said: Said, text: str = "") -> bool:
        """Stop the clock on the tapped button, with words where there are some. False: too late."""
        try:
            await self.client.answer_tap(said.tap, text)
        except TelegramError:
            return False
        return True

    async def keep_typing(self, visit: Visit) -> None:
        """Show it again and again, until called off."""
        while True:
            self.show_typing(visit)
            await asyncio.sleep(TYPING_EVERY / 1_000)

    def show_typing(self, visit: Visit) -> None:
        """Let the client show that an answer is under way; nobody waits for it."""
        chat, now = visit.said.chat, self.core.house.now()
        if visit.row.owner == "human" or 0 <= now - self._typed.get(chat, -TYPING_EVERY) < (
            TYPING_EVERY
        ):
            return
        self._typed[chat] = now
        self._typed.move_to_end(chat)
        if len(self._typed) > CHATS_KEPT:
            self._typed.popitem(last=False)
        task = asyncio.create_task(self._type(chat))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    async def _type(self, chat: int) -> None:
        with contextlib.suppress(TelegramError):
            await self.client.show_typing(Target(chat=chat))
