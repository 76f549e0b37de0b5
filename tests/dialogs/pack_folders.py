"""Folders of packs for tests: the small one as it stands, and copies with mistakes put in."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

MINIMAL = Path(__file__).parent.parent / "packs" / "minimal"
DEMO = Path(__file__).parent.parent.parent / "dialogs" / "demo"
TODAY = date(2026, 11, 21)


def copy_minimal(folder: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, folder / "pack"))


def edit(pack: Path, file: str, old: str, new: str) -> int:
    """Replaces the only place of `old` in the file; the line on which `new` begins."""
    path = pack / file
    text = path.read_text()
    assert text.count(old) == 1, f"{file} holds {text.count(old)} times: {old}"
    start = text.index(old)
    path.write_text(text.replace(old, new))
    return text[:start].count("\n") + 1
