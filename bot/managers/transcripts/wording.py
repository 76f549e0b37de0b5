"""The filters in words: a chip for each, and one sentence that says what is shown."""

from __future__ import annotations

from collections.abc import Mapping

from bot.managers.insights.naming import name_value
from bot.managers.transcripts.chosen import ASKED_OF_SLOTS, Chosen, Picked
from bot.managers.transcripts.fields import GROUPS, YES_NO, Field
from bot.managers.transcripts.ranges import TOP, read_range
from bot.web.deps import Deps
from bot.web.staffpages import make_name, make_say
from bot.web.talk_view import edition_names
from dialogs.joining import JOINED
from dialogs.types import Struct
from storage import accounts


class Chip(Struct):
    """A field that is filtered by; addresses without it, and with "is" and "is not" turned."""

    label: str
    value: str
    no: bool
    words: str  # as it stands in the sentence
    remove: str
    turn: str


class Offer(Struct):
    """A field of the form; `options` are (value, name), () where any text may be written.

    `number`: it is asked for from and to, and the options are its currencies.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    number: bool = False


class Wording:
    """Names fields and values in one language."""

    def __init__(self, deps: Deps, language: str, fields: Mapping[str, Field]) -> None:
        self._deps = deps
        self._language = language
        self._fields = fields
        self._say = make_say(deps, language)
        self._name = make_name(deps, language)
        staff = deps.db.peek(accounts.all_staff)
        self._staff = {str(each.id): each.display_name or each.name for each in staff}

    def label(self, field: Field) -> str:
        return self._say(field.key) if self._has(field.key) else field.name

    def value(self, field: Field, value: str) -> str:
        """A value as a person reads it."""
        if value in field.extra or (value.startswith("~") and field.kind == "choice"):
            return self._say(f"filters.{value[1:]}")
        if field.names == "staff":
            return self._staff.get(value, value)
        if field.names == "edition":
            return edition_names(self._deps, value, self._language)
        if field.values == YES_NO:
            return self._say("desk.yes" if value == "true" else "desk.no")
        if field.kind == "number":
            return self._range(value)
        if field.name in ("segment", *JOINED):
            return name_value(self._deps.texts, self._language, field.name, value)
        if field.kind == "span":
            low, _, high = value.partition("-")
            return self._say("filters.messages", low=low, high=high)
        if field.names == "filters.stars":
            return self._say("desk.stars", n=int(value))
        return self._name(field.names, value) if field.names else value

    def _range(self, value: str) -> str:
        found = read_range(value)
        if found is None:
            return value
        return self._say(
            "filters.range",
            low=found.low or "",
            high=found.high if found.high < TOP else "",
            unit=found.unit.upper(),
        )

    def phrase(self, pick: Picked) -> str:
        """A filter as a part of a sentence."""
        field = self._fields[pick.name]
        value = self._say("filters.or", values=[self.value(field, each) for each in pick.values])
        key = f"filters.is.{pick.name}"
        if len(pick.values) == 1 and self._has(f"{key}.{pick.values[0].lstrip('~')}"):
            key = f"{key}.{pick.values[0].lstrip('~')}"
        elif set(pick.values) & set(field.extra) or not self._has(key):
            key = "filters.is"
        return self._say(key, label=self.label(field), value=value, no=pick.no)

    def chips(self, chosen: Chosen, path: str) -> tuple[Chip, ...]:
        return tuple(self._chip(chosen, pick, path) for pick in chosen.picks)

    def _chip(self, chosen: Chosen, pick: Picked, path: str) -> Chip:
        field = self._fields[pick.name]
        values = [self.value(field, each) for each in pick.values]
        return Chip(
            label=self.label(field),
            value=self._say("filters.or", values=values),
            no=pick.no,
            words=self.phrase(pick),
            remove=chosen.without(pick).address(path),
            turn=chosen.turned(pick).address(path),
        )

    def sentence(self, chosen: Chosen, count: int, more: bool) -> str:
        """What is filtered by, and how many talks fit."""
        parts = [self.phrase(pick) for pick in chosen.picks]
        if chosen.q:
            parts.append(self._say("filters.with_words", words=chosen.q))
        if chosen.since or chosen.until:
            parts.append(self._say("filters.days", since=chosen.since, until=chosen.until))
        many = "filters.found_more" if chosen.q else "filters.more"
        counted = self._say(many if more else "filters.count", n=count)
        if not parts:
            return self._say("filters.all", count=counted)
        said = self._say("filters.sentence", parts=parts, count=counted)
        return said[:1].upper() + said[1:]

    def problems(self, chosen: Chosen) -> list[str]:
        """What in the address meant nothing, in words."""
        return [
            self._say(
                f"filters.problem.{each.key}",
                said=each.said,
                label=self._name_of(each.name),
            )
            for each in chosen.problems
        ]

    def offers(self) -> list[tuple[str, list[Offer]]]:
        """The form: (group, its fields)."""
        found = {group: [self._offer(each) for each in self._fields.values() if each.group == group]
                 for group in GROUPS}  # fmt: skip
        slots = tuple((each.name, self.label(each)) for each in self._fields.values() if each.extra)
        found["told"] = [
            Offer(name=each, label=self._say(f"filters.field.{each}"), options=slots)
            for each in ASKED_OF_SLOTS
        ]
        return list(found.items())

    def _offer(self, field: Field) -> Offer:
        options = tuple((value, self.value(field, value)) for value in field.values)
        if field.kind == "number":
            units = tuple((unit.casefold(), unit) for unit in field.units)
            return Offer(name=field.name, label=self.label(field), options=units, number=True)
        return Offer(name=field.name, label=self.label(field), options=options)

    def _name_of(self, name: str) -> str:
        if name in ("since", "until"):
            return self._say("desk.filter.from" if name == "since" else "desk.filter.to")
        if name in self._fields:
            return self.label(self._fields[name])
        return self._say(f"slot.{name}") if self._has(f"slot.{name}") else name

    def _has(self, key: str) -> bool:
        return self._deps.texts.has(self._language, key)
