"""What must hold after any number of kills: what people said is there once, what was said to them
came once and in order, and what may have come twice says so."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from bot import records
from bot.presales.group.memory import read_topic
from tests.bot.hall import demo_texts
from tests.bot.telegram.ordeal import (
    DESK,
    DESK_TOKEN,
    FRONT,
    NEVER,
    PROSPECTS_TOKEN,
    Ordeal,
    Talk,
)
from tests.bot_api.stage import Made

DOUBLED = demo_texts().say("en", "desk_group.doubled")
OWNERS = {
    "bot": demo_texts().say("en", "desk_group.owner.bot"),
    "human": "With ",
    "waiting": "Waiting since ",
    "closed": "Closed",
}
LONG = 4_000  # characters: what is longer may be sent in pieces
SLACK = 5.0  # seconds that a message may be on its way when somebody takes the talk


@dataclass(frozen=True)
class Part:
    """A post that a message of ours becomes: how often it may be there."""

    kind: str  # text, file
    text: str
    least: int
    most: int
    seq: int
    author: str


@dataclass(frozen=True)
class Event:
    """A call that showed something: when, in seconds."""

    kind: str  # text, file, edit
    text: str
    at: float

    def shows(self, part: Part) -> bool:
        if part.kind == "file" or self.kind == "file":
            return part.kind == self.kind and part.text in self.text
        said, wanted = self.text, part.text
        below = said.endswith(f"\n{wanted}") or said.startswith(f"{wanted}\n\n")
        return said == wanted or below


@dataclass
class Figures:
    """What the kills led to."""

    repeats: int = 0  # posts that came twice
    failed: int = 0  # messages given up, which staff see
    doubled: int = 0  # topics opened twice
    missing: int = 0  # lines that the group may not have shown, as a note says

    def add(self, other: Figures) -> None:
        self.repeats += other.repeats
        self.failed += other.failed
        self.doubled += other.doubled
        self.missing += other.missing


@dataclass
class Truth:
    """`check` compares the database with what the local Bot API saw."""

    ordeal: Ordeal
    figures: Figures = field(default_factory=Figures)

    def check(self) -> Figures:
        ordeal = self.ordeal
        assert ordeal.pending() == []
        assert ordeal.server.faults() == []
        assert not any(token in ordeal.server.log for token in (PROSPECTS_TOKEN, DESK_TOKEN))
        assert ordeal.rows("SELECT count(*) FROM chat")[0][0] == len(ordeal.talks)
        for talk in ordeal.talks:
            self._check_arrivals(talk)
            self._check_chat(talk)
            self._check_owner(talk)
            self._check_topic(talk)
        self._check_topics()
        return self.figures

    # --- in ------------------------------------------------------------------------------------

    def _check_arrivals(self, talk: Talk) -> None:
        """Every message, tap, file and line stands there once, in the order in which it came."""
        rows = self.ordeal.rows(
            "SELECT author, external_id, text FROM message WHERE conversation = ? ORDER BY seq",
            talk.conversation,
        )
        said = [(name, text) for author, name, text in rows if author == "prospect"]
        assert said == talk.said
        written = [(n, text) for a, n, text in rows if a in ("staff", "note") and n[:5] == "desk:"]
        notes_of_house = [each for each in written if each[0].startswith("desk:feed:")]
        self.figures.missing += len(notes_of_house)
        assert [each for each in written if each not in notes_of_house] == talk.written
        given = [name for _, name, _ in rows if name]
        assert len(given) == len(set(given))

    # --- out -----------------------------------------------------------------------------------

    def _check_chat(self, talk: Talk) -> None:
        """Every message of ours came, in order; twice only where its row says so."""
        events = self._events(talk)
        parts = self._parts(talk, events)
        known = {row.text for row in parts}
        strange = [
            each for each in events
            if each.kind != "edit" and not any(each.shows(part) for part in parts)
        ]  # fmt: skip
        assert strange == [], known
        shown = match(events, parts)
        assert shown is not None, "\n".join(map(str, (*events, *parts)))
        self.figures.repeats += len(shown) - len({at for at, again in shown if not again})
        self._check_silence(talk, parts, events)

    def _parts(self, talk: Talk, events: Sequence[Event]) -> list[Part]:
        rows = self.ordeal.rows(
            "SELECT m.seq, m.author, m.text, m.body, d.state, d.repeated, d.attempts"
            " FROM message m JOIN delivery d ON d.conversation = m.conversation"
            " AND d.seq = m.seq AND d.kind = 'send' WHERE m.conversation = ? ORDER BY m.seq",
            talk.conversation,
        )
        parts = []
        for seq, author, text, body, state, repeated, attempts in rows:
            least, most = 1, 1 + repeated
            if state != "sent":
                least, most = 0, min(2, attempts)
                self.figures.failed += state == "failed"
            reply = records.read_reply(body, text)
            files = sum(each.kind != "source" for each in reply.attachments)
            parts += [
                Part(kind, what, least, most, seq, author)
                for kind, what in lay_out(text.strip(), files, events)
            ]
        return parts

    def _events(self, talk: Talk) -> list[Event]:
        """What the bot did in this chat and was not refused."""
        kinds = {"sendMessage": "text", "sendDocument": "file", "editMessageText": "edit"}
        return [
            Event(
                kinds[call.method],
                (call.parameters.get("text") or call.parameters.get("caption") or "").strip(),
                call.at,
            )
            for call in self.ordeal.api.made(bot=FRONT)
            if call.ok and call.method in kinds
            and str(call.parameters["chat_id"]) == str(talk.pete.id)
        ]  # fmt: skip

    def _check_silence(self, talk: Talk, parts: Sequence[Part], events: Sequence[Event]) -> None:
        """Between a claim and the way back the bot says nothing, whatever was queued before."""
        ahead = time.time() - time.monotonic()
        for taken in talk.takeovers():
            said = [each.seq for each in parts if each.author == "bot"]
            assert not any(taken.seq < seq < taken.until for seq in said)
            since = taken.at / 1_000 - ahead
            life = next(e for e in reversed(self.ordeal.lives) if e.began <= since)
            ends = min(since + SLACK, life.ended or NEVER)
            before = [part for part in parts if part.author == "bot" and part.seq < taken.seq]
            after = [part for part in parts if part.seq > taken.seq]
            late = [
                each for each in events
                if each.at > ends and each.kind == "text"
                and any(each.shows(part) for part in before)
                and not any(each.shows(part) for part in after)
            ]  # fmt: skip
            assert late == []

    # --- the desk ------------------------------------------------------------------------------

    def _check_owner(self, talk: Talk) -> None:
        """The list, the state, the memory of the topic and the brief all say the same."""
        row = self.ordeal.rows(
            "SELECT c.owner, s.state FROM conversation c"
            " JOIN conversation_state s ON s.conversation = c.id WHERE c.id = ?",
            talk.conversation,
        )[0]
        assert records.read_state(row[1]).owner == row[0]
        topic = talk.topic
        if topic is not None and topic.head_message:
            assert read_topic(topic).memory.owner == row[0]
            brief = self.ordeal.group.by_id[topic.head_message].text
            assert OWNERS[row[0]] in brief

    def _check_topic(self, talk: Talk) -> None:
        """What was said while somebody had the talk stands in the topic once, in order; what may
        stand there twice says so."""
        topic = talk.topic
        if topic is None:
            return
        posts, wanted = talk.posts(topic.thread_id), talk.lines_of(talk.takeovers())
        first: dict[str, tuple[int, int]] = {}
        plain: Counter[str] = Counter()
        again: Counter[str] = Counter()
        for place, post in enumerate(posts):
            (again if post.again else plain).update(post.lines)
            for line in post.lines:
                first.setdefault(line, (place, post.lines.index(line)))
        shown = [first[line] for line in wanted if line in first]
        assert shown == sorted(shown), posts
        assert len(shown) == len(wanted) or self.figures.missing, (wanted, posts)
        assert all(plain[line] <= 1 and again[line] <= 1 for line in wanted), posts
        sent = [post.again for post in posts if post.file]
        # What comes while the next person is awaited is shown too: more than was wanted.
        named = [line for line in first if line.startswith("File: ")]
        files = [line for line in wanted if line.startswith("File: ")]
        assert sent.count(False) <= len(named) or self.figures.missing, posts
        assert len(files) <= len(sent) or self.figures.missing, posts
        self.figures.repeats += sum(post.again for post in posts)

    def _check_topics(self) -> None:
        """A topic that nobody knows of is told of in the one that counts."""
        made = [call.answer["message_thread_id"] for call in self._calls(DESK, "createForumTopic")]
        rows = self.ordeal.rows("SELECT thread_id FROM desk_topic")
        known = [thread for (thread,) in rows]
        assert set(known) <= set(made)
        told = {
            call.parameters.get("message_thread_id")
            for call in self._calls(DESK, "sendMessage")
            if DOUBLED in call.parameters["text"]
        }
        self.figures.doubled += len(made) - len(known)
        assert len(made) - len(known) <= len(told)

    def _calls(self, bot: str, *methods: str) -> list[Made]:
        return [c for c in self.ordeal.api.made(bot=bot) if c.ok and c.method in methods]


def lay_out(text: str, files: int, events: Sequence[Event]) -> list[tuple[str, str]]:
    """The posts that a message becomes: its words, in pieces where they are long, and its files;
    or the only file with the words below it."""
    if not text:
        return [("file", "")] * files
    if files == 1 and any(each.kind == "file" and text in each.text for each in events):
        return [("file", text)]
    pieces, left = [text], text
    if len(text) > LONG:
        pieces = []
        for said in [each.text.rpartition("\n")[2] for each in events]:
            if said and left.startswith(said):
                pieces.append(said)
                left = left.removeprefix(said).strip()
        assert not left
    return [("text", each) for each in pieces] + [("file", "")] * files


def match(events: Sequence[Event], parts: Sequence[Part]) -> list[tuple[int, bool]] | None:
    """How the events come from the parts, in order, with as few repeats as can be: of each that
    showed a part its place, and whether it was a repeat. None where they cannot.

    Edits may be anything: they do no harm, and they may show a question again.
    """

    @cache
    def find(event: int, part: int, count: int) -> tuple[int, tuple[tuple[int, bool], ...]] | None:
        found = []
        if event < len(events) and events[event].kind == "edit":
            found.append(find(event + 1, part, count))
        if part == len(parts):
            return min(filter(None, found), default=None) if event < len(events) else (0, ())
        if count >= parts[part].least:
            found.append(find(event, part + 1, 0))
        if event < len(events) and count < parts[part].most and events[event].shows(parts[part]):
            again = count > 0 and events[event].kind != "edit"
            rest = find(event + 1, part, count + 1)
            if rest is not None:
                found.append((rest[0] + again, ((event, again), *rest[1])))
        return min(filter(None, found), default=None)

    best = find(0, 0, 0)
    return None if best is None else list(best[1])
