"""The open question in a chat: edited in place, and closed once it was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from bot import records
from bot.house import House, Mind
from bot.logs import describe_error, get_logger
from bot.prospects.messenger.layout import Letter, with_choice
from bot.prospects.messenger.letters import Letters
from bot.prospects.messenger.view import CHANNEL, View, read_view, write_view
from bot.telegram.border import TEXT_MAX, Busy, Client, Post, TelegramError
from bot.telegram.pace import Pace
from bot.telegram.split import units
from dialogs.types import Struct
from storage import chats, conversations
from storage.db import Tx
from storage.errors import StorageError

LOOK_BACK = 10  # messages between two showings of a question that are looked at
PATIENCE = 60_000  # ms for which an edit waits and is tried again
FIRST_WAIT = 1_000  # ms before the second try; doubled each time
NAP = 1_000  # ms: how soon a waiting edit sees that the server stops
EDITS_AT_ONCE = 20
EDITS_WAITING = 1_000  # what comes on top of them is left out
MAKING_WAY = ("back", "skip")  # buttons after which the next question may stand in their place


class Pressed(Struct):
    """A button that was pressed: Telegram's chat and message, and the message of the talk (seq)
    that it stood under."""

    chat: int
    message: int
    seq: int
    label: str
    kind: str = "option"


class Questions:
    """Best effort in all that it does: what fails leaves a keyboard that is answered as stale.

    Edits that nobody waits for take no place from messages: they wait until the pace is idle.
    """

    def __init__(self, house: House, mind: Mind, client: Client, pace: Pace) -> None:
        self._house = house
        self._mind = mind
        self._client = client
        self._pace = pace
        self._letters = Letters(house, mind)
        self._at_work: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(EDITS_AT_ONCE)

    # --- what the chat shows ---------------------------------------------------------------------

    def view(self, chat: int) -> View:
        here = self._house.db.peek(lambda tx: chats.find(tx, CHANNEL, str(chat)))
        return read_view(here.view, self._client.number) if here else View()

    async def change(self, chat: int, change: Callable[[View], View]) -> View:
        """Change what is remembered of a chat; gives what was. Raises StorageError."""

        def run(tx: Tx) -> View:
            here = chats.find(tx, CHANNEL, str(chat))
            if here is None:
                return View()
            before = read_view(here.view, self._client.number)
            after = change(before)
            if after != before:
                chats.save_view(tx, CHANNEL, str(chat), write_view(after))
            return before

        return await self._house.db.write(run)

    def stands_last(self, view: View, letter: Letter) -> bool:
        """The message that shows this question has nothing below it: it can be edited."""
        if not view.message or view.covered:
            return False
        if view.question != letter.reply.question and not view.makes_way:
            return False
        between = range(view.seq + 1, letter.seq)
        if len(between) > LOOK_BACK:
            return False
        return not any(self._was_written(letter.conversation, seq) for seq in between)

    def _was_written(self, conversation: str, seq: int) -> bool:
        """The prospect wrote this one in the chat; one from the website does not stand there."""
        message = self._house.db.peek(lambda tx: conversations.get_message(tx, conversation, seq))
        return message is not None and message.external_id.startswith("tg:")

    def is_open(self, conversation: str, number: int) -> bool:
        """The question of this number waits for its answer."""
        row = self._house.db.peek(lambda tx: conversations.load(tx, conversation))
        question = records.read_state(row.state).question if row and row.state else None
        return question is not None and question.number == number

    # --- a question that was answered ------------------------------------------------------------

    def show_choice(self, pressed: Pressed) -> None:
        """Show in the question's message what was pressed, in place of its keys.

        After Back and Skip the message stays as it is, so that the next question can be shown there
        instead. Call it before the tap is handed to intake: of a question that is no longer open,
        only the keys go. Nobody waits for it; the same again changes nothing.
        """
        letter = self._house.db.peek(lambda tx: self._find(tx, pressed))
        if letter is None:
            return
        number = letter.reply.question
        is_open = not number or self.is_open(letter.conversation, number)
        if number and is_open and pressed.kind in MAKING_WAY and self._is_last(pressed, letter):
            self._begin(lambda: self._make_way(pressed))
            return
        asked = with_choice(self._mind.texts, letter, pressed.label)
        if not is_open or asked is None or units(asked.text) > TEXT_MAX:
            asked = None
        self._begin(lambda: self._show_choice(pressed, asked))

    def _find(self, tx: Tx, pressed: Pressed) -> Letter | None:
        here = chats.find(tx, CHANNEL, str(pressed.chat))
        return self._letters.read(tx, here.conversation, pressed.seq) if here else None

    def _is_last(self, pressed: Pressed, letter: Letter) -> bool:
        """Nothing stands below the question, and the bot is the one to answer."""
        row = self._house.db.peek(lambda tx: conversations.load(tx, letter.conversation))
        view = self.view(pressed.chat)
        if row is None or row.owner == "human" or view.message != pressed.message:
            return False
        newest = msgspec.structs.replace(letter, seq=row.last_seq + 1)
        return view.seq == pressed.seq and self.stands_last(view, newest)

    async def _make_way(self, pressed: Pressed) -> None:
        def mark(view: View) -> View:
            if view.message != pressed.message or view.seq != pressed.seq:
                return view
            return msgspec.structs.replace(view, makes_way=True)

        await self.change(pressed.chat, mark)

    async def _show_choice(self, pressed: Pressed, asked: Post | None) -> None:
        def answered(view: View) -> View:
            if view.message != pressed.message or view.seq != pressed.seq:
                return view
            return msgspec.structs.replace(view, message=0)

        chat, message = pressed.chat, pressed.message
        await self.change(chat, answered)
        if asked is None:
            await self._edit(chat, message, lambda: self._client.edit_keys(chat, message, ()))
        else:
            await self._edit(chat, message, lambda: self._client.edit(chat, message, asked))

    def take_keys_away(self, chat: int, message: int) -> None:
        """Of a question that was answered in words, was closed, or is shown anew below. Nobody
        waits for it."""
        self._begin(
            lambda: self._edit(chat, message, lambda: self._client.edit_keys(chat, message, ()))
        )

    # --- edits that nobody waits for -------------------------------------------------------------

    async def _edit(self, chat: int, message: int, edit: Callable[[], Awaitable[None]]) -> None:
        """Edit it as soon as the chat is left alone, again after what passes. Raises TelegramError.

        It is left out once the message shows a question again.
        """
        left, pause = PATIENCE, FIRST_WAIT
        while True:
            while left > 0 and (wait := self._pace.wait(chat)):
                left -= await self._nap(wait)
            if left <= 0 or self._house.live.closed or self.view(chat).message == message:
                return
            try:
                async with self._room:
                    await edit()
                return
            except Busy as error:
                if error.after:
                    self._pace.hold(chat, error.after)
            left, rest = left - pause, pause
            while rest > 0 and not self._house.live.closed:
                rest -= await self._nap(rest)
            pause *= 2

    async def _nap(self, wait: int) -> int:
        """Gives the ms that it took."""
        nap = min(wait, NAP)
        await asyncio.sleep(nap / 1_000)
        return nap

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        # Once the server closes, so does the connection.
        if self._house.live.closed or len(self._at_work) >= EDITS_WAITING:
            return
        task = asyncio.create_task(self._try(work))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (TelegramError, StorageError) as error:
            get_logger().debug("question_not_edited", **describe_error(error))
