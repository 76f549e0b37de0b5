"""The month in figures: what was asked for, by whom, what was lost. Each row opens its talks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.managers.grouping import group_questions
from bot.managers.insights.budgets import find_tight_budgets
from bot.managers.insights.choice import InsightChoice
from bot.managers.insights.months import Month
from bot.managers.insights.naming import name_value, spell_cities
from dialogs.demand import name_subject
from dialogs.pack import Pack
from dialogs.profile import number_range
from dialogs.texts import Texts
from dialogs.types import Struct
from storage import insights
from storage.db import Connection
from storage.insights import Count, Period

PATH = "/insights"
ROWS = 15
EVEN = 2  # names of those that are asked for equally often
COUNTED = 500  # values that the month before is looked up among
# Bands of headcounts with the highest number of each.
BANDS = (("1–9", 9), ("10–49", 49), ("50–199", 199), ("200–999", 999))
LARGEST = "1000+"
NOTHING: Mapping[str, str] = {}
LOST = ("lost", "no_need", "no_budget", "no_answer")  # close reasons of a lead that was not won


class Row(Struct):
    """One line of a section. `percent`: of the largest line. `change`: against the month before;
    None where that is not counted. `note`: what else is known of it."""

    label: str
    count: int
    percent: int
    address: str
    change: int | None = None
    note: str = ""


class Section(Struct):
    """A question that the page answers, `finding` in a sentence. `id` names its texts."""

    id: str
    finding: str
    rows: tuple[Row, ...]
    even: bool = False  # several stand first together, and `finding` says how often each


class Report(Struct):
    month: Month
    opened: int
    before: int  # opened in the month before
    sections: tuple[Section, ...]


class Reporter:
    """Builds the report of a month. Reads much: for `Database.read`, in a thread."""

    def __init__(self, texts: Texts, language: str, choice: InsightChoice) -> None:
        self._texts = texts
        self._language = language
        self._choice = choice
        zone, month = texts.pack.company.time_zone, choice.shown
        self._period = choice.period(month, zone)
        self._before = choice.period_before(zone)
        self._compared = False  # whether there was anything before

    def make(self, connection: Connection) -> Report:
        """Every section, in the order in which they are read."""
        opened, before = (
            insights.count_opened(connection, period) for period in (self._period, self._before)
        )
        self._compared = before > 0
        sections = [
            self._topics(connection),
            self._unanswered(connection),
            self._custom(connection),
            self._papers(connection),
            self._facts(connection, "alternatives"),
            self._facts(connection, "industry"),
            self._cities(connection),
            self._facts(connection, "segment"),
            self._facts(connection, "ownership"),
            self._sizes(connection),
            self._editions(connection),
            self._lost(connection),
        ]
        return Report(
            month=self._choice.shown, opened=opened, before=before, sections=tuple(sections)
        )

    # --- what was asked for --------------------------------------------------------------------

    def _topics(self, connection: Connection) -> Section:
        def name(value: str) -> str:
            return name_subject(self._pack, value, self._language)

        return self._wishes(connection, "topic", name)

    def _papers(self, connection: Connection) -> Section:
        there = {document.kind for document in self._pack.documents if document.public}

        def name(value: str) -> str:
            label = self._name("document_kind", value)
            return label if value in there else self._say("insights.no_such_paper", paper=label)

        return self._wishes(connection, "paper", name)

    def _wishes(self, connection: Connection, kind: str, name: Callable[[str], str]) -> Section:
        def count(period: Period) -> tuple[Count, ...]:
            return insights.count_wishes(connection, kind, period, COUNTED)

        rows = self._compare(count, name, f"wish:{kind}")
        return self._section(kind, rows)

    def _unanswered(self, connection: Connection) -> Section:
        """Questions that ask the same count as one; several of one talk as one talk."""
        groups = group_questions(insights.unanswered(connection, self._period))
        counted = sorted(groups, key=lambda group: -len(group.talks))[:ROWS]
        most = max((len(group.talks) for group in counted), default=1)
        rows = [
            Row(
                label=group.first.question,
                count=len(group.talks),
                percent=100 * len(group.talks) // most,
                address=self._address("question", str(group.first.id)),
                note=self._say("insights.settled") if group.first.settled_at else "",
            )
            for group in counted
        ]
        return self._section("unanswered", rows)

    def _custom(self, connection: Connection) -> Section:
        """What would have to be built, in their words: each stands for itself."""
        found = insights.sayings(connection, "custom", self._period, ROWS)
        rows = [
            Row(
                label=each.value,
                count=1,
                percent=0,  # each stands for itself: there is nothing to compare
                address=f"/transcripts/{each.conversation}?m={each.seq}#m{each.seq}",
            )
            for each in found
        ]
        return self._section("custom", rows)

    # --- by whom -------------------------------------------------------------------------------

    def _cities(self, connection: Connection) -> Section:
        spelt = spell_cities(insights.count_spellings(connection, self._period), self._language)
        return self._facts(connection, "city", spelt)

    def _facts(
        self, connection: Connection, slot: str, names: Mapping[str, str] = NOTHING
    ) -> Section:
        def count(period: Period) -> tuple[Count, ...]:
            return insights.count_facts(connection, slot, period, COUNTED)

        def name(value: str) -> str:
            return names.get(value) or self._value(slot, value)

        return self._section(slot, self._compare(count, name, f"fact:{slot}"))

    def _sizes(self, connection: Connection) -> Section:
        """Headcounts in bands: hardly two prospects name the same number."""

        def count(period: Period) -> tuple[Count, ...]:
            found = insights.count_facts(connection, "headcount", period, COUNTED)
            bands = Counter[str]()
            for each in found:
                bands[band_of(each.value)] += each.talks
            return tuple(Count(band, n) for band, n in sorted(bands.items(), key=_by_number))

        return self._section("headcount", self._compare(count, str, "size:headcount"))

    def _editions(self, connection: Connection) -> Section:
        """Editions that were wanted, and how many of those who named a budget named too little."""
        counts = insights.count_facts(connection, "edition", self._period, COUNTED)
        pairs = insights.count_pairs(connection, ("edition", "budget"), self._period)
        tight = find_tight_budgets(self._pack, pairs)

        def count(period: Period) -> tuple[Count, ...]:
            if period == self._period:
                return counts
            return insights.count_facts(connection, "edition", period, COUNTED)

        def note(value: str) -> str:
            found = tight.get(value)
            if found is None:
                return ""
            return self._say("insights.budgets", n=found.named, below=found.below)

        def name(value: str) -> str:
            return self._value("edition", value)

        return self._section("edition", self._compare(count, name, "fact:edition", note))

    def _lost(self, connection: Connection) -> Section:
        def count(period: Period) -> tuple[Count, ...]:
            found = insights.count_column(connection, "close_reason", period, COUNTED)
            return tuple(each for each in found if each.value in LOST)

        def name(value: str) -> str:
            return self._name("desk.close", value)

        return self._section("lost", self._compare(count, name, "column:close_reason"))

    # --- rows ----------------------------------------------------------------------------------

    def _compare(
        self,
        count: Callable[[Period], Sequence[Count]],
        name: Callable[[str], str],
        what: str,
        note: Callable[[str], str] = lambda _: "",
    ) -> list[Row]:
        """The first rows of a count, each against the month before."""
        shown = list(count(self._period))[:ROWS]
        former = {each.value: each.talks for each in count(self._before)}
        most = max((each.talks for each in shown), default=1)
        return [
            Row(
                label=name(each.value),
                count=each.talks,
                percent=100 * each.talks // most,
                change=each.talks - former.get(each.value, 0) if self._compared else None,
                address=self._address(what, each.value),
                note=note(each.value),
            )
            for each in shown
        ]

    def _section(self, name: str, rows: Iterable[Row]) -> Section:
        found = tuple(rows)
        if not found:
            return Section(id=name, finding=self._say(f"insights.{name}.none"), rows=())
        most = max(row.count for row in found)
        first = [row.label for row in found if row.count == most]
        even = len(first) > 1 and name != "custom"  # none of them is the one
        if even:
            finding = self._say(
                "insights.even",
                what=self._say(f"insights.{name}"),
                names=first[:EVEN],
                more=len(first[EVEN:]),
                n=most,
            )
        else:
            finding = self._say(f"insights.{name}.finding", first=first[0], n=most, rows=len(found))
        return Section(id=name, finding=finding, rows=found, even=even)

    def _address(self, what: str, value: str) -> str:
        month = self._choice.shown.code
        return self._choice.address(f"{PATH}/talks", month=month, what=what, value=value)

    @property
    def _pack(self) -> Pack:
        return self._texts.pack

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(self._language, key, **values)

    def _name(self, prefix: str, value: str) -> str:
        key = f"{prefix}.{value}"
        return self._say(key) if self._texts.has(self._language, key) else value

    def _value(self, slot: str, value: str) -> str:
        return name_value(self._texts, self._language, slot, value)


def band_of(headcount: str) -> str:
    """The band that a headcount such as "60", "50-60" or ">1000" falls into, by its middle."""
    span = number_range(headcount)
    if span is None:
        return headcount
    low, high = span
    middle = low if high >= 10**9 else (low + high) // 2
    return next((name for name, most in BANDS if middle <= most), LARGEST)


def _by_number(band: tuple[str, int]) -> tuple[int, str]:
    names = [name for name, _ in BANDS] + [LARGEST]
    return (names.index(band[0]) if band[0] in names else len(names), band[0])
