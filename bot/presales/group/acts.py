"""What taps and commands do: each is one call of the desk, whose refusals are told in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from bot import records
from bot.core import Core
from bot.desk import StaffReply
from bot.desk.acting import Acted
from bot.presales.group.menus import (
    Menus,
    Wish,
    find_option,
    minutes_until_tomorrow,
    wake_at,
)
from bot.presales.group.walking import ACT_MARK
from bot.presales.group.words import Words
from bot.telegram.border import TEXT_MAX, Key
from bot.telegram.split import shorten
from bot.web.staffpages import Worker
from bot.web.talk_view import sees
from dialogs.brief import brief
from dialogs.brief_text import write_brief
from dialogs.types import Known, State, Struct, Value
from storage import conversations
from storage.accounts import StaffRow
from storage.conversations import ConversationRow

PROFILE_MAX = 3_000  # characters of the brief in full; what follows is its history


class Asked(Struct):
    """A wish of a member of staff. `once`: by which it is known when it is taken again."""

    staff: StaffRow
    talk: str
    wish: Wish
    once: str

    @property
    def external_id(self) -> str:
        return f"{ACT_MARK}{self.once}"


class Outcome(Struct):
    """What came of it. `keys`: the choices to be shown; None: none to choose from."""

    words: str = ""  # short: for the answer to a tap
    refused: bool = False
    keys: tuple[tuple[Key, ...], ...] | None = None
    page: str = ""  # long: stands in the topic


class Acts:
    """The acts of the desk, in the words of the group. Every call may raise StorageError."""

    def __init__(self, core: Core, words: Words) -> None:
        self._core = core
        self._desk = core.desk
        self._words = words
        self._menus = Menus(words)
        self._kinds: Mapping[str, Callable[[Asked, State], Awaitable[Outcome]]] = {
            "take": self._take,
            "pass": self._pass_on,
            "later": self._later,
            "notlead": self._not_a_lead,
            "accept": self._accept,
            "snooze": self._snooze,
            "back": self._hand_back,
            "close": self._close,
            "stage": self._set_stage,
            "docs": self._give_paper,
            "profile": self._show_profile,
            "link": self._show_link,
            "help": self._help,
        }

    async def carry_out(self, asked: Asked) -> Outcome:
        """Do what is wished, or offer the choices that it needs first."""
        row = self._load(asked.talk)
        if row is None or row.erased:
            return self._refuse("desk.refused.erased" if row else "desk.refused.unknown")
        who = asked.staff
        if not sees(Worker(id=who.id, display_name=who.display_name, role=who.role), row):
            return self._refuse("desk.refused.role")
        act, state = asked.wish.act, records.read_state(row.state)
        do = self._kinds.get(act)
        if do is None:
            return self._refuse("desk_act.unknown")
        if self._menus.offers(act):
            return await self._choose(asked, state, do)
        return await do(asked, state)

    def main_keys(self, talk: str) -> tuple[tuple[Key, ...], ...]:
        """The buttons under the brief as they are now."""
        row = self._load(talk)
        return self._words.keys(talk, records.read_state(row.state)) if row else ()

    async def _choose(
        self, asked: Asked, state: State, do: Callable[[Asked, State], Awaitable[Outcome]]
    ) -> Outcome:
        act, now = asked.wish.act, self._core.house.now()
        keys = self._menus.keys(act, state, now)
        if not asked.wish.argument:
            return Outcome(words=self._say(f"desk_act.choose.{act}"), keys=keys)
        chosen = find_option(self._menus.options(act, state, now), asked.wish.argument)
        if chosen is None:
            # A menu of yesterday, or a word that is no choice.
            return Outcome(words=self._say("desk_act.no_such_choice"), refused=True, keys=keys)
        wish = Wish(act=act, argument=chosen.value)
        return await do(msgspec.structs.replace(asked, wish=wish), state)

    # --- acts ----------------------------------------------------------------------------------

    async def _take(self, asked: Asked, state: State) -> Outcome:
        claimed = await self._desk.claim(asked.staff, asked.talk, here=True)
        if claimed.refused:
            return self._refuse(claimed.refused)
        if not claimed.won:
            return self._refuse("desk.refused.taken", who=claimed.owner_name)
        return Outcome(words=self._say("desk.done.claim"))

    async def _pass_on(self, asked: Asked, state: State) -> Outcome:
        to = "" if asked.wish.argument == "anyone" else asked.wish.argument
        acted = await self._desk.pass_on(asked.staff, asked.talk, to, asked.external_id)
        return self._tell(asked, acted, "pass-on")

    async def _later(self, asked: Asked, state: State) -> Outcome:
        wanted, now = asked.wish.argument, self._core.house.now()
        tomorrow = minutes_until_tomorrow(self._words.texts.pack, now)
        minutes = tomorrow if wanted == "tomorrow" else int(wanted)
        once = asked.external_id
        acted = await self._desk.later(asked.staff, asked.talk, minutes, once)
        if acted.refused:
            return self._refuse_act(asked, acted)
        return self._done("desk_act.done.later")

    async def _not_a_lead(self, asked: Asked, state: State) -> Outcome:
        once, reason = asked.external_id, asked.wish.argument
        acted = await self._desk.not_a_lead(asked.staff, asked.talk, reason, once)
        return self._tell(asked, acted, "not-a-lead")

    async def _accept(self, asked: Asked, state: State) -> Outcome:
        acted = await self._desk.accept(asked.staff, asked.talk)
        return self._tell(asked, acted, "accept")

    async def _snooze(self, asked: Asked, state: State) -> Outcome:
        now = self._core.house.now()
        until = wake_at(self._words.texts.pack, asked.wish.argument, now)
        acted = await self._desk.snooze(asked.staff, asked.talk, until, asked.external_id)
        return self._tell(asked, acted, "snooze")

    async def _hand_back(self, asked: Asked, state: State) -> Outcome:
        acted = await self._desk.hand_back(asked.staff, asked.talk, asked.external_id)
        return self._tell(asked, acted, "hand-back")

    async def _close(self, asked: Asked, state: State) -> Outcome:
        once, reason = asked.external_id, asked.wish.argument
        acted = await self._desk.close(asked.staff, asked.talk, reason, once)
        return self._tell(asked, acted, "close")

    async def _set_stage(self, asked: Asked, state: State) -> Outcome:
        acted = await self._desk.set_stage(asked.staff, asked.talk, asked.wish.argument)
        return self._tell(asked, acted, "stage")

    async def _give_paper(self, asked: Asked, state: State) -> Outcome:
        paper = asked.wish.argument
        said = StaffReply(papers=(paper,))
        acted = await self._desk.reply(asked.staff, asked.talk, asked.external_id, said)
        if acted.refused:
            return self._refuse_act(asked, acted)
        document = self._words.texts.pack.document(paper)
        title = document.title if document else paper
        key = "desk_act.done.paper_again" if acted.repeated else "desk_act.done.paper"
        return self._done(key, title=shorten(title, 100))

    # --- what is shown -------------------------------------------------------------------------

    async def _show_profile(self, asked: Asked, state: State) -> Outcome:
        now, language = self._core.house.now(), self._words.language
        made = brief(self._words.texts.pack, state, now, language)
        text = write_brief(self._words.texts, made, language, PROFILE_MAX)
        history = [*filter(None, (self._past(slot, it) for slot, it in state.profile.items()))]
        if history:
            text = "\n".join((text, "", self._say("desk_act.history"), *history))
        return Outcome(page=shorten(self._words.conceal(state, text), TEXT_MAX))

    def _past(self, slot: str, known: Known) -> str:
        """What a slot was before, oldest first, and what it is now; "" where nothing changed."""
        if not known.history:
            return ""
        values = [self._value(slot, each.value, each.status) for each in known.history]
        values.append(self._value(slot, known.value, known.status))
        return f"{self._name(f'slot.{slot}', slot)}: " + " → ".join(values)

    def _value(self, slot: str, value: Value | None, status: str) -> str:
        if value is None:
            return self._name(f"status.{status}", "–")
        if isinstance(value, bool):
            return self._say("desk.yes" if value else "desk.no")
        return " ".join(self._name(f"value.{slot}.{value}", value).split())

    async def _show_link(self, asked: Asked, state: State) -> Outcome:
        address = f"{self._core.house.settings.address}/inbox/{asked.talk}"
        return Outcome(page=self._say("desk_act.link", address=address))

    async def _help(self, asked: Asked, state: State) -> Outcome:
        return Outcome(page=self._say("desk_act.help"))

    # --- words ---------------------------------------------------------------------------------

    def _load(self, talk: str) -> ConversationRow | None:
        return self._core.house.db.peek(lambda tx: conversations.load(tx, talk))

    def _say(self, key: str, **values: object) -> str:
        return self._words.say_any(key, **values)

    def _name(self, key: str, otherwise: str) -> str:
        known = self._words.texts.has(self._words.language, key)
        return self._say(key) if known else otherwise

    def _tell(self, asked: Asked, acted: Acted, done: str) -> Outcome:
        if acted.refused:
            return self._refuse_act(asked, acted)
        return self._done(f"desk.done.{done}")

    def _refuse_act(self, asked: Asked, acted: Acted) -> Outcome:
        """What the desk refused; where somebody else has the talk, by name."""
        row = self._load(asked.talk) if acted.refused == "desk.refused.not_yours" else None
        owner = records.read_state(row.state).staff if row is not None and not row.erased else ""
        if owner:
            return self._refuse("desk.refused.taken", who=owner)
        return self._refuse(acted.refused)

    def _done(self, key: str, **values: object) -> Outcome:
        return Outcome(words=self._say(key, **values))

    def _refuse(self, key: str, **values: object) -> Outcome:
        return Outcome(words=self._say(key, **values), refused=True)
