"""getUpdates: what an offset confirms, ids that begin again, kinds that are asked for, pollers."""

from __future__ import annotations

import asyncio
import json

import pytest
import telegram
from aiogram.exceptions import TelegramConflictError

from .conftest import Scene
from .faults import Fault


def texts(updates: list[telegram.Update] | tuple[telegram.Update, ...]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


async def test_an_offset_confirms_everything_below_it(scene: Scene) -> None:
    for text in ("one", "two", "three"):
        scene.bob.write("desk_bot", text)
    assert texts(await scene.ptb.get_updates()) == ["one", "two", "three"]
    assert texts(await scene.ptb.get_updates(limit=2)) == ["one", "two"]
    assert texts(await scene.ptb.get_updates(offset=2)) == ["two", "three"]
    assert texts(await scene.ptb.get_updates()) == ["two", "three"]
    assert texts(await scene.ptb.get_updates(offset=-1)) == ["three"]
    assert texts(await scene.ptb.get_updates()) == ["three"]
    assert texts(await scene.ptb.get_updates(offset=4)) == []


async def test_ids_may_begin_again_low(scene: Scene) -> None:
    scene.api.restart_ids("desk_bot", 9_000)
    scene.bob.write("desk_bot", "before")
    last = (await scene.ptb.get_updates())[-1].update_id
    assert await scene.ptb.get_updates(offset=last + 1) == ()
    scene.api.restart_ids("desk_bot", 5)
    scene.bob.write("desk_bot", "after")
    got = await scene.ptb.get_updates()
    assert [update.update_id for update in got] == [5]
    # Who still asks with the old offset throws the new ones away, as at Telegram.
    assert await scene.ptb.get_updates(offset=last + 1) == ()
    assert await scene.ptb.get_updates() == ()


async def test_a_long_poll_ends_when_something_comes(scene: Scene) -> None:
    poll = asyncio.create_task(scene.ptb.get_updates(timeout=30))
    await scene.api.until(lambda: scene.desk.queue.poll)
    scene.bob.write("desk_bot", "now")
    assert texts(await asyncio.wait_for(poll, 5)) == ["now"]


async def test_the_older_of_two_pollers_is_sent_away(scene: Scene) -> None:
    first = asyncio.create_task(scene.aio.get_updates(timeout=30))
    await scene.api.until(lambda: scene.front.queue.poll)
    second = asyncio.create_task(scene.aio.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    scene.ann.write("front_bot", "for the second")
    assert len(await second) == 1


async def test_only_the_kinds_that_were_asked_for(scene: Scene) -> None:
    await scene.ptb.get_updates(allowed_updates=["callback_query"])
    scene.bob.write("desk_bot", "not asked for")
    assert await scene.ptb.get_updates() == ()  # the choice stays
    kinds = ["message", "message_reaction", "chat_member"]
    await scene.ptb.get_updates(allowed_updates=kinds)
    said = scene.bob.write_in(scene.group, 0, "asked for")
    scene.bob.react(said, "👍")
    scene.ann.join(scene.group)
    got = await scene.ptb.get_updates()
    assert [sorted(update.to_dict())[0] for update in got] == [
        "message", "message_reaction", "chat_member", "message"
    ]  # fmt: skip
    await scene.ptb.get_updates(offset=got[-1].update_id + 1, allowed_updates=[])
    scene.bob.react(said, "")
    scene.ann.leave(scene.group)
    assert [bool(u.message) for u in await scene.ptb.get_updates()] == [True]


async def test_raw_updates_and_repeats_and_disorder(scene: Scene) -> None:
    poison = {"update_id": 3, "message": {"message_id": 1, "date": 0, "chat": {"id": 1}}}
    scene.api.push_raw("front_bot", json.dumps(poison).encode())
    scene.api.push_raw("front_bot", {"message": {"message_id": 9}})
    assert scene.front.queue.waiting == [
        poison, {"update_id": 1, "message": {"message_id": 9}}
    ]  # fmt: skip
    for text in ("one", "two"):
        scene.bob.write("desk_bot", text)
    scene.api.script("desk_bot", "getUpdates", Fault.duplicate(2), Fault.reorder())
    got = await scene.ptb.get_updates()
    assert texts(got) == ["two"] * 3 + ["one"] * 3
    assert texts(await scene.ptb.get_updates()) == ["one", "two"]


async def test_one_tap_may_come_three_times(scene: Scene) -> None:
    keys = telegram.InlineKeyboardMarkup.from_button(
        telegram.InlineKeyboardButton("Take", callback_data="d:take")
    )
    await scene.ptb.send_message(-1001, "New", reply_markup=keys)
    scene.bob.tap(scene.group.messages[-1], "Take", times=3)
    got = await scene.ptb.get_updates()
    assert len({update.update_id for update in got}) == 3
    assert {u.callback_query.data for u in got if u.callback_query} == {"d:take"}
    for update in got:
        assert update.callback_query
        await update.callback_query.answer()
    assert [tap.answer for tap in scene.bob.taps] == ["", "", ""]


async def test_a_tap_cannot_be_answered_for_ever(scene: Scene) -> None:
    keys = telegram.InlineKeyboardMarkup.from_button(
        telegram.InlineKeyboardButton("Take", callback_data="d:take")
    )
    await scene.ptb.send_message(-1001, "New", reply_markup=keys)
    tap = scene.bob.tap(scene.group.messages[-1], "Take")
    scene.clock.turn(scene.api.limits.callback_age + 1)
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)query is too old"):
        await scene.ptb.answer_callback_query(tap.id)
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)query is too old"):
        await scene.ptb.answer_callback_query("nobody's")
