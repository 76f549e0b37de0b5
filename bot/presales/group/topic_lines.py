"""What staff write in a topic: the owner's words and files go out, the rest is kept as notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from bot.core import Core
from bot.desk import StaffReply
from bot.desk.acting import Acted
from bot.presales.group.marks import FAILED, Marks, Written
from bot.presales.group.tries import Tries
from bot.presales.group.walking import OWN_MARK
from bot.telegram.border import DOWNLOAD_MAX, Attached, Busy, GroupClient, Refused, Said
from bot.uploads import RefusedError
from bot.web.staffpages import Worker
from bot.web.talk_view import sees
from dialogs.types import FileInfo, Struct
from storage import conversations
from storage.accounts import StaffRow
from storage.conversations import ConversationRow, MessageRow

Say = Callable[..., str]  # key and values -> words in the language of the group

NOTE_MARK = "//"
FETCH_SECONDS = 60.0  # for one try to fetch a file; less than a taker may need in all
# What a file is called whose sender's client gave it no name.
_ENDINGS = {
    "photo": "jpg", "video": "mp4", "video_note": "mp4", "animation": "mp4", "voice": "ogg",
    "audio": "mp3",
}  # fmt: skip


class Teller(Protocol):
    """Says something in a topic when the group's pace allows."""

    def say(self, talk: str, text: str, reply_to: int = 0) -> None: ...


class Line(Struct):
    """Something written in the topic of a conversation, by a member of staff."""

    talk: str
    staff: StaffRow
    said: Said

    @property
    def external_id(self) -> str:
        """Of an edit it names the moment, too, so that each is kept once."""
        mark = f"{OWN_MARK}{self.said.message}"
        return f"{mark}:{self.said.at}" if self.said.kind == "edited" else mark


class TopicLines:
    """Takes in what is written in topics. Raises Busy and StorageError to be called again."""

    def __init__(
        self, core: Core, client: GroupClient, say: Say, teller: Teller, marks: Marks
    ) -> None:
        self._core = core
        self._client = client
        self._say = say
        self._teller = teller
        self._marks = marks
        self._tries = Tries()

    async def take(self, line: Line) -> None:
        """Send or keep one message; whoever wrote it sees by a reaction what became of it."""
        said = line.said
        if not self._may(line):
            await self._refuse(line, "desk.refused.role")
        elif said.kind == "edited":
            await self._keep_edited(line)
        elif not self._goes_out(line):
            await self._keep(line)
        elif said.file is not None:
            await self._send_file(line, said.file)
        elif said.text:
            await self._send(line, StaffReply(text=said.text))
        else:
            await self._refuse(line, "desk_act.cannot_send")

    def _may(self, line: Line) -> bool:
        """Whether they may see this talk at all; what was taken before a crash is taken again."""
        row, who = self._load(line), line.staff
        if row is None or row.erased or self._find(line) is not None:
            return True  # the desk itself says what is wrong, or what became of it
        return sees(Worker(id=who.id, display_name=who.display_name, role=who.role), row)

    def _goes_out(self, line: Line) -> bool:
        """Whether it is for the prospect: the owner's own words, not marked as a note."""
        if line.said.forwarded or line.said.text.lstrip().startswith(NOTE_MARK):
            return False
        seen = self._find(line)
        if seen is not None:
            return seen.author == "staff"  # taken once already, before a crash
        row = self._load(line)
        return row is not None and row.owner == "human" and row.staff_id == line.staff.id

    async def _send(self, line: Line, reply: StaffReply) -> None:
        acted = await self._core.desk.reply(line.staff, line.talk, line.external_id, reply)
        if acted.refused in ("desk.refused.not_yours", "desk.refused.state"):
            # It was taken away in this very moment: the words stay with colleagues.
            await self._keep(line)
            return
        await self._settle(line, acted)

    async def _send_file(self, line: Line, file: Attached) -> None:
        seen = self._find(line)
        if seen is not None:
            await self._settle(line, Acted(seq=seen.seq, repeated=True))
            return
        if file.size > DOWNLOAD_MAX:
            await self._refuse(line, "desk_act.file.too_big", most=DOWNLOAD_MAX // 1_000_000)
            return
        try:
            info = await self._fetch(line.said, file)
        except RefusedError as error:
            key, most = f"desk_act.file.{error.problem}", self._core.uploads.limits.size
            await self._refuse(line, key, most=most // 1_000_000)
        except Refused:
            await self._refuse(line, "desk_act.file.gone")
        except (Busy, TimeoutError) as error:
            busy = error if isinstance(error, Busy) else Busy("out of time")
            self._tries.wait(f"{line.talk} {line.external_id}", busy)
            await self._refuse(line, "desk_act.file.unreachable")
        else:
            self._tries.forget(f"{line.talk} {line.external_id}")
            await self._send(line, StaffReply(text=line.said.text, files=(info,)))

    async def _fetch(self, said: Said, file: Attached) -> FileInfo:
        name = file.name or f"{file.kind}-{said.message}.{_ENDINGS.get(file.kind, 'bin')}"
        async with asyncio.timeout(FETCH_SECONDS):
            stored = await self._core.uploads.receive(
                self._client.download(file.file_id), name, file.size or None, any_kind=True
            )
        return stored.info()

    async def _keep(self, line: Line) -> None:
        """A note for colleagues; of a file its name, it stays in the topic."""
        said = line.said
        text = _without_mark(said.text)
        if said.file is not None:
            kind = self._say("desk_act.note.file", name=said.file.name or said.file.kind)
            text = "\n".join(filter(None, (kind, text)))
        if said.forwarded and text:
            text = self._say("desk_act.note.forwarded", text=text)
        if not text:
            return  # a sticker, or // alone: nothing to keep
        acted = await self._core.desk.note(line.staff, line.talk, line.external_id, text)
        await self._settle(line, acted)

    async def _keep_edited(self, line: Line) -> None:
        """What was sent stays as it is: the change is kept as a note, and its author is told."""
        first = self._core.house.db.peek(
            lambda tx: conversations.find_message(tx, line.talk, f"{OWN_MARK}{line.said.message}")
        )
        text = _without_mark(line.said.text)
        if first is None or not text or text == first.text:
            return
        note = self._say("desk_act.note.edited", text=text)
        acted = await self._core.desk.note(line.staff, line.talk, line.external_id, note)
        if acted.repeated or acted.refused:
            return
        if first.author == "staff":
            self._tell(line, "desk_act.edited")

    async def _settle(self, line: Line, acted: Acted) -> None:
        if acted.refused:
            await self._refuse(line, acted.refused)
            return
        said = line.said
        await self._marks.settle(
            Written(chat=said.chat, message=said.message, talk=line.talk, seq=acted.seq)
        )

    async def _refuse(self, line: Line, key: str, **values: object) -> None:
        await self._marks.show(line.said.chat, line.said.message, FAILED)
        self._tell(line, key, **values)

    def _tell(self, line: Line, key: str, **values: object) -> None:
        self._teller.say(line.talk, self._say(key, **values), line.said.message)

    def _load(self, line: Line) -> ConversationRow | None:
        return self._core.house.db.peek(lambda tx: conversations.load(tx, line.talk))

    def _find(self, line: Line) -> MessageRow | None:
        """The message that this became when it was taken before."""
        return self._core.house.db.peek(
            lambda tx: conversations.find_message(tx, line.talk, line.external_id)
        )


def _without_mark(text: str) -> str:
    plain = text.strip()
    return plain.removeprefix(NOTE_MARK).strip()
