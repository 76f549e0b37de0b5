"""How a staff page is made: the reader's language, the words, times, and the frame around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from bot.rights import may, roles_of
from bot.web.deps import Deps
from bot.web.places import MENU, Group
from dialogs.texts import show_short_day, show_when
from dialogs.types import Struct
from storage import doubts, leads
from storage.statements import COUNTED

LANGUAGE_COOKIE = "firstline_language"
LANGUAGE_NAMES: Mapping[str, str] = {
    "en": "English",
    "zh": "中文",
    "es": "Español",
    "ru": "Русский",
}
NO_BREAK = "\N{NO-BREAK SPACE}"
YEAR_SECONDS = 365 * 24 * 3600

Connection = ASGIConnection[Any, Any, Any, Any]
Say = Callable[..., str]


class Worker(Struct):
    """A member of staff at work. `display_name` is what prospects see."""

    id: int
    display_name: str
    role: str
    personal: bool = False  # sees e-mail and phone

    @property
    def roles(self) -> tuple[str, ...]:
        return roles_of(self.role)


class Shown(Struct):
    """A page in the menu of somebody who may see it."""

    address: str
    key: str
    here: bool
    open: str  # how many things wait there, "" for none


class ShownGroup(Struct):
    """A group of the menu; `open`: how many of its pages have something that waits."""

    key: str
    places: tuple[Shown, ...]
    open: str


class SignedIn(Struct):
    """A member of staff with an open session. `form_token` goes into every form of the pages."""

    staff: Worker
    session: str  # hash of its token
    form_token: str


def language_of(deps: Deps, connection: Connection) -> str:
    """The page's language: chosen here, chosen before, the browser's, else the pack's first."""
    languages = desk_languages(deps)
    wanted = [
        connection.query_params.get("language", ""),
        connection.cookies.get(LANGUAGE_COOKIE, ""),
        *_accepted(connection.headers.get("accept-language", "")),
    ]
    return next((each for each in wanted if each in languages), languages[0])


def desk_languages(deps: Deps) -> tuple[str, ...]:
    """Languages in which the staff pages can be shown."""
    return tuple(each for each in deps.pack.languages if "desk.inbox" in deps.pack.texts[each])


def _accepted(header: str) -> list[str]:
    """Primary language codes of an Accept-Language header, as they stand in it."""
    parts = header[:500].split(",")
    return [part.split(";")[0].strip().split("-")[0].lower() for part in parts]


def speak(deps: Deps, language: str, key: str, otherwise: str) -> str:
    """The words of a key that may be missing, else those of another key."""
    return deps.texts.say(language, key if deps.texts.has(language, key) else otherwise)


def speak_of(deps: Deps, connection: Connection, key: str) -> str:
    """The words of a key in the reader's language."""
    return deps.texts.say(language_of(deps, connection), key)


def make_say(deps: Deps, language: str) -> Say:
    """A function `say(key, **values)` for templates; a missing key is an error."""

    def say(key: str, /, **values: Any) -> str:
        return deps.texts.say(language, key, **values)

    return say


def make_name(deps: Deps, language: str) -> Callable[[str, str], str]:
    """A function `name(prefix, value)` that names a stored value, or shows it as it is."""

    def name(prefix: str, value: str) -> str:
        key = f"{prefix}.{value}"
        return deps.texts.say(language, key) if deps.texts.has(language, key) else value

    return name


def show_time(deps: Deps, at: int, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """Milliseconds since 1970 as the company's local time; "" for 0."""
    return local_time(deps, at).strftime(pattern) if at else ""


def local_time(deps: Deps, at: int) -> datetime:
    """Milliseconds since 1970 as the company's local time."""
    zone = ZoneInfo(deps.pack.company.time_zone)
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def _today(deps: Deps) -> date:
    return local_time(deps, deps.now()).date()


def make_when(deps: Deps, language: str) -> Callable[..., str]:
    """A function `when(at)` that tells a time (ms) as people say it: 14:46, 2 Nov, 14:46.

    With `day=True` only the day. "" for 0.
    """

    def when(at: int, day: bool = False) -> str:
        if not at:
            return ""
        found, today = local_time(deps, at), _today(deps)
        if day:
            words = show_short_day(language, found.date(), today)
        else:
            words = show_when(language, found, today)
        return words.replace(" ", NO_BREAK)

    return when


def show_since(say: Say, at: int, now: int) -> str:
    """How long ago a time (ms) was, in its largest unit; the inbox's script counts on from it."""
    minutes = max(0, now - at) // 60_000
    if minutes < 1:
        return say("desk.since.now")
    if minutes < 60:
        return say("desk.since.minutes", n=minutes)
    if minutes < 2 * 24 * 60:
        return say("desk.since.hours", n=minutes // 60)
    return say("desk.since.days", n=minutes // (24 * 60))


def show_until(say: Say, at: int, now: int) -> str:
    """How long until a time (ms) at which a reply is owed, or how late it is."""
    minutes = abs(at - now) // 60_000
    if minutes < 60:
        n = say("desk.since.minutes", n=minutes)
    elif minutes < 2 * 24 * 60:
        n = say("desk.since.hours", n=minutes // 60)
    else:
        n = say("desk.since.days", n=minutes // (24 * 60))
    return say("inbox.late_by" if at < now else "inbox.due_in", n=n)


def show_size(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


def iso_time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def count_open(deps: Deps, address: str) -> str:
    """How many things wait on a page of the managers, "" for none; a long list is just long."""
    count = {"/understanding": doubts.count_open, "/questions": leads.count_unanswered}.get(address)
    found = deps.db.peek(count) if count is not None else 0
    if address == "/content":
        found = len(deps.overlay.paths_left_out)
    return f"{COUNTED - 1}+" if found >= COUNTED else str(found or "")


def _menu(deps: Deps, signed_in: SignedIn | None, path: str) -> list[ShownGroup]:
    """The pages that somebody may go to; none for who is not signed in."""
    role = signed_in.staff.role if signed_in is not None else ""
    groups = (_group(deps, each, role, path) for each in MENU)
    return [each for each in groups if each.places]


def _group(deps: Deps, group: Group, role: str, path: str) -> ShownGroup:
    shown = tuple(
        Shown(
            address=each.address,
            key=each.key,
            here=path == each.address or path.startswith(f"{each.address}/"),
            open=count_open(deps, each.address),
        )
        for each in group.places
        if may(role, each.right)
    )
    waiting = sum(bool(each.open) for each in shown)
    return ShownGroup(key=group.key, places=shown, open=str(waiting or ""))


def render_text(
    deps: Deps, request: Request[Any, Any, Any], template: str, values: Mapping[str, Any]
) -> str:
    """A page or a piece of one from `templates/staff`, in the reader's language."""
    language = language_of(deps, request)
    signed_in: SignedIn | None = request.scope.get("user")
    say = make_say(deps, language)
    return deps.pages.get_template(f"staff/{template}.html.jinja").render(
        values,
        language=language,
        tongues=_tongues(deps, request),
        say=say,
        name=make_name(deps, language),
        time=lambda at, pattern="%Y-%m-%d %H:%M": show_time(deps, at, pattern),
        when=make_when(deps, language),
        day=lambda each: show_short_day(language, date.fromisoformat(each), _today(deps)),
        iso=iso_time,
        since=lambda at: show_since(say, at, deps.now()),
        until=lambda at: show_until(say, at, deps.now()),
        size=show_size,
        now=deps.now(),
        me=signed_in,
        menu=_menu(deps, signed_in, request.url.path),
        may=lambda right: signed_in is not None and may(signed_in.staff.role, right),
        path=request.url.path,
        company=deps.pack.company.name.get(language, ""),
    )


def render(
    deps: Deps,
    request: Request[Any, Any, Any],
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
) -> Response[str]:
    """`render_text` as an answer; a language chosen in the address is remembered."""
    text = render_text(deps, request, template, values)
    chosen, language = request.query_params.get("language", ""), language_of(deps, request)
    cookies = [_language_cookie(language)] if chosen and chosen == language else []
    return Response(text, media_type=MediaType.HTML, status_code=status, cookies=cookies)


def _tongues(deps: Deps, request: Request[Any, Any, Any]) -> list[tuple[str, str, str]]:
    """(code, name, address of this page in it) of every language."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "language"]
    return [
        (each, LANGUAGE_NAMES.get(each, each), "?" + urlencode([*kept, ("language", each)]))
        for each in desk_languages(deps)
    ]


def _language_cookie(language: str) -> Cookie:
    return Cookie(
        key=LANGUAGE_COOKIE, value=language, path="/", max_age=YEAR_SECONDS, samesite="lax"
    )
