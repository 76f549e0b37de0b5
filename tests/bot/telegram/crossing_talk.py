"""One talk that several people are busy with: what they wrote, and what is to be seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.desk import Claimed
from storage import chats, conversations, reading, topics
from storage.accounts import StaffRow
from storage.conversations import ConversationRow, MessageRow
from storage.topics import TopicRow
from tests.bot.telegram.crossing import FRONT_BOT, Crossing
from tests.bot.telegram.crossing_journal import Entry
from tests.bot_api.people import Person
from tests.bot_api.world import Message


class Claim(NamedTuple):
    """What Anna's claim came to, and between which entries of the journal."""

    since: int
    until: int
    claimed: Claimed


def owners_after(journal: Sequence[Entry]) -> dict[int, str]:
    """Who had the talk after the write in which each message was said, by its seq."""
    moves = {entry.job: entry.word for entry in journal if entry.kind == "owner"}
    owner, job, found = "bot", 0, {}
    for entry in journal:
        if entry.job != job:
            job, owner = entry.job, moves.get(entry.job, owner)
        if entry.kind == "said":
            found[entry.seq] = owner
    return found


@dataclass
class Talk:
    """Ann is its prospect."""

    crossing: Crossing
    seed: int
    ann: Person
    id: str = ""
    code: str = ""  # by which a talk of the website goes on in the chat
    had_topic: bool = False  # from the beginning
    told: list[str] = field(default_factory=list)  # what was done, for whoever reads a failure
    words: list[str] = field(default_factory=list)  # what Ann wrote in the chat
    site_words: list[str] = field(default_factory=list)  # and on the website
    claims: list[Claim] = field(default_factory=list)  # Anna's
    replies: list[str] = field(default_factory=list)  # Anna's that were accepted
    refused: list[str] = field(default_factory=list)  # and those that were not
    there: list[str] = field(default_factory=list)  # what Boris wrote in the topic
    count: int = 0

    def make_words(self, kind: str) -> str:
        """Words that nobody else says."""
        self.count += 1
        return f"{kind}{self.count}-of-{self.seed}."

    def note(self, what: str) -> None:
        self.told.append(f"{self.crossing.db.position}: {what}")

    # --- in the database -------------------------------------------------------------------------

    def find_id(self) -> str:
        """The talk that goes on in Ann's chat; "" while none does."""
        here = self.crossing.db.peek(lambda tx: chats.find(tx, "telegram", str(self.ann.id)))
        return here.conversation if here else ""

    @property
    def linked(self) -> bool:
        return bool(self.id) and self.find_id() == self.id

    @property
    def anna(self) -> StaffRow:
        return self.crossing.staff["Anna"]

    @property
    def row(self) -> ConversationRow:
        found = self.crossing.db.peek(lambda tx: conversations.load(tx, self.id))
        assert found is not None
        return found

    @property
    def journal(self) -> list[Entry]:
        return self.crossing.journal(self.id)

    @property
    def messages(self) -> list[MessageRow]:
        return list(
            self.crossing.db.peek(
                lambda tx: reading.messages_after(tx, self.id, 0, internal=True, limit=1_000)
            )
        )

    def texts(self, author: str) -> list[str]:
        return [each.text for each in self.messages if each.author == author]

    def count_on_their_way(self) -> int:
        """Deliveries that have not come to an end."""
        rows = self.crossing.db.peek(
            lambda tx: tx.all(
                "SELECT count(*) FROM delivery WHERE conversation = :talk AND kind = 'send'"
                " AND state IN ('queued', 'sending')",
                {"talk": self.id},
            )
        )
        return int(rows[0][0])

    # --- in the chat -----------------------------------------------------------------------------

    @property
    def chat(self) -> list[Message]:
        api = self.crossing.api
        return api.private_chat(api.account(FRONT_BOT), self.ann).messages

    # --- in the topic ----------------------------------------------------------------------------

    @property
    def topic(self) -> TopicRow | None:
        return self.crossing.db.peek(lambda tx: topics.find(tx, self.id))

    @property
    def head(self) -> Message | None:
        """The brief."""
        topic = self.topic
        number = topic.head_message if topic else 0
        return self.crossing.group.find(number) if number else None

    @property
    def topic_texts(self) -> list[str]:
        """What the desk's bot said below the brief."""
        topic = self.topic
        if topic is None or not topic.thread_id:
            return []
        shown = self.crossing.group.in_thread(topic.thread_id)
        return [
            each.text
            for each in shown
            if each.by_bot and not each.is_service and each.id != topic.head_message
        ]

    def is_shown(self) -> bool:
        """The topic tells who has the talk, and what was said there; it may have none while nobody
        at the desk is wanted."""
        head, row = self.head, self.row
        if head is None:
            return row.owner in ("bot", "closed")
        names = {each.id: each.display_name for each in self.crossing.staff.values()}
        wanted = {
            "human": f"With {names.get(row.staff_id)}",
            "waiting": "Waiting since",
            "bot": "The assistant is talking",
            "closed": "Closed",
        }[row.owner]
        shown = "\n".join(self.topic_texts)
        return head.text.startswith(wanted) and all(each in shown for each in self.find_lines())

    def find_lines(self) -> list[str]:
        """What the topic has to show: the prospect's words while a human has the talk, and what
        Anna said."""
        if not self.had_topic:
            return []  # it tells what came since somebody was called
        owners = owners_after(self.journal)
        own = {*self.words, *self.site_words}
        return [
            each.text.split()[0]
            for each in self.messages
            if (each.text in own and owners[each.seq] == "human")
            or (each.author == "staff" and each.staff_id == self.anna.id)
        ]
