"""What prospects send as files, good and bad, and how all of it is forgotten."""

from __future__ import annotations

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pypdf import PdfWriter

from tests.bot.prospect import Prospect, check_refusal
from tests.bot.server import Server

DEMO = Path(__file__).parents[3] / "dialogs" / "demo"
HOUR = 3_600_000


# --- forgetting -----------------------------------------------------------------------------------


def test_forget_me_takes_a_second_step_and_then_nothing_is_left(prospect: Prospect) -> None:
    prospect.ask("We are a private company of 80 people")
    with prospect.follow(prospect.cursor) as events:
        assert next(events)[0] == "state"
        answer = prospect.erase()
        assert len(answer.json()["said"]) > 10
        assert "gone" in [name for name, _ in events]
    assert check_refusal(prospect.say("hello?"))["error"] == "erased"
    gone = prospect.client.get(prospect.path("messages"), headers=prospect.headers)
    assert gone.status_code == 410


# --- files ----------------------------------------------------------------------------------------


def _docx(words: str) -> bytes:
    import docx

    made = io.BytesIO()
    paper = docx.Document()
    paper.add_paragraph(words)
    paper.save(made)
    return made.getvalue()


def _bomb() -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_docx("x"))) as good,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "word/document.xml":
                content = content.replace(b"x</w:t>", b"0" * 300_000_000 + b"</w:t>")
            bad.writestr(name, content)
    return made.getvalue()


def _locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _wait_for(prospect: Prospect, seconds: float = 30) -> list[dict[str, object]]:
    """What the bot says after the last message that was read."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = [each for each in prospect.read() if each["author"] == "bot"]
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("no word from the bot")


REQUIREMENT = b"We need three shops.\n\nThe shop must export invoices to SAP every night.\n"


@pytest.mark.parametrize(
    "name", ["requirement.txt", "../../etc/Anforderung \u202etxt.md", "需求.md"]
)
def test_a_file_arrives_and_is_read(prospect: Prospect, name: str) -> None:
    prospect.read()
    assert prospect.upload(REQUIREMENT, name).status_code == 202
    own = next(each for each in prospect.read() if each["author"] == "prospect")
    assert own["file"]["size"] == len(REQUIREMENT)
    assert "/" not in own["file"]["name"]
    assert "\u202e" not in own["file"]["name"]
    prospect.cursor = own["seq"]
    assert _wait_for(prospect)


def test_the_same_upload_twice_is_one_file(prospect: Prospect, server: Server) -> None:
    first = prospect.upload(REQUIREMENT, "r.txt", "f.1").json()
    again = prospect.upload(REQUIREMENT, "r.txt", "f.1").json()
    assert again["repeated"]
    assert again["seq"] == first["seq"]
    files = [each for each in prospect.read() if "file" in each]
    assert len(files) == 1


BAD_FILES = {
    "nothing": (b"", "a.txt"),
    "html named pdf": (b"<!doctype html><script>alert(1)</script>", "offer.pdf"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(5000), "tool.docx"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "notes.txt"),
    "an svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "picture.md"),
    "a broken pdf": (b"%PDF-1.7\n" + b"\x00garbage" * 300, "broken.pdf"),
    "a locked pdf": (_locked_pdf(), "locked.pdf"),
    "a zip bomb": (_bomb(), "bomb.docx"),
    "a cut docx": (_docx("hello")[:-400], "cut.docx"),
}


@pytest.mark.parametrize(("data", "name"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_gets_a_clear_answer(
    prospect: Prospect, data: bytes, name: str, server: Server
) -> None:
    faults = server.faults()
    prospect.read()
    answer = prospect.upload(data, name)
    if answer.status_code == 202:
        assert _wait_for(prospect)
    else:
        assert str(check_refusal(answer)["error"]).startswith("file_")
    assert prospect.say("still there?").status_code == 202
    assert server.faults() == faults


def test_a_gigabyte_is_refused_before_it_is_sent(prospect: Prospect, server: Server) -> None:
    head = (
        f"POST {prospect.path('files')}?id=f.1&name=big.pdf HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {prospect.token}\r\nContent-Length: 1000000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(head.encode() + b"%PDF-1.7\n")
        answer = ""
        while "}" not in answer and (part := raw.recv(2000)):
            answer += part.decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "file_too_big" in answer


def test_a_file_without_end_is_cut_off_and_leaves_nothing(
    prospect: Prospect, server: Server
) -> None:
    before = _stored(server)

    def forever() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"words " * 10_000

    try:
        answer = prospect.client.post(
            prospect.path("files"),
            params={"id": "f.1", "name": "endless.txt"},
            content=forever(),
            headers=prospect.headers,
        )
    except httpx.TransportError:
        answer = None  # the server hung up while more was still being sent
    if answer is not None:
        assert check_refusal(answer)["error"] == "file_too_big"
    deadline = time.monotonic() + 10
    while _stored(server) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _stored(server) == before
    assert prospect.say("hello").status_code == 202


def test_an_upload_that_breaks_off_leaves_nothing(prospect: Prospect, server: Server) -> None:
    before = _stored(server)
    head = (
        f"POST {prospect.path('files')}?id=f.1&name=half.txt HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {prospect.token}\r\nContent-Length: 100000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(head.encode() + b"half of it")
    deadline = time.monotonic() + 10
    while _stored(server) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _stored(server) == before
    assert [each for each in prospect.read() if "file" in each] == []


def _stored(server: Server) -> set[str]:
    folder = server.data / "files"
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


def test_one_conversation_takes_so_many_files_and_no_more(client: httpx.Client) -> None:
    prospect = Prospect(client)
    codes = []
    for number in range(21):
        codes.append(prospect.upload(b"line %d\n" % number, f"{number}.txt").status_code)
    assert codes[:20] == [202] * 20
    assert codes[20] == 422
