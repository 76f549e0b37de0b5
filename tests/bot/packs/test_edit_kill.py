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

import httpx
import pypdf
import pytest

from bot.faults import VARIABLE
from bot.packs.edits import HISTORY, read_edits, read_overlay
from bot.packs.overlay import FILES
from tests.bot.server import ROOT, Server, make_server

# What an edit comes to that is cut short there.
COUNTS = {"in_edit": False, "before_edit": False, "after_edit": True, "in_show": True}
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


@pytest.mark.parametrize("step", COUNTS)
def test_a_paper_with_a_new_file_is_there_as_a_whole_or_not_at_all(desk: Desk, step: str) -> None:
    version = f"2.{list(COUNTS).index(step)}"
    pdf = make_pdf(version)
    former = desk.client.get("/content/papers/brochure-en/file").content
    desk.restart(step)
    page = desk.read("/content/papers/brochure-en")
    fields = {**fields_of(page), "version": version, "visibility": "public"}
    assert desk.post("/content/papers/brochure-en", fields, pdf) == 0
    left = sum(path.is_file() for path in (desk.overlay / HISTORY).glob("*"))
    desk.restart()
    desk.check_nothing_is_half()
    page = desk.read("/content/papers/brochure-en")
    given = desk.client.get("/content/papers/brochure-en/file")
    assert given.status_code == 200
    assert (f'value="{version}"' in page) == COUNTS[step]
    assert given.content == (pdf if COUNTS[step] else former)
    assert version not in desk.read("/content/papers") or COUNTS[step]
    if not COUNTS[step]:
        assert left > len(list(read_edits(desk.overlay))), (
            "a part was written and counts for nothing"
        )
        assert desk.post("/content/papers/brochure-en", fields, pdf) == 303
        assert desk.client.get("/content/papers/brochure-en/file").content == pdf
        desk.check_nothing_is_half()
    assert str(len(list(read_edits(desk.overlay)))) in desk.told_in_audit()


@pytest.mark.parametrize("step", COUNTS)
def test_a_price_list_is_changed_in_all_its_rows_or_in_none(desk: Desk, step: str) -> None:
    version = f"2027-{list(COUNTS).index(step) + 1}"
    former = prices(desk)
    desk.restart(step)
    page = desk.read("/content/prices")
    shown = dict(re.findall(r'name="(amount:[^"]+)" value="([^"]*)"', page))
    fields = {**shown, "seen": mark(page), "version": version, "act": "save"}
    for name in shown:
        fields[name] = str(float(shown[name].replace(",", "")) + 7)
    assert len(shown) == len(former)
    assert desk.post("/content/prices", fields) == 0
    desk.restart()
    desk.check_nothing_is_half()
    wanted = [(version, int(amount) + 700) for _, amount in former]
    assert prices(desk) == (wanted if COUNTS[step] else former)
    if not COUNTS[step]:
        assert desk.post("/content/prices", fields) == 303
        assert prices(desk) == wanted
        desk.check_nothing_is_half()
    assert str(len(list(read_edits(desk.overlay)))) in desk.told_in_audit()


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
