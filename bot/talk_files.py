"""Talk files: a company's own acceptance conversations, read and checked. docs/talks.md tells how."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_SPAN = re.compile(r"(\d{1,6})\s*([smhd])")


class TalkError(ValueError):
    """The file is no talk: what is wrong, in one line."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold; UNSET for what is not looked at."""

    profile: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    status: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    asks: str | msgspec.UnsetType | None = msgspec.UNSET
    intents: list[str] | msgspec.UnsetType = msgspec.UNSET
    changed: list[str] | msgspec.UnsetType = msgspec.UNSET
    outcome: str | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType | None = msgspec.UNSET
    stage: str | msgspec.UnsetType = msgspec.UNSET
    owner: str | msgspec.UnsetType = msgspec.UNSET
    edition: str | msgspec.UnsetType | None = msgspec.UNSET
    documents: list[str] | msgspec.UnsetType = msgspec.UNSET
    language: str | msgspec.UnsetType = msgspec.UNSET
    asked_once: Literal[True] | msgspec.UnsetType = msgspec.UNSET
    says: list[str] | msgspec.UnsetType = msgspec.UNSET
    never_says: list[str] | msgspec.UnsetType = msgspec.UNSET
    amounts_from_price_book: Literal[True] | msgspec.UnsetType = msgspec.UNSET


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn: exactly one of say, choose, send and wait."""

    say: str | None = None
    choose: str | int | bool | None = None
    send: str | None = None
    wait: str | None = None
    then: Wanted = Wanted()

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
        return str(self.choose).lower() if isinstance(self.choose, bool) else str(self.choose)


class TalkFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    talk: str
    turns: list[Step]
    language: str = ""
    channel: str = "widget"
    end: Wanted = Wanted()


def find_talks(path: Path) -> list[Path]:
    """The talk files at a path: itself, or all below a folder. Raises TalkError if there is none."""
    if path.is_file():
        return [path]
    found = (
        sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml")) if path.is_dir() else []
    )
    if not found:
        raise TalkError(f"there are no talks at {path}")
    return found


def read_talk(path: Path) -> TalkFile:
    """Read one talk. Raises TalkError."""
    try:
        talk = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), TalkFile)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise TalkError(" ".join(str(error).split())) from error
    for number, step in enumerate(talk.turns, start=1):
        given = [x for x in (step.say, step.choose, step.send, step.wait) if x is not None]
        if len(given) != 1:
            raise TalkError(f"turn {number} needs exactly one of say, choose, send and wait")
        if step.wait is not None and step.milliseconds < 0:
            raise TalkError(f"turn {number}: wait goes forward only")
        if step.send is not None and not (path.parent / step.send).is_file():
            raise TalkError(f"turn {number}: there is no file {step.send} beside the talk")
    return talk
