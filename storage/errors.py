"""What can go wrong in storage. Every error that leaves this package is a StorageError."""
# They are named for what happened, as the caller tells it apart; the base says that it is an error.
# ruff: noqa: N818

from __future__ import annotations

import sqlite3

# What the disk, not our SQL, is to blame for.
DISK_FAULTS = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_BUSY,
})  # fmt: skip


class StorageError(Exception):
    """Base of all."""


class DatabaseClosed(StorageError):
    """The database is closing or closed; nothing of the call was stored."""


class WriteFailed(StorageError):
    """The shared commit failed (disk full, I/O error): nothing of it is stored or acknowledged."""


class Conflict(StorageError):
    """A row breaks a rule of the schema: already there, or its conversation is not (any more)."""


class Gone(StorageError):
    """The conversation does not exist or was erased; nothing more can be written to it."""


class LostTurn(StorageError):
    """Another turn was saved first. Raise it out of a write to undo this one, then try again."""


class WriterHeld(StorageError):
    """Another process is the writer. The message says which."""


class WrongSchema(StorageError):
    """The database file has another schema than this program; `migrate` puts it right."""


def name_failure(error: Exception) -> Exception:
    """WriteFailed where the disk or the file is at fault; anything else as it is."""
    if not isinstance(error, sqlite3.Error):
        return error
    if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DISK_FAULTS:
        return error
    failure = WriteFailed(f"nothing was stored: {error}")
    failure.__cause__ = error
    return failure
