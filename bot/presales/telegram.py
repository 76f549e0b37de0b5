"""The desk's bot at the Bot API, by python-telegram-bot: its objects never leave this file.

No Application and no signals: the bot is started and stopped by hand and shares the one loop. Its
address holds the token, so every foreign error is turned into one of ours here, without its text.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any, Literal, TypeVar, get_args

import telegram
from telegram import error as foreign
from telegram.request import HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.presales.fetching import explain_cut, fetch, load
from bot.telegram import border as our
from bot.telegram.refusals import read_refusal

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS = 5.0, 20.0, 60.0
CALL_SECONDS = 120.0  # the most that one call may take in all, with a file of 50 MB
POOL = 32  # calls under way together
TAP_WORDS_MAX = 200  # characters

FileKind = Literal["animation", "document", "audio", "video", "voice", "video_note"]
FILES: tuple[FileKind, ...] = get_args(FileKind)  # an animation is told as a document, too
ChatKind = Literal["private", "group", "supergroup", "channel", ""]
T = TypeVar("T")
Markup = telegram.InlineKeyboardMarkup | telegram.ReplyKeyboardMarkup | telegram.ReplyKeyboardRemove

_STYLES: Mapping[str, str] = {
    "bold": "bold", "italic": "italic", "code": "code", "link": "text_link",
    "mention": "text_mention", "quote": "blockquote",
}  # fmt: skip
_SERVICES: Mapping[str, str] = {
    "forum_topic_created": "topic_created", "forum_topic_closed": "topic_closed",
    "forum_topic_reopened": "topic_reopened", "forum_topic_edited": "topic_edited",
    "general_forum_topic_hidden": "general_hidden",
    "general_forum_topic_unhidden": "general_unhidden",
    "new_chat_members": "member_joined", "left_chat_member": "member_left",
    "migrate_to_chat_id": "migrated", "migrate_from_chat_id": "migrated",
    "pinned_message": "pinned", "new_chat_title": "title_changed",
    "new_chat_photo": "photo_changed", "delete_chat_photo": "photo_deleted",
    "group_chat_created": "group_created", "supergroup_chat_created": "group_created",
    "video_chat_started": "call", "video_chat_ended": "call", "video_chat_scheduled": "call",
    "video_chat_participants_invited": "call", "boost_added": "boost",
    "message_auto_delete_timer_changed": "timer_changed", "chat_background_set": "background",
    "write_access_allowed": "write_access_allowed",
}  # fmt: skip
_OTHERS = ("sticker", "contact", "venue", "location", "poll", "dice", "game", "story", "invoice",
           "checklist", "paid_media", "giveaway", "gift", "unique_gift")  # fmt: skip


def make_client(token: str, api_url: str) -> our.GroupClient:
    """The desk's bot. `api_url` is the Bot API's address, https://api.telegram.org unless ours."""
    return _DeskClient(token, api_url)


class _Answered(foreign.TelegramError):
    """Carries one of our errors through the framework, which lets its own pass."""

    def __init__(self, ours: our.TelegramError) -> None:
        super().__init__(type(ours).__name__)
        self.ours = ours


class _Request(HTTPXRequest):
    """One pool of connections; raises _Answered alone, and never an address."""

    def __init__(self, connections: int) -> None:
        super().__init__(
            connection_pool_size=connections,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            write_timeout=WRITE_SECONDS,
            media_write_timeout=WRITE_SECONDS,
            pool_timeout=READ_SECONDS,
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                status, payload = await super().do_request(*args, **kwargs)
            if 200 <= status <= 299:
                return status, payload
            ours = read_refusal(status, payload)
        except TimeoutError:
            ours = our.Busy("out of time", uncertain=True)
        except (foreign.NetworkError, RuntimeError) as error:  # the latter: it is closed
            ours = explain_cut(error.__cause__ or error)
        raise _Answered(ours)

    def stream(self, where: str) -> AsyncGenerator[bytes, None]:
        """A file's bytes; the framework itself would hold all of it at once."""
        return fetch(self._client, where)


async def _ask(call: Awaitable[T]) -> T:
    """The call's answer, or our error for it."""
    try:
        return await call
    except _Answered as error:
        ours = error.ours
    except (foreign.TelegramError, KeyError, TypeError, ValueError):
        ours = our.Busy("an answer that nobody can read", uncertain=True)
    raise ours


class _DeskClient:
    """See border.GroupClient."""

    def __init__(self, token: str, api_url: str) -> None:
        # They log addresses and whole answers.
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self._polling, self._calls = _Request(1), _Request(POOL)
        self._bot = telegram.Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._calls,
            get_updates_request=self._polling,
        )
        self._number = int(token.partition(":")[0])

    @property
    def number(self) -> int:
        return self._number

    async def connect(self, webhook: our.Webhook | None) -> our.Me:
        for request in (self._polling, self._calls):
            await request.initialize()
        me = await _ask(self._bot.get_me())
        if webhook is None:
            await _ask(self._bot.delete_webhook(drop_pending_updates=False))
        else:
            url, secret = webhook.url, webhook.secret
            await _ask(self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES))
        return our.Me(id=me.id, username=me.username or "")

    async def close(self) -> None:
        for request in (self._polling, self._calls):
            await request.shutdown()

    async def fetch(self, offset: int, seconds: int) -> bytes:
        wanted: dict[str, object] = {"timeout": seconds, "allowed_updates": list(UPDATES)}
        if offset:
            wanted["offset"] = offset
        data = RequestData([RequestParameter.from_input(*each) for each in wanted.items()])
        # Not get_updates: one update that it cannot read would cost the whole batch.
        call = self._polling.do_request(
            url=f"{self._bot.base_url}/getUpdates",
            method="POST",
            request_data=data,
            read_timeout=seconds + READ_SECONDS,
        )
        return (await _ask(call))[1]

    def read(self, payload: bytes) -> our.Said:
        try:
            return _read_update(telegram.Update.de_json(json.loads(payload), self._bot))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError,
                RecursionError):  # fmt: skip
            reason = "not an update"
        raise ValueError(reason)

    async def send(self, to: our.Target, post: our.Post) -> our.Posted:
        reply = telegram.ReplyParameters(post.reply_to, allow_sending_without_reply=True)
        sent = await _ask(
            self._bot.send_message(
                to.chat,
                post.text,
                entities=_entities(post.marks),
                reply_markup=_markup(post),
                message_thread_id=to.thread or None,
                disable_notification=post.silent,
                link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
                reply_parameters=reply if post.reply_to else None,
            )
        )
        return our.Posted(message=sent.message_id)

    async def send_file(self, to: our.Target, post: our.FilePost) -> our.Posted:
        document = post.file_id or telegram.InputFile(await load(post), filename=post.name)
        sent = await _ask(
            self._bot.send_document(
                to.chat,
                document,
                caption=post.caption or None,
                caption_entities=_entities(post.marks),
                reply_markup=_keyboard(post.keys),
                message_thread_id=to.thread or None,
                disable_notification=post.silent,
            )
        )
        kept = sent.document.file_id if sent.document else ""
        return our.Posted(message=sent.message_id, file_id=kept)

    async def edit(self, chat: int, message: int, post: our.Post) -> None:
        await _ask(
            self._bot.edit_message_text(
                post.text,
                chat_id=chat,
                message_id=message,
                entities=_entities(post.marks),
                reply_markup=_keyboard(post.keys),
                link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
            )
        )

    async def edit_keys(
        self, chat: int, message: int, keys: tuple[tuple[our.Key, ...], ...]
    ) -> None:
        await _ask(self._bot.edit_message_reply_markup(chat, message, reply_markup=_keyboard(keys)))

    async def answer_tap(self, tap: str, text: str = "", *, alert: bool = False) -> None:
        words = text[:TAP_WORDS_MAX] or None
        await _ask(self._bot.answer_callback_query(tap, words, show_alert=alert))

    async def show_typing(self, to: our.Target) -> None:
        await _ask(self._bot.send_chat_action(to.chat, "typing", to.thread or None))

    async def react(self, chat: int, message: int, emoji: str) -> None:
        await _ask(self._bot.set_message_reaction(chat, message, emoji or None))

    async def download(self, file_id: str) -> AsyncIterator[bytes]:
        found = await _ask(self._bot.get_file(file_id))
        async with aclosing(self._calls.stream(found.file_path or "")) as pieces:
            async for piece in pieces:
                yield piece

    async def set_commands(self, commands: tuple[tuple[str, str], ...], language: str = "") -> None:
        scope = telegram.BotCommandScopeAllGroupChats()
        await _ask(self._bot.set_my_commands(commands, scope=scope, language_code=language or None))

    async def create_topic(self, group: int, name: str) -> int:
        return (await _ask(self._bot.create_forum_topic(group, name))).message_thread_id

    async def rename_topic(self, group: int, thread: int, name: str) -> None:
        await _ask(self._bot.edit_forum_topic(group, thread, name=name))

    async def close_topic(self, group: int, thread: int) -> None:
        await _ask(self._bot.close_forum_topic(group, thread))

    async def reopen_topic(self, group: int, thread: int) -> None:
        await _ask(self._bot.reopen_forum_topic(group, thread))

    async def delete_topic(self, group: int, thread: int) -> None:
        await _ask(self._bot.delete_forum_topic(group, thread))

    async def find_status(self, group: int, user: int) -> str:
        try:
            return _status(await _ask(self._bot.get_chat_member(group, user)))
        except our.Vanished:
            return "left"

    async def look_at(self, group: int) -> our.GroupFacts:
        chat = await _ask(self._bot.get_chat(group))
        me = await _ask(self._bot.get_chat_member(group, self._bot.id))
        admin = me if isinstance(me, telegram.ChatMemberAdministrator) else None
        return our.GroupFacts(
            title=chat.title or "",
            is_forum=bool(chat.is_forum),
            is_admin=admin is not None,
            can_manage_topics=bool(admin and admin.can_manage_topics),
            can_delete=bool(admin and admin.can_delete_messages),
        )

    async def leave(self, chat: int) -> None:
        await _ask(self._bot.leave_chat(chat))


def _entities(marks: tuple[our.Mark, ...]) -> list[telegram.MessageEntity] | None:
    return [
        telegram.MessageEntity(
            *(_STYLES[mark.kind], mark.start, mark.length, mark.href or None),
            user=telegram.User(mark.user, "", False) if mark.user else None,
        )
        for mark in marks
    ] or None


def _keyboard(keys: tuple[tuple[our.Key, ...], ...]) -> telegram.InlineKeyboardMarkup | None:
    rows = [
        [telegram.InlineKeyboardButton(key.label, key.url or None, key.data or None) for key in row]
        for row in keys
    ]
    return telegram.InlineKeyboardMarkup(rows) if rows else None


def _markup(post: our.Post) -> Markup | None:
    if post.remove_keyboard:
        return telegram.ReplyKeyboardRemove()
    if not post.ask_contact and not post.plain_keys:
        return _keyboard(post.keys)
    rows = [[telegram.KeyboardButton(label) for label in row] for row in post.plain_keys]
    if post.ask_contact:
        rows.insert(0, [telegram.KeyboardButton(post.ask_contact, request_contact=True)])
    return telegram.ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _read_update(update: telegram.Update) -> our.Said:
    if update.callback_query is not None:
        return _read_tap(update.callback_query)
    if (change := update.my_chat_member or update.chat_member) is not None:
        return _read_change(change)
    if (message := update.message or update.edited_message) is not None:
        return _read_message(message, edited=update.edited_message is not None)
    return our.Said(kind="other", chat=update.effective_chat.id if update.effective_chat else 0)


def _read_message(message: telegram.Message, *, edited: bool) -> our.Said:
    at = message.edit_date if edited and message.edit_date else message.date
    services = (name for field, name in _SERVICES.items() if getattr(message, field))
    service, file = next(services, ""), _read_file(message)
    others = (name for name in _OTHERS if getattr(message, name))
    known = message.text or file or service
    joined, left = message.new_chat_members, message.left_chat_member
    came_from = message.migrate_from_chat_id
    return our.Said(
        kind="edited" if edited else "message",
        # A group that became another one says so on both sides, and is read the same.
        chat=came_from or message.chat.id,
        chat_kind=_chat_kind(message.chat),
        thread=_thread(message),
        message=message.message_id,
        sender=_read_sender(message),
        at=round(at.timestamp() * 1_000),
        text=message.text or message.caption or "",
        file=file,
        album=message.media_group_id or "",
        forwarded=message.forward_origin is not None or bool(message.is_automatic_forward),
        other="" if known else next(others, "unknown"),
        service=service,
        member=joined[0].id if joined else left.id if left else 0,
        moved_to=message.migrate_to_chat_id or (message.chat.id if came_from else 0),
    )


def _read_tap(tap: telegram.CallbackQuery) -> our.Said:
    message = tap.message
    if message is None:
        return our.Said(kind="other", tap=tap.id)
    return our.Said(
        kind="tap",
        chat=message.chat.id,
        chat_kind=_chat_kind(message.chat),
        # A message that Telegram no longer shows its bots does not tell its topic.
        thread=_thread(message) if isinstance(message, telegram.Message) else 0,
        message=message.message_id,
        sender=_read_user(tap.from_user),
        tap=tap.id,
        data=tap.data or "",
    )


def _read_change(change: telegram.ChatMemberUpdated) -> our.Said:
    return our.Said(
        kind="member",
        chat=change.chat.id,
        chat_kind=_chat_kind(change.chat),
        sender=_read_user(change.from_user),
        at=round(change.date.timestamp() * 1_000),
        member=change.new_chat_member.user.id,
        status=_status(change.new_chat_member),
    )


def _status(member: telegram.ChatMember) -> str:
    """Membership; who is restricted may have left all the same."""
    if isinstance(member, telegram.ChatMemberRestricted) and not member.is_member:
        return "left"
    return str(member.status)


def _chat_kind(chat: telegram.Chat) -> ChatKind:
    return next((kind for kind in get_args(ChatKind) if kind == chat.type), "")


def _thread(message: telegram.Message) -> int:
    """The topic. Answers in General name a thread as well, which is none."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def _read_sender(message: telegram.Message) -> our.Sender | None:
    """Who wrote; for an anonymous admin the group itself, for a channel's post the channel."""
    behind = message.sender_chat
    if behind is not None:
        return our.Sender(id=behind.id, name=behind.title or "", is_bot=True)
    return _read_user(message.from_user) if message.from_user else None


def _read_user(user: telegram.User) -> our.Sender:
    language = user.language_code or ""
    return our.Sender(id=user.id, name=user.full_name, language=language, is_bot=user.is_bot)


def _read_file(message: telegram.Message) -> our.Attached | None:
    if message.photo:
        best = message.photo[-1]
        return our.Attached(kind="photo", file_id=best.file_id, size=best.file_size or 0)
    for kind in FILES:
        found = getattr(message, kind)
        if found is not None:
            name, size = getattr(found, "file_name", None) or "", found.file_size or 0
            return our.Attached(kind=kind, file_id=found.file_id, name=name, size=size)
    return None
