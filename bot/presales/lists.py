"""The inbox's lists: who waits, what is mine, my team's, snoozed, under way, closed, or found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Response, get
from litestar.params import FromQuery

from bot.presales.queue import VIEWS, WORDS_MAX, Queue, Wanted, choose_view, read_queue
from bot.telegram import border
from bot.web.access import FromDeps, StaffRequest
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render, render_text

CURSOR_MAX = 100  # characters
RIGHT: Mapping[str, str] = {"right": "talks"}
# Words that the page's script says by itself; it puts a number or a name in the place of the mark.
SCRIPT_WORDS: Mapping[str, str] = {
    "now": "desk.since.now", "minutes": "desk.since.minutes", "hours": "desk.since.hours",
    "days": "desk.since.days", "due": "inbox.due_in", "late": "inbox.late_by",
    "visitor": "desk.visitor", "lost": "desk.lost",
    "sound_on": "desk.sound_on", "sound_off": "desk.sound_off",
    "sound_locked": "desk.sound_locked", "new_escalation": "desk.new_escalation",
    "failed": "desk.error.500", "unread": "inbox.title_unread",
    "alerts_on": "inbox.alerts_on", "alerts_off": "inbox.alerts_off",
    "alerts_refused": "inbox.alerts_refused", "alert_waits": "inbox.alert_waits",
    "alert_unread": "inbox.alert_unread", "undo": "inbox.undo",
    "sending": "inbox.sending", "retry": "inbox.retry", "not_sent": "inbox.not_sent",
    "remove_file": "inbox.remove_file", "too_big": "inbox.file_too_big",
    "too_many": "inbox.too_many_files", "draft": "inbox.draft_kept",
    "nothing_fits": "inbox.nothing_fits", "sign_in": "desk.signin.button",
    "not_done": "inbox.not_done",
}  # fmt: skip


def read_wanted(view: str, words: str, talk: str = "", after: str = "") -> Wanted:
    """What an address asks for, put right where it is wrong."""
    words = " ".join(words.split())[:WORDS_MAX]
    return Wanted(view=choose_view(view), words=words, talk=talk, after=after[:CURSOR_MAX])


@get("/inbox", opt=dict(RIGHT))
async def show_inbox(
    request: StaffRequest,
    deps: FromDeps,
    view: FromQuery[str] = "",
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """The list, with no talk open."""
    queue = await read_queue(deps, request.user.staff, read_wanted(view, q, after=after))
    values = {**list_values(deps, request, queue), "talk": None, "lead": None}
    return render(deps, request, "inbox", values)


@get("/inbox/list", opt=dict(RIGHT))
async def give_list(
    request: StaffRequest,
    deps: FromDeps,
    view: FromQuery[str] = "",
    talk: FromQuery[str] = "",
    q: FromQuery[str] = "",
) -> Response[Any]:
    """The list anew, as HTML, who waits, and how many of one's own have something new."""
    after = request.query_params.get("after", "")
    queue = await read_queue(deps, request.user.staff, read_wanted(view, q, talk, after))
    piece = {
        "html": render_text(deps, request, "queue", list_values(deps, request, queue)),
        "waiting": ringing(queue),
        "unread": queue.unread,
        "news": [
            {"id": each.line.id, "title": each.line.title or each.line.city, "unread": each.unread}
            for each in queue.news
        ],
    }
    return Response(piece, media_type=MediaType.JSON)


def list_values(deps: Deps, request: StaffRequest, queue: Queue) -> dict[str, Any]:
    """What the list's templates name."""
    say = make_say(deps, language_of(deps, request))
    most = queue.wanted.shown
    return {
        "view": queue.wanted.view,
        "q": queue.wanted.words,
        "selected": queue.wanted.talk,
        "views": VIEWS,
        "rows": queue.rows[:most] if queue.wanted.words else queue.rows,
        "more": max(0, len(queue.rows) - most) if queue.wanted.words else 0,
        "after": queue.wanted.after,
        "next": queue.next,
        "counts": queue.counts,
        "unread": queue.unread,
        "waiting": ringing(queue),
        "troubles": deps.presence.troubles.get(border.DESK, ()),
        "words": {name: say(key, n="#", title="#", name="#") for name, key in SCRIPT_WORDS.items()},
    }


def ringing(queue: Queue) -> list[dict[str, Any]]:
    """Who waits, for the script that rings."""
    return [
        {"id": each.line.id, "title": each.line.title or each.line.city, "rings": each.rings}
        for each in queue.waiting
    ]
