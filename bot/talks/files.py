"""Talk files: a company's own acceptance conversations, read and checked. See docs/talks.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import yaml
from msgspec import UNSET, UnsetType

from bot.desk import CLOSE_REASONS, NOT_A_LEAD_REASONS
from dialogs.pack import Pack
from dialogs.types import (
    DOCUMENT_KINDS,
    INNER_SLOTS,
    INTENTS,
    REASONS,
    SLOTS,
    Outcome,
    Owner,
    Stage,
    Status,
)

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_SPAN = re.compile(r"(\d{1,6})\s*([smhd])")
_PROFILE = (*SLOTS, *INNER_SLOTS)
T = TypeVar("T")
_ACTS = ("say", "choose", "again", "send", "wait", "open", "start", "desk")


class TalkError(ValueError):
    """The file is no talk: what is wrong, in one line."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold; UNSET for what is not looked at."""

    profile: dict[str, Any] | UnsetType = UNSET
    status: dict[str, Status | None] | UnsetType = UNSET
    asks: str | UnsetType | None = UNSET
    intents: list[str] | UnsetType = UNSET
    changed: list[str] | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    reason: str | UnsetType | None = UNSET
    reasons: list[str] | UnsetType = UNSET
    stage: Stage | UnsetType = UNSET
    owner: Owner | UnsetType = UNSET
    staff: str | UnsetType | None = UNSET
    rings: int | UnsetType = UNSET
    called: list[str] | UnsetType = UNSET
    close_reason: str | UnsetType | None = UNSET
    erased: bool | UnsetType = UNSET
    edition: str | UnsetType | None = UNSET
    documents: list[str] | UnsetType = UNSET
    language: str | UnsetType = UNSET
    asked_once: Literal[True] | UnsetType = UNSET
    says: list[str] | UnsetType = UNSET
    never_says: list[str] | UnsetType = UNSET
    amounts_from_price_book: Literal[True] | UnsetType = UNSET


class DeskAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member of staff does: exactly one of these. `claim` names who."""

    claim: str | None = None
    reply: str | None = None
    note: str | None = None
    pass_on: str | None = None
    later: int | None = None
    give: str | None = None
    not_a_lead: str | None = None
    close: str | None = None
    hand_back: Literal[True] | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn: exactly one of the first eight. `origin` goes with `say` alone."""

    say: str | int | float | None = None
    choose: str | int | bool | None = None
    again: str | int | bool | None = None
    send: str | None = None
    wait: str | None = None
    open: Literal[True] | None = None
    start: Literal[True] | None = None
    desk: DeskAct | None = None
    origin: Literal["", "edited", "forwarded"] = ""
    then: Wanted = Wanted()

    @property
    def words(self) -> str:
        """What `say` says; a bare number is what it looks like."""
        return "" if self.say is None else str(self.say)

    @property
    def milliseconds(self) -> int:
        """How long `wait` is. Raises TalkError."""
        found = _SPAN.fullmatch((self.wait or "").strip())
        if found is None:
            raise TalkError(f"wait: {self.wait!r} is no time such as 30s, 3m, 2h or 1d")
        return int(found.group(1)) * _UNITS[found.group(2)]

    @property
    def button(self) -> str:
        """The value of the button to press, as buttons carry it."""
        value = self.choose if self.choose is not None else self.again
        return str(value).lower() if isinstance(value, bool) else str(value)


class TalkFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    talk: str
    turns: list[Step]
    language: str = ""
    channel: str = "widget"
    end: Wanted = Wanted()


def find_talks(path: Path) -> list[Path]:
    """The talk files at a path: itself, or all below a folder. Raises TalkError for none."""
    if path.is_file():
        return [path]
    found = (
        sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml")) if path.is_dir() else []
    )
    if not found:
        raise TalkError(f"there are no talks at {path}")
    return found


def read_talk(path: Path, pack: Pack | None = None) -> TalkFile:
    """Read one talk. Raises TalkError, which names the turn that is wrong.

    With the pack the talk may name the pack's own slots and intents.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TalkError(" ".join(str(error).split())) from error
    if not isinstance(content, dict):
        raise TalkError("a talk is a map with the keys talk, turns and end")
    turns = content.get("turns")
    # First one by one, so that a mistake can be told with the number of its turn.
    for number, turn in enumerate(turns if isinstance(turns, list) else [], start=1):
        _check_form(number, turn)
    talk = _convert(content, TalkFile, "")
    for number, step in enumerate(talk.turns, start=1):
        _check_step(f"turn {number}: ", step, path.parent)
        _check_wanted(f"turn {number}: then: ", step.then, pack)
    _check_wanted("end: ", talk.end, pack)
    return talk


def _check_form(number: int, turn: object) -> None:
    if isinstance(turn, dict) and isinstance(turn.get("say"), bool):
        raise TalkError(f"turn {number}: say: put yes, no, on, off, true and false in quotes")
    _convert(turn, Step, f"turn {number}: ")


def _convert(content: object, kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise TalkError(place + str(error)) from error


# --- what stands in it ---------------------------------------------------------------------------


def _check_step(place: str, step: Step, folder: Path) -> None:
    given = [name for name in _ACTS if getattr(step, name) is not None]
    if len(given) != 1:
        raise TalkError(f"{place}needs exactly one of {', '.join(_ACTS)}; has {_named(given)}")
    if step.origin and step.say is None:
        raise TalkError(f"{place}origin: goes with say alone")
    if step.say is not None and not step.words.strip():
        raise TalkError(f"{place}say: there is nothing to say")
    if step.wait is not None:
        try:
            _ = step.milliseconds
        except TalkError as error:
            raise TalkError(f"{place}{error}") from None
    if step.send is not None and not (folder / step.send).is_file():
        raise TalkError(f"{place}there is no file {step.send} beside the talk")
    if step.desk is not None:
        _check_desk(place, step.desk)


def _check_desk(place: str, act: DeskAct) -> None:
    names = DeskAct.__struct_fields__
    given = [name for name in names if getattr(act, name) is not None]
    if len(given) != 1:
        raise TalkError(f"{place}desk needs exactly one of {', '.join(names)}; has {_named(given)}")
    _check_one_of(f"{place}desk.not_a_lead", act.not_a_lead, NOT_A_LEAD_REASONS)
    _check_one_of(f"{place}desk.close", act.close, CLOSE_REASONS)


def _named(given: list[str]) -> str:
    return ", ".join(given) or "none"


def _check_wanted(place: str, wanted: Wanted, pack: Pack | None) -> None:
    """Names of a closed set are checked: a misspelt one would hold for ever, or never."""
    slots = (*_PROFILE, *(each.id for each in pack.own_slots)) if pack else _PROFILE
    intents = (*INTENTS, *(each.id for each in pack.own_intents)) if pack else INTENTS
    for name, known in (
        ("profile", slots),
        ("status", slots),
        ("changed", slots),
        ("intents", intents),
        ("documents", DOCUMENT_KINDS),
        ("reasons", REASONS),
    ):
        values = getattr(wanted, name)
        for value in () if values is UNSET else values:
            _check_one_of(f"{place}{name}", value, known)
    for name, known in (("asks", slots), ("reason", REASONS)):
        value = getattr(wanted, name)
        _check_one_of(f"{place}{name}", None if value is UNSET else value, known)


def _check_one_of(place: str, value: str | None, known: tuple[str, ...]) -> None:
    if value and value not in known:
        raise TalkError(f"{place}: {value!r} is none of {', '.join(known)}")
