"""Who is there: bots, chats, groups with topics, messages and files, as Telegram knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .faults import Script
from .limits import Spent
from .updates import Queue, Webhook

if TYPE_CHECKING:
    from .people import Person

Json = dict[str, Any]
INSIDE = ("creator", "administrator", "member", "restricted")
RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_pin_messages", "can_manage_topics",
    "can_send_welcome_messages",
)  # fmt: skip


@dataclass(eq=False)
class Account:
    """One bot. `token` opens the Bot API, `id` is its first part."""

    token: str
    username: str
    name: str
    privacy: bool = True  # in groups it sees only what is meant for it, unless it is an admin
    commands: dict[str, list[Json]] = field(default_factory=dict)  # by scope and language
    words: dict[str, str] = field(default_factory=dict)  # descriptions and names, by language
    queue: Queue = field(default_factory=Queue)
    webhook: Webhook = field(default_factory=Webhook)
    script: Script = field(default_factory=Script)
    spent: Spent = field(default_factory=Spent)
    taps: dict[str, Tap] = field(default_factory=dict)
    last_private: int = 0  # message ids count over all private chats of a bot

    @property
    def id(self) -> int:
        return int(self.token.split(":")[0])

    def as_user(self) -> Json:
        return {
            "id": self.id, "is_bot": True, "first_name": self.name, "username": self.username,
        }  # fmt: skip


class Sender(Protocol):
    @property
    def id(self) -> int: ...

    def as_user(self) -> Json: ...


@dataclass(eq=False)
class Tap:
    """A callback query. `answer` is what the bot showed, None until then."""

    id: str
    person: Person
    message: Message
    data: str
    at: float
    answer: str | None = None
    alert: bool = False


@dataclass(frozen=True)
class Stored:
    """A file at Telegram. `content` may be shorter than `size` says."""

    number: int
    kind: str  # document, photo, voice, ...
    name: str
    mime: str
    content: bytes
    size: int

    @property
    def unique_id(self) -> str:
        return f"u{self.number:08d}"

    @property
    def path(self) -> str:
        ending = self.name.rpartition(".")[2] if "." in self.name else "bin"
        return f"{self.kind}s/file_{self.number}.{ending}"

    def id_for(self, account: Account) -> str:
        """Ids of files are of one bot alone."""
        return f"{self.kind}-{account.id}-{self.number:08d}"


@dataclass(eq=False)
class Message:
    """One message as the people of its chat see it now.

    `content` holds what is neither text nor file in the Bot API's form (contact, location,
    service parts, ...). `text` is also the caption. `at` is unix time in seconds.
    """

    chat: Chat
    id: int
    at: int
    sender: Sender
    thread: int = 0
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    content: Json = field(default_factory=dict)
    file: Stored | None = None
    album: str = ""
    reply_markup: Json | None = None
    reply_to: Message | None = None
    origin: Json | None = None  # of what was forwarded
    silent: bool = False
    edited_at: int = 0
    deleted: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)  # emojis by who gave them
    texts: list[str] = field(default_factory=list)  # all that it ever said, the newest last

    @property
    def document(self) -> bytes | None:
        """The bytes of its file."""
        return self.file.content if self.file else None

    @property
    def edited(self) -> bool:
        return bool(self.edited_at)

    @property
    def by_bot(self) -> Account | None:
        return self.sender if isinstance(self.sender, Account) else None

    @property
    def is_service(self) -> bool:
        return not (self.text or self.file) and any(key in SERVICE for key in self.content)

    @property
    def rows(self) -> list[list[Json]]:
        """The inline buttons."""
        return list((self.reply_markup or {}).get("inline_keyboard", []))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    def find_button(self, wanted: str) -> Json:
        """By data or label. Raises LookupError."""
        for row in self.rows:
            for button in row:
                if wanted in (button.get("callback_data"), button["text"]):
                    return button
        raise LookupError(f"no button {wanted!r} in {self.labels}")

    @property
    def emojis(self) -> list[str]:
        return [emoji for given in self.reactions.values() for emoji in given]


@dataclass(frozen=True)
class Parts:
    """What a new message is made of; the fields are those of Message."""

    thread: int = 0
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    content: Json = field(default_factory=dict)
    file: Stored | None = None
    album: str = ""
    reply_markup: Json | None = None
    reply_to: Message | None = None
    origin: Json | None = None
    silent: bool = False


SERVICE = (
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id",
    "pinned_message", "new_chat_title",
)  # fmt: skip


@dataclass(eq=False)
class Chat:
    """A private chat of one person and one bot, or a group (below)."""

    id: int
    everything: list[Message] = field(default_factory=list)  # also what was deleted
    by_id: dict[int, Message] = field(default_factory=dict)
    person: Person | None = None
    account: Account | None = None
    started: bool = False
    blocked: bool = False
    actions: list[tuple[float, int, str]] = field(default_factory=list)  # time, thread, "typing"
    keyboard: Json | None = None  # the reply keyboard that the person sees
    pinned: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "private"

    @property
    def messages(self) -> list[Message]:
        """What can be seen now, the oldest first."""
        return [message for message in self.everything if not message.deleted]

    @property
    def from_bot(self) -> list[Message]:
        return [message for message in self.messages if message.by_bot]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def find(self, message_id: int) -> Message | None:
        message = self.by_id.get(message_id)
        return message if message and not message.deleted else None

    def next_id(self) -> int:
        assert self.account
        self.account.last_private += 1
        return self.account.last_private

    def as_json(self) -> Json:
        assert self.person
        user = self.person.as_user()
        parts = ("id", "first_name", "last_name", "username")
        return {"type": "private"} | {key: user[key] for key in parts if key in user}


@dataclass(eq=False)
class Topic:
    thread: int
    name: str
    creator: int
    icon_color: int = 7322096
    icon: str = ""
    closed: bool = False
    deleted: bool = False


@dataclass(eq=False)
class Group(Chat):
    """A group, a supergroup where the id begins with -100; with topics where `forum`."""

    title: str = ""
    forum: bool = False
    statuses: dict[int, str] = field(default_factory=dict)  # of people and bots, by id
    rights: dict[int, dict[str, bool]] = field(default_factory=dict)  # of admins
    people: dict[int, Sender] = field(default_factory=dict)  # who was ever there
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int = 0
    last: int = 1  # the first message of a group is its making; no topic has thread 1

    @property
    def kind(self) -> str:
        return "supergroup" if str(self.id).startswith("-100") else "group"

    def next_id(self) -> int:
        self.last += 1
        return self.last

    def holds(self, user: int) -> bool:
        return self.statuses.get(user, "left") in INSIDE

    def may(self, user: int, right: str) -> bool:
        status = self.statuses.get(user, "left")
        return status == "creator" or (
            status == "administrator" and self.rights.get(user, {}).get(right, False)
        )

    def in_thread(self, thread: int) -> list[Message]:
        """What can be seen in one topic; 0 is General."""
        return [message for message in self.messages if message.thread == thread]

    def find_topic(self, name: str) -> Topic:
        """By name. Raises LookupError."""
        for topic in self.open_topics():
            if topic.name == name:
                return topic
        raise LookupError(f"no topic {name!r} in {[t.name for t in self.open_topics()]}")

    def open_topics(self) -> Iterator[Topic]:
        """Those that are not deleted."""
        return (topic for topic in self.topics.values() if not topic.deleted)

    def as_json(self) -> Json:
        body: Json = {"id": self.id, "type": self.kind, "title": self.title}
        return body | ({"is_forum": True} if self.forum else {})
