"""How often a message is tried: while its channel is busy, cannot be reached, or leaves doubts."""

from __future__ import annotations

from bot.outbox import LONGEST_WAIT, TRIES, TRIES_UNSENT
from bot.prospects.channel import TryLater
from tests.bot.hall import HOUR, MINUTE, SECOND, Hall
from tests.bot.test_outbox import Carrier, carrier, found, one_waiting, station

__all__ = ["carrier", "station"]


async def test_who_asks_for_time_is_only_busy(station: Hall, carrier: Carrier) -> None:
    talk, number = await one_waiting(
        station, carrier, *[TryLater(SECOND)] * TRIES_UNSENT, ConnectionError("no line")
    )
    for _ in range(TRIES_UNSENT + 1):
        await station.wait(SECOND)
    assert carrier.trouble[talk] == []
    row = found(station, number)
    assert (row.state, row.attempts, row.error) == ("queued", 1, "ConnectionError")
    await station.wait(SECOND)
    assert found(station, number).state == "sent"


async def test_an_unreachable_channel_is_tried_for_hours(station: Hall, carrier: Carrier) -> None:
    _, number = await one_waiting(station, carrier, *[TryLater()] * TRIES_UNSENT)
    began, waits = station.clock.time, list[int]()
    await station.core.outbox.drain()
    while (row := found(station, number)).state == "queued":
        waits.append(row.due - station.clock.time)
        await station.wait(waits[-1])
    assert (row.state, row.error) == ("failed", "busy")
    assert max(waits) == LONGEST_WAIT == 5 * MINUTE
    assert 6 * HOUR <= station.clock.time - began <= 7 * HOUR


async def test_what_may_have_arrived_is_repeated_once_however_often_it_was_tried(
    station: Hall, carrier: Carrier
) -> None:
    cut = TryLater(uncertain=True)
    talk, number = await one_waiting(station, carrier, *[TryLater()] * 2 * TRIES, cut)
    for _ in range(2 * TRIES + 1):
        await station.wait(LONGEST_WAIT)
    assert carrier.trouble[talk] == []
    row = found(station, number)
    assert (row.state, row.repeated) == ("queued", True)
    carrier.trouble[talk] = [cut]
    await station.wait(LONGEST_WAIT)
    row = found(station, number)
    assert (row.state, row.error) == ("failed", "uncertain")
