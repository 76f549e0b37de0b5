"""The messenger as a channel: messages of the talk on their way to the prospect's chat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from bot.house import House, Mind
from bot.logs import describe_error, get_logger
from bot.prospects.channel import Outgoing, Progress, TryLater, Undeliverable, Withdrawn
from bot.prospects.messenger.files import Files
from bot.prospects.messenger.layout import (
    Letter,
    Part,
    carries_keys,
    find_caption,
    join,
    lay_out,
)
from bot.prospects.messenger.letters import Letters
from bot.prospects.messenger.question import Questions
from bot.prospects.messenger.view import CHANNEL, View
from bot.telegram.border import (
    Blocked,
    Busy,
    Client,
    Post,
    Refused,
    Target,
    TelegramError,
    Unchanged,
    Vanished,
)
from bot.telegram.pace import Pace
from bot.telegram.split import Lines
from dialogs.types import Attachment
from storage import chats
from storage.errors import DatabaseClosed, StorageError

LONGEST_WAIT = 3_000  # ms that a message waits here for the pace; beyond, the outbox keeps it
NAP = 250  # ms: how soon a waiting message sees that the server stops
AT_ONCE = 1  # ms: the next try finds the chat in which the talk goes on


@dataclass(frozen=True, slots=True)
class _Journey:
    """One message and the chat that it goes to."""

    to: Target
    letter: Letter
    parts: tuple[Part, ...]
    progress: Progress


class TelegramChannel:
    """Implements `PushChannel`. The messages of one conversation come one after the other."""

    name = CHANNEL
    pushes = True

    def __init__(self, house: House, mind: Mind, client: Client, pace: Pace) -> None:
        self.questions = Questions(house, mind, client, pace)
        self._house = house
        self._mind = mind
        self._client = client
        self._pace = pace
        self._letters = Letters(house, mind)
        self._files = Files(house, mind, client)

    async def send(self, message: Outgoing, progress: Progress) -> None:
        """Send what of the message has not gone out. Raises TryLater, Withdrawn, Undeliverable
        with a reason (blocked, refused, file, unlinked), and StorageError.

        Where the talk has moved to another chat, what is left of the message follows it there.
        """
        journey = self._prepare(message, progress)
        while progress.done < len(journey.parts):
            await self._send_part(journey, progress.done)
            await self._count(progress)

    def _prepare(self, message: Outgoing, progress: Progress) -> _Journey:
        here, letter = self._house.db.peek(
            lambda tx: (
                chats.of(tx, message.conversation),
                self._letters.read(tx, message.conversation, message.seq),
            )
        )
        if here is None or here.channel != CHANNEL or letter is None:
            raise Undeliverable("unlinked")
        return _Journey(
            to=Target(chat=int(here.address)),
            letter=letter,
            parts=lay_out(self._mind.texts, letter),
            progress=progress,
        )

    def _check(self, journey: _Journey) -> None:
        """Ask right before each call that shows something: much may happen during a wait.

        Raises Withdrawn, or TryLater where the talk goes on in another chat by now.
        """
        if not journey.progress.still_wanted():
            raise Withdrawn
        here = self._house.db.peek(lambda tx: chats.of(tx, journey.letter.conversation))
        if here is None or (here.channel, here.address) != (CHANNEL, str(journey.to.chat)):
            raise TryLater(AT_ONCE)

    async def _count(self, progress: Progress) -> None:
        """Store that one more part is out. Where that fails, nobody will know that it is."""
        try:
            await progress.step()
        except DatabaseClosed:
            raise
        except StorageError:
            raise TryLater(uncertain=True) from None

    # --- one part --------------------------------------------------------------------------------

    async def _send_part(self, journey: _Journey, number: int) -> None:
        part = journey.parts[number]
        await self._wait(journey.to.chat)
        try:
            if isinstance(part, Attachment):
                await self._send_file(journey, part)
            elif carries_keys(part) and journey.letter.reply.question:
                await self._ask(journey, part)
            else:
                await self._say(journey, part)
        except Busy as error:
            after = error.after
            if after:
                self._pace.hold(journey.to.chat, after)
            raise TryLater(after, uncertain=error.uncertain) from None
        except Blocked:
            raise Undeliverable("blocked") from None
        except TelegramError:
            raise Undeliverable("refused") from None

    async def _wait(self, chat: int) -> None:
        """Until the pace lets a message to this chat go; TryLater where that takes long."""
        left = LONGEST_WAIT
        while wait := self._pace.take(chat):
            if wait > left or self._house.live.closed:
                raise TryLater(wait)
            nap = min(wait, NAP)
            await asyncio.sleep(nap / 1_000)
            left -= nap

    async def _say(self, journey: _Journey, post: Post) -> None:
        view = self.questions.view(journey.to.chat)
        gone = bool(view.plain) and not post.keys
        if gone:
            post = msgspec.structs.replace(post, remove_keyboard=True)
        self._check(journey)
        await self._client.send(journey.to, post)
        await self._cover(journey, view, keyboard_gone=gone)

    async def _send_file(self, journey: _Journey, attachment: Attachment) -> None:
        view = self.questions.view(journey.to.chat)
        gone = bool(view.plain)
        try:
            await self._files.send(
                journey.to,
                journey.letter,
                attachment,
                lambda: self._check(journey),
                remove_keyboard=gone,
            )
        except Blocked:
            raise
        except Refused:
            await self._send_without(journey, attachment, keyboard_gone=gone)
            if attachment.kind == "file":
                raise Undeliverable("file") from None
        await self._cover(journey, view, keyboard_gone=gone)

    async def _send_without(
        self, journey: _Journey, attachment: Attachment, *, keyboard_gone: bool
    ) -> None:
        """The words that should have stood below a file, and for a paper why it is not there."""
        words = find_caption(self._mind.texts, journey.letter)
        posts = [words] if words else []
        if attachment.kind != "file":
            posts.append(self._say_missing(journey.letter, attachment))
        if posts:
            self._check(journey)
            post = msgspec.structs.replace(join(posts), remove_keyboard=keyboard_gone)
            await self._client.send(journey.to, post)

    def _say_missing(self, letter: Letter, paper: Attachment) -> Post:
        """A paper that cannot be sent as a file: by its link, or at least said so."""
        href = letter.hrefs.get(paper.id, "")
        key = "telegram.out.file_failed" + (".linked" if href else "")
        said = self._mind.texts.say(letter.language, key, title=paper.title).strip()
        before, title, after = said.partition(paper.title)
        lines = Lines().add(before).add(title, href=href).add(after)
        return Post(text=lines.text, marks=lines.marks)

    async def _cover(self, journey: _Journey, view: View, *, keyboard_gone: bool = False) -> None:
        """Something stands below the question now; of one that is closed by then the keys go."""
        closed = bool(view.message) and not self.questions.is_open(
            journey.letter.conversation, view.question
        )
        shown: dict[str, object] = {}
        if view.message and not view.covered:
            shown["covered"] = True
        if keyboard_gone:
            shown["plain"] = ()
        if closed:
            shown["message"] = 0
        if shown:
            await self._remember(journey.to.chat, shown)
        if closed:
            self.questions.take_keys_away(journey.to.chat, view.message)

    # --- a question ------------------------------------------------------------------------------

    async def _ask(self, journey: _Journey, post: Post) -> None:
        chat, letter = journey.to.chat, journey.letter
        view = self.questions.view(chat)
        if post.keys and await self._ask_in_place(journey, post, view):
            return
        self._check(journey)
        posted = await self._client.send(journey.to, post)
        shown: dict[str, object] = {
            "question": letter.reply.question,
            "seq": letter.seq,
            "message": posted.message if post.keys else 0,
            "covered": False,
            "makes_way": False,
        }
        if not post.keys:
            shown["plain"] = letter.reply.buttons
        await self._remember(chat, shown)
        if view.message:
            self.questions.take_keys_away(chat, view.message)

    async def _ask_in_place(self, journey: _Journey, post: Post, view: View) -> bool:
        """Show a question again in the message that shows it; False where it must be sent anew.

        An edit can be done again without harm, so that it is never uncertain.
        """
        whole = sum(isinstance(part, Post) for part in journey.parts) == 1
        shown_already = view.seq == journey.letter.seq and bool(view.message)
        if not shown_already and not (whole and self.questions.stands_last(view, journey.letter)):
            return False
        shown = {"seq": journey.letter.seq, "question": journey.letter.reply.question}
        await self._remember(journey.to.chat, {**shown, "makes_way": False})
        self._check(journey)
        try:
            await self._client.edit(journey.to.chat, view.message, post)
        except Unchanged:
            return shown_already
        except Vanished:
            return False
        except Busy as error:
            if error.after:
                raise
            raise Busy("an edit", uncertain=False) from None
        except Blocked:
            raise
        except Refused:
            return False
        return True

    async def _remember(self, chat: int, shown: dict[str, object]) -> None:
        """Keep what the chat shows. Where that fails, its keys are answered as stale at worst."""
        try:
            await self.questions.change(chat, lambda view: msgspec.structs.replace(view, **shown))
        except DatabaseClosed:
            raise
        except StorageError as error:
            get_logger().warning("view_not_kept", **describe_error(error))
