"""What the Bot API sends, taken apart no further than storing it needs.

Order is kept within a private chat and within a topic of a group; General, and what concerns the
whole group, share the group's own place.

Nothing in here refuses an update: what cannot be understood is kept as it came, so that it can be
set aside later and never stops what comes after it.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from bot.telegram.border import Busy, RawUpdate, Refused, TelegramError

UPDATE_MAX = 1_000_000  # bytes kept of one update; Telegram's are a tenth of that at most
NOBODY = "0"  # the chat of an update that names none
_TAP_MAX = 200  # characters
_NEVER = frozenset({401, 403, 404, 409})
_CONFLICT = 409

_Id = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Known = TypeVar("_Known")


class _Parameters(msgspec.Struct):
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0  # seconds


class _Answer(msgspec.Struct):
    ok: bool = False
    result: msgspec.Raw = msgspec.Raw()
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class _Numbered(msgspec.Struct):
    update_id: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Named(msgspec.Struct):
    id: _Id


class _InChat(msgspec.Struct):
    """A message, or whatever else names its chat."""

    chat: _Named
    message_thread_id: _Id = 0
    is_topic_message: bool = False

    @property
    def place(self) -> str:
        """The chat; in a group its topic, too, so that no topic waits for another one."""
        # An answer in General, and one to a post of a channel, names a thread that is no topic.
        if self.chat.id < 0 and self.is_topic_message and self.message_thread_id:
            return f"{self.chat.id}:{self.message_thread_id}"
        return str(self.chat.id)


class _Pressed(_InChat, kw_only=True):
    message_id: _Id


class _ByMessage(msgspec.Struct):
    message: _InChat


class _BySender(msgspec.Struct):
    sender: _Named = msgspec.field(name="from")


class _ByUser(msgspec.Struct):
    user: _Named


class _Tap(msgspec.Struct):
    message: _Pressed
    data: str
    sender: _Named | None = msgspec.field(name="from", default=None)


def read_answer(payload: bytes) -> tuple[RawUpdate, ...]:
    """The updates of one getUpdates answer, in its order.

    Raises Busy for an answer that may be another one next time, Refused for one that will not.
    """
    answer = _decode(payload, _Answer)
    if answer is None:
        raise Busy("an answer that cannot be read")
    if not answer.ok:
        raise _explain(answer)
    found = _decode(answer.result, list[msgspec.Raw])
    if found is None:
        raise Busy("an answer without updates")
    return tuple(read_update(bytes(each)) for each in found)


def read_update(payload: bytes) -> RawUpdate:
    """One update, as an answer holds it and as a webhook brings it. Never raises.

    `update_id` is 0 for what has none; its own bytes then tell it from others.
    """
    numbered = _decode(payload, _Numbered)
    chat, tap = _find_place(payload)
    return RawUpdate(
        update_id=numbered.update_id if numbered else 0,
        payload=payload[:UPDATE_MAX],
        chat=chat,
        tap=tap,
    )


def _find_place(payload: bytes) -> tuple[str, str]:
    """The chat or topic, and for a tap on a button what repeats of it have in common."""
    parts = _decode(payload, dict[str, msgspec.Raw]) or {}
    if "callback_query" in parts:
        tap = _decode(parts["callback_query"], _Tap)
        if tap is not None:
            return tap.message.place, _name_tap(tap)[:_TAP_MAX]
    for name, part in parts.items():
        if name != "update_id" and (chat := _find_chat(part)):
            return chat, ""
    return NOBODY, ""


def _name_tap(tap: _Tap) -> str:
    name = f"{tap.message.message_id}:{tap.data}"
    # In a group two people may tap the same button: those are two taps.
    return f"{tap.sender.id}:{name}" if tap.sender and tap.message.chat.id < 0 else name


def _find_chat(part: msgspec.Raw) -> str:
    """The place that the content of an update names, else its sender, else ""."""
    if in_chat := _decode(part, _InChat):
        return in_chat.place
    if by_message := _decode(part, _ByMessage):
        return by_message.message.place
    if by_sender := _decode(part, _BySender):
        return str(by_sender.sender.id)
    if by_user := _decode(part, _ByUser):
        return str(by_user.user.id)
    return ""


def _decode(payload: bytes | msgspec.Raw, kind: type[_Known]) -> _Known | None:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (ValueError, RecursionError):  # ValueError: msgspec's own errors, and broken UTF-8
        return None


def _explain(answer: _Answer) -> TelegramError:
    code = answer.error_code
    if code in _NEVER:
        return Refused("another program asks too" if code == _CONFLICT else "refused", code)
    return Busy(f"answer {code}", answer.parameters.retry_after * 1_000)
