"""What staff do to a talk in the browser. Each act is one POST; Desk decides and stores."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bot.desk import Acted, Decline, HandBack, NewTask
from bot.presales.fields import (
    FILES_BODY_MAX,
    Fields,
    FilesRefusedError,
    read_fields,
    read_files,
    read_moment,
    read_until,
    take_reply,
)
from bot.web.access import FromDeps, StaffRequest, wants_page
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render
from bot.web.talk_view import require_talk
from dialogs.types import Struct
from storage.statements import ID_MAX

RIGHT: Mapping[str, str] = {"right": "talks"}


class Outcome(Struct):
    """What became of an act: `done` names it, `refused` is a text key or "", `who` has the talk.

    `undo`: the number by which it can be undone, 0: it cannot. `most`: a limit that was passed.
    `seq`: number of the message that came of it, 0 for none.
    """

    done: str
    refused: str = ""
    who: str = ""
    undo: int = 0
    most: int = 0
    seq: int = 0


def answer(deps: Deps, request: StaffRequest, talk: str, outcome: Outcome) -> Response[Any]:
    """Words for the script, or the talk's page again for a browser without one."""
    language, refused = language_of(deps, request), outcome.refused
    if refused:
        words = deps.texts.say(language, refused, who=outcome.who, most=outcome.most)
        if wants_page(request):
            return render(deps, request, "refused", {"words": words}, 409)
        return Response({"error": words, "key": refused, "owner": outcome.who}, status_code=409)
    if wants_page(request):
        undo = f"?undo={outcome.undo}" if outcome.undo else ""
        return Response(None, status_code=303, headers={"Location": f"/inbox/{talk}{undo}"})
    told = {
        "words": deps.texts.say(language, f"desk.done.{outcome.done}"),
        "fresh_id": secrets.token_urlsafe(16),
        "undo": outcome.undo,
        "seq": outcome.seq,
    }
    return Response(told, status_code=200)


def _told(deps: Deps, request: StaffRequest, talk: str, done: str, acted: Acted) -> Response[Any]:
    outcome = Outcome(done=done, refused=acted.refused, undo=acted.undo, seq=acted.seq)
    return answer(deps, request, talk, outcome)


async def _enter(deps: Deps, request: StaffRequest, talk: str) -> Fields:
    """Whether they may see the talk at all, then what the form says."""
    require_talk(deps, request.user.staff, talk)
    return await read_fields(request)


# --- who has it ----------------------------------------------------------------------------------


async def _claim(request: StaffRequest, deps: Deps, talk: str, done: str) -> Response[Any]:
    require_talk(deps, request.user.staff, talk)
    claimed = await deps.desk.claim(request.user.staff, talk)
    refused = claimed.refused or ("" if claimed.won else "desk.refused.taken")
    outcome = Outcome(done=done, refused=refused, who=claimed.owner_name, undo=claimed.undo)
    return answer(deps, request, talk, outcome)


@post("/inbox/{talk:str}/claim", opt=dict(RIGHT))
async def claim(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take a waiting talk. The first wins; the next is told who has it."""
    return await _claim(request, deps, talk, "claim")


@post("/inbox/{talk:str}/step-in", opt=dict(RIGHT))
async def step_in(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take a talk that the bot has."""
    return await _claim(request, deps, talk, "step-in")


@post("/inbox/{talk:str}/hand-back", opt=dict(RIGHT))
async def hand_back(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Give the talk back to the bot, with a `line` of context and what is announced as `next`."""
    fields = await _enter(deps, request, talk)
    left = HandBack(line=fields.text("line"), next=fields.text("next"))
    once = fields.text("external_id")
    acted = await deps.desk.hand_back(request.user.staff, talk, once, left)
    return _told(deps, request, talk, "hand-back", acted)


@post("/inbox/{talk:str}/pass-on", opt=dict(RIGHT))
async def pass_on(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Put the talk back into the queue, for the person or team `to`, with a `note`."""
    fields = await _enter(deps, request, talk)
    said = fields.text("to"), fields.text("external_id"), fields.text("note")
    acted = await deps.desk.pass_on(request.user.staff, talk, *said)
    return _told(deps, request, talk, "pass-on", acted)


@post("/inbox/{talk:str}/not-a-lead", opt=dict(RIGHT))
async def not_a_lead(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Send a waiting talk back to the bot, with a `reason`."""
    fields = await _enter(deps, request, talk)
    said = fields.text("reason"), fields.text("external_id")
    acted = await deps.desk.not_a_lead(request.user.staff, talk, *said)
    return _told(deps, request, talk, "not-a-lead", acted)


@post("/inbox/{talk:str}/accept", opt=dict(RIGHT))
async def accept(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The brief is good."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.accept(request.user.staff, talk, fields.text("external_id"))
    return _told(deps, request, talk, "accept", acted)


@post("/inbox/{talk:str}/decline", opt=dict(RIGHT))
async def decline(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Send the brief back with a `reason` and a `note`, `to` the queue or the bot."""
    fields = await _enter(deps, request, talk)
    what = Decline(
        reason=fields.text("reason"), to=fields.text("to") or "queue", note=fields.text("note")
    )
    acted = await deps.desk.decline(request.user.staff, talk, what, fields.text("external_id"))
    return _told(deps, request, talk, "decline", acted)


# --- what is said --------------------------------------------------------------------------------


@post("/inbox/{talk:str}/reply", opt=dict(RIGHT), request_max_body_size=FILES_BODY_MAX)
async def reply(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Say `text` to the prospect, with papers (`paper`) and files (`file`), each several times.

    The same `external_id` again is the same reply.
    """
    fields = await _enter(deps, request, talk)
    try:
        said = await take_reply(deps, request, fields)
    except FilesRefusedError as error:
        outcome = Outcome(done="reply", refused=error.key, most=error.most)
        return answer(deps, request, talk, outcome)
    acted = await deps.desk.reply(request.user.staff, talk, fields.text("external_id"), said)
    if acted.refused or acted.repeated:
        deps.uploads.delete([file.id for file in said.files])
    return _told(deps, request, talk, "reply", acted)


@post("/inbox/{talk:str}/note", opt=dict(RIGHT), request_max_body_size=FILES_BODY_MAX)
async def note(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Keep `text` for colleagues only; the same `external_id` again is the same note."""
    fields = await _enter(deps, request, talk)
    files = await read_files(request)
    for file in files:
        await file.close()
    if files:
        return answer(deps, request, talk, Outcome(done="note", refused="desk.refused.note_file"))
    said = fields.text("external_id"), fields.text("text")
    return _told(deps, request, talk, "note", await deps.desk.note(request.user.staff, talk, *said))


# --- out of sight, read and unread ---------------------------------------------------------------


@post("/inbox/{talk:str}/snooze", opt=dict(RIGHT))
async def snooze(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Let the talk sleep for `minutes`, or until a local time."""
    fields = await _enter(deps, request, talk)
    until, once = read_until(deps, fields), fields.text("external_id")
    acted = await deps.desk.snooze(request.user.staff, talk, until, once)
    return _told(deps, request, talk, "snooze", acted)


@post("/inbox/{talk:str}/wake", opt=dict(RIGHT))
async def wake(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """End the talk's sleep."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.wake(request.user.staff, talk, fields.text("external_id"))
    return _told(deps, request, talk, "wake", acted)


@post("/inbox/{talk:str}/read", opt=dict(RIGHT))
async def mark_read(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The talk was read up to the message `seq`, or all of it."""
    fields = await _enter(deps, request, talk)
    await deps.desk.mark_read(request.user.staff, talk, fields.number("seq"))
    return answer(deps, request, talk, Outcome(done="read"))


@post("/inbox/{talk:str}/unread", opt=dict(RIGHT))
async def mark_unread(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The prospect's last message counts as unread again."""
    await _enter(deps, request, talk)
    await deps.desk.mark_unread(request.user.staff, talk)
    return answer(deps, request, talk, Outcome(done="unread"))


# --- the lead ------------------------------------------------------------------------------------


@post("/inbox/{talk:str}/close", opt=dict(RIGHT))
async def close(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """End the talk with a `reason`."""
    fields = await _enter(deps, request, talk)
    said = fields.text("reason"), fields.text("external_id")
    acted = await deps.desk.close(request.user.staff, talk, *said)
    return _told(deps, request, talk, "close", acted)


@post("/inbox/{talk:str}/reopen", opt=dict(RIGHT))
async def reopen(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take up a closed talk."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.reopen(request.user.staff, talk, fields.text("external_id"))
    return _told(deps, request, talk, "reopen", acted)


@post("/inbox/{talk:str}/stage", opt=dict(RIGHT))
async def set_stage(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Move the lead to another `stage`."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.set_stage(request.user.staff, talk, fields.text("stage"))
    return _told(deps, request, talk, "stage", acted)


@post("/inbox/{talk:str}/manager", opt=dict(RIGHT))
async def name_manager(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Name the account manager `who`, "" for none."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.name_manager(request.user.staff, talk, fields.text("who"))
    return _told(deps, request, talk, "manager", acted)


@post("/inbox/{talk:str}/profile", opt=dict(RIGHT))
async def edit_profile(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Enter the `value` of a `slot`; an empty one takes it out."""
    fields = await _enter(deps, request, talk)
    said = fields.text("slot"), fields.text("value")
    acted = await deps.desk.edit_profile(request.user.staff, talk, *said)
    return _told(deps, request, talk, "profile", acted)


@post("/inbox/{talk:str}/tasks", opt=dict(RIGHT))
async def add_task(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Open a task of a `kind`, `due` at a local time, with a `note`."""
    fields = await _enter(deps, request, talk)
    due = read_moment(deps, fields.text("due"))
    task = NewTask(kind=fields.text("kind"), due=due, note=fields.text("note"))
    acted = await deps.desk.add_task(request.user.staff, talk, task, fields.text("external_id"))
    return _told(deps, request, talk, "task_add", acted)


@post("/inbox/{talk:str}/tasks/{task:int}/done", opt=dict(RIGHT))
async def finish_task(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], task: FromPath[int]
) -> Response[Any]:
    """Mark a task of the talk as done."""
    require_talk(deps, request.user.staff, talk)
    acted = await deps.desk.finish_task(request.user.staff, talk, min(task, ID_MAX))
    return _told(deps, request, talk, "task", acted)


@post("/inbox/{talk:str}/join", opt=dict(RIGHT))
async def join(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The talk `other` is the same person's."""
    fields = await _enter(deps, request, talk)
    require_talk(deps, request.user.staff, fields.text("other"))
    acted = await deps.desk.join(request.user.staff, talk, fields.text("other"))
    return _told(deps, request, talk, "join", acted)


@post("/inbox/{talk:str}/part", opt=dict(RIGHT))
async def part(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """The talk `other` is somebody else's after all."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.part(request.user.staff, talk, fields.text("other"))
    return _told(deps, request, talk, "part", acted)


@post("/inbox/{talk:str}/undo", opt=dict(RIGHT))
async def undo(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take back the act of the number `act`."""
    fields = await _enter(deps, request, talk)
    acted = await deps.desk.undo(request.user.staff, talk, fields.number("act"))
    return _told(deps, request, talk, "undo", acted)


ACTS: list[HTTPRouteHandler] = [
    claim, step_in, hand_back, pass_on, not_a_lead, accept, decline, reply, note, snooze, wake,
    mark_read, mark_unread, close, reopen, set_stage, name_manager, edit_profile, add_task,
    finish_task, join, part, undo,
]  # fmt: skip
