from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.db import Database
from storage.migrate import migrate
from tests.storage.samples import begin


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file, to be copied."""
    path = tmp_path_factory.mktemp("fresh") / "firstline.db"
    migrate(path)
    return path


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(fresh, tmp_path / "firstline.db"))


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    database = Database.open(path)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def db_for_texts(
    fresh: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """One database for many examples, with a conversation c1."""
    path = tmp_path_factory.mktemp("texts") / "firstline.db"
    database = Database.open(shutil.copy(fresh, path), durable=False)
    await begin(database, "c1")
    yield database
    await database.close()
