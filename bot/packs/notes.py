"""Keeps what was learnt of a pack between starts: learning it anew takes seconds.

All of it is numbers. It holds for the pack, the vectors and the program that it was learnt with.
"""

from __future__ import annotations

import os
import secrets
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

import dialogs
from dialogs.learning import Learnt, name_of

NOTES = "learnt-"  # how the names of kept files begin
_BETWEEN = "/"  # a name and what is kept under it


class KeptNotes:
    """`Notes` in a file. Call `settle` once everything was asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / f"{NOTES}{_program()}.npz"
        self._stored = _load(self.path)
        self._used: dict[str, Learnt] = {}

    def recall(self, name: str) -> Learnt | None:
        found = self._stored.get(name)
        if found is not None:
            self._used[name] = found
        return found

    def keep(self, name: str, learnt: Learnt) -> None:
        self._used[name] = learnt

    def settle(self) -> None:
        """Write what was recalled and kept, and nothing else, unless the file holds just that."""
        if self._used.keys() == self._stored.keys():
            return
        # Without the file the next start is slower, and nothing else.
        with suppress(OSError):
            drop_notes(self._folder)
            _save(self.path, self._used)


def drop_notes(folder: Path) -> None:
    """Delete what any start learnt. Raises OSError."""
    for path in folder.glob(f"{NOTES}*"):
        path.unlink(missing_ok=True)


def _program() -> str:
    """Differs wherever the same pack might lead to something else."""
    files = sorted(Path(dialogs.__file__).parent.rglob("*.py"))
    return name_of(np.__version__.encode(), *(file.read_bytes() for file in files))


def _load(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """What an earlier start wrote; a file that is damaged or absent counts for nothing."""
    found: dict[str, dict[str, np.ndarray]] = {}
    try:
        with np.load(path, allow_pickle=False) as stored:
            for each in stored.files:
                name, _, part = each.partition(_BETWEEN)
                found.setdefault(name, {})[part] = stored[each]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    return found


def _save(path: Path, known: dict[str, Learnt]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    rows = {
        f"{name}{_BETWEEN}{part}": numbers
        for name, learnt in known.items()
        for part, numbers in learnt.items()
    }
    try:
        with part.open("wb") as out:
            np.savez(out, **rows)  # type: ignore[arg-type]
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
