"""What happens to a group: members, topics, a new id. People and bots both do these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .render import render_message
from .world import Account, Chat, Group, Json, Message, Parts, Sender, Topic

if TYPE_CHECKING:
    from .people import Person
    from .stage import Stage


def put(api: Stage, chat: Chat, sender: Sender, parts: dict[str, Any]) -> Message:
    return api.post(chat, sender, Parts(**parts))


def announce(api: Stage, group: Group, by: Sender, content: Json, thread: int = 0) -> Message:
    """A service message."""
    return put(api, group, by, {"content": content, "thread": thread})


def reactions(emojis: list[str]) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji} for emoji in emojis]


def head_of(group: Group, thread: int) -> Message | None:
    """Messages in a topic come as replies to the service message that opened it."""
    return group.find(thread) if thread else None


def check_open(group: Group, thread: int, user: int) -> None:
    """A person's client writes only where it can."""
    if thread:
        topic = group.topics[thread]
        assert not topic.deleted, "this topic is deleted"
        assert not topic.closed or group.may(user, "can_manage_topics"), "this topic is closed"


def join(api: Stage, group: Group, user: Sender) -> None:
    api.change_member(group, user, "member", user)
    announce(api, group, user, {"new_chat_members": [user.as_user()]})


def remove(api: Stage, group: Group, user: Sender, by: Sender) -> None:
    """Leaves where `by` is the same, else is kicked."""
    hears = group.holds(user.id)
    api.change_member(group, user, "left" if by is user else "kicked", by)
    message = announce(api, group, by, {"left_chat_member": user.as_user()})
    if isinstance(user, Account) and hears and by is not user:
        user.queue.push("message", render_message(message, user))


def throw_out_bot(api: Stage, group: Group, bot: Account | str, by: Sender) -> None:
    remove(api, group, api.account(bot), by)


def create_topic(
    api: Stage, group: Group, name: str, by: Sender, color: int = 7322096, icon: str = ""
) -> Topic:
    thread = group.last + 1
    group.topics[thread] = Topic(thread, name, by.id, color, icon)
    made: Json = {"name": name, "icon_color": color}
    if icon:
        made["icon_custom_emoji_id"] = icon
    announce(api, group, by, {"forum_topic_created": made}, thread)
    return group.topics[thread]


def rename_topic(api: Stage, group: Group, thread: int, name: str, by: Sender) -> None:
    group.topics[thread].name = name
    announce(api, group, by, {"forum_topic_edited": {"name": name}}, thread)


def close_topic(api: Stage, group: Group, thread: int, by: Sender) -> None:
    group.topics[thread].closed = True
    announce(api, group, by, {"forum_topic_closed": {}}, thread)


def reopen_topic(api: Stage, group: Group, thread: int, by: Sender) -> None:
    group.topics[thread].closed = False
    announce(api, group, by, {"forum_topic_reopened": {}}, thread)


def delete_topic(api: Stage, group: Group, thread: int) -> None:
    """With all its messages; no bot is told."""
    group.topics[thread].deleted = True
    for message in group.in_thread(thread):
        message.deleted = True
    api.note()


def migrate(
    api: Stage, group: Group, new_id: int, by: Person, *, forum: bool | None = None
) -> Group:
    """The group gets another id; the old one answers with it from now on. Topics go along where
    `forum` (as before where None) is true."""
    new = Group(new_id, title=group.title, forum=group.forum if forum is None else forum)
    new.statuses, new.people = dict(group.statuses), dict(group.people)
    new.rights = {user: dict(rights) for user, rights in group.rights.items()}
    new.topics = {thread: topic for thread, topic in group.topics.items() if new.forum}
    new.last = group.last
    api.groups[new_id] = new
    announce(api, group, by, {"migrate_to_chat_id": new_id})
    group.migrated_to = new_id
    announce(api, new, by, {"migrate_from_chat_id": group.id})
    return new
