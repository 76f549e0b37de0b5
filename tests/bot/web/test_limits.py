"""Limits per address and per conversation, and whose address it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import RequestFactory

from bot.limits import Buckets, Seats, find_address

PEER = "test.org"  # whom the request factory names as the sender


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(rate=2, burst=3, clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") == 0
    clock.now = 0.5
    assert buckets.take("a") == 0
    clock.now = 1000
    assert [bool(buckets.take("a")) for _ in range(4)] == [False, False, False, True]


def test_buckets_are_bounded_and_forget_the_oldest() -> None:
    buckets = Buckets(rate=1, burst=1, keys_max=100, clock=Clock())
    for number in range(1_000):
        buckets.take(str(number))
    assert len(buckets) == 100
    assert buckets.take("999") > 0
    assert buckets.take("0") == 0


@given(st.lists(st.floats(0, 2), max_size=60))
def test_no_more_than_burst_and_rate_ever_get_through(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(rate=1.5, burst=4, clock=clock)
    through = 0
    for pause in pauses:
        clock.now += pause
        through += buckets.take("a") == 0
    assert through <= 4 + 1.5 * clock.now + 1e-6


def test_seats_are_counted_by_key_and_in_all_and_given_back() -> None:
    seats = Seats(per_key=2, in_all=3)
    with seats.hold("a") as one, seats.hold("a") as two, seats.hold("a") as three:
        assert (one, two, three) == (True, True, False)
        with seats.hold("b") as four, seats.hold("c") as five:
            assert (four, five) == (True, False)
    assert seats.total == 0
    assert seats.free("a")
    with pytest.raises(ZeroDivisionError), seats.hold("a"):
        raise ZeroDivisionError
    assert seats.total == 0


@pytest.mark.parametrize(
    ("proxies", "header", "found"),
    [
        (0, "6.6.6.6", PEER),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 7.7.7.7, 10.0.0.1", "7.7.7.7"),
        (3, "7.7.7.7", "7.7.7.7"),
        (1, "", PEER),
        (1, "x" * 1000, "x" * 64),
    ],
)
def test_only_the_proxies_word_is_believed(proxies: int, header: str, found: str) -> None:
    headers = {"x-forwarded-for": header} if header else {}
    request = RequestFactory().get("/", headers=headers)
    assert find_address(request, proxies) == found
