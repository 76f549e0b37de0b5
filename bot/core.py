"""Builds what every way of running needs: the mind from a pack, and intake, desk and outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from bot.desk import Desk
from bot.house import House, Mind
from bot.intake import Intake
from bot.outbox import Outbox
from bot.prospects.channel import PushChannel
from bot.prospects.messenger.view import CHANNEL as TELEGRAM
from bot.settings import Settings
from bot.uploads import Limits, Uploads
from bot.vectors import KeptVectors
from dialogs import texts
from dialogs.check import examine
from dialogs.folder.problems import PackError
from dialogs.folder.reader import read_folder
from dialogs.knowledge import Library
from dialogs.types import FileInfo
from dialogs.understanding.encoder import SentenceEncoder
from dialogs.understanding.reader import Reader


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
    """Load and check the company's pack, and the encoder: some seconds of computing.

    Raises PackError with every mistake of the pack.
    """
    read = read_folder(settings.pack)
    problems = examine(read, date.today())
    if read.pack is None or any(not problem.warning for problem in problems):
        raise PackError(problems)
    pack = read.pack
    kept = (
        KeptVectors(SentenceEncoder, settings.data / "cache") if settings.encoder == "on" else None
    )
    mind = Mind(
        texts=texts.of(pack),
        reader=Reader(pack, kept),
        library=Library(pack, kept),
    )
    if kept is not None:
        kept.settle()
    return mind


def make_uploads(settings: Settings) -> Uploads:
    """The folder of prospects' files, with the limits of the settings."""
    limits = Limits(
        size=settings.file_max_bytes,
        seconds=settings.file_read_seconds,
        memory=settings.file_read_megabytes * 1_000_000,
    )
    return Uploads(settings.files, limits)


def make_core(house: House, mind: Mind, channels: Iterable[PushChannel] = ()) -> Core:
    """Wire intake, desk and outbox to one memory and one mind; nothing is started yet.

    What is to be sent by a bot that is switched on, but not here or not now, is queued for it.
    """
    settings = house.settings
    ours = {channel.name: channel for channel in channels}
    pushing = frozenset(ours) | (frozenset({TELEGRAM}) if settings.prospects_bot_token else set())
    uploads = make_uploads(settings)
    intake = Intake(house, mind, pushing, uploads.delete)
    return Core(
        house=house,
        mind=mind,
        uploads=uploads,
        intake=intake,
        desk=Desk(house, mind.texts, pushing),
        outbox=Outbox(house, intake, _FileReader(uploads).read, ours),
    )


class _FileReader:
    """Fills a stored file's text or its problem in."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def read(self, file: FileInfo) -> FileInfo:
        found = await self._uploads.read(file.id, file.media_type)
        return msgspec.structs.replace(file, text=found.text, problem=found.problem)
