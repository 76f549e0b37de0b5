"""Keeps the vectors of a pack's sentences between starts: making them anew takes many seconds.

Only what is encoded while the pack is loaded goes to the disk, some thousand sentences at a time:
a start that is broken off need not begin again. What prospects write is remembered
for a few messages, in memory, since two layers ask for the same sentence.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogs.understanding.encoder import Encoder

Matrix = NDArray[np.float32]

VECTORS = "vectors-"  # how the names of kept files begin
REMEMBERED = 64  # sentences of prospects
SAVED_AT_ONCE = 3_000  # new sentences of a pack, after which all are written
KEPT_MAX = 30_000  # sentences of packs, 60 MB; beyond that only the latest pack's stay


class KeptVectors:
    """An encoder before the encoder. Call `settle` once everything that is known is encoded.

    `load` makes the encoder behind it, which takes a second: it is called when a sentence comes
    that is not kept, or in the background after `settle`.
    """

    def __init__(self, load: Callable[[], Encoder], folder: Path, brand: str = "") -> None:
        """`brand` is the encoder's name and version: another one may encode otherwise."""
        self._load = load
        self._encoder: Encoder | None = None
        self._loading = threading.Lock()
        self.path = folder / f"{VECTORS}{brand}.npz"
        self._stored = _load(self.path)
        self._used: dict[bytes, Matrix] = {}
        self._latest: OrderedDict[bytes, Matrix] = OrderedDict()
        self._settled = False

    def encode(self, texts: list[str]) -> Matrix:
        """Vectors of shape (len(texts), dimensions), each of length 1."""
        keys = [_key(text) for text in texts]
        known = self._latest if self._settled else self._used
        if not self._settled:
            known.update({key: self._stored[key] for key in keys if key in self._stored})
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if not texts:
            return self._get_encoder().encode([])
        new = list(missing)
        for start in range(0, len(new), SAVED_AT_ONCE):
            part = new[start : start + SAVED_AT_ONCE]
            made = self._get_encoder().encode([missing[key] for key in part])
            known.update(zip(part, made, strict=True))
            if len(part) == SAVED_AT_ONCE and not self._settled:
                self._save_all()
        found = np.stack([known[key] for key in keys])
        while self._settled and len(self._latest) > REMEMBERED:
            self._latest.popitem(last=False)
        return found

    def settle(self, *, only_used: bool = False, whole: bool = True) -> None:
        """Write what was encoded so far, if any of it is new, and let go of it.

        `only_used`: nothing else stays on the disk, for something that was there is to be erased.
        `whole`: it was asked for all sentences of the pack, so that others may be dropped.
        """
        if only_used or self._used.keys() - self._stored.keys():
            both = {**self._stored, **self._used}
            alone = only_used or (whole and len(both) > KEPT_MAX)
            # Without the file the next start is slower, and nothing else.
            with suppress(OSError):
                if only_used:
                    self.path.unlink(missing_ok=True)
                _save(self.path, self._used if alone else both)
        self._settled = True
        self._stored, self._used = {}, {}
        # The server is ready without it; the first words that need it wait, should it be late.
        threading.Thread(target=self._get_encoder, name="encoder", daemon=True).start()

    def _save_all(self) -> None:
        with suppress(OSError):
            _save(self.path, {**self._stored, **self._used})

    def _get_encoder(self) -> Encoder:
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder


def _key(text: str) -> bytes:
    # No key ends in NUL, which NumPy would cut off.
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=15).digest() + b"\x01"


def _load(path: Path) -> dict[bytes, Matrix]:
    """The vectors of an earlier start; a file that is damaged or absent counts for nothing."""
    try:
        with np.load(path, allow_pickle=False) as found:
            keys, vectors = found["keys"], found["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if vectors.ndim != 2 or len(keys) != len(vectors) or vectors.dtype != np.float32:
        return {}
    return dict(zip(keys.tolist(), vectors, strict=True))


def _save(path: Path, known: dict[bytes, Matrix]) -> None:
    if not known:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as out:
            np.savez(out, keys=_as_array(list(known)), vectors=np.stack(list(known.values())))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _as_array(keys: Sequence[bytes]) -> NDArray[np.bytes_]:
    return np.array(keys, dtype="S16")
