"""The widget's protocol: create, send, read, follow, upload. `docs/widget.md` tells it in words."""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Router, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from bot.intake import hash_token
from bot.limits import Buckets, Seats, find_address
from bot.prospects.messages import MessageShown, Shower, StateShown
from bot.prospects.problems import Answerer, ProblemError, from_key
from bot.uploads import RefusedError
from bot.web.deps import Deps
from bot.web.links import Signer
from dialogs.types import Incoming
from storage import conversations, leads, reading
from storage.conversations import ConversationRow

CHANNEL = "widget"
PAGE = 200  # messages in one answer
BEAT_SECONDS = 15.0
STREAMS_PER_CONVERSATION = 8
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{22}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

HttpRequest = Request[Any, Any, Any]
ClientId = Annotated[str, QueryParameter(name="id", description="the client's own id of this file")]
FileName = Annotated[str, QueryParameter(name="name", description="name of the file, to be shown")]
After = Annotated[
    int, QueryParameter(ge=0, le=2**53, description="highest seq that the client has")
]


class Start(msgspec.Struct, frozen=True):
    """A new conversation. `language` such as zh-CN; `source`: the page that shows the chat;
    `time_zone` such as Europe/Madrid: for times that are offered for a call."""

    language: str = ""
    source: str = ""
    time_zone: str = ""


class Started(msgspec.Struct, frozen=True):
    """`token` is told this once: send it as `Authorization: Bearer <token>` ever after."""

    conversation: str
    token: str
    last: int


class Send(msgspec.Struct, frozen=True):
    """Something the prospect did. `id` is the client's own: the same id is the same message.

    `text` goes with kind text; `question` and `value` with kind choice; kind open says that the
    chat was opened again.
    """

    id: str
    kind: Literal["text", "choice", "open"] = "text"
    text: str = ""
    question: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0
    value: str = ""


class Sent(msgspec.Struct, frozen=True):
    """It is stored as message `seq`; `last` is the newest message, all answers included.

    `said`: the last words to a prospect who just had everything erased.
    """

    seq: int
    last: int
    repeated: bool
    said: str = ""


class FileQuery(msgspec.Struct, frozen=True):
    """The client's id of an upload and the file's name as its owner calls it."""

    id: str
    name: str


class MessagePage(msgspec.Struct, frozen=True):
    """Messages in order. `more`: there are more after the last one of these."""

    messages: list[MessageShown]
    more: bool
    state: StateShown


def find_conversation(deps: Deps, request: HttpRequest, conversation: str) -> ConversationRow:
    """The conversation, if the request holds its token. Raises ProblemError.

    A wrong token and an unknown conversation are answered alike. Of an erased one not even the
    token's hash is left: whoever still knows its random name is told that it is gone.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise ProblemError("token")
    if not _CONVERSATION.fullmatch(conversation):
        raise ProblemError("unknown_conversation")
    row = deps.db.peek(lambda tx: conversations.load(tx, conversation))
    if row is not None and row.erased:
        raise ProblemError("erased", language=row.language)
    given = hash_token(token.strip())
    if row is None or not hmac.compare_digest(row.token_hash, given):
        raise ProblemError("unknown_conversation")
    return row


def check_site(request: HttpRequest) -> None:
    """Refuse what another site's page sends: it has no business here. Raises ProblemError."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ProblemError("origin")


async def check_body(request: HttpRequest) -> None:
    """Refuse what is no JSON of ours before anybody works with it. Raises ProblemError.

    The framework maps only its decoder's own complaints, not broken UTF-8 or endless nesting.
    """
    check_site(request)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ProblemError("not_json")
    try:
        msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ProblemError("invalid") from error


class Gates:
    """What one address may do in a time; see the settings of the same names."""

    def __init__(self, deps: Deps) -> None:
        settings = deps.settings
        self._proxies = settings.trusted_proxies
        self._requests = Buckets(
            settings.requests_per_minute / 60, max(20, settings.requests_per_minute / 4)
        )
        self._openings = Buckets(
            settings.conversations_per_hour / 3600, max(5, settings.conversations_per_hour / 4)
        )
        self._uploads = Buckets(
            settings.uploads_per_hour / 3600, max(5, settings.uploads_per_hour / 2)
        )
        self.streams = Seats(settings.streams_per_address, settings.streams_max)
        self.followers = Seats(STREAMS_PER_CONVERSATION, settings.streams_max)

    def address(self, request: HttpRequest) -> str:
        return find_address(request, self._proxies)

    def enter(self, request: HttpRequest) -> None:
        """Count a request. Raises ProblemError when its address asks too much."""
        if wait := self._requests.take(self.address(request)):
            raise ProblemError("too_many", wait=wait)

    def open(self, request: HttpRequest) -> None:
        """Count a new conversation. Raises ProblemError."""
        if wait := self._openings.take(self.address(request)):
            raise ProblemError("too_many", wait=wait)

    def upload(self, request: HttpRequest) -> None:
        """Count an upload. Raises ProblemError."""
        if wait := self._uploads.take(self.address(request)):
            raise ProblemError("too_many", wait=wait)


class Widget:
    """What the routes do, apart from being routes."""

    def __init__(self, deps: Deps, signer: Signer) -> None:
        self.deps = deps
        self.gates = Gates(deps)
        self.shower = Shower(deps, signer)

    def enter(self, request: HttpRequest, conversation: str) -> ConversationRow:
        self.gates.enter(request)
        return find_conversation(self.deps, request, conversation)

    async def start(self, request: HttpRequest, data: Start) -> Started:
        self.gates.enter(request)
        self.gates.open(request)
        opened = await self.deps.intake.open(CHANNEL, data.language[:35], data.source)
        handled = await self.deps.intake.handle(
            Incoming(
                conversation=opened.conversation,
                external_id="open:first",
                kind="open",
                language=data.language[:35],
                time_zone=data.time_zone[:40],
            )
        )
        if handled.refused:
            raise from_key(handled.refused, "")
        return Started(opened.conversation, opened.token, handled.last)

    async def send(self, request: HttpRequest, conversation: str, data: Send) -> Sent:
        row = self.enter(request, conversation)
        if not _CLIENT_ID.fullmatch(data.id) or len(data.value) > 200:
            raise ProblemError("invalid", language=row.language)
        return await self.take(
            row,
            Incoming(
                conversation=conversation,
                external_id=data.id,
                kind=data.kind,
                text=data.text,
                question=data.question,
                value=data.value,
                language=row.language,
            ),
        )

    async def take(self, row: ConversationRow, incoming: Incoming) -> Sent:
        """Hand it to intake; a refusal is raised as ProblemError."""
        handled = await self.deps.intake.handle(incoming)
        if handled.refused:
            raise from_key(handled.refused, row.language)
        return Sent(handled.seq, handled.last, handled.repeated, handled.said)

    async def upload(self, request: HttpRequest, row: ConversationRow, item: FileQuery) -> Sent:
        """Store the streamed body as a file, then let it arrive as a message."""
        check_site(request)
        if not _CLIENT_ID.fullmatch(item.id):
            raise ProblemError("invalid", language=row.language)
        seen = self.deps.db.peek(lambda tx: conversations.find_message(tx, row.id, item.id))
        if seen is not None:
            return Sent(seen.seq, row.last_seq, repeated=True)
        self.gates.upload(request)
        count = self.deps.db.peek(lambda tx: leads.count_files_sent(tx, row.id))
        if count >= self.deps.settings.files_per_conversation:
            raise ProblemError("too_many_files", language=row.language)
        uploads = self.deps.uploads
        length = request.headers.get("content-length", "")
        try:
            stored = await uploads.receive(
                request.stream(), item.name, int(length) if length.isdecimal() else None
            )
        except RefusedError as error:
            raise from_key(error.key, row.language) from error
        incoming = Incoming(
            conversation=row.id, external_id=item.id, kind="file", file=stored.info()
        )
        try:
            sent = await self.take(row, incoming)
        except ProblemError:
            uploads.delete([stored.id])
            raise
        if sent.repeated:
            uploads.delete([stored.id])
        return sent

    def page(self, row: ConversationRow, after: int) -> MessagePage:
        found = self.deps.db.peek(
            lambda tx: reading.messages_after(tx, row.id, after, internal=False, limit=PAGE + 1)
        )
        shown = [self.shower.message(row, each) for each in found[:PAGE]]
        return MessagePage(shown, len(found) > PAGE, self.shower.state(row))

    async def follow(self, row: ConversationRow, address: str, after: int) -> AsyncIterator[bytes]:
        """Server-sent events from `after` on, until the reader leaves or the server stops."""
        gates, live = self.gates, self.deps.live
        last: StateShown | None = None
        with (
            gates.streams.hold(address),
            gates.followers.hold(row.id),
            live.subscribe(row.id) as watch,
        ):
            while not live.closed:
                found = self.deps.db.peek(lambda tx: conversations.load(tx, row.id))
                if found is None or found.erased:
                    yield make_event("gone", b'{"error":"erased"}')
                    return
                page = self.page(found, after)
                for message in page.messages:
                    after = message.seq
                    yield make_event("message", msgspec.json.encode(message), after)
                if page.state != last:
                    last = page.state
                    yield make_event("state", msgspec.json.encode(last))
                if not page.more and not await watch.wait(BEAT_SECONDS):
                    yield b": beat\n\n"


def make_event(name: str, data: bytes, seq: int = 0) -> bytes:
    """One server-sent event. JSON holds no line break, so one data line is enough."""
    number = b"id: %d\n" % seq if seq else b""
    return b"%sevent: %s\ndata: %s\n\n" % (number, name.encode(), data)


def _message_routes(widget: Widget) -> list[HTTPRouteHandler]:
    @post("/", summary="Begin a conversation", before_request=check_body)
    async def create(request: HttpRequest, data: JSONBody[Start]) -> Started:
        return await widget.start(request, data)

    @get("/{conversation:str}/messages", summary="Messages after a cursor", sync_to_thread=False)
    def read(request: HttpRequest, conversation: FromPath[str], after: After = 0) -> MessagePage:
        return widget.page(widget.enter(request, conversation), after)

    @post(
        "/{conversation:str}/messages",
        status_code=202,
        summary="Send a message",
        before_request=check_body,
    )
    async def send(request: HttpRequest, conversation: FromPath[str], data: JSONBody[Send]) -> Sent:
        return await widget.send(request, conversation, data)

    return [create, read, send]


def _streaming_routes(widget: Widget) -> list[HTTPRouteHandler]:
    @get(
        "/{conversation:str}/stream",
        summary="Follow a conversation (server-sent events: message, state, gone)",
        media_type="text/event-stream",
    )
    async def stream(request: HttpRequest, conversation: FromPath[str], after: After = 0) -> Stream:
        row = widget.enter(request, conversation)
        address = widget.gates.address(request)
        if not (widget.gates.streams.free(address) and widget.gates.followers.free(row.id)):
            raise ProblemError("busy", language=row.language, wait=5)
        return Stream(
            widget.follow(row, address, after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @post(
        "/{conversation:str}/files",
        status_code=202,
        summary="Send a file: its bytes are the body",
        request_max_body_size=None,  # uploads count for themselves, while they stream
    )
    async def upload(
        request: HttpRequest, conversation: FromPath[str], client_id: ClientId, name: FileName = ""
    ) -> Sent:
        row = widget.enter(request, conversation)
        return await widget.upload(request, row, FileQuery(client_id, name))

    return [stream, upload]


def routes(deps: Deps, signer: Signer) -> list[ControllerRouterHandler]:
    """The routes of the protocol, each failure answered as ProblemShown."""
    widget = Widget(deps, signer)
    answerer = Answerer(deps)
    return [
        Router(
            path="/api/conversations",
            route_handlers=[*_message_routes(widget), *_streaming_routes(widget)],
            exception_handlers={
                ProblemError: answerer.problem,
                HTTPException: answerer.http,
                Exception: answerer.fault,
            },
            response_headers={"Cache-Control": "no-store"},
            request_max_body_size=deps.settings.body_max_bytes,
            tags=["conversation"],
        )
    ]
