"""What the assistant would say now to a question: the line by which an answer is tried."""

from __future__ import annotations

from dataclasses import replace

from bot.web.deps import Deps
from dialogs import texts
from dialogs.pack import Pack
from dialogs.types import Struct

QUESTION_MAX = 500  # characters


class Tried(Struct):
    """What would be said; `sources` are (id, title) of the papers quoted."""

    question: str
    language: str
    said: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()

    def quotes(self, article: str) -> bool:
        return any(name == article for name, _ in self.sources)


async def try_question(deps: Deps, question: str, language: str, pack: Pack | None = None) -> Tried:
    """The words of a new talk's turn; nothing is stored.

    `pack`: with edits that are not made yet. Its texts and prices count; how messages are read and
    papers are searched stays as it is.
    """
    asked = question.strip()[:QUESTION_MAX]
    spoken = language if language in deps.pack.languages else deps.pack.languages[0]
    mind = deps.mind.contents
    if pack is not None:
        mind = replace(mind, texts=texts.of(pack))
    turn = await deps.intake.rehearse(asked, spoken, mind)
    papers = [each for reply in turn.replies for each in reply.attachments]
    return Tried(
        question=asked,
        language=spoken,
        said=tuple(reply.text for reply in turn.replies),
        sources=tuple((each.id, each.title) for each in papers if each.kind == "source"),
    )
