"""What both bots have in common: an update as it came, what it says, and what can be posted.

The two frameworks stay in their own file each; they turn their objects into these, and these into
calls of the Bot API. Lengths are UTF-16 code units, as Telegram counts them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, Protocol

from dialogs.types import Struct

PROSPECTS, DESK = "prospects", "desk"  # the two bots
TEXT_MAX, CAPTION_MAX = 4_096, 1_024  # UTF-16 units
DATA_MAX = 64  # bytes of what a button carries
TOPIC_NAME_MAX = 128  # characters
DOWNLOAD_MAX, UPLOAD_MAX = 20_000_000, 50_000_000  # bytes that a bot may fetch and send

# --- what comes in -------------------------------------------------------------------------------


class RawUpdate(Struct):
    """An update as it is stored before anybody looks into it."""

    update_id: int
    payload: bytes  # JSON of the one update
    chat: str  # order is kept within it; "<chat>:<topic>" for a topic of a group
    tap: str = ""  # the same for repeats of one tap: person, message and data of the button


class Sender(Struct):
    id: int
    name: str = ""
    language: str = ""  # of the client, such as zh-hans
    is_bot: bool = False


class Attached(Struct):
    """A file at Telegram. `name` may be "" where the sender's client gave none."""

    kind: Literal["document", "photo", "audio", "video", "animation", "voice", "video_note"]
    file_id: str
    name: str = ""
    size: int = 0  # bytes, 0: not told


class Contact(Struct):
    """`own`: it is the sender's own, by the share-contact button."""

    phone: str
    name: str = ""
    own: bool = False


class Said(Struct):
    """One update in our words. `kind` "other" is what neither bot asked for."""

    kind: Literal["message", "edited", "tap", "member", "other"]
    chat: int = 0
    chat_kind: Literal["private", "group", "supergroup", "channel", ""] = ""
    thread: int = 0  # topic of a group, 0: none or General
    message: int = 0  # for a tap: the message under whose button it was
    sender: Sender | None = None
    at: int = 0  # ms
    text: str = ""  # or the caption
    file: Attached | None = None
    album: str = ""  # the same for the files of one album
    forwarded: bool = False
    contact: Contact | None = None
    # Content that is neither text nor file: sticker, location, venue, poll, dice, game, story, ...
    other: str = ""
    tap: str = ""  # id of the tap, to be answered
    data: str = ""  # what the tapped button carries
    # Service messages: topic_closed, topic_reopened, topic_edited, topic_created, member_joined,
    # member_left, migrated, pinned, title_changed, ...
    service: str = ""
    member: int = 0  # whom a change of membership is about
    status: str = ""  # then: creator, administrator, member, restricted, left, kicked
    moved_to: int = 0  # the supergroup that a group became


# --- what goes out -------------------------------------------------------------------------------


class Target(Struct):
    chat: int
    thread: int = 0  # topic, 0: none or General


class Mark(Struct):
    """A stretch of text that is more than text; never reaches into a character."""

    kind: Literal["bold", "italic", "code", "link", "mention", "quote"]
    start: int
    length: int
    href: str = ""  # of a link
    user: int = 0  # of a mention


class Key(Struct):
    """A button under a message: it carries `data` (at most 64 bytes) or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


class Post(Struct):
    """One message of text. Never parsed as a markup: what is bold or a link stands in `marks`."""

    text: str
    marks: tuple[Mark, ...] = ()
    keys: tuple[tuple[Key, ...], ...] = ()  # rows of buttons
    silent: bool = False
    reply_to: int = 0  # message id; sent all the same when that is gone
    # Instead of `keys`: a keyboard with a button that shares the number, and plain ones.
    ask_contact: str = ""  # label of that button
    plain_keys: tuple[tuple[str, ...], ...] = ()
    remove_keyboard: bool = False


class FilePost(Struct):
    """One file: by the id it has at Telegram, else from disk."""

    name: str
    file_id: str = ""
    path: Path | None = None
    content: bytes = b""  # instead of a path
    caption: str = ""
    marks: tuple[Mark, ...] = ()
    keys: tuple[tuple[Key, ...], ...] = ()
    silent: bool = False
    remove_keyboard: bool = False


class Posted(Struct):
    message: int
    file_id: str = ""  # of a file that was sent


class Me(Struct):
    id: int
    username: str


class Webhook(Struct):
    url: str
    secret: str


class GroupFacts(Struct):
    """What the desk needs to know of its group."""

    title: str = ""
    is_forum: bool = False
    can_manage_topics: bool = False
    can_delete: bool = False
    is_admin: bool = False


# --- what can go wrong ---------------------------------------------------------------------------


class TelegramError(Exception):
    """Base of what the Bot API answers or fails to answer. Never holds a token or an address."""


class Busy(TelegramError):  # noqa: N818 - an answer rather than a fault of ours
    """Not now: 429, 5xx, a cut connection. `after`: ms it asks for, 0: unsaid. `uncertain`: it may
    have been carried out all the same (the connection was cut after the request went out)."""

    def __init__(self, reason: str, after: int = 0, *, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.uncertain = uncertain


class Refused(TelegramError):  # noqa: N818
    """Never: 400, 401, 403, 404, 409. `reason` is Telegram's description."""

    def __init__(self, reason: str, code: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Blocked(Refused):
    """The person blocked the bot or is gone, or the bot was thrown out of the group."""


class Vanished(Refused):
    """The message, topic or file is not there (any more)."""


class Unchanged(Refused):
    """An edit that changes nothing."""


class TopicClosed(Refused):
    """Nobody can write into this topic now."""


class Moved(Refused):
    """The group became a supergroup with another id."""

    def __init__(self, to: int) -> None:
        super().__init__("the group became a supergroup")
        self.to = to


class TapRefused(Exception):  # noqa: N818 - an answer rather than a fault of ours
    """A tap had no effect, and the person was told why: the same one again is no repeat of it."""


# --- who does it ---------------------------------------------------------------------------------


class Client(Protocol):
    """One bot at the Bot API. Every call raises TelegramError alone."""

    @property
    def number(self) -> int:
        """The bot's own id, with which its token begins. Ids of messages are counted by bot."""
        ...

    async def connect(self, webhook: Webhook | None) -> Me:
        """Say who we are; set the webhook, or delete it so that polling works."""
        ...

    async def fetch(self, offset: int, seconds: int) -> bytes:
        """The raw answer of one getUpdates: JSON with `ok` and `result`. `offset` 0: from the
        earliest that was not confirmed."""
        ...

    def read(self, payload: bytes) -> Said:
        """One stored update in our words. Raises ValueError for what is none."""
        ...

    async def send(self, to: Target, post: Post) -> Posted: ...

    async def send_file(self, to: Target, post: FilePost) -> Posted: ...

    async def edit(self, chat: int, message: int, post: Post) -> None: ...

    async def edit_keys(
        self, chat: int, message: int, keys: tuple[tuple[Key, ...], ...]
    ) -> None: ...

    async def answer_tap(self, tap: str, text: str = "", *, alert: bool = False) -> None: ...

    async def show_typing(self, to: Target) -> None: ...

    def download(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes of a file at Telegram, in pieces."""
        ...

    async def set_commands(
        self, commands: tuple[tuple[str, str], ...], language: str = ""
    ) -> None: ...

    async def leave(self, chat: int) -> None: ...

    async def close(self) -> None: ...


class GroupClient(Client, Protocol):
    """The desk's bot: what a group with topics needs besides."""

    async def create_topic(self, group: int, name: str) -> int: ...

    async def rename_topic(self, group: int, thread: int, name: str) -> None: ...

    async def close_topic(self, group: int, thread: int) -> None: ...

    async def reopen_topic(self, group: int, thread: int) -> None: ...

    async def delete_topic(self, group: int, thread: int) -> None: ...

    async def react(self, chat: int, message: int, emoji: str) -> None: ...

    async def find_status(self, group: int, user: int) -> str:
        """Membership: creator, administrator, member, restricted, left or kicked."""
        ...

    async def look_at(self, group: int) -> GroupFacts: ...


class Door(Protocol):
    """A bot as the app runs it. `name` is PROSPECTS or DESK."""

    @property
    def name(self) -> str: ...

    @property
    def client(self) -> Client: ...

    async def begin(self, me: Me) -> None:
        """After `client.connect`, which gave `me`: descriptions, commands, a look at the group."""
        ...

    async def take(self, update: RawUpdate) -> None:
        """Do what one stored update asks for. Called in order within a chat, again after a crash.

        Raises Busy (or StorageError) to be called again later and TapRefused for a tap without
        effect; any other exception sets the update aside for `replay`.
        """
        ...

    async def skip(self, update: RawUpdate) -> None:
        """A repeat of a tap that was taken before: let the client's clock stop. May raise."""
        ...

    async def close(self) -> None:
        """End what it still does in the background: the product stops. Never waits long."""
        ...
