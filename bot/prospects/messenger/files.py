"""Papers and files as real files: uploaded once, sent by the id at Telegram from then on."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import jinja2
import msgspec
from markupsafe import Markup

from bot.house import House, Mind
from bot.packs.paper_files import find_paper_file
from bot.prospects.channel import TryLater
from bot.prospects.messenger.layout import Letter, find_caption, is_signed
from bot.prospects.papers import render_markdown
from bot.telegram.border import (
    CAPTION_MAX,
    PROSPECTS,
    UPLOAD_MAX,
    Blocked,
    Client,
    FilePost,
    Posted,
    Refused,
    Target,
)
from bot.telegram.split import Lines, Piece, split
from bot.uploads import Uploads
from bot.web.deps import STATIC, TEMPLATES
from dialogs.pack import Document
from dialogs.types import Attachment
from storage import remote_files
from storage.db import Tx
from storage.errors import StorageError

RENDERING = "html-1"  # to be changed with the page's template: then papers are uploaded again
AS_IT_IS = "file-1"
NAME_MAX = 80  # characters of a file's name
TURN_SECONDS = 3.0  # for which a message waits here while its paper is being uploaded for another
TURN_AGAIN = 5_000  # ms for which the outbox keeps it then
_MARKDOWN = "text/markdown"
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A paper on its way. `key`: what of it Telegram may know already."""

    to: Target
    post: FilePost
    key: str
    check: Callable[[], None]


class Files:
    """Sends papers of the pack, and files that staff have sent."""

    def __init__(self, house: House, mind: Mind, client: Client) -> None:
        self._house = house
        self._mind = mind
        self._client = client
        self._uploads = Uploads(house.settings.files)
        # The same paper for many at once is uploaded by the first of them alone.
        self._uploading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(
        self,
        to: Target,
        letter: Letter,
        attachment: Attachment,
        check: Callable[[], None],
        *,
        remove_keyboard: bool = False,
    ) -> Posted:
        """Send one attachment. Raises TelegramError; Refused also where there is no such file.

        TryLater while the same paper is being uploaded for somebody else. `check` is called right
        before anything goes out; what it raises comes out here.
        """
        if attachment.kind == "file":
            post = self._stored(letter, attachment)
            check()
            post = msgspec.structs.replace(post, remove_keyboard=remove_keyboard)
            return await self._client.send_file(to, post)
        document = self._mind.pack.document(attachment.id)
        if document is None or not document.public:
            raise Refused("no such paper")
        key = f"{document.id}:{document.checksum}:{_rendering(document)}"
        post = self._paper(letter, attachment, document)
        post = msgspec.structs.replace(post, remove_keyboard=remove_keyboard)
        parcel = _Parcel(to, post, key, check)
        posted = await self._send_known(parcel)
        if posted is not None:
            return posted
        async with self._turn(key):
            posted = await self._send_known(parcel)
            return posted or await self._upload(parcel, document)

    @contextlib.asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        """Be the only one who uploads this paper."""
        turn = self._uploading[key]
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await turn.acquire()
        except TimeoutError:
            raise TryLater(TURN_AGAIN) from None
        try:
            yield
        finally:
            turn.release()

    async def _send_known(self, parcel: _Parcel) -> Posted | None:
        """Send it by the id it has; None when it has none, or none that Telegram still knows."""
        key = parcel.key
        file_id = self._house.db.peek(lambda tx: remote_files.find(tx, PROSPECTS, key))
        if not file_id:
            return None
        post = msgspec.structs.replace(parcel.post, file_id=file_id)
        parcel.check()
        try:
            return await self._client.send_file(parcel.to, post)
        except Blocked:
            raise
        except Refused:
            await self._note(lambda tx: remote_files.forget(tx, PROSPECTS, key))
            return None

    async def _upload(self, parcel: _Parcel, document: Document) -> Posted:
        content = await asyncio.to_thread(self._load, document)
        if len(content) > UPLOAD_MAX:
            raise Refused("too large")
        post = msgspec.structs.replace(parcel.post, content=content)
        parcel.check()
        posted = await self._client.send_file(parcel.to, post)
        if posted.file_id:
            now, key = self._house.now(), parcel.key
            await self._note(lambda tx: remote_files.keep(tx, PROSPECTS, key, posted.file_id, now))
        return posted

    async def _note(self, change: Callable[[Tx], None]) -> None:
        """Remember it, as well as it goes: what is lost here costs one more upload."""
        with contextlib.suppress(StorageError):
            await self._house.db.write(change)

    def _stored(self, letter: Letter, attachment: Attachment) -> FilePost:
        try:
            path = self._uploads.path(attachment.id)
        except ValueError:
            path = None
        if path is None:
            raise Refused("no such file")
        text, marks = self._caption(letter, attachment, "")
        return FilePost(name=clean_name(attachment.title), path=path, caption=text, marks=marks)

    def _paper(self, letter: Letter, attachment: Attachment, document: Document) -> FilePost:
        suffix = ".html" if document.media_type == _MARKDOWN else Path(document.file).suffix
        told = self._mind.texts.say(
            letter.language,
            "telegram.out.caption",
            title=document.title,
            kind=self._kind(document, letter.language),
            version=document.version,
        )
        text, marks = self._caption(letter, attachment, told.strip())
        return FilePost(name=clean_name(document.title, suffix), caption=text, marks=marks)

    def _kind(self, document: Document, language: str) -> str:
        texts, key = self._mind.texts, f"document_kind.{document.kind}"
        return texts.say(language, key) if texts.has(language, key) else ""

    def _caption(self, letter: Letter, attachment: Attachment, told: str) -> Piece:
        """What stands below a file: the words of the message where there is room for them.

        Below the first file of a message without words also whose it is.
        """
        words = find_caption(self._mind.texts, letter)
        if words is not None:
            return words.text, words.marks
        lines = Lines()
        first = next(a for a in letter.reply.attachments if a.kind != "source")
        if is_signed(letter) and attachment is first:
            lines.add(letter.name, bold=True).end()
        lines.add(told)
        return next(iter(split(lines.text, lines.marks, CAPTION_MAX)), ("", ()))

    def _load(self, document: Document) -> bytes:
        try:
            path = find_paper_file(self._house.settings, self._mind.pack, document)
            content = path.read_bytes()
        except OSError:
            content = b""
        if not content:
            raise Refused("no such file")
        if document.media_type != _MARKDOWN:
            return content
        return self._render(document, content.decode("utf-8", errors="replace")).encode()

    def _render(self, document: Document, source: str) -> str:
        """The paper as one page that needs nothing but itself."""
        pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = (STATIC / "paper.css").read_text(encoding="utf-8")
        return pages.get_template("paper_file.html.jinja").render(
            language=document.language,
            title=document.title,
            facts=[f for f in (self._kind(document, document.language), document.version) if f],
            content=render_markdown(source),
            company=self._mind.pack.company.name.get(document.language, ""),
            style=Markup(style),  # noqa: S704 - a file of ours
        )


def _rendering(document: Document) -> str:
    return RENDERING if document.media_type == _MARKDOWN else AS_IT_IS


def clean_name(title: str, suffix: str = "") -> str:
    """A name that every file system takes; with `suffix`, of which a title has none itself."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip(". ")
    stem = name if suffix else Path(name).stem
    ending = suffix or Path(name).suffix[:16]
    return f"{stem[:NAME_MAX].rstrip() or 'file'}{ending}"
