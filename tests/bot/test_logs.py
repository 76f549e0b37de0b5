"""What is logged and measured: what happened and where, never what was said or by whom."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import describe_error, get_logger, set_up_logs
from bot.turns import transition
from tests.bot.hall import ANNA, Hall, hall

__all__ = ["hall"]

SECRETS = ("Ines Zebrowski", "ines@shop.example", "+49 170 1234567", "t0ken-of-the-desk")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as JSON lines, everything down to debug."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    out = io.StringIO()
    set_up_logs("json", "debug", out)
    yield out
    structlog.reset_defaults()
    root.handlers[:], _ = before
    root.setLevel(before[1])


def test_only_known_keys_come_out(lines: io.StringIO) -> None:
    get_logger().info("turn", conversation="abc", text=SECRETS[0], email=SECRETS[1])
    (line,) = [json.loads(each) for each in lines.getvalue().splitlines()]
    assert line["conversation"] == "abc"
    assert line["dropped"] == 2
    assert SECRETS[0] not in lines.getvalue()


def test_an_error_is_its_class_and_its_places() -> None:
    try:
        int(SECRETS[2])
    except ValueError as error:
        said = describe_error(error)
    assert said["error"] == "ValueError"
    assert "test_logs.py:" in said["places"]
    assert SECRETS[2] not in str(said)


def test_libraries_are_heard_without_what_they_quote(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot reach %s", f"https://x/bot{SECRETS[3]}/get")
    try:
        raise RuntimeError(SECRETS[1])
    except RuntimeError:
        logging.getLogger("some.library").exception("it broke")
    found = [json.loads(each) for each in lines.getvalue().splitlines()]
    assert [each["library"] for each in found] == ["some.library"] * 2
    assert found[1]["error"] == "RuntimeError"
    assert SECRETS[3] not in lines.getvalue()
    assert SECRETS[1] not in lines.getvalue()


async def test_a_whole_talk_leaves_no_word_in_the_log(
    lines: io.StringIO, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hall's intake was made before the log was set up here: give it the log of this test.
    monkeypatch.setattr(hall.core.intake, "_log", get_logger().bind())
    talk = await hall.open()
    await hall.say(talk, f"I am {SECRETS[0]}, {SECRETS[1]}, {SECRETS[2]}")
    await hall.press(talk, "person")
    await hall.core.desk.claim(ANNA, talk)
    await hall.core.desk.reply(ANNA, talk, "r", f"Hello {SECRETS[0]}")

    def stumble(*_: object) -> None:
        raise RuntimeError(SECRETS[0])

    monkeypatch.setattr(transition, "advance", stumble)
    await hall.say(talk, SECRETS[1])
    text = lines.getvalue()
    events = [json.loads(each)["event"] for each in text.splitlines()]
    assert {"opened", "turn", "escalated", "desk", "turn_failed"} <= set(events)
    assert all(json.loads(each).get("conversation") == talk for each in text.splitlines())
    for secret in (*SECRETS, ANNA.display_name):
        assert secret not in text


async def test_turns_are_counted_without_anybodys_data(hall: Hall) -> None:
    talk = await hall.open()
    await hall.say(talk, f"I am {SECRETS[0]}", external_id="x")
    await hall.say(talk, f"I am {SECRETS[0]}", external_id="x")
    await hall.say(talk, "")
    await hall.escalate(talk)
    await hall.core.outbox.drain()
    shown = hall.core.house.metrics.render().decode()
    for line in (
        'firstline_turns_total{kind="open"} 1.0',
        'firstline_turns_total{kind="text"} 1.0',
        "firstline_repeated_total 1.0",
        'firstline_refused_total{reason="empty"} 1.0',
        'firstline_escalations_total{reason="person_requested"} 1.0',
        'firstline_deliveries_total{kind="alert",state="sent"} 1.0',
    ):
        assert line in shown.splitlines()
    assert talk not in shown
    assert SECRETS[0] not in shown


class _Broken(io.StringIO):
    """A stream whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("end", ["closed", "broken"])
def test_a_line_that_cannot_be_written_stops_nothing(lines: io.StringIO, end: str) -> None:
    """Whoever logs goes on; the next stream gets the next line."""
    gone = _Broken() if end == "broken" else io.StringIO()
    set_up_logs("json", "debug", gone)
    if end == "closed":
        gone.close()
    get_logger().info("escalated", conversation="c1")
    set_up_logs("json", "debug", lines)
    get_logger().info("claimed", conversation="c1")
    assert json.loads(lines.getvalue())["event"] == "claimed"
