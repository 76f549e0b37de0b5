"""The running product with bots: the website never waits for them, and no token comes out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.telegram.bots import open_bots
from bot.telegram.polling import TOKENS
from tests.bot.server import ROOT, Server, find_ports, make_server
from tests.bot_api.remote import RemoteBotApi, run_bot_api

FRONT, DESK = (
    "123456789:AAF-the_front-desk-of-the-house-0001",
    "987654321:BBd-the_back-office-of-the-house-002",
)
GROUP = -1001234567890
KNOWN_WITHIN = 60.0  # seconds until a bot has told how it is
PROSPECTS_LINE, DESK_LINE = "  Prospects in Telegram       ", "  Desk in Telegram            "
UNREACHED = "the Bot API cannot be reached"


@asynccontextmanager
async def run(server: Server) -> AsyncIterator[Server]:
    """The server for the time of the block; it must end well when asked."""
    try:
        await asyncio.to_thread(server.start)
        yield server
    finally:
        began = time.monotonic()
        await asyncio.to_thread(server.stop)
        assert time.monotonic() - began < 8
    assert server.process is not None
    assert server.process.returncode == 0


async def said(server: Server, *words: str) -> str:
    """The log, once all of these words stand in it."""
    deadline = time.monotonic() + KNOWN_WITHIN
    while not all(word in server.log for word in words):
        assert time.monotonic() < deadline, server.log
        await asyncio.sleep(0.05)
    return server.log


def check_no_token(folder: Path) -> None:
    """No file that the product wrote, its log among them, holds a token or half of one."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for token in (FRONT, DESK):
            assert token.encode() not in content, path
            assert token.partition(":")[2].encode() not in content, path


def with_bots(folder: Path, api: str, **more: str) -> Server:
    settings = {
        "ENCODER": "off",
        "LOG_LEVEL": "debug",
        "PROSPECTS_BOT_TOKEN": FRONT,
        "DESK_BOT_TOKEN": DESK,
        "DESK_GROUP_ID": str(GROUP),
        "TELEGRAM_API_URL": api,
    }
    return make_server(folder, **settings | more)


def cut(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def answer_half(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok":true,"result"')


def answer_html(writer: asyncio.StreamWriter) -> None:
    body = b"<html>Bad gateway</html>"
    writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def refuse(writer: asyncio.StreamWriter) -> None:
    body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
    writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


BAD_ANSWERS = (cut, answer_half, answer_html, refuse)


@asynccontextmanager
async def bad_api(port: int) -> AsyncIterator[None]:
    """Answers each bot's first call in the first of the bad ways, its second in the second."""
    calls: Counter[bytes] = Counter()

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        bot = head.split(b"/")[1]
        BAD_ANSWERS[min(calls[bot], len(BAD_ANSWERS) - 1)](writer)
        calls[bot] += 1
        writer.close()

    async with await asyncio.start_server(treat, "127.0.0.1", port):
        yield
    assert list(calls.values()) == [len(BAD_ANSWERS)] * 2


def check_website(server: Server) -> None:
    with server.client() as client:
        assert client.get("/chat").status_code == 200


async def test_a_bad_bot_api_stops_nothing_and_shows_no_token(tmp_path: Path) -> None:
    (port,) = find_ports(1)
    async with run(with_bots(tmp_path / "data", f"http://127.0.0.1:{port}")) as server:
        await said(server, f"{PROSPECTS_LINE}{UNREACHED}", f"{DESK_LINE}{UNREACHED}")
        check_website(server)
        async with bad_api(port):
            await said(server, "telegram_token_refused", *TOKENS.values())
        check_website(server)
    check_no_token(tmp_path / "data")


async def test_an_unknown_host_stops_nothing_and_shows_no_token(tmp_path: Path) -> None:
    async with run(with_bots(tmp_path / "data", "http://nowhere.invalid")) as server:
        await said(server, f"{PROSPECTS_LINE}{UNREACHED}", f"{DESK_LINE}{UNREACHED}")
        check_website(server)
    check_no_token(tmp_path / "data")


async def test_unusable_settings_leave_a_bot_out(capsys: pytest.CaptureFixture[str]) -> None:
    given = {"PROSPECTS_BOT_TOKEN": FRONT, "TELEGRAM_MODE": "webhook", "DESK_BOT_TOKEN": "x"}
    opened = await open_bots(Settings.from_environment(given))
    assert opened.bots == {}
    said = capsys.readouterr()
    assert "TELEGRAM_MODE" in said.out + said.err
    assert FRONT not in said.out + said.err


@pytest.mark.parametrize(("missing", "left"), [("aiogram", "desk"), ("telegram", "prospects")])
async def test_a_framework_that_is_not_there_leaves_its_bot_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, missing: str, left: str
) -> None:
    module = {"aiogram": "bot.prospects.telegram", "telegram": "bot.presales.telegram"}[missing]
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    opened = await open_bots(both_bots())
    try:
        assert list(opened.bots) == [left]
    finally:
        await opened.close()
    check_left_out(capsys, "telegram_framework_missing", missing)


@pytest.mark.parametrize(("refusing", "left"), [("aiogram", "desk"), ("telegram", "prospects")])
async def test_a_token_that_a_framework_refuses_leaves_its_bot_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, refusing: str, left: str
) -> None:
    def refuse(token: str, api_url: str) -> None:
        raise ValueError(f"{token} is no token")

    module = {"aiogram": "bot.prospects.telegram", "telegram": "bot.presales.telegram"}[refusing]
    monkeypatch.setattr(f"{module}.make_client", refuse)
    opened = await open_bots(both_bots())
    try:
        assert list(opened.bots) == [left]
    finally:
        await opened.close()
    check_left_out(capsys, "telegram_setting_unusable", refusing)


def both_bots() -> Settings:
    given = {"PROSPECTS_BOT_TOKEN": FRONT, "DESK_BOT_TOKEN": DESK, "DESK_GROUP_ID": str(GROUP)}
    return Settings.from_environment(given)


def check_left_out(capsys: pytest.CaptureFixture[str], event: str, framework: str) -> None:
    """It is said in one line, which names the setting and no token."""
    printed = capsys.readouterr()
    (line,) = [each for each in (printed.out + printed.err).splitlines() if event in each]
    assert {"aiogram": "PROSPECTS_BOT_TOKEN", "telegram": "DESK_BOT_TOKEN"}[framework] in line
    assert FRONT not in line
    assert DESK not in line


def test_without_a_token_no_framework_is_imported() -> None:
    program = (
        "import asyncio, sys\nimport bot.app\nfrom bot.settings import Settings\n"
        "from bot.telegram.bots import open_bots\n"
        "print(len(asyncio.run(open_bots(Settings())).bots))\n"
        "print({'aiogram', 'telegram', 'aiohttp', 'httpx'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["0", "set()"]


@pytest.fixture
async def api() -> AsyncIterator[RemoteBotApi]:
    """A Bot API in a process of its own, with both bots, a prospect and the desk's group."""
    async with run_bot_api() as remote:
        await remote.add_bot(FRONT, "firstline_bot")
        desk = await remote.add_bot(DESK, "desk_bot")
        await remote.add_person(100, "Ann", "en")
        owner = await remote.add_person(200, "Bob")
        await remote.add_group(GROUP, "Desk", members=[owner], bots=[desk])
        yield remote


async def answered(api: RemoteBotApi, count: int) -> list[str]:
    """What the bot wrote to the prospect, once it is as much."""

    async def enough() -> list[str]:
        texts = [each.text for each in (await api.chat(100, "firstline_bot")).from_bot]
        return texts if len(texts) >= count else []

    found: list[str] = await api.until(enough, 40)
    return found


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_both_bots_run_in_one_process(tmp_path: Path, api: RemoteBotApi, mode: str) -> None:
    server = with_bots(tmp_path / "data", api.url, TELEGRAM_MODE=mode)
    server.settings = {**server.settings, "PUBLIC_URL": server.url}
    async with run(server):
        await said(server, f"{PROSPECTS_LINE}@firstline_bot", f"{DESK_LINE}@desk_bot")
        await api.person(100).start("firstline_bot")
        before = len(await answered(api, 1))
        methods = {call["method"] for call in await api.calls()}
        assert methods & {"getUpdates", "setWebhook"} == {
            "setWebhook" if mode == "webhook" else "getUpdates"
        }
    await api.person(100).write("firstline_bot", "What does it cost?")
    # What was written meanwhile is answered; the other way of fetching takes over without a loss.
    server.settings = {**server.settings, "TELEGRAM_MODE": "polling"}
    async with run(server):
        await answered(api, before + 1)
    assert server.faults() == []
    check_no_token(tmp_path / "data")
