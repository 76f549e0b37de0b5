"""Each limit with its 429 or 400, on a clock that the test turns."""

from __future__ import annotations

import pytest
import telegram
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
)
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Scene
from .limits import Limits, Spent
from .refusals import Refusal

FOX = "\N{FOX FACE}"  # two UTF-16 units


@pytest.fixture
def met(scene: Scene) -> Scene:
    """Ann and the prospects' bot know each other."""
    scene.ann.start("front_bot")
    return scene


async def test_a_private_chat_bears_a_burst_and_one_a_second(met: Scene) -> None:
    for number in range(3):
        await met.aio.send_message(100, f"burst {number}")
    with pytest.raises(TelegramRetryAfter) as refused:
        await met.aio.send_message(100, "too soon")
    assert refused.value.retry_after == 1
    assert "Too Many Requests: retry after 1" in refused.value.message
    await met.aio.send_chat_action(100, "typing")  # not counted
    met.clock.turn(1)
    sent = await met.aio.send_message(100, "in time")
    with pytest.raises(TelegramRetryAfter):
        await met.aio.edit_message_text("edited", chat_id=100, message_id=sent.message_id)
    met.clock.turn(60)
    for number in range(3):
        await met.aio.send_message(100, f"rested {number}")
    with pytest.raises(TelegramRetryAfter):
        await met.aio.send_message(100, "too soon")


async def test_a_group_bears_twenty_a_minute_over_all_topics(scene: Scene) -> None:
    topic = await scene.ptb.create_forum_topic(-1001, "First")  # counts too
    for number in range(17):
        thread = topic.message_thread_id if number % 2 else None
        await scene.ptb.send_message(-1001, f"line {number}", message_thread_id=thread)
        scene.clock.turn(1)
    file = await scene.ptb.send_document(-1001, b"x", filename="x.txt")
    await scene.ptb.edit_message_caption(-1001, file.message_id, caption="counts")
    with pytest.raises(telegram.error.RetryAfter) as refused:
        await scene.ptb.send_message(-1001, "the 21st")
    assert refused.value.retry_after == 43  # the first of them was 17 seconds ago
    await scene.ptb.set_message_reaction(-1001, file.message_id, "👍")
    await scene.ptb.delete_message(-1001, file.message_id)
    await scene.ptb.close_forum_topic(-1001, topic.message_thread_id)
    scene.clock.turn(43)
    await scene.ptb.send_message(-1001, "two left the window")
    await scene.ptb.send_message(-1001, "the second of them")
    with pytest.raises(telegram.error.RetryAfter):
        await scene.ptb.create_forum_topic(-1001, "Second")
    assert scene.desk.spent.most(60, -1001) == 20
    assert scene.desk.spent.most(600, -1001) == 22


async def test_thirty_a_second_over_all(scene: Scene) -> None:
    people = [scene.api.add_person(1_000 + n, f"P{n}") for n in range(31)]
    for person in people:
        person.start("front_bot")
    for person in people[:30]:
        await scene.aio.send_message(person.id, "Hello")
    with pytest.raises(TelegramRetryAfter):
        await scene.aio.send_message(people[30].id, "Hello")
    scene.clock.turn(1)
    await scene.aio.send_message(people[30].id, "Hello")


async def test_rates_can_be_turned_off(met: Scene) -> None:
    met.api.limits.rates = False
    for number in range(40):
        await met.aio.send_message(100, f"line {number}")


async def test_texts_are_counted_in_utf16_units_after_parsing(met: Scene) -> None:
    met.api.limits.rates = False
    assert (await met.aio.send_message(100, FOX * 2_048)).text == FOX * 2_048
    await met.aio.send_message(100, "<b>" + "x" * 4_096 + "</b>", parse_mode="HTML")
    for text in (FOX * 2_048 + "x", "x" * 4_097):
        with pytest.raises(TelegramBadRequest, match="message is too long"):
            await met.aio.send_message(100, text)
    sent = await met.aio.send_message(100, "short")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await met.aio.edit_message_text("x" * 4_097, chat_id=100, message_id=sent.message_id)
    for empty in (" ", "\n\n"):
        with pytest.raises(TelegramBadRequest, match="message text is empty"):
            await met.aio.send_message(100, empty)
    file = BufferedInputFile(b"x", "x.txt")
    await met.aio.send_document(100, file, caption=FOX * 512)
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await met.aio.send_document(100, file, caption=FOX * 512 + "x")


@pytest.mark.parametrize(
    ("offset", "length", "words"),
    [
        (0, 5, "ENTITY_BOUNDS_INVALID"),
        (5, 1, "ENTITY_BOUNDS_INVALID"),
        (0, 0, "ENTITY_BOUNDS_INVALID"),
        (-1, 2, "ENTITY_BOUNDS_INVALID"),
        (2, 2, "begins in a middle of a UTF-16 symbol"),
        (0, 2, "ends in a middle of a UTF-16 symbol"),
    ],
)
async def test_entities_stay_within_the_text_and_its_characters(
    met: Scene, offset: int, length: int, words: str
) -> None:
    entity = MessageEntity(type="bold", offset=offset, length=length)
    with pytest.raises(TelegramBadRequest, match=words):
        await met.aio.send_message(100, f"a{FOX}b", entities=[entity])


async def test_markup_that_does_not_parse_is_refused(met: Scene) -> None:
    for wrong in ("<b>open", "a < b", "<blink>x</blink>", "R&D"):
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await met.aio.send_message(100, wrong, parse_mode="HTML")


def button(label: str, data: str | None = None) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=data)]]
    )


async def test_buttons_carry_sixty_four_bytes(met: Scene) -> None:
    await met.aio.send_message(100, "a", reply_markup=button("Yes", "é" * 32))
    for wrong in ("é" * 33, "x" * 65, ""):
        with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
            await met.aio.send_message(100, "a", reply_markup=button("Yes", wrong))
    with pytest.raises(TelegramBadRequest, match="can't parse inline keyboard button"):
        await met.aio.send_message(100, "a", reply_markup=button("Yes"))
    rows = [[InlineKeyboardButton(text=str(n), callback_data=str(n))] for n in range(101)]
    with pytest.raises(TelegramBadRequest, match="REPLY_MARKUP_TOO_LONG"):
        await met.aio.send_message(
            100, "a", reply_markup=InlineKeyboardMarkup(inline_keyboard=rows)
        )


async def test_buttons_open_no_host_without_a_dot(met: Scene) -> None:
    def opens(url: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a", url=url)]])

    await met.aio.send_message(100, "a", reply_markup=opens("https://example.org/a?b=c"))
    await met.aio.send_message(100, "a", reply_markup=opens("http://127.0.0.1:8080/inbox"))
    for wrong in ("http://localhost:8080/inbox", "javascript://example.org"):
        with pytest.raises(TelegramBadRequest, match="inline keyboard button URL"):
            await met.aio.send_message(100, "a", reply_markup=opens(wrong))


async def test_only_so_many_entities_are_shown(met: Scene) -> None:
    many = [MessageEntity(type="bold", offset=n, length=1) for n in range(101)]
    sent = await met.aio.send_message(100, "x" * 101, entities=many)
    assert len(sent.entities or []) == 100


async def test_topic_names_end_at_128(scene: Scene) -> None:
    await scene.ptb.create_forum_topic(-1001, "名" * 128)
    for wrong in ("名" * 129, "  "):
        with pytest.raises(telegram.error.BadRequest, match=r"(?i)title"):
            await scene.ptb.create_forum_topic(-1001, wrong)


async def test_sizes_of_files(met: Scene) -> None:
    met.api.limits.upload, met.api.limits.download = 3_000, 2_000
    with pytest.raises((TelegramEntityTooLarge, TelegramAPIError)):
        await met.aio.send_document(100, BufferedInputFile(b"x" * 3_001, "big.bin"))
    assert not met.api.chat(100).from_bot
    sent = await met.aio.send_document(100, BufferedInputFile(b"x" * 3_000, "fits.bin"))
    assert sent.document
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await met.aio.get_file(sent.document.file_id)
    said = met.ann.send_document("front_bot", "huge.zip", b"a bit of it", size=25_000_000)
    assert said.file
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await met.aio.get_file(said.file.id_for(met.front))
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await met.aio.send_document(100, BufferedInputFile(b"", "empty.bin"))
    met.api.limits.photo = 2_500
    with pytest.raises(TelegramBadRequest, match="too big for a photo"):
        await met.aio.send_photo(100, BufferedInputFile(b"x" * 2_501, "photo.jpg"))
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await met.aio.get_file("made-up")


async def test_answers_to_taps_end_at_two_hundred(met: Scene) -> None:
    await met.aio.send_message(100, "a", reply_markup=button("Yes", "y"))
    tap = met.ann.tap(met.api.chat(100).messages[-1], "Yes")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await met.aio.answer_callback_query(tap.id, text="x" * 201)
    await met.aio.answer_callback_query(tap.id, text="x" * 200)
    assert tap.answer == "x" * 200


async def test_a_deep_link_carries_sixty_four_characters(scene: Scene) -> None:
    scene.ann.start("front_bot", "a" * 64)
    for wrong in ("a" * 65, "a b", "ü"):
        with pytest.raises(AssertionError):
            scene.ann.start("front_bot", wrong)


@given(st.lists(st.tuples(st.sampled_from((-1, -2, 5, 6)), st.floats(0, 5)), max_size=120))
def test_no_window_is_ever_overfull_and_the_wait_is_long_enough(
    steps: list[tuple[int, float]],
) -> None:
    limits, spent, now = Limits(), Spent(), 0.0
    for chat, pause in steps:
        now += pause
        try:
            spent.spend(limits, chat, now)
        except Refusal as refused:
            now += refused.parameters["retry_after"]
            spent.spend(limits, chat, now)
    for chat in (-1, -2):
        assert spent.most(60, chat) <= 20
    for chat in (5, 6):
        assert spent.most(1, chat) <= 4  # the burst and the one of this second
        assert spent.most(60, chat) <= 63
    assert spent.most(1) <= 30
