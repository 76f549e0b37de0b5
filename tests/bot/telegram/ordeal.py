"""The real product with both bots as a process that is killed, and the people who go on talking.

People do not notice: what they write waits at the local Bot API, which lives in the test's process,
until the next life of the server fetches it.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot import records
from bot.faults import VARIABLE
from bot.presales.group.memory import read_topic
from storage.topics import TopicRow
from tests.bot.hall import demo_texts
from tests.bot.server import find_ports
from tests.bot.telegram.nursery import Nursery, WarmServer
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.stage import Made
from tests.bot_api.world import Group, Message

PROSPECTS_NUMBER = 7_001
PROSPECTS_TOKEN, DESK_TOKEN = f"{PROSPECTS_NUMBER}:" + "p" * 35, "8001:" + "d" * 35
FRONT, DESK = "front_bot", "desk_bot"
GROUP = -1_001_234_567_890
KILLED = -9
LOOK_SECONDS = 0.05
PATIENCE = 90.0  # seconds for anything to come about
NEVER = 1_000_000
AGAIN = demo_texts().say("en", "desk_group.repeat")
TAKE = demo_texts().say("en", "desk_group.key.take")

_PENDING = (
    "SELECT 'arrival', source, state FROM arrival WHERE state != 'done'"
    " UNION ALL SELECT 'delivery', kind, state FROM delivery"
    " WHERE state = 'sending' OR (state = 'queued' AND kind != 'timer')"
)
_TOPIC = f"SELECT {', '.join(TopicRow.__struct_fields__)} FROM desk_topic WHERE conversation = ?"


@dataclass
class Life:
    """One process of the server: seconds of the clock that all processes share."""

    began: float
    ended: float = 0.0


@dataclass
class Ordeal:
    """`anna` is the only member of staff, linked to the first account."""

    server: WarmServer
    api: BotApi
    group: Group
    anna: Person
    lives: list[Life] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    kills: int = 0

    # --- lives and deaths ---

    def begin(self, fault: str = "") -> None:
        """A new life of the server, with a fault that kills it or without."""
        self.server.settings = {**self.server.settings, VARIABLE: fault}
        self.server.spawn()
        self.lives.append(Life(time.monotonic()))

    def kill(self) -> None:
        """End this life as a power cut would."""
        process = self.server.process
        assert process is not None
        process.kill()
        assert process.wait() == KILLED, self.server.log[-2_000:]
        self._note_death()

    async def await_death(self) -> None:
        """Return once the fault has killed it."""
        process = self.server.process
        assert process is not None
        ends = time.monotonic() + PATIENCE
        while process.poll() is None:
            assert time.monotonic() < ends, (
                f"the fault was not reached:\n{self.server.log[-2_000:]}"
            )
            await asyncio.sleep(LOOK_SECONDS)
        assert process.returncode == KILLED, self.server.log[-2_000:]
        self._note_death()

    def _note_death(self) -> None:
        self.lives[-1].ended = time.monotonic()
        self.kills += 1

    @property
    def alive(self) -> bool:
        return self.server.process is not None and self.server.process.poll() is None

    # --- what is there ---

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database beside the server; nothing where it has not been made yet."""
        path = self.server.data / "firstline.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(statement, values).fetchall()

    async def until(self, true: Callable[[], Any], why: str) -> Any:
        """Wait for it. Raises AssertionError with what is left undone."""
        ends = time.monotonic() + PATIENCE
        while not (found := true()):
            if time.monotonic() > ends:
                raise AssertionError(
                    f"waited for {why}: {self.pending()}\n{self.server.log[-3_000:]}"
                )
            await asyncio.sleep(LOOK_SECONDS)
        return found

    def pending(self) -> list[tuple[Any, ...]]:
        """What is on its way in or out, or not shown in the group yet."""
        left: list[tuple[Any, ...]] = [
            ("update", account.username, each)
            for account in self.api.accounts.values()
            for each in account.queue.waiting
        ]
        left = left or self.rows(_PENDING)
        return left or [each for talk in self.talks for each in talk.missing()]

    async def settle(self) -> None:
        """Until nothing is under way any more."""
        await self.until(lambda: not self.pending(), "rest")

    # --- who is there ---

    async def link_anna(self) -> None:
        """Through the account's page, as people do it."""
        await asyncio.to_thread(self.server.start)
        self.lives.append(Life(time.monotonic()))
        password = re.search(r"password {2}(\S+)", self.server.log)
        assert password is not None
        async with httpx.AsyncClient(base_url=self.server.url, trust_env=False) as client:
            said = await client.post("/signin", json={"name": "owner", "password": password[1]})
            token = {"X-Form-Token": said.json()["form_token"]}
            said = await client.post("/account/telegram", json={"act": "code"}, headers=token)
        self.anna.write(DESK, f"/link {said.json()['code']}")
        await self.until(lambda: self.rows("SELECT * FROM staff_link"), "Anna's link")

    def invite(self) -> Talk:
        """A new prospect."""
        number = 601 + len(self.talks)
        self.talks.append(Talk(self, self.api.add_person(number, f"Prospect {number}")))
        return self.talks[-1]


@dataclass
class Talk:
    """One prospect in Telegram, and what Anna does in the topic."""

    ordeal: Ordeal
    pete: Person
    said: list[tuple[str, str]] = field(default_factory=list)  # external id, words
    written: list[tuple[str, str]] = field(default_factory=list)  # the same for Anna

    # --- the prospect ---

    def start(self) -> None:
        """Leads to no message of theirs."""
        self.pete.start(FRONT)

    def say(self, text: str) -> None:
        self._keep(self.pete.write(FRONT, text), text)

    def send_file(self, name: str) -> None:
        content = f"We need {name}.\n".encode()
        self._keep(self.pete.send_document(FRONT, name, content), name)

    async def tap(self, times: int = 1) -> None:
        """Tap the first button of the newest keyboard; `times`: so often Telegram delivers it."""
        found = await self.ordeal.until(self._find_keyboard, "a keyboard")
        tap = self.pete.tap(found, found.labels[0], times=times)
        self.said.append((f"tap:{tap.id}", found.labels[0]))

    def _find_keyboard(self) -> Message | None:
        shown = self.ordeal.api.chat(self.pete.id, FRONT).from_bot
        return next((each for each in reversed(shown) if each.labels), None)

    def _keep(self, message: Message, words: str) -> None:
        self.said.append((f"tg:{PROSPECTS_NUMBER}:{message.id}", words))

    # --- Anna ---

    async def take(self) -> bool:
        """Tap under the brief, as soon as it stands in the topic; False where none will."""
        found = await self.ordeal.until(lambda: self._find_head() or self.given_up, "the brief")
        if isinstance(found, Message):
            self.ordeal.anna.tap(found, TAKE)
        return isinstance(found, Message)

    async def until_taken(self) -> None:
        await self.ordeal.until(lambda: self.owner == "human", "Anna's claim")

    def write(self, text: str) -> None:
        message = self.ordeal.anna.write_in(self.ordeal.group, self.thread, text)
        self.written.append((f"desk:{message.id}", text.removeprefix("// ")))

    def command(self, text: str) -> None:
        """Leads to no message of hers."""
        self.ordeal.anna.write_in(self.ordeal.group, self.thread, text)

    def write_file(self, name: str) -> None:
        content = f"An offer in {name}.\n".encode()
        anna, group = self.ordeal.anna, self.ordeal.group
        message = anna.send_document_in(group, self.thread, name, content)
        self.written.append((f"desk:{message.id}", ""))

    def _find_head(self) -> Message | None:
        topic = self.topic
        found = self.ordeal.group.by_id.get(topic.head_message) if topic else None
        return found if found and TAKE in found.labels else None

    # --- what is stored ---

    @property
    def conversation(self) -> str:
        """Its id, "" before the talk began."""
        statement = "SELECT conversation FROM chat WHERE address = ?"
        found = self.ordeal.rows(statement, str(self.pete.id))
        return str(found[0][0]) if found else ""

    @property
    def owner(self) -> str:
        statement = "SELECT owner FROM conversation WHERE id = ?"
        found = self.ordeal.rows(statement, self.conversation)
        return str(found[0][0]) if found else ""

    @property
    def topic(self) -> TopicRow | None:
        found = self.ordeal.rows(_TOPIC, self.conversation)
        return TopicRow(*found[0]) if found else None

    @property
    def thread(self) -> int:
        topic = self.topic
        assert topic is not None
        assert topic.thread_id
        return topic.thread_id

    def missing(self) -> list[tuple[Any, ...]]:
        """What was said and is not stored, and what the topic does not show."""
        names = {row[0] for row in self.messages("external_id")}
        said = [*self.said, *self.written]
        return [("not stored", each) for each in said if each[0] not in names] + self._not_shown()

    def messages(self, columns: str) -> list[tuple[Any, ...]]:
        statement = f"SELECT {columns} FROM message WHERE conversation = ? ORDER BY seq"
        return self.ordeal.rows(statement, self.conversation)

    def takeovers(self) -> list[Takeover]:
        found: list[Takeover] = []
        for seq, at, body, text in self.messages("seq, at, body, text"):
            key = records.read_reply(body, text).key if text not in self.words else ""
            if key == "desk.joined":
                found.append(Takeover(seq, at))
            elif key == "desk.handed_back" and found:
                found[-1].until = seq
        return found

    @property
    def given_up(self) -> bool:
        """A note says that the group may not show everything."""
        return any(name.startswith("desk:feed:") for (name,) in self.messages("external_id"))

    @property
    def words(self) -> set[str]:
        return {text for _, text in self.said}

    def lines_of(self, takeovers: Sequence[Takeover]) -> list[str]:
        """What the prospect said while Anna had the talk, as the topic shows it."""
        return [
            demo_texts().say("en", "desk_group.file", name=text) if body else text
            for seq, author, text, body in self.messages("seq, author, text, body")
            if author == "prospect" and any(each.seq < seq < each.until for each in takeovers)
        ]

    def posts(self, thread: int) -> list[Post]:
        """What the bot has posted in a topic."""
        return [
            Post.read(call)
            for call in self.ordeal.api.made(bot=DESK)
            if call.ok and call.method in ("sendMessage", "sendDocument")
            and str(call.parameters.get("message_thread_id")) == str(thread)
        ]  # fmt: skip

    def _not_shown(self) -> list[tuple[Any, ...]]:
        row, owner = self.topic, self.owner
        if row is None:
            return [("no topic",)] if owner in ("waiting", "human") else []
        memory, posts = read_topic(row).memory, self.posts(row.thread_id)
        lines = {line for post in posts for line in post.lines}
        wanted = self.lines_of(self.takeovers())
        left: Mapping[str, object] = {"intent": memory.intent}
        if row.head_message or not self.given_up:
            left = {
                **left,
                "head": not row.head_message,
                "queue": memory.queue,
                "files": memory.files,
                "owner": memory.owner != owner,
                "lines": not self.given_up and [line for line in wanted if line not in lines],
            }
        return [("not shown", what) for what, still in left.items() if still]


@dataclass
class Takeover:
    """When Anna took a talk: the message that tells of it, ms; `until`: that of its end."""

    seq: int
    at: int
    until: int = NEVER


@dataclass(frozen=True)
class Post:
    """A post of the desk's bot. `again`: it says that it may be a repeat."""

    again: bool
    file: bool
    lines: tuple[str, ...]

    @classmethod
    def read(cls, call: Made) -> Post:
        text = call.parameters.get("text") or call.parameters.get("caption") or ""
        lines = tuple(line.strip() for line in text.split("\n"))
        return cls(text.startswith(AGAIN), call.method == "sendDocument", lines)


@asynccontextmanager
async def open_ordeal(
    folder: Path, nursery: Nursery, *, paced: bool = False, cold: bool = False, **settings: str
) -> AsyncIterator[Ordeal]:
    """The server lives, and Anna is linked. In the end it is killed.

    `cold`: its first life is a start as usual. Rates are not limited: after each start the product
    may post as after a long pause, which is what Telegram's limits allow once, and these tests
    start it every second.
    """
    api = BotApi(limits=Limits(rates=False, webhook_pause=0.1, webhook_pause_most=0.2))
    url = await api.start()
    api.add_bot(PROSPECTS_TOKEN, FRONT)
    api.add_bot(DESK_TOKEN, DESK)
    anna = api.add_person(501, "Anna")
    group = api.add_group(GROUP, "Desk", members=[anna], bots=[DESK])
    port, second = find_ports(2)
    given = {
        "ENCODER": "off",
        "PROSPECTS_BOT_TOKEN": PROSPECTS_TOKEN,
        "DESK_BOT_TOKEN": DESK_TOKEN,
        "DESK_GROUP_ID": str(GROUP),
        "TELEGRAM_API_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MESSAGES_PER_MINUTE": "100000",
    }
    server = WarmServer(folder / "data", port, second, {**given, **settings})
    server.paced, server.nursery = paced, None if cold else nursery
    ordeal = Ordeal(server, api, group, anna)
    try:
        await ordeal.link_anna()
        server.nursery = nursery
        yield ordeal
    finally:
        server.stop(kill=True)
        await api.stop()
    assert not api.crashes, api.crashes
    assert not api.unknown, api.unknown
