"""Brings a database file to the schema of this program. Imported by commands and at start only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config

from storage.db import connect_writer, sqlite_path
from storage.errors import StorageError, WrongSchema

FOLDER = Path(__file__).with_name("migrations")
# The newest version in migrations/versions; a test compares the two.
HEAD = "0004"


def version(path_or_url: str | Path) -> str | None:
    """The schema version of a database; None when there is no file or it is empty."""
    path = sqlite_path(path_or_url)
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise StorageError(f"cannot read {path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{path} is not a database: {error}") from error
    return str(row[0]) if row else None


def migrate(path_or_url: str | Path) -> bool:
    """Bring the database up to date, making the file and its folder if need be.

    True when something was done. Raises WrongSchema for a database of a newer program, StorageError
    when the file cannot be used. Needs the WriterLock when others may be running.
    """
    found = version(path_or_url)
    if found == HEAD:
        return False
    if found is not None and not list((FOLDER / "versions").glob(f"{found}_*.py")):
        raise WrongSchema(f"the database has schema {found}, which is newer than this program")
    upgrade(sqlite_path(path_or_url))
    return True


def upgrade(path: Path) -> None:
    """Run every missing migration in one transaction, on a connection of our own making."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine("sqlite://", creator=lambda: connect_writer(path))
    try:
        with engine.connect() as connection:
            # Altering a table copies it; with foreign keys on, that would empty those below it.
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(configuration(connection), "head")
            connection.exec_driver_sql("COMMIT")
    except sqlalchemy.exc.DBAPIError as error:
        raise StorageError(f"cannot migrate {path}: {error.orig}") from error
    finally:
        engine.dispose()
    path.chmod(0o600)


def configuration(connection: sqlalchemy.Connection) -> Config:
    """Alembic's settings for this connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
