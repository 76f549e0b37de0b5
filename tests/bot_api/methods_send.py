"""Methods that make messages: texts, files, albums, other contents, copies."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlsplit

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup
from teremok.validation import ApiRuleViolation, validate_method

from .call import Call, answers, dump
from .refusals import Refusal, bad
from .render import render_message
from .texts import count_units, parse_text
from .world import Chat, Json, Message, Parts, Stored

RULES = Bot("1:rules")  # teremok asks it for defaults; it never connects
FILES = {
    "senddocument": "document", "sendphoto": "photo", "sendvoice": "voice", "sendaudio": "audio",
    "sendvideo": "video", "sendanimation": "animation", "sendsticker": "sticker",
    "sendvideonote": "video_note",
}  # fmt: skip
albums = itertools.count(1)


def read_text(call: Call, *, edits: bool = False) -> tuple[str, list[Json]]:
    """The text as it will be shown. Raises Refusal."""
    text, entities = parse_text(call["text"] or "", call["parse_mode"], call.as_json("entities"))
    if not text:
        raise bad("message text is empty")
    if count_units(text) > call.api.limits.text:
        raise bad("MESSAGE_TOO_LONG" if edits else "message is too long")
    return text, entities[: call.api.limits.entities]


def read_caption(call: Call, given: Any = None) -> tuple[str, list[Json]]:
    """Of the call, or of `given`, a part of an album. Raises Refusal."""
    source: Any = call.given if given is None else given
    mode = source.parse_mode if "parse_mode" in source.model_fields_set else None
    text, entities = parse_text(source.caption or "", mode, dump(source.caption_entities))
    if count_units(text) > call.api.limits.caption:
        raise bad("message caption is too long")
    return text, entities[: call.api.limits.entities]


def read_markup(call: Call) -> Json | None:
    """The keyboard. Raises Refusal for what Telegram would not show."""
    markup = call["reply_markup"]
    if isinstance(markup, InlineKeyboardMarkup):
        limits = call.api.limits
        buttons = [button for row in markup.inline_keyboard for button in row]
        if len(buttons) > limits.buttons:
            raise bad("REPLY_MARKUP_TOO_LONG")
        for button in buttons:
            if not button.text.strip():
                raise bad("BUTTON_TEXT_INVALID")
            size = len((button.callback_data or "x").encode())
            if button.callback_data == "" or size > limits.callback_data:
                raise bad("BUTTON_DATA_INVALID")
            if button.url is not None:
                check_address(button.url)
    plain: Json | None = call.as_json("reply_markup")
    if sum(len(row) for row in (plain or {}).get("keyboard", [])) > call.api.limits.buttons:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return plain


def check_address(url: str) -> None:
    """Telegram's buttons open no host without a dot, such as localhost. Raises Refusal."""
    address = urlsplit(url if "://" in url else f"http://{url}")
    wrong = ""
    if address.scheme not in ("http", "https", "tg", "ton"):
        wrong = "Unsupported URL protocol"
    elif address.scheme in ("http", "https") and "." not in (address.hostname or ""):
        wrong = "Wrong HTTP URL"
    if wrong:
        raise bad(f"inline keyboard button URL '{url}' is invalid: {wrong}")


def check_rules(call: Call, **shown: Any) -> None:
    """teremok's rules over what will be shown: texts are parsed already. Raises Refusal."""
    fields = {name: value for name, value in shown.items() if name in type(call.given).model_fields}
    try:
        validate_method(RULES, call.given.model_copy(update=fields | {"parse_mode": None}))
    except ApiRuleViolation as wrong:
        raise Refusal(400, wrong.description) from None


def put(call: Call, chat: Chat, **parts: Any) -> Message:
    """The message of this call, where its common parameters want it."""
    thread = call.find_thread(chat)
    message = call.api.post(chat, call.account, Parts(
        thread=thread, reply_to=call.find_reply(chat, thread),
        silent=bool(call["disable_notification"]), **parts,
    ))  # fmt: skip
    show_keyboard(chat, message.reply_markup)
    return message


def show_keyboard(chat: Chat, markup: Json | None) -> None:
    if markup and "keyboard" in markup:
        chat.keyboard = markup
    elif markup and "remove_keyboard" in markup:
        chat.keyboard = None


def prepare(call: Call) -> Chat:
    """Everything that can be refused before it counts."""
    chat = call.open_chat()
    call.find_reply(chat, call.find_thread(chat))
    return chat


@answers("sendMessage")
def send_message(call: Call) -> Json:
    chat = prepare(call)
    text, entities = read_text(call)
    markup = read_markup(call)
    check_rules(call, text=text, entities=None)
    call.spend(chat)
    message = put(call, chat, text=text, entities=entities, reply_markup=markup)
    return render_message(message, call.account)


@answers(*FILES)
def send_file(call: Call) -> Json:
    chat = prepare(call)
    kind = FILES[call.name.lower()]
    text, entities = read_caption(call) if "caption" in type(call.given).model_fields else ("", [])
    markup = read_markup(call)
    check_rules(call, caption=text, caption_entities=None)
    file = call.take_file(kind, call[kind])
    call.spend(chat)
    message = put(call, chat, text=text, entities=entities, file=file, reply_markup=markup)
    return render_message(message, call.account)


@answers("sendMediaGroup")
def send_album(call: Call) -> list[Json]:
    chat = prepare(call)
    media = call["media"]
    if not 2 <= len(media) <= 10:
        raise bad("wrong number of messages in the media group: 2 to 10 are allowed")
    read: list[tuple[str, list[Json], Stored]] = []
    for each in media:
        text, entities = read_caption(call, each)
        read.append((text, entities, call.take_file(str(each.type), each.media)))
    if len({file.kind in ("photo", "video") for _, _, file in read}) > 1:
        raise bad("document can't be mixed with other media types")
    call.spend(chat, len(read))
    album = str(next(albums))
    sent = [
        put(call, chat, text=text, entities=entities, file=file, album=album)
        for text, entities, file in read
    ]
    return [render_message(message, call.account) for message in sent]


@answers("sendContact", "sendLocation", "sendVenue", "sendDice", "sendPoll")
def send_content(call: Call) -> Json:
    chat = prepare(call)
    markup = read_markup(call)
    call.spend(chat)
    content = CONTENTS[call.name](call)
    return render_message(put(call, chat, content=content, reply_markup=markup), call.account)


def _contact(call: Call) -> Json:
    return {"contact": {"phone_number": call["phone_number"], "first_name": call["first_name"]}}


def _location(call: Call) -> Json:
    return {"location": {"latitude": call["latitude"], "longitude": call["longitude"]}}


def _venue(call: Call) -> Json:
    place = _location(call)["location"]
    venue = {"location": place, "title": call["title"], "address": call["address"]}
    return {"venue": venue, "location": place}


def _dice(call: Call) -> Json:
    return {"dice": {"emoji": call["emoji"] or "\N{GAME DIE}", "value": 1}}


def _poll(call: Call) -> Json:
    options = [
        {"persistent_id": str(n), "text": option.text, "voter_count": 0}
        for n, option in enumerate(call["options"])
    ]
    return {"poll": {
        "id": str(next(albums)), "question": call["question"], "options": options,
        "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
    }}  # fmt: skip


CONTENTS = {
    "sendContact": _contact, "sendLocation": _location, "sendVenue": _venue, "sendDice": _dice,
    "sendPoll": _poll,
}  # fmt: skip


@answers("copyMessage")
def copy_message(call: Call) -> Json:
    return {"message_id": _repeat(call, None).id}


@answers("forwardMessage")
def forward_message(call: Call) -> Json:
    source = _source(call)
    user = source.sender.as_user()
    origin = {"type": "user", "date": source.at, "sender_user": user}
    return render_message(_repeat(call, origin), call.account)


def _source(call: Call) -> Message:
    api, wanted = call.api, call["from_chat_id"]
    chat: Chat | None = api.groups.get(wanted)
    if chat is None and wanted in api.people:
        chat = api.private_chat(call.account, api.people[wanted])
    message = chat.find(call["message_id"]) if chat else None
    if message is None or message.is_service:
        word = "copy" if call.name == "copyMessage" else "forward"
        raise bad(f"message to {word} not found")
    return message


def _repeat(call: Call, origin: Json | None) -> Message:
    chat = prepare(call)
    source = _source(call)
    text, entities = source.text, source.entities
    markup = None
    if origin is None:
        markup = read_markup(call)
        if call["caption"] is not None and source.file:
            text, entities = read_caption(call)
    call.spend(chat)
    return put(
        call, chat, text=text, entities=entities, file=source.file, content=dict(source.content),
        origin=origin, reply_markup=markup,
    )  # fmt: skip
