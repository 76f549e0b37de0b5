"""What is done now and then, and what is kept between starts."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import bot.packs.vectors
from bot.packs.vectors import KeptVectors
from bot.turns.lanes import HouseFullError, LaneFullError, Lanes
from bot.upkeep import tidy_up
from dialogs.types import FileInfo
from storage import leads
from tests.bot.hall import DAY, HOUR, Hall, hall

__all__ = ["hall"]


async def test_old_conversations_go_with_their_files(hall: Hall) -> None:
    talk, young = await hall.open(), await hall.open()
    folder = hall.core.uploads.folder
    folder.mkdir()
    file = FileInfo(id="f" * 32, name="plan.txt", size=5)
    hall.core.uploads.path(file.id).write_bytes(b"hello")
    await hall.handle(talk, kind="file", file=file)
    assert await tidy_up(hall.core) == 0
    days = hall.core.mind.pack.company.retention_days["default"]
    hall.clock.turn((days - 1) * DAY)
    await hall.say(young, "still here")
    hall.clock.turn(2 * DAY)
    assert await tidy_up(hall.core) == 1
    assert hall.row(talk).erased
    assert not hall.row(young).erased
    assert not hall.core.uploads.path(file.id).exists()


async def test_files_that_no_row_knows_are_swept_once_they_are_old(hall: Hall) -> None:
    talk = await hall.open()
    folder = hall.core.uploads.folder
    folder.mkdir()
    known = FileInfo(id="k" * 32, name="plan.txt", size=5)
    await hall.handle(talk, kind="file", file=known)
    old = (hall.clock.time - 2 * HOUR) / 1_000
    for name, age in ((known.id, old), ("o" * 32, old), ("y" * 32, hall.clock.time / 1_000)):
        (folder / name).write_bytes(b"hello")
        os.utime(folder / name, (age, age))
    await tidy_up(hall.core)
    assert sorted(path.name for path in folder.iterdir()) == [known.id, "y" * 32]
    assert hall.db.peek(lambda tx: leads.get_file(tx, known.id)) is not None


# --- vectors -------------------------------------------------------------------------------------


class Counting:
    """An encoder that tells how much it was asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        self.texts += texts
        rows = [[len(text), ord(text[0])] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), 2)


def test_known_sentences_are_encoded_once_for_all_starts(tmp_path: Path) -> None:
    encoder = Counting()
    first = KeptVectors(lambda: encoder, tmp_path)
    made = first.encode(["one", "three", "one"])
    assert made.tolist() == [[3, 111], [5, 116], [3, 111]]
    first.settle()
    assert encoder.texts == ["one", "three"]
    second = KeptVectors(lambda: encoder, tmp_path)
    assert second.encode(["three", "one"]).tolist() == [[5, 116], [3, 111]]
    assert encoder.texts == ["one", "three"]


def test_two_packs_on_one_folder_do_not_drive_each_other_out(tmp_path: Path) -> None:
    encoder = Counting()
    for sentence in ("one", "three", "one", "three"):
        kept = KeptVectors(lambda: encoder, tmp_path)
        kept.encode([sentence])
        kept.settle()
    assert encoder.texts == ["one", "three"]


def test_what_prospects_write_never_reaches_the_disk(tmp_path: Path) -> None:
    encoder = Counting()
    kept = KeptVectors(lambda: encoder, tmp_path)
    kept.encode(["ours"])
    kept.settle()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for _ in range(3):
        kept.encode(["My name is Ines"])
    assert encoder.texts == ["ours", "My name is Ines"]
    kept.settle()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", b"\x00" * 1_000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    encoder = Counting()
    KeptVectors(lambda: encoder, tmp_path).encode(["one"])
    kept = KeptVectors(lambda: encoder, tmp_path)
    kept.encode(["one"])
    kept.settle()
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    again = KeptVectors(lambda: encoder, tmp_path)
    assert again.encode(["one"]).tolist() == [[3, 111]]
    again.settle()
    fresh = Counting()
    assert KeptVectors(lambda: fresh, tmp_path).encode(["one"]).tolist() == [[3, 111]]
    assert fresh.texts == []


# --- lanes ---------------------------------------------------------------------------------------


async def test_lanes_are_bounded_and_come_free_again() -> None:
    lanes = Lanes(per_key=0, in_all=2)
    await lanes.take("a")
    with pytest.raises(LaneFullError):
        await lanes.take("a")
    await lanes.take("b")
    with pytest.raises(HouseFullError):
        await lanes.take("c")
    lanes.leave("a")
    await lanes.take("c")
    lanes.leave("b")
    lanes.leave("c")
    assert lanes.total == 0


def test_what_is_to_be_erased_leaves_the_disk(tmp_path: Path) -> None:
    encoder = Counting()
    for sentences, alone in ((["one", "three"], False), (["one"], True)):
        kept = KeptVectors(lambda: encoder, tmp_path)
        kept.encode(sentences)
        kept.settle(only_used=alone)
    again = KeptVectors(lambda: encoder, tmp_path)
    again.encode(["one", "three"])
    assert encoder.texts == ["one", "three", "three"]


def test_a_part_of_a_pack_drives_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.packs.vectors, "KEPT_MAX", 2)
    encoder = Counting()
    for sentences, whole in ((["one", "three"], True), (["five"], False)):
        kept = KeptVectors(lambda: encoder, tmp_path)
        kept.encode(sentences)
        kept.settle(whole=whole)
    again = KeptVectors(lambda: encoder, tmp_path)
    again.encode(["one", "three", "five"])
    assert encoder.texts == ["one", "three", "five"]
