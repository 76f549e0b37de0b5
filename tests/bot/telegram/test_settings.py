"""What must be set for the bots, said in a line each; and what of it stops a bot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.telegram.border import DESK, PROSPECTS
from bot.telegram.setup import find_faults, wanted_bots
from tests.bot.server import ROOT

ONE, TWO = "123456789:" + "A" * 35, "987654321:" + "b" * 35
GOOD = {
    "PROSPECTS_BOT_TOKEN": ONE,
    "DESK_BOT_TOKEN": TWO,
    "DESK_GROUP_ID": "-1001234567890",
    "PUBLIC_URL": "https://chat.shop.example",
}


def faults(**more: str) -> list[tuple[str, tuple[str, ...]]]:
    found = find_faults(Settings.from_environment(GOOD | more))
    return [(fault.setting, fault.stops) for fault in found]


def test_without_tokens_nothing_is_missing() -> None:
    assert find_faults(Settings()) == ()
    assert wanted_bots(Settings()) == ()


def test_good_settings() -> None:
    assert faults() == []
    assert faults(TELEGRAM_MODE="webhook", TELEGRAM_WEBHOOK_SECRET="Az09_-") == []
    assert wanted_bots(Settings.from_environment(GOOD)) == (PROSPECTS, DESK)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"PROSPECTS_BOT_TOKEN": "abc"}, [("PROSPECTS_BOT_TOKEN", (PROSPECTS,))]),
        ({"DESK_BOT_TOKEN": "12:a b"}, [("DESK_BOT_TOKEN", (DESK,))]),
        ({"DESK_BOT_TOKEN": "12:abc"}, [("DESK_BOT_TOKEN", ())]),
        ({"DESK_GROUP_ID": ""}, [("DESK_GROUP_ID", ())]),
        ({"DESK_GROUP_ID": "1001234567890"}, [("DESK_GROUP_ID", (DESK,))]),
        ({"DESK_GROUP_ID": "@sales"}, [("DESK_GROUP_ID", (DESK,))]),
        ({"DESK_BOT_TOKEN": ""}, [("DESK_GROUP_ID", ())]),
        ({"TELEGRAM_API_URL": "http://api.shop.example"}, [("TELEGRAM_API_URL", ())]),
        ({"TELEGRAM_API_URL": "http://127.0.0.1:8081"}, []),
        ({"TELEGRAM_API_URL": "http://localhost:8081"}, []),
        ({"TELEGRAM_API_URL": "http://[::1]:8081"}, []),
        ({"PUBLIC_URL": ""}, [("PUBLIC_URL", ())]),
        ({"TELEGRAM_WEBHOOK_SECRET": "a b"}, [("TELEGRAM_WEBHOOK_SECRET", ())]),
        (
            {"TELEGRAM_MODE": "webhook", "PUBLIC_URL": "http://chat.shop.example"},
            [("TELEGRAM_MODE", (PROSPECTS, DESK))],
        ),
        (
            {"TELEGRAM_MODE": "webhook", "PUBLIC_URL": ""},
            [("PUBLIC_URL", ()), ("TELEGRAM_MODE", (PROSPECTS, DESK))],
        ),
        (
            {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "x" * 257},
            [("TELEGRAM_WEBHOOK_SECRET", (PROSPECTS, DESK))],
        ),
        (
            {
                "TELEGRAM_MODE": "webhook",
                "PUBLIC_URL": "http://127.0.0.1:9",
                "TELEGRAM_API_URL": "http://127.0.0.1:8081",
            },
            [],
        ),
    ],
)  # fmt: skip
def test_each_fault_is_named(
    given: dict[str, str], found: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert faults(**given) == found


def test_one_token_is_not_for_two_bots() -> None:
    found = find_faults(Settings.from_environment(GOOD | {"DESK_BOT_TOKEN": ONE}))
    assert [(fault.setting, fault.stops) for fault in found] == [
        ("DESK_BOT_TOKEN", (PROSPECTS, DESK))
    ]
    assert ONE not in str(found[0])
    assert faults(DESK_BOT_TOKEN=ONE, DESK_GROUP_ID="") == [
        ("DESK_BOT_TOKEN", (PROSPECTS, DESK)),
        ("DESK_GROUP_ID", ()),
    ]


@pytest.mark.parametrize(
    ("text", "group"), [("-100123", -100123), ("", 0), ("5", 0), ("x", 0), ("-1.5", 0), ("−5", 0)]
)
def test_the_group_is_a_negative_number(text: str, group: int) -> None:
    assert Settings(desk_group_id=text).desk_group == group


def test_no_token_is_shown_by_the_settings() -> None:
    settings = Settings.from_environment(GOOD | {"TELEGRAM_WEBHOOK_SECRET": "hush-hush"})
    assert settings.tokens == (ONE, TWO)
    for hidden in (*settings.tokens, "hush-hush"):
        assert hidden not in repr(settings)


def check(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "check", "--no-talks", *arguments],
        cwd=ROOT, env={"PATH": "", "DATA_DIR": str(folder), **settings},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_check_says_it_in_a_line_each(tmp_path: Path) -> None:
    done = check(tmp_path, PROSPECTS_BOT_TOKEN="4711:secret!", DESK_BOT_TOKEN=TWO)
    assert done.returncode == 1
    assert [line.split(": ")[:2] for line in done.stdout.splitlines()] == [
        ["error", "PROSPECTS_BOT_TOKEN"],
        ["warning", "DESK_GROUP_ID"],
        ["warning", "PUBLIC_URL"],
    ]
    assert done.stderr.splitlines()[-1] == "1 errors, 2 warnings"
    assert "secret!" not in done.stdout + done.stderr
    assert TWO not in done.stdout + done.stderr


def test_warnings_do_not_fail_the_check(tmp_path: Path) -> None:
    done = check(tmp_path, str(ROOT / "dialogs" / "demo"), PROSPECTS_BOT_TOKEN=ONE)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("warning: PUBLIC_URL: ")
    done = check(tmp_path, COMPANY_PACK=str(tmp_path / "none"), **GOOD)
    assert done.returncode == 1
