"""The prospects' bot as a door: every update of a private chat, on its way into intake."""

from __future__ import annotations

import contextlib
from typing import Literal

from bot import records
from bot.core import Core
from bot.logs import get_logger
from bot.prospects.messenger.attachments import Attachments
from bot.prospects.messenger.commands import Commands, is_bare, read_command
from bot.prospects.messenger.reception import PAUSE, ErasedError, Reception, Visit
from bot.prospects.messenger.taps import Taps
from bot.prospects.messenger.view import find_plain_key
from bot.telegram.border import (
    PROSPECTS,
    Busy,
    Client,
    Contact,
    Me,
    RawUpdate,
    Said,
    TelegramError,
)
from bot.telegram.pace import Pace
from dialogs.types import Incoming
from storage import reading

LOOK_BACK = 100  # messages searched for the one that was edited
GROUPS_KEPT = 1_000

Origin = Literal["", "edited", "forwarded"]


class ProspectsDoor:
    """Implements `bot.telegram.border.Door`."""

    name = PROSPECTS

    def __init__(self, core: Core, client: Client, pace: Pace) -> None:
        self.client = client
        self._core = core
        self._reception = Reception(core, client, pace)
        self._commands = Commands(self._reception)
        self._attachments = Attachments(self._reception)
        self._taps = Taps(self._reception, self._commands)
        self._told_groups: dict[int, None] = {}

    async def begin(self, me: Me) -> None:
        """Set the menu in every language. Raises TelegramError."""
        self._core.house.presence.usernames[PROSPECTS] = me.username
        languages = self._core.mind.pack.languages
        await self.client.set_commands(self._commands.menu(languages[0]))
        for language in languages:
            await self.client.set_commands(self._commands.menu(language), language)

    async def take(self, update: RawUpdate) -> None:
        """Do what the update asks for; the same again leads to nothing more.

        Raises Busy and StorageError to be called again, ValueError for what is no update.
        """
        said = self.client.read(update.payload)
        if said.kind == "other" or (said.sender is not None and said.sender.is_bot):
            return
        if said.kind != "tap" and said.chat_kind != "private":
            await self._leave(said)
            return
        if said.kind == "member":
            get_logger().info("prospect_chat", status=said.status)
            return
        if said.sender is None or said.service:
            return
        try:
            await self._take(said)
        except ErasedError:
            # It was erased in this very moment. What is still wanted then begins a new one.
            raise Busy("erased", PAUSE) from None

    async def skip(self, update: RawUpdate) -> None:
        """A repeated tap: stop the clock on its button. Raises TelegramError."""
        said = self.client.read(update.payload)
        if said.kind == "tap":
            await self.client.answer_tap(said.tap)

    async def close(self) -> None:
        """Nothing goes on in the background here."""

    async def _take(self, said: Said) -> None:
        command = read_command(said)
        if said.kind == "tap":
            await self._taps.take(said)
        elif command is not None:
            await self._commands.take(said, command)
        elif said.kind == "edited":
            await self._take_edit(said)
        else:
            await self._take_message(await self._reception.welcome(said))

    # --- messages --------------------------------------------------------------------------------

    async def _take_message(self, visit: Visit) -> None:
        said = visit.said
        if said.file is not None:
            self._reception.show_typing(visit)
            await self._attachments.take_file(visit, said.file)
            if said.text:
                await self._take_text(visit, said.text, "caption")
        elif said.contact is not None:
            await self._take_contact(visit, said.contact)
        elif said.text:
            await self._take_words(visit)
            if is_bare(said) and visit.row.owner != "human":
                await self._reception.tell(visit, "telegram.in.unknown_command")
        else:
            await self._attachments.answer(visit, said.other)

    async def _take_contact(self, visit: Visit, contact: Contact) -> None:
        """Their own number is like words of theirs; somebody else's is not taken."""
        if not contact.own:
            await self._reception.note(visit, "telegram.in.note.sent.contact", "sent")
            await self._reception.tell(visit, "telegram.in.contact.foreign")
            return
        phone = contact.phone if contact.phone[:1] in ("+", "0") else f"+{contact.phone}"
        await self._take_text(visit, ", ".join(filter(None, (contact.name, phone))))

    async def _take_words(self, visit: Visit) -> None:
        """Words, or the label of a key that stands where the letters were."""
        said, view = visit.said, self._reception.find_view(visit.said)
        key = find_plain_key(view, said.text) if view and not said.forwarded else None
        if view is None or key is None:
            await self._take_text(visit, said.text)
            return
        pressed = Incoming(
            conversation=visit.row.id,
            external_id=self._reception.external_id(said),
            kind="choice",
            question=view.question,
            value=key.value,
            language=visit.language,
        )
        handled = await self._reception.hand_in(visit, pressed)
        if handled.refused:
            await self._reception.refuse(visit, handled.refused)

    async def _take_text(self, visit: Visit, text: str, part: str = "") -> None:
        said = visit.said
        origin: Origin = "forwarded" if said.forwarded else ""
        words = Incoming(
            conversation=visit.row.id,
            external_id=self._reception.external_id(said, part),
            kind="text",
            text=text,
            language=visit.language,
            origin="edited" if said.kind == "edited" else origin,
        )
        self._reception.show_typing(visit)
        handled = await self._reception.hand_in(visit, words)
        if handled.refused:
            await self._reception.refuse(visit, handled.refused)

    # --- edits -----------------------------------------------------------------------------------

    async def _take_edit(self, said: Said) -> None:
        """Take other words for what they are; silence for an edit that changes none."""
        row, view = self._reception.find(said), self._reception.find_view(said)
        text = records.clean(said.text)
        if row is None or view is None or not text or said.message < view.since:
            return
        part = "caption" if said.file else ""
        visit = Visit(said=said, row=row)
        if text != self._find_words(visit, self._reception.external_id(said, part)):
            await self._take_text(visit, text, part)

    def _find_words(self, visit: Visit, name: str) -> str | None:
        """What this message said last, of the newest messages; None where it is not among them."""
        first = name.rpartition(":")[0]  # without what tells the edits apart
        after = max(0, visit.row.last_seq - LOOK_BACK)
        found = self._core.house.db.peek(
            lambda tx: reading.messages_after(
                tx, visit.row.id, after, internal=False, limit=LOOK_BACK
            )
        )
        for message in reversed(found):
            known = message.external_id
            if known == first or (known.startswith(f"{first}:") and known != name):
                return message.text
        return None

    # --- other chats -----------------------------------------------------------------------------

    async def _leave(self, said: Said) -> None:
        """Say once where this bot talks, and go; again, without a word, when it is brought back."""
        told = said.chat in self._told_groups
        if said.status in ("left", "kicked") or (told and said.kind != "member"):
            return
        if not told and said.chat_kind in ("group", "supergroup"):
            word = self._reception.word(self._reception.speak(said), "telegram.in.private_only")
            await self._reception.say(said.chat, word)
        self._told_groups[said.chat] = None
        if len(self._told_groups) > GROUPS_KEPT:
            del self._told_groups[next(iter(self._told_groups))]
        with contextlib.suppress(TelegramError):
            await self.client.leave(said.chat)
