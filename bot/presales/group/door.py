"""The incoming side of the desk's bot: who may say what where, and what is done about it.

Everything that is refused is logged by ids alone; nothing that a person wrote is.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from bot.core import Core
from bot.logs import describe_error, get_logger
from bot.presales.group import badges
from bot.presales.group.acts import Acts, Asked
from bot.presales.group.answers import Answers, Keys
from bot.presales.group.entrance import Entrance
from bot.presales.group.marks import FAILED, SENT, Marks, Written
from bot.presales.group.menus import Wish, read_command, read_tap, renew
from bot.presales.group.people import People
from bot.presales.group.topic_lines import Line, TopicLines
from bot.presales.group.tries import Tries
from bot.presales.group.words import Words
from bot.telegram.border import (
    DESK,
    Busy,
    GroupClient,
    Me,
    Moved,
    RawUpdate,
    Refused,
    Said,
    TapRefused,
    Target,
    TelegramError,
    Unchanged,
)
from bot.telegram.pace import Pace
from storage import conversations, topics
from storage.accounts import StaffRow
from storage.topics import TopicRow


class Feed(Protocol):
    """What the door needs of the outgoing side."""

    @property
    def group(self) -> int:
        """The group as it is called now, 0: none is configured."""
        ...

    async def move(self, to: int) -> None:
        """The group became a supergroup with this id."""
        ...

    async def note_closed(self, conversation: str) -> bool:
        """Its topic was closed by hand; True: it is opened again, for the talk is not closed."""
        ...


class DeskDoor:
    """See border.Door. `client`, `feed` and `pace` are those of the desk's bot."""

    name = DESK

    def __init__(self, core: Core, client: GroupClient, feed: Feed, pace: Pace) -> None:
        house = core.house
        words = Words(
            lambda: core.mind.texts, house.settings.address, contacts=house.settings.group_contacts
        )
        self.client = client
        self._house = house
        self._feed = feed
        self._words, self._say = words, words.say_any
        self._people = People(client, house.db, house.now)
        self._acts = Acts(core, words)
        self._marks = Marks(house, client, self._tell_failed)
        self._answers = Answers(house, client, pace, lambda: feed.group)
        self._lines = TopicLines(core, client, self._say, self._answers, self._marks)
        self._entrance = Entrance(core, client, words)
        self._tries = Tries()
        self._me = Me(id=0, username="")

    async def begin(self, me: Me) -> None:
        """Name the commands, look at the group, mark what was on its way."""
        self._me = me
        self._house.presence.usernames[DESK] = me.username
        await self._entrance.name_commands()
        await self._entrance.look(self._feed.group)
        await self._marks.recover(self._feed.group)

    async def close(self) -> None:
        """End what waits in the background; it is best effort."""
        await self._marks.close()
        await self._answers.close()

    async def take(self, update: RawUpdate) -> None:
        """One update. Raises Busy and StorageError to be given it again, and TapRefused."""
        said = self.client.read(update.payload)
        if said.kind == "other":
            return
        if said.chat_kind == "private":
            await self._entrance.answer_private(said, self._me)
        elif self._is_ours(said):
            await self._in_group(msgspec.structs.replace(said, chat=self._feed.group))
        elif said.service != "migrated" and not await self._has_moved_to(said):
            configured = bool(self._feed.group)
            await self._entrance.answer_elsewhere(said, self._me, configured=configured)
        elif self._is_ours(said):
            await self._in_group(said)

    def _is_ours(self, said: Said) -> bool:
        """Whether it was said in the group, also under the id that this had before it moved."""
        group, before = self._feed.group, self._house.settings.desk_group
        if said.service == "migrated":
            return bool(group) and said.chat == group
        return bool(group) and said.chat in (group, before)

    async def _has_moved_to(self, said: Said) -> bool:
        """Whether our group goes on there: news of that may come after what is said there."""
        group = self._feed.group
        if not group or said.chat_kind != "supergroup":
            return False
        try:
            await self.client.show_typing(Target(chat=group))
        except Moved as error:
            await self._feed.move(error.to)
        except Refused as error:
            get_logger().info("desk_group_not_reached", **describe_error(error))
        return said.chat == self._feed.group

    async def skip(self, update: RawUpdate) -> None:
        """A repeated tap: stop the clock on its button. Raises TelegramError."""
        said = self.client.read(update.payload)
        if said.kind == "tap":
            await self.client.answer_tap(said.tap)

    # --- the group -----------------------------------------------------------------------------

    async def _in_group(self, said: Said) -> None:
        if said.kind == "member" or said.service.startswith("member_"):
            self._people.forget()
            if said.member == self._me.id:
                await self._look_again(said)
        elif said.service == "migrated" and said.moved_to:
            await self._feed.move(said.moved_to)
        elif said.service == "topic_closed":
            await self._closed(said)
        elif said.service:
            return  # the feed meets a topic that was deleted when it posts
        elif said.kind == "tap":
            await self._tapped(said)
        else:
            await self._written(said)

    async def _closed(self, said: Said) -> None:
        """We may write into a closed topic, colleagues may not: it stays open while the talk is."""
        topic, by = self._find(said), said.sender.id if said.sender else 0
        if topic is None or by == self._me.id:
            return
        if await self._feed.note_closed(topic.conversation):
            self._answers.say(topic.conversation, self._say("desk_act.stays_open"))

    async def _look_again(self, said: Said) -> None:
        """Something else is allowed to us: the inbox shows what is missing."""
        try:
            await self._entrance.look(said.chat)
        except Busy as error:
            self._tries.wait(f"look {said.at}", error)
            get_logger().info("desk_group_not_reached", **describe_error(error))

    async def _tapped(self, said: Said) -> None:
        wish, topic = read_tap(said.data), self._find(said)
        if wish is None or topic is None:
            await self._answer(said, self._say("desk_act.old_button"), alert=True)
            return
        judged = await self._people.judge(said)
        if judged.staff is None:
            self._refuse(said, judged.refused)
            await self._answer(said, self._say(f"desk_act.refused.{judged.refused}"), alert=True)
            raise TapRefused
        if wish.act == "menu":
            await self._show_keys(said, self._keys_of(said, topic))
            await self._answer(said, "")
            return
        await self._do_tapped(said, judged.staff, topic, wish)

    async def _do_tapped(self, said: Said, staff: StaffRow, topic: TopicRow, wish: Wish) -> None:
        talk = topic.conversation
        asked = Asked(staff=staff, talk=talk, wish=wish, once=f"tap:{said.tap}")
        outcome = await self._acts.carry_out(asked)
        await self._answer(said, outcome.words, alert=outcome.refused)
        if outcome.page:
            self._answers.say(talk, outcome.page)
        elif outcome.keys is not None:
            if not await self._show_keys(said, outcome.keys):
                # The same tap again would be a repeat: the choices come as a message instead.
                self._answers.say(talk, outcome.words, said.message, outcome.keys)
        elif wish.argument:
            await self._show_keys(said, self._keys_of(said, topic))
        if outcome.refused:
            raise TapRefused

    async def _written(self, said: Said) -> None:
        """A text or file. What is no command and stands in no topic of ours is people's talk."""
        topic = self._find(said)
        command = None
        if said.kind == "message" and not said.file:
            command = read_command(said.text, self._me.username)
        if command is not None and not command.act:
            return  # to another bot
        if command is None and topic is None:
            return
        if command is not None and await self._voids(command):
            return
        if command is not None and command.act == "id" and self._may_ask_id(said):
            await self._tell_id(said, topic)
            return
        judged = await self._people.judge(said)
        if judged.staff is None:
            await self._turn_away(said, judged.refused, topic)
        elif said.forwarded and (command is not None or not self._owns(judged.staff, topic)):
            self._refuse(said, "forwarded")
        elif command is not None:
            await self._do_command(said, judged.staff, topic, command)
        elif topic is not None and not (said.kind == "edited" and said.text.startswith("/")):
            line = Line(talk=topic.conversation, staff=judged.staff, said=said)
            await self._lines.take(line)

    async def _voids(self, command: Wish) -> bool:
        """A code that was meant for the private chat: everybody here has read it."""
        if command.act not in ("link", "start") or not command.argument:
            return False
        return await badges.void(self._house, command.argument)

    async def _do_command(
        self, said: Said, staff: StaffRow, topic: TopicRow | None, wish: Wish
    ) -> None:
        if topic is None:
            key = "desk_act.help" if wish.act == "help" else "desk_act.only_in_topic"
            self._answers.say("", self._say(key), said.message)
            return
        talk = topic.conversation
        asked = Asked(staff=staff, talk=talk, wish=wish, once=f"message:{said.message}")
        outcome = await self._acts.carry_out(asked)
        if outcome.page:
            self._answers.say(talk, outcome.page, said.message)
        elif outcome.keys is not None or outcome.refused:
            self._answers.say(talk, outcome.words, said.message, outcome.keys or ())
        else:
            await self._marks.show(said.chat, said.message, SENT)

    def _may_ask_id(self, said: Said) -> bool:
        """Anybody in the group may: whoever sets it up is often not linked yet."""
        return not said.forwarded and not (said.sender is not None and said.sender.is_bot)

    async def _tell_id(self, said: Said, topic: TopicRow | None) -> None:
        if not self._entrance.may_answer(said.chat):
            return
        try:
            text = await self._entrance.describe(said.chat)
        except Busy as error:
            self._tries.wait(f"id {said.message}", error)
            text = self._say("desk_act.refused.unsure")
        self._answers.say(topic.conversation if topic else "", text, said.message)

    # --- refusals ------------------------------------------------------------------------------

    async def _turn_away(self, said: Said, reason: str, topic: TopicRow | None) -> None:
        """Nobody of ours: logged, and once an hour the person is told what is missing.

        Who may well be one of ours is told each time that this was not done.
        """
        self._refuse(said, reason)
        sender = said.sender
        if reason == "unsure":
            await self._marks.show(said.chat, said.message, FAILED)
        elif sender is None or reason == "bot" or not self._people.wants_hint(sender.id):
            return
        talk = topic.conversation if topic else ""
        self._answers.say(talk, self._say(f"desk_act.refused.{reason}"), said.message)

    def _refuse(self, said: Said, reason: str) -> None:
        get_logger().warning(
            "desk_refused",
            reason=reason,
            kind=said.kind,
            chat=said.chat,
            person=said.sender.id if said.sender else 0,
        )

    def _tell_failed(self, written: Written, error: str) -> None:
        """What was written did not reach the prospect."""
        known = f"desk_act.failed.{error}"
        key = known if self._words.texts.has(self._words.language, known) else "desk_act.failed"
        self._answers.say(written.talk, self._say(key), written.message)

    # --- the topic -----------------------------------------------------------------------------

    def _find(self, said: Said) -> TopicRow | None:
        return self._house.db.peek(lambda tx: topics.find_by_thread(tx, said.chat, said.thread))

    def _owns(self, staff: StaffRow, topic: TopicRow | None) -> bool:
        if topic is None:
            return False
        row = self._house.db.peek(lambda tx: conversations.load(tx, topic.conversation))
        return row is not None and row.owner == "human" and row.staff_id == staff.id

    def _keys_of(self, said: Said, topic: TopicRow) -> Keys:
        """What stands under this message while no menu does."""
        is_head = said.message == topic.head_message
        return self._acts.main_keys(topic.conversation) if is_head else ()

    async def _show_keys(self, said: Said, keys: Keys) -> bool:
        """Put these buttons under the message; False while Telegram is busy.

        Never tried again by being raised: what was tapped has had its effect.
        """
        try:
            await self.client.edit_keys(said.chat, said.message, renew(keys, said.tap))
        except Busy as error:
            get_logger().info("keys_not_shown", **describe_error(error))
            return False
        except Refused as error:
            if not isinstance(error, Unchanged):
                get_logger().info("keys_not_shown", **describe_error(error))
        return True

    async def _answer(self, said: Said, text: str, *, alert: bool = False) -> None:
        """Answer a tap; one that is too old to be answered has had its effect all the same."""
        try:
            await self.client.answer_tap(said.tap, text, alert=alert)
        except TelegramError as error:
            get_logger().info("tap_not_answered", **describe_error(error))
