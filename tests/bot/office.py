"""The real application in this process, with a throw-away database and understanding by script.

Everything between the address and the disk is the product's own; only the reading of words is
played, so that these tests do not hang on how a sentence is understood.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
import uvicorn

from bot.core import Core, make_core
from bot.house import House, Mind
from bot.live import Live
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web import pages
from bot.web.access import COOKIE, hash_token, make_form_token
from bot.web.assets import Assets
from bot.web.deps import STATIC, Deps, make_pages, read_clock
from bot.web.signin import hash_password
from dialogs import texts
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.types import Asked, Incoming, Passage, Reading, Value
from storage import accounts, search, sessions
from storage.accounts import StaffRow
from storage.db import Database
from storage.migrate import migrate
from storage.sessions import SessionRow
from tests.bot.server import ROOT, find_ports

PASSWORD = "correct horse battery"  # the same for every account of these tests
SESSION = 12 * 3_600_000  # ms
PASSWORD_HASH = hash_password(PASSWORD)


class ScriptedReader:
    """Understands the sentences it was told; everything else is unclear."""

    def __init__(self) -> None:
        self.script: dict[str, Reading] = {}

    def read(
        self, text: str, *, asked: Asked | None, known: Mapping[str, Value], language: str
    ) -> Reading:
        return self.script.get(text, Reading(text=text, language=language, intents=("unclear",)))


class EmptyLibrary:
    """Papers in which nothing is found."""

    def find(
        self, text: str, language: str, limit: int = 3, now_date: str | None = None
    ) -> tuple[Passage, ...]:
        return ()

    def leave_unheard(self, text: str, language: str) -> tuple[str, tuple[str, ...]]:
        return text, ()


@dataclass
class Clock:
    """Hands that a test may turn. Times in ms."""

    ahead: int = 0

    def now(self) -> int:
        return read_clock() + self.ahead


@dataclass
class Prospect:
    """Somebody at the widget, seeing only what its protocol gives."""

    client: httpx.AsyncClient
    conversation: str

    async def read(self) -> list[dict[str, Any]]:
        """Every message that the prospect can see."""
        answer = await self.client.get(f"/api/conversations/{self.conversation}/messages")
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def upload(self, name: str, content: bytes) -> None:
        answer = await self.client.post(
            f"/api/conversations/{self.conversation}/files",
            params={"id": secrets.token_hex(8), "name": name},
            content=content,
            headers={"Content-Type": "application/octet-stream"},
        )
        assert answer.status_code < 300, answer.text


@dataclass
class Office:
    """The running product, and short ways to play with it."""

    url: str
    core: Core
    deps: Deps
    reader: ScriptedReader
    clock: Clock
    application: Any
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def db(self) -> Database:
        return self.core.house.db

    def client(self, **more: Any) -> httpx.AsyncClient:
        """A browser without script: keeps cookies, follows nothing by itself."""
        made = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20, **more)
        self.clients.append(made)
        return made

    async def add_staff(self, name: str, role: str, display_name: str = "") -> int:
        row = StaffRow(
            id=0,
            name=name,
            display_name=display_name or name,
            role=role,
            password_hash=PASSWORD_HASH,
            disabled=False,
            created_at=self.clock.now(),
        )
        return await self.db.write(lambda tx: accounts.add_staff(tx, row))

    async def sign_in(self, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """A client with an open session that sends its form token with everything."""
        client = self.client()
        answer = await client.post("/signin", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-Form-Token"] = answer.json()["form_token"]
        return client

    async def worker(self, role: str, name: str = "", display_name: str = "") -> httpx.AsyncClient:
        """A new account of the role with an open session, without the pains of a password."""
        staff_id = await self.add_staff(
            name or f"{role}-{secrets.token_hex(4)}", role, display_name
        )
        token, now = secrets.token_urlsafe(32), self.clock.now()
        session = SessionRow(hash_token(token), staff_id, now, now + SESSION)
        await self.db.write(lambda tx: sessions.open_session(tx, session))
        client = self.client(cookies={COOKIE: token})
        client.headers["X-Form-Token"] = make_form_token(self.deps.secret, hash_token(token))
        return client

    async def open_talk(self, language: str = "en") -> str:
        """A new conversation, greeted; gives its id."""
        opened = await self.core.intake.open("widget", language, "https://shop.example/")
        await self.do(opened.conversation, "open")
        return opened.conversation

    async def say(
        self,
        conversation: str,
        text: str,
        *intents: str,
        slots: Mapping[str, Value] | None = None,
        cues: tuple[str, ...] = (),
    ) -> int:
        """The prospect writes; with intents or slots it is understood so. Gives its seq."""
        if intents or slots:
            self.reader.script[text] = Reading(
                text=text,
                language="en",
                intents=intents or ("provide_info",),
                slots=dict(slots or {}),
                quotes={slot: text for slot in slots or {}},
                cues=cues,
            )
        return await self.do(conversation, "text", text=text)

    async def do(self, conversation: str, kind: Any, **more: Any) -> int:
        handled = await self.core.intake.handle(
            Incoming(conversation=conversation, external_id=secrets.token_hex(8), kind=kind, **more)
        )
        assert not handled.refused, handled.refused
        return handled.seq

    async def open_prospect(self, language: str = "en") -> Prospect:
        """A prospect who came through the widget's own protocol."""
        client = self.client()
        answer = await client.post("/api/conversations", json={"language": language})
        assert answer.status_code == 201, answer.text
        started = answer.json()
        client.headers["Authorization"] = f"Bearer {started['token']}"
        return Prospect(client, started["conversation"])

    async def escalate(self, text: str = "I want to talk to a person", **slots: Value) -> str:
        """A conversation whose prospect waits for a human; gives its id."""
        talk = await self.open_talk()
        if slots:
            told = ", ".join(f"{slot} {value}" for slot, value in slots.items())
            await self.say(talk, told, "provide_info", slots=slots)
        await self.say(talk, text, "talk_to_human")
        return talk

    async def index(self) -> None:
        """Bring the full-text index up to date, as the running product does every second."""
        while await self.db.write(search.index_new):
            pass


def make_deps(core: Core, secret: bytes) -> Deps:
    house, assets = core.house, Assets(STATIC)
    return Deps(
        settings=house.settings,
        db=house.db,
        intake=core.intake,
        desk=core.desk,
        live=house.live,
        uploads=core.uploads,
        overlay=core.overlay,
        metrics=house.metrics,
        mind=core.mind,
        secret=secret,
        assets=assets,
        pages=make_pages(assets),
        now=house.now,
        presence=house.presence,
    )


def _always_open(pack: Pack) -> Pack:
    """The clock is the real one: these tests must not hang on the hour at which they are run."""
    hours = dict.fromkeys(pack.company.hours, "00:00-23:59:59.999999")
    company = msgspec.structs.replace(pack.company, hours=hours)
    return msgspec.structs.replace(pack, company=company)


class _Server(uvicorn.Server):
    """A server inside the tests' own process: signals are none of its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def open_office(folder: Path, **settings: Any) -> AsyncIterator[Office]:
    """Start the product on a free port of this machine and stop it afterwards."""
    (port,) = find_ports(1)
    wide: dict[str, Any] = {
        "signin_attempts": 1_000,
        "requests_per_minute": 100_000,
        "conversations_per_hour": 10_000,
        "uploads_per_hour": 1_000,
        "messages_per_minute": 10_000,
    }
    chosen = Settings(port=port, data_dir=str(folder), encoder="off", **{**wide, **settings})
    folder.mkdir(parents=True, exist_ok=True)
    migrate(chosen.database)
    clock, reader = Clock(), ScriptedReader()
    db = Database.open(chosen.database, durable=False)
    house = House(chosen, db, Live(), Metrics(), clock.now)
    pack = _always_open(load(ROOT / "dialogs" / "demo"))
    mind = Mind(texts=texts.of(pack), reader=reader, library=EmptyLibrary())
    core = make_core(house, mind)
    deps = make_deps(core, secrets.token_bytes(32))
    application = pages.make_application(deps)
    server = _Server(
        uvicorn.Config(
            application, host="127.0.0.1", port=port, log_config=None, ws="none", lifespan="on"
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    office = Office(f"http://127.0.0.1:{port}", core, deps, reader, clock, application)
    try:
        yield office
    finally:
        house.live.close()
        for client in office.clients:
            await client.aclose()
        server.should_exit = True
        await serving
        await db.close()


@pytest_asyncio.fixture(scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One running office for all tests of the staff web; each makes its own staff and talks."""
    async with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened
