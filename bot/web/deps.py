"""What both webs share: the objects that routes work with, the page templates, the clock.

Every web module offers `routes(deps) -> list[ControllerRouterHandler]`; `pages.py` joins them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from bot.telegram.presence import Presence
from bot.web.assets import Assets

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.house import Mind
    from bot.intake import Intake
    from bot.live import Live
    from bot.metrics import Metrics
    from bot.packs.overlay import Overlay
    from bot.settings import Settings
    from bot.uploads import Uploads
    from dialogs.pack import Pack
    from dialogs.texts import Texts
    from storage.db import Database

TEMPLATES = Path(__file__).parents[1] / "templates"
STATIC = Path(__file__).parents[1] / "static"


def read_clock() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def make_pages(assets: Assets) -> jinja2.Environment:
    """The page templates; every value is escaped, an unknown name is an error.

    Templates call `asset(name)` for the address of a file of `static/`.
    """
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Cyrillic and Chinese as they are: escaped, each letter would weigh six bytes.
    pages.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    pages.globals["asset"] = assets.address
    return pages


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything that a route may use; built once in `bot/app.py`.

    `secret` is at least 32 random bytes; signers derive their own key from it by a purpose.
    """

    settings: Settings
    db: Database
    intake: Intake
    desk: Desk
    live: Live
    uploads: Uploads
    overlay: Overlay
    metrics: Metrics
    mind: Mind
    secret: bytes
    assets: Assets
    pages: jinja2.Environment
    now: Callable[[], int] = read_clock
    presence: Presence = field(default_factory=Presence)
    # Held from the look at what a manager saw to the end of what they do with it.
    teaching: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def pack(self) -> Pack:
        return self.mind.pack

    @property
    def texts(self) -> Texts:
        return self.mind.texts

    def __deepcopy__(self, memo: dict[int, object]) -> Deps:
        """The framework copies a router with all that its handlers hold; these objects stay one."""
        return self
