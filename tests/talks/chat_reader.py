"""Reads a chat in Telegram as its person sees it, beside what the database says was said."""

from __future__ import annotations

import html
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from bot import records
from bot.core import Core
from bot.talks.prospect import Shown
from bot.telegram.border import DATA_MAX
from dialogs.types import Attachment, Reply, State
from storage import accounts, conversations, reading
from storage.conversations import ConversationRow, MessageRow
from storage.db import Tx
from tests.bot_api.world import Chat, Message

MANY = 100_000  # messages of one talk are never so many
_WRITTEN = re.compile(r"tg:\d+:(\d+)(:caption)?")  # external id of what the person wrote


def squeeze(text: str) -> str:
    """Without white space: what is cut into pieces loses it at the cuts."""
    return "".join(text.split())


@dataclass(frozen=True)
class FoundKey:
    """Where a button was seen. `data` "": a plain key in place of the letters."""

    message: Message
    data: str = ""


@dataclass
class Place:
    """Where one message of the talk stands in the chat, and the keys that it came with."""

    row: MessageRow
    words: str  # as the chat should show them, squeezed
    messages: list[Message] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)  # label: data

    @property
    def reply(self) -> Reply:
        return records.read_reply(self.row.body, self.row.text)


class ChatReader:
    """`read` after everything has settled: it gives what the person sees and should not, and what
    they should see and do not."""

    def __init__(self, core: Core) -> None:
        self.chat = Chat(0)
        self._core = core
        self._language = ""
        self._places: dict[int, Place] = {}  # by seq
        self._read = 0  # messages of the chat that were looked at
        self._versions: dict[int, int] = {}  # how often each had been written by then
        self._direct: list[str] = []  # what may be said though it is no message of the talk
        self._chosen: tuple[Message, str] | None = None  # the button that is being tapped
        self._wrong: list[str] = []

    def allow(self, text: str) -> None:
        """This is about to be said directly, once, and is kept nowhere."""
        self._direct.append(squeeze(text))

    def expect_choice(self, message: Message, label: str) -> None:
        """A button under this message is about to be tapped, so that it may show which."""
        self._chosen = (message, label)

    def find_key(self, shown: Shown) -> FoundKey | None:
        """The newest message that carries the button, or else carried it; None: none ever did."""
        place, label = self._places.get(shown.seq), shown.button.label
        if place is None or label not in place.keys:
            return None
        data = place.keys[label]
        carriers = [m for m in self.chat.from_bot if data and data in _data(m).values()]
        return FoundKey((carriers or place.messages)[-1], data)

    def read_last(self) -> str:
        """The last words of the bot."""
        return self.chat.from_bot[-1].text

    # --- the chat beside the database ------------------------------------------------------------

    def read(self, conversation: str) -> list[str]:
        """Look at what is new in both, then at the whole; gives what is wrong."""
        self._wrong = []
        row, rows = self._load(conversation)
        self._language = row.language
        self._match([each for each in rows if each.seq not in self._places])
        self._check_edits()
        self._check_order(rows)
        self._check_sight()
        self._check_keys(records.read_state(row.state), rows)
        self._read = len(self.chat.everything)
        self._versions = {each.id: len(each.texts) for each in self.chat.everything}
        self._chosen = None
        return self._wrong

    def _load(self, conversation: str) -> tuple[ConversationRow, list[MessageRow]]:
        def load(tx: Tx) -> tuple[ConversationRow, list[MessageRow]]:
            row = conversations.load(tx, conversation)
            assert row is not None
            return row, reading.messages_after(tx, conversation, 0, internal=False, limit=MANY)

        return self._core.house.db.peek(load)

    def _match(self, rows: list[MessageRow]) -> None:
        """Find each new message of ours in what appeared or was edited."""
        appeared = deque(m for m in self.chat.everything[self._read :] if m.by_bot)
        for row in rows:
            if row.author == "prospect":
                continue
            place = self._places[row.seq] = Place(row, squeeze(self._expect(row)))
            self._pass_direct(appeared)
            if not self._is_below_file(place, appeared):
                self._take_words(place, appeared)
            for attachment in place.reply.attachments:
                if attachment.kind != "source":
                    self._take_file(place, attachment, appeared)
            self._note_keys(place)
        self._pass_direct(appeared)
        self._wrong += [f"the chat says {m.text[:80]!r}, the talk does not" for m in appeared]

    def _pass_direct(self, appeared: deque[Message]) -> None:
        while appeared and squeeze(appeared[0].text) in self._direct:
            self._direct.remove(squeeze(appeared.popleft().text))

    def _expect(self, row: MessageRow) -> str:
        """The words, with who wrote them and where they come from."""
        reply = records.read_reply(row.body, row.text)
        lines = [reply.text]
        if row.author == "staff" and reply.text.strip():
            lines.insert(0, self._name(row))
        for source in reply.attachments:
            if source.kind == "source":
                name = " · ".join(filter(None, (source.title, source.place)))
                lines.append(self._say("telegram.out.source", name=name))
        return "\n".join(lines)

    def _name(self, row: MessageRow) -> str:
        writer = self._core.house.db.peek(lambda tx: accounts.get(tx, row.staff_id))
        assert writer is not None
        return writer.display_name

    def _say(self, key: str, **values: object) -> str:
        return self._core.mind.texts.say(self._language, key, **values)

    def _take_words(self, place: Place, appeared: deque[Message]) -> None:
        """The next messages, as many as it takes; or one that says it since it was edited."""
        got = ""
        while got != place.words and appeared and not appeared[0].file:
            longer = got + squeeze(appeared[0].texts[0])
            if not place.words.startswith(longer):
                break
            got = longer
            place.messages.append(appeared.popleft())
        if not got and place.words:
            place.messages = self._find_edited(place.words)
            self._check_last(place)
        if got != place.words and (got or not place.messages):
            there = [m.text[:80] for m in appeared]
            self._wrong.append(f"not in the chat: {place.reply.text[:80]!r}; new there: {there}")

    def _is_below_file(self, place: Place, appeared: deque[Message]) -> bool:
        """A message that asks nothing may be said by its only file."""
        files = [each for each in place.reply.attachments if each.kind != "source"]
        if len(files) != 1 or place.reply.buttons or not appeared or not appeared[0].file:
            return False
        return squeeze(appeared[0].text) == place.words

    def _find_edited(self, words: str) -> list[Message]:
        """The message that was changed to say this."""
        for message in reversed([m for m in self.chat.everything if m.by_bot]):
            fresh = message.texts[max(1, self._versions.get(message.id, 1)) :]
            if any(squeeze(text) == words for text in fresh):
                return [message]
        return []

    def _check_last(self, place: Place) -> None:
        """Only the last message of a chat may be changed to say the next thing."""
        below = [m for m in self.chat.everything if place.messages and m.id > place.messages[0].id]
        if any(not m.by_bot for m in below) or any(m.id in self._versions for m in below):
            self._wrong.append(f"above what was said since: {place.reply.text[:80]!r}")

    def _take_file(self, place: Place, wanted: Attachment, appeared: deque[Message]) -> None:
        message = appeared.popleft() if appeared else None
        if message is None or message.file is None:
            self._wrong.append(f"{wanted.title!r} was not handed over as a file")
            return
        place.messages.append(message)
        content = message.file.content
        if wanted.kind == "file":
            path = self._core.uploads.path(wanted.id)
            right = path is not None and content == path.read_bytes()
        else:
            right = self._is_paper(wanted.id, content) and wanted.title in message.text
        if not right:
            self._wrong.append(f"{wanted.title!r} came as {message.file.name!r}: another content")

    def _is_paper(self, name: str, content: bytes) -> bool:
        pack = self._core.mind.pack
        paper = pack.document(name)
        if paper is None or not paper.public:
            return False
        source = (Path(pack.folder) / "documents" / paper.file).read_bytes()
        if paper.media_type != "text/markdown":
            return content == source
        page = html.unescape(content.decode())
        return "<html" in page and paper.title in page and len(page) > len(source.decode())

    def _note_keys(self, place: Place) -> None:
        if not place.reply.buttons or not place.messages:
            return
        message = next((m for m in reversed(place.messages) if not m.file), None)
        if message is None:
            return
        place.keys = _data(message)
        plain = (message.reply_markup or {}).get("keyboard", [])
        place.keys |= {key["text"]: "" for row in plain for key in row}
        too_long = [d for d in place.keys.values() if len(d.encode()) > DATA_MAX]
        missing = [b.label for b in place.reply.buttons if b.label not in place.keys]
        if missing or too_long:
            self._wrong.append(f"keys of {place.reply.text[:40]!r}: without {missing}, {too_long}")

    # --- the whole -------------------------------------------------------------------------------

    def _check_edits(self) -> None:
        """A message changes to show the question anew, or what was chosen; for no other reason."""
        for message in self.chat.everything:
            if not message.by_bot:
                continue
            first = max(1, self._versions.get(message.id, 1))
            shown = {p.words for p in self._places.values() if message in p.messages}
            for number in range(first, len(message.texts)):
                text = squeeze(message.texts[number])
                if text not in shown and not self._is_choice(message, number):
                    self._wrong.append(f"a message was changed to {message.texts[number]!r}")

    def _is_choice(self, message: Message, number: int) -> bool:
        if self._chosen is None or self._chosen[0] is not message:
            return False
        before, after = message.texts[number - 1], message.texts[number]
        return squeeze(after) == squeeze(before) + "✓" + squeeze(self._chosen[1])

    def _check_order(self, rows: list[MessageRow]) -> None:
        """The chat goes on downwards; only its last message may say the next thing, too."""
        last = 0
        for row in rows:
            written = _WRITTEN.fullmatch(row.external_id) if row.author == "prospect" else None
            if written is not None:
                numbers = [int(written[1])]
            elif row.seq in self._places:
                numbers = [message.id for message in self._places[row.seq].messages]
            else:
                continue  # a tap, or an edit of theirs
            if numbers != sorted(numbers) or (numbers and numbers[0] < last):
                self._wrong.append(f"out of order: {row.text[:60]!r}")
            last = max([last, *numbers])

    def _check_sight(self) -> None:
        """What was said can still be read, unless its message says the same thing anew."""
        standing = {p.messages[-1].id: p for p in self._places.values() if p.messages}
        for place in self._places.values():
            texts = [m for m in place.messages if not m.file]
            if not texts or standing[place.messages[-1].id] is not place:
                continue
            sight = squeeze("".join(m.text for m in texts))
            if any(m.deleted for m in texts) or sight.partition("✓")[0] != place.words:
                self._wrong.append(f"can be read no more: {place.reply.text[:80]!r}")

    def _check_keys(self, state: State, rows: list[MessageRow]) -> None:
        """As at the website: what was asked since their last word can be answered by its keys, and
        no closed question has any."""
        number = state.question.number if state.question else 0
        asked = [p for p in self._places.values() if number and p.reply.question == number]
        newest = asked[-1] if asked and asked[-1].keys else None
        spoken = max((each.seq for each in rows if each.author == "prospect"), default=0)
        there = self._live_keys(newest) if newest else set()
        if newest and newest.row.seq > spoken and state.owner != "human":
            missing = {button.label for button in newest.reply.buttons} - there
            if missing:
                self._wrong.append(f"open question {newest.reply.text[:60]!r}: without {missing}")
        for place in self._places.values():
            if place is not newest and place.reply.question and self._live_keys(place):
                self._wrong.append(f"keys of a closed question: {place.reply.text[:60]!r}")

    def _live_keys(self, place: Place) -> set[str]:
        """The labels of this message's keys that can be pressed."""
        if "" not in place.keys.values():
            carried = {label: data for m in place.messages for label, data in _data(m).items()}
            return {label for label, data in place.keys.items() if carried.get(label) == data}
        if place.messages[-1].reply_markup is not self.chat.keyboard:
            return set()
        # Telegram puts a keyboard away with a message that has no keys of its own, not with others.
        after = [m for m in self.chat.from_bot if m.id > place.messages[-1].id]
        return set() if after and all(m.labels for m in after) else set(place.keys)


def _data(message: Message) -> dict[str, str]:
    return {b["text"]: b.get("callback_data", "") for row in message.rows for b in row}
