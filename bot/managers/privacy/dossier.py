"""All that is kept of one person's conversation, as one ZIP: a JSON file, and the files as sent."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from typing import Any

import anyio
import msgspec

from bot import records
from bot.systems.lead import Lead, iso_moment, make_lead
from bot.uploads import Uploads
from dialogs.types import Known, Struct
from storage import leads
from storage.conversations import ConversationRow, MessageRow
from storage.transcript import Transcript
from storage.worklist import Around

CHUNK = 65_536  # bytes


class Fact(Struct):
    """A thing that was noted, with the person's own words and what it replaced."""

    slot: str
    value: Any
    status: str
    words: str
    replaced: tuple[Any, ...]


class Said(Struct):
    """A message; `author` note: between colleagues, about the conversation."""

    number: int
    author: str
    text: str
    at: str


class Paper(Struct):
    document: str
    version: str
    given_at: str
    opened_at: str


class Price(Struct):
    edition: str
    currency: str
    low: int
    high: int
    at: str


class File(Struct):
    """A file; `path` inside the ZIP, "" where its bytes are not there any more."""

    name: str
    path: str
    size: int
    media_type: str
    received_at: str


class Task(Struct):
    """What a colleague was to do about the person; `done_at` "" while it is open."""

    kind: str
    note: str
    due: str
    done_at: str


class Comment(Struct):
    """What a colleague wrote about the talk; `message` 0: about all of it."""

    message: int
    text: str
    at: str


class Flag(Struct):
    kind: str
    at: str


class Kept(Struct):
    """What the storage has of a conversation."""

    row: ConversationRow
    stored: Transcript
    around: Around


class Dossier(Struct):
    """Everything of one conversation that says something of the person."""

    made_at: str
    lead: Lead
    facts: tuple[Fact, ...]
    messages: tuple[Said, ...]
    papers: tuple[Paper, ...]
    prices: tuple[Price, ...]
    requirements: tuple[tuple[str, ...], ...]
    questions_without_answer: tuple[str, ...]
    files: tuple[File, ...]
    rating: int
    tasks: tuple[Task, ...]
    comments: tuple[Comment, ...]
    flags: tuple[Flag, ...]


def write_dossier(target: Path, kept: Kept, uploads: Uploads, now: int) -> None:
    """Write the ZIP. Raises OSError. Runs long: call it in a thread."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        files = tuple(_add_file(archive, uploads, each) for each in kept.stored.files)
        found = _gather(kept, files, now)
        text = msgspec.json.format(msgspec.json.encode(found), indent=2)
        archive.writestr("data.json", text)


async def send_and_forget(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, which is deleted whatever becomes of it."""
    try:
        async with await anyio.open_file(path, "rb") as file:
            while chunk := await file.read(CHUNK):
                yield chunk
    finally:
        await anyio.Path(path).unlink(missing_ok=True)


def _gather(kept: Kept, files: tuple[File, ...], now: int) -> Dossier:
    stored, around = kept.stored, kept.around
    state = records.read_state(stored.state)
    return Dossier(
        made_at=iso_moment(now),
        lead=make_lead(kept.row, state, personal=True),
        facts=tuple(_fact(slot, known) for slot, known in state.profile.items()),
        messages=tuple(_said(each) for each in stored.messages),
        papers=tuple(_paper(each) for each in stored.documents),
        prices=tuple(_price(each) for each in stored.estimates),
        requirements=tuple(tuple(item.text for item in each.items) for each in stored.requirements),
        questions_without_answer=tuple(each.question for each in stored.unanswered),
        files=files,
        rating=stored.rating.stars if stored.rating is not None else 0,
        tasks=tuple(_task(each) for each in stored.tasks),
        comments=tuple(
            Comment(message=each.seq, text=each.text, at=iso_moment(each.at))
            for each in around.remarks
        ),
        flags=tuple(Flag(kind=each.kind, at=iso_moment(each.at)) for each in around.flags),
    )


def _fact(slot: str, known: Known) -> Fact:
    return Fact(
        slot=slot,
        value=known.value,
        status=known.status,
        words=known.quote,
        replaced=tuple(past.value for past in known.history),
    )


def _paper(given: leads.DocumentGiven) -> Paper:
    return Paper(
        document=given.document,
        version=given.version,
        given_at=iso_moment(given.given_at),
        opened_at=iso_moment(given.opened_at),
    )


def _price(shown: leads.Estimate) -> Price:
    return Price(
        edition=shown.edition,
        currency=shown.currency,
        low=shown.low,
        high=shown.high,
        at=iso_moment(shown.at),
    )


def _task(task: leads.Task) -> Task:
    return Task(
        kind=task.kind,
        note=task.note,
        due=iso_moment(task.due),
        done_at=iso_moment(task.done_at),
    )


def _said(row: MessageRow) -> Said:
    return Said(number=row.seq, author=row.author, text=row.text, at=iso_moment(row.at))


def _add_file(archive: zipfile.ZipFile, uploads: Uploads, file: Any) -> File:
    """Put a file into the ZIP under a name that leads nowhere."""
    name = PurePosixPath(file.name.replace("\\", "/")).name or file.id
    path = f"files/{file.id[:8]}-{name}"
    source = uploads.path(file.id)
    if source.is_file():
        archive.write(source, path)
    else:
        path = ""
    return File(
        name=file.name,
        path=path,
        size=file.size,
        media_type=file.media_type,
        received_at=iso_moment(file.stored_at),
    )
