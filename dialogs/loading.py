"""A company's folder -> frozen Pack, or every mistake in it at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dialogs.folder.problems import PackError, Problem
from dialogs.folder.reader import read_folder
from dialogs.pack import Pack

__all__ = ["PackError", "Problem", "load"]


def load(folder: str | Path, today: date | None = None) -> Pack:
    """The pack in the folder, with the inherited texts, examples, templates and rules merged in."""
    read = read_folder(Path(folder))
    if read.pack is None or read.findings.errors:
        raise PackError(read.findings.problems)
    return read.pack
