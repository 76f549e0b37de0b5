"""A pack and its own talks together: what `check` says, and what publishing asks."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.commands.check import main
from bot.packs.checking import examine_pack
from bot.settings import Settings

MINIMAL = Path(__file__).parents[1] / "packs" / "minimal"
TODAY = date(2026, 11, 23)
GOOD = "talk: good\nlanguage: en\nturns: [{choose: person}]\nend: {outcome: escalated}\n"
BAD = "talk: bad\nlanguage: en\nturns: [{choose: person}]\nend: {outcome: closed}\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A sound pack without talks, to be written into."""
    folder = tmp_path / "pack"
    shutil.copytree(MINIMAL, folder)
    (folder / "talks").mkdir()
    return folder


@pytest.fixture
def settings() -> Settings:
    return Settings(encoder="off")


def test_sound_pack_with_good_talks_may_go_live(pack: Path, settings: Settings) -> None:
    (pack / "talks" / "a.yaml").write_text(GOOD, "utf-8")

    verdict = examine_pack(pack, settings, TODAY)

    assert verdict.sound
    assert [played.talk for _, played in verdict.played] == ["good"]


def test_failing_talk_stops_publishing(pack: Path, settings: Settings) -> None:
    (pack / "talks" / "a.yaml").write_text(GOOD, "utf-8")
    (pack / "talks" / "b.yaml").write_text(BAD, "utf-8")

    verdict = examine_pack(pack, settings, TODAY)

    assert not verdict.sound
    assert (verdict.errors, verdict.failed) == (0, 1)


def test_pack_with_errors_plays_no_talk(pack: Path, settings: Settings) -> None:
    (pack / "talks" / "a.yaml").write_text(GOOD, "utf-8")
    (pack / "topics.yaml").write_text("topics: [{id: need, questions: [{slot: nonsense}]}]")

    verdict = examine_pack(pack, settings, TODAY)

    assert verdict.errors > 0
    assert verdict.played == ()
    assert not verdict.sound


def test_pack_without_talks_is_judged_by_its_mistakes(pack: Path, settings: Settings) -> None:
    verdict = examine_pack(pack, settings, TODAY)

    assert verdict.played == ()
    assert verdict.sound


def test_check_shows_the_talk_that_differs(
    pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCODER", "off")
    (pack / "talks" / "a.yaml").write_text(GOOD, "utf-8")
    (pack / "talks" / "b.yaml").write_text(BAD, "utf-8")

    assert main([str(pack)]) == 1

    said = capsys.readouterr()
    assert "bad" in said.out
    assert "end: outcome: wanted 'closed', is 'escalated'" in said.out
    assert "good" not in said.out
    assert "1 talks passed, 1 failed" in said.err


def test_check_leaves_talks_out_on_wish(
    pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCODER", "off")
    (pack / "talks" / "b.yaml").write_text(BAD, "utf-8")

    assert main([str(pack), "--no-talks"]) == 0
    assert "talks" not in capsys.readouterr().err
