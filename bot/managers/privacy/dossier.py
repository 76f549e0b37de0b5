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
from dialogs.types import Struct
from storage.conversations import ConversationRow, MessageRow
from storage.transcript import Transcript

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


def write_dossier(
    target: Path, row: ConversationRow, stored: Transcript, uploads: Uploads, now: int
) -> None:
    """Write the ZIP. Raises OSError. Runs long: call it in a thread."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        files = tuple(_add_file(archive, uploads, each) for each in stored.files)
        found = _gather(row, stored, files, now)
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


def _gather(row: ConversationRow, stored: Transcript, files: tuple[File, ...], now: int) -> Dossier:
    state = records.read_state(stored.state)
    return Dossier(
        made_at=iso_moment(now),
        lead=make_lead(row, state, personal=True),
        facts=tuple(
            Fact(
                slot=slot,
                value=known.value,
                status=known.status,
                words=known.quote,
                replaced=tuple(past.value for past in known.history),
            )
            for slot, known in state.profile.items()
        ),
        messages=tuple(_said(each) for each in stored.messages),
        papers=tuple(
            Paper(
                document=each.document,
                version=each.version,
                given_at=iso_moment(each.given_at),
                opened_at=iso_moment(each.opened_at),
            )
            for each in stored.documents
        ),
        prices=tuple(
            Price(
                edition=each.edition,
                currency=each.currency,
                low=each.low,
                high=each.high,
                at=iso_moment(each.at),
            )
            for each in stored.estimates
        ),
        requirements=tuple(tuple(item.text for item in each.items) for each in stored.requirements),
        questions_without_answer=tuple(each.question for each in stored.unanswered),
        files=files,
        rating=stored.rating.stars if stored.rating is not None else 0,
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
