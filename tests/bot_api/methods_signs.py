"""Methods for the small signs around messages: typing, reactions, answers to taps, pins."""

from __future__ import annotations

from telegram.constants import ReactionEmoji

from .call import Call, answers
from .refusals import OLD_QUERY, bad
from .texts import count_units
from .world import Group


@answers("sendChatAction")
def send_action(call: Call) -> bool:
    chat = call.open_chat()
    thread = call.find_thread(chat)
    chat.actions.append((call.api.clock(), thread, str(call["action"])))
    return True


@answers("setMessageReaction")
def set_reaction(call: Call) -> bool:
    chat = call.open_chat()
    message = chat.find(call["message_id"])
    if message is None:
        raise bad("message to react not found")
    # Custom ones, which only a paying owner has, count as not listed.
    emojis = [getattr(each, "emoji", "") for each in call["reaction"] or []]
    if len(emojis) > 1:
        raise bad("too many reactions specified")  # a bot gives one
    if any(emoji not in list(ReactionEmoji) for emoji in emojis):
        raise bad("REACTION_INVALID")
    message.reactions[call.account.id] = emojis
    return True


@answers("answerCallbackQuery")
def answer_tap(call: Call) -> bool:
    api = call.api
    text = call["text"] or ""
    if count_units(text) > api.limits.callback_answer:
        raise bad("MESSAGE_TOO_LONG")
    tap = call.account.taps.get(call["callback_query_id"])
    if tap is None or api.clock() - tap.at > api.limits.callback_age:
        raise bad(OLD_QUERY)
    tap.answer, tap.alert = text, bool(call["show_alert"])
    return True


@answers("pinChatMessage")
def pin_message(call: Call) -> bool:
    chat = call.open_chat()
    if isinstance(chat, Group) and not chat.may(call.account.id, "can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    message = chat.find(call["message_id"])
    if message is None:
        raise bad("message to pin not found")
    chat.pinned.append(message.id)
    return True


@answers("unpinChatMessage")
def unpin_message(call: Call) -> bool:
    chat = call.open_chat()
    wanted = call["message_id"] or (chat.pinned[-1] if chat.pinned else 0)
    if wanted not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(wanted)
    return True
