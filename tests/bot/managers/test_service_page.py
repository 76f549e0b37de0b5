"""The report on how fast people were answered, against figures counted by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot.managers.service.report import make_report
from dialogs.hours import Week
from storage import service
from storage.service import Reply
from tests.bot.office import Office, open_office

MINUTE, HOUR = 60_000, 3_600_000
WEEK = Week(
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
    time_zone="Europe/Berlin",
)
PAGE = {"Accept": "text/html"}


def at(text: str) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    return int(local.timestamp() * 1000)


def reply(since: str, came: str = "", due: str = "", **more: object) -> Reply:
    made = Reply(
        conversation="c", kind="first", reason="qualified", since=at(since),
        due=at(due) if due else at(since) + 15 * MINUTE, replied_at=at(came) if came else 0,
        staff_id=7,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


NOW = at("2026-11-27 17:00")


def test_times_are_working_time_and_ranks_are_the_nearest() -> None:
    found = make_report(
        WEEK,
        [
            *(reply("2026-11-23 10:00", f"2026-11-23 10:{n:02}") for n in range(1, 21)),
            reply("2026-11-23 16:55", "2026-11-24 09:10", due="2026-11-24 09:10", kind="next"),
        ],
        NOW,
    )
    first = found.whole.first
    assert (first.came, first.median, first.p95) == (20, 10 * MINUTE, 19 * MINUTE)
    assert found.whole.next.median == 15 * MINUTE, "the night does not count"
    assert (found.whole.judged, found.whole.within, found.whole.late) == (21, 16, 5)
    assert found.whole.percent == 76


def test_what_never_came_counts_once_its_moment_has_passed() -> None:
    withdrawn = reply("2026-11-23 10:00", kind="first")
    open_still = reply("2026-11-27 16:50", due="2026-11-30 09:05")
    found = make_report(WEEK, [withdrawn, open_still], NOW)
    assert (found.whole.judged, found.whole.late, found.whole.unanswered) == (1, 1, 2)
    assert found.whole.first.came == 0
    assert [each.open for each in found.late] == [True]


def test_groups_by_reason_person_and_week() -> None:
    found = make_report(
        WEEK,
        [
            reply("2026-11-23 10:00", "2026-11-23 10:05"),
            reply("2026-11-16 10:00", "2026-11-16 10:05", reason="no_source", staff_id=8),
            reply("2026-11-29 10:00", "2026-11-30 09:05", staff_id=0),
        ],
        NOW + 7 * 24 * HOUR,
    )
    assert {group.name: group.first.came for group in found.reasons} == {
        "qualified": 2, "no_source": 1,
    }  # fmt: skip
    assert {group.name for group in found.people} == {"7", "8"}
    assert [group.name for group in found.weeks] == ["2026-11-16", "2026-11-23"]


def test_without_a_target_nothing_is_judged() -> None:
    found = make_report(WEEK, [reply("2026-11-23 10:00", "2026-11-23 12:00", due="")], NOW)
    free = make_report(
        WEEK, [msgspec.structs.replace(reply("2026-11-23 10:00", "2026-11-23 12:00"), due=0)], NOW
    )
    assert found.whole.late == 1
    assert (free.whole.judged, free.whole.late, free.late) == (0, 0, ())


async def test_the_page_shows_what_happened_and_leads_to_it(tmp_path: Path) -> None:
    async with open_office(tmp_path / "office") as office:
        await _check_page(office)


async def _check_page(office: Office) -> None:
    client = await office.worker("presales", display_name="Quick Hand")
    prompt = await office.escalate()
    assert (await client.post(f"/inbox/{prompt}/claim")).status_code == 200
    said = {"external_id": "reply-1", "text": "Here I am"}
    assert (await client.post(f"/inbox/{prompt}/reply", json=said)).status_code == 200
    late = await office.escalate()
    office.clock.ahead += HOUR
    manager = await office.worker("manager")
    page = (await manager.get("/service", headers=PAGE)).text
    assert f'href="/transcripts/{late}"' in page
    assert f'href="/transcripts/{prompt}"' not in page
    assert "50 % of 2 answers came in time; 1 was late" in page
    assert "Quick Hand" in page
    assert len(page.encode()) < 100_000
    replies = await office.db.read(lambda at: service.read_replies(at, 0, 2**53))
    assert [each.conversation for each in replies] == [prompt]
    empty = (await manager.get("/service?since=2001-01-01&until=2001-01-02", headers=PAGE)).text
    assert "No human answer was due in these days." in empty


@pytest.mark.parametrize("role", ["presales", "projects", "aftersales"])
async def test_the_figures_are_for_those_who_lead(office: Office, role: str) -> None:
    client = await office.worker(role)
    assert (await client.get("/service")).status_code == 403
