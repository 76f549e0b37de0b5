"""Crashes, refusals, and what people do to the group: no line is lost, none comes a third time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.telegram.border import (
    DESK,
    Blocked,
    Busy,
    GroupFacts,
    Moved,
    Post,
    Posted,
    Refused,
    Target,
)
from storage import marks, retention
from tests.bot.hall import DAY, MINUTE, SECOND
from tests.bot.telegram.paper_desk import Desk, desk, make_desk
from tests.bot.telegram.paper_group import GROUP, DiedError

__all__ = ["desk"]

AGAIN = "Perhaps a repeat:"


class Fate:
    """Kills the process at a named step, once for each time that it is told to."""

    def __init__(self) -> None:
        self.step, self.after = "", 0

    def __call__(self, step: str) -> None:
        if step != self.step:
            return
        if self.after:
            self.after -= 1
            return
        self.step = ""
        raise DiedError(step)

    def kill_at(self, step: str, after: int = 0) -> None:
        self.step, self.after = step, after


@pytest.fixture
def fate() -> Fate:
    return Fate()


@pytest.fixture
async def mortal(tmp_path: Path, fate: Fate) -> AsyncIterator[Desk]:
    made = make_desk(tmp_path, reach=fate)
    yield made
    await made.hall.db.close()


async def die(desk: Desk) -> None:
    with pytest.raises(DiedError):
        await desk.feed.drain()
    desk.restart()


async def to_open(desk: Desk) -> str:
    return await desk.waiting()


async def to_ring(desk: Desk) -> str:
    talk = await desk.waiting()
    await desk.feed.drain()
    await desk.hall.wait(MINUTE)
    return talk


async def to_line(desk: Desk) -> str:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.say(talk, "the only line")
    return talk


# --- a crash at each step ------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["before_post", "after_post"])
@pytest.mark.parametrize(
    ("begin", "text"),
    [(to_line, "the only line"), (to_ring, "Waiting for 1 min."), (to_open, "Asked for a person")],
)
async def test_what_may_have_been_posted_comes_once_more_and_says_so(
    mortal: Desk, fate: Fate, step: str, begin: Callable[[Desk], Awaitable[str]], text: str
) -> None:
    talk = await begin(mortal)
    # The topic itself is the first post of an escalation; the brief is meant here.
    fate.kill_at(step, after=1 if begin is to_open else 0)
    await die(mortal)
    await mortal.feed.drain()
    posts = [each for each in mortal.texts(talk) if text in each]
    assert len(posts) == (2 if step == "after_post" else 1)
    assert [AGAIN in each for each in posts] == ([False, True] if len(posts) == 2 else [True])
    assert await mortal.feed.drain() == 0
    mortal.restart()
    assert await mortal.feed.drain() == 0


@pytest.mark.parametrize("step", ["before_post", "after_post"])
async def test_a_topic_that_may_be_there_is_opened_once_more_and_says_so(
    mortal: Desk, fate: Fate, step: str
) -> None:
    talk = await mortal.waiting()
    fate.kill_at(step)
    await die(mortal)
    await mortal.feed.drain()
    assert len(mortal.group.topics) == (2 if step == "after_post" else 1)
    (head,) = mortal.texts(talk)
    assert head.startswith("There may be a second topic for this talk; this one counts.")


@pytest.mark.parametrize("steps", [("before_post", "before_post"), ("after_post", "after_post")])
async def test_found_so_twice_it_is_given_up_and_the_talk_says_which_lines(
    mortal: Desk, fate: Fate, steps: tuple[str, str]
) -> None:
    talk = await to_line(mortal)
    for step in steps:
        fate.kill_at(step)
        await die(mortal)
    await mortal.feed.drain()
    said = sum("the only line" in each for each in mortal.texts(talk))
    assert said == (2 if steps[0] == "after_post" else 0)
    seq = next(m.seq for m in mortal.hall.messages(talk) if m.text == "the only line")
    (note,) = [m for m in mortal.hall.messages(talk) if m.author == "note"]
    assert f"in messages {seq} to {seq}" in note.text
    mortal.hall.check_numbers(talk)
    await mortal.hall.say(talk, "the next line")
    await mortal.feed.drain()
    last = mortal.texts(talk)[-1]
    assert "the next line" in last
    assert AGAIN not in last
    assert note.text not in "\n".join(mortal.texts(talk))


async def test_a_topic_that_cannot_be_told_of_is_given_up_until_something_happens(
    mortal: Desk, fate: Fate
) -> None:
    talk = await mortal.waiting()
    for _ in range(2):
        fate.kill_at("before_post")
        await die(mortal)
    await mortal.pass_time(5 * SECOND)
    assert mortal.group.topics == {}
    assert any("no topic" in m.text for m in mortal.hall.messages(talk))
    await mortal.claim(await mortal.add_staff("Anna Keller"), talk)
    await mortal.feed.drain()
    assert mortal.head(talk).text.startswith("With Anna Keller")


async def test_only_what_was_on_its_way_is_repeated(mortal: Desk, fate: Fate) -> None:
    talk = await to_line(mortal)
    fate.kill_at("after_post")
    await die(mortal)
    await mortal.hall.say(talk, "said after the crash")
    await mortal.feed.drain()
    first, second, third = mortal.texts(talk)[-3:]
    assert "the only line" in first
    assert AGAIN not in first
    assert second.startswith(AGAIN)
    assert "said after the crash" not in second
    assert third.endswith("said after the crash")
    assert AGAIN not in third


async def test_a_long_line_broken_off_in_the_middle_goes_on_where_it_was(
    mortal: Desk, fate: Fate
) -> None:
    anna = await mortal.add_staff("Anna Keller")
    talk = await mortal.taken(anna)
    words = [f"word{at}" for at in range(1_500)]
    await mortal.hall.say(talk, " ".join(words))
    fate.kill_at("after_post", after=1)
    await die(mortal)
    await mortal.feed.drain()
    texts = [each for each in mortal.texts(talk) if "word" in each]
    repeats = [each for each in texts if each.startswith(AGAIN)]
    assert len(repeats) == 1
    once = [each for each in texts if each not in repeats]
    assert [each for each in " ".join(once).split() if each.startswith("word")] == words
    assert set(repeats[0].split()) - set(AGAIN.split()) <= set(" ".join(once).split())


async def test_an_alarm_in_general_is_repeated_once_at_most(mortal: Desk, fate: Fate) -> None:
    for _ in range(4):
        await mortal.waiting()
    fate.kill_at("after_post")
    await die(mortal)
    await mortal.feed.drain()
    general = mortal.group.texts()
    assert [AGAIN in each for each in general] == [False, True]
    assert len(mortal.group.topics) == 4


# --- answers of the Bot API ----------------------------------------------------------------------


async def test_an_uncertain_answer_counts_like_a_crash(desk: Desk) -> None:
    talk = await to_line(desk)
    desk.group.fail("send", Busy("cut", uncertain=True), done=True)
    await desk.pass_time(5 * SECOND)
    posts = [each for each in desk.texts(talk) if "the only line" in each]
    assert [AGAIN in each for each in posts] == [False, True]


async def test_a_refused_connection_is_no_repeat(desk: Desk) -> None:
    talk = await to_line(desk)
    for _ in range(3):
        desk.group.fail("send", Busy("refused"))
    await desk.pass_time(20 * SECOND)
    posts = [each for each in desk.texts(talk) if "the only line" in each]
    assert len(posts) == 1
    assert AGAIN not in posts[0]


async def test_waits_double_while_the_server_is_down(desk: Desk) -> None:
    await to_line(desk)
    for _ in range(20):
        desk.group.fail("send", Busy("server error"))
    before = desk.group.calls.count("send")
    await desk.pass_time(60 * SECOND)
    assert desk.group.calls.count("send") - before <= 7


async def test_too_many_requests_hold_the_whole_group(desk: Desk) -> None:
    one = await to_line(desk)
    two = await desk.waiting()
    desk.group.fail("create_topic", Busy("too many requests", 30_000))
    desk.group.fail("send", Busy("too many requests", 30_000))
    calls = len(desk.group.calls)
    await desk.feed.drain()
    assert len(desk.group.calls) == calls + 1
    await desk.pass_time(29 * SECOND)
    assert len(desk.group.calls) == calls + 1
    await desk.pass_time(60 * SECOND)
    assert desk.row(two).head_message
    assert "the only line" in desk.texts(one)[-1]


async def test_one_thing_that_is_refused_does_not_stop_the_others(desk: Desk) -> None:
    talk = await to_line(desk)
    for _ in range(9):
        desk.group.fail("send", Refused("Bad Request: message is odd"))
    await desk.feed.drain()
    other = await desk.waiting()
    desk.group.failures.clear()
    await desk.feed.drain()
    assert desk.row(other).head_message
    await desk.pass_time(2 * MINUTE)
    assert "the only line" in desk.texts(talk)[-1]


async def test_what_is_always_refused_is_given_up_and_the_talk_says_so(desk: Desk) -> None:
    talk = await to_line(desk)
    for _ in range(5):
        desk.group.fail("send", Refused("Bad Request: message is odd"))
    await desk.pass_time(20 * MINUTE, step=30_000)
    assert any("Please read them here" in m.text for m in desk.hall.messages(talk))
    await desk.hall.say(talk, "another line")
    await desk.pass_time(MINUTE)
    assert "another line" in desk.texts(talk)[-1]


# --- what people do to the group -----------------------------------------------------------------


async def test_a_deleted_topic_is_opened_anew_with_what_it_had_not_shown(desk: Desk) -> None:
    talk = await to_line(desk)
    old = desk.row(talk).thread_id
    await desk.group.delete_topic(GROUP, old)
    await desk.feed.drain()
    assert desk.row(talk).thread_id not in (0, old)
    head, line = desk.texts(talk)
    assert head.startswith("The topic before this one was deleted.")
    assert "With Anna Keller" in head
    assert line.endswith("the only line")
    assert AGAIN not in line


async def test_a_deleted_topic_of_a_closed_talk_is_left_alone(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.close(anna, talk, "lost")
    await desk.feed.drain()
    await desk.group.delete_topic(GROUP, desk.row(talk).thread_id)
    await desk.pass_time(5 * SECOND)
    assert desk.group.topics == {}
    await desk.hall.say(talk, "are you there?")
    await desk.feed.drain()
    assert "are you there?" in desk.texts(talk)[-1]


async def test_a_deleted_brief_comes_again(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.waiting()
    await desk.feed.drain()
    del desk.group.messages[desk.row(talk).head_message]
    await desk.claim(anna, talk)
    await desk.feed.drain()
    assert desk.head(talk).text.startswith("With Anna Keller")
    assert len(desk.group.topics) == 1


async def test_a_topic_closed_by_hand_is_opened_again_for_what_is_new(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.group.close_topic(GROUP, desk.row(talk).thread_id)
    await desk.feed.drain()
    assert desk.group.topics[desk.row(talk).thread_id].open
    assert "the only line" in desk.texts(talk)[-1]
    assert len(desk.group.topics) == 1


@pytest.mark.parametrize("kind", ["waiting", "human", "bot"])
async def test_closed_by_hand_while_the_talk_is_not_it_is_opened_again(
    desk: Desk, kind: str
) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.waiting() if kind == "waiting" else await desk.taken(anna)
    if kind == "bot":
        await desk.hall.core.desk.hand_back(anna, talk)
    await desk.feed.drain()
    thread = desk.row(talk).thread_id
    await desk.group.close_topic(GROUP, thread)
    assert await desk.feed.note_closed(talk)
    assert desk.row(talk).state == "closed", "also when it dies now"
    await desk.feed.drain()
    assert (desk.row(talk).state, desk.group.topics[thread].open) == ("open", True)


async def test_closed_by_hand_while_something_is_posted_it_is_opened_again(desk: Desk) -> None:
    talk = await to_line(desk)
    closing: list[asyncio.Task[bool]] = []

    async def send(to: Target, post: Post) -> Posted:
        posted = await type(desk.group).send(desk.group, to, post)
        await desk.group.close_topic(GROUP, to.thread)
        closing.append(asyncio.create_task(desk.feed.note_closed(talk)))
        await asyncio.sleep(0)
        return posted

    desk.group.send = send  # type: ignore[method-assign]
    await desk.feed.step()
    assert [await each for each in closing] == [True]
    await desk.feed.drain()
    assert desk.group.topics[desk.row(talk).thread_id].open


async def test_closed_by_hand_a_closed_talk_stays_closed(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    talk = await desk.taken(anna)
    await desk.hall.core.desk.close(anna, talk, "won")
    await desk.feed.drain()
    assert not await desk.feed.note_closed(talk)
    assert await desk.feed.drain() == 0
    assert not desk.group.topics[desk.row(talk).thread_id].open


async def test_the_group_becomes_a_supergroup(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = await to_line(desk)
    desk.group.fail("send", Moved(-100_777))
    await desk.feed.step()
    desk.group.group = -100_777
    await desk.feed.drain()
    assert desk.feed.group == -100_777
    assert "the only line" in desk.texts(talk)[-1]
    assert desk.row(talk).group_id == -100_777
    desk.restart()
    assert desk.feed.group == -100_777
    await desk.hall.say(talk, "after the restart")
    await desk.feed.drain()
    assert "after the restart" in desk.texts(talk)[-1]


async def test_the_door_tells_that_the_group_moved(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.feed.move(-100_888)
    desk.group.group = -100_888
    await desk.feed.drain()
    assert "the only line" in desk.texts(talk)[-1]


async def test_another_group_in_the_settings_gets_its_own_topics(desk: Desk) -> None:
    talk = await to_line(desk)
    house = desk.hall.core.house
    await house.db.write(lambda tx: marks.put(tx, f"desk_group {GROUP}", -100_999))
    desk.group.group, desk.group.topics, desk.group.messages = -100_999, {}, {}
    desk.restart()
    await desk.hall.say(talk, "in the other group")
    await desk.feed.drain()
    text = "\n".join(desk.texts(talk))
    assert "the only line" in text
    assert "in the other group" in text


@pytest.mark.parametrize(
    ("error", "facts", "trouble"),
    [
        (Blocked("Forbidden: bot was kicked from the supergroup chat", 403), None, "gone"),
        (
            Refused("Bad Request: not enough rights to create a topic"),
            GroupFacts(is_forum=True, is_admin=True, can_manage_topics=False),
            "rights",
        ),
        (
            Refused("Bad Request: not enough rights to create a topic"),
            GroupFacts(is_forum=True, is_admin=False),
            "rights",
        ),
        (Refused("Bad Request: the chat is not a forum"), GroupFacts(is_admin=True), "topics"),
    ],
)
async def test_out_of_reach_nothing_is_lost_and_the_inbox_says_why(
    desk: Desk, error: Refused, facts: GroupFacts | None, trouble: str
) -> None:
    talk = await to_line(desk)
    desk.group.facts, well = facts or desk.group.facts, desk.group.facts
    for _ in range(3):
        desk.group.fail("send", error)
        desk.group.fail("create_topic", error)
    before = len(desk.group.calls)
    await desk.pass_time(2 * MINUTE + 30 * SECOND)
    tries = [call for call in desk.group.calls[before:] if call != "look_at"]
    assert len(tries) == 3, "once a minute"
    assert desk.feed.trouble == f"desk_group.trouble.{trouble}"
    assert desk.hall.core.house.presence.troubles[DESK] == (desk.feed.trouble,)
    for language in ("en", "zh"):
        assert desk.hall.core.mind.texts.say(language, desk.feed.trouble)
    await desk.hall.say(talk, "still talking")
    later = await desk.waiting()
    desk.group.facts = well
    desk.group.failures.clear()
    await desk.pass_time(MINUTE)
    assert desk.feed.trouble == ""
    assert desk.hall.core.house.presence.troubles[DESK] == ()
    last = desk.texts(talk)[-1]
    assert "the only line" in last
    assert "still talking" in last
    assert desk.row(later).head_message


# --- erased --------------------------------------------------------------------------------------


GONE = "A talk was erased at the prospect's wish; its topic is gone."


async def erase(desk: Desk, talk: str) -> None:
    now = desk.hall.clock()
    await desk.hall.db.write(lambda tx: retention.erase(tx, talk, now))


async def test_an_erased_talk_takes_its_topic_with_it(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.feed.drain()
    await erase(desk, talk)
    await desk.feed.drain()
    assert desk.group.topics == {}
    assert desk.row_or_none(talk) is None
    assert await desk.feed.drain() == 0
    assert desk.group.texts() == [GONE], "said once, without a name"
    desk.restart()
    await desk.pass_time(2 * MINUTE)
    assert desk.group.texts() == [GONE]


async def test_several_erased_talks_are_told_of_together(desk: Desk) -> None:
    anna = await desk.add_staff("Anna Keller")
    for talk in [await desk.taken(anna) for _ in range(3)]:
        await erase(desk, talk)
    desk.hall.clock.turn(SECOND)
    await desk.feed.drain()
    assert desk.group.topics == {}
    (said,) = desk.group.texts()
    assert said.startswith("3 talks were erased")


async def test_a_talk_whose_time_is_over_goes_without_a_word(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.feed.drain()
    now = desk.hall.clock() + 10 * DAY
    await desk.hall.db.write(lambda tx: retention.expire(tx, now, {"default": 1}))
    await desk.feed.drain()
    assert desk.group.topics == {}
    assert desk.row_or_none(talk) is None
    assert desk.group.texts() == []


@pytest.mark.parametrize(("uncertain", "times"), [(False, 1), (True, 0)])
async def test_the_word_about_an_erased_talk_is_never_said_twice(
    desk: Desk, uncertain: bool, times: int
) -> None:
    talk = await to_line(desk)
    await desk.feed.drain()
    await erase(desk, talk)
    desk.group.fail("send", Busy("cut", uncertain=uncertain))
    await desk.pass_time(2 * MINUTE)
    assert desk.group.texts() == [GONE] * times


async def test_erased_while_its_topic_is_being_opened(desk: Desk) -> None:
    talk = await desk.waiting()

    async def create(group: int, name: str) -> int:
        thread = await type(desk.group).create_topic(desk.group, group, name)
        await erase(desk, talk)
        return thread

    desk.group.create_topic = create  # type: ignore[method-assign]
    await desk.feed.drain()
    assert desk.group.topics == {}
    assert desk.row_or_none(talk) is None


async def test_erased_while_a_line_is_being_posted(desk: Desk) -> None:
    talk = await to_line(desk)
    desk.group.fail("send", Busy("cut", uncertain=True), done=True)
    await desk.feed.step()
    await erase(desk, talk)
    await desk.pass_time(10 * SECOND)
    assert desk.group.topics == {}
    assert desk.group.texts() == [GONE]
    assert len(desk.group.messages) == 1
    assert desk.row_or_none(talk) is None


async def test_a_topic_that_cannot_be_deleted_is_tried_daily(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.feed.drain()
    await erase(desk, talk)
    desk.group.fail("delete_topic", Refused("Bad Request: not enough rights to delete"))
    await desk.feed.drain()
    assert desk.group.calls.count("delete_topic") == 1
    other = await desk.waiting()
    await desk.feed.drain()
    assert desk.row(other).head_message, "the others go on"
    await desk.pass_time(DAY - MINUTE, step=MINUTE)
    assert desk.group.calls.count("delete_topic") == 1
    await desk.pass_time(2 * MINUTE, step=MINUTE)
    assert desk.row_or_none(talk) is None


async def test_a_topic_that_is_gone_already_counts_as_deleted(desk: Desk) -> None:
    talk = await to_line(desk)
    await desk.feed.drain()
    await desk.group.delete_topic(GROUP, desk.row(talk).thread_id)
    await erase(desk, talk)
    await desk.feed.drain()
    assert desk.row_or_none(talk) is None
