"""kill -9 while content is edited in the browser: afterwards the whole edit counts, or nothing."""

from __future__ import annotations

import csv
import html
import io
import re
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import pypdf
import pytest

from bot.faults import VARIABLE
from bot.packs.edits import HISTORY, PART, read_edits, read_overlay
from bot.packs.overlay import FILES
from tests.bot.server import ROOT, Server, make_server

# Whether an edit that is cut short there counts. What the last one leaves is shown at the start.
COUNTS = {"in_edit": False, "before_edit": False, "in_show": True, "after_edit": True}
PAGE = {"Accept": "text/html"}

pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """A server that is killed while a manager edits."""

    server: Server
    client: httpx.Client

    @property
    def overlay(self) -> Path:
        return self.server.data / "overlay"

    def read(self, path: str) -> str:
        answer = self.client.get(path, headers=PAGE)
        assert answer.status_code == 200, (path, answer.text[:500])
        return answer.text

    def restart(self, fault: str = "") -> None:
        """Start anew, to be killed at this step of the next edit."""
        self.server.stop()
        self.server.settings = {**dict(self.server.settings), VARIABLE: fault}
        self.server.start()

    def post(self, path: str, fields: dict[str, str], pdf: bytes | None = None) -> int:
        """Send a form as a browser does; 0 where the server died of it."""
        files = {"file": ("paper.pdf", pdf or b"", "application/pdf")} if pdf is not None else None
        try:
            answer = self.client.post(path, data=fields, files=files, headers=PAGE)
        except httpx.TransportError:
            assert self.server.process is not None
            assert self.server.process.wait(30) == -signal.SIGKILL
            return 0
        return answer.status_code

    def check_nothing_is_half(self) -> None:
        """Versions without a gap, and the folder holds what they come to and nothing else."""
        edits = list(read_edits(self.overlay))
        assert [number for number, _ in edits] == list(range(1, len(edits) + 1))
        assert all(edit is not None for _, edit in edits)
        folder = self.overlay / FILES
        shown = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        assert shown == read_overlay(self.overlay)
        assert self.server.faults() == []

    def told_in_audit(self) -> set[str]:
        """Numbers of the edits that the audit log tells of."""
        path = self.server.data / "firstline.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as at:
            return {row[0] for row in at.execute(
                "SELECT subject FROM audit WHERE action = 'content.change'"
            )}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    pack = str(ROOT / "tests" / "packs" / "minimal")
    server = make_server(tmp_path_factory.mktemp("edits") / "data", ENCODER="off",
                         COMPANY_PACK=pack)  # fmt: skip
    server.start()
    password = server.add_staff("mara", "manager")
    with server.client() as client:
        answer = client.post("/signin", json={"name": "mara", "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-Form-Token"] = answer.json()["form_token"]
        yield Desk(server, client)
    server.stop()


@pytest.mark.timeout(900)
def test_an_edit_that_is_cut_short_counts_as_a_whole_or_not_at_all(desk: Desk) -> None:
    """One start after the other: each finds what the kill before it left."""
    kills = [(change_paper, step) for step in COUNTS]
    kills += [(change_prices, step) for step in ("before_edit", "after_edit")]
    desk.restart(kills[0][1])
    for place, (change, step) in enumerate(kills):
        before, left = look(desk), find_parts(desk)
        sent, wanted = change(desk, f"2.{place}")
        assert sent == 0, step
        parts = find_parts(desk) - left
        desk.restart(kills[place + 1][1] if place + 1 < len(kills) else "")
        assert bool(parts) == (not COUNTS[step]), "a part of an edit is left, or the whole"
        desk.check_nothing_is_half()
        assert look(desk) == (wanted if COUNTS[step] else before), (change.__name__, step)
        assert desk.told_in_audit() == {str(number) for number, _ in read_edits(desk.overlay)}
    for change in (change_paper, change_prices):
        sent, wanted = change(desk, "3.0")
        assert (sent, look(desk)) == (303, wanted)
    desk.check_nothing_is_half()


def find_parts(desk: Desk) -> set[Path]:
    """What kills left of edits that were not whole; it is swept once it is old."""
    return set((desk.overlay / HISTORY).glob(f".*{PART}"))


class Look(NamedTuple):
    """What staff and prospects have of the content."""

    version: str
    paper: bytes
    prices: list[tuple[str, int]]  # version and amount of each row


def look(desk: Desk) -> Look:
    page = desk.read("/content/papers/brochure-en")
    given = desk.client.get("/content/papers/brochure-en/file")
    assert given.status_code == 200
    (version,) = re.findall(r'name="version" value="([^"]*)"', page)
    assert version in desk.read("/content/papers")
    return Look(version, given.content, prices(desk))


def change_paper(desk: Desk, version: str) -> tuple[int, Look]:
    """Another version of a paper, with a new file: two files of the pack in one edit."""
    wanted = look(desk)._replace(version=version, paper=make_pdf(version))
    page = desk.read("/content/papers/brochure-en")
    fields = {**fields_of(page), "version": version, "visibility": "public"}
    return desk.post("/content/papers/brochure-en", fields, wanted.paper), wanted


def change_prices(desk: Desk, _version: str) -> tuple[int, Look]:
    """Every row of the price list costs 7 more, under the version that it has."""
    before = look(desk)
    page = desk.read("/content/prices")
    shown = dict(re.findall(r'name="(amount:[^"]+)" value="([^"]*)"', page))
    assert len(shown) == len(before.prices)
    more = {name: str(float(amount.replace(",", "")) + 7) for name, amount in shown.items()}
    fields = {**more, "seen": mark(page), "act": "save"}
    wanted = before._replace(prices=[(said, amount + 700) for said, amount in before.prices])
    return desk.post("/content/prices", fields), wanted


def prices(desk: Desk) -> list[tuple[str, int]]:
    """Version and amount of every row, as they are handed out."""
    given = desk.client.get("/content/prices.csv")
    assert given.status_code == 200
    rows = csv.DictReader(io.StringIO(given.content.decode("utf-8-sig")))
    return [(row["version"], int(row["amount_minor"])) for row in rows]


def make_pdf(title: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def mark(page: str) -> str:
    found: str = re.findall(r'name="seen" value="(\w+)"', page)[0]
    return found


def fields_of(page: str) -> dict[str, str]:
    """What the form of a paper holds, as a browser would send it."""
    inputs = re.findall(r'<input name="(\w+)" value="([^"]*)"', page)
    dates = re.findall(r'<input type="date" name="(\w+)" value="([^"]*)"', page)
    areas = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    found = {name: html.unescape(words) for name, words in [*inputs, *dates, *areas]}
    return {**found, "seen": mark(page)}
