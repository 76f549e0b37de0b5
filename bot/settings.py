"""All settings, read once from the environment. `.env.example` lists the same names."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

DEMO_PACK = str(Path(__file__).parent.parent / "dialogs" / "demo")


class SettingsError(ValueError):
    """Every setting that cannot be used, one line each."""


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(f"must lie between {low} and {high}")
        return number

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return text

    return parse


def _origins(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in found:
        if not origin.startswith(("http://", "https://")) or "/" in origin.split("://", 1)[1]:
            raise ValueError(f"{origin} is no origin such as https://shop.example")
    return found


def _hosts(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for host in found:
        if "/" in host or "@" in host or any(sign.isspace() for sign in host):
            raise ValueError(f"{host} is no host such as crm.example or 10.0.0.5:8443")
    return found


def _address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return text.rstrip("/")


def _secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("must have 32 characters or more")
    return text


def _setting(default: Any, parse: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"parse": parse}, repr=not secret)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """One frozen set of settings; the environment names are the field names in capitals."""

    # Where it listens and where its data lies
    host: str = _setting("127.0.0.1")
    port: int = _setting(8080, _number(1, 65_534))
    demo_port: int = _setting(0, _number(0, 65_535))  # second origin; 0: PORT + 1
    public_url: str = _setting("", _address)
    data_dir: str = _setting("var")
    database_url: str = _setting("")
    company_pack: str = _setting("")
    secret_key: str = _setting("", _secret, secret=True)
    widget_origins: tuple[str, ...] = _setting((), _origins)
    webhook_hosts: tuple[str, ...] = _setting((), _hosts)  # of one's own network
    trusted_proxies: int = _setting(0, _number(0, 5))  # proxies whose X-Forwarded-For is believed
    log_format: str = _setting("auto", _one_of("auto", "json", "console"))
    log_level: str = _setting("info", _one_of("debug", "info", "warning", "error"))
    encoder: str = _setting("on", _one_of("on", "off", "e5"))

    # Telegram
    prospects_bot_token: str = _setting("", secret=True)
    desk_bot_token: str = _setting("", secret=True)
    desk_group_id: str = _setting("")
    desk_group_contacts: str = _setting("shown", _one_of("shown", "hidden"))
    telegram_api_url: str = _setting("https://api.telegram.org", _address)
    telegram_mode: str = _setting("polling", _one_of("polling", "webhook"))
    telegram_webhook_secret: str = _setting("", secret=True)

    # E-mail to staff: alerts and the morning list
    smtp_host: str = _setting("")
    smtp_port: int = _setting(587, _number(1, 65_535))
    smtp_tls: str = _setting("starttls", _one_of("starttls", "tls", "none"))
    smtp_user: str = _setting("")
    smtp_password: str = _setting("", secret=True)
    smtp_from: str = _setting("")

    # Limits on one input, one conversation, one address
    message_max_chars: int = _setting(20_000, _number(100, 100_000))
    body_max_bytes: int = _setting(512_000, _number(10_000, 10_000_000))
    file_max_bytes: int = _setting(20_000_000, _number(1_000, 1_000_000_000))
    files_per_conversation: int = _setting(20, _number(1, 1_000))
    file_read_seconds: int = _setting(20, _number(1, 600))
    file_read_megabytes: int = _setting(512, _number(64, 8_192))
    messages_per_minute: int = _setting(60, _number(1, 100_000))  # of one conversation
    requests_per_minute: int = _setting(600, _number(1, 1_000_000))  # of one address
    conversations_per_hour: int = _setting(60, _number(1, 1_000_000))  # opened by one address
    uploads_per_hour: int = _setting(30, _number(1, 100_000))  # of one address
    streams_per_address: int = _setting(100, _number(1, 100_000))
    streams_max: int = _setting(10_000, _number(1, 1_000_000))
    request_head_seconds: int = _setting(20, _number(1, 600))  # how long a client may take
    request_pause_seconds: int = _setting(20, _number(1, 600))
    request_body_seconds: int = _setting(600, _number(1, 86_400))
    turns_waiting_max: int = _setting(2_000, _number(1, 1_000_000))
    signin_attempts: int = _setting(10, _number(1, 1_000))  # in 15 minutes, a name and an address
    session_hours: int = _setting(12, _number(1, 720))
    document_link_hours: int = _setting(72, _number(1, 8_760))
    shutdown_seconds: int = _setting(5, _number(1, 60))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every setting; an empty variable counts as absent. Raises SettingsError with all."""
        values: dict[str, Any] = {}
        mistakes: list[str] = []
        for each in fields(cls):
            name = each.name.upper()
            text = environment.get(name, "").strip()
            if not text:
                continue
            try:
                values[each.name] = each.metadata["parse"](text)
            except ValueError as error:
                # A secret's text must not come out, and int() quotes what it was given.
                reason = str(error) if "invalid literal" not in str(error) else "must be a number"
                mistakes.append(f"{name}: {reason}")
        if mistakes:
            raise SettingsError("\n".join(mistakes))
        return cls(**values)

    @property
    def desk_group(self) -> int:
        """Id of the desk's group in Telegram, a negative number; 0: none, or none that can be."""
        try:
            return min(0, int(self.desk_group_id or 0))
        except ValueError:
            return 0

    @property
    def group_contacts(self) -> bool:
        """Whether the desk's group may see e-mail addresses and phone numbers."""
        return self.desk_group_contacts == "shown"

    @property
    def tokens(self) -> tuple[str, ...]:
        """The bots' tokens that are set: what may stand in no log."""
        return tuple(filter(None, (self.prospects_bot_token, self.desk_bot_token)))

    @property
    def data(self) -> Path:
        """Folder of everything that is kept."""
        return Path(self.data_dir)

    @property
    def database(self) -> str:
        """Address of the database; a SQLite file in the data folder unless named."""
        return self.database_url or str(self.data / "firstline.db")

    @property
    def files(self) -> Path:
        """Folder of the prospects' files."""
        return self.data / "files"

    @property
    def overlay(self) -> Path:
        """Folder of what staff write over the pack."""
        return self.data / "overlay"

    @property
    def pack(self) -> Path:
        """Folder of the company's pack."""
        return Path(self.company_pack or DEMO_PACK)

    @property
    def address(self) -> str:
        """The address under which browsers reach the main site, without a closing slash."""
        return self.public_url or f"http://{_in_address(self.host)}:{self.port}"

    @property
    def demo_address(self) -> str:
        """The second origin on which the demo page plays a foreign site."""
        return f"http://{_in_address(self.host)}:{self.second_port}"

    @property
    def second_port(self) -> int:
        return self.demo_port or self.port + 1

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins whose pages may show the widget: ours, the demo's, and the configured ones."""
        return (self.address, self.demo_address, *self.widget_origins)


def _in_address(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - read, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def setting_names() -> tuple[str, ...]:
    """The names as they stand in the environment."""
    return tuple(each.name.upper() for each in fields(Settings))


def default_of(name: str) -> str:
    """The default of a setting as it would be written in the environment."""
    for each in fields(Settings):
        if each.name.upper() == name:
            value = "" if each.default is MISSING else each.default
            return ",".join(value) if isinstance(value, tuple) else str(value)
    raise KeyError(name)


def audit_seal(settings: Settings) -> bytes:
    """The key that seals the record of who did what, made from the secret."""
    return hmac.digest(read_secret(settings), b"firstline audit 1", "sha256")


def read_secret(settings: Settings) -> bytes:
    """The key that signs sessions and links; made and kept in the data folder when not set."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data / "secret.key"
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48))
        part.replace(path)
    return path.read_text().strip().encode()
