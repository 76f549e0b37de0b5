"""What a person does in a private chat with a bot and in a group, as their client would."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import groups
from .render import render_message
from .texts import count_units, find_entities
from .world import Account, Chat, Group, Json, Message, Stored, Tap

if TYPE_CHECKING:
    from .stage import Stage

numbers = itertools.count(1)
To = Account | Group | str  # a bot (also by token or username) or a group


@dataclass(eq=False)
class Person:
    """One user. Everything is sent `to` a bot (in the private chat) or to a group.

    `thread`: the topic in a group, 0 for General. `reply_to`: the message that is answered.
    `forwarded`: True for somebody hidden, or the person who wrote it first.
    """

    api: Stage
    id: int
    name: str
    language: str = "en"
    username: str = ""
    gone: bool = False  # the account was deleted
    taps: list[Tap] = field(default_factory=list)

    def as_user(self) -> Json:
        body: Json = {"id": self.id, "is_bot": False, "first_name": self.name}
        if self.username:
            body["username"] = self.username
        return body | ({"language_code": self.language} if self.language else {})

    # --- words ---

    def write(self, to: To, text: str, **more: object) -> Message:
        """`more`: thread, reply_to, forwarded, entities."""
        given = more.pop("entities", None)
        entities = given if isinstance(given, list) else find_entities(text)
        assert count_units(text) <= 4_096, "a client splits longer texts: write them one by one"
        return self._post(to, {"text": text, "entities": entities}, more)

    def write_in(
        self,
        group: Group,
        thread: int,
        text: str,
        reply_to: Message | None = None,
        forwarded: bool | Person = False,
    ) -> Message:
        return self.write(group, text, thread=thread, reply_to=reply_to, forwarded=forwarded)

    def edit(self, message: Message, text: str) -> Message:
        """Edit one's own message; a caption where it has a file."""
        assert message.sender is self
        message.text, message.entities = text, find_entities(text)
        message.texts.append(text)
        message.edited_at = self.api.now()
        self.api.tell("edited_message", message)
        self.api.note()
        return message

    def delete(self, message: Message) -> None:
        """No bot is told."""
        message.deleted = True
        self.api.note()

    # --- files ---

    def send_document(
        self, to: To, name: str, content: bytes = b"", *, size: int = 0, mime: str = "",
        **more: object,
    ) -> Message:  # fmt: skip
        """`size` may say more than `content` holds. `more`: caption, album, thread, ..."""
        return self._send_file(to, self.api.store("document", name, content, mime, size), more)

    def send_document_in(
        self, group: Group, thread: int, name: str, content: bytes = b"", **more: object
    ) -> Message:
        more["thread"] = thread
        return self._send_file(group, self.api.store("document", name, content), more)

    def send_photo(self, to: To, content: bytes = b"jpeg", **more: object) -> Message:
        return self._send_file(to, self.api.store("photo", "photo.jpg", content), more)

    def send_voice(self, to: To, content: bytes = b"ogg", **more: object) -> Message:
        return self._send_file(to, self.api.store("voice", "voice.ogg", content), more)

    def send_file(
        self, to: To, kind: str, name: str, content: bytes = b"bytes", **more: object
    ) -> Message:
        """`kind`: audio, video, animation, video_note, sticker, document, photo, voice."""
        return self._send_file(to, self.api.store(kind, name, content), more)

    def send_sticker(self, to: To, **more: object) -> Message:
        return self._send_file(to, self.api.store("sticker", "sticker.webp", b"webp"), more)

    # --- other things ---

    def share_contact(
        self, to: To, own: bool = True, phone: str = "+15555550123", **more: object
    ) -> Message:
        """`own`: by the button that shares one's own number."""
        contact: Json = {"phone_number": phone, "first_name": self.name if own else "Somebody"}
        if own:
            contact["user_id"] = self.id
        return self._post(to, {"content": {"contact": contact}}, more)

    def send_location(self, to: To, **more: object) -> Message:
        place = {"latitude": 31.23, "longitude": 121.47}
        return self._post(to, {"content": {"location": place}}, more)

    def send_poll(self, to: To, question: str = "Which?", **more: object) -> Message:
        options = [
            {"persistent_id": str(n), "text": text, "voter_count": 0}
            for n, text in enumerate(("one", "two"))
        ]
        poll = {
            "id": str(next(numbers)), "question": question, "options": options,
            "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
            "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
        }  # fmt: skip
        return self._post(to, {"content": {"poll": poll}}, more)

    def send_dice(self, to: To, **more: object) -> Message:
        return self._post(to, {"content": {"dice": {"emoji": "\N{GAME DIE}", "value": 3}}}, more)

    def send_content(self, to: To, content: Json, **more: object) -> Message:
        """Anything else in the Bot API's form, such as {"venue": {...}}."""
        return self._post(to, {"content": content}, more)

    # --- buttons ---

    def tap(self, message: Message, wanted: str, *, times: int = 1) -> Tap:
        """Tap the button with this data or label. `times`: one tap that is delivered so often,
        each with its own update id; the first is returned."""
        button = message.find_button(wanted)
        assert "callback_data" in button, "this button opens an address: nothing is sent"
        return self.tap_raw(message, button["callback_data"], times=times)

    def tap_raw(self, message: Message, data: str, *, times: int = 1) -> Tap:
        """The same with any data, as a forged or an old client could."""
        account = message.by_bot
        assert account, "only messages of bots have buttons"
        number = next(numbers)
        made = []
        for turn in range(times):
            tap = Tap(f"{number}{turn}", self, message, data, self.api.clock())
            made.append(tap)
            account.taps[tap.id] = tap
            self.taps.append(tap)
            account.queue.push("callback_query", {
                "id": tap.id, "from": self.as_user(), "data": data,
                "message": render_message(message, account),
                "chat_instance": str(message.chat.id),
            })  # fmt: skip
        self.api.note()
        return made[0]

    def press(self, to: To, label: str) -> Message:
        """Press a plain button of the reply keyboard: its label is sent as text."""
        return self.write(to, label)

    def react(self, message: Message, emoji: str) -> None:
        """An emoji under a message; "" takes it away."""
        old = message.reactions.get(self.id, [])
        message.reactions[self.id] = [emoji] if emoji else []
        for account in self.api.accounts.values():
            chat = message.chat
            if chat.account is account or (isinstance(chat, Group) and chat.holds(account.id)):
                account.queue.push("message_reaction", {
                    "chat": chat.as_json(), "message_id": message.id, "user": self.as_user(),
                    "date": self.api.now(), "old_reaction": groups.reactions(old),
                    "new_reaction": groups.reactions(message.reactions[self.id]),
                })  # fmt: skip
        self.api.note()

    # --- membership and topics ---

    def start(self, bot: Account | str, parameter: str = "") -> Message:
        """Open the bot, by a deep link where there is a parameter."""
        assert re.fullmatch(rf"[\w-]{{0,{self.api.limits.start_parameter}}}", parameter, re.ASCII)
        return self.write(bot, f"/start {parameter}".strip())

    def block(self, bot: Account | str) -> None:
        self.api.block(self, bot)

    def unblock(self, bot: Account | str) -> None:
        self.api.block(self, bot, blocked=False)

    def join(self, group: Group) -> None:
        groups.join(self.api, group, self)

    def leave(self, group: Group) -> None:
        groups.remove(self.api, group, self, self)

    def kick(self, group: Group, other: Person) -> None:
        groups.remove(self.api, group, other, self)

    def create_topic(self, group: Group, name: str) -> int:
        """Returns the thread."""
        return groups.create_topic(self.api, group, name, self).thread

    def rename(self, group: Group, thread: int, name: str) -> None:
        groups.rename_topic(self.api, group, thread, name, self)

    def close_topic(self, group: Group, thread: int) -> None:
        groups.close_topic(self.api, group, thread, self)

    def reopen_topic(self, group: Group, thread: int) -> None:
        groups.reopen_topic(self.api, group, thread, self)

    def delete_topic(self, group: Group, thread: int) -> None:
        groups.delete_topic(self.api, group, thread)

    def migrate(self, group: Group, new_id: int, *, forum: bool | None = None) -> Group:
        return groups.migrate(self.api, group, new_id, self, forum=forum)

    def throw_out_bot(self, group: Group, bot: Account | str) -> None:
        groups.throw_out_bot(self.api, group, bot, self)

    # --- within ---

    def _send_file(self, to: To, file: Stored, more: dict[str, object]) -> Message:
        caption = str(more.pop("caption", ""))
        parts: dict[str, object] = {
            "file": file, "text": caption, "entities": find_entities(caption),
            "album": str(more.pop("album", "")),
        }  # fmt: skip
        return self._post(to, parts, more)

    def _post(self, to: To, parts: dict[str, object], more: dict[str, object]) -> Message:
        chat = self._enter(to, str(parts.get("text", "")))
        thread = more.pop("thread", 0)
        assert isinstance(thread, int)
        reply_to, forwarded = more.pop("reply_to", None), more.pop("forwarded", False)
        assert not more, f"unknown: {list(more)}"
        if isinstance(chat, Group):
            groups.check_open(chat, thread, self.id)
            reply_to = reply_to or groups.head_of(chat, thread)
        parts |= {"thread": thread, "reply_to": reply_to, "origin": self._origin(forwarded)}
        return groups.put(self.api, chat, self, parts)

    def _enter(self, to: To, text: str) -> Chat:
        if isinstance(to, Group):
            assert not to.migrated_to, "this group has another id now"
            assert to.holds(self.id), f"{self.name} is not in {to.title}"
            return to
        chat = self.api.private_chat(self.api.account(to), self)
        if chat.blocked:
            assert text.startswith("/start"), "blocked: the client offers a restart alone"
            self.api.block(self, to, blocked=False)
        chat.started = True
        return chat

    def _origin(self, forwarded: object) -> Json | None:
        if not forwarded:
            return None
        if isinstance(forwarded, Person):
            user = forwarded.as_user()
            return {"type": "user", "date": self.api.now() - 60, "sender_user": user}
        hidden = {"type": "hidden_user", "sender_user_name": "Somebody"}
        return hidden | {"date": self.api.now() - 60}
