"""Walks every route of the application with every role, and with nobody signed in.

A route that is missing in the table fails: whoever adds one says here who may use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from litestar.routes import HTTPRoute

from bot.arrivals import Arrivals
from bot.rights import RIGHTS, ROLES
from bot.telegram.border import DESK, PROSPECTS
from bot.telegram.webhooks import make_routes
from bot.web import pages
from tests.bot.office import Office

PUBLIC = frozenset({"nobody", *ROLES})
WORKERS = frozenset({"owner", "manager", "presales", "projects", "aftersales"})
READERS = frozenset({"owner", "manager", "presales", "projects", "readonly"})
HEADS = frozenset({"owner", "manager", "readonly"})
TEACHERS = frozenset({"owner", "manager"})
OWNERS = frozenset({"owner"})
STAFF = frozenset(ROLES)

TABLE: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/chat"): PUBLIC,
    ("GET", "/widget.js"): PUBLIC,
    ("GET", "/static/{digest:str}/{name:str}"): PUBLIC,
    ("GET", "/d/{signed:str}"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/api"): PUBLIC,
    ("GET", "/api/openapi.json"): PUBLIC,
    ("GET", "/api/{path:str}"): PUBLIC,
    # These ask for a token of the read API; its tests walk them with wrong ones.
    ("GET", "/api/v1/leads"): PUBLIC,
    ("GET", "/api/v1/leads/{lead:str}"): PUBLIC,
    ("GET", "/api/v1/leads/{lead:str}/messages"): PUBLIC,
    ("GET", "/api/v1/figures"): PUBLIC,
    # These ask for the conversation's own token; the widget's tests walk them with foreign ones.
    ("POST", "/api/conversations"): PUBLIC,
    ("GET", "/api/conversations/{conversation:str}/messages"): PUBLIC,
    ("POST", "/api/conversations/{conversation:str}/messages"): PUBLIC,
    ("GET", "/api/conversations/{conversation:str}/stream"): PUBLIC,
    ("POST", "/api/conversations/{conversation:str}/files"): PUBLIC,
    ("POST", "/api/conversations/{conversation:str}/telegram"): PUBLIC,
    ("GET", "/signin"): PUBLIC,
    ("POST", "/signin"): PUBLIC,
    ("POST", "/signout"): STAFF,
    ("GET", "/account/telegram"): STAFF,
    ("POST", "/account/telegram"): STAFF,
    ("GET", "/inbox"): WORKERS,
    ("GET", "/inbox/list"): WORKERS,
    ("GET", "/inbox/stream"): WORKERS,
    ("GET", "/inbox/{talk:str}"): WORKERS,
    ("GET", "/inbox/{talk:str}/pieces"): WORKERS,
    ("GET", "/inbox/{talk:str}/brief"): WORKERS,
    ("GET", "/inbox/{talk:str}/messages/{seq:int}"): WORKERS,
    ("GET", "/inbox/{talk:str}/files/{file:str}"): WORKERS,
    ("POST", "/inbox/{talk:str}/claim"): WORKERS,
    ("POST", "/inbox/{talk:str}/step-in"): WORKERS,
    ("POST", "/inbox/{talk:str}/reply"): WORKERS,
    ("POST", "/inbox/{talk:str}/note"): WORKERS,
    ("POST", "/inbox/{talk:str}/hand-back"): WORKERS,
    ("POST", "/inbox/{talk:str}/pass-on"): WORKERS,
    ("POST", "/inbox/{talk:str}/not-a-lead"): WORKERS,
    ("POST", "/inbox/{talk:str}/close"): WORKERS,
    ("POST", "/inbox/{talk:str}/stage"): WORKERS,
    ("POST", "/inbox/{talk:str}/manager"): WORKERS,
    ("POST", "/inbox/{talk:str}/accept"): WORKERS,
    ("POST", "/inbox/{talk:str}/decline"): WORKERS,
    ("POST", "/inbox/{talk:str}/snooze"): WORKERS,
    ("POST", "/inbox/{talk:str}/wake"): WORKERS,
    ("POST", "/inbox/{talk:str}/read"): WORKERS,
    ("POST", "/inbox/{talk:str}/unread"): WORKERS,
    ("POST", "/inbox/{talk:str}/reopen"): WORKERS,
    ("POST", "/inbox/{talk:str}/profile"): WORKERS,
    ("POST", "/inbox/{talk:str}/tasks"): WORKERS,
    ("POST", "/inbox/{talk:str}/join"): WORKERS,
    ("POST", "/inbox/{talk:str}/part"): WORKERS,
    ("POST", "/inbox/{talk:str}/undo"): WORKERS,
    ("POST", "/inbox/{talk:str}/tasks/{task:int}/done"): WORKERS,
    ("GET", "/transcripts"): READERS,
    ("GET", "/transcripts/{talk:str}"): READERS,
    ("GET", "/transcripts/{talk:str}/messages/{seq:int}"): READERS,
    ("GET", "/transcripts/export"): TEACHERS,
    ("POST", "/transcripts/{talk:str}/comments"): TEACHERS,
    ("POST", "/transcripts/{talk:str}/comments/{comment:int}/delete"): TEACHERS,
    ("POST", "/transcripts/{talk:str}/flags"): TEACHERS,
    ("GET", "/reviews"): TEACHERS,
    ("POST", "/reviews/{week:str}/{talk:str}"): TEACHERS,
    ("POST", "/views"): READERS,
    ("POST", "/views/{view:int}"): READERS,
    ("POST", "/views/{view:int}/delete"): READERS,
    ("GET", "/service"): HEADS,
    ("GET", "/calls"): WORKERS,
    ("POST", "/calls/{task:int}"): WORKERS,
    ("GET", "/calls/new"): WORKERS,
    ("POST", "/calls/new"): WORKERS,
    ("GET", "/account"): STAFF,
    ("POST", "/account"): STAFF,
    ("GET", "/funnel"): HEADS,
    ("GET", "/funnel/questions"): HEADS,
    ("GET", "/quality"): HEADS,
    ("GET", "/figures/talks"): HEADS,
    ("GET", "/content"): TEACHERS,
    ("POST", "/content/changes/{number:int}/undo"): TEACHERS,
    ("POST", "/content/left-out"): TEACHERS,
    ("GET", "/content/texts"): TEACHERS,
    ("GET", "/content/texts/{key:str}"): TEACHERS,
    ("POST", "/content/texts/{key:str}"): TEACHERS,
    ("GET", "/content/replies"): TEACHERS,
    ("GET", "/content/replies/{reply:str}"): TEACHERS,
    ("POST", "/content/replies/{reply:str}"): TEACHERS,
    ("GET", "/content/prices"): TEACHERS,
    ("GET", "/content/prices.csv"): TEACHERS,
    ("POST", "/content/prices"): TEACHERS,
    ("POST", "/content/prices/file"): TEACHERS,
    ("GET", "/content/papers"): TEACHERS,
    ("GET", "/content/papers/new"): TEACHERS,
    ("POST", "/content/papers/new"): TEACHERS,
    ("GET", "/content/papers/{paper:str}"): TEACHERS,
    ("GET", "/content/papers/{paper:str}/file"): TEACHERS,
    ("POST", "/content/papers/{paper:str}"): TEACHERS,
    ("GET", "/insights"): HEADS,
    ("GET", "/insights/talks"): HEADS,
    ("GET", "/papers/{paper:str}"): READERS,
    ("GET", "/understanding"): TEACHERS,
    ("POST", "/understanding/{doubt:int}/example"): TEACHERS,
    ("POST", "/understanding/{doubt:int}/dismiss"): TEACHERS,
    ("POST", "/understanding/{doubt:int}/undo"): TEACHERS,
    ("GET", "/questions"): READERS,
    ("GET", "/questions/{question:int}"): READERS,
    ("GET", "/questions/export"): TEACHERS,
    ("GET", "/funnel/export"): TEACHERS,
    ("GET", "/quality/export"): TEACHERS,
    ("GET", "/insights/export"): TEACHERS,
    ("GET", "/funnel/questions/export"): TEACHERS,
    ("GET", "/service/export"): TEACHERS,
    ("GET", "/understanding/export"): TEACHERS,
    ("GET", "/audit/export"): TEACHERS,
    ("POST", "/questions/{question:int}/answer"): TEACHERS,
    ("POST", "/questions/{question:int}/settle"): TEACHERS,
    ("POST", "/questions/{question:int}/undo"): TEACHERS,
    ("GET", "/articles"): TEACHERS,
    ("GET", "/articles/new"): TEACHERS,
    ("POST", "/articles/new"): TEACHERS,
    ("GET", "/articles/{language:str}/{article:str}"): TEACHERS,
    ("POST", "/articles/{language:str}/{article:str}"): TEACHERS,
    ("POST", "/articles/{language:str}/{article:str}/try"): TEACHERS,
    ("POST", "/articles/{language:str}/{article:str}/undo"): TEACHERS,
    ("POST", "/articles/{language:str}/{article:str}/restore"): TEACHERS,
    ("POST", "/articles/{language:str}/{article:str}/remove"): TEACHERS,
    ("GET", "/people"): OWNERS,
    ("POST", "/people"): OWNERS,
    ("GET", "/people/{staff:int}"): OWNERS,
    ("POST", "/people/{staff:int}"): OWNERS,
    ("GET", "/connections"): OWNERS,
    ("POST", "/connections/webhooks"): OWNERS,
    ("GET", "/connections/webhooks/{hook:int}"): OWNERS,
    ("POST", "/connections/webhooks/{hook:int}"): OWNERS,
    ("POST", "/connections/tokens"): OWNERS,
    ("POST", "/connections/tokens/{token:int}/revoke"): OWNERS,
    ("GET", "/audit"): TEACHERS,
    ("GET", "/privacy"): TEACHERS,
    ("GET", "/privacy/{talk:str}"): TEACHERS,
    ("POST", "/privacy/{talk:str}/export"): TEACHERS,
    ("POST", "/privacy/{talk:str}/erase"): TEACHERS,
    ("GET", "/privacy/proofs/{proof:int}"): TEACHERS,
}
# These are there in webhook mode alone and ask for a secret of the Bot API's.
WEBHOOKS = {("POST", "/telegram/prospects"), ("POST", "/telegram/desk")}
STAFF_ROUTES = {key: roles for key, roles in TABLE.items() if roles != PUBLIC}
CHANGES = [path for method, path in STAFF_ROUTES if method == "POST"]


@dataclass
class Visit:
    """A filled-in route for the walk."""

    method: str
    path: str
    roles: frozenset[str]


def walk(talk: str) -> Iterator[Visit]:
    for (method, path), roles in STAFF_ROUTES.items():
        filled = path.replace("{talk:str}", talk).replace("{file:str}", "a" * 32)
        filled = filled.replace("{language:str}", "en").replace("{article:str}", "answer-1-en")
        filled = filled.replace("{paper:str}", "white-paper-en")
        yield Visit(method, re.sub(r"\{\w+:int\}", "1", filled), roles)


async def status(client: httpx.AsyncClient, visit: Visit, **headers: str) -> int:
    """The status alone: a stream is left at its first byte."""
    async with client.stream(visit.method, visit.path, headers=headers) as answer:
        return answer.status_code


def test_every_route_is_in_the_table(office: Office) -> None:
    routes = {
        (method, route.path)
        for route in office.application.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method not in ("OPTIONS", "HEAD")
    }
    assert routes == set(TABLE)
    others = [route for route in office.application.routes if not isinstance(route, HTTPRoute)]
    assert others == []


def test_every_webhook_is_in_the_table_and_guarded(office: Office) -> None:
    arrivals = Arrivals(office.core.house, {})
    application = pages.make_application(
        office.deps, make_routes({PROSPECTS: "a", DESK: "b"}, arrivals)
    )
    added = [route for route in application.routes if ("POST", route.path) in WEBHOOKS]
    assert len(application.routes) == len(office.application.routes) + len(WEBHOOKS)
    assert {("POST", route.path) for route in added} == WEBHOOKS
    for route in added:
        for handler in route.route_handlers:
            if "POST" in getattr(handler, "http_methods", ()):
                assert handler.guards, route.path


def test_every_staff_route_names_a_right(office: Office) -> None:
    for route in office.application.routes:
        for handler in route.route_handlers:
            for method in getattr(handler, "http_methods", ()):
                roles = STAFF_ROUTES.get((method, route.path))
                if roles is not None:
                    assert RIGHTS[handler.opt["right"]] == roles, route.path


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_gets_what_the_table_says(office: Office, role: str) -> None:
    for visit in walk(await office.open_talk()):
        # A sign-out or an act may change what the next request finds.
        client = await office.worker(role)
        code = await status(client, visit)
        if role in visit.roles:
            assert code not in (401, 403), (role, visit, code)
            assert code < 500, (role, visit, code)
        else:
            assert code == 403, (role, visit, code)


async def test_nobody_gets_a_staff_route(office: Office) -> None:
    client = office.client()
    for visit in walk(await office.open_talk()):
        assert await status(client, visit) == 401, visit
        if visit.method == "GET":
            assert await status(client, visit, Accept="text/html") == 303, visit


async def test_a_forged_session_gets_nothing(office: Office) -> None:
    client = office.client(cookies={"firstline_session": "x" * 43})
    for visit in walk(await office.open_talk()):
        assert await status(client, visit) == 401, visit


async def test_nothing_changes_without_the_form_token(office: Office) -> None:
    client = await office.worker("owner")
    for visit in walk(await office.escalate()):
        if visit.method != "POST":
            continue
        for token in ("", "0" * 64, "x"):
            code = await status(client, visit, **{"X-Form-Token": token})
            assert code == 403, (visit, token)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_nothing_changes_from_another_site(office: Office, headers: dict[str, str]) -> None:
    client = await office.worker("owner")
    for visit in walk(await office.escalate()):
        if visit.method == "POST" or visit.path == "/inbox/stream":
            assert await status(client, visit, **headers) == 403, visit


async def test_the_form_token_may_come_as_a_field(office: Office) -> None:
    client = await office.worker("presales")
    token = client.headers.pop("X-Form-Token")
    talk = await office.escalate()
    page = {"Accept": "text/html", "Origin": office.url, "Sec-Fetch-Site": "same-origin"}
    refused = await client.post(f"/inbox/{talk}/claim", data={"form_token": "no"}, headers=page)
    assert refused.status_code == 403
    assert "text/html" in refused.headers["content-type"]
    done = await client.post(f"/inbox/{talk}/claim", data={"form_token": token}, headers=page)
    assert done.status_code == 303
    assert done.headers["location"].startswith(f"/inbox/{talk}")


@pytest.mark.parametrize("role", ["owner", "manager", "presales", "aftersales"])
async def test_random_talks_do_not_exist(office: Office, role: str) -> None:
    client = await office.worker(role)
    for visit in walk("A" * 22):
        if "AAAA" in visit.path and role in visit.roles:
            assert await status(client, visit) == 404, visit


async def test_after_sales_sees_its_own_queue_alone(office: Office) -> None:
    client = await office.worker("aftersales")
    ours = await office.open_talk()
    await office.say(ours, "Our shop is down since the update", "support_request")
    others = await office.escalate(name="Nobody of theirs")
    listed = (await client.get("/inbox/list")).json()
    assert ours in [each["id"] for each in listed["waiting"]]
    assert others not in [each["id"] for each in listed["waiting"]]
    for view in ("waiting", "open", "closed"):
        assert others not in (await client.get(f"/inbox/list?view={view}")).json()["html"]
    for visit in walk(others):
        if others in visit.path and visit.path.startswith("/inbox/"):
            assert await status(client, visit) == 404, visit
    assert (await client.get(f"/inbox/{ours}")).status_code == 200


async def test_staff_pages_carry_strict_headers(office: Office) -> None:
    client = await office.worker("owner")
    for path in ("/signin", "/inbox", "/transcripts", "/funnel"):
        answer = await client.get(path, follow_redirects=True)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
