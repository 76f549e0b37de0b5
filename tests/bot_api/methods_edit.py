"""Methods that change or take away messages."""

from __future__ import annotations

from .call import Call, answers
from .methods_send import check_rules, read_caption, read_markup, read_text
from .refusals import NOT_MODIFIED, bad
from .render import render_message
from .world import Group, Json, Message, Stored

TO_EDIT = "message to edit not found"


def _editable(call: Call) -> Message:
    message = call.own_message(TO_EDIT)
    markup = message.reply_markup
    if markup and "inline_keyboard" not in markup:
        raise bad("message can't be edited")  # sent with a reply keyboard
    return message


def _change(
    call: Call, message: Message, *, said: tuple[str, list[Json]] | None = None,
    file: Stored | None = None,
) -> Json:  # fmt: skip
    """Apply an edit that may change the words, the file and the buttons; buttons that are not
    given again are gone. Raises Refusal where nothing changes."""
    markup = read_markup(call)
    text, entities = said or (message.text, message.entities)
    rows = (markup or {}).get("inline_keyboard", [])
    now = (message.text, message.entities, message.rows, message.file)
    if now == (text, entities, rows, file or message.file):
        raise bad(NOT_MODIFIED)
    if said is not None or file is not None:
        call.spend(message.chat)
        message.text, message.entities = text, entities
        message.texts.append(text)
    message.file = file or message.file
    message.reply_markup = markup if rows else None
    message.edited_at = call.api.now()
    call.api.note()
    return render_message(message, call.account)


@answers("editMessageText")
def edit_text(call: Call) -> Json:
    message = _editable(call)
    if message.file:
        raise bad("there is no text in the message to edit")
    text, entities = read_text(call, edits=True)
    check_rules(call, text=text, entities=None)
    return _change(call, message, said=(text, entities))


@answers("editMessageCaption")
def edit_caption(call: Call) -> Json:
    message = _editable(call)
    if not message.file:
        raise bad("there is no caption in the message to edit")
    return _change(call, message, said=read_caption(call))


@answers("editMessageMedia")
def edit_media(call: Call) -> Json:
    message = _editable(call)
    media = call["media"]
    file = call.take_file(str(media.type), media.media)
    return _change(call, message, said=read_caption(call, media), file=file)


@answers("editMessageReplyMarkup")
def edit_markup(call: Call) -> Json:
    message = _editable(call)
    check_rules(call)
    return _change(call, message)


@answers("deleteMessage")
def delete_message(call: Call) -> bool:
    _delete(call, call["message_id"])
    return True


@answers("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Those that are not there are passed over."""
    chat = call.open_chat()
    for number in call["message_ids"]:
        if chat.find(number):
            _delete(call, number)
    return True


def _delete(call: Call, number: int) -> None:
    chat = call.open_chat()
    message = chat.find(number)
    if message is None:
        raise bad("message to delete not found")
    mine = message.by_bot is call.account
    if isinstance(chat, Group):
        allowed = mine or chat.may(call.account.id, "can_delete_messages")
    else:
        allowed = call.api.now() - message.at < call.api.limits.delete_age
    if not allowed or message.id in _opening(chat):
        raise bad("message can't be deleted for everyone")
    message.deleted = True
    call.api.note()


def _opening(chat: object) -> set[int]:
    """The service messages that opened topics stay as long as these."""
    return set(chat.topics) if isinstance(chat, Group) else set()
