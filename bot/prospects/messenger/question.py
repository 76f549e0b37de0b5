"""The open question in a chat: edited in place, and closed once it was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import msgspec

from bot import records
from bot.house import House, Mind
from bot.logs import describe_error, get_logger
from bot.prospects.messenger.layout import Letter, with_choice
from bot.prospects.messenger.letters import Letters
from bot.prospects.messenger.view import CHANNEL, View, read_view, write_view
from bot.telegram.border import TEXT_MAX, Client, Post, TelegramError
from bot.telegram.split import units
from dialogs.types import Struct
from storage import chats, conversations
from storage.db import Tx
from storage.errors import StorageError

LOOK_BACK = 10  # messages between two showings of a question that are looked at


class Pressed(Struct):
    """A button that was pressed: Telegram's chat and message, and the message of the talk (seq)
    that it stood under."""

    chat: int
    message: int
    seq: int
    label: str


class Questions:
    """Best effort in all that it does: what fails leaves a keyboard that is answered as stale."""

    def __init__(self, house: House, mind: Mind, client: Client) -> None:
        self._house = house
        self._mind = mind
        self._client = client
        self._letters = Letters(house, mind)
        self._at_work: set[asyncio.Task[None]] = set()

    # --- what the chat shows ---------------------------------------------------------------------

    def view(self, chat: int) -> View:
        here = self._house.db.peek(lambda tx: chats.find(tx, CHANNEL, str(chat)))
        return read_view(here.view) if here else View()

    async def change(self, chat: int, change: Callable[[View], View]) -> View:
        """Change what is remembered of a chat; gives what was. Raises StorageError."""

        def run(tx: Tx) -> View:
            here = chats.find(tx, CHANNEL, str(chat))
            if here is None:
                return View()
            before = read_view(here.view)
            after = change(before)
            if after != before:
                chats.save_view(tx, CHANNEL, str(chat), write_view(after))
            return before

        return await self._house.db.write(run)

    def stands_last(self, view: View, letter: Letter) -> bool:
        """The message that shows this question has nothing below it: it can be edited."""
        if not view.message or view.covered or view.question != letter.reply.question:
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

        Call it before the tap is handed to intake: of a question that is no longer open, only the
        keys go. Nobody waits for it; the same again changes nothing.
        """
        letter = self._house.db.peek(lambda tx: self._find(tx, pressed))
        if letter is None:
            return
        asked = with_choice(self._mind.texts, letter, pressed.label)
        number = letter.reply.question
        is_open = not number or self.is_open(letter.conversation, number)
        if not is_open or asked is None or units(asked.text) > TEXT_MAX:
            asked = None
        self._begin(self._show_choice(pressed, asked))

    def _find(self, tx: Tx, pressed: Pressed) -> Letter | None:
        here = chats.find(tx, CHANNEL, str(pressed.chat))
        return self._letters.read(tx, here.conversation, pressed.seq) if here else None

    async def _show_choice(self, pressed: Pressed, asked: Post | None) -> None:
        def answered(view: View) -> View:
            if view.message != pressed.message or view.seq != pressed.seq:
                return view
            return msgspec.structs.replace(view, message=0)

        before = await self.change(pressed.chat, answered)
        if before.message == pressed.message and before.seq != pressed.seq:
            return  # it shows a question again by now
        if asked is None:
            await self._client.edit_keys(pressed.chat, pressed.message, ())
        else:
            await self._client.edit(pressed.chat, pressed.message, asked)

    def take_keys_away(self, chat: int, message: int) -> None:
        """Of a question that was answered in words, was closed, or is shown anew below. Nobody
        waits for it."""
        self._begin(self._client.edit_keys(chat, message, ()))

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        if self._house.live.closed:  # the connection is about to be closed, too
            work.close()
            return
        task = asyncio.create_task(self._try(work))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _try(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except (TelegramError, StorageError) as error:
            get_logger().debug("question_not_edited", **describe_error(error))
