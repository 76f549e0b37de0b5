"""`read [--pack P] [--why]`: what messages mean, one JSON line in, one JSON line out.

A line in has `text`, and may have `id`, `context` (the question that was open) and `lang`. A line
out has `id`, `intents` and `slots`, with `--why` the reasons too. A line that is no such object is
told on standard error and counted; the others are read all the same.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import msgspec

from bot.packs.edits import read_overlay
from bot.packs.encoders import encoder_source
from bot.packs.vectors import KeptVectors
from bot.settings import Settings, SettingsError
from dialogs.folder.reader import NO_FILES
from dialogs.loading import PackError, load
from dialogs.types import INNER_SLOTS, Asked, Reading, Value
from dialogs.understanding import Reader

# Slots whose values nobody can list: what the bot alone named of these was not said.
_OPEN_VALUED = frozenset(
    {"headcount", "city", "budget", "timeline", "name", "company", "role", "email", "phone"}
)


class Question(msgspec.Struct, frozen=True):
    """A line on standard input; members that are not listed are left alone."""

    text: str
    id: str | int | None = None
    context: str | None = None
    lang: str | None = None


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line on standard output. `id` is the one that came in, or the number of the line."""

    id: str | int
    intents: tuple[str, ...]
    slots: dict[str, Value] = msgspec.field(default_factory=dict)
    why: tuple[str, ...] = ()


def main(arguments: list[str]) -> int:
    """Exit code 0 when every line was read, 1 when one was no message, 2 for a bad pack."""
    parser = argparse.ArgumentParser(prog="python -m bot read", description=__doc__)
    parser.add_argument("--pack", type=Path, help="folder of the pack; COMPANY_PACK unless given")
    parser.add_argument("--why", action="store_true", help="add the reasons of each layer")
    given = parser.parse_args(arguments)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 in every locale; bytes that are none spoil their own line alone.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    settings = Settings.from_environment(os.environ)
    try:
        overlay = NO_FILES if given.pack else read_overlay(settings.overlay)
        reader = open_reader(given.pack or settings.pack, settings, overlay)
    except (PackError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    return read_lines(reader, given.why, sys.stdin, sys.stdout)


def open_reader(
    folder: Path, settings: Settings, overlay: Mapping[str, bytes] = NO_FILES
) -> Reader:
    """A reader for the pack; raises PackError with all mistakes of the pack."""
    pack = load(folder, overlay=overlay)
    source = encoder_source(settings.encoder)
    if source is None:
        return Reader(pack)
    kept = KeptVectors(source.load, settings.data / "cache", source.brand)
    reader = Reader(pack, kept)
    reader.learn_questions()
    kept.settle()
    return reader


def read_lines(reader: Reader, why: bool, source: TextIO, target: TextIO) -> int:
    """Answers each line at once, so that a pipe can be talked to; gives the exit code."""
    failed = False
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            question = msgspec.json.decode(line.lstrip("\ufeff"), type=Question)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            print(f"line {number}: {error}", file=sys.stderr)
            failed = True
            continue
        answer = answer_line(reader, question, number)
        if not why:
            answer = msgspec.structs.replace(answer, why=())
        shown = msgspec.to_builtins(answer)
        shown.setdefault("slots", {})
        print(msgspec.json.encode(shown).decode(), file=target, flush=True)
    return 1 if failed else 0


def answer_line(reader: Reader, question: Question, number: int) -> Answer:
    reading = read_message(reader, question.text, question.context, question.lang or "")
    return Answer(
        id=number if question.id is None else question.id,
        intents=reading.intents,
        slots=printed_slots(reading),
        why=reading.why,
    )


def read_message(reader: Reader, text: str, context: str | None, language: str) -> Reading:
    """Reads a message after a question in anyone's words, without a profile."""
    asked = reader.find_asked(context) if context else None
    prior = language if len(language) == 2 else reader.tell_language(context or text)
    known = asked.noted if asked else {}
    reading = reader.read(text, asked=asked, known=known, language=prior)
    return _without_echo(reading, asked) if asked else reading


def _without_echo(reading: Reading, asked: Asked) -> Reading:
    """A bare yes to "80 people, right?" states nothing new: only the bot named the number."""
    if "affirm" not in reading.intents or "provide_info" in reading.intents:
        return reading
    slots = {
        slot: value
        for slot, value in reading.slots.items()
        if slot not in _OPEN_VALUED or asked.assumes.get(slot) != value
    }
    return msgspec.structs.replace(reading, slots=slots)


def printed_slots(reading: Reading) -> dict[str, Value]:
    """The slots of the public vocabulary, and a pack's own, that were said and not implied."""
    slots = {
        slot: value
        for slot, value in reading.slots.items()
        if slot not in INNER_SLOTS and slot not in reading.inferred
    }
    if "ownership" in slots or "department" in slots:
        slots.pop("buyer_type", None)
    return slots
