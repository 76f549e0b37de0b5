"""What staff do to a talk in the browser. Each act is one POST; Desk decides and stores."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bot.acting import Acted
from bot.web.access import FromDeps, StaffRequest, wants_page
from bot.web.deps import Deps
from bot.web.staffpages import language_of, render
from bot.web.talk_view import require_talk
from dialogs.types import Struct

RIGHT: Mapping[str, str] = {"right": "talks"}


async def read_fields(request: StaffRequest) -> Mapping[str, str]:
    """The fields of a form, or of a JSON object with texts; {} when the body is neither."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return msgspec.json.decode(await request.body(), type=dict[str, str])
        except msgspec.DecodeError:
            return {}
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


class Outcome(Struct):
    """What became of an act: `done` names it, `refused` is a text key or "", `who` has the talk."""

    done: str
    refused: str = ""
    who: str = ""


def answer(deps: Deps, request: StaffRequest, talk: str, outcome: Outcome) -> Response[Any]:
    """Words for the script, or the talk's page again for a browser without one."""
    language, refused = language_of(deps, request), outcome.refused
    if refused:
        words = deps.texts.say(language, refused, who=outcome.who)
        if wants_page(request):
            return render(deps, request, "refused", {"words": words}, 409)
        return Response({"error": words, "key": refused, "owner": outcome.who}, status_code=409)
    if wants_page(request):
        return Response(None, status_code=303, headers={"Location": f"/inbox/{talk}"})
    words = deps.texts.say(language, f"desk.done.{outcome.done}")
    return Response({"words": words, "fresh_id": secrets.token_urlsafe(16)}, status_code=200)


async def _claim(request: StaffRequest, deps: Deps, talk: str, done: str) -> Response[Any]:
    require_talk(deps, request.user.staff, talk)
    claimed = await deps.desk.claim(request.user.staff, talk)
    refused = claimed.refused or ("" if claimed.won else "desk.refused.taken")
    outcome = Outcome(done=done, refused=refused, who=claimed.owner_name)
    return answer(deps, request, talk, outcome)


def _told(deps: Deps, request: StaffRequest, talk: str, done: str, acted: Acted) -> Response[Any]:
    return answer(deps, request, talk, Outcome(done=done, refused=acted.refused))


@post("/inbox/{talk:str}/claim", opt=dict(RIGHT))
async def claim(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take a waiting talk. The first wins; the next is told who has it."""
    return await _claim(request, deps, talk, "claim")


@post("/inbox/{talk:str}/step-in", opt=dict(RIGHT))
async def step_in(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Take a talk that the bot has."""
    return await _claim(request, deps, talk, "step-in")


@post("/inbox/{talk:str}/reply", opt=dict(RIGHT))
async def reply(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Say `text` to the prospect; the same `external_id` again is the same reply."""
    require_talk(deps, request.user.staff, talk)
    fields = await read_fields(request)
    said = fields.get("external_id", ""), fields.get("text", "")
    return _told(
        deps, request, talk, "reply", await deps.desk.reply(request.user.staff, talk, *said)
    )


@post("/inbox/{talk:str}/note", opt=dict(RIGHT))
async def note(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Keep `text` for colleagues only; the same `external_id` again is the same note."""
    require_talk(deps, request.user.staff, talk)
    fields = await read_fields(request)
    said = fields.get("external_id", ""), fields.get("text", "")
    return _told(deps, request, talk, "note", await deps.desk.note(request.user.staff, talk, *said))


@post("/inbox/{talk:str}/hand-back", opt=dict(RIGHT))
async def hand_back(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Give the talk back to the bot."""
    require_talk(deps, request.user.staff, talk)
    acted = await deps.desk.hand_back(request.user.staff, talk)
    return _told(deps, request, talk, "hand-back", acted)


@post("/inbox/{talk:str}/pass-on", opt=dict(RIGHT))
async def pass_on(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Put the talk back into the queue, with the name `to` as a note."""
    require_talk(deps, request.user.staff, talk)
    to = (await read_fields(request)).get("to", "")
    acted = await deps.desk.pass_on(request.user.staff, talk, to)
    return _told(deps, request, talk, "pass-on", acted)


@post("/inbox/{talk:str}/not-a-lead", opt=dict(RIGHT))
async def not_a_lead(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Send a waiting talk back to the bot, with a `reason`."""
    require_talk(deps, request.user.staff, talk)
    reason = (await read_fields(request)).get("reason", "")
    acted = await deps.desk.not_a_lead(request.user.staff, talk, reason)
    return _told(deps, request, talk, "not-a-lead", acted)


@post("/inbox/{talk:str}/close", opt=dict(RIGHT))
async def close(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """End the talk with a `reason`."""
    require_talk(deps, request.user.staff, talk)
    reason = (await read_fields(request)).get("reason", "")
    acted = await deps.desk.close(request.user.staff, talk, reason)
    return _told(deps, request, talk, "close", acted)


@post("/inbox/{talk:str}/stage", opt=dict(RIGHT))
async def set_stage(request: StaffRequest, deps: FromDeps, talk: FromPath[str]) -> Response[Any]:
    """Move the lead to another `stage`."""
    require_talk(deps, request.user.staff, talk)
    stage = (await read_fields(request)).get("stage", "")
    acted = await deps.desk.set_stage(request.user.staff, talk, stage)
    return _told(deps, request, talk, "stage", acted)


@post("/inbox/{talk:str}/tasks/{task:int}/done", opt=dict(RIGHT))
async def finish_task(
    request: StaffRequest, deps: FromDeps, talk: FromPath[str], task: FromPath[int]
) -> Response[Any]:
    """Mark a task of the talk as done."""
    require_talk(deps, request.user.staff, talk)
    acted = await deps.desk.finish_task(request.user.staff, talk, task)
    return _told(deps, request, talk, "task", acted)


ACTS: list[HTTPRouteHandler] = [
    claim, step_in, reply, note, hand_back, pass_on, not_a_lead, close, set_stage, finish_task,
]  # fmt: skip
