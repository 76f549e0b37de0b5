"""Methods for topics of a group."""

from __future__ import annotations

from . import groups
from .call import Call, answers
from .refusals import bad
from .world import Group, Json, Topic

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def _forum(call: Call, act: str) -> Group:
    group = call.open_group()
    if not group.forum:
        raise bad("the chat is not a forum")
    if not group.may(call.account.id, "can_manage_topics"):
        raise bad(f"not enough rights to {act}")
    return group


def _topic(call: Call, group: Group) -> Topic:
    topic = group.topics.get(call["message_thread_id"])
    if topic is None or topic.deleted:
        raise bad("TOPIC_ID_INVALID")
    return topic


def _name(call: Call) -> str:
    """Telegram cuts longer names without a word; here they are refused, so that it shows."""
    name = (call["name"] or "").strip()
    if not name:
        raise bad("title must be non-empty")
    if len(name) > call.api.limits.topic_name:
        raise bad("TOPIC_TITLE_INVALID")
    return str(name)


@answers("createForumTopic")
def create_topic(call: Call) -> Json:
    group = _forum(call, "create a topic")
    name = _name(call)
    color = call["icon_color"] or COLORS[0]
    if color not in COLORS:
        raise bad("TOPIC_ICON_COLOR_INVALID")
    call.spend(group)
    icon = call["icon_custom_emoji_id"] or ""
    topic = groups.create_topic(call.api, group, name, call.account, color, icon)
    body: Json = {"message_thread_id": topic.thread, "name": name, "icon_color": color}
    return body | ({"icon_custom_emoji_id": icon} if icon else {})


@answers("editForumTopic")
def edit_topic(call: Call) -> bool:
    group = _forum(call, "edit the topic")
    topic = _topic(call, group)
    icon = call["icon_custom_emoji_id"]
    name = topic.name if call["name"] is None else _name(call)
    if name == topic.name and icon in (None, topic.icon):
        raise bad("TOPIC_NOT_MODIFIED")
    topic.icon = topic.icon if icon is None else icon
    groups.rename_topic(call.api, group, topic.thread, name, call.account)
    return True


@answers("closeForumTopic")
def close_topic(call: Call) -> bool:
    group = _forum(call, "edit the topic")
    topic = _topic(call, group)
    if topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    groups.close_topic(call.api, group, topic.thread, call.account)
    return True


@answers("reopenForumTopic")
def reopen_topic(call: Call) -> bool:
    group = _forum(call, "edit the topic")
    topic = _topic(call, group)
    if not topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    groups.reopen_topic(call.api, group, topic.thread, call.account)
    return True


@answers("deleteForumTopic")
def delete_topic(call: Call) -> bool:
    group = call.open_group()
    if not group.forum:
        raise bad("the chat is not a forum")
    if not group.may(call.account.id, "can_delete_messages"):
        raise bad("not enough rights to delete the topic")
    groups.delete_topic(call.api, group, _topic(call, group).thread)
    return True
