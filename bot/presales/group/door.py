"""The incoming side of the desk's bot: who may say what where, and what is done about it.

Everything that is refused is logged by ids alone; nothing that a person wrote is.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from bot.core import Core
from bot.logs import describe_error, get_logger
from bot.presales.group.acts import Acts, Asked
from bot.presales.group.answers import Answers, Keys
from bot.presales.group.entrance import Entrance
from bot.presales.group.marks import SENT, Marks, Written
from bot.presales.group.menus import Wish, read_command, read_tap, renew
from bot.presales.group.people import People
from bot.presales.group.topic_lines import Line, TopicLines
from bot.presales.group.words import Words
from bot.telegram.border import (
    DESK,
    Busy,
    GroupClient,
    Me,
    RawUpdate,
    Refused,
    Said,
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


class DeskDoor:
    """See border.Door. `client`, `feed` and `pace` are those of the desk's bot."""

    name = DESK

    def __init__(self, core: Core, client: GroupClient, feed: Feed, pace: Pace) -> None:
        house = core.house
        words = Words(core.mind.texts, house.settings.address)
        self.client = client
        self._house = house
        self._feed = feed
        self._texts, self._language = core.mind.texts, words.language
        self._say = partial(core.mind.texts.say, words.language)
        self._people = People(client, house.db, house.now)
        self._acts = Acts(core, words)
        self._marks = Marks(house, client, self._tell_failed)
        self._answers = Answers(house, client, pace, lambda: feed.group)
        self._lines = TopicLines(core, client, self._say, self._answers, self._marks)
        self._entrance = Entrance(core, client, words.language)
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
        """One update. Raises Busy and StorageError to be given it again."""
        said = self.client.read(update.payload)
        group = self._feed.group
        if said.kind == "other":
            return
        if said.chat_kind == "private":
            await self._entrance.answer_private(said, self._me)
        elif group and said.chat == group:
            await self._in_group(said)
        elif said.service != "migrated":
            await self._entrance.answer_elsewhere(said, self._me, configured=bool(group))

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
                await self._entrance.look(said.chat)
        elif said.service == "migrated" and said.moved_to:
            await self._feed.move(said.moved_to)
        elif said.service:
            return  # the feed meets a topic that was closed or deleted when it posts
        elif said.kind == "tap":
            await self._tapped(said)
        else:
            await self._written(said)

    async def _tapped(self, said: Said) -> None:
        wish, topic = read_tap(said.data), self._find(said)
        if wish is None or topic is None:
            await self._answer(said, self._say("desk_act.old_button"), alert=True)
            return
        judged = await self._people.judge(said)
        if judged.staff is None:
            self._refuse(said, judged.refused)
            await self._answer(said, self._say(f"desk_act.refused.{judged.refused}"), alert=True)
            return
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
            await self._show_keys(said, outcome.keys)
        elif wish.argument:
            await self._end_menu(said, topic)

    async def _end_menu(self, said: Said, topic: TopicRow) -> None:
        """The choice is made: a menu that stays there has no effect twice, so it may fail."""
        try:
            await self._show_keys(said, self._keys_of(said, topic))
        except Busy as error:
            get_logger().info("keys_not_shown", **describe_error(error))

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
        judged = await self._people.judge(said)
        if judged.staff is None:
            self._turn_away(said, judged.refused, topic)
        elif said.forwarded and (command is not None or not self._owns(judged.staff, topic)):
            self._refuse(said, "forwarded")
        elif command is not None:
            await self._do_command(said, judged.staff, topic, command)
        elif topic is not None and not (said.kind == "edited" and said.text.startswith("/")):
            line = Line(talk=topic.conversation, staff=judged.staff, said=said)
            await self._lines.take(line)

    async def _do_command(
        self, said: Said, staff: StaffRow, topic: TopicRow | None, wish: Wish
    ) -> None:
        if wish.act == "id":
            await self._entrance.tell_id(said)
            return
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

    # --- refusals ------------------------------------------------------------------------------

    def _turn_away(self, said: Said, reason: str, topic: TopicRow | None) -> None:
        """Nobody of ours: logged, and once an hour the person is told what is missing."""
        self._refuse(said, reason)
        sender = said.sender
        if sender is None or reason == "bot" or not self._people.wants_hint(sender.id):
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
        key = known if self._texts.has(self._language, known) else "desk_act.failed"
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

    async def _show_keys(self, said: Said, keys: Keys) -> None:
        try:
            await self.client.edit_keys(said.chat, said.message, renew(keys, said.tap))
        except Refused as error:
            if not isinstance(error, Unchanged):
                get_logger().info("keys_not_shown", **describe_error(error))

    async def _answer(self, said: Said, text: str, *, alert: bool = False) -> None:
        """Answer a tap; one that is too old to be answered has had its effect all the same."""
        try:
            await self.client.answer_tap(said.tap, text, alert=alert)
        except TelegramError as error:
            get_logger().info("tap_not_answered", **describe_error(error))
