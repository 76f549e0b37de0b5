"""Builds what every way of running needs: the mind from a pack, and intake, desk and outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from bot.alerting.letters import ByMail, Telling
from bot.alerting.mail import Mail
from bot.alerting.notices import Tells
from bot.desk import Desk
from bot.house import House, Mind
from bot.intake import Intake
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.packs.edits import read_overlay
from bot.packs.minds import Minds
from bot.packs.overlay import Overlay
from bot.prospects.channel import PushChannel
from bot.prospects.messenger.view import CHANNEL as TELEGRAM
from bot.settings import Settings
from bot.uploads import Limits, Uploads
from dialogs.types import FileInfo


@dataclass(frozen=True, slots=True)
class Core:
    """The product without its doors."""

    house: House
    mind: Mind
    uploads: Uploads
    intake: Intake
    desk: Desk
    outbox: Outbox
    overlay: Overlay
    mail: Mail


def load_mind(settings: Settings, minds: Minds | None = None) -> Mind:
    """Load and check the company's pack, and the encoder: some seconds of computing.

    With `minds`, what staff wrote over the pack counts too, as far as it still fits. Raises
    PackError with every mistake of the pack.
    """
    if minds is None:
        minds = Minds(settings)
        return Mind.holding(minds.make(minds.read()))
    pack, left_out = minds.read_what_fits(read_overlay(settings.overlay))
    for problem in left_out:
        get_logger().error("overlay_left_out", file=problem.file, problem=problem.message)
    return Mind.holding(replace(minds.make(pack), left_out=left_out))


def make_uploads(settings: Settings) -> Uploads:
    """The folder of prospects' files, with the limits of the settings."""
    limits = Limits(
        size=settings.file_max_bytes,
        seconds=settings.file_read_seconds,
        memory=settings.file_read_megabytes * 1_000_000,
    )
    return Uploads(settings.files, limits)


def make_core(
    house: House,
    mind: Mind,
    channels: Iterable[PushChannel] = (),
    ways: Mapping[str, Tells] | None = None,
) -> Core:
    """Wire intake, desk and outbox to one memory and one mind; nothing is started yet.

    What is to be sent by a bot that is switched on, but not here or not now, is queued for it.
    `ways`: how staff can be told in person, besides e-mail.
    """
    settings = house.settings
    ours = {channel.name: channel for channel in channels}
    pushing = frozenset(ours) | (frozenset({TELEGRAM}) if settings.prospects_bot_token else set())
    uploads = make_uploads(settings)
    intake = Intake(house, mind, pushing, uploads.delete)
    mail = Mail(settings)
    told = dict(ways or {})
    if mail.is_set:
        told["email"] = ByMail(mail, Telling(mind, settings))
    return Core(
        house=house,
        mind=mind,
        uploads=uploads,
        intake=intake,
        desk=Desk(house, mind, pushing),
        outbox=Outbox(house, intake, _FileReader(uploads).read, ours, told),
        mail=mail,
        overlay=Overlay(settings.overlay, settings.pack, house.reach, mind.contents.left_out),
    )


class _FileReader:
    """Fills a stored file's text or its problem in."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def read(self, file: FileInfo) -> FileInfo:
        found = await self._uploads.read(file.id, file.media_type)
        return msgspec.structs.replace(file, text=found.text, problem=found.problem)
