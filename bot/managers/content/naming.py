"""What an edit of the content was about, in words that a manager reads, and where it stands."""

from __future__ import annotations

from bot.managers.content.price_file import FILE as PRICES
from bot.managers.content.publishing import PATH
from bot.packs.edits import Edit
from bot.web.deps import Deps
from dialogs.types import Struct

TITLE_MAX = 80  # characters


class NamedEdit(Struct):
    """An edit in a list. `kind`: key of the part's name; `address`: "" where it is gone."""

    edit: Edit
    kind: str
    title: str
    address: str


def name_edit(deps: Deps, language: str, edit: Edit) -> NamedEdit:
    """The edit with the part of the content that it changed; its own line where that is gone."""
    path = min(edit.after, default="")
    kind, address = _part_of(path, edit.what)
    title = _title_of(deps, language, path, edit.what)
    if not title:  # gone meanwhile, or nothing with a title
        address = address if path == PRICES or path.startswith("examples/") else ""
    shown = title or ("" if address else edit.what)
    return NamedEdit(edit=edit, kind=kind, title=shown, address=address)


def _part_of(path: str, what: str) -> tuple[str, str]:
    """The key of the part's name and the address of what was changed there."""
    folder, _, rest = path.partition("/")
    match folder:
        case "texts":
            return "content.texts", f"{PATH}/texts/{what}"
        case "replies.yaml":
            return "content.replies", f"{PATH}/replies/{what}"
        case "documents":
            return "content.papers", f"{PATH}/papers/{what}"
        case "knowledge":
            return "articles.title", f"/articles/{rest.removesuffix('.md')}"
        case "examples":
            return "understanding.title", "/understanding"
    return "content.prices", f"{PATH}/prices"


def _title_of(deps: Deps, language: str, path: str, what: str) -> str:
    pack = deps.pack
    if path.startswith("texts/"):
        words = " ".join(pack.texts[language].get(what, "").split())
        return words if len(words) <= TITLE_MAX else f"{words[: TITLE_MAX - 1]}…"
    if path.startswith("documents/"):
        paper = pack.document(what)
        return paper.title if paper else ""
    if path.startswith("knowledge/"):
        there = path.removeprefix("knowledge/").removesuffix(".md")
        return next((e.title for e in pack.articles if f"{e.language}/{e.id}" == there), "")
    reply = next((each for each in pack.replies if each.id == what), None)
    if path != "replies.yaml" or reply is None:
        return ""
    return reply.title.get(language) or next(iter(reply.title.values()))
