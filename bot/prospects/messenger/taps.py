"""Taps on the buttons under our messages."""

from __future__ import annotations

import re

from bot import records
from bot.prospects.messenger.commands import CHOOSE_LANGUAGE, Commands
from bot.prospects.messenger.question import Pressed
from bot.prospects.messenger.reception import Reception, Visit
from bot.telegram.border import Said
from dialogs.types import Button, Incoming, Reply
from storage import conversations

_PRESSED = re.compile(r"b:([1-9][0-9]{0,8}):([0-9]{1,3})")  # message and place of the button


class Taps:
    """Turns a tap into the choice that the button stands for."""

    def __init__(self, reception: Reception, commands: Commands) -> None:
        self._reception = reception
        self._commands = commands

    async def take(self, said: Said) -> None:
        """Raises Busy and ErasedError."""
        if said.data.startswith(CHOOSE_LANGUAGE):
            await self._commands.take_menu(said)
            return
        reception = self._reception
        row, view = reception.find(said), reception.find_view(said)
        if row is None or view is None:
            await self._say_stale(said)
            return
        visit = Visit(said=said, row=row)
        if said.message and said.message < view.since:
            await self._say_stale(said)
            await self._show_question(visit)
            return
        found = self._find(visit)
        if found is None:
            await self._say_stale(said)
        else:
            await self._press(visit, *found)

    def _find(self, visit: Visit) -> tuple[Reply, Button] | None:
        """The message and the button that the tap names; None for what is not there."""
        named = _PRESSED.fullmatch(visit.said.data)
        if named is None:
            return None
        seq, place = int(named[1]), int(named[2])
        message = self._reception.core.house.db.peek(
            lambda tx: conversations.get_message(tx, visit.row.id, seq)
        )
        if message is None or message.author not in ("bot", "event"):
            return None
        reply = records.read_reply(message.body, message.text)
        return (reply, reply.buttons[place]) if place < len(reply.buttons) else None

    async def _press(self, visit: Visit, reply: Reply, button: Button) -> None:
        reception, said = self._reception, visit.said
        choice = Incoming(
            conversation=visit.row.id,
            external_id=reception.external_id(said),
            kind="choice",
            question=reply.question,
            value=button.value,
            language=visit.language,
        )
        pressed = Pressed(
            chat=said.chat,
            message=said.message,
            seq=int(said.data.split(":")[1]),
            label=button.label,
            kind=button.kind,
        )
        reception.questions.show_choice(pressed)
        handled = await reception.hand_in(visit, choice)
        if handled.refused:
            await reception.refuse(visit, handled.refused)
            return
        await reception.toast(said)
        if handled.said:
            await reception.say(said.chat, handled.said, remove_keyboard=True)

    async def _say_stale(self, said: Said) -> None:
        reception = self._reception
        await reception.toast(said, reception.word(reception.speak(said), "telegram.in.tap.stale"))

    async def _show_question(self, visit: Visit) -> None:
        """The button was of another talk: show where this one stands."""
        opened = Incoming(
            conversation=visit.row.id,
            external_id=self._reception.external_id(visit.said),
            kind="open",
            value="continue",
            language=visit.language,
        )
        await self._reception.hand_in(visit, opened)
