"""Words too long for the page of a talk: there they begin, and a page of their own has them all."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import NotFoundException
from markupsafe import escape

from bot.web.access import StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render, speak_of
from bot.web.talk_view import Said, view_talk

LONG = 10_000  # bytes of HTML from which on only the beginning is shown
BEGINNING = 4_000  # bytes of it
PIECE = 60_000  # bytes on a page of all the words
_LOOK_BACK = 40  # characters in which a space is looked for, so that no word is cut


def fold(said: Said) -> Said:
    """The message as the page of its talk shows it; `whole` says how long it is, if too long."""
    if _weigh(said.text) <= LONG:
        return said
    beginning = _begin(said.text, BEGINNING)
    return msgspec.structs.replace(said, text=f"{beginning.rstrip()} …", whole=len(said.text))


def split(text: str) -> tuple[str, ...]:
    """The words in pieces that a page bears; one at least."""
    pieces = []
    while len(text) * 6 > PIECE and _weigh(text) > PIECE:
        piece = _begin(text, PIECE)
        pieces.append(piece)
        text = text[len(piece) :]
    return (*pieces, text)


def _weigh(text: str) -> int:
    return len(str(escape(text)).encode())


def _begin(text: str, room: int) -> str:
    """As much of longer words as takes this many bytes of HTML."""
    end = 0
    for sign in text:
        room -= _weigh(sign)
        if room < 0:
            break
        end += 1
    space = text.rfind(" ", max(1, end - _LOOK_BACK), end)
    return text[: space + 1 if space > 0 else end]


async def show_words(
    deps: Deps, request: StaffRequest, talk: str, seq: int, back: str
) -> Response[Any]:
    """The page with all the words of a message, piece by piece; `back`: the page of its talk.

    NotFoundException where there is no such message.
    """
    language = language_of(deps, request)
    found = await view_talk(deps, request.user.staff, talk, language)
    said = next((each for each in found.messages if each.seq == seq), None)
    if said is None:
        raise NotFoundException("desk.error.404")
    pieces = split(said.text)
    asked = request.query_params.get("piece", "")
    number = min(int(asked), len(pieces)) if asked.isdecimal() and len(asked) < 4 else 1
    values = {
        "said": said,
        "back": f"{back}?m={seq}#m{seq}",
        "title": found.title or speak_of(deps, request, "desk.visitor"),
        "piece": pieces[max(1, number) - 1],
        "number": max(1, number),
        "pieces": len(pieces),
    }
    return render(deps, request, "words", values)
