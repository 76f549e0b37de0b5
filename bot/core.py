"""Builds what every way of running needs: the mind from a pack, and intake, desk and outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from bot.desk import Desk
from bot.house import House, Mind
from bot.intake import Intake
from bot.outbox import Outbox
from bot.prospects.channel import PushChannel
from bot.settings import Settings
from bot.uploads import Limits, Uploads
from dialogs import texts
from dialogs.knowledge import Library
from dialogs.loading import load
from dialogs.types import FileInfo
from dialogs.understanding import Reader, load_encoder


@dataclass(frozen=True, slots=True)
class Core:
    """The product without its doors."""

    house: House
    mind: Mind
    uploads: Uploads
    intake: Intake
    desk: Desk
    outbox: Outbox


def load_mind(settings: Settings) -> Mind:
    """Load the company's pack and the encoder: some seconds of computing; run it in a thread.

    Raises dialogs.loading.PackError with every mistake of the pack.
    """
    pack = load(settings.pack)
    encoder = load_encoder() if settings.encoder == "on" else None
    return Mind(
        texts=texts.of(pack),
        reader=Reader(pack, encoder),
        library=Library(pack, encoder),
    )


def make_core(house: House, mind: Mind, channels: Iterable[PushChannel] = ()) -> Core:
    """Wire intake, desk and outbox to one memory and one mind; nothing is started yet."""
    settings = house.settings
    pushing = {channel.name: channel for channel in channels}
    limits = Limits(
        size=settings.file_max_bytes,
        seconds=settings.file_read_seconds,
        memory=settings.file_read_megabytes * 1_000_000,
    )
    uploads = Uploads(settings.files, limits)
    intake = Intake(house, mind, frozenset(pushing), uploads.delete)
    return Core(
        house=house,
        mind=mind,
        uploads=uploads,
        intake=intake,
        desk=Desk(house, mind.texts, frozenset(pushing)),
        outbox=Outbox(house, intake, _FileReader(uploads).read, pushing),
    )


class _FileReader:
    """Fills a stored file's text or its problem in."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def read(self, file: FileInfo) -> FileInfo:
        found = await self._uploads.read(file.id, file.media_type)
        return msgspec.structs.replace(file, text=found.text, problem=found.problem)
