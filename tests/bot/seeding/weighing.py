"""What the pages of staff weigh in an office that has been at work for a month."""

from __future__ import annotations

from collections.abc import Iterable

from tests.bot.office import Office
from tests.bot.seeding.month import Talk
from tests.bot.web.test_roles import TABLE

LIGHT = 100_000  # bytes of a page without its styles and scripts, which are kept by the browser
LONGEST = 12  # talks
TONGUE = "ru"  # its letters weigh two bytes each
ENDLESS = ("/inbox/stream",)
MORE = (
    "/inbox?view=open",
    "/inbox?view=closed",
    "/transcripts?ownership=state_owned&not_step=escalated",
    "/transcripts?q=price",
    "/funnel?by=source",
    "/understanding?view=settled",
    "/content/texts?q=a",
    "/content/papers/brochure-en",
    "/articles/en/none",
    "/questions/1",
    "/people/1",
)


async def weigh(office: Office, talks: Iterable[Talk]) -> dict[str, int]:
    """Bytes of every page that an owner can open, by address; of those of a talk the longest."""
    client = await office.worker("owner")
    longest = sorted(talks, key=lambda talk: -len(talk.messages))[:LONGEST]
    pages = [
        path
        for method, path in TABLE
        if method == "GET" and "{" not in path and path not in ENDLESS
    ]
    pages += MORE
    for talk in longest:
        pages += [f"/{kind}/{talk.row.id}" for kind in ("inbox", "transcripts", "privacy")]
    found = {}
    for path in pages:
        tongue = ("&" if "?" in path else "?") + f"language={TONGUE}"
        answer = await client.get(path + tongue, headers={"Accept": "text/html"})
        assert answer.status_code < 500, path
        if answer.headers["content-type"].startswith("text/html") and answer.is_success:
            found[path] = len(answer.content)
    return found
