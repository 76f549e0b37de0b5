"""The control address of a Bot API that runs as a process of its own: every call of `BotApi` and
`Person` over JSON, for tests that kill what talks to it.

POST /control/call {"on": reference or null, "name": ..., "args": [...], "named": {...}} calls it;
GET /control/chat/<id>, /control/calls and /control/wait look. Values that are not JSON are
references: {"$bot": username}, {"$person": id}, {"$group": id}, {"$message": [chat, id, bot]},
{"$bytes": base64}, {"$fault": [kind, amount]}.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from aiohttp import web

from .faults import Fault
from .people import Person
from .server import BotApi
from .stage import Made
from .world import Account, Chat, Group, Json, Message, Tap

HIDDEN = {"start", "stop", "until", "perform", "take_webhook_answer"}


class Control:
    """Adds the routes to `api`; call it before `api.start`."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        api.routes += [
            web.post("/control/call", self._call),
            web.post("/control/limits", self._limits),
            web.get("/control/chat/{id}", self._chat),
            web.get("/control/calls", self._calls),
            web.get("/control/wait", self._wait),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.json()
        on = self._read(body.get("on")) or self.api
        name = body["name"]
        if name.startswith("_") or (on is self.api and name in HIDDEN):
            return web.json_response({"error": f"no such call: {name}"}, status=404)
        try:
            args = [self._read(each) for each in body.get("args", [])]
            named = {key: self._read(each) for key, each in body.get("named", {}).items()}
            result = getattr(on, name)(*args, **named)
        except (AssertionError, AttributeError, LookupError, TypeError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response({"result": show(result)})

    async def _limits(self, request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            if not hasattr(self.api.limits, name):
                return web.json_response({"error": f"no such limit: {name}"}, status=400)
            setattr(self.api.limits, name, value)
        return web.json_response({"result": asdict(self.api.limits)})

    async def _chat(self, request: web.Request) -> web.Response:
        try:
            chat = self.api.chat(int(request.match_info["id"]), request.query.get("bot"))
        except LookupError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response({"result": show_chat(chat)})

    async def _calls(self, request: web.Request) -> web.Response:
        made = self.api.made(request.query.get("method", ""), request.query.get("bot"))
        return web.json_response({
            "result": [show(call) for call in made], "unknown": self.api.unknown
        })  # fmt: skip

    async def _wait(self, request: web.Request) -> web.Response:
        """Answers with the count of changes once it is above `events`, or after `seconds`."""
        known, seconds = int(request.query["events"]), float(request.query["seconds"])
        with suppress(TimeoutError):
            await self.api.until(lambda: self.api.events > known, seconds)
        return web.json_response({"result": self.api.events})

    def _read(self, value: Any) -> Any:
        """References as the objects that they mean. Raises LookupError."""
        if isinstance(value, list):
            return [self._read(each) for each in value]
        if not isinstance(value, dict) or len(value) != 1:
            return value
        ((kind, what),) = value.items()
        if kind == "$bot":
            return self.api.account(what)
        if kind == "$person":
            return self.api.people[what]
        if kind == "$group":
            return self.api.groups[what]
        if kind == "$message":
            chat, number, bot = what
            return self._message(self.api.chat(chat, bot or None), number)
        if kind == "$bytes":
            return base64.b64decode(what)
        return Fault(*what) if kind == "$fault" else value

    @staticmethod
    def _message(chat: Chat, number: int) -> Message:
        if number not in chat.by_id:
            raise LookupError(f"no message {number}")
        return chat.by_id[number]


def show(value: Any) -> Any:
    """Our objects as JSON."""
    if isinstance(value, Message):
        return {"$message": show_message(value)}
    if isinstance(value, Chat):
        return {"$group" if isinstance(value, Group) else "$chat": value.id}
    if isinstance(value, Account):
        return {"$bot": value.username}
    if isinstance(value, Person):
        return {"$person": value.id}
    if isinstance(value, Tap):
        return {"id": value.id, "data": value.data, "answer": value.answer, "alert": value.alert}
    if isinstance(value, Made):
        return {
            "bot": value.bot.username, "method": value.method, "parameters": value.parameters,
            "at": value.at, "status": value.status, "answer": value.answer, "fault": value.fault,
        }  # fmt: skip
    if isinstance(value, list | tuple):
        return [show(each) for each in value]
    return value


def show_message(message: Message) -> Json:
    account = message.chat.account
    by_bot = message.by_bot
    file = message.file
    return {
        "chat": message.chat.id,
        "private_with": account.username if account else "",
        "id": message.id,
        "at": message.at,
        "sender": message.sender.id,
        "by_bot": by_bot.username if by_bot else "",
        "thread": message.thread,
        "text": message.text,
        "texts": message.texts,
        "entities": message.entities,
        "content": message.content,
        "album": message.album,
        "reply_markup": message.reply_markup,
        "reply_to": message.reply_to.id if message.reply_to else 0,
        "edited": message.edited,
        "deleted": message.deleted,
        "silent": message.silent,
        "emojis": message.emojis,
        "file_name": file.name if file else "",
        "document": base64.b64encode(file.content).decode() if file else None,
    }


def show_chat(chat: Chat) -> Json:
    body: Json = {
        "id": chat.id,
        "kind": chat.kind,
        "started": chat.started,
        "blocked": chat.blocked,
        "keyboard": chat.keyboard,
        "actions": chat.actions,
        "everything": [show_message(message) for message in chat.everything],
        "taps": [show(tap) for tap in chat.person.taps] if chat.person else [],
    }
    if isinstance(chat, Group):
        body["statuses"] = {str(user): status for user, status in chat.statuses.items()}
        body["topics"] = [asdict(topic) for topic in chat.topics.values()]
    return body
