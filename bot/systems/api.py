"""The read API for other systems: leads, their messages, and the funnel, under /api/v1.

Reads only, by bearer tokens that owners make at /connections. `docs/api.md` tells it in words.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.types import ControllerRouterHandler

from bot import records
from bot.limits import Buckets, find_address
from bot.logs import describe_error, get_logger
from bot.masking import conceal, contact_words
from bot.systems.connections import hash_api_token
from bot.systems.lead import WHO, Lead, iso_moment, make_lead
from bot.web.deps import Deps
from dialogs.types import Struct
from storage import conversations, lead_feed, reading, tokens
from storage.conversations import ConversationRow, MessageRow
from storage.lead_feed import FeedPage, FeedWanted
from storage.reading import Filter
from storage.tokens import TokenRow

PER_MINUTE = 300  # requests of one token
WRONG_PER_MINUTE = 30  # requests of one address without a token that counts
LEADS_MAX, MESSAGES_MAX = 100, 200
USED_EVERY = 60_000  # ms between two notes that a token is in use
CURSOR_MAX = 60

HttpRequest = Request[Any, Any, Any]
Since = Annotated[str, QueryParameter(description="ISO 8601; begun at this time or later")]
Until = Annotated[str, QueryParameter(description="ISO 8601; begun before this time")]
Active = Annotated[
    str,
    QueryParameter(
        description="ISO 8601; with a message at this time or later, in the order of messages"
    ),
]
Outcome = Annotated[str, QueryParameter(description="open, price_only, escalated, support, ...")]
Stage = Annotated[str, QueryParameter(description="consultation, documents, contract, ...")]
Cursor = Annotated[str, QueryParameter(description="`next` of the page before")]
Limit = Annotated[int, QueryParameter(ge=1, le=LEADS_MAX, description="leads on a page")]
After = Annotated[int, QueryParameter(ge=0, le=2**53, description="highest seq that is known")]


class ApiProblemError(Exception):
    """A refusal: status and a word to act on; `wait` seconds after which to try again."""

    def __init__(self, status: int, code: str, wait: float = 0.0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.wait = wait


class ApiProblem(msgspec.Struct, frozen=True):
    """`error`: token, not_found, erased, invalid, too_many, unavailable or internal."""

    error: str


class Leads(Struct):
    """A page of leads. `next`: the cursor of the next page, "" after the last."""

    leads: tuple[Lead, ...]
    next: str


class LeadMessage(Struct):
    """A message as it was said. Internal notes are left out."""

    seq: int
    author: str  # prospect, bot, staff, event
    text: str
    at: str
    file: str  # name of a file that the prospect sent, "" for none


class LeadMessages(Struct):
    """Messages in order. `more`: there are more after the last one of these."""

    messages: tuple[LeadMessage, ...]
    more: bool


class FunnelStep(Struct):
    """How many talks of the time came to this step."""

    step: str
    count: int


class Figures(Struct):
    """The funnel of the talks that began in the time; erased ones are counted, too."""

    since: str
    until: str
    funnel: tuple[FunnelStep, ...]


class Paging(Struct):
    """Where a page begins and how long it is; `active` in ms, 0: by age."""

    cursor: str
    limit: int
    active: int = 0


class Api:
    """What the routes share: the door, and how records become answers."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._pace = Buckets(PER_MINUTE / 60, PER_MINUTE)
        self._wrong = Buckets(WRONG_PER_MINUTE / 60, WRONG_PER_MINUTE)

    async def enter(self, request: HttpRequest) -> TokenRow:
        """The token of the request. Raises ApiProblemError."""
        deps, now = self._deps, self._deps.now()
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        wanted = hash_api_token(given.strip()) if kind.lower() == "bearer" else ""
        found = deps.db.peek(lambda tx: tokens.find(tx, wanted, now)) if wanted else None
        if found is None:
            wait = self._wrong.take(find_address(request, deps.settings.trusted_proxies))
            raise ApiProblemError(429, "too_many", wait) if wait else ApiProblemError(401, "token")
        wait = self._pace.take(str(found.id))
        if wait:
            raise ApiProblemError(429, "too_many", wait)
        if now - found.used_at >= USED_EVERY:
            await deps.db.write(lambda tx: tokens.note_use(tx, found.id, now))
        return found

    async def leads(self, token: TokenRow, wanted: FeedWanted, paging: Paging) -> Leads:
        """A page of leads. Raises ApiProblemError for a cursor that somebody made up."""

        def read(connection: Any) -> FeedPage:
            if paging.active:
                return lead_feed.by_activity(connection, paging.active, paging.cursor, paging.limit)
            return lead_feed.by_age(connection, wanted, paging.cursor, paging.limit)

        try:
            page = await self._deps.db.read(read)
        except (ValueError, OverflowError) as error:
            raise ApiProblemError(400, "invalid") from error
        return Leads(leads=tuple(self._lead(row, token) for row in page.rows), next=page.next)

    def lead(self, token: TokenRow, conversation: str) -> Lead:
        return self._lead(self._find(conversation), token)

    def messages(self, token: TokenRow, conversation: str, after: int) -> LeadMessages:
        """Messages of a lead after a number, without the notes between staff."""
        row = self._find(conversation)
        found = self._deps.db.peek(
            lambda tx: reading.messages_after(
                tx, conversation, after, internal=False, limit=MESSAGES_MAX + 1
            )
        )
        shown = tuple(_message(each) for each in found[:MESSAGES_MAX])
        if not token.personal:
            shown = conceal(shown, contact_words(records.read_state(row.state), WHO))
        return LeadMessages(messages=shown, more=len(found) > MESSAGES_MAX)

    async def figures(self, since: int, until: int) -> Figures:
        """The funnel of a time."""
        wanted = Filter(since=since, until=until)
        steps = await self._deps.db.read(lambda connection: reading.funnel(connection, wanted))
        return Figures(
            since=iso_moment(since),
            until=iso_moment(until),
            funnel=tuple(FunnelStep(step=each.name, count=each.count) for each in steps),
        )

    def _find(self, conversation: str) -> ConversationRow:
        """The conversation. Raises ApiProblemError where there is none, or none any more."""
        row = self._deps.db.peek(lambda tx: conversations.load(tx, conversation))
        if row is None:
            raise ApiProblemError(404, "not_found")
        if row.erased:
            raise ApiProblemError(410, "erased")
        return row

    def _lead(self, row: ConversationRow, token: TokenRow) -> Lead:
        return make_lead(row, records.read_state(row.state), token.personal)


def read_moment(text: str) -> int:
    """An ISO 8601 time as ms, UTC unless it says otherwise; 0 for "". Raises ApiProblemError."""
    if not text:
        return 0
    try:
        # A plus in an address arrives as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        at = found if found.tzinfo else found.replace(tzinfo=UTC)
        return max(1, round(at.astimezone(UTC).timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise ApiProblemError(400, "invalid") from error


def _message(row: MessageRow) -> LeadMessage:
    file = records.read_file_info(row.body) if row.author == "prospect" else None
    return LeadMessage(
        seq=row.seq,
        author=row.author,
        text=row.text,
        at=iso_moment(row.at),
        file=file.name if file is not None else "",
    )


def choose_leads(
    since: Since = "", until: Until = "", outcome: Outcome = "", stage: Stage = ""
) -> FeedWanted:
    """Which leads are asked for. Raises ApiProblemError."""
    begun, ended = read_moment(since), read_moment(until)
    return FeedWanted(since=begun, until=ended, outcome=outcome, stage=stage)


def choose_page(cursor: Cursor = "", limit: Limit = 50, active_since: Active = "") -> Paging:
    """Which page is asked for. Raises ApiProblemError."""
    active = read_moment(active_since)
    return Paging(cursor=cursor[:CURSOR_MAX], limit=limit, active=active)


def _lead_routes(api: Api) -> list[HTTPRouteHandler]:
    @get(
        "/leads",
        summary="Leads, oldest first, or by activity",
        dependencies={
            "wanted": Provide(choose_leads, sync_to_thread=False),
            "paging": Provide(choose_page, sync_to_thread=False),
        },
    )
    async def list_leads(
        request: HttpRequest,
        wanted: NamedDependency[SkipValidation[FeedWanted]],
        paging: NamedDependency[SkipValidation[Paging]],
    ) -> Leads:
        return await api.leads(await api.enter(request), wanted, paging)

    @get("/leads/{lead:str}", summary="One lead")
    async def show_lead(request: HttpRequest, lead: FromPath[str]) -> Lead:
        return api.lead(await api.enter(request), lead)

    @get("/leads/{lead:str}/messages", summary="Messages of a lead after a number")
    async def list_messages(
        request: HttpRequest, lead: FromPath[str], after: After = 0
    ) -> LeadMessages:
        return api.messages(await api.enter(request), lead, after)

    return [list_leads, show_lead, list_messages]


def _figure_routes(api: Api) -> list[HTTPRouteHandler]:
    @get("/figures", summary="The funnel of a time")
    async def show_figures(request: HttpRequest, since: Since = "", until: Until = "") -> Figures:
        await api.enter(request)
        return await api.figures(read_moment(since), read_moment(until))

    return [show_figures]


_CODES: dict[int, Literal["not_found", "invalid", "too_many"]] = {404: "not_found", 429: "too_many"}


def _answer(status: int, code: str, wait: float = 0.0) -> Response[ApiProblem]:
    headers = {"Retry-After": str(math.ceil(wait))} if wait else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        ApiProblem(code), status_code=status, media_type=MediaType.JSON, headers=headers
    )


def _refuse(request: HttpRequest, error: ApiProblemError) -> Response[ApiProblem]:
    return _answer(error.status, error.code, error.wait)


def _refuse_request(request: HttpRequest, error: HTTPException) -> Response[ApiProblem]:
    if error.status_code >= 500:
        return _fault(request, error)
    return _answer(error.status_code, _CODES.get(error.status_code, "invalid"))


def _fault(request: HttpRequest, error: Exception) -> Response[ApiProblem]:
    get_logger().error("request_failed", method=request.method, **describe_error(error))
    return _answer(500, "internal")


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /api/v1; each route asks for a token by itself."""
    api = Api(deps)
    return [
        Router(
            path="/api/v1",
            route_handlers=[*_lead_routes(api), *_figure_routes(api)],
            exception_handlers={
                ApiProblemError: _refuse,
                HTTPException: _refuse_request,
                Exception: _fault,
            },
            response_headers={"Cache-Control": "no-store"},
            request_max_body_size=1_000,
            tags=["systems"],
            security=[{"token": []}],
        )
    ]
