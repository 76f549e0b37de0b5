"""Reads working hours and holidays, of the company or of a person."""

from __future__ import annotations

import re
from datetime import date

from dialogs.folder.problems import write
from dialogs.folder.yaml_lines import Branch

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_TO_MIDNIGHT = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d-24:00")
_LONGEST_NIGHT = 12 * 60  # minutes of a span that goes on after midnight: more is a mistake
_HOLIDAY = re.compile(r"(?:\d{4}-)?\d\d-\d\d")
_LEAP_YEAR = "2024-"


def read_hours(top: Branch, *, needed: bool = True) -> dict[str, str]:
    """mon..sun -> the span as it is written; {} where there are none and none are `needed`."""
    branch = top.branch("hours")
    if branch is None:
        if needed and not top.has("hours"):
            top.wrong("hours", "key_missing", write('hours: {mon: "09:00-17:00"}'), key="hours")
        return {}
    hours = {day: branch.text(day, "") for day in DAYS}
    for day, span in hours.items():
        if span and not _is_span(span):
            branch.wrong(day, "not_hours", day=day, hours=span)
    branch.close()
    return hours


def _is_span(words: str) -> bool:
    times = _HOURS.fullmatch(words)
    if times is None:
        return _TO_MIDNIGHT.fullmatch(words) is not None
    begin, end = (int(times[n]) * 60 + int(times[n + 1]) for n in (1, 3))
    return begin < end or 0 < end + 24 * 60 - begin <= _LONGEST_NIGHT


def read_holidays(top: Branch) -> tuple[str, ...]:
    """Days on which nobody works: of one year, or of each."""
    days = top.words("holidays")
    for day in days:
        if not _is_day(day):
            top.wrong("holidays", "not_holiday", day=day)
    return days


def _is_day(words: str) -> bool:
    if not _HOLIDAY.fullmatch(words):
        return False
    try:
        date.fromisoformat(words if len(words) > 5 else _LEAP_YEAR + words)
    except ValueError:
        return False
    return True
