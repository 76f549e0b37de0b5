"""A company's folder -> frozen Pack, or every mistake in it at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dialogs.check import examine
from dialogs.folder.problems import PackError, Problem
from dialogs.folder.reader import NO_FILES, read_folder
from dialogs.pack import Pack

__all__ = ["PackError", "Problem", "load"]


def load(
    folder: str | Path, today: date | None = None, overlay: Mapping[str, bytes] = NO_FILES
) -> Pack:
    """The pack in the folder, with the inherited texts, examples, templates and rules merged in.

    With `today`, an expired price list or document is a mistake as well. `overlay`: what staff
    wrote over the folder, as `read_folder` takes it. Raises PackError with all
    that `check` finds, unless there are only warnings.
    """
    read = read_folder(Path(folder), overlay)
    problems = examine(read, today)
    if read.pack is None or any(not problem.warning for problem in problems):
        raise PackError(problems)
    return read.pack
