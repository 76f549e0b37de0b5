"""Groups: topics, rights, members, a new id, being thrown out."""

from __future__ import annotations

import pytest
import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden

from .conftest import Scene


async def drain(scene: Scene) -> list[telegram.Update]:
    """All updates of the desk's bot, confirmed."""
    got = await scene.ptb.get_updates(allowed_updates=telegram.Update.ALL_TYPES)
    if got:
        await scene.ptb.get_updates(offset=max(update.update_id for update in got) + 1)
    return list(got)


async def test_what_is_written_in_a_topic_says_so(scene: Scene) -> None:
    topic = await scene.ptb.create_forum_topic(-1001, "Acme, Lyon")
    thread = topic.message_thread_id
    sent = await scene.ptb.send_message(-1001, "The brief", message_thread_id=thread)
    assert (sent.is_topic_message, sent.message_thread_id) == (True, thread)
    first = scene.bob.write_in(scene.group, thread, "On it")
    scene.bob.write_in(scene.group, thread, "// a note", reply_to=first)
    scene.bob.write_in(scene.group, 0, "in General")
    scene.bob.send_document_in(scene.group, thread, "offer.pdf", b"pdf")
    said = [update.message for update in await drain(scene) if update.message]
    created, plain, answer, general, file = said
    assert created.forum_topic_created  # the bot's own act comes back to it
    assert created.forum_topic_created.name == "Acme, Lyon"
    assert created.from_user
    assert created.from_user.id == 22
    assert plain.reply_to_message  # as Telegram does it: to the message that opened the topic
    assert plain.reply_to_message.forum_topic_created
    assert answer.reply_to_message
    assert answer.reply_to_message.text == "On it"
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert file.document
    assert file.message_thread_id == thread
    assert scene.group.find_topic("Acme, Lyon").thread == thread
    assert [m.text for m in scene.group.in_thread(thread)][1:] == [
        "The brief", "On it", "// a note", ""
    ]  # fmt: skip


async def test_topics_are_renamed_closed_opened_deleted(scene: Scene) -> None:
    thread = (await scene.ptb.create_forum_topic(-1001, "New")).message_thread_id
    await scene.ptb.edit_forum_topic(-1001, thread, name="Taken")
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_NOT_MODIFIED"):
        await scene.ptb.edit_forum_topic(-1001, thread, name="Taken")
    await scene.ptb.close_forum_topic(-1001, thread)
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_NOT_MODIFIED"):
        await scene.ptb.close_forum_topic(-1001, thread)
    await scene.ptb.send_message(-1001, "who manages topics may", message_thread_id=thread)
    scene.api.limits.closed_for_all = True
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_CLOSED"):
        await scene.ptb.send_message(-1001, "nobody may", message_thread_id=thread)
    await scene.ptb.reopen_forum_topic(-1001, thread)
    await scene.ptb.send_message(-1001, "all may", message_thread_id=thread)
    await scene.ptb.delete_forum_topic(-1001, thread)
    assert scene.group.in_thread(thread) == []
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await scene.ptb.send_message(-1001, "gone", message_thread_id=thread)
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_ID_INVALID"):
        await scene.ptb.close_forum_topic(-1001, thread)
    services = [m for u in await drain(scene) if (m := u.message)]
    assert [bool(m.forum_topic_closed) for m in services] == [False, False, True, False]
    assert services[1].forum_topic_edited
    assert services[1].forum_topic_edited.name == "Taken"
    assert services[3].forum_topic_reopened


async def test_people_close_rename_and_delete_topics(scene: Scene) -> None:
    thread = scene.bob.create_topic(scene.group, "Bob's")
    scene.bob.rename(scene.group, thread, "Acme")
    scene.bob.close_topic(scene.group, thread)
    scene.bob.reopen_topic(scene.group, thread)
    scene.bob.delete_topic(scene.group, thread)
    said = [update.message for update in await drain(scene) if update.message]
    assert len(said) == 4  # nobody is told that it was deleted
    assert said[1].forum_topic_edited
    with pytest.raises(AssertionError, match="deleted"):
        scene.bob.write_in(scene.group, thread, "into the void")


async def test_without_the_right_topics_are_refused(scene: Scene) -> None:
    thread = scene.bob.create_topic(scene.group, "Closed")
    scene.api.set_rights(scene.group, "desk_bot", can_manage_topics=False)
    change = (await drain(scene))[-1].my_chat_member
    assert change
    assert isinstance(change.new_chat_member, telegram.ChatMemberAdministrator)
    assert change.new_chat_member.can_manage_topics is False
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to create a topic"):
        await scene.ptb.create_forum_topic(-1001, "No")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to edit the topic"):
        await scene.ptb.close_forum_topic(-1001, thread)
    scene.bob.close_topic(scene.group, thread)
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_CLOSED"):
        await scene.ptb.send_message(-1001, "No", message_thread_id=thread)
    scene.api.set_rights(scene.group, "desk_bot", can_delete_messages=False)
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to delete the topic"):
        await scene.ptb.delete_forum_topic(-1001, thread)
    note = scene.bob.write_in(scene.group, 0, "mine")
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await scene.ptb.delete_message(-1001, note.id)


async def test_a_group_without_topics(scene: Scene) -> None:
    scene.api.add_group(-5, "Plain", forum=False, members=[scene.bob])
    with pytest.raises(BadRequest, match=r"(?i)the chat is not a forum"):
        await scene.ptb.create_forum_topic(-5, "No")
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await scene.ptb.send_message(-5, "No", message_thread_id=3)
    chat = await scene.ptb.get_chat(-5)
    assert (chat.type, chat.is_forum) == ("group", None)
    assert (await scene.ptb.get_chat(-1001)).is_forum


async def test_a_group_gets_a_new_id(scene: Scene) -> None:
    plain = scene.api.add_group(-5, "Plain", forum=False, members=[scene.bob])
    new = scene.bob.migrate(plain, -1005, forum=True)
    with pytest.raises(ChatMigrated) as moved:
        await scene.ptb.send_message(-5, "old id")
    assert moved.value.new_chat_id == -1005
    out, arrived = [update.message for update in await drain(scene) if update.message]
    assert (out.chat.id, out.migrate_to_chat_id) == (-5, -1005)
    assert (arrived.chat.id, arrived.migrate_from_chat_id) == (-1005, -5)
    await scene.ptb.create_forum_topic(-1005, "On the new id")
    assert new.holds(scene.bob.id)


async def test_members_come_and_go(scene: Scene) -> None:
    async def status(user: int) -> str:
        return (await scene.ptb.get_chat_member(-1001, user)).status

    assert (await status(200), await status(100), await status(22)) == (
        "creator", "left", "administrator",
    )  # fmt: skip
    scene.ann.join(scene.group)
    assert await status(100) == "member"
    assert await scene.ptb.get_chat_member_count(-1001) == 3
    scene.bob.kick(scene.group, scene.ann)
    assert await status(100) == "kicked"
    with pytest.raises(AssertionError, match="not in"):
        scene.ann.write(scene.group, "let me in")
    with pytest.raises(BadRequest, match=r"(?i)PARTICIPANT_ID_INVALID"):
        await status(31337)
    admins = await scene.ptb.get_chat_administrators(-1001)
    assert [admin.user.id for admin in admins] == [200, 22]
    joined, left = [update.message for update in await drain(scene) if update.message]
    assert [user.id for user in joined.new_chat_members] == [100]
    assert left.left_chat_member
    assert left.left_chat_member.id == 100


async def test_a_bot_thrown_out_is_told_and_refused(scene: Scene) -> None:
    scene.bob.throw_out_bot(scene.group, "desk_bot")
    change = (await drain(scene))[0].my_chat_member
    assert change
    assert change.new_chat_member.status == "kicked"
    for call in (
        scene.ptb.send_message(-1001, "hello?"),
        scene.ptb.create_forum_topic(-1001, "New"),
        scene.ptb.get_chat(-1001),
    ):
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await call
    scene.bob.write_in(scene.group, 0, "it is quiet now")
    assert await drain(scene) == []


async def test_a_bot_that_leaves(scene: Scene) -> None:
    await scene.ptb.leave_chat(-1001)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await scene.ptb.send_message(-1001, "hello?")


async def test_privacy_hides_what_is_not_meant_for_a_bot(scene: Scene) -> None:
    scene.group.statuses[22] = "member"
    scene.bob.write_in(scene.group, 0, "among us")
    sent = await scene.ptb.send_message(-1001, "A bot's line")
    scene.bob.write_in(scene.group, 0, "/take")
    scene.bob.write_in(scene.group, 0, "answer", reply_to=scene.group.find(sent.message_id))
    scene.bob.write_in(scene.group, 0, "hey @desk_bot")
    got = [update.message.text for update in await drain(scene) if update.message]
    assert got == ["/take", "answer", "hey @desk_bot"]


async def test_bots_do_not_hear_each_other(scene: Scene) -> None:
    group = scene.api.add_group(-1009, "Both", members=[scene.bob])
    await scene.ptb.send_message(-1009, "from the desk")
    await scene.aio.send_message(-1009, "from the front")
    assert await scene.aio.get_updates() == []
    assert await drain(scene) == []
    scene.bob.write_in(group, 0, "to both")
    assert len(await scene.aio.get_updates()) == len(await drain(scene)) == 1


async def test_only_own_messages_can_be_edited(scene: Scene) -> None:
    said = scene.bob.write_in(scene.group, 0, "mine")
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await scene.ptb.edit_message_text("yours", -1001, said.id)
    for number in (said.id + 1, 9_999):
        with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
            await scene.ptb.edit_message_text("yours", -1001, number)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await scene.ptb.delete_message(-1001, 9_999)
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await scene.ptb.send_message(-1001, "re", reply_to_message_id=9_999)
    await scene.ptb.send_message(
        -1001, "re", reply_to_message_id=9_999, allow_sending_without_reply=True
    )
    await scene.ptb.delete_message(-1001, said.id)
    assert said.deleted
