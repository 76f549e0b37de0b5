"""Writes the database file anew, every page from the rows that there are.

Overwriting what is deleted does not reach all of it: where SQLite moved rows from page to page,
copies of them stay in the pages' gaps.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

ROOM = 2.5  # times the file's size: a copy beside it, then the log with all pages


def rewrite_file(path: Path, connection: sqlite3.Connection) -> None:
    """Do so through the file's writer, outside of a transaction. Raises sqlite3.Error."""
    size = path.stat().st_size
    if shutil.disk_usage(path.parent).free < ROOM * size:
        raise sqlite3.OperationalError(f"no room on the disk for {ROOM} times {size} bytes")
    # The copy is as large as the file: neither in memory, nor on a disk that may be too small.
    folder = str(path.parent).replace("'", "''")
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute(f"PRAGMA temp_store_directory = '{folder}'")
    try:
        connection.execute("VACUUM")
    finally:
        connection.execute("PRAGMA temp_store_directory = ''")
        connection.execute("PRAGMA temp_store = MEMORY")
