"""A floor at work: one real server, three prospects who chat, two colleagues and a manager."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from storage import accounts
from storage.accounts import StaffRow
from storage.db import Database
from storage.migrate import migrate
from tests.bot.office import PASSWORD, PASSWORD_HASH
from tests.bot.server import ROOT, Server, make_server

NewPage = Callable[..., Awaitable[Page]]
DESK = {"width": 1440, "height": 900}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "is_mobile": True,
    "has_touch": True,
}
ISLANDS = {"viewport": DESK, "locale": "es-ES", "timezone_id": "Atlantic/Canary"}
MAREIKE, JONAS, BOSS = "Mareike Tönnsen", "Jonas Okafor", "Renate Vogt"
ACCOUNTS = (
    ("mareike", MAREIKE, "presales"),
    ("jonas", JONAS, "presales"),
    ("renate", BOSS, "manager"),
)
OPENS, CLOSES = "10:00", "16:00"  # of the days on which the office works
THERE = "09:00"  # on the islands when it opens


@dataclass(frozen=True)
class Prospect:
    """Somebody at the chat. `talk` is the id of the conversation."""

    page: Page
    talk: str

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    async def say(self, text: str) -> None:
        box = self.page.locator("#text")
        await box.fill(text)
        await box.press("Enter")
        await expect(self.page.locator("#log .message.prospect").last).to_contain_text(text)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the staff, at one page of the desk."""

    page: Page
    name: str
    url: str

    def row(self, talk: str) -> Locator:
        return self.page.locator(f'.row[data-key="{talk}"]')

    @property
    def state(self) -> Locator:
        return self.page.locator("#talk-head .state")

    @property
    def acts(self) -> Locator:
        return self.page.locator("#acts")

    @property
    def side(self) -> Locator:
        return self.page.locator("#side")

    @property
    def words(self) -> Locator:
        return self.page.get_by_label("Reply to the prospect")

    async def list(self, view: str = "waiting") -> None:
        await self.page.goto(f"{self.url}/inbox?view={view}")
        await expect(self.page.locator("#keys-open")).to_be_visible()

    async def open(self, talk: str) -> None:
        """The page of the talk, with its script at work."""
        await self.page.goto(f"{self.url}/inbox/{talk}")
        await expect(self.page.locator("#keys-open")).to_be_visible()

    async def unfold(self, act: str) -> Locator:
        """The form of an act, open."""
        part = self.page.locator(f'details[data-key="{act}"]')
        await part.locator("summary").first.click()
        return part

    async def claim(self) -> None:
        await self.acts.get_by_role("button", name="Claim", exact=True).click()
        await self.has_it()

    async def has_it(self) -> None:
        await expect(self.state).to_contain_text("You have this talk")

    async def reply(self, text: str) -> None:
        await self.words.fill(text)
        await self.words.press("Control+Enter")
        await expect(self.page.locator(".message.staff").last).to_contain_text(text)

    async def note(self, text: str) -> None:
        mode = self.page.get_by_role("radio", name="Note")
        if await mode.count():
            await mode.check()
        await self.page.get_by_label("Internal note").fill(text)
        await self.page.get_by_role("button", name="Save as note").click()
        await expect(self.page.locator(".message.note").last).to_contain_text(text)


@dataclass(frozen=True)
class Floor:
    """Everybody who is there. `petra` writes English, `wei` Chinese on a phone, `lucia` Spanish."""

    server: Server
    petra: Prospect
    wei: Prospect
    lucia: Prospect
    mareike: Colleague
    jonas: Colleague
    boss: Colleague

    @property
    def staff(self) -> tuple[Colleague, ...]:
        return (self.mareike, self.jonas, self.boss)

    @property
    def prospects(self) -> tuple[Prospect, ...]:
        return (self.petra, self.wei, self.lucia)

    @property
    def pages(self) -> list[Page]:
        return [*(each.page for each in self.prospects), *(each.page for each in self.staff)]

    def colleague_of(self, who: Colleague) -> Colleague:
        """The other of the two who work on the talks."""
        return self.jonas if who is self.mareike else self.mareike


def close_office(folder: Path) -> Path:
    """The demo pack of a company that is closed now and tomorrow, whatever day it is."""
    shutil.copytree(ROOT / "dialogs" / "demo", folder)
    company = folder / "company.yaml"
    text = company.read_text()
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    shut = {(today + timedelta(days=ahead)).strftime("%a").lower() for ahead in (-1, 0, 1)}
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        hours = "" if day in shut else f"{OPENS}-{CLOSES}"
        text, found = re.subn(rf'(?m)^  {day}: ".*"$', f'  {day}: "{hours}"', text)
        assert found == 1, day
    company.write_text(text)
    return folder


async def add_accounts(server: Server) -> None:
    """Write the staff into the database before the server holds it."""
    server.data.mkdir(parents=True)
    database = str(server.data / "firstline.db")
    migrate(database)
    db = Database.open(database, durable=False)
    for name, shown, role in ACCOUNTS:
        row = StaffRow(0, name, shown, role, PASSWORD_HASH, False, 1)
        await db.write(lambda tx, row=row: accounts.add_staff(tx, row))  # type: ignore[misc]
    await db.close()


@asynccontextmanager
async def open_floor(folder: Path, new_page: NewPage) -> AsyncIterator[Floor]:
    """Start the server and open all six pages; the staff look at who waits."""
    server = make_server(
        folder / "data",
        ENCODER="off",
        COMPANY_PACK=str(close_office(folder / "pack")),
        REQUESTS_PER_MINUTE="100000",
        MESSAGES_PER_MINUTE="600",
    )
    await add_accounts(server)
    await asyncio.to_thread(server.start)
    try:
        looks: tuple[dict[str, Any], ...] = ({"viewport": DESK}, PHONE, ISLANDS)
        petra, wei, lucia = await asyncio.gather(*(_chat(server, new_page, it) for it in looks))
        mareike, jonas, boss = await asyncio.gather(
            *(_sign_in(server, new_page, *who[:2]) for who in ACCOUNTS)
        )
        yield Floor(server, petra, wei, lucia, mareike, jonas, boss)
        assert server.faults() == []
    finally:
        await asyncio.to_thread(server.stop)


async def _chat(server: Server, new_page: NewPage, look: dict[str, Any]) -> Prospect:
    page = await new_page(**look)
    await page.goto(server.url + "/chat")
    await expect(page.locator("#log .message.bot").first).to_be_visible()
    kept: dict[str, Any] = await page.evaluate("JSON.parse(localStorage['firstline.talk'])")
    return Prospect(page, kept["conversation"])


async def _sign_in(server: Server, new_page: NewPage, name: str, shown: str) -> Colleague:
    page = await new_page(viewport=DESK)
    await page.goto(server.url + "/signin")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    return Colleague(page, shown, server.url)
