"""Two colleagues, a manager and three prospects at once, in real Chromium on one real server.

Each act of the desk is done here while everybody else has a page open, and the others see it come.
How an act looks, on which key it lies and what happens when the line is cut is tried elsewhere:

    sign in, list, escalation, bell, notifications       test_staff_browser, test_inbox_browser
    claim, claim that came second, step in, undo         test_staff_browser, test_inbox_browser
    reply, files, drafts, a cut line, notes, @name       test_inbox_browser
    ready words, first line, documents, profile, join    test_inbox_browser
    pass on to a person, hand back, stage, close         test_inbox_browser, test_staff_browser
    snooze, unread counts, the phone                     test_inbox_browser
    calls to make, a call noted down, own settings       test_calls_browser
    filters, views, comments, flags, the weekly sample   test_transcripts_browser
    all of it without a mouse                            test_keys_browser
    only here: a true race, pass on to a team, send back and not a lead, wake, reopen, hand back
    with a line, a name that its bearer sees, take off, tasks done, the picker of a call's time,
    remarks that arrive while the talk is open
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bot.presales.shift import calling, keeping, managing, owning, saying
from tests.bot.presales.shift.floor import Floor, open_floor
from tests.bot.web.test_staff_browser import NewPage, browser, check_access, new_page

__all__ = ["browser", "new_page"]

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def floor(new_page: NewPage, tmp_path: Path) -> AsyncIterator[Floor]:
    async with open_floor(tmp_path, new_page) as opened:
        yield opened


async def test_everybody_at_once(floor: Floor) -> None:
    await owning.three_ask_for_a_person(floor)
    first, second = await owning.both_claim_at_the_same_moment(floor)
    await saying.words_and_a_file_reach_the_prospect_and_notes_do_not(floor, first, second)
    await saying.a_colleague_is_named(floor, first, second)
    await owning.it_goes_on_to_a_person_who_accepts_it(floor, first, second)
    await saying.everything_is_in_the_prospects_language(floor)
    await owning.a_team_gets_it_and_sends_it_back(floor)
    await calling.the_prospect_asks_to_be_called(floor)
    await calling.it_sleeps_and_wakes(floor)
    await calling.the_call_is_made(floor)
    await calling.a_call_is_noted_and_joined(floor)
    await keeping.profile_stage_and_tasks_change_for_everybody(floor)
    await owning.it_is_handed_back_closed_and_opened_again(floor, second)
    await managing.the_manager_reads(floor)
    await managing.each_sees_what_is_theirs(floor, first, second)
    for page in floor.pages:
        await check_access(page)
