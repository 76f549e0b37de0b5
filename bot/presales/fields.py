"""What a form of staff carries: words, numbers, local times, papers and files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from bot.desk import ATTACHED_MAX, StaffReply
from bot.uploads import RefusedError, Uploads
from bot.web.access import StaffRequest
from bot.web.deps import Deps
from dialogs.types import FileInfo, Struct

CHUNK = 65_536  # bytes
MEGABYTE = 1_000_000
FILES_BODY_MAX = 64 * MEGABYTE  # all files of one reply together, and its words
_LONGEST_NUMBER = 15  # digits


class Fields(Struct):
    """The texts of a form by name, and those of a name that comes several times."""

    one: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]] = {}

    def text(self, name: str) -> str:
        return self.one.get(name, "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a name; of a JSON body the words of the one."""
        return self.many.get(name) or tuple(self.text(name).split())

    def number(self, name: str) -> int:
        """A whole number, 0 for anything else."""
        return read_number(self.text(name))


def read_number(text: str) -> int:
    """A whole number, 0 for anything else."""
    sound = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if sound else 0


async def read_fields(request: StaffRequest) -> Fields:
    """The fields of a form, or of a JSON object with texts; none when the body is neither."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return Fields(one=msgspec.json.decode(await request.body(), type=dict[str, str]))
        except msgspec.DecodeError:
            return Fields(one={})
    form = await request.form()
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    many: dict[str, tuple[str, ...]] = {}
    for name, value in texts:
        many[name] = (*many.get(name, ()), value)
    return Fields(one=dict(texts), many=many)


async def read_files(request: StaffRequest) -> list[UploadFile]:
    """The files that a form carries; an empty field is none."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return []
    form = await request.form()
    return [value for _, value in form.multi_items() if isinstance(value, UploadFile)]


async def take_reply(deps: Deps, request: StaffRequest, fields: Fields) -> StaffReply:
    """The reply of a form, its files stored. FilesRefusedError; then nothing of it is kept."""
    papers, files = fields.texts("paper"), await read_files(request)
    try:
        if len(papers) + len(files) > ATTACHED_MAX:
            raise FilesRefusedError("desk.refused.too_many", ATTACHED_MAX)
        stored = await _store(deps.uploads, files)
    finally:
        for file in files:
            await file.close()
    return StaffReply(text=fields.text("text"), papers=papers, files=stored)


class FilesRefusedError(HTTPException):
    """Files that do not go with a reply: `key` is the text that says so, `most` stands in it."""

    def __init__(self, key: str, most: int) -> None:
        super().__init__(detail=key, status_code=409)
        self.key = key
        self.most = most


async def _store(uploads: Uploads, files: Sequence[UploadFile]) -> tuple[FileInfo, ...]:
    stored: list[FileInfo] = []
    try:
        for file in files:
            kept = await uploads.receive(_pieces(file), file.filename, any_kind=True)
            stored.append(kept.info())
    except RefusedError as error:
        uploads.delete([each.id for each in stored])
        key, most = f"desk.refused.file_{error.problem}", uploads.limits.size // MEGABYTE
        raise FilesRefusedError(key, most) from error
    return tuple(stored)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(CHUNK):
        yield piece


def read_moment(deps: Deps, text: str) -> int:
    """A local date and time of the company, "2026-11-23T09:00", in ms; 0 for anything else."""
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(deps.pack.company.time_zone))
        return max(0, int(at.timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        return 0


def read_until(deps: Deps, fields: Fields) -> int:
    """Until when something sleeps, in ms: so many `minutes` from now, or a local `until`."""
    minutes = fields.number("minutes")
    return deps.now() + minutes * 60_000 if minutes else read_moment(deps, fields.text("until"))
