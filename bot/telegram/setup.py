"""What must be set for the bots to work, and what is wrong with how it is set. For `check` and for
the start: a bot whose settings cannot work is left out, and the website runs without it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.settings import Settings
from bot.telegram.border import DESK, PROSPECTS
from dialogs.types import Struct

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_USUAL_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{35}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
BOTS = (PROSPECTS, DESK)


class Fault(Struct):
    """Something missing or odd. `stops`: the bots that cannot work so; none: a warning."""

    setting: str
    text: str
    stops: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{'error' if self.stops else 'warning'}: {self.setting}: {self.text}"


def token_of(settings: Settings, bot: str) -> str:
    return settings.prospects_bot_token if bot == PROSPECTS else settings.desk_bot_token


def wanted_bots(settings: Settings) -> tuple[str, ...]:
    """The bots whose token is set."""
    return tuple(bot for bot in BOTS if token_of(settings, bot))


def find_faults(settings: Settings) -> tuple[Fault, ...]:
    """Everything that is missing or odd for Telegram. No text holds a token or a secret."""
    bots = wanted_bots(settings)
    found = [fault for bot in bots for fault in _check_token(settings, bot)]
    if bots and settings.prospects_bot_token == settings.desk_bot_token:
        text = "must be another bot's than PROSPECTS_BOT_TOKEN"
        found.append(Fault(setting="DESK_BOT_TOKEN", text=text, stops=BOTS))
    found += _check_group(settings)
    if bots:
        found += _check_addresses(settings, bots)
        found += _check_webhook(settings, bots)
    return tuple(found)


def _check_token(settings: Settings, bot: str) -> Iterator[Fault]:
    name, token = f"{bot.upper()}_BOT_TOKEN", token_of(settings, bot)
    if not _TOKEN.fullmatch(token):
        yield Fault(
            setting=name,
            text="is no token; @BotFather gives one such as 123456789:AAE, 35 characters after "
            "the colon",
            stops=(bot,),
        )
    elif not _USUAL_TOKEN.fullmatch(token):
        yield Fault(setting=name, text="does not look whole: 35 characters follow the colon")


def _check_group(settings: Settings) -> Iterator[Fault]:
    if not settings.desk_bot_token:
        if settings.desk_group_id:
            yield Fault(setting="DESK_GROUP_ID", text="is of no use without DESK_BOT_TOKEN")
    elif not settings.desk_group_id:
        yield Fault(
            setting="DESK_GROUP_ID",
            text="is missing: no desk yet; add the bot to your group, and it tells the group's id",
        )
    elif not settings.desk_group:
        yield Fault(
            setting="DESK_GROUP_ID",
            text="is no id of a group, which is a negative number such as -1001234567890",
            stops=(DESK,),
        )


def _check_addresses(settings: Settings, bots: tuple[str, ...]) -> Iterator[Fault]:
    api = settings.telegram_api_url
    if not api.startswith("https://") and not is_loopback(api):
        yield Fault(
            setting="TELEGRAM_API_URL",
            text="is not https: the tokens travel readable for everybody on the way",
        )
    if not settings.public_url:
        yield Fault(
            setting="PUBLIC_URL",
            text="is missing: links to papers and transcripts, which the bots send, lead nowhere",
        )


def _check_webhook(settings: Settings, bots: tuple[str, ...]) -> Iterator[Fault]:
    webhook = settings.telegram_mode == "webhook"
    stops = bots if webhook else ()
    if webhook and not may_be_posted_to(settings):
        yield Fault(
            setting="TELEGRAM_MODE",
            text="webhook needs a PUBLIC_URL with https, to which Telegram can post",
            stops=stops,
        )
    secret = settings.telegram_webhook_secret
    if secret and not _SECRET.fullmatch(secret):
        yield Fault(
            setting="TELEGRAM_WEBHOOK_SECRET",
            text="may have A-Z, a-z, 0-9, _ and -, 256 characters at most",
            stops=stops,
        )


def may_be_posted_to(settings: Settings) -> bool:
    """Telegram posts to https alone; a Bot API on this machine posts anywhere."""
    return settings.public_url.startswith("https://") or bool(
        settings.public_url and is_loopback(settings.telegram_api_url)
    )


def is_loopback(address: str) -> bool:
    """The address is one of this machine itself."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
