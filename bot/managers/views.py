"""Saved views: the filters of a page under a name, one's own or shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Response, post
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from bot.managers.teaching import read_form
from bot.masking import PERSONAL, hide
from bot.rights import may
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import Worker
from dialogs.types import Struct
from storage import accounts, views
from storage.db import Tx
from storage.views import NewView, ViewRow

# Pages whose filters can be kept, and the right that each asks for.
PAGES: Mapping[str, str] = {
    "transcripts": "transcripts", "funnel": "figures", "funnel/questions": "figures",
    "quality": "figures", "insights": "figures",
}  # fmt: skip
NOT = "not_"  # before the name of a filter
NAME_MAX = 80  # characters
QUERY_MAX = 4_000  # characters


class ShownView(Struct):
    """A view in the list of a page; `mine`: it may be renamed, shared and deleted."""

    id: int
    name: str
    address: str
    shared: bool
    mine: bool
    here: bool  # it is what the page shows now
    owner: str


class Views(Struct):
    """The views of a page, and its filters as they are now."""

    page: str
    query: str
    all: tuple[ShownView, ...]


def shown_views(deps: Deps, worker: Worker, page: str, query: str) -> Views:
    """For a page's template `staff/views.html.jinja`: what can be opened, and kept."""
    found = deps.db.peek(lambda tx: views.seen_by(tx, worker.id, page))
    return Views(
        page=page,
        query=query,
        all=tuple(
            ShownView(
                id=each.id,
                name=each.name,
                address=_address(each.page, each.query),
                shared=each.shared,
                mine=each.staff_id == worker.id,
                here=each.query == query,
                owner=each.staff_name,
            )
            for each in found
            if worker.personal or each.staff_id == worker.id or not _searches_somebody(each)
        ),
    )


def _searches_somebody(view: ViewRow) -> bool:
    """Whether words of its owner's stand in it by which a person may be told."""
    names = {name.removeprefix(NOT) for name, _ in parse_qsl(view.query)}
    return bool(names & {"q", *PERSONAL}) or hide(view.name) != view.name


@post("/views", opt={"right": "transcripts"})
async def keep_view(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Keep the filters of a page under a name."""
    form, worker, now = await read_form(request), request.user.staff, deps.now()
    page, query = form.get("page", ""), form.get("query", "")
    if page not in PAGES or len(query) > QUERY_MAX or not _fits_address(query):
        raise ClientException("desk.error.request")
    _require_page(worker, page)
    name = _read_name(form)
    new = NewView(worker.id, page, name, query, form.get("shared") == "yes", now)

    def work(tx: Tx) -> int:
        added = views.add(tx, new)
        if added:
            accounts.note_action(tx, now, worker.id, "view.keep", str(added))
        return added

    if not await deps.db.write(work):
        raise ClientException("desk.error.views.many")
    return _back(page, query)


@post("/views/{view:int}", opt={"right": "transcripts"})
async def change_view(request: StaffRequest, deps: FromDeps, view: FromPath[int]) -> Response[Any]:
    """Rename one's own view, share it, or keep it to oneself."""
    form, worker, now = await read_form(request), request.user.staff, deps.now()
    name, shared = _read_name(form), form.get("shared") == "yes"

    def work(tx: Tx) -> ViewRow:
        found = _require_own(tx, worker, view)
        views.change(tx, view, name, shared)
        accounts.note_action(tx, now, worker.id, "view.change", str(view))
        return found

    changed = await deps.db.write(work)
    return _back(changed.page, changed.query)


@post("/views/{view:int}/delete", opt={"right": "transcripts"})
async def delete_view(request: StaffRequest, deps: FromDeps, view: FromPath[int]) -> Response[Any]:
    """Delete one's own view."""
    worker, now = request.user.staff, deps.now()

    def work(tx: Tx) -> ViewRow:
        found = _require_own(tx, worker, view)
        views.drop(tx, view)
        accounts.note_action(tx, now, worker.id, "view.delete", str(view))
        return found

    deleted = await deps.db.write(work)
    return _back(deleted.page, deleted.query)


def _require_own(tx: Tx, worker: Worker, view: int) -> ViewRow:
    """The worker's own view. NotFoundException for any other."""
    found = views.get(tx, view)
    if found is None or found.staff_id != worker.id:
        raise NotFoundException("desk.error.404")
    return found


def _require_page(worker: Worker, page: str) -> None:
    if not may(worker.role, PAGES[page]):
        raise NotFoundException("desk.error.404")


def _read_name(form: Mapping[str, str]) -> str:
    name = " ".join(form.get("name", "").split())[:NAME_MAX]
    if not name:
        raise ClientException("desk.error.views.name")
    return name


def _fits_address(query: str) -> bool:
    """Whether it can stand in an address as it is: pages write theirs so, all else is made up."""
    return query.isascii() and query.isprintable()


def _address(page: str, query: str) -> str:
    return f"/{page}?{query}" if query else f"/{page}"


def _back(page: str, query: str) -> Response[Any]:
    return Response(None, status_code=303, headers={"Location": _address(page, query)})


def link(page: str, **filters: str) -> str:
    """The address of a page with some filters: `link("transcripts", step="price")`."""
    return _address(page, urlencode(filters))


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /views, behind the guard."""
    return close_off(deps, [keep_view, change_view, delete_view])
