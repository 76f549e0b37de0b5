"""What a channel is to the rest: how the messages of a conversation reach its prospect."""

from __future__ import annotations

from typing import Protocol

from dialogs.types import Reply, Struct


class Channel(Protocol):
    """A way to talk with prospects.

    A channel that does not push needs no deliveries: its clients read "messages after seq N" and
    are woken by `Live`. One that pushes gets a delivery row for each message; the outbox sends it.
    """

    @property
    def name(self) -> str: ...

    @property
    def pushes(self) -> bool: ...


class Outgoing(Struct):
    """One message on its way. `repeated`: it may have gone out before a crash."""

    conversation: str
    seq: int
    author: str  # bot, staff, event or prospect
    reply: Reply
    repeated: bool = False


class TryLater(Exception):  # noqa: N818 - an answer of the channel rather than a fault of ours
    """The channel cannot take it now. `after`: ms for which it asks to be left alone, 0: unsaid.

    Where nothing is unclear, nothing of the part that is due has gone out: it may be tried for
    hours. Who asks for time is only busy, and that counts as no try.

    `uncertain`: nobody knows whether it arrived. It is then sent once more, marked as a possible
    repeat; uncertain a second time it has failed.
    """

    def __init__(self, after: int = 0, *, uncertain: bool = False) -> None:
        super().__init__(after)
        self.after = after
        self.uncertain = uncertain


class Undeliverable(Exception):  # noqa: N818
    """The channel will never take this message; `reason` is shown to staff."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Withdrawn(Exception):  # noqa: N818
    """The message is not wanted any more: what of it has not gone out stays here."""


class Progress(Protocol):
    """How many parts of one message have gone out; kept across tries and crashes."""

    @property
    def done(self) -> int: ...

    async def step(self) -> None:
        """One more part has gone out; stored when this returns."""
        ...

    def still_wanted(self) -> bool:
        """Whether more of the message may go out: nobody took over or erased it meanwhile.

        To be asked after every wait, right before anything is shown.
        """
        ...


class PushChannel(Channel, Protocol):
    async def send(self, message: Outgoing, progress: Progress) -> None:
        """Hand one message over, from part `progress.done` on.

        Raises TryLater, Undeliverable, or Withdrawn once `progress.still_wanted()` is False.
        """
        ...


class PullChannel(Struct):
    """A channel whose clients fetch: the widget, the terminal."""

    name: str
    pushes: bool = False


WIDGET = PullChannel(name="widget")
TERMINAL = PullChannel(name="terminal")
