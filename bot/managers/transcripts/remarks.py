"""What colleagues say of a talk: comments on it or on a message, flags, the week's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response, post
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath

from bot.live import DESK
from bot.managers import sampling
from bot.managers.teaching import read_form
from bot.managers.transcripts.fields import FLAGS, VERDICTS
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.masked import conceal_talk
from bot.web.staffpages import Worker
from storage import accounts, conversations, remarks, reviews
from storage.db import Tx
from storage.remarks import FlagRow, NewComment
from storage.reviews import ReviewRow

RIGHT: Mapping[str, str] = {"right": "reviews"}
TEXT_MAX = 2_000  # characters of a comment


async def shown(deps: Deps, worker: Worker, talk: str, week: str) -> dict[str, Any]:
    """For the page of a talk: comments, flags, and where it stands in a week's sample."""
    comments = tuple(deps.db.peek(lambda tx: remarks.comments_of(tx, talk)))
    if not worker.personal:
        comments = deps.db.peek(lambda tx: conceal_talk(tx, talk, comments))
    flags = deps.db.peek(lambda tx: remarks.flags_of(tx, talk))
    names = {each.id: each.display_name or each.name for each in deps.db.peek(accounts.all_staff)}
    return {
        "comments": comments,
        "flags": {each.kind: (names.get(each.staff_id, ""), each.at) for each in flags},
        "flag_kinds": FLAGS,
        "verdicts": VERDICTS,
        "own_id": worker.id,
        "text_max": TEXT_MAX,
        "sample": await sampling.place_of(deps, talk, week) if week else None,
    }


@post("/transcripts/{talk:str}/comments", opt=dict(RIGHT))
async def add_comment(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Say something of the talk, or of one of its messages, to colleagues."""
    deps.db.peek(lambda tx: _require_talk(tx, talk))
    form, worker, now = await read_form(request), request.user.staff, deps.now()
    words, number = _read_words(form), _read_number(form.get("seq", "0"))

    def work(tx: Tx) -> int:
        _require_talk(tx, talk, number)
        new = NewComment(talk, number, worker.id, words, now)
        added = remarks.comment(tx, new)
        accounts.note_action(tx, now, worker.id, "comment.add", talk, detail=str(added))
        return added

    added = await deps.db.write(work)
    _tell(deps, talk)
    return _back(talk, form, f"c{added}", number)


@post("/transcripts/{talk:str}/comments/{comment:int}/delete", opt=dict(RIGHT))
async def delete_comment(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], comment: FromPath[int]
) -> Response[Any]:
    """Take back one's own comment."""
    deps.db.peek(lambda tx: _require_talk(tx, talk))
    form, worker, now = await read_form(request), request.user.staff, deps.now()

    def work(tx: Tx) -> None:
        found = remarks.get_comment(tx, comment)
        if found is None or found.conversation != talk or found.staff_id != worker.id:
            raise NotFoundException("desk.error.404")
        remarks.drop_comment(tx, comment)
        accounts.note_action(tx, now, worker.id, "comment.delete", talk, detail=str(comment))

    await deps.db.write(work)
    _tell(deps, talk)
    return _back(talk, form, "comments")


@post("/transcripts/{talk:str}/flags", opt=dict(RIGHT))
async def set_flag(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Flag the talk, or take a flag off."""
    deps.db.peek(lambda tx: _require_talk(tx, talk))
    form, worker, now = await read_form(request), request.user.staff, deps.now()
    kind, on = form.get("kind", ""), form.get("on", "yes") == "yes"
    if kind not in FLAGS:
        raise ClientException("desk.error.request")

    def work(tx: Tx) -> None:
        _require_talk(tx, talk)
        row = FlagRow(talk, kind, worker.id, now)
        done = remarks.flag(tx, row) if on else remarks.unflag(tx, talk, kind)
        if done:
            action = "flag.add" if on else "flag.remove"
            accounts.note_action(tx, now, worker.id, action, talk, detail=kind)

    await deps.db.write(work)
    _tell(deps, talk)
    return _back(talk, form, "flags")


@post("/reviews/{week:str}/{talk:str}", opt=dict(RIGHT))
async def give_verdict(
    request: StaffRequest, deps: FromDeps, week: FromPath[str], talk: FromPath[str]
) -> Response[Any]:
    """Say how the talk of a week's sample went; then the next one that nobody read."""
    deps.db.peek(lambda tx: _require_talk(tx, talk))
    form, worker, now = await read_form(request), request.user.staff, deps.now()
    verdict, words = form.get("verdict", ""), form.get("text", "").strip()
    place = await sampling.place_of(deps, talk, week)
    if place is None:
        raise NotFoundException("desk.error.404")
    if verdict not in VERDICTS:
        raise ClientException("desk.error.reviews.verdict")
    if len(words) > TEXT_MAX:
        raise ClientException("desk.error.comment_length")

    def work(tx: Tx) -> None:
        _require_talk(tx, talk)
        reviews.put(tx, ReviewRow(talk, place.week, worker.id, verdict, now))
        if words:
            remarks.comment(tx, NewComment(talk, 0, worker.id, words, now))
        accounts.note_action(tx, now, worker.id, "review", talk, detail=f"{place.week} {verdict}")

    await deps.db.write(work)
    _tell(deps, talk)
    target = f"/transcripts/{place.following}?week={week}" if place.following else (
        f"/reviews?week={week}"
    )  # fmt: skip
    return Response(None, status_code=303, headers={"Location": target})


def _tell(deps: Deps, talk: str) -> None:
    """Whoever has the talk open in the inbox sees beside it what was said of it."""
    for topic in (talk, DESK):
        deps.live.wake(topic)


def _require_talk(tx: Tx, talk: str, seq: int = 0) -> None:
    """NotFoundException for a talk that there is not, or that has no such message."""
    row = conversations.load(tx, talk)
    if row is None or row.erased or seq > row.last_seq:
        raise NotFoundException("desk.error.404")


def _read_words(form: Mapping[str, str]) -> str:
    words = form.get("text", "").strip()
    if not words:
        raise ClientException("desk.error.comment_empty")
    if len(words) > TEXT_MAX:
        raise ClientException("desk.error.comment_length")
    return words


def _read_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ClientException("desk.error.request")
    return int(text)


def _back(talk: str, form: Mapping[str, str], place: str, message: int = 0) -> Response[Any]:
    """To a place on the page of the talk that shows this message, 0: any."""
    week = form.get("week", "")
    said = {"week": week if sampling.is_week(week) else "", "m": message or ""}
    query = urlencode({name: value for name, value in said.items() if value})
    target = f"/transcripts/{talk}{'?' if query else ''}{query}#{place}"
    return Response(None, status_code=303, headers={"Location": target})


HANDLERS = [add_comment, delete_comment, set_flag, give_verdict]
