"""What people write with a slash before it, and the menu that Telegram shows of it."""

from __future__ import annotations

import re

from bot import records
from bot.linking import Linking
from bot.prospects.messenger.reception import Reception, Visit
from bot.prospects.messenger.view import CHANNEL
from bot.prospects.words import LANGUAGE_NAMES
from bot.telegram.border import Key, Said
from dialogs.types import Incoming, Struct
from storage import codes

NAMES = ("start", "help", "language", "person", "forget")  # as the menu shows them
CHOOSE_LANGUAGE = "m:language:"
_STALE = "telegram.in.tap.stale"
SOURCE_MAX = 64  # characters of a start parameter
LABEL_MAX = 64
_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@[a-z0-9_]{1,64})?(?:\s+(.*))?", re.I | re.S)


class Command(Struct):
    """One of NAMES; `rest` is what stands behind it."""

    name: str
    rest: str = ""


def read_command(said: Said) -> Command | None:
    """The command that a message is; None for any other, and for what somebody else wrote.

    A command that nobody knows is words.
    """
    found = None if said.forwarded or said.file else _COMMAND.fullmatch(said.text.strip())
    if found is None or found[1].lower() not in NAMES:
        return None
    return Command(name=found[1].lower(), rest=(found[2] or "").strip())


def is_bare(said: Said) -> bool:
    """It looks like a command and says nothing else."""
    found = None if said.forwarded or said.file else _COMMAND.fullmatch(said.text.strip())
    return found is not None and not found[2]


class Commands:
    """Does what the commands say."""

    def __init__(self, reception: Reception) -> None:
        core = reception.core
        self._reception = reception
        self._linking = Linking(core.house, core.mind, frozenset({CHANNEL}))

    def menu(self, language: str) -> tuple[tuple[str, str], ...]:
        """The commands with what they do, for Telegram's menu."""
        say = self._reception.word
        return tuple((name, say(language, f"telegram.in.command.{name}")) for name in NAMES)

    async def take(self, said: Said, command: Command) -> None:
        """Raises Busy, StorageError and ErasedError."""
        await self._reception.cover(said.chat)
        if command.name == "start":
            await self._start(said, command.rest)
            return
        reception = self._reception
        if command.name == "forget" and reception.find(said) is None:
            word = reception.word(reception.speak(said), "telegram.in.nothing_kept")
            await reception.say(said.chat, word)
            return
        visit = await reception.welcome(said)
        if command.name in ("person", "forget"):
            await self._choose(visit, command.name, said.text.strip()[:LABEL_MAX])
        elif command.name == "language":
            await self._offer_languages(visit)
        else:
            human = visit.row.owner == "human"
            await reception.tell(visit, "telegram.in.help.human" if human else "telegram.in.help")

    async def take_menu(self, said: Said) -> None:
        """A tap on a button of a menu of ours, which belongs to no question."""
        reception = self._reception
        language = said.data.removeprefix(CHOOSE_LANGUAGE)
        if language not in reception.core.mind.pack.languages:
            await reception.toast(said, reception.word(reception.speak(said), _STALE))
            return
        visit = await reception.welcome(said)
        await self._choose(visit, f"language:{language}", LANGUAGE_NAMES.get(language, language))
        await reception.toast(said)
        await reception.drop_keys(said)

    async def _choose(self, visit: Visit, value: str, label: str) -> None:
        """Press a button that stands under no message; `label` is what the transcript shows."""
        choice = Incoming(
            conversation=visit.row.id,
            external_id=self._reception.external_id(visit.said),
            kind="choice",
            value=value,
            text=label,
            language=visit.language,
        )
        handled = await self._reception.hand_in(visit, choice)
        if handled.refused:
            await self._reception.refuse(visit, handled.refused)

    async def _offer_languages(self, visit: Visit) -> None:
        reception = self._reception
        keys = tuple(
            (Key(label=LANGUAGE_NAMES.get(each, each), data=CHOOSE_LANGUAGE + each),)
            for each in reception.core.mind.pack.languages
        )
        word = reception.word(visit.language, "telegram.in.language.ask")
        await reception.answer(visit, word, keys)

    # --- /start ----------------------------------------------------------------------------------

    async def _start(self, said: Said, payload: str) -> None:
        """Begin, go on with a talk of the website, or show where the talk stands."""
        reception = self._reception
        crossed = await self._cross(said, payload) if codes.is_code("continue", payload) else ""
        if crossed == "kept":
            return
        source = CHANNEL if crossed else records.clean(payload)[:SOURCE_MAX] or CHANNEL
        visit = await reception.enter(said, source)
        opened = Incoming(
            conversation=visit.row.id,
            external_id=reception.external_id(said),
            kind="open",
            value="continue" if crossed in ("linked", "here") else "start",
            language=reception.hint(said) or visit.language,
        )
        await reception.hand_in(visit, opened)

    async def _cross(self, said: Said, code: str) -> str:
        """Bring the website's talk into this chat, or say why not; gives what came of it."""
        reception = self._reception
        crossed = await self._linking.cross(reception.place(said), code)
        if crossed.outcome in ("kept", "unknown"):
            language = reception.speak(said)
            word = reception.word(language, f"telegram.in.code.{crossed.outcome}")
            await reception.say(said.chat, word)
        return crossed.outcome
