"""Migrations make what the models say, run again without effect, and refuse what is foreign."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from storage import migrate as migrate_module
from storage.db import Database, connect_writer
from storage.errors import StorageError, WrongSchema
from storage.migrate import HEAD, configuration, migrate, version
from tests.storage.samples import begin


def test_models_and_migrations_agree(fresh: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{fresh}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _, name, kind, *__: (
                    not (kind == "table" and name.startswith("message_index"))
                ),
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_head(fresh: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{fresh}")
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
        assert scripts.get_heads() == [HEAD]
    engine.dispose()


def test_what_comparison_does_not_see_is_there(fresh: Path) -> None:
    """Partial indexes, tables without rowid, ids that are never reused, and the search table."""
    with closing(sqlite3.connect(fresh)) as connection:
        made = {
            name: said or ""
            for name, said in connection.execute("SELECT name, sql FROM sqlite_master")
        }
    for table in SQLModel.metadata.sorted_tables:
        said = made[table.name]
        options = table.dialect_options["sqlite"]
        assert options["with_rowid"] != ("WITHOUT ROWID" in said)
        assert bool(options["autoincrement"]) == ("AUTOINCREMENT" in said)
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            partial = made[str(index.name)].partition(" WHERE ")[2]
            assert partial == ("" if where is None else str(where))
            assert index.unique == ("UNIQUE" in made[str(index.name)])
    assert "fts5" in made["message_index"]


def test_a_fresh_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "x.db"
    assert version(path) is None
    assert migrate(f"sqlite:///{path}")
    assert version(path) == HEAD
    assert path.stat().st_mode & 0o077 == 0
    assert not migrate(path)


def test_up_to_date_runs_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise AssertionError("must not run")

    monkeypatch.setattr(migrate_module, "upgrade", fail)
    assert not migrate(path)


async def test_migrating_keeps_the_rows(path: Path) -> None:
    db = Database.open(path)
    await begin(db, "c1")
    await db.close()
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    assert not migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_a_newer_schema_is_refused(path: Path) -> None:
    with closing(connect_writer(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WrongSchema, match="9999"):
        migrate(path)


def test_a_failing_migration_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    with closing(connect_writer(path)) as connection:
        # In the way of the last thing that the first migration makes.
        connection.execute("CREATE TABLE message_index (x)")
    with pytest.raises(StorageError, match="message_index"):
        migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    assert tables == ["message_index"]


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StorageError, match="not a database"):
        migrate(path)
