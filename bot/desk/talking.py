"""What staff say: replies with papers and files to the prospect, notes to colleagues."""

from __future__ import annotations

import bot.desk.mentions as mentions
from bot import records
from bot.desk.acting import Act, Acted, RefusedError, require
from dialogs.documents import available
from dialogs.effects import GiveDocument
from dialogs.pack import Document
from dialogs.pricing import iso_day
from dialogs.types import Attachment, FileInfo, Given, Reply, Struct
from storage import leads, outbox

ATTACHED_MAX = 10  # papers and files of one reply
GIVEN_KEPT = 50  # papers given that the brief may name


class StaffReply(Struct):
    """What staff say to a prospect. Without papers and files it needs words.

    `papers` are ids of public documents of the pack; `files` come from `Uploads.receive(...,
    any_kind=True).info()`, their rows are recorded with the reply.
    """

    text: str = ""
    papers: tuple[str, ...] = ()
    files: tuple[FileInfo, ...] = ()

    @property
    def marks(self) -> str:
        """By which the same papers and files are known again, whatever id a file got."""
        return "\n".join((*self.papers, *(f"{file.sha256} {file.name}" for file in self.files)))


def reply(at: Act, external_id: str, given: StaffReply) -> Acted:
    """Say something to the prospect; see `Desk.reply`."""
    words = at.check_words(given.text, external_id, needed=not given.marks)
    repeat = at.find_repeat(external_id, words, given.marks)
    if repeat is not None:
        return repeat
    at.require_mine()
    outbox.cancel_timers(at.tx, at.row.id, ("hand_back",))
    said = Reply(key="staff", text=words, attachments=_attach(at, given))
    seq = at.append("staff", said, external_id, given.marks)
    at.update(last_staff=at.room.now)
    at.save(at.staff.id)
    return Acted(seq=seq)


def note(at: Act, external_id: str, text: str) -> Acted:
    """Write something that only staff see; who is named in it is told."""
    words = at.check_words(text, external_id)
    repeat = at.find_repeat(external_id, words)
    if repeat is not None:
        return repeat
    return Acted(seq=add_note(at, words, external_id))


def add_note(at: Act, words: str, external_id: str = "") -> int:
    """Append words for colleagues alone; gives their seq."""
    seq = at.append("note", Reply(key="note", text=words), external_id)
    mentions.record(at, words, seq)
    return seq


def _attach(at: Act, given: StaffReply) -> tuple[Attachment, ...]:
    """Enter papers and files where they are kept; gives them as a message carries them."""
    require(len(given.papers) + len(given.files) <= ATTACHED_MAX, "invalid")
    papers = tuple(_give(at, paper) for paper in dict.fromkeys(given.papers))
    for file in given.files:
        leads.record_file(at.tx, records.file_row(at.row.id, file, at.room.now))
    return (*papers, *(Attachment(kind="file", id=f.id, title=f.name) for f in given.files))


def _give(at: Act, paper: str) -> Attachment:
    """Hand a paper over. RefusedError for an internal one and for one not valid today."""
    found = _find_paper(at, paper)
    if found is None:
        raise RefusedError("paper")
    at.do(
        GiveDocument(
            document=found.id, kind=found.kind, version=found.version, language=found.language
        )
    )
    new = Given(document=found.id, version=found.version, at=at.room.now)
    if not any((g.document, g.version) == (new.document, new.version) for g in at.state.given):
        at.update(given=(*at.state.given, new)[-GIVEN_KEPT:])
    return Attachment(
        kind="document",
        id=found.id,
        title=found.title,
        language=found.language,
        version=found.version,
    )


def _find_paper(at: Act, paper: str) -> Document | None:
    pack = at.room.texts.pack
    papers = available(pack, iso_day(at.room.now))
    return next((found for found in papers if found.id == paper), None)
