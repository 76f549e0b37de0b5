"""Calls: those to make, next first, and a form for one that came by phone: /calls."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot import records
from bot.desk import CLOSE_REASONS, STAGES, Acted, CallOutcome
from bot.presales.calls.noting import CallNote, fields_for, note_call, read_note
from bot.presales.fields import read_fields, read_moment
from bot.rights import sees, sees_support_only
from bot.web.access import FromDeps, StaffRequest, close_off, wants_page
from bot.web.deps import Deps
from bot.web.masked import show_note
from bot.web.staffpages import language_of, render, speak_of
from bot.web.talk_view import require_talk
from dialogs import call_times, zones
from dialogs.profile import value_of
from dialogs.types import Struct
from storage import calls
from storage.calls import CallTask
from storage.statements import ID_MAX

PAGE = "/calls"
RIGHT: Mapping[str, str] = {"right": "talks"}
SHOWN = 40  # calls on a page
PAGES_MAX = 1_000
_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]{3,40}")


class Shown(Struct):
    """A call as the list shows it. `theirs`: the time where the prospect lives, if it differs."""

    id: int
    conversation: str
    title: str
    due: int
    theirs: str
    late: bool
    note: str
    dial: str  # the number as a telephone takes it, "" for who may not see it
    language: str


@get(PAGE, opt=dict(RIGHT))
async def show_calls(
    request: StaffRequest, deps: FromDeps, page: FromQuery[int] = 1
) -> Response[Any]:
    """The calls that somebody asked for and that this member of staff may see, `SHOWN` a page."""
    worker, page = request.user.staff, max(1, min(page, PAGES_MAX))
    own = worker.id if sees_support_only(worker) else 0
    wanted = calls.Page(limit=SHOWN + 1, start=(page - 1) * SHOWN, support_of=own)
    found = await deps.db.read(lambda at: calls.read_open(at, wanted))
    values = {
        "calls": [_show(deps, request, each) for each in found[:SHOWN] if sees(worker, each)],
        "page": page,
        "more": len(found) > SHOWN,
        "fresh": _fresh(),
    }
    return render(deps, request, "calls/list", values)


def _show(deps: Deps, request: StaffRequest, task: CallTask) -> Shown:
    state, worker = records.read_state(task.state), request.user.staff
    language = language_of(deps, request)
    time = call_times.show(deps.texts, language, task.due, zones.of_prospect(state))
    phone, wish = _split(task.note)
    known = value_of(state.profile, "phone")
    phone = phone or (known if isinstance(known, str) else "")
    return Shown(
        id=task.id,
        conversation=task.conversation,
        title=task.title,
        due=task.due,
        theirs=time.theirs if time.theirs != time.ours else "",
        late=task.due < deps.now(),
        note=show_note(worker, state, wish if worker.personal else task.note),
        dial="".join(c for c in phone if c in "+0123456789") if worker.personal else "",
        language=task.language,
    )


def _split(note: str) -> tuple[str, str]:
    """The number that a note begins with, "" for none, and the rest of it."""
    phone, _, wish = note.partition(" · ")
    return (phone, wish) if _NUMBER.fullmatch(phone) else ("", note)


@post(PAGE + "/{task:int}", opt=dict(RIGHT), status_code=200)
async def settle(request: StaffRequest, deps: FromDeps, task: FromPath[int]) -> Response[Any]:
    """`outcome`: done, no_answer, or later with a local time `due`."""
    found = deps.db.peek(lambda tx: calls.get(tx, task)) if 0 < task <= ID_MAX else None
    if found is None:
        raise NotFoundException("desk.error.404")
    worker, talk = request.user.staff, found.conversation
    require_talk(deps, worker, talk)
    fields = await read_fields(request)
    what = CallOutcome(outcome=fields.text("outcome"), due=read_moment(deps, fields.text("due")))
    acted = await deps.desk.settle_call(worker, talk, task, what, fields.text("id"))
    return _answer(deps, request, acted, PAGE)


@get(PAGE + "/new", opt=dict(RIGHT))
async def show_form(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """The form for a call that came by phone."""
    return _form(deps, request, CallNote(id=_fresh()))


@post(PAGE + "/new", opt=dict(RIGHT), status_code=200)
async def take_form(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Keep it as a conversation; with a mistake in it the form comes again as it was filled in."""
    note = read_note(deps, await read_fields(request))
    noted = await note_call(deps, request.user.staff, note)
    if noted.wrong:
        if wants_page(request):
            return _form(deps, request, note, noted.wrong)
        words = speak_of(deps, request, "calls.wrong")
        return Response({"error": words, "fields": noted.wrong}, status_code=409)
    return _answer(deps, request, Acted(), f"/inbox/{noted.conversation}")


def _form(
    deps: Deps, request: StaffRequest, note: CallNote, wrong: tuple[str, ...] = ()
) -> Response[Any]:
    language = language_of(deps, request)
    values = {
        "note": note,
        "wrong": wrong,
        "fields": fields_for(deps, language),
        "languages": deps.pack.languages,
        "stages": STAGES,
        "endings": CLOSE_REASONS,
    }
    return render(deps, request, "calls/new", values, 409 if wrong else 200)


def _answer(deps: Deps, request: StaffRequest, acted: Acted, address: str) -> Response[Any]:
    if acted.refused:
        if wants_page(request):
            raise HTTPException(status_code=409, detail=acted.refused)
        return Response({"error": speak_of(deps, request, acted.refused)}, status_code=409)
    if wants_page(request):
        return Response(None, status_code=303, headers={"Location": address})
    return Response({"address": address})


def _fresh() -> str:
    """An id of a form: the same one again is the same call."""
    return secrets.token_urlsafe(16)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """/calls, behind the guard."""
    return close_off(deps, [show_calls, settle, show_form, take_form])
