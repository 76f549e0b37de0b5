"""Where the file of a paper lies: what staff brought in the browser, else the company's folder."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from bot.packs.overlay import FILES
from bot.settings import Settings
from dialogs.pack import Document, Pack


def find_paper_file(settings: Settings, pack: Pack, document: Document) -> Path:
    """The file whose bytes the index tells of. FileNotFoundError where there is none of them."""
    for folder in (settings.overlay / FILES, Path(pack.folder)):
        path = folder / "documents" / document.file
        if path.is_file() and _checksum(path, path.stat().st_mtime_ns) == document.checksum:
            return path
    raise FileNotFoundError(document.file)


@lru_cache(maxsize=256)
def _checksum(path: Path, _changed: int) -> str:
    """SHA-256 of the file, as the index has it; read anew once the file has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
