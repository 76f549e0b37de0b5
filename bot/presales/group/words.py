"""How things read in the group: names of topics, the brief with its buttons, lines, reminders.

What people wrote is never part of a markup: it stands in plain text, marks lie beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from bot import records
from bot.masking import contact_words, hide
from bot.presales.group.walking import ACT_MARK, is_from_topic, key_of
from bot.telegram.border import CAPTION_MAX, TEXT_MAX, TOPIC_NAME_MAX, Key, Post
from bot.telegram.split import Lines, shorten, split, units
from dialogs import hours
from dialogs.brief import brief
from dialogs.brief_text import write_brief
from dialogs.pack import Company
from dialogs.profile import value_of
from dialogs.texts import Texts
from dialogs.types import State
from storage.conversations import ConversationRow, MessageRow

HEAD_MAX = CAPTION_MAX  # units
LINES_MAX = TEXT_MAX - 96  # so that what is posted once more still has room for saying so
BRIEF_LEAST = 100  # characters
MARKS_MAX = 80  # of one message
ALARM_MAX = 25  # people named in one message
SHORT = 6  # characters of a conversation's id by which people may tell talks apart

# What the buttons carry; the topic tells which conversation is meant.
TAKE, PASS_ON, LATER, NOT_A_LEAD = "d:take", "d:pass", "d:later", "d:notlead"
HAND_BACK, CLOSE, STAGE = "d:back", "d:close", "d:stage"
ACCEPT, SNOOZE = "d:accept", "d:snooze"
PROFILE, DOCUMENTS = "d:profile", "d:docs"

Person = tuple[str, int]  # name, and the id to be mentioned by or 0
Names = Mapping[int, str]  # of staff, by the id of the account


class Words:
    """Everything that the feed says, in the language of the group."""

    def __init__(
        self, ask_texts: Callable[[], Texts], address: str, *, contacts: bool = True
    ) -> None:
        """`ask_texts` gives the words of the pack as it is now; it may be another one soon.

        `contacts`: whether the group may see e-mail addresses and phone numbers.
        """
        self._ask_texts = ask_texts
        self._contacts = contacts
        self._address = address if address.startswith("https://") else ""

    @property
    def texts(self) -> Texts:
        return self._ask_texts()

    @property
    def company(self) -> Company:
        return self.texts.pack.company

    @property
    def language(self) -> str:
        """The first language of the pack in which the desk's words are written."""
        pack = self.texts.pack
        # Not `has`: it would find the default language's words for any other one.
        written = (each for each in pack.languages if "desk_group.call" in pack.texts.get(each, {}))
        return next(written, pack.languages[0])

    def say(self, key: str, **values: object) -> str:
        return self.say_any(f"desk_group.{key}", **values)

    def say_any(self, key: str, **values: object) -> str:
        """A text of the whole product."""
        return self.texts.say(self.language, key, **values)

    def clock(self, at: int, now: int) -> str:
        """The local time, with its day where that is another one."""
        there, here = hours.local(self.company, at), hours.local(self.company, now)
        if there.date() == here.date():
            return f"{there:%H:%M}"
        return self.moment(at)

    def moment(self, at: int) -> str:
        """Weekday, day and local time."""
        return self.texts.moment(self.language, hours.local(self.company, at))

    def label(self, key: str, instead: str) -> str:
        """A text of the whole product, or what stands in for one that nobody wrote."""
        known = self.texts.has(self.language, key)
        return self.texts.say(self.language, key) if known else instead

    def conceal(self, state: State, text: str) -> str:
        """The text as the group may see it: without e-mail and phone where those are hidden."""
        return text if self._contacts else hide(text, contact_words(state))

    def link(self, conversation: str) -> str:
        """Where the talk stands in the inbox; "" where no address leads there from outside."""
        return f"{self._address}/inbox/{conversation}" if self._address else ""

    # --- the topic and its brief -----------------------------------------------------------------

    def name(self, conversation: str, state: State) -> str:
        """Company or person, city and edition; without any of them the reason and a number."""
        who = self._slot(state, "company") or self._slot(state, "name")
        edition = state.estimate.edition if state.estimate else self._slot(state, "edition")
        parts = [who, self._slot(state, "city"), self._edition(edition)]
        if not who:
            parts.insert(0, self._unnamed(conversation, state))
        return shorten(" · ".join(filter(None, parts)), TOPIC_NAME_MAX)

    def _unnamed(self, conversation: str, state: State) -> str:
        number = conversation[:SHORT]
        return self.say("topic.unknown", reason=self.reason(state), number=number)

    def reason(self, state: State) -> str:
        return self.texts.say(self.language, f"reason.{state.reason or 'none'}")

    def digest(self, row: ConversationRow, state: State) -> bytes:
        """By which it is known whether the brief would read otherwise now."""
        post = self.head(row, state, state.waiting_since)
        keys = [(key.label, key.data, key.url) for line in post.keys for key in line]
        return hashlib.blake2b(repr((post.text, keys)).encode(), digest_size=8).digest()

    def head(
        self, row: ConversationRow, state: State, now: int, extra: Lines | None = None
    ) -> Post:
        """The brief in HEAD_MAX units with all that belongs to it. `extra` comes before it."""
        lines = extra or Lines()
        lines.add(self._owner(state, now), bold=True)
        if state.stage != "consultation":
            lines.add(" · " + self.texts.say(self.language, f"desk.stage.{state.stage}"))
        lines.end()
        lines.add(self._brief(state, now, HEAD_MAX - units(lines.text)))
        return Post(text=lines.text, marks=lines.marks, keys=self.keys(row.id, state))

    def _brief(self, state: State, now: int, room: int) -> str:
        # How long somebody waits is out of date as soon as it is written: the time stands above.
        still = msgspec.structs.replace(state, waiting_since=0)
        made = brief(self.texts.pack, still, now, self.language)
        limit = max(room, BRIEF_LEAST)
        while True:
            text = self.conceal(state, write_brief(self.texts, made, self.language, limit))
            over = units(text) - room
            if over <= 0 or limit <= BRIEF_LEAST:
                return shorten(text, room)
            limit = max(BRIEF_LEAST, limit - over)

    def _owner(self, state: State, now: int) -> str:
        if state.owner == "waiting":
            return self.say("owner.waiting", at=self.clock(state.waiting_since, now))
        if state.owner == "human":
            return self.say("owner.human", name=state.staff)
        reason = self.close_reason(state) if state.owner == "closed" else ""
        if reason:
            return self.say("owner.closed_because", reason=reason)
        return self.say(f"owner.{state.owner}")

    def close_reason(self, state: State) -> str:
        key = f"desk.close.{state.close_reason}"
        known = state.close_reason and self.texts.has(self.language, key)
        return self.texts.say(self.language, key) if known else ""

    def keys(self, conversation: str, state: State) -> tuple[tuple[Key, ...], ...]:
        """The buttons under the brief, by who has the talk.

        They carry how often it changed hands: the same button after the next change is no repeat.
        """
        key = partial(self._key, state.handovers)
        profile, link = key("profile", PROFILE), self._transcript(conversation)
        if state.owner == "waiting":
            return (
                (key("take", TAKE), key("pass", PASS_ON)),
                (key("later", LATER), key("not_a_lead", NOT_A_LEAD)),
            )
        if state.owner == "human":
            return (
                (key("back", HAND_BACK), key("close", CLOSE)),
                (key("accept", ACCEPT), key("snooze", SNOOZE)),
                (key("stage", STAGE), profile),
                (key("documents", DOCUMENTS), *link),
            )
        if state.owner == "bot":
            return ((key("step_in", TAKE), profile, *link),)
        return ((key("stage", STAGE), profile, *link),)

    def _key(self, handovers: int, name: str, data: str) -> Key:
        return Key(label=self.say(f"key.{name}"), data=f"{data}~{handovers}")

    def _transcript(self, conversation: str) -> tuple[Key, ...]:
        url = self.link(conversation)
        return (Key(label=self.say("key.transcript"), url=url),) if url else ()

    def _slot(self, state: State, slot: str) -> str:
        value = value_of(state.profile, slot)
        if not isinstance(value, str):
            return ""
        key = f"value.{slot}.{value}"
        known = self.texts.has(self.language, key)
        return " ".join((self.texts.say(self.language, key) if known else value).split())

    def _edition(self, edition: str) -> str:
        pack = self.texts.pack
        found = [(part, pack.edition(part)) for part in edition.split("+") if part]
        return " + ".join(each.name.get(self.language, part) if each else part
                          for part, each in found)  # fmt: skip

    # --- calls -----------------------------------------------------------------------------------

    def opening(self, people: Sequence[Person], *flags: str) -> Lines:
        """What stands above the first brief: what is odd about this topic, and who is asked."""
        lines = Lines()
        for flag in flags:
            lines.add(self.say(flag), italic=True).end()
        return self._ask(lines, people).end() if people else lines

    def call(self, state: State, people: Sequence[Person], *, repeat: bool) -> Post:
        """Somebody waits in a topic that is there already."""
        lines = self._begin(repeat)
        lines.add(self.say("call", reason=self.reason(state)), bold=True)
        return self._called(lines, people)

    def ring(self, state: State, now: int, people: Sequence[Person], *, repeat: bool) -> Post:
        """A reminder for those who are asked."""
        minutes = max(0, now - state.waiting_since) // 60_000
        lines = self._begin(repeat).add(self.say("ring", minutes=minutes), bold=True)
        return self._called(lines, people)

    def _called(self, lines: Lines, people: Sequence[Person]) -> Post:
        if people:
            self._ask(lines.end(), people)
        return Post(text=lines.text, marks=lines.marks)

    def _ask(self, lines: Lines, people: Sequence[Person]) -> Lines:
        """The sentence that names them, each name a mention where the person is known there."""
        mark = "\0"
        before, _, after = self.say("for", names=mark).partition(mark)
        lines.add(before)
        for at, (name, user) in enumerate(people):
            lines.add(", ") if at else None
            lines.mention(name, user) if user else lines.add(name)
        return lines.add(after)

    def alarm(self, waiting: Sequence[tuple[ConversationRow, State]], *, repeat: bool) -> Post:
        """All who wait urgently, for General. Nothing that could tell who they are: what stands
        there stays when they have everything erased."""
        lines = self._begin(repeat).add(self.say("alarm", n=len(waiting)), bold=True)
        for row, state in waiting[:ALARM_MAX]:
            words = self.say("alarm.line", reason=self.reason(state), number=row.id[:SHORT])
            lines.end().add("• ").add(words, href=self.link(row.id))
        if len(waiting) > ALARM_MAX:
            lines.end().add(self.say("alarm.more", n=len(waiting) - ALARM_MAX))
        return Post(text=lines.text, marks=lines.marks)

    def _begin(self, repeat: bool) -> Lines:
        lines = Lines()
        return lines.add(self.say("repeat"), italic=True).end() if repeat else lines

    # --- lines -----------------------------------------------------------------------------------

    def lines(
        self, said: Sequence[MessageRow], part: int, scene: Scene, *, repeat: bool
    ) -> tuple[Post, int, int]:
        """As many of these messages as fit: the post, how many are in it as a whole, and how many
        characters of the next one. `part`: characters of the first that stand there already."""
        lines, before = self._begin(repeat), ""
        # The very same lines fit when they come once more.
        most = LINES_MAX + units(lines.text)
        for done, each in enumerate(said):
            head = self._who(each, scene)
            text = self.conceal(scene.state, self._text(each, scene))[part:]
            head = "" if head == before else head
            begun = bool(lines) and not (repeat and done == 0)
            room = most - units(lines.text) - units(head) - 3
            if len(lines.marks) >= MARKS_MAX or (begun and units(text) > room):
                return Post(text=lines.text, marks=lines.marks), done, 0
            if begun:
                lines.end(2 if head else 1)
            if head:
                lines.add(head, bold=True).end()
            if units(text) > room:
                piece = split(text, most=room)[0][0]
                taken = text.index(piece) + len(piece)
                lines.add(piece)
                return Post(text=lines.text, marks=lines.marks), done, part + taken
            lines.add(text.strip(), href=self._file_link(each, scene))
            before, part = self._who(each, scene), 0
        return Post(text=lines.text, marks=lines.marks), len(said), 0

    def _who(self, message: MessageRow, scene: Scene) -> str:
        """Author and time; an event speaks for itself."""
        key, name = key_of(message), scene.names.get(message.staff_id, "")
        if message.author == "event" or key.startswith(("desk.", "handback.", "stop.")):
            return self.clock(message.at, scene.now)
        if message.author == "prospect":
            who = self._slot(scene.state, "name") or self.say("who.prospect")
        elif message.author == "staff":
            name = name or self.say("who.colleague")
            # A paper that was given by a button of the topic.
            here = message.external_id.startswith(ACT_MARK)
            who = name if here else self.say("who.staff", name=name)
        elif message.author == "note":
            who = self.say("who.note", name=name) if name else self.say("who.note_of_house")
        else:
            who = self.say("who.assistant")
        return f"{shorten(who, 64)}, {self.clock(message.at, scene.now)}"

    def _text(self, message: MessageRow, scene: Scene) -> str:
        key = key_of(message)
        name = scene.names.get(message.staff_id, "") or self.say("who.colleague")
        if key in _EVENTS:
            reason = self.close_reason(scene.state)
            return self.say(_EVENTS[key], name=name, here=is_from_topic(message), reason=reason)
        if message.author == "prospect":
            file = records.read_file_info(message.body)
            return self.say("file", name=file.name) if file else message.text
        reply = records.read_reply(message.body, message.text)
        papers = [self.say("file", name=each.title) for each in reply.attachments]
        return "\n".join(filter(None, (message.text, *papers)))

    def _file_link(self, message: MessageRow, scene: Scene) -> str:
        return self.link(scene.conversation) if _is_file(message) else ""

    def caption(self, message: MessageRow, scene: Scene, *, repeat: bool) -> str:
        """What stands under a file."""
        again = [self.say("repeat")] if repeat else []
        return "\n".join([*again, self._who(message, scene)])


class Scene(msgspec.Struct, frozen=True):
    """Where lines are said."""

    conversation: str
    state: State
    now: int
    names: Names


_EVENTS = {
    "desk.joined": "event.joined",
    "desk.handed_back": "event.handed_back",
    "handback.unanswered": "event.handed_back_alone",
    "desk.passed_on": "event.passed_on",
    "desk.closed": "event.closed",
    "stop.bye": "event.stopped",
}


def _is_file(message: MessageRow) -> bool:
    return message.author == "prospect" and bool(message.body)
