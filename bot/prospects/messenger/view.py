"""What the messenger must remember of a chat; kept with the chat's link."""

from __future__ import annotations

import msgspec

from dialogs.types import Button, Struct

CHANNEL = "telegram"


class View(Struct):
    """What a chat shows.

    `since`: the message by which the conversation came into this chat. What is older belongs to
    another conversation, though its buttons may look like ours. 0: unknown. `bot`: the number of
    the bot whose messages these are; another one counts its own from 1.
    """

    bot: int = 0
    since: int = 0
    # The last question that was shown: its number, our message (seq), and Telegram's message that
    # carries its buttons; `message` 0: none does (any more).
    question: int = 0
    seq: int = 0
    message: int = 0
    covered: bool = False  # something stands below that message
    # A keyboard in place of the letters is shown; what its plain labels mean.
    plain: tuple[Button, ...] = ()
    makes_way: bool = False  # Back or Skip was pressed: the next question may be shown there


_VIEW = msgspec.msgpack.Decoder(View)


def read_view(data: bytes, bot: int) -> View:
    """What this bot shows, as stored; an empty view for what is none, or another bot's."""
    try:
        view = _VIEW.decode(data)
    except msgspec.DecodeError:
        view = View()
    return view if view.bot == bot else View(bot=bot)


def write_view(view: View) -> bytes:
    return msgspec.msgpack.encode(view)


def find_plain_key(view: View, text: str) -> Button | None:
    """The button that typed words stand for: the label of a plain key. Its question is
    `view.question`."""
    said = text.strip().casefold()
    return next((key for key in view.plain if key.label.strip().casefold() == said), None)
