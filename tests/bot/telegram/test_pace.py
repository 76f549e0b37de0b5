"""Our own pace: below Telegram's limits in every window, fair to urgent posts, bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.pace import UNLIMITED, Limits, Pace, Rate

GROUP, ANNA, BORIS = -100_123, 7, 8
ROOMY = Rate(every=0, burst=1)


class Clock:
    """Hands that only a test moves, in ms."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


def send(pace: Pace, clock: Clock, chat: int, *, urgent: bool = False) -> int:
    """Wait as long as asked and post; gives the time of it."""
    while ms := pace.take(chat, urgent=urgent):
        clock.ms += ms
    return clock.ms


def most_within(times: list[int], window: int) -> int:
    return max(sum(at <= each < at + window for each in times) for at in times)


def test_a_chat_gets_a_short_burst_and_then_one_a_second(clock: Clock) -> None:
    pace = Pace(clock)
    begun = clock.ms
    assert [send(pace, clock, ANNA) - begun for _ in range(6)] == [0, 0, 0, 1050, 2100, 3150]
    assert pace.take(BORIS) == 0


def test_asking_counts_nothing(clock: Clock) -> None:
    pace = Pace(clock)
    for _ in range(3):
        assert pace.wait(ANNA) == pace.wait(ANNA) == 0
        assert pace.take(ANNA) == 0
    assert pace.wait(ANNA) == pace.wait(ANNA) == pace.take(ANNA) == 1050


def test_all_chats_together_stay_below_thirty_a_second(clock: Clock) -> None:
    pace = Pace(clock)
    times = [send(pace, clock, chat) for chat in range(1, 400)]
    assert most_within(times, 1_000) <= 30
    assert times[-1] - times[0] < 18_500


def test_the_group_stays_below_twenty_in_any_minute(clock: Clock) -> None:
    pace = Pace(clock)
    times = []
    for at in range(120):
        clock.ms += (at * 7919) % 5_000
        times.append(send(pace, clock, GROUP, urgent=at % 3 == 0))
    assert most_within(times, 60_000) <= 20
    assert len(times) / ((times[-1] - times[0]) / 60_000) > 12


def test_urgent_posts_find_room_when_ordinary_ones_have_none(clock: Clock) -> None:
    pace = Pace(clock)
    for _ in range(40):
        send(pace, clock, GROUP)
    assert pace.wait(GROUP) > 0
    waits = []
    for _ in range(2):
        begun = clock.ms
        waits.append(send(pace, clock, GROUP, urgent=True) - begun)
    assert max(waits) <= 1_050  # the pace of any chat, no more


def test_hold_stops_one_chat_alone(clock: Clock) -> None:
    pace = Pace(clock)
    pace.hold(ANNA, 30_000)
    pace.hold(ANNA, 5_000)  # a shorter one takes nothing back
    assert pace.take(ANNA) == 30_000
    assert pace.take(BORIS) == 0
    clock.ms += 30_000
    assert pace.take(ANNA) == 0


def test_a_clock_turned_back_holds_nobody_for_long(clock: Clock) -> None:
    pace = Pace(clock)
    for _ in range(3):
        pace.take(ANNA)
    pace.hold(BORIS, 2_000)
    clock.ms -= 3_600_000
    assert pace.wait(ANNA) <= 1_050
    assert pace.wait(BORIS) <= 2_000


def test_idle_chats_are_forgotten(clock: Clock) -> None:
    pace = Pace(clock, Limits(overall=ROOMY))
    pace.hold(5, 10_000)
    for chat in range(100, 20_100):
        clock.ms += 1
        pace.take(chat)
    assert len(pace) <= 2_100
    assert pace.wait(5) == 0
    clock.ms += 60_000
    for chat in range(1, 3_000):
        clock.ms += 1_000
        pace.take(chat)
    assert len(pace) <= 5


def test_a_held_chat_is_not_forgotten(clock: Clock) -> None:
    pace = Pace(clock, Limits(overall=ROOMY))
    pace.hold(5, 3_600_000)
    for chat in range(100, 9_100):
        clock.ms += 100
        pace.take(chat)
    assert pace.wait(5) == 3_600_000 - 900_000
    assert len(pace) < 100


def test_a_test_may_lift_the_limits(clock: Clock) -> None:
    pace = Pace(clock, UNLIMITED)
    assert [pace.take(GROUP) for _ in range(1_000)] == [0] * 1_000


@given(
    st.lists(
        st.tuples(st.sampled_from([GROUP, -5, ANNA, BORIS]), st.booleans(), st.integers(0, 3_000))
    )
)
def test_no_window_ever_holds_too_many(posts: list[tuple[int, bool, int]]) -> None:
    clock = Clock()
    pace = Pace(clock)
    sent: list[tuple[int, int]] = []
    for chat, urgent, pause in posts:
        clock.ms += pause
        sent.append((chat, send(pace, clock, chat, urgent=urgent)))
    if sent:
        assert most_within([at for _, at in sent], 1_000) <= 30
    for chat in {chat for chat, _ in sent}:
        times = [at for to, at in sent if to == chat]
        assert most_within(times, 1_000) <= 4
        if chat < 0:
            assert most_within(times, 60_000) <= 20
