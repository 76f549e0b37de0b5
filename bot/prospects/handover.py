"""From the website to Telegram: the link by which a talk goes on there. See `docs/widget.md`."""

from __future__ import annotations

import msgspec
from litestar import Router, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from bot import linking
from bot.limits import Buckets
from bot.prospects.problems import Answerer, ProblemError
from bot.prospects.widget import Gates, HttpRequest, check_site, find_conversation
from bot.web.deps import Deps
from storage.conversations import ConversationRow

CODES_A_MINUTE = 10  # of one conversation


class LinkShown(msgspec.Struct, frozen=True):
    """Opening `href` goes on with the talk in Telegram, once, until `expires` (ms, UTC)."""

    href: str
    expires: int


class Handover:
    """Gives out links. `gates` counts its requests apart from the widget's."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._gates = Gates(deps)
        self._codes = Buckets(CODES_A_MINUTE / 60, CODES_A_MINUTE)

    async def make_link(self, request: HttpRequest, conversation: str) -> LinkShown:
        """A new link for who holds the conversation's token. Raises ProblemError."""
        check_site(request)
        self._gates.enter(request)
        row = find_conversation(self._deps, request, conversation)
        self._check(row)
        issued = await linking.issue(self._deps.db, row.id, self._deps.now())
        return LinkShown(linking.make_link(self._deps.presence, issued.code), issued.expires)

    def _check(self, row: ConversationRow) -> None:
        if not linking.make_link(self._deps.presence):
            raise ProblemError("no_telegram", language=row.language)
        if wait := self._codes.take(row.id):
            raise ProblemError("too_many", language=row.language, wait=wait)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The one route, each failure answered as ProblemShown."""
    handover, answerer = Handover(deps), Answerer(deps)

    @post(
        "/{conversation:str}/telegram",
        status_code=201,
        summary="Go on in Telegram: a link that works once",
    )
    async def go_on(request: HttpRequest, conversation: FromPath[str]) -> LinkShown:
        return await handover.make_link(request, conversation)

    return [
        Router(
            path="/api/conversations",
            route_handlers=[go_on],
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
