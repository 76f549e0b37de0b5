"""The sample company's own talks, each a test."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bot.house import Mind
from bot.settings import Settings
from bot.talks.files import Wanted, find_talks, read_talk
from bot.talks.player import play
from tests.bot.hall import demo_texts

FOLDER = Path(__file__).parents[2] / "dialogs" / "demo" / "talks"


@pytest.mark.parametrize("path", find_talks(FOLDER), ids=lambda path: path.stem)
async def test_demo_talk(path: Path, mind: Mind) -> None:
    talk = read_talk(path, mind.pack)
    # Whatever a talk is about, no amount may come from anywhere but the price book.
    end = msgspec.structs.replace(talk.end, amounts_from_price_book=True)
    talk = msgspec.structs.replace(talk, end=end)

    played = await play(talk, path.parent, mind, Settings())

    assert played.differences == ()


def test_all_languages_are_covered() -> None:
    languages = [read_talk(path, demo_texts().pack).language for path in find_talks(FOLDER)]

    assert len(languages) >= 100
    assert set(languages) == {"en", "zh", "ru", "es"}
    assert languages.count("zh") * 4 >= len(languages)


@pytest.mark.parametrize("path", find_talks(FOLDER), ids=lambda path: path.stem)
def test_talk_can_fail(path: Path) -> None:
    """Each talk wants something of its turns, and something in the end."""
    talk = read_talk(path, demo_texts().pack)

    assert any(step.then != Wanted() for step in talk.turns)
    assert talk.end != Wanted()
