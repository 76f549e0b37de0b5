"""The prospects' bot at the Bot API, by aiogram. Nothing of aiogram leaves this file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal, TypeVar, get_args

from aiogram import Bot
from aiogram import methods as do
from aiogram import types as tg
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ContentType
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientError, ClientResponseError
from pydantic import ValidationError

from bot.prospects.network import Fetcher, limit, name_failure
from bot.telegram.border import (
    Attached,
    Busy,
    Client,
    Contact,
    FilePost,
    Key,
    Mark,
    Me,
    Post,
    Posted,
    Refused,
    Said,
    Sender,
    Target,
    TelegramError,
    Webhook,
)
from bot.telegram.refusals import read_refusal

__all__ = ["make_client"]

CALL_SECONDS = 10
POLL_MARGIN_SECONDS = 10  # beyond what a long poll may last
FILE_SECONDS = 60
DOWNLOAD_SECONDS = 90  # who asks for a file has less patience with a small one
CONNECTIONS = 300  # more than messages on their way and taps being answered at once
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]

_T = TypeVar("_T")
FileKind = Literal["animation", "document", "audio", "video", "voice", "video_note"]
ChatKind = Literal["private", "group", "supergroup", "channel", ""]
_ENTITIES = {
    "bold": "bold", "italic": "italic", "code": "code", "link": "text_link",
    "mention": "text_mention", "quote": "blockquote",
}  # fmt: skip
_FILES: tuple[FileKind, ...] = get_args(FileKind)  # an animation comes as a document, too
_SERVICES = {
    "forum_topic_created": "topic_created",
    "forum_topic_edited": "topic_edited",
    "forum_topic_closed": "topic_closed",
    "forum_topic_reopened": "topic_reopened",
    "new_chat_members": "member_joined",
    "left_chat_member": "member_left",
    "migrate_to_chat_id": "migrated",
    "migrate_from_chat_id": "migrated",
    "pinned_message": "pinned",
    "new_chat_title": "title_changed",
}
# What people send that is neither words nor a file.
_CONTENTS = frozenset({
    "sticker", "story", "dice", "game", "poll", "venue", "location", "checklist", "paid_media",
    "live_photo", "invoice", "rich_message", "unknown", "users_shared", "chat_shared",
    "web_app_data",
})  # fmt: skip


def make_client(token: str, api_url: str) -> Client:
    """The bot of this token at this Bot API. Raises ValueError for what is no token."""
    session = _Session(api=TelegramAPIServer.from_base(api_url), limit=CONNECTIONS)
    try:
        return _AiogramClient(Bot(token, session=session), session)
    except TokenValidationError:
        reason = "not a token as @BotFather gives them"
    raise ValueError(reason)


class _Session(AiohttpSession):
    """Reads refusals itself: those of a proxy before the Bot API are no JSON."""

    async def make_request(
        self,
        bot: Bot,
        method: do.TelegramMethod[_T],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> _T:
        """With a limit of its own for getting a connection."""
        within: Any = limit(timeout or CALL_SECONDS)  # handed on to aiohttp as it is
        return await super().make_request(bot, method, within)

    def check_response(
        self, bot: Bot, method: do.TelegramMethod[_T], status_code: int, content: str
    ) -> do.Response[_T]:
        if not 200 <= status_code < 300:
            raise read_refusal(status_code, content.encode())
        return super().check_response(bot, method, status_code, content)


class _AiogramClient:
    """Implements `Client`."""

    def __init__(self, bot: Bot, session: _Session) -> None:
        self._bot = bot
        self._session = session
        self._fetcher = Fetcher()

    @property
    def number(self) -> int:
        return self._bot.id

    async def connect(self, webhook: Webhook | None) -> Me:
        me = await self._call(do.GetMe())
        if webhook is None:
            await self._call(do.DeleteWebhook())
        else:
            url, secret = webhook.url, webhook.secret
            await self._call(do.SetWebhook(url=url, secret_token=secret, allowed_updates=WANTED))
        return Me(id=me.id, username=me.username or "")

    async def fetch(self, offset: int, seconds: int) -> bytes:
        """Not by aiogram, which would refuse a batch for one bad update."""
        asked: dict[str, Any] = {"timeout": seconds, "allowed_updates": WANTED}
        if offset:
            asked["offset"] = offset
        url = self._session.api.api_url(self._bot.token, "getUpdates")
        return await self._fetcher.fetch(url, asked, seconds + POLL_MARGIN_SECONDS)

    def read(self, payload: bytes) -> Said:
        try:
            update = tg.Update.model_validate_json(payload)
        except ValidationError:
            update = None  # its message quotes what people wrote
        if update is None:
            raise ValueError("not an update of the Bot API")
        return _read_update(update)

    async def send(self, to: Target, post: Post) -> Posted:
        reply = tg.ReplyParameters(message_id=post.reply_to, allow_sending_without_reply=True)
        sent = await self._call(
            do.SendMessage(
                chat_id=to.chat,
                message_thread_id=to.thread or None,
                text=post.text,
                parse_mode=None,
                entities=_entities(post.marks),
                link_preview_options=tg.LinkPreviewOptions(is_disabled=True),
                disable_notification=post.silent or None,
                reply_parameters=reply if post.reply_to else None,
                reply_markup=_markup(post),
            )
        )
        return Posted(message=sent.message_id)

    async def send_file(self, to: Target, post: FilePost) -> Posted:
        document: str | tg.InputFile = post.file_id or await _open(post)
        sent = await self._call(
            do.SendDocument(
                chat_id=to.chat,
                message_thread_id=to.thread or None,
                document=document,
                caption=post.caption or None,
                parse_mode=None,
                caption_entities=_entities(post.marks),
                disable_notification=post.silent or None,
                disable_content_type_detection=True,
                reply_markup=_markup(post),
            ),
            FILE_SECONDS,
        )
        # Telegram turns some files into another kind; what it keeps them under is there, then.
        kept = sent.document or sent.animation or sent.audio or sent.video
        return Posted(message=sent.message_id, file_id=kept.file_id if kept else "")

    async def edit(self, chat: int, message: int, post: Post) -> None:
        await self._call(
            do.EditMessageText(
                chat_id=chat,
                message_id=message,
                text=post.text,
                parse_mode=None,
                entities=_entities(post.marks),
                link_preview_options=tg.LinkPreviewOptions(is_disabled=True),
                reply_markup=_inline(post.keys),
            )
        )

    async def edit_keys(self, chat: int, message: int, keys: tuple[tuple[Key, ...], ...]) -> None:
        await self._call(
            do.EditMessageReplyMarkup(chat_id=chat, message_id=message, reply_markup=_inline(keys))
        )

    async def answer_tap(self, tap: str, text: str = "", *, alert: bool = False) -> None:
        await self._call(
            do.AnswerCallbackQuery(
                callback_query_id=tap, text=text or None, show_alert=alert if text else None
            )
        )

    async def show_typing(self, to: Target) -> None:
        await self._call(
            do.SendChatAction(chat_id=to.chat, message_thread_id=to.thread or None, action="typing")
        )

    async def download(self, file_id: str) -> AsyncIterator[bytes]:
        found = await self._call(do.GetFile(file_id=file_id))
        if not found.file_path:
            raise Refused("the file cannot be fetched")
        url = self._session.api.file_url(self._bot.token, found.file_path)
        pieces = self._session.stream_content(url, timeout=DOWNLOAD_SECONDS)
        failure: TelegramError | None = None
        try:
            async for piece in pieces:
                yield piece
        except ClientResponseError as error:
            failure = read_refusal(error.status, b"")
        except (ClientError, TimeoutError) as error:
            failure = name_failure(error)
        finally:
            await pieces.aclose()
        if failure is not None:
            raise failure

    async def set_commands(self, commands: tuple[tuple[str, str], ...], language: str = "") -> None:
        await self._call(
            do.SetMyCommands(
                commands=[tg.BotCommand(command=c, description=d) for c, d in commands],
                scope=tg.BotCommandScopeAllPrivateChats(),
                language_code=language or None,
            )
        )

    async def leave(self, chat: int) -> None:
        await self._call(do.LeaveChat(chat_id=chat))

    async def close(self) -> None:
        await self._fetcher.close()
        await self._session.close()

    async def _call(self, method: do.TelegramMethod[_T], seconds: int = CALL_SECONDS) -> _T:
        try:
            return await self._bot(method, request_timeout=seconds)
        except TelegramAPIError as error:
            failure = name_failure(error.__cause__)
        except ClientDecodeError:
            failure = Busy("an answer that nobody can read", uncertain=True)
        raise failure


async def _open(post: FilePost) -> tg.InputFile:
    """Read before the call, so that a file that is gone is not taken for a cut connection."""
    if post.path is None:
        return tg.BufferedInputFile(post.content, post.name)
    try:
        content = await asyncio.to_thread(post.path.read_bytes)
    except OSError:
        content = b""
    if not content:
        raise Refused("the file cannot be read")
    return tg.BufferedInputFile(content, post.name)


def _entities(marks: tuple[Mark, ...]) -> list[tg.MessageEntity] | None:
    found = [
        tg.MessageEntity(
            type=_ENTITIES[mark.kind],
            offset=mark.start,
            length=mark.length,
            url=mark.href or None,
            user=tg.User(id=mark.user, is_bot=False, first_name="") if mark.user else None,
        )
        for mark in marks
    ]
    return found or None


def _key(key: Key) -> tg.InlineKeyboardButton:
    return tg.InlineKeyboardButton(
        text=key.label, callback_data=key.data or None, url=key.url or None
    )


def _inline(keys: tuple[tuple[Key, ...], ...]) -> tg.InlineKeyboardMarkup | None:
    rows = [[_key(key) for key in row] for row in keys]
    return tg.InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _markup(
    post: Post | FilePost,
) -> tg.InlineKeyboardMarkup | tg.ReplyKeyboardMarkup | tg.ReplyKeyboardRemove | None:
    if isinstance(post, Post) and (post.ask_contact or post.plain_keys):
        share = tg.KeyboardButton(text=post.ask_contact, request_contact=True)
        rows = [[tg.KeyboardButton(text=label) for label in row] for row in post.plain_keys]
        first = [[share]] if post.ask_contact else []
        return tg.ReplyKeyboardMarkup(keyboard=[*first, *rows], resize_keyboard=True)
    if post.remove_keyboard:
        return tg.ReplyKeyboardRemove(remove_keyboard=True)
    return _inline(post.keys)


def _read_update(update: tg.Update) -> Said:
    if update.message is not None:
        return _read_message(update.message, "message")
    if update.edited_message is not None:
        return _read_message(update.edited_message, "edited")
    if update.callback_query is not None:
        return _read_tap(update.callback_query)
    if update.my_chat_member is not None:
        return _read_member(update.my_chat_member)
    return Said(kind="other")


def _read_message(message: tg.Message, kind: Literal["message", "edited"]) -> Said:
    content = ContentType(message.content_type).value
    file = _read_file(message)
    plain = file is not None or content in ("text", "contact")
    service = "" if plain or content in _CONTENTS else _SERVICES.get(content, content)
    members = message.new_chat_members or []
    member = message.left_chat_member or (members[0] if members else None)
    at = message.edit_date if kind == "edited" else None
    return Said(
        kind=kind,
        chat=message.chat.id,
        chat_kind=_chat_kind(message.chat),
        thread=(message.message_thread_id or 0) if message.is_topic_message else 0,
        message=message.message_id,
        sender=_read_sender(message.from_user),
        at=int((at or message.date.timestamp()) * 1_000),
        text=message.text or message.caption or "",
        file=file,
        album=message.media_group_id or "",
        forwarded=message.forward_origin is not None,
        contact=_read_contact(message),
        other=content if content in _CONTENTS and file is None else "",
        service=service,
        member=member.id if member else 0,
        moved_to=message.migrate_to_chat_id or 0,
    )


def _read_file(message: tg.Message) -> Attached | None:
    """Of a photo the largest size is taken."""
    if message.photo:
        photo = message.photo[-1]
        return Attached(kind="photo", file_id=photo.file_id, size=photo.file_size or 0)
    for kind in _FILES:
        file = getattr(message, kind)
        if file is not None:
            name = getattr(file, "file_name", None) or ""
            return Attached(kind=kind, file_id=file.file_id, name=name, size=file.file_size or 0)
    return None


def _read_contact(message: tg.Message) -> Contact | None:
    found = message.contact
    if found is None:
        return None
    name = " ".join(filter(None, (found.first_name, found.last_name)))
    own = message.from_user is not None and found.user_id == message.from_user.id
    return Contact(phone=found.phone_number, name=name, own=own)


def _chat_kind(chat: tg.Chat) -> ChatKind:
    return next((kind for kind in get_args(ChatKind) if kind == chat.type), "")


def _read_sender(user: tg.User | None) -> Sender | None:
    if user is None:
        return None
    return Sender(
        id=user.id, name=user.full_name, language=user.language_code or "", is_bot=user.is_bot
    )


def _read_tap(tap: tg.CallbackQuery) -> Said:
    message = tap.message
    return Said(
        kind="tap",
        chat=message.chat.id if message else 0,
        chat_kind=_chat_kind(message.chat) if message else "",
        message=message.message_id if message else 0,
        sender=_read_sender(tap.from_user),
        tap=tap.id,
        data=tap.data or "",
    )


def _read_member(change: tg.ChatMemberUpdated) -> Said:
    return Said(
        kind="member",
        chat=change.chat.id,
        chat_kind=_chat_kind(change.chat),
        sender=_read_sender(change.from_user),
        at=int(change.date.timestamp() * 1_000),
        member=change.new_chat_member.user.id,
        status=str(change.new_chat_member.status),
    )
