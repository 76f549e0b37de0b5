"""A paper or an article of the company as staff read it, so that a passage can be looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import render
from dialogs.pack import Pack
from dialogs.types import Struct

RIGHT: Mapping[str, str] = {"right": "transcripts"}


class Paper(Struct):
    """A paper by its sections; several articles of one id are one in several languages."""

    id: str
    title: str
    kind: str  # text key of what it is
    public: bool
    version: str
    sections: tuple[tuple[str, str], ...]  # heading, may be "", and paragraph


def find_paper(pack: Pack, name: str, language: str = "") -> Paper | None:
    """The paper of this id; an article in this language where there are several."""
    document = pack.document(name)
    if document is not None:
        return Paper(
            id=name,
            title=document.title,
            kind=f"document_kind.{document.kind}",
            public=document.public,
            version=document.version,
            sections=document.text,
        )
    found = [each for each in pack.articles if each.id == name]
    article = next((a for a in found if a.language == language), found[0] if found else None)
    if article is None:
        return None
    parts = tuple(("", part) for part in article.text.split("\n\n"))
    return Paper(
        id=name,
        title=article.title,
        kind="paper.article",
        public=article.public,
        version="",
        sections=parts,
    )


def address_of(pack: Pack, name: str, place: str = "") -> str:
    """Where staff read the paper, at the section of this heading; "" for none."""
    paper = find_paper(pack, name)
    if paper is None:
        return ""
    headings = [heading for heading, _ in paper.sections]
    return f"/papers/{name}" + (f"#s{headings.index(place)}" if place in headings else "")


@get("/papers/{paper:str}", opt=dict(RIGHT))
async def show_paper(request: StaffRequest, deps: FromDeps, paper: FromPath[str]) -> Response[Any]:
    """The paper's text as answers are quoted from it."""
    found = find_paper(deps.pack, paper)
    if found is None:
        raise NotFoundException("desk.error.404")
    return render(deps, request, "paper", {"paper": found})


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/papers, behind the guard."""
    return close_off(deps, [show_paper])
