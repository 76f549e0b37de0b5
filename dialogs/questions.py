"""A message in single questions, and those of them that the papers may answer."""

from __future__ import annotations

import re

from dialogs.binding import binds
from dialogs.understanding.clauses import is_question

MAX_CHARS = 2_000  # of a message that are looked through for single questions
_ENDS = re.compile(r"(?<=[?？!！。])\s*|(?<=[.;])\s+|\n+")
_JOINTS = re.compile(r"[,，;；]\s*|\s+(?:and|und|и|а|y|e)\s+|(?=另外|还有|顺便|而且|同时)")
_MARKS = "?？¿ "


def sentences(text: str) -> list[str]:
    """The parts of a message, in order."""
    return [cut for part in _ENDS.split(text[:MAX_CHARS]) if (cut := part.strip())]


def questions_in(text: str) -> list[str]:
    """The parts that ask: those with a question mark, else those that are built so."""
    parts = sentences(text)
    marked = [part for part in parts if part.endswith(("?", "？"))]
    return marked or [part for part in parts if is_question(part.lower())]


def bind(text: str) -> bool:
    """Would an answer to one of the questions bind the company? Without any, the whole counts."""
    return any(map(binds, questions_in(text) or [text]))


def answerable(text: str) -> list[str]:
    """The questions whose answer binds nobody, also those joined to one that would."""
    found: list[str] = []
    for question in questions_in(text):
        pieces = [question] if not binds(question) else _JOINTS.split(question)
        if len(pieces) == 1 and binds(question):
            continue
        for piece in pieces:
            alone = piece.strip(_MARKS)
            if piece == question or (is_question(alone.lower()) and not binds(alone)):
                found.append(piece.strip())
    return found


def pieces(question: str) -> list[str]:
    """The questions within one sentence, none of which binds anybody: "the price, and does it
    ...?" holds one. Empty for a sentence in one piece."""
    cut = [piece.strip() for piece in _JOINTS.split(question)]
    if len(cut) < 2:
        return []
    alone = ((piece, piece.strip(_MARKS)) for piece in cut)
    return [piece for piece, bare in alone if is_question(bare.lower()) and not binds(bare)]
