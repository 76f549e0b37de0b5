"""What was chosen of the filters: read from the address, and put back into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import msgspec

from bot.managers.choices import midnight, read_day
from bot.managers.days import Problem, read_days
from bot.managers.transcripts.fields import Field
from bot.managers.transcripts.ranges import read_range, takes, write_range
from bot.masking import PERSONAL
from bot.web.deps import Deps
from dialogs.figures import fold, fold_value
from dialogs.types import Struct
from storage import facts
from storage.conditions import (
    CONTAINS,
    KNOWN,
    REFUSED,
    SKIPPED,
    SLOT,
    UNKNOWN,
    UNSURE,
    Condition,
)
from storage.reading import Filter

TEXT_MAX = 200  # characters of a value, and of the words searched for
VALUES_MAX = 20  # of a field
PICKS_MAX = 20
FIELDS_MAX = 500  # of an address
NOT = "not_"  # before the name of a field
PLAIN = ("q", "since", "until")
ASKED_OF_SLOTS = {
    "known": KNOWN, "unknown": UNKNOWN, "refused": REFUSED, "skipped": SKIPPED, "unsure": UNSURE,
}  # fmt: skip
ENDS = ("from", "to", "unit")  # a form's fields of a number: headcount_from, and so on
_SPAN = re.compile(r"(\d{1,6})-(\d{0,6})|-(\d{1,6})")


class Picked(Struct):
    """A field with values of which any will do; with `no` none of them may be."""

    name: str
    values: tuple[str, ...]
    no: bool = False

    @property
    def parameter(self) -> str:
        return NOT + self.name if self.no else self.name


class Chosen(Struct):
    """All that the address asks for. Dates are ISO; `until` is inclusive."""

    q: str = ""
    since: str = ""
    until: str = ""
    picks: tuple[Picked, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def narrows(self) -> bool:
        return bool(self.q or self.since or self.until or self.picks)

    def query(self, **more: str) -> str:
        """As the query of an address; the same choice gives the same query."""
        said = [(name, getattr(self, name)) for name in PLAIN]
        said += [(pick.parameter, value) for pick in self.picks for value in pick.values]
        return urlencode([(name, value) for name, value in [*said, *more.items()] if value])

    def address(self, path: str, **more: str) -> str:
        query = self.query(**more)
        return f"{path}?{query}" if query else path

    def without(self, pick: Picked) -> Chosen:
        """The same without a field."""
        rest = tuple(each for each in self.picks if each != pick)
        return msgspec.structs.replace(self, picks=rest)

    def turned(self, pick: Picked) -> Chosen:
        """The same with what must be of a field turned into what must not be, or back."""
        turned = msgspec.structs.replace(pick, no=not pick.no)
        picks = [turned if each == pick else each for each in self.picks]
        return msgspec.structs.replace(self, picks=_join(picks))

    def hidden(self) -> list[tuple[str, str]]:
        """Names and values that a form carries along so that more can be added."""
        return [(pick.parameter, value) for pick in self.picks for value in pick.values]


def read_query(query: str) -> list[tuple[str, str]]:
    """Names and values of an address's query, in its order, those without a value too."""
    return parse_qsl("&".join(query.split("&")[:FIELDS_MAX]), keep_blank_values=True)


def read_chosen(
    fields: Mapping[str, Field], query: Iterable[tuple[str, str]], today: date = date.max
) -> Chosen:
    """The choice of an address. What means nothing is left out, and told as a problem."""
    plain, picks, problems = dict.fromkeys(PLAIN, ""), [], []
    for name, value in _spell_out(fields, query):
        words = value.replace("\0", " ").strip()[:TEXT_MAX]
        field = fields.get(name.removeprefix(NOT))
        if name in PLAIN:
            plain[name] = words
        elif field is not None and words:
            clean = _clean(field, words)
            if clean is None:
                problems.append(Problem(key="value", name=field.name, said=words))
            else:
                picks.append(Picked(name=field.name, values=(clean,), no=name.startswith(NOT)))
        elif words and name.removeprefix(NOT) in PERSONAL:
            problems.append(Problem(key="hidden", name=name.removeprefix(NOT)))
    days = read_days(plain["since"], plain["until"], today)
    problems += days.problems
    for name, day in (("since", days.since), ("until", days.until)):
        plain[name] = day.isoformat() if day is not None else ""
    joined = _join(picks)
    if len(joined) > PICKS_MAX or any(len(pick.values) > VALUES_MAX for pick in joined):
        problems.append(Problem(key="many", name=""))
        joined = tuple(
            msgspec.structs.replace(pick, values=pick.values[:VALUES_MAX])
            for pick in joined[:PICKS_MAX]
        )
    return Chosen(**plain, picks=joined, problems=tuple(problems[:5]))


def is_untidy(fields: Mapping[str, Field], query: Iterable[tuple[str, str]]) -> bool:
    """Whether a form sent it with all its fields: the clean address is for sharing."""
    return any(
        not value or name in ASKED_OF_SLOTS or _end_of(fields, name) is not None
        for name, value in query
    )


def make_filter(deps: Deps, fields: Mapping[str, Field], chosen: Chosen) -> Filter:
    """The choice for the storage; days begin at midnight where the company is."""
    first, last = read_day(chosen.since), read_day(chosen.until)
    return Filter(
        since=midnight(deps, first) if first else 0,
        until=midnight(deps, last + timedelta(days=1)) if last else 0,
        conditions=tuple(
            Condition(fields[pick.name].target, _values(deps, fields[pick.name], pick), pick.no)
            for pick in chosen.picks
        ),
    )


def _values(deps: Deps, field: Field, pick: Picked) -> tuple[str, ...]:
    """What the storage is asked for: of numbers all told values that may be meant."""
    special = tuple(value for value in pick.values if value in field.extra)
    said = [value for value in pick.values if value not in special]
    if field.kind == "words":
        return (*special, *(CONTAINS + value for value in said))
    if field.kind != "number" or not said:
        return pick.values
    ranges = [found for found in map(read_range, said) if found is not None]
    slot = field.target.removeprefix(SLOT)
    told = deps.db.peek(lambda tx: facts.values_of(tx, slot))
    return (*special, *(value for value in told if any(takes(each, value) for each in ranges)))


def _spell_out(
    fields: Mapping[str, Field], query: Iterable[tuple[str, str]]
) -> Iterable[tuple[str, str]]:
    """What a form asks as known=city stands in the address as city=~known, and what it asks as
    headcount_from=50 and headcount_to=200 as headcount=50-200."""
    ends: dict[str, dict[str, str]] = {}
    for name, value in query:
        field = fields.get(value) if name in ASKED_OF_SLOTS else None
        end = _end_of(fields, name)
        if end is not None:
            ends.setdefault(end[0], {})[end[1]] = value.strip()
        elif field is not None and field.extra:
            yield field.name, ASKED_OF_SLOTS[name]
        else:
            yield name, value
    for number, told in ends.items():
        yield number, write_range(*(told.get(end, "") for end in ENDS))


def _end_of(fields: Mapping[str, Field], name: str) -> tuple[str, str] | None:
    """The number and the end of it that a form's field is for: headcount_from."""
    number, _, end = name.rpartition("_")
    known = end in ENDS and number in fields and fields[number].kind == "number"
    return (number, end) if known else None


def _clean(field: Field, words: str) -> str | None:
    """The value as it is stored; None for one that the field cannot have."""
    if field.kind == "span":
        return words if _is_span(words) else None
    if field.kind == "page":
        return words
    if field.kind == "path":
        return re.split(r"[?#]", words)[0] or None
    if field.kind == "number" and words not in field.extra:
        return words.casefold() if read_range(words) is not None else None
    if field.kind == "text":
        return " ".join(words.split())
    folded = fold(words)
    if folded in (*field.values, *field.extra):
        return folded
    if words in field.values:
        return words
    if field.kind not in ("slot", "words") or field.values or folded[:1] == "~":
        return None
    return fold_value(field.target.removeprefix(SLOT), words) or None


def _is_span(words: str) -> bool:
    found = _SPAN.fullmatch(words) if words.isascii() else None
    if found is None:
        return False
    low, high, most = found.groups()
    return most is not None or not high or int(low) <= int(high)


def _join(picks: Iterable[Picked]) -> tuple[Picked, ...]:
    """One pick for a field and a sign, with all their values in the order in which they came."""
    found: dict[tuple[str, bool], dict[str, None]] = {}
    for pick in picks:
        found.setdefault((pick.name, pick.no), {}).update(dict.fromkeys(pick.values))
    return tuple(
        Picked(name=name, values=tuple(values), no=no) for (name, no), values in found.items()
    )
