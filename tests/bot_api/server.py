"""The local Bot API over real HTTP, for any client of it. Nothing leaves 127.0.0.1."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

# Each of these families registers its handlers.
from . import methods_chats, methods_edit, methods_send, methods_signs, methods_topics  # noqa: F401
from .call import HANDLERS, Call, not_found
from .faults import Fault
from .hooks import deliver
from .limits import Limits
from .methods_updates import get_updates
from .refusals import Refusal, flood
from .stage import Made, Stage
from .wire import METHODS, Upload, build_method, read_request
from .world import Account, Json

CHUNK = 1 << 16
WORDS = {
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
}  # fmt: skip


class BotApi(Stage):
    """The world of `Stage` behind `/bot<token>/<Method>` and `/file/bot<token>/<path>`.

    Use it inside the test's event loop; everything but start, stop and until is a plain call.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, limits: Limits | None = None
    ) -> None:
        super().__init__(clock, limits)
        self.url = ""
        self.routes: list[web.RouteDef] = [
            web.route("*", "/bot{token}/{method}", self._serve),
            web.get("/file/bot{token}/{path:.+}", self._serve_file),
        ]
        self._runner: web.AppRunner | None = None
        self._hooks: dict[str, asyncio.Task[None]] = {}

    async def start(self, port: int = 0) -> str:
        """Listens on 127.0.0.1; returns the address, without a slash at its end. May be started
        again after a stop: the world is as it was."""
        app = web.Application(client_max_size=1 << 30)
        app.add_routes(self.routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, real = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{real}"
        for account in self.accounts.values():
            self._hook(account)
        return self.url

    async def stop(self) -> None:
        for account in self.accounts.values():
            account.queue.end_poll()
        for task in self._hooks.values():
            task.cancel()
        await asyncio.gather(*self._hooks.values(), return_exceptions=True)
        self._hooks.clear()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def add_bot(self, token: str, username: str, *, privacy: bool = True) -> Account:
        account = super().add_bot(token, username, privacy=privacy)
        if self._runner:
            self._hook(account)
        return account

    def _hook(self, account: Account) -> None:
        self._hooks[account.token] = asyncio.create_task(deliver(self, account))

    # --- HTTP ---

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        account = self.accounts.get(request.match_info["token"])
        if account is None:
            return _answer(Refusal(401, "Unauthorized"))
        name = request.match_info["method"]
        model = METHODS.get(name.lower())
        spelled = model.__api_method__ if model else name
        fault = account.script.next(spelled)
        if fault and fault.kind in ("flood", "status", "cut_before"):
            return await self._fail(request, account, spelled, fault)
        try:
            fields, uploads = await read_request(request, self.limits.upload)
        except Refusal as refusal:
            self._keep(account, spelled, {}, refusal, None)
            return _answer(refusal)
        result = await self.perform(account, name, fields, uploads, fault)
        if fault and fault.kind == "cut_after":
            return _cut(request)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.amount)
        return _answer(result)

    async def perform(
        self,
        account: Account,
        name: str,
        fields: Json,
        uploads: dict[str, Upload] | None = None,
        fault: Fault | None = None,
    ) -> Any:
        """Do one call: its result, or the Refusal that it meets."""
        model = METHODS.get(name.lower())
        spelled = model.__api_method__ if model else name
        result: Any
        try:
            handler = HANDLERS.get(name.lower())
            if model is None or (handler is None and spelled != "getUpdates"):
                raise not_found()
            method, unknown = build_method(model, fields)
            self.unknown += [f"{spelled}.{path}" for path in unknown]
            call = Call(self, account, method, uploads or {})
            result = handler(call) if handler else await get_updates(call)
        except Refusal as refusal:
            result = refusal
        except Exception as error:  # ours: the client gets a 500, the fixture tells of it
            self.crashes.append(error)
            result = Refusal(500, "Internal Server Error")
        self._keep(account, spelled, fields, result, fault)
        return result

    async def take_webhook_answer(self, account: Account, body: bytes) -> None:
        """A webhook may answer an update with one call; its result is told to nobody."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(name := call.pop("method", None), str):
            await self.perform(account, name, call)

    async def _fail(
        self, request: web.Request, account: Account, name: str, fault: Fault
    ) -> web.StreamResponse:
        await request.read()
        if fault.kind == "cut_before":
            self._keep(account, name, {}, None, fault)
            return _cut(request)
        code = int(fault.amount)
        words = WORDS.get(code, "Error")
        refusal = flood(code) if fault.kind == "flood" else Refusal(code, words)
        self._keep(account, name, {}, refusal, fault)
        return _answer(refusal)

    def _keep(
        self, account: Account, name: str, fields: Json, result: Any, fault: Fault | None
    ) -> None:
        refused = isinstance(result, Refusal)
        kind = fault.kind if fault else ""
        self.calls.append(Made(
            account, name, fields, self.clock(),
            result.code if refused else (0 if kind == "cut_before" else 200),
            result.as_json() if refused else result, kind,
        ))  # fmt: skip
        self.note()

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        account = self.accounts.get(request.match_info["token"])
        if account is None:
            return _answer(Refusal(401, "Unauthorized"))
        path = request.match_info["path"]
        fault = account.script.next("download")
        if fault and fault.kind in ("flood", "status", "cut_before"):
            return await self._fail(request, account, "download", fault)
        for file in self.files:
            if file.path == path:
                return await self._send_file(request, file.content, fault)
        return _answer(not_found())

    async def _send_file(
        self, request: web.Request, content: bytes, fault: Fault | None
    ) -> web.StreamResponse:
        """In pieces; "cut_after" breaks off in the middle."""
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.content_length = len(content)
        await response.prepare(request)
        if fault and fault.kind == "cut_after":
            await response.write(content[: len(content) // 2])
            return _cut(request)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.amount)
        for start in range(0, len(content), CHUNK):
            await response.write(content[start : start + CHUNK])
        await response.write_eof()
        return response


def _answer(result: Any) -> web.Response:
    if isinstance(result, Refusal):
        return web.json_response(result.as_json(), status=result.code)
    return web.json_response({"ok": True, "result": result})


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection under the client."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
