"""Key + language -> text, and money, dates and lists as a reader of that language writes them.

The sources are the company's; what a prospect wrote is only ever a variable and never becomes part
of a source. Texts are plain text, so nothing is escaped here: the door that shows them does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dialogs.pack import Pack
from dialogs.types import Amount

# English and Chinese as an international customer reads them: day before month, US$ beside €.
_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
# The weekday and the day before a time, where the locale has only a shorter form ("lun, 23 de …").
_DAY_PATTERNS = {"es": "EEEE d 'de' MMMM 'a las'", "ru": "EEEE, d MMMM,"}
_WEEKDAY_PATTERNS = {"es": "EEEE d 'de' MMMM", "ru": "EEEE, d MMMM"}
# What stands between a day and a time.
_BEFORE_TIME = {"zh": " "}
_MARKS = ("{{", "{%", "{#")

# What every text and template may use besides the values that it is given.
GLOBAL_NAMES = ("company", "assistant", "website", "language")


class Texts:
    """The words of one pack. Sources are compiled at their first use and kept with this object."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._environments: dict[str, ImmutableSandboxedEnvironment] = {}
        self._compiled: dict[tuple[str, str], str | Template] = {}

    def has(self, language: str, key: str) -> bool:
        """Would `say` find the key, in this language or in the pack's default?"""
        texts = self.pack.texts
        return key in texts.get(language, {}) or key in texts[self.pack.languages[0]]

    def say(self, language: str, key: str, /, **values: object) -> str:
        """The text in the language, else in the pack's default language.

        KeyError for an unknown key; jinja2.UndefinedError when a value that it uses is absent.
        """
        found = self._compiled.get((language, key))
        if found is None:
            found = self._compile(language, key, self.pack.text(language, key))
        return found if isinstance(found, str) else found.render(values)

    def render(self, language: str, template: str, **values: object) -> str:
        """A template of templates/ (such as "brief") filled in. KeyError for an unknown one."""
        name = f"\0{template}"  # no text key begins so
        found = self._compiled.get((language, name))
        if found is None:
            found = self._compile(language, name, self.pack.templates[template])
        return found if isinstance(found, str) else found.render(values)

    def fill(self, language: str, known_as: str, source: str, /, **values: object) -> str:
        """A source of the pack that is neither text nor template, kept by its name."""
        key = f"\1{known_as}"  # no text key begins so
        found = self._compiled.get((language, key))
        if found is None:
            found = self._compile(language, key, source)
        return found if isinstance(found, str) else found.render(values)

    def money(self, language: str, minor: int, currency: str) -> str:
        return show_money(language, minor, currency)

    def day(self, language: str, day: str | date) -> str:
        """An ISO date or a date, written out."""
        return show_day(language, day)

    def month(self, language: str, day: date) -> str:
        """The month of a date with its year, as it stands alone: "November 2026"."""
        return str(format_skeleton("yMMMM", day, locale=locale_of(language)))

    def moment(self, language: str, at: datetime) -> str:
        """Weekday, day and time of a local datetime."""
        return show_moment(language, at)

    def listed(self, language: str, words: Iterable[str], style: str = "standard") -> str:
        """Words joined with "and" (style "or": with "or")."""
        return show_list(language, words, style)

    def _compile(self, language: str, key: str, source: str) -> str | Template:
        static = not any(mark in source for mark in _MARKS)
        found = source if static else self._environment(language).from_string(source)
        # A language that the pack lacks comes from the prospect: bounded, so not kept.
        if language in self.pack.languages:
            self._compiled[language, key] = found
        return found

    def _environment(self, language: str) -> ImmutableSandboxedEnvironment:
        spoken = language if language in self.pack.languages else self.pack.languages[0]
        found = self._environments.get(spoken)
        if found is None:
            found = self._environments[spoken] = make_environment(spoken)
            company = self.pack.company
            found.globals.update(
                company=company.name.get(spoken, ""),
                assistant=company.assistant.get(spoken, ""),
                website=company.website,
                language=spoken,
            )
        return found


_kept: dict[str, Texts] = {}


def of(pack: Pack) -> Texts:
    """The words of the pack, made once: compiling is dear, a pack is frozen."""
    found = _kept.get(pack.version)
    if found is None or found.pack is not pack:
        if len(_kept) > 3:
            _kept.clear()
        found = _kept[pack.version] = Texts(pack)
    return found


def make_environment(language: str) -> ImmutableSandboxedEnvironment:
    """The sandbox of one language: filters money, number, day, moment, listed, alternatives."""
    made = ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text; the door that shows it escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals.clear()  # no range, lipsum and the like: a text needs none
    made.filters.update(_filters(language))
    return made


def _filters(language: str) -> dict[str, Callable[..., str]]:
    def money(amount: Amount | int, currency: str = "") -> str:
        if isinstance(amount, Amount):
            return show_money(language, amount.minor, amount.currency)
        return show_money(language, amount, currency)

    return {
        "money": money,
        "number": lambda number: format_decimal(number, locale=locale_of(language)),
        "day": lambda day: show_day(language, day),
        "moment": lambda at: show_moment(language, at),
        "listed": lambda words: show_list(language, words),
        "alternatives": lambda words: show_list(language, words, "or"),
    }


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """How numbers and dates are written in the language; English for one that nobody knows."""
    try:
        return Locale.parse(_LOCALES.get(language, language), sep="_")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_LOCALES["en"])


@lru_cache(maxsize=4096)
def show_money(language: str, minor: int, currency: str) -> str:
    """Minor units as an amount: 490000 EUR -> "€4,900"; cents only where there are some."""
    places = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-places)
    whole = amount == amount.to_integral_value()
    text: str = format_currency(
        amount.quantize(Decimal(1)) if whole else amount,
        currency,
        locale=locale_of(language),
        currency_digits=not whole,
        format=None if not whole else _whole_pattern(language),
    )
    return text


@lru_cache(maxsize=64)
def _whole_pattern(language: str) -> str:
    """The language's pattern for money without its decimals: "¤#,##0.00" -> "¤#,##0"."""
    pattern: str = locale_of(language).currency_formats["standard"].pattern
    return pattern.replace(".00", "")


def show_day(language: str, day: str | date) -> str:
    """A date written out: 31 December 2026, 2026年12月31日."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return str(format_date(found, "long", locale=locale_of(language)))


def show_moment(language: str, at: datetime) -> str:
    """Weekday, day, month and time of a local datetime: Monday 1 December 09:00."""
    locale = locale_of(language)
    pattern = _DAY_PATTERNS.get(language)
    if pattern:
        day = format_date(at, pattern, locale=locale)
    else:
        day = format_skeleton("MMMMEEEEd", at, locale=locale)
    return f"{day} {show_clock(language, at)}"


def show_clock(language: str, at: datetime) -> str:
    """The time of a local datetime: 09:00."""
    return str(format_time(at, "HH:mm", locale=locale_of(language)))


def show_when(language: str, at: datetime, today: date) -> str:
    """A local datetime as short as it stays clear: 14:46 today, 2 Nov, 14:46, 2 Nov 2025, 14:46."""
    time = show_clock(language, at)
    if at.date() == today:
        return time
    return f"{show_short_day(language, at.date(), today)}{_BEFORE_TIME.get(language, ', ')}{time}"


def show_short_day(language: str, day: date, today: date) -> str:
    """A date with its month cut short, and its year only where it is another one: 2 Nov."""
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return str(format_skeleton(skeleton, day, locale=locale_of(language)))


def show_full_day(language: str, day: date, today: date) -> str:
    """A date as a heading, with its weekday unless it is of another year: Monday 2 November."""
    if day.year != today.year:
        return show_day(language, day)
    pattern, locale = _WEEKDAY_PATTERNS.get(language), locale_of(language)
    if pattern:
        return str(format_date(day, pattern, locale=locale))
    return str(format_skeleton("MMMMEEEEd", day, locale=locale))


def show_list(language: str, words: Iterable[str], style: str = "standard") -> str:
    """ "a, b and c"; with style "or": "a, b or c"."""
    locale = locale_of(language)
    if style == "or":
        return str(format_list(list(words), style="or", locale=locale))
    return str(format_list(list(words), locale=locale))
