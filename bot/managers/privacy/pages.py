"""Finding a person, handing out what is kept of them, erasing it, and the proof: /privacy."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.erasing import Eraser
from bot.managers.privacy.dossier import Kept, send_and_forget, write_dossier
from bot.managers.teaching import read_form
from bot.masking import conceal
from bot.systems.lead import iso_moment
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.masked import veil_for
from bot.web.staffpages import render
from dialogs.types import Struct
from storage import accounts, audit, conversations, erasures, persons, retention, worklist
from storage.conversations import ConversationRow
from storage.erasures import ErasureRow, Place
from storage.statements import ID_MAX
from storage.transcript import read_transcript

RIGHT: Mapping[str, str] = {"right": "privacy"}
WORDS_MAX = 200  # characters
PROOFS = 30


class ShownProof(Struct):
    """An erasure in words. `who`: name of the colleague, or "" with `by` prospect, expired,
    command or colleague."""

    row: ErasureRow
    by: str
    who: str
    places: tuple[Place, ...]

    @property
    def went(self) -> int:
        return sum(place.went for place in self.places)

    @property
    def left(self) -> int:
        return sum(max(0, place.left) for place in self.places)

    @property
    def waits(self) -> bool:
        """Whether all is gone but for the bytes in the database file."""
        return {place.name for place in self.places if place.left > 0} == {"pages"}


class ProofFile(Struct):
    """The proof as it is downloaded."""

    proof: int
    conversation: str
    asked_at: str
    asked_by: str
    done_at: str
    places: tuple[Place, ...]
    found_afterwards: int


@get("/privacy", opt=dict(RIGHT))
async def find_person(
    request: StaffRequest, deps: FromDeps, q: FromQuery[str] = ""
) -> Response[Any]:
    """Conversations of whoever is looked for, the latest erasures, and how long talks are kept."""
    words = q.strip()[:WORDS_MAX]
    erased = deps.db.peek(lambda tx: erasures.find(tx, words)) if words else None
    if erased is not None:  # of what is gone there is the proof
        return _to(f"/privacy/proofs/{erased.id}")
    veil = veil_for(request.user.staff)
    found = await deps.db.read(lambda at: persons.find(at, words, veil)) if words else ()
    rows = deps.db.peek(lambda tx: erasures.latest(tx, ID_MAX, PROOFS))
    values = {
        "words": words,
        "most": persons.MOST,
        "found": found if request.user.staff.personal else conceal(found),
        "veiled": not request.user.staff.personal,
        "proofs": [_show(deps, row) for row in rows],
        # What holds for all others comes last.
        "retention": sorted(
            deps.pack.company.retention_days.items(), key=lambda each: each[0] == "default"
        ),
    }
    return render(deps, request, "privacy", values)


@get("/privacy/{talk:str}", opt=dict(RIGHT))
async def show_kept(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """What is kept of one conversation, place by place; of an erased one its proof."""
    row = _require(deps, talk)
    if row.erased:
        found = deps.db.peek(lambda tx: erasures.find(tx, talk))
        if found is None:
            raise NotFoundException("desk.error.404")
        return _to(f"/privacy/proofs/{found.id}")
    return await _show_kept(deps, request, row)


@post("/privacy/{talk:str}/export", opt=dict(RIGHT))
async def hand_out(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Everything that is kept of the person, as one ZIP."""
    if not request.user.staff.personal:  # it would be a way around what is hidden from them
        raise PermissionDeniedException("desk.error.right")
    row, now, staff = _require_kept(deps, talk), deps.now(), request.user.staff.id
    stored, around = await deps.db.read(
        lambda connection: (read_transcript(connection, talk), worklist.around(connection, talk))
    )
    if stored is None:
        raise NotFoundException("desk.error.404")
    kept = Kept(row=row, stored=stored, around=around)
    # Nothing goes out that is not written down.
    await deps.db.write(lambda tx: audit.note_action(tx, now, staff, "privacy.export", talk))
    path = deps.settings.files / f"{secrets.token_hex(16)}.part"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        await asyncio.to_thread(write_dossier, path, kept, deps.uploads, now)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    headers = {"Content-Disposition": f'attachment; filename="person-{talk[:8]}.zip"'}
    return Stream(send_and_forget(path), media_type="application/zip", headers=headers)


@post("/privacy/{talk:str}/erase", opt=dict(RIGHT))
async def erase(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Erase everything of the conversation, at once and for good; `sure` must be ticked."""
    row = _require_kept(deps, talk)
    if not (await read_form(request)).get("sure"):
        return await _show_kept(deps, request, row, "sure")
    number = await Eraser(deps, deps.uploads, deps.overlay).erase(talk, request.user.staff.id)
    return _to(f"/privacy/proofs/{number}")


@get("/privacy/proofs/{proof:int}", opt=dict(RIGHT))
async def show_proof(
    request: StaffRequest, deps: FromDeps, proof: FromPath[int], download: FromQuery[int] = 0
) -> Response[Any]:
    """What went, place by place, and what is found there now; as a file with `download`."""
    found = deps.db.peek(lambda tx: erasures.get(tx, proof)) if 0 < proof <= ID_MAX else None
    if found is None:
        raise NotFoundException("desk.error.404")
    shown = _show(deps, found)
    if not download:
        return render(deps, request, "proof", {"proof": shown})
    file = ProofFile(
        proof=found.id,
        conversation=found.subject,
        asked_at=iso_moment(found.asked_at),
        asked_by=shown.who or shown.by,
        done_at=iso_moment(found.done_at),
        places=shown.places,
        found_afterwards=shown.left,
    )
    headers = {"Content-Disposition": f'attachment; filename="erasure-{found.id}.json"'}
    return Response(file, media_type=MediaType.JSON, headers=headers)


def _to(address: str) -> Response[Any]:
    return Response(None, status_code=303, headers={"Location": address})


def _require(deps: Deps, talk: str) -> ConversationRow:
    """The conversation, also an erased one. NotFoundException where there never was one."""
    row = deps.db.peek(lambda tx: conversations.load(tx, talk))
    if row is None:
        raise NotFoundException("desk.error.404")
    return row


def _require_kept(deps: Deps, talk: str) -> ConversationRow:
    row = _require(deps, talk)
    if row.erased:
        raise NotFoundException("desk.error.404")
    return row


async def _show_kept(
    deps: Deps, request: StaffRequest, row: ConversationRow, problem: str = ""
) -> Response[Any]:
    found = await deps.db.read(lambda connection: persons.find(connection, row.id))
    line = next((each.line for each in found if each.line.id == row.id), None)
    if line is None:
        raise NotFoundException("desk.error.404")
    places = deps.db.peek(lambda tx: retention.look(tx, row.id, ()))
    values = {
        "line": line if request.user.staff.personal else conceal(line),
        "places": [(name, count) for name, count in places.items() if count],
        "problem": problem,
    }
    return render(deps, request, "kept", values, 422 if problem else 200)


_BY = {erasures.PROSPECT: "prospect", erasures.EXPIRED: "expired", erasures.COMMAND: "command"}


def _show(deps: Deps, row: ErasureRow) -> ShownProof:
    staff = deps.db.peek(lambda tx: accounts.get(tx, row.asked_by)) if row.asked_by > 0 else None
    return ShownProof(
        row=row,
        by=_BY.get(row.asked_by, "colleague"),
        who=(staff.display_name or staff.name) if staff is not None else "",
        places=row.read_proof().places,
    )


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /privacy, behind the guard."""
    return close_off(deps, [find_person, show_kept, hand_out, erase, show_proof])
