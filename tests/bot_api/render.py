"""Our objects in the Bot API's JSON, as one bot gets them."""

from __future__ import annotations

from .world import RIGHTS, Account, Group, Json, Message, Stored

SIZES: dict[str, Json] = {
    "document": {}, "audio": {"duration": 3}, "voice": {"duration": 2},
    "video": {"width": 320, "height": 240, "duration": 3},
    "animation": {"width": 320, "height": 240, "duration": 3},
    "video_note": {"length": 240, "duration": 3},
    "sticker": {
        "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
        "emoji": "\N{THUMBS UP SIGN}", "set_name": "pack",
    },
}  # fmt: skip
NAMED = ("document", "audio", "video", "animation")  # kinds that tell their file's name


def render_message(message: Message, account: Account, *, inner: bool = False) -> Json:
    """A Message. `inner`: as the reply_to_message of another, where nothing nests further."""
    body: Json = {
        "message_id": message.id,
        "date": message.at,
        "chat": message.chat.as_json(),
        "from": message.sender.as_user(),
    }
    if message.thread:
        body |= {"message_thread_id": message.thread, "is_topic_message": True}
    if message.edited_at:
        body["edit_date"] = message.edited_at
    if message.album:
        body["media_group_id"] = message.album
    if message.origin:
        body["forward_origin"] = message.origin
    if message.reply_to and not inner:
        body["reply_to_message"] = render_message(message.reply_to, account, inner=True)
    if message.rows:
        body["reply_markup"] = message.reply_markup
    return body | _render_content(message, account)


def _render_content(message: Message, account: Account) -> Json:
    body = dict(message.content)
    if message.file:
        body |= render_file(message.file, account)
    if message.text:
        kind = "caption" if message.file else "text"
        body[kind] = message.text
        if message.entities:
            name = "caption_entities" if message.file else "entities"
            body[name] = [_render_entity(entity) for entity in message.entities]
    return body


def _render_entity(entity: Json) -> Json:
    return {key: value for key, value in entity.items() if value is not None}


def render_file(file: Stored, account: Account) -> Json:
    ids = {"file_id": file.id_for(account), "file_unique_id": file.unique_id}
    if file.kind == "photo":
        small = {
            "file_id": f"{ids['file_id']}-s", "file_unique_id": f"{file.unique_id}s",
            "width": 90, "height": 67, "file_size": min(file.size, 1_000),
        }  # fmt: skip
        large = ids | {"width": 800, "height": 600, "file_size": file.size}
        return {"photo": [small, large]}
    part: Json = ids | {"file_size": file.size} | SIZES[file.kind]
    if file.kind in NAMED:
        part |= {"mime_type": file.mime} | ({"file_name": file.name} if file.name else {})
    if file.kind == "voice":
        part["mime_type"] = file.mime
    return {file.kind: part} | ({"document": part} if file.kind == "animation" else {})


def render_member(group: Group, user: int) -> Json:
    """A ChatMember of whom the group ever saw."""
    status = group.statuses.get(user, "left")
    body: Json = {"status": status, "user": group.people[user].as_user()}
    if status == "creator":
        return body | {"is_anonymous": False}
    if status == "administrator":
        rights = group.rights.get(user, {})
        return body | {
            "can_be_edited": False,
            "is_anonymous": False,
            **{right: rights.get(right, False) for right in RIGHTS},
        }
    if status == "kicked":
        return body | {"until_date": 0}
    return body
