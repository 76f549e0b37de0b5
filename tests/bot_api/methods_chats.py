"""Methods about the bot itself, chats and their members, and files."""

from __future__ import annotations

import re

from . import groups
from .call import Call, answers
from .refusals import CHAT_NOT_FOUND, bad
from .render import render_member
from .world import Group, Json

LEAST_COMMAND, MOST_COMMANDS = 1, 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LENGTHS = {"Description": 512, "ShortDescription": 120, "Name": 64}
PARAMETERS = {
    "Description": "description", "ShortDescription": "short_description", "Name": "name"
}  # fmt: skip
ACCEPTED = {
    "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
    "premium_subscription": False, "gifts_from_channels": False,
}  # fmt: skip


@answers("getMe")
def get_me(call: Call) -> Json:
    return call.account.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.account.privacy,
        "supports_inline_queries": False,
    }


@answers("logOut", "close")
def log_out(call: Call) -> bool:
    return True


@answers("setMyCommands")
def set_commands(call: Call) -> bool:
    commands: list[Json] = call.as_json("commands")
    if len(commands) > MOST_COMMANDS:
        raise bad("too many commands specified")
    for command in commands:
        if not COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 3 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    call.account.commands[_scope(call)] = commands
    return True


@answers("getMyCommands")
def get_commands(call: Call) -> list[Json]:
    return call.account.commands.get(_scope(call), [])


@answers("deleteMyCommands")
def delete_commands(call: Call) -> bool:
    call.account.commands.pop(_scope(call), None)
    return True


def _scope(call: Call) -> str:
    """Commands are kept by scope and language: "default", "default:zh", "chat/-100:en", ..."""
    scope = call.as_json("scope") or {"type": "default"}
    place = "/".join(str(part) for part in scope.values())
    language = call["language_code"] or ""
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("LANG_CODE_INVALID")
    return f"{place}:{language}" if language else place


@answers("setMyDescription", "setMyShortDescription", "setMyName")
def set_words(call: Call) -> bool:
    what = call.name.removeprefix("setMy")
    text = call[PARAMETERS[what]] or ""
    if len(text) > LENGTHS[what]:
        raise bad(f"{what} is too long")
    call.account.words[f"{what}:{call['language_code'] or ''}"] = text
    return True


@answers("getMyDescription", "getMyShortDescription", "getMyName")
def get_words(call: Call) -> Json:
    what = call.name.removeprefix("getMy")
    words = call.account.words
    text = words.get(f"{what}:{call['language_code'] or ''}") or words.get(f"{what}:", "")
    return {PARAMETERS[what]: text or (call.account.name if what == "Name" else "")}


@answers("setChatMenuButton", "setMyDefaultAdministratorRights")
def set_menu(call: Call) -> bool:
    return True


@answers("getChat")
def get_chat(call: Call) -> Json:
    chat = call.find_chat()
    body = chat.as_json() | {
        "accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": ACCEPTED,
    }  # fmt: skip
    if isinstance(chat, Group):
        call.check_inside(chat)
        body["permissions"] = {"can_send_messages": True}
    elif not chat.started:
        raise bad(CHAT_NOT_FOUND)
    return body


@answers("getChatMember")
def get_member(call: Call) -> Json:
    chat = call.find_chat()
    user = call["user_id"]
    if not isinstance(chat, Group):
        if user not in (chat.id, call.account.id):
            raise bad("member not found")
        person = call.api.people[chat.id].as_user()
        who = person if user == chat.id else call.account.as_user()
        return {"status": "member", "user": who}
    call.check_inside(chat)
    known = chat.people.get(user) or call.api.people.get(user)
    if known is None:
        raise bad("PARTICIPANT_ID_INVALID")
    chat.people.setdefault(user, known)
    return render_member(chat, user)


@answers("getChatAdministrators")
def get_admins(call: Call) -> list[Json]:
    group = call.open_group()
    admins = [u for u, status in group.statuses.items() if status in ("creator", "administrator")]
    return [render_member(group, user) for user in admins]


@answers("getChatMemberCount")
def count_members(call: Call) -> int:
    chat = call.find_chat()
    return sum(map(chat.holds, chat.statuses)) if isinstance(chat, Group) else 2


@answers("leaveChat")
def leave_chat(call: Call) -> bool:
    groups.remove(call.api, call.open_group(), call.account, call.account)
    return True


@answers("getFile")
def get_file(call: Call) -> Json:
    file = call.find_file(call["file_id"])
    if file is None:
        raise bad("invalid file_id")
    if file.size > call.api.limits.download:
        raise bad("file is too big")
    return {
        "file_id": call["file_id"], "file_unique_id": file.unique_id, "file_size": file.size,
        "file_path": file.path,
    }  # fmt: skip
