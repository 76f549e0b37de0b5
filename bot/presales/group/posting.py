"""Brings one topic a step further. What may not happen twice is noted before and after.

An intent that is found again was perhaps carried out: it is posted once more and says so. Found so
a second time it is given up, with a note in the conversation.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from bot import records
from bot.core import Core
from bot.logs import get_logger
from bot.presales.group.memory import Intent, StepKind, Topic, write_topic
from bot.presales.group.news import View, round_of
from bot.presales.group.standing import Standing
from bot.presales.group.walking import OWN_MARK
from bot.presales.group.words import Names, Person, Scene, Words
from bot.telegram.border import (
    UPLOAD_MAX,
    FilePost,
    GroupClient,
    Post,
    Posted,
    Target,
    TelegramError,
    Unchanged,
    Vanished,
)
from dialogs import on_call
from dialogs.types import Reply, State
from storage import accounts, conversations, staff_links, topics
from storage.accounts import StaffRow
from storage.conversations import MessageRow, NewMessage
from storage.db import Tx
from storage.errors import Gone

LINES_AT_ONCE = 100  # messages looked at for one post
GIVE_UP_AFTER = 2  # tries of which nobody knows whether they came through

Done = Callable[[Topic, int], Topic]


class Poster:
    """`post` carries out one step. Raises TelegramError, with the row as it was or as it is now."""

    def __init__(self, core: Core, client: GroupClient, words: Words, standing: Standing) -> None:
        self._house = core.house
        self._uploads = core.uploads
        self._client = client
        self._words = words
        self._standing = standing
        self._steps: Mapping[StepKind, Callable[[View], Awaitable[None]]] = {
            "open": self._open,
            "head": self._send_head,
            "call": self._call,
            "ring": self._ring,
            "lines": self._send_lines,
            "edit": self._edit_head,
            "file": self._send_file,
            "rename": self._rename,
            "reopen": self._reopen,
            "close": self._close,
        }

    async def post(self, step: StepKind, view: View) -> None:
        await self._steps[step](view)

    async def keep(self, topic: Topic) -> bool:
        """Store what is known of the topic; False when the conversation was erased meanwhile."""
        row = write_topic(topic, self._house.now())

        def work(tx: Tx) -> bool:
            if topics.save(tx, row):
                return True
            if row.thread_id:
                topics.put_erased(tx, row)
            return False

        return await self._house.db.write(work)

    async def sound_alarm(self, views: Sequence[View]) -> None:
        """Name all who wait urgently in General at once; their topics follow."""
        tries = max(view.topic.tries("alarm") for view in views)
        told = [view.topic.with_memory(announced=view.state.waiting_since) for view in views]
        told = [topic.with_memory(intent=_besides_alarm(topic)) for topic in told]
        if tries >= GIVE_UP_AFTER:
            await self._keep_all(told)
            return
        await self._keep_all([_with_alarm(view.topic, tries + 1) for view in views])
        self._house.reach("before_post")
        post = self._words.alarm([(view.row, view.state) for view in views], repeat=tries > 0)
        try:
            await self._client.send(Target(chat=self._standing.group), post)
        except TelegramError as error:
            if not getattr(error, "uncertain", False):
                await self._keep_all([view.topic for view in views])
            raise
        self._house.reach("after_post")
        await self._keep_all(told)

    async def _keep_all(self, those: Sequence[Topic]) -> None:
        rows = [write_topic(topic, self._house.now()) for topic in those]
        await self._house.db.write(lambda tx: [topics.save(tx, row) for row in rows])

    # --- the topic itself ------------------------------------------------------------------------

    async def _open(self, view: View) -> None:
        group, twice = self._standing.group, view.topic.tries("open") > 0

        def done(topic: Topic, thread: int) -> Topic:
            if not thread:
                return topic.with_memory(given_up=round_of(view.state))
            opened = topic.with_row(group_id=group, thread_id=thread, state="open")
            return opened.with_memory(name=view.name, doubled=twice, given_up=0)

        async def call(repeat: bool) -> int:
            return await self._client.create_topic(group, view.name)

        await self._once(view, Intent(step="open"), call, done)

    async def _rename(self, view: View) -> None:
        with contextlib.suppress(Unchanged):
            await self._client.rename_topic(*_place(view), view.name)
        await self.keep(view.topic.with_memory(name=view.name))

    async def _close(self, view: View) -> None:
        with contextlib.suppress(Unchanged):
            await self._client.close_topic(*_place(view))
        await self.keep(view.topic.with_row(state="closed"))

    async def _reopen(self, view: View) -> None:
        with contextlib.suppress(Unchanged):
            await self._client.reopen_topic(*_place(view))
        await self.keep(view.topic.with_row(state="open"))

    # --- the brief -------------------------------------------------------------------------------

    async def _send_head(self, view: View) -> None:
        memory, twice = view.topic.memory, view.topic.tries("head") > 0
        flags = [flag for flag in ("lost", "doubled") if getattr(memory, flag)]
        people = self._people(view.state) if view.waits else ()

        def done(topic: Topic, message: int) -> Topic:
            if not message:
                return topic.with_memory(given_up=round_of(view.state))
            shown = self._as_shown(topic.with_row(head_message=message), view)
            return _as_called(shown, view.state).with_memory(lost=False, doubled=False, given_up=0)

        async def call(repeat: bool) -> int:
            odd = ["repeat", *flags] if twice else flags
            extra = self._words.opening(people, *odd)
            post = self._words.head(view.row, view.state, self._house.now(), extra)
            return await self._say(view, post)

        await self._once(view, Intent(step="head"), call, done)

    async def _edit_head(self, view: View) -> None:
        post = self._words.head(view.row, view.state, self._house.now())
        topic = self._as_shown(view.topic, view)
        try:
            await self._client.edit(view.topic.row.group_id, view.topic.row.head_message, post)
        except Unchanged:
            pass
        except Vanished:
            topic = view.topic.with_row(head_message=0, seen_version=0)
        await self.keep(topic)

    def _as_shown(self, topic: Topic, view: View) -> Topic:
        return topic.with_memory(
            head=view.head,
            owner=view.state.owner,
            staff=view.state.staff,
            edited_at=self._house.now(),
        )

    # --- calls -----------------------------------------------------------------------------------

    async def _call(self, view: View) -> None:
        people = self._people(view.state)

        async def call(repeat: bool) -> int:
            return await self._say(view, self._words.call(view.state, people, repeat=repeat))

        await self._once(
            view, Intent(step="call"), call, lambda topic, _: _as_called(topic, view.state)
        )

    async def _ring(self, view: View) -> None:
        people, now = self._people(view.state), self._house.now()

        async def call(repeat: bool) -> int:
            return await self._say(view, self._words.ring(view.state, now, people, repeat=repeat))

        await self._once(
            view, Intent(step="ring"), call, lambda topic, _: _as_called(topic, view.state)
        )

    def _people(self, state: State) -> Sequence[Person]:
        """Who is asked to come: the last person rung for, everybody who was when it rings for all,
        else who it is meant for."""
        names = state.called[-1:] or (state.routed,)
        if state.rings >= on_call.LAST_RING:
            names = state.called

        def find(tx: Tx) -> Sequence[Person]:
            staff = [each for each in accounts.all_staff(tx) if not each.disabled]
            return tuple((name, _find_person(tx, staff, name)) for name in names if name)

        return self._house.db.peek(find)

    # --- lines and files -------------------------------------------------------------------------

    async def _send_lines(self, view: View) -> None:
        queue, part = view.topic.memory.queue, view.topic.memory.part
        found = view.topic.memory.intent
        again = found if found is not None and found.step == "lines" else None
        most = again.items + (again.part > 0) if again is not None else LINES_AT_ONCE
        said = self._messages(view, [item.seq for item in queue[:most]])
        scene = self._scene(view)
        repeat = again is not None
        post, items, left = self._words.lines(said, part, scene, repeat=repeat)
        # Messages that are gone take no place in a post, but in the queue.
        items = len(queue[:most]) if items == len(said) else items
        intent = Intent(step="lines", items=items, part=left)

        async def call(repeat: bool) -> int:
            return await self._say(view, post) if post.text else 0

        def done(topic: Topic, message: int) -> Topic:
            left_over = _left_over(again, intent) if again is not None else None
            return _without(topic, intent).with_memory(intent=left_over)

        await self._once(view, intent, call, done)

    async def _send_file(self, view: View) -> None:
        seq, *others = view.topic.memory.files
        found = self._messages(view, [seq])
        file = records.read_file_info(found[0].body) if found else None

        def done(topic: Topic, message: int) -> Topic:
            return topic.with_memory(files=tuple(others))

        async def call(repeat: bool) -> int:
            if file is None or file.size > UPLOAD_MAX or not self._uploads.path(file.id).exists():
                return 0
            if not self._house.settings.group_contacts:  # a file may hold what is hidden here
                return 0
            caption = self._words.caption(found[0], self._scene(view), repeat=repeat)
            path = self._uploads.path(file.id)
            post = FilePost(name=file.name, path=path, caption=caption, silent=True)
            return (await self._client.send_file(_target(view), post)).message

        await self._once(view, Intent(step="file"), call, done)

    def _messages(self, view: View, seqs: Sequence[int]) -> list[MessageRow]:
        found = self._house.db.peek(
            lambda tx: [conversations.get_message(tx, view.row.id, seq) for seq in seqs]
        )
        return [message for message in found if message is not None]

    def _scene(self, view: View) -> Scene:
        staff = self._house.db.peek(accounts.all_staff)
        names: Names = {each.id: each.display_name or each.name for each in staff}
        return Scene(view.row.id, view.state, self._house.now(), names)

    # --- at most once more -----------------------------------------------------------------------

    async def _say(self, view: View, post: Post) -> int:
        sent: Posted = await self._client.send(_target(view), post)
        return sent.message

    async def _once(
        self, view: View, intent: Intent, call: Callable[[bool], Awaitable[int]], done: Done
    ) -> None:
        """Note the intent, do it, note the result. `done` gets 0 where it was given up."""
        before, tries = view.topic, view.topic.tries(intent.step)
        if tries >= GIVE_UP_AFTER:
            await self._give_up(view, intent, done(before.with_memory(intent=None, failures=0), 0))
            return
        begun = before.with_memory(intent=msgspec.structs.replace(intent, tries=tries + 1))
        if not await self.keep(begun):
            return
        self._house.reach("before_post")
        try:
            result = await call(tries > 0)
        except TelegramError as error:
            if not getattr(error, "uncertain", False):
                await self.keep(begun.with_memory(intent=before.memory.intent))
            raise
        self._house.reach("after_post")
        await self.keep(done(begun.with_memory(intent=None, failures=0), result))

    async def _give_up(self, view: View, intent: Intent, topic: Topic) -> None:
        """Go on without it, and say in the conversation what may be missing in the group."""
        row, now = write_topic(topic, self._house.now()), self._house.now()
        words = self._missing(view, intent)
        note = NewMessage(
            author="note",
            text=words,
            at=now,
            body=records.write_reply(Reply(key="note", text=words)),
            external_id=f"{OWN_MARK}feed:{view.row.last_seq}:{intent.step}",
        )

        def work(tx: Tx) -> None:
            topics.save(tx, row)
            if words:
                conversations.append(tx, view.row.id, [note])

        with contextlib.suppress(Gone):
            await self._house.db.write(work)
        self._house.live.wake(view.row.id)
        get_logger().warning(
            "desk_post_given_up", conversation=view.row.id, step=intent.step, items=intent.items
        )

    def _missing(self, view: View, intent: Intent) -> str:
        if intent.step in ("open", "head"):
            return self._words.say("note.topic")
        covered = view.topic.memory.queue[: intent.items + (intent.part > 0)]
        if intent.step != "lines" or not covered:
            return ""
        seqs = [item.seq for item in covered]
        return self._words.say("note.lines", first=min(seqs), last=max(seqs))


def _place(view: View) -> tuple[int, int]:
    return view.topic.row.group_id, view.topic.row.thread_id


def _target(view: View) -> Target:
    return Target(chat=view.topic.row.group_id, thread=view.topic.row.thread_id)


def _left_over(wanted: Intent, shown: Intent) -> Intent | None:
    """What of a repeat did not fit this time, as names have become longer: the next is one, too."""
    items = wanted.items - shown.items
    if items <= 0 and wanted.part <= shown.part:
        return None
    return Intent(step="lines", items=max(0, items), part=wanted.part)


def _with_alarm(topic: Topic, tries: int) -> Topic:
    """The alarm is being sounded; another intent, which is not cleared up yet, stays."""
    other = _besides_alarm(topic)
    return topic.with_memory(intent=other or Intent(step="alarm", tries=tries))


def _besides_alarm(topic: Topic) -> Intent | None:
    intent = topic.memory.intent
    return None if intent is None or intent.step == "alarm" else intent


def _find_person(tx: Tx, staff: Sequence[StaffRow], name: str) -> int:
    """The person of Telegram whose account shows this name, 0 for none."""
    for each in staff:
        if each.display_name.casefold() == name.casefold():
            return staff_links.find_by_staff(tx, each.id)
    return 0


def _as_called(topic: Topic, state: State) -> Topic:
    last = state.called[-1] if state.called else ""
    return topic.with_memory(round=state.waiting_since, rings=state.rings, called=last)


def _without(topic: Topic, shown: Intent) -> Topic:
    """The queue after what was shown; its files come after the lines that name them."""
    queue = topic.memory.queue
    files = tuple(item.seq for item in queue[: shown.items] if item.file)
    return topic.with_memory(
        queue=queue[shown.items :], part=shown.part, files=(*topic.memory.files, *files)
    )
