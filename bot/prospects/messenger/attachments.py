"""Files and all that is no text: what can be read is taken in, for the rest there is an answer."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator

from bot.logs import get_logger
from bot.prospects.messenger.reception import Reception, Visit
from bot.telegram.border import DOWNLOAD_MAX, Attached, Busy, Refused
from bot.uploads import RefusedError, Stored
from dialogs.types import Incoming
from storage import conversations, leads

# What follows in the chat waits for a file: so it is fetched soon, or they are told that it failed.
PAUSES = (2.0, 4.0)  # seconds before the second try and the third
FETCH_SECONDS = 30.0  # for all tries together, and for each MB of the file:
SECONDS_A_MB = 3.0
ALBUMS_KEPT = 1_000  # albums remembered by what was said about them
_TOO_BIG, _NOT_THERE = "error.file_too_big", "telegram.in.file.gone"
_LOST = "telegram.in.note.file"
# What is said to content that nobody here can read; anything else is "other".
_UNREAD = {
    "photo": "photo",
    "voice": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "sticker",
    "audio": "audio",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
    "poll": "poll",
}


class Attachments:
    """Takes in what a message carries besides words."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._told: OrderedDict[tuple[int, str, str], None] = OrderedDict()

    async def take_file(self, visit: Visit, file: Attached) -> None:
        """Fetch a document and hand it to intake; answer for any other kind. Raises Busy."""
        if file.kind != "document":
            await self.answer(visit, file.kind)
        elif not self._is_here(visit):
            await self._take_document(visit, file)

    async def answer(self, visit: Visit, kind: str) -> None:
        """Say what to do with content that cannot be read; the open question stays open.

        Staff find in the transcript what it was.
        """
        known = _UNREAD.get(kind, "other")
        await self._reception.note(visit, f"telegram.in.note.sent.{known}", "sent")
        if visit.begun:
            return  # the greeting has just said what works
        if visit.said.text:
            known = "captioned"
        key = f"telegram.in.unread.{'human' if visit.row.owner == 'human' else known}"
        if self._is_news(visit, key):
            await self._reception.tell(visit, key)

    def _is_news(self, visit: Visit, key: str) -> bool:
        """Whether it was not said for this album already; the files of one come one by one."""
        album = visit.said.album
        if not album:
            return True
        said = (visit.said.chat, album, key)
        if said in self._told:
            return False
        self._told[said] = None
        if len(self._told) > ALBUMS_KEPT:
            self._told.popitem(last=False)
        return True

    # --- documents -------------------------------------------------------------------------------

    def _is_here(self, visit: Visit) -> bool:
        """It was taken in before, or given up."""
        names = [self._reception.external_id(visit.said, part) for part in ("", "file")]
        find = conversations.find_message
        return self._reception.core.house.db.peek(
            lambda tx: any(find(tx, visit.row.id, name) for name in names)
        )

    async def _take_document(self, visit: Visit, file: Attached) -> None:
        core = self._reception.core
        count = core.house.db.peek(lambda tx: leads.count_files_sent(tx, visit.row.id))
        if count >= core.house.settings.files_per_conversation:
            await self._refuse(visit, "error.too_many_files")
            return
        if file.size > min(core.uploads.limits.size, DOWNLOAD_MAX):
            await self._refuse(visit, _TOO_BIG, file.size)
            return
        try:
            stored = await self._fetch(visit, file)
        except RefusedError as error:
            if error.problem == "not_stored":
                raise Busy(error.problem) from None
            await self._refuse(visit, error.key, file.size)
            return
        except Refused as error:
            if "too big" in error.reason.lower():
                await self._refuse(visit, _TOO_BIG, file.size)
            else:
                await self._give_up(visit, file)
            return
        except (Busy, TimeoutError):
            await self._give_up(visit, file)
            return
        await self._hand_in(visit, stored)

    async def _fetch(self, visit: Visit, file: Attached) -> Stored:
        """Fetch it in a few tries. Raises RefusedError, Refused, and Busy or TimeoutError where it
        cannot be had now."""
        typing = asyncio.create_task(self._reception.keep_typing(visit))
        try:
            async with asyncio.timeout(FETCH_SECONDS + SECONDS_A_MB * file.size / 1_000_000):
                for pause in PAUSES:
                    try:
                        return await self._try_to_fetch(file)
                    except Busy as error:
                        await asyncio.sleep(max(pause, error.after / 1_000))
                return await self._try_to_fetch(file)
        finally:
            typing.cancel()

    async def _try_to_fetch(self, file: Attached) -> Stored:
        pieces = self._reception.client.download(file.file_id)
        try:
            return await self._reception.core.uploads.receive(pieces, file.name, file.size or None)
        finally:
            await _close(pieces)

    async def _give_up(self, visit: Visit, file: Attached) -> None:
        """Ask for it once more, and let staff know. What comes after it is taken in now."""
        get_logger().warning("file_not_fetched", conversation=visit.row.id)
        await self._refuse(visit, _NOT_THERE)
        await self._reception.note(visit, _LOST, "file", name=file.name or file.kind)

    async def _hand_in(self, visit: Visit, stored: Stored) -> None:
        """A file that does not become the conversation's does not stay on disk."""
        taken = False
        arrived = Incoming(
            conversation=visit.row.id,
            external_id=self._reception.external_id(visit.said),
            kind="file",
            file=stored.info(),
            language=visit.language,
        )
        try:
            handled = await self._reception.hand_in(visit, arrived)
            taken = not handled.refused and not handled.repeated
        except asyncio.CancelledError:
            taken = True  # perhaps: what nobody knows of is swept later
            raise
        finally:
            if not taken:
                self._reception.core.uploads.delete([stored.id])
        if handled.refused:
            await self._refuse(visit, handled.refused)

    async def _refuse(self, visit: Visit, key: str, size: int = 0) -> None:
        """Say why the file was not taken; once for an album."""
        if not self._is_news(visit, key):
            return
        await self._reception.refuse(visit, key)
        settings = self._reception.core.house.settings
        if key == _TOO_BIG and settings.public_url and size <= settings.file_max_bytes:
            hint = "telegram.in.file.website"
            await self._reception.tell(visit, hint, address=f"{settings.public_url}/chat")


async def _close(pieces: AsyncIterator[bytes]) -> None:
    if isinstance(pieces, AsyncGenerator):
        await pieces.aclose()
