"""The database: one writer with shared commits, quick point reads, and longer reads in threads.

Only this file commits. What SQLite does its own way stands here, in `statements` and in `search`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy
from sqlalchemy import Connection as Connection  # the type of what `read` hands out
from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

from storage.errors import Conflict, DatabaseClosed, StorageError, WriteFailed, name_failure
from storage.rewriting import rewrite_file
from storage.rows import Row

T = TypeVar("T")
R = TypeVar("R", bound=Row)
Params = Mapping[str, object]
Where = str | Path  # of a database: a file, or an address
NOTHING: Params = {}

# Bounds of one shared commit: how many writes it takes in, and how long the event loop may be busy
# with them before it gets a breath. What is over waits for the next commit.
BATCH = 256
SLICE_SECONDS = 0.008
READERS = 3
BUSY_MS = 2_000


class Tx:
    """A transaction, or in `peek` the read-only connection. Not to be kept after the call.

    Parameters go by name: `tx.one("... WHERE id = :id", {"id": ...})`. `seal`: see `storage.audit`.
    """

    __slots__ = ("_execute", "seal")

    def __init__(self, connection: sqlite3.Connection, seal: bytes = b"") -> None:
        self._execute = connection.execute
        self.seal = seal

    def run(self, statement: str, params: Params = NOTHING) -> int:
        """Execute a statement that changes rows; gives their number. Raises Conflict."""
        try:
            return self._execute(statement, params).rowcount
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def insert(self, statement: str, params: Params) -> int:
        """Execute an INSERT of one row; gives its id. Raises Conflict."""
        try:
            return self._execute(statement, params).lastrowid or 0
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def one(self, statement: str, params: Params = NOTHING) -> tuple[Any, ...] | None:
        """The first row, or None."""
        row: tuple[Any, ...] | None = self._execute(statement, params).fetchone()
        return row

    def all(self, statement: str, params: Params = NOTHING) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._execute(statement, params).fetchall()

    def struct(self, kind: type[R], statement: str, params: Params = NOTHING) -> R | None:
        """The first row as a record; the columns stand in the order of its fields."""
        row = self.one(statement, params)
        return None if row is None else as_struct(kind, row)

    def structs(self, kind: type[R], statement: str, params: Params = NOTHING) -> list[R]:
        """Every row as a record."""
        return [as_struct(kind, row) for row in self._execute(statement, params)]


@cache
def _flags(kind: type[Row]) -> tuple[int, ...]:
    return tuple(i for i, field in enumerate(msgspec.structs.fields(kind)) if field.type is bool)


def as_struct(kind: type[R], row: tuple[Any, ...]) -> R:
    """Make a record of a row; SQLite's 0 and 1 become booleans where the field is one."""
    flags = _flags(kind)
    if not flags:
        return kind(*row)
    values = list(row)
    for index in flags:
        values[index] = bool(values[index])
    return kind(*values)


def sqlite_path(at: Where) -> Path:
    """The file behind a path or an `sqlite:///` address; StorageError for any other kind."""
    if "://" not in (text := str(at)):
        return Path(text).absolute()
    address = sqlalchemy.make_url(text)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise StorageError(f"{address.get_backend_name()} databases are not supported: use SQLite")
    return Path(address.database).absolute()


def connect_writer(path: Path, *, durable: bool = True) -> sqlite3.Connection:
    """A writing connection. `durable=False` leaves out the fsyncs: for throw-away databases."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {'FULL' if durable else 'OFF'}",
        f"busy_timeout = {BUSY_MS}",
        "foreign_keys = ON",
        # What is deleted is overwritten, not just unlinked.
        "secure_delete = ON",
        "temp_store = MEMORY",
        "cache_size = -16384",
        "journal_size_limit = 67108864",
        "wal_autocheckpoint = 4000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot change anything."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA cache_size = -8192")
    return connection


class _Job:
    """A write that waits for its commit; `alone` runs it by itself, in the commit thread."""

    __slots__ = ("alone", "error", "fn", "future", "result")

    def __init__(self, fn: Callable[[Any], Any], future: asyncio.Future[Any], alone: bool) -> None:
        self.fn = fn
        self.future = future
        self.alone = alone
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self) -> None:
        """Tell the caller what its write came to; a caller that was cancelled is not there."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)

    def fail(self, error: Exception) -> None:
        self.error = error
        self.settle()


class Database:
    """An open database. All methods belong to one event loop, the one that first writes.

    Never run two writing Databases on one file: hold a WriterLock.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection | None, seal: bytes = b"") -> None:
        self.path = path
        self.seal = seal
        self._writer = writer
        self._tx = Tx(writer, seal) if writer else None
        self._reader = connect_reader(path)
        self._peek = Tx(self._reader, seal)
        self._jobs: deque[_Job] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closed = False
        self._torn_down = False
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._engine = _read_engine(path)

    @classmethod
    def open(
        cls, at: Where, *, writer: bool = True, durable: bool = True, seal: bytes = b""
    ) -> Database:
        """Open a migrated database; raises StorageError. `durable=False`: no fsync, for tests."""
        path = sqlite_path(at)
        if not path.exists():
            raise StorageError(f"there is no database at {path}: run `migrate` first")
        try:
            return cls(path, connect_writer(path, durable=durable) if writer else None, seal)
        except sqlite3.Error as error:
            raise StorageError(f"cannot open {path}: {error}") from error

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a shared transaction and give its result once it is committed and synced.

        `fn` runs on the event loop's thread in a savepoint of its own: what it raises undoes its
        own changes alone and is raised here. Raises WriteFailed when the commit fails (nothing of
        it is stored) and DatabaseClosed. A caller that is cancelled while it waits does not know
        whether its write happened; the others are not touched.
        """
        return await self._submit(fn, alone=False)

    def peek(self, fn: Callable[[Tx], T]) -> T:
        """A quick point read of committed data, at once, on the calling thread."""
        if self._closed:
            raise DatabaseClosed("the database is closed")
        return fn(self._peek)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """A longer read of committed data in a thread; `fn` sees one moment of the database."""
        if self._closed:
            raise DatabaseClosed("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._read_in_thread, fn
        )

    async def checkpoint(self) -> bool:
        """Move the log into the file and empty it, so that erased text leaves the disk.

        False when a reader was in the way: call again later.
        """

        def run(connection: sqlite3.Connection) -> bool:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy

        return await self._submit(run, alone=True)

    async def rewrite(self) -> None:
        """Write the file anew, so that no page holds bytes of what was deleted. Every write waits
        meanwhile (about a second for 100 MB), and the disk needs room. Raises WriteFailed.
        """
        await self._submit(partial(rewrite_file, self.path), alone=True)

    async def close(self) -> None:
        """Commit what waits, then close everything. Harmless when closed already."""
        if self._closed:
            return
        self._closed = True
        while self._draining is not None:
            await asyncio.wait([self._draining])
        self._committer.shutdown()
        self._threads.shutdown()
        self._engine.dispose()
        self._reader.close()
        if self._writer is not None:
            self._writer.close()

    def _submit(self, fn: Callable[[Any], T], *, alone: bool) -> asyncio.Future[T]:
        if self._closed or self._torn_down:
            raise DatabaseClosed("the database is closed")
        if self._writer is None:
            raise StorageError("the database was opened for reading only")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.append(_Job(fn, future, alone))
        if self._draining is None:
            self._start()
        return future

    def _start(self) -> None:
        self._draining = asyncio.get_running_loop().create_task(self._drain())
        self._draining.add_done_callback(self._drained)

    async def _drain(self) -> None:
        """Work off the jobs, one shared commit after the other; ends when none is left."""
        while self._jobs and not self._torn_down:
            if self._jobs[0].alone:
                await self._run_alone(self._jobs.popleft())
            else:
                await self._run_batch()

    def _drained(self, task: asyncio.Task[None]) -> None:
        """Go on with what came in the meantime, or refuse it when the loop is at its end."""
        self._draining = None
        self._torn_down |= task.cancelled()
        if self._jobs and not self._torn_down:
            self._start()
            return
        while self._jobs:
            self._jobs.popleft().fail(DatabaseClosed("the database is closed"))

    async def _run_alone(self, job: _Job) -> None:
        try:
            job.result = await self._in_committer(job.fn, self._writer)
        except sqlite3.Error as error:
            job.error = WriteFailed(str(error))
            job.error.__cause__ = error
        job.settle()

    async def _run_batch(self) -> None:
        batch: list[_Job] = []
        try:
            self._fill(batch)
            await self._in_committer(self._execute, "COMMIT")
        except sqlite3.Error as error:
            failure = WriteFailed(f"nothing was stored: {error}")
            failure.__cause__ = error
            self._undo()
            for job in batch:
                job.fail(failure)
        else:
            for job in batch:
                job.settle()

    def _fill(self, batch: list[_Job]) -> None:
        """Run waiting jobs in one new transaction, up to the bounds of a batch."""
        assert self._tx is not None
        jobs = self._jobs
        try:
            self._execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            # Refuse one, so that a locked or broken file cannot hold up the callers for ever.
            batch.append(jobs.popleft())
            raise
        end = time.perf_counter() + SLICE_SECONDS
        while jobs and not jobs[0].alone and len(batch) < BATCH and time.perf_counter() < end:
            job = jobs.popleft()
            if job.future.done():
                continue  # its caller was cancelled before it began
            batch.append(job)
            self._run_job(job, self._tx)

    def _run_job(self, job: _Job, tx: Tx) -> None:
        self._execute("SAVEPOINT job")
        try:
            job.result = job.fn(tx)
        except Exception as error:
            if not self._in_transaction():
                # SQLite gave up the whole transaction (disk full, I/O error): so must all of it.
                raise sqlite3.OperationalError(str(error)) from error
            self._execute("ROLLBACK TO job")
            job.error = name_failure(error)
        # Told to its caller after the commit as well: it may have judged by what others wrote.
        self._execute("RELEASE job")

    def _execute(self, statement: str) -> None:
        assert self._writer is not None
        self._writer.execute(statement)

    def _in_transaction(self) -> bool:
        return self._writer is not None and self._writer.in_transaction

    def _undo(self) -> None:
        # Where even this fails, the next batch cannot begin, is refused, and comes here again.
        with contextlib.suppress(sqlite3.Error):
            if self._in_transaction():
                self._execute("ROLLBACK")

    async def _in_committer(self, fn: Callable[[Any], T], argument: object) -> T:
        future = asyncio.get_running_loop().run_in_executor(self._committer, fn, argument)
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError:
                # The loop is being torn down. This commit goes on in its thread whatever we do:
                # see it through, tell its callers the truth, and begin no other.
                self._torn_down = True
        return future.result()

    def _read_in_thread(self, fn: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection, connection.begin():
            return fn(connection)


def _read_engine(path: Path) -> sqlalchemy.Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect_reader(path),
        poolclass=QueuePool,
        pool_size=READERS,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver begins no transaction for a SELECT; a list and its details need one moment.
        connection.exec_driver_sql("BEGIN")

    return engine
