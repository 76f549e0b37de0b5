"""The two real clients against the server: what they send is understood, what they get is valid."""

from __future__ import annotations

import aiogram
import pytest
import telegram
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from .conftest import Scene
from .people import Person


def keys(*labels: str) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(text=label, callback_data=f"b:{label}") for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


def ptb_keys(*labels: str) -> telegram.InlineKeyboardMarkup:
    return telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton(label, callback_data=f"d:{label}") for label in labels]]
    )


async def test_both_say_who_they_are(scene: Scene) -> None:
    assert (await scene.aio.get_me()).username == "front_bot"
    me = await scene.ptb.get_me()
    assert (me.id, me.is_bot) == (22, True)


async def test_a_wrong_token_is_unauthorized(scene: Scene) -> None:
    stranger = aiogram.Bot("99:nobody", session=scene.aio.session)
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    other = telegram.Bot("99:nobody", f"{scene.api.url}/bot")
    with pytest.raises(telegram.error.InvalidToken):
        await other.initialize()
    await other.shutdown()


async def test_aiogram_sends_edits_taps_answers(scene: Scene) -> None:
    scene.ann.start("front_bot", "code_1")
    first = (await scene.aio.get_updates(timeout=5))[0]
    assert first.message
    assert first.message.text == "/start code_1"
    assert first.message.entities
    assert first.message.entities[0].type == "bot_command"
    assert first.message.from_user
    assert first.message.from_user.language_code == "zh-hans"
    sent = await scene.aio.send_message(
        100,
        "  Choose 🦊 one  ",
        reply_markup=keys("Yes", "No"),
        entities=[MessageEntity(type="bold", offset=2, length=6)],
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(message_id=1),
        disable_notification=True,
    )
    shown = scene.api.chat(100).messages[-1]
    assert (shown.id, shown.text, shown.labels) == (sent.message_id, "Choose 🦊 one", ["Yes", "No"])
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 6}]
    assert shown.silent
    tap = scene.ann.tap(shown, "No")
    got = (await scene.aio.get_updates(offset=first.update_id + 1, timeout=5))[0].callback_query
    assert got
    assert got.data == "b:No"
    assert got.message
    assert got.message.message_id == sent.message_id
    assert await scene.aio.answer_callback_query(got.id, text="Noted", show_alert=True)
    assert (tap.answer, tap.alert) == ("Noted", True)
    edited = await scene.aio.edit_message_text(
        "Chosen: No", chat_id=100, message_id=sent.message_id
    )
    assert not isinstance(edited, bool)
    assert edited.edit_date
    assert (shown.text, shown.labels, shown.edited) == ("Chosen: No", [], True)
    assert shown.texts == ["Choose 🦊 one", "Chosen: No"]


async def test_ptb_sends_edits_taps_answers(scene: Scene) -> None:
    scene.bob.start("desk_bot")
    first = (await scene.ptb.get_updates(timeout=5))[0]
    assert first.message
    assert first.message.parse_entities(["bot_command"])
    sent = await scene.ptb.send_message(
        200,
        "Take it?",
        reply_markup=ptb_keys("Take", "Later"),
        entities=[telegram.MessageEntity("italic", 0, 4)],
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
        reply_parameters=telegram.ReplyParameters(1),
    )
    shown = scene.api.chat(200).messages[-1]
    assert (shown.id, shown.labels) == (sent.message_id, ["Take", "Later"])
    tap = scene.bob.tap(shown, "d:Take")
    got = (await scene.ptb.get_updates(offset=first.update_id + 1, timeout=5))[0].callback_query
    assert got
    assert got.data == "d:Take"
    assert await got.answer("Yours")
    assert tap.answer == "Yours"
    await scene.ptb.edit_message_reply_markup(200, sent.message_id, reply_markup=ptb_keys("Done"))
    assert shown.labels == ["Done"]
    await scene.ptb.edit_message_text("Taken", 200, sent.message_id)
    assert (shown.text, shown.labels) == ("Taken", [])
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)message is not modified"):
        await scene.ptb.edit_message_text("Taken", 200, sent.message_id)
    assert await scene.ptb.delete_message(200, sent.message_id)
    assert shown.deleted
    assert shown not in scene.api.chat(200).messages


async def test_files_come_back_as_they_went(scene: Scene) -> None:
    scene.ann.start("front_bot")
    scene.bob.start("desk_bot")
    content = bytes(range(256)) * 400
    sent = await scene.aio.send_document(
        100, BufferedInputFile(content, "价格 2026.pdf"), caption="The <b>prices</b>",
        parse_mode="HTML", reply_markup=keys("More"),
    )  # fmt: skip
    assert sent.document
    assert (sent.document.file_name, sent.document.file_size) == ("价格 2026.pdf", len(content))
    shown = scene.api.chat(100).messages[-1]
    assert (shown.document, shown.text) == (content, "The prices")
    got = await scene.aio.download(sent.document)
    assert got
    assert got.read() == content
    again = await scene.aio.send_document(100, sent.document.file_id)
    assert again.document
    assert again.document.file_unique_id == sent.document.file_unique_id
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)wrong file identifier"):
        await scene.ptb.send_document(200, sent.document.file_id)  # ids are of one bot
    note = await scene.ptb.send_document(200, content, filename="note.txt", caption="Here")
    assert note.document
    file = await note.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content
    photo = await scene.ptb.send_photo(200, b"jpeg")
    assert bytes(await (await photo.photo[-1].get_file()).download_as_bytearray()) == b"jpeg"


async def test_albums_of_both(scene: Scene) -> None:
    scene.ann.start("front_bot")
    scene.bob.start("desk_bot")
    parts = [
        InputMediaDocument(media=BufferedInputFile(name.encode(), name), caption=name)
        for name in ("a.txt", "b.txt")
    ]
    sent = await scene.aio.send_media_group(100, list(parts))
    assert len({message.media_group_id for message in sent}) == 1
    shown = [message for message in scene.api.chat(100).messages if message.album]
    assert [message.document for message in shown] == [b"a.txt", b"b.txt"]
    two = [telegram.InputMediaDocument(b"x", filename="x.md"), telegram.InputMediaDocument(b"y")]
    assert len(await scene.ptb.send_media_group(200, two)) == 2
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)wrong number of messages"):
        await scene.ptb.send_media_group(200, two[:1])


def say_everything(person: Person, other: Person, bot: str) -> None:
    person.write(bot, "see https://example.org/a, or mail me: a@example.org")
    person.write(bot, "from elsewhere", forwarded=True)
    person.write(bot, "from Ann", forwarded=other)
    person.send_document(bot, "need.docx", b"docx", caption="our need", album="7")
    person.send_photo(bot, caption="photo")
    person.send_sticker(bot)
    person.send_voice(bot)
    for kind in ("audio", "video", "animation", "video_note"):
        person.send_file(bot, kind, f"{kind}.mp4")
    person.share_contact(bot)
    person.share_contact(bot, own=False)
    person.send_location(bot)
    person.send_poll(bot)
    person.send_dice(bot)
    person.edit(person.write(bot, "frist"), "first")
    person.block(bot)


async def test_what_a_person_sends_is_valid_for_aiogram(scene: Scene) -> None:
    say_everything(scene.ann, scene.bob, "front_bot")
    got = await scene.aio.get_updates()
    kinds = [update.event_type for update in got]
    assert kinds == ["message"] * 17 + ["edited_message", "my_chat_member"]
    said = [update.message for update in got if update.message]
    assert [message.content_type for message in said] == [
        "text", "text", "text", "document", "photo", "sticker", "voice", "audio", "video",
        "animation", "video_note", "contact", "contact", "location", "poll", "dice", "text",
    ]  # fmt: skip
    link, mail = said[0].entities or []
    assert (link.type, mail.type) == ("url", "email")
    assert (said[3].caption, said[3].media_group_id) == ("our need", "7")
    assert said[11].contact
    assert said[11].contact.user_id == 100


async def test_what_a_person_sends_is_valid_for_ptb(scene: Scene) -> None:
    say_everything(scene.bob, scene.ann, "desk_bot")
    got = await scene.ptb.get_updates()
    assert [update.update_id for update in got] == list(range(1, 20))
    said = [update.message for update in got if update.message]
    assert isinstance(said[1].forward_origin, telegram.MessageOriginHiddenUser)
    assert isinstance(said[2].forward_origin, telegram.MessageOriginUser)
    assert said[12].contact
    assert said[12].contact.user_id is None
    assert got[17].edited_message
    assert got[17].edited_message.text == "first"
    change = got[18].my_chat_member
    assert change
    assert change.new_chat_member.status == "kicked"


async def test_commands_descriptions_and_actions(scene: Scene) -> None:
    scene.ann.start("front_bot")
    commands = [
        BotCommand(command="start", description="begin"),
        BotCommand(command="help", description="what I do"),
    ]
    await scene.aio.set_my_commands(commands)
    await scene.aio.set_my_commands(commands[:1], language_code="zh")
    await scene.ptb.set_my_commands(
        [("take", "take it")], scope=telegram.BotCommandScopeAllGroupChats()
    )
    assert set(scene.front.commands) == {"default", "default:zh"}
    kept = await scene.aio.get_my_commands()
    assert [(each.command, each.description) for each in kept] == [
        ("start", "begin"), ("help", "what I do")
    ]  # fmt: skip
    assert scene.desk.commands["all_group_chats"][0]["command"] == "take"
    assert not await scene.aio.get_my_commands(scope=BotCommandScopeAllGroupChats())
    await scene.aio.set_my_description("Ask me", language_code="zh")
    await scene.aio.set_my_short_description("Prices")
    assert (await scene.aio.get_my_description(language_code="zh")).description == "Ask me"
    await scene.aio.send_chat_action(100, "typing")
    assert [action for _, _, action in scene.api.chat(100).actions] == ["typing"]
    for wrong in ("Start", "a" * 33, "a-b"):
        with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
            await scene.aio.set_my_commands([BotCommand(command=wrong, description="begin")])
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_DESCRIPTION_INVALID"):
        await scene.aio.set_my_commands([BotCommand(command="start", description="no")])


async def test_who_never_started_and_who_blocked(scene: Scene) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation with a user"):
        await scene.aio.send_message(100, "Hello")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await scene.aio.send_message(777, "Hello")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await scene.aio.get_chat(100)
    scene.ann.start("front_bot")
    with pytest.raises(telegram.error.Forbidden, match=r"(?i)can't initiate"):
        await scene.ptb.send_message(100, "Hello")  # she started the other one
    await scene.aio.send_message(100, "Hello")
    scene.api.block(scene.ann, scene.front)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await scene.aio.send_message(100, "Still there?")
    scene.ann.start("front_bot")
    await scene.aio.send_message(100, "Welcome back")
    assert scene.api.chat(100).texts == ["/start", "Hello", "/start", "Welcome back"]
    scene.ann.gone = True
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await scene.aio.send_message(100, "Anybody?")


async def test_a_reply_keyboard_is_shown_and_cannot_be_edited(scene: Scene) -> None:
    scene.ann.start("front_bot")
    share = KeyboardButton(text="My number", request_contact=True)
    sent = await scene.aio.send_message(
        100, "Your number?", reply_markup=ReplyKeyboardMarkup(keyboard=[[share]])
    )
    chat = scene.api.chat(100)
    assert chat.keyboard
    assert chat.keyboard["keyboard"][0][0]["text"] == "My number"
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await scene.aio.edit_message_text("Your phone?", chat_id=100, message_id=sent.message_id)
    await scene.aio.send_message(100, "Thanks", reply_markup=aiogram.types.ReplyKeyboardRemove())
    assert chat.keyboard is None


async def test_unknown_methods_and_parameters_show(scene: Scene) -> None:
    scene.ann.start("front_bot")
    with pytest.raises(telegram.error.EndPointNotFound):
        await scene.ptb.do_api_request("makeCoffee")
    session = await scene.session()
    async with session.get(f"{scene.api.url}/bot22:desk/getMe?milk=yes") as answer:
        assert (await answer.json())["result"]["id"] == 22
    body = {
        "chat_id": 100,
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": 1}]]},
    }
    async with session.post(f"{scene.api.url}/bot11:front/SENDmessage", json=body) as answer:
        assert (await answer.json())["ok"] is True
    async with session.post(f"{scene.api.url}/bot11:front/sendMessage", json={"text": "x"}) as no:
        assert (no.status, "chat_id" in (await no.json())["description"]) == (400, True)
    assert scene.api.unknown == ["getMe.milk", "sendMessage.reply_markup.inline_keyboard.colour"]
    scene.api.unknown.clear()


async def test_copies_pins_and_reactions(scene: Scene) -> None:
    need = scene.bob.send_document(scene.group, "need.pdf", b"pdf", caption="see")
    copied = await scene.ptb.copy_message(-1001, -1001, need.id)
    assert scene.group.messages[-1].document == b"pdf"
    assert scene.group.messages[-1].id == copied.message_id
    forwarded = await scene.ptb.forward_message(-1001, -1001, need.id)
    assert forwarded.forward_origin
    await scene.ptb.set_message_reaction(-1001, need.id, "👍")
    assert need.emojis == ["👍"]
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)Reaction_invalid"):
        await scene.ptb.set_message_reaction(-1001, need.id, "🧀")
    await scene.ptb.pin_chat_message(-1001, need.id)
    assert scene.group.pinned == [need.id]
    await scene.ptb.unpin_chat_message(-1001, need.id)
    assert scene.group.pinned == []
