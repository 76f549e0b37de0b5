"""One call of a bot on its way through: who, what, with which files, and where it may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import ReplyParameters

from .groups import head_of
from .refusals import CHAT_NOT_FOUND, WRONG_FILE, Refusal, bad, forbidden, moved
from .stage import Stage
from .wire import Upload
from .world import Account, Chat, Group, Json, Message, Stored

Handler = Callable[["Call"], Any]
HANDLERS: dict[str, Handler] = {}


def answers(*names: str) -> Callable[[Handler], Handler]:
    """The function gives the result of these methods, or raises Refusal."""

    def keep(handler: Handler) -> Handler:
        HANDLERS.update({name.lower(): handler for name in names})
        return handler

    return keep


@dataclass
class Call:
    """`given`: the method as aiogram's model, its fields by `call["name"]`, None where absent."""

    api: Stage
    account: Account
    given: TelegramMethod[Any]
    uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.given.__api_method__

    def __getitem__(self, name: str) -> Any:
        return getattr(self.given, name, None) if name in self.given.model_fields_set else None

    def as_json(self, name: str) -> Any:
        """A nested parameter in the Bot API's own form."""
        return dump(self[name])

    # --- where ---

    def find_chat(self) -> Chat:
        """The chat named by chat_id, whatever the bot may do there. Raises Refusal."""
        wanted = self["chat_id"]
        if isinstance(wanted, str):
            raise bad(CHAT_NOT_FOUND)  # public names: none here has one
        group = self.api.groups.get(wanted)
        if group:
            if group.migrated_to:
                raise moved(group.migrated_to)
            return group
        person = self.api.people.get(wanted)
        if person is None:
            raise bad(CHAT_NOT_FOUND)
        return self.api.private_chat(self.account, person)

    def open_chat(self) -> Chat:
        """The same where the bot can be heard. Raises Refusal 403 where it cannot."""
        chat = self.find_chat()
        if isinstance(chat, Group):
            self.check_inside(chat)
        elif chat.person and chat.person.gone:
            raise forbidden("user is deactivated")
        elif chat.blocked:
            raise forbidden("bot was blocked by the user")
        elif not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def check_inside(self, group: Group) -> None:
        status = group.statuses.get(self.account.id)
        kind = f"{group.kind} chat"
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if not group.holds(self.account.id):
            raise forbidden(f"bot is not a member of the {kind}")

    def open_group(self) -> Group:
        chat = self.open_chat()
        if not isinstance(chat, Group):
            raise bad("method is available only for supergroups")
        return chat

    def find_thread(self, chat: Chat) -> int:
        """The topic that a message goes to; 0 for General. Raises Refusal."""
        thread: int = self["message_thread_id"] or 0
        if not thread:
            return 0
        if not isinstance(chat, Group) or not chat.forum or thread not in chat.topics:
            raise bad("message thread not found")
        topic = chat.topics[thread]
        if topic.deleted:
            raise bad("message thread not found")
        # Assumed: who may manage topics, and who opened this one, writes into it though closed.
        mine = topic.creator == self.account.id or chat.may(self.account.id, "can_manage_topics")
        if topic.closed and (self.api.limits.closed_for_all or not mine):
            raise bad("TOPIC_CLOSED")
        return thread

    def find_reply(self, chat: Chat, thread: int) -> Message | None:
        """What a new message answers. Raises Refusal when that is gone and has to be there."""
        wanted: ReplyParameters | None = self["reply_parameters"]
        number = wanted.message_id if wanted else self["reply_to_message_id"]
        if number is None:
            return head_of(chat, thread) if isinstance(chat, Group) else None
        found = chat.find(number)
        lenient = self["allow_sending_without_reply"] or (
            wanted and wanted.model_dump().get("allow_sending_without_reply") is True
        )
        if found is None and not lenient:
            raise bad("message to be replied not found")
        return found

    def own_message(self, wrong: str) -> Message:
        """The bot's own message of chat_id and message_id. Raises Refusal `wrong` for none."""
        chat = self.open_chat()
        message = chat.find(self["message_id"] or 0)
        if message is None:
            raise bad(wrong)
        if message.by_bot is not self.account or message.is_service:
            raise bad("message can't be edited")
        return message

    def spend(self, chat: Chat, count: int = 1) -> None:
        """Count messages against the rates. Raises Refusal 429."""
        self.account.spent.spend(self.api.limits, chat.id, self.api.clock(), count)

    # --- files ---

    def take_file(self, kind: str, given: Any, name: str = "") -> Stored:
        """A new upload or a file id of this bot. Raises Refusal."""
        if isinstance(given, str) and given.startswith("attach://"):
            upload = self.uploads.get(given.removeprefix("attach://"))
            if upload is None:
                raise bad("there is no " + kind + " in the request")
            if not upload.content:
                raise bad("file must be non-empty")
            if kind == "photo" and len(upload.content) > self.api.limits.photo:
                raise bad("file is too big for a photo")
            return self.api.store(kind, upload.name or name, upload.content)
        found = self.find_file(str(given))
        if found is None:
            raise bad(WRONG_FILE)
        if found.kind != kind:
            raise bad(f"can't use file of type {found.kind.title()} as {kind.title()}")
        return found

    def find_file(self, file_id: str) -> Stored | None:
        """By an id that this bot was given; those of other bots mean nothing."""
        for file in self.api.files:
            if file_id.removesuffix("-s") == file.id_for(self.account):
                return file
        return None


def dump(value: Any) -> Any:
    """Objects of aiogram as plain JSON, without what was not said."""
    if isinstance(value, list):
        return [dump(each) for each in value]
    if hasattr(value, "model_dump"):
        plain: Json = value.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return plain
    return value


def not_found() -> Refusal:
    return Refusal(404, "Not Found")
