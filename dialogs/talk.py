"""One turn being made: the state as it becomes, and what is to be said and done.

The flows write into a Talk; `consultation.advance` makes one, hands it round and closes it. It
lives for one call and never leaves the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from dialogs import call_times, profile, zones
from dialogs.bubbles import calm, join
from dialogs.effects import Effect, Turn
from dialogs.pack import Pack, Question
from dialogs.showing import show_value
from dialogs.texts import Texts
from dialogs.types import (
    Amount,
    Attachment,
    Button,
    ButtonKind,
    Incoming,
    Known,
    OpenQuestion,
    Reading,
    Reply,
    State,
    Value,
)

_NOTHING = Reading()
_LOCALISED_SLOTS = ("buyer_type", "ownership", "department", "authority")


class Talk:
    """Working copy of a turn. `reading` is empty for anything but text."""

    def __init__(
        self, texts: Texts, state: State, incoming: Incoming, reading: Reading | None, now: int
    ) -> None:
        self.texts = texts
        self.pack: Pack = texts.pack
        self.state = state
        self.incoming = incoming
        self.reading = reading or _NOTHING
        self.now = now
        self.replies: list[Reply] = []
        self.effects: list[Effect] = []
        self.changed: list[str] = []

    @property
    def message(self) -> int:
        """The seq of the prospect's message being taken in, for the profile's references."""
        return self.incoming.seq

    def update(self, **changes: Any) -> None:
        """Replace fields of the state."""
        self.state = msgspec.structs.replace(self.state, **changes)

    def do(self, *effects: Effect) -> None:
        self.effects.extend(effects)

    def intends(self, *intents: str) -> bool:
        return any(i in self.reading.intents for i in intents)

    def value(self, slot: str) -> Value | None:
        return profile.value_of(self.state.profile, slot)

    def asks_for_person(self) -> None:
        """Read the button Person as the words for it."""
        intents = (*self.reading.intents, "talk_to_human")
        self.reading = msgspec.structs.replace(self.reading, intents=intents)

    def put(self, slot: str, known: Known) -> None:
        """Fill a slot of the profile and note it as changed."""
        former = self.state.former.get(slot, ())
        filled = profile.put(self.state.profile, slot, known, former)
        self.changed.append(slot)
        self.update(profile=profile.infer(filled, self.changed, self.message))

    # --- words -----------------------------------------------------------------------------------

    def text(self, key: str, **values: object) -> str:
        return self.texts.say(self.state.language, key, **values).strip()

    def say(
        self,
        key: str,
        *,
        buttons: Iterable[Button] = (),
        attachments: Iterable[Attachment] = (),
        amounts: Iterable[Amount] = (),
        theirs: Iterable[str] = (),
        **values: object,
    ) -> None:
        """Add a message that asks nothing; one repeated within the turn is dropped."""
        reply = Reply(
            key=key,
            text=self.text(key, **values),
            buttons=tuple(buttons),
            attachments=tuple(attachments),
            amounts=tuple(amounts),
            theirs=tuple(theirs),
        )
        if reply not in self.replies:
            self.replies.append(reply)

    def button(
        self, value: str, kind: ButtonKind = "option", label_key: str = "", *, label: str = ""
    ) -> Button:
        """A button; its label is a text, `button.<value>` unless named, or given as it stands."""
        words = label or self.text(label_key or f"button.{value}")
        return Button(value=value, label=words, kind=kind)

    def label(self, slot: str, value: Value) -> str:
        """How a slot's value is shown to a person."""
        if slot == "edition" and isinstance(value, str):
            return self.edition_name(value)
        if isinstance(value, bool):
            return self.text(f"value.{'true' if value else 'false'}")
        for key in self._value_keys(slot, value):
            if self.texts.has(self.state.language, key):
                return self.text(key)
        return show_value(self.texts, self.state.language, slot, value).strip()

    def _value_keys(self, slot: str, value: str) -> tuple[str, ...]:
        """Texts that may name a value, the best first; a value of an own slot is at least a
        button."""
        if slot in _LOCALISED_SLOTS:
            return (f"value.{slot}.{value}",)
        if any(own.id == slot and value in own.values for own in self.pack.own_slots):
            return (f"value.{slot}.{value}", f"option.{slot}.{value}")
        return ()

    def edition_name(self, edition: str) -> str:
        names = []
        for part in edition.split("+"):
            found = self.pack.edition(part)
            names.append(_in(found.name, self.state.language) if found else part)
        return " + ".join(names)

    # --- questions -------------------------------------------------------------------------------

    def ask(self, slot: str, question: Question, *, key: str = "", again: bool = False) -> None:
        """Ask for a slot of the profile, with its options and Back, Skip and Person."""
        words = key or (f"ask.{slot}.again" if again else f"ask.{slot}")
        options = tuple(o.value for o in question.options)
        self._open(slot, question.kind, options, self.text(words))

    def ask_step(
        self,
        slot: str,
        options: Iterable[str],
        *,
        key: str = "",
        kind: str = "choice",
        **values: object,
    ) -> None:
        """Ask for something that no topic asks: a confirmation, a step of a form, an address."""
        self._open(slot, kind, tuple(options), self.text(key or f"ask.{slot}", **values))
        # A step shows back what the prospect said; whatever stands in its values is theirs.
        theirs = tuple(_strings(values.values()))
        last = msgspec.structs.replace(self.replies[-1], theirs=theirs)
        self.replies[-1] = last
        if self.state.question is not None and slot != "start":
            put = msgspec.structs.replace(
                self.state.question, words=last.text, language=self.state.language, theirs=theirs
            )
            self.update(question=put)

    def buttons_of(self, slot: str, options: Iterable[str]) -> list[Button]:
        """What stands under a question: its options, then Back where there is a way, Skip, Person.

        The greeting has its choices alone.
        """
        buttons = [self._option(slot, value) for value in options]
        if slot == "start":
            return buttons
        if any(s != slot and self.pack.question(s) for s in self.state.trail):
            buttons.append(self.button("back", "back"))
        return [*buttons, self.button("skip", "skip"), self.button("person", "person")]

    def _option(self, slot: str, value: str) -> Button:
        if call_times.read_value(value) is None:
            return self.button(value, "option", f"option.{slot}.{value}")
        zone = zones.of_prospect(self.state)
        return self.button(
            value, label=call_times.label(self.texts, self.state.language, value, zone)
        )

    def _open(self, slot: str, kind: str, options: tuple[str, ...], text: str) -> None:
        state = self.state
        buttons = self.buttons_of(slot, options)
        same = state.question is not None and state.question.slot == slot
        times = state.question.times + 1 if same and state.question else 1
        number = state.questions + 1
        asked = {**state.asked, slot: state.asked.get(slot, 0) + 1}
        trail = state.trail if state.trail[-1:] == (slot,) else (*state.trail, slot)[-30:]
        self.update(
            question=OpenQuestion(
                number=number, slot=slot, kind=kind, options=options, times=times
            ),
            questions=number,
            asked=asked,
            trail=trail,
        )
        self.replies.append(
            Reply(
                key=f"ask.{slot}",
                text=text,
                buttons=tuple(buttons),
                question=number,
                asks=slot,
            )
        )

    def repeat_question(self) -> None:
        """Show the open question once more under its own number; it does not count as asked."""
        question = self.state.question
        if question is None:
            return
        slot = question.slot
        asked = self.pack.question(slot) is not None
        put = question.words if question.language == self.state.language else ""
        again = self.text(f"ask.{slot}.again" if asked else "question.open")
        self.replies.append(
            Reply(
                key=f"ask.{slot}",
                text=put or again,
                buttons=tuple(self.buttons_of(slot, question.options)),
                question=question.number,
                asks=slot,
                theirs=question.theirs if put else (),
            )
        )

    def join_last(self) -> None:
        """Make one message of the last two, which belong together."""
        if len(self.replies) > 1:
            self.replies[-2:] = [join(*self.replies[-2:])]

    def repeat_open_question(self) -> None:
        """After a word aside: show the question of the pack that is open, if one is."""
        question = self.state.question
        if question is not None and self.pack.question(question.slot) is not None:
            self.repeat_question()

    def finish(self) -> Turn:
        return Turn(
            state=self.state,
            replies=calm(self.replies),
            effects=tuple(self.effects),
            changed=tuple(dict.fromkeys(self.changed)),
        )


def _strings(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _strings(value)


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()))
