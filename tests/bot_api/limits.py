"""The limits of the Bot API, and the count of what a bot spent of them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from .refusals import flood


@dataclass
class Limits:
    """Real values by default; tests change single ones. Times are in seconds, sizes in bytes.

    Texts and captions are counted in UTF-16 units after their entities were parsed.
    """

    rates: bool = True  # False: nothing is answered with 429 by itself
    private_per_second: float = 1.0
    private_burst: int = 3
    group_messages: int = 20  # in any `group_window`, over all topics
    group_window: float = 60.0
    overall_messages: int = 30  # of one bot in any `overall_window`
    overall_window: float = 1.0
    text: int = 4_096
    caption: int = 1_024
    entities: int = 100  # what is marked beyond these is shown as plain text
    callback_data: int = 64  # bytes
    callback_answer: int = 200
    buttons: int = 100
    topic_name: int = 128
    upload: int = 50_000_000
    photo: int = 10_485_760  # uploaded as a photo
    download: int = 20_000_000
    start_parameter: int = 64
    secret: int = 256
    batch: int = 100  # updates in one getUpdates
    poll: float = 50.0  # the longest long poll
    callback_age: float = 900.0  # a tap can be answered for so long
    delete_age: float = 172_800.0  # a bot deletes foreign messages of a private chat until then
    webhook_pause: float = 1.0  # after the first refusal, then twice as long each time
    webhook_pause_most: float = 60.0
    webhook_timeout: float = 60.0
    # Who manages topics may write into a closed one (assumed, see Call.find_thread). True refuses
    # these too, so that the product's answer to TOPIC_CLOSED can be shown with full rights.
    closed_for_all: bool = False


@dataclass
class Spent:
    """What one bot sent: messages by chat and over all."""

    tokens: dict[int, tuple[float, float]] = field(default_factory=dict)  # chat: left, as of
    in_group: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    overall: deque[float] = field(default_factory=deque)
    history: list[tuple[float, int]] = field(default_factory=list)  # time and chat of each

    def spend(self, limits: Limits, chat: int, now: float, count: int = 1) -> None:
        """Count `count` messages into `chat` (negative: a group). Raises Refusal 429, and then
        counts nothing."""
        if not limits.rates:
            self.history.extend([(now, chat)] * count)
            return
        wait = wait_in(self.overall, limits.overall_messages, limits.overall_window, now, count)
        if chat < 0:
            group = self.in_group[chat]
            wait = max(wait, wait_in(group, limits.group_messages, limits.group_window, now, count))
        else:
            wait = max(wait, self._wait_private(limits, chat, now, count))
        if wait > 0:
            raise flood(wait)
        self.history.extend([(now, chat)] * count)
        self.overall.extend([now] * count)
        if chat < 0:
            self.in_group[chat].extend([now] * count)
        else:
            self.tokens[chat] = (self._left(limits, chat, now) - count, now)

    def most(self, window: float, chat: int | None = None) -> int:
        """The most messages that ever went out within `window` seconds, into one chat or all."""
        times = [at for at, where in self.history if chat in (None, where)]
        first = peak = 0
        for last, at in enumerate(times):
            while times[first] <= at - window:
                first += 1
            peak = max(peak, last - first + 1)
        return peak

    def _left(self, limits: Limits, chat: int, now: float) -> float:
        left, since = self.tokens.get(chat, (float(limits.private_burst), now))
        return min(float(limits.private_burst), left + (now - since) * limits.private_per_second)

    def _wait_private(self, limits: Limits, chat: int, now: float, count: int) -> float:
        # An album larger than the burst goes through a full bucket and leaves a debt.
        needed = min(count, limits.private_burst)
        missing = needed - self._left(limits, chat, now)
        return missing / limits.private_per_second if missing > 1e-9 else 0.0


def wait_in(times: deque[float], most: int, window: float, now: float, count: int) -> float:
    """Seconds until `count` more fit into the window; forgets what has left it."""
    while times and times[0] <= now - window:
        times.popleft()
    over = len(times) + count - most
    if over <= 0 or not times:
        return 0.0
    return times[min(over, len(times)) - 1] + window - now
