"""Everything outside the desk's work: private chats, other groups, and what the group lacks."""

from __future__ import annotations

from bot.core import Core
from bot.limits import Buckets
from bot.logs import describe_error, get_logger
from bot.presales.group import badges
from bot.presales.group.badges import Tried
from bot.presales.group.menus import COMMANDS, read_command
from bot.presales.group.standing import GONE, NO_TOPICS, RIGHTS
from bot.presales.group.words import Words
from bot.telegram.border import (
    DESK,
    Blocked,
    GroupClient,
    GroupFacts,
    Me,
    Post,
    Refused,
    Said,
    Target,
)

NO_GROUP, NO_DELETING = "desk_act.trouble.no_group", "desk_act.trouble.no_deleting"
_OURS = (NO_GROUP, GONE, NO_TOPICS, RIGHTS, NO_DELETING)
OUT = ("left", "kicked")
ANSWERS_BURST = 5  # answers to one chat at once; then one in three seconds


class Entrance:
    """Answers people who are not at the desk, and looks at the group from outside."""

    def __init__(self, core: Core, client: GroupClient, words: Words) -> None:
        self._house = core.house
        self._client = client
        self._words = words
        self._answers = Buckets(1 / 3, ANSWERS_BURST, 1_000, clock=self._seconds)

    @property
    def _languages(self) -> tuple[str, ...]:
        """Those of the pack in which the desk's words are written."""
        pack = self._words.texts.pack
        return tuple(each for each in pack.languages if "desk_act.help" in pack.texts.get(each, {}))

    async def name_commands(self) -> None:
        """Tell Telegram which commands there are in groups, in every language of the desk."""
        for language in ("", *self._languages):
            spoken = language or self._words.language
            named = [(each, self._say(spoken, f"desk_act.command.{each}")) for each in COMMANDS]
            await self._client.set_commands(tuple(named), language)

    async def look(self, group: int) -> None:
        """Find out what the group lacks: a line in the log for each, and the inbox shows it."""
        lacks = await self._find_lacks(group)
        for key in lacks:
            get_logger().warning("desk_group_lacks", kind=_short(key))
        told = self._house.presence.troubles
        others = tuple(key for key in told.get(DESK, ()) if key not in _OURS)
        told[DESK] = (*lacks, *others)

    async def _find_lacks(self, group: int) -> tuple[str, ...]:
        if not group:
            return (NO_GROUP,)
        try:
            return name_lacks(await self._client.look_at(group))
        except Refused:
            return (GONE,)

    # --- private chats -------------------------------------------------------------------------

    async def answer_private(self, said: Said, me: Me) -> None:
        """`/link CODE` or `/start CODE` links the person to an account; all else gets help."""
        sender = said.sender
        if said.kind != "message" or said.service or sender is None or sender.is_bot:
            return
        spoken = sender.language.partition("-")[0].lower()
        language = spoken if spoken in self._languages else self._words.language
        command = None if said.forwarded else read_command(said.text, me.username)
        if command is None or command.act not in ("link", "start") or not command.argument:
            await self._answer(said, self._say(language, "desk_act.private.help"))
            return
        tried = await badges.redeem(self._house, sender.id, command.argument)
        await self._answer(said, self._tell_tried(language, tried))

    def _tell_tried(self, language: str, tried: Tried) -> str:
        name = tried.staff.display_name or tried.staff.name if tried.staff else ""
        return self._say(language, f"desk_act.private.{tried.outcome}", name=name)

    # --- other groups --------------------------------------------------------------------------

    async def answer_elsewhere(self, said: Said, me: Me, *, configured: bool) -> None:
        """Without a configured group `/id` tells its id; else we leave any other group."""
        if not configured:
            command = read_command(said.text, me.username) if said.kind == "message" else None
            if command is not None and command.act == "id" and not said.forwarded:
                await self._answer(said, await self.describe(said.chat))
            return
        if not said.chat_kind:
            return
        get_logger().warning("desk_refused", reason="other_group", kind=said.kind, chat=said.chat)
        gone = said.status in OUT if said.member == me.id else False
        if gone or (said.service == "member_left" and said.member == me.id):
            return
        try:
            await self._client.leave(said.chat)
        except Refused as error:
            get_logger().info("group_not_left", chat=said.chat, **describe_error(error))

    async def describe(self, group: int) -> str:
        """The id of a group, and what it lacks to be a desk. Raises TelegramError."""
        lacks = name_lacks(await self._client.look_at(group))
        is_set = group == self._house.settings.desk_group
        say = self._words.say_any
        lines = [say(f"desk_act.id{'.set' if is_set else ''}", id=group)]
        lines += [say(f"desk_act.lacks.{_short(key)}") for key in lacks]
        lines += [] if lacks else [say("desk_act.id.ready")]
        return "\n".join(lines)

    def may_answer(self, chat: int) -> bool:
        """Whether there is room for one more answer to this chat, which takes it."""
        return not self._answers.take(str(chat))

    async def _answer(self, said: Said, text: str) -> None:
        if not self.may_answer(said.chat):
            return
        try:
            await self._client.send(Target(chat=said.chat, thread=said.thread), Post(text=text))
        except Blocked as error:
            get_logger().info("answer_lost", **describe_error(error))

    def _seconds(self) -> float:
        return self._house.now() / 1_000

    def _say(self, language: str, key: str, **values: object) -> str:
        return self._words.texts.say(language, key, **values)


def _short(key: str) -> str:
    return key.rpartition(".")[2]


def name_lacks(facts: GroupFacts) -> tuple[str, ...]:
    """Text keys of what a group lacks to be a desk, worst first."""
    lacks = []
    if not facts.is_forum:
        lacks.append(NO_TOPICS)
    if not (facts.is_admin and facts.can_manage_topics):
        lacks.append(RIGHTS)
    if not facts.can_delete:
        lacks.append(NO_DELETING)
    return tuple(lacks)
