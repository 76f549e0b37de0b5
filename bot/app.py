"""The running product: builds every object by hand, starts and stops them in one task group."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from functools import partial

import uvicorn

from bot import admin
from bot.core import Core, load_mind, make_core
from bot.erasing import Eraser, keep_rewriting
from bot.faults import read_faults
from bot.house import House, Mind
from bot.live import Live
from bot.logs import describe_error, get_logger
from bot.metrics import Metrics
from bot.packs.minds import Minds
from bot.packs.noting import note_last
from bot.packs.reloading import Reloader
from bot.settings import Settings, audit_seal, read_secret
from bot.systems.starting import send_hooks
from bot.telegram.bots import Bots, OpenBots, Work, open_bots
from bot.turns.figures_rebuild import rebuild_all
from bot.upkeep import keep_up
from bot.web import pages
from bot.web.assets import Assets
from bot.web.deps import STATIC, Deps, make_pages, read_clock
from bot.web.patience import make_protocol
from bot.web.signin import hash_password
from storage import accounts, audit, search
from storage.accounts import StaffRow
from storage.db import Database
from storage.lock import WriterLock
from storage.migrate import migrate

FIRST_ACCOUNT = "owner"
PAUSE_SECONDS = 2.0  # before work goes on that was interrupted by a fault
BACKLOG = 2_048  # connections that may wait to be accepted

Task = asyncio.Task[None]


class App:
    """One `run`. It owns the writer's lock from its first to its last step."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = asyncio.Event()
        self._reload_wished = False  # before there was anything to reload
        self._in_terminal = sys.stdin is not None and sys.stdin.isatty()
        self._began = time.perf_counter()

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT; gives the exit code. Raises OSError, StorageError or
        PackError when it cannot start."""
        settings = self._settings
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up, None)
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = WriterLock(settings.data)
        with lock.acquire("run", read_clock()), _listening(settings) as sockets:
            print(f"Firstline is starting; it reads {settings.pack} first.", flush=True)
            migrate(settings.database)
            minds = Minds(settings)
            mind, opened = await asyncio.gather(
                asyncio.to_thread(load_mind, settings, minds), open_bots(settings)
            )
            gc.enable()  # the command line had switched it off
            db = Database.open(settings.database, seal=audit_seal(settings))
            try:
                core = self._build(db, mind, opened)
                reloader = Reloader(core.house, mind, core.overlay, minds)
                await self._serve(core, Bots(opened, core), reloader, sockets)
            finally:
                await opened.close()
                await db.close()
        return 0

    def _build(self, db: Database, mind: Mind, opened: OpenBots) -> Core:
        house = House(
            settings=self._settings,
            db=db,
            live=Live(),
            metrics=Metrics(),
            now=read_clock,
            reach=read_faults(os.environ),
        )
        return make_core(house, mind, opened.channels(house, mind), opened.ways(house, mind))

    async def _serve(
        self, core: Core, bots: Bots, reloader: Reloader, sockets: list[socket.socket]
    ) -> None:
        """Everything that runs side by side; when one of them fails, all end."""
        house, settings = core.house, self._settings
        await _catch_up(core)
        eraser = Eraser(house, core.uploads, core.overlay)
        await eraser.erase_again()
        password = await _add_first_account(house)
        deps = _make_deps(core)
        servers = [
            _Server(_config(settings, pages.make_application(deps, bots.routes))),
            _Server(_config(settings, pages.second_origin_app(deps))),
        ]
        office = admin.Office(house, core.uploads, core.intake, bots.arrivals, reloader)
        async with asyncio.TaskGroup() as tasks, await admin.serve(office, settings.data):

            def keep_going(works: Mapping[str, Work]) -> list[Task]:
                return [tasks.create_task(_keep_going(*each)) for each in works.items()]

            serving = [
                tasks.create_task(server.serve([at]))
                for server, at in zip(servers, sockets, strict=True)
            ]
            ending = [*serving, *keep_going({"outbox": core.outbox.run, **bots.works()})]
            helpers = keep_going(_helpers(core, deps, reloader, eraser))
            announcing = tasks.create_task(self._announce(servers, bots, password))
            following = keep_going(bots.following())
            self._listen_for_signals(reloader)
            await self._stop.wait()
            get_logger().info("stopping")
            house.live.close()
            for server in servers:
                server.should_exit = True
            # No more updates are fetched while the rest comes to its end.
            _cancel(announcing, *following)
            await asyncio.wait(ending, timeout=settings.shutdown_seconds - 1)
            _cancel(*ending, *helpers)
            core.mail.close()

    def _listen_for_signals(self, reloader: Reloader) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up, reloader)
        if self._reload_wished:
            reloader.wish()

    def _hang_up(self, reloader: Reloader | None) -> None:
        """SIGHUP asks for a reload; from a terminal that was closed it means the end."""
        if self._in_terminal and _is_terminal_gone():
            self._stop.set()
        elif reloader is None:
            self._reload_wished = True
        else:
            reloader.wish()

    async def _announce(self, servers: list[_Server], bots: Bots, password: str) -> None:
        """Print where to go once every server answers. The password goes nowhere else.

        What the bots are called, or what is wrong with them, follows when it is known.
        """
        for server in servers:
            await server.ready.wait()
        bots.start()
        seconds = time.perf_counter() - self._began
        get_logger().info("ready", ms=round(seconds * 1_000), port=self._settings.port)
        address, demo = self._settings.address, self._settings.demo_address
        lines = [
            f"Firstline is ready ({seconds:.1f} s).",
            f"  Demo site with the widget   {address}/",
            f"  The same on a foreign site  {demo}/",
            f"  Chat on a page of its own   {address}/chat",
            f"  Pre-sales                   {address}/inbox",
            f"  Managers                    {address}/transcripts",
        ]
        if password:
            lines += [
                "",
                "The first staff account, shown once; add others with `python -m bot staff add`:",
                f"  name      {FIRST_ACCOUNT}",
                f"  password  {password}",
            ]
        print("\n".join(lines), flush=True)
        async for line in bots.describe():
            print(line, flush=True)


def _helpers(core: Core, deps: Deps, reloader: Reloader, eraser: Eraser) -> Mapping[str, Work]:
    """What is done beside serving, by name; none of it has an end."""
    house = core.house
    return {
        "search": partial(search.keep, house.db),
        "hooks": partial(send_hooks, house, deps.secret),
        "erasures": eraser.run,
        "pages": partial(keep_rewriting, house),
        "upkeep": partial(keep_up, core),
        "reload": reloader.run,
        "figures": partial(rebuild_all, house),
    }


def _is_terminal_gone() -> bool:
    try:
        termios.tcgetattr(sys.stdin)
    except termios.error:
        return True
    return False


def _cancel(*tasks: Task) -> None:
    for task in tasks:
        task.cancel()


class _Server(uvicorn.Server):
    """A web server beside others: signals belong to the app. `ready` is set once it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(settings: Settings, application: object) -> uvicorn.Config:
    return uvicorn.Config(
        application,  # type: ignore[arg-type]
        http=make_protocol(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=max(1, settings.shutdown_seconds - 2),
    )


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Both ports, held before the slow part of the start. Raises OSError that names the port."""
    with contextlib.ExitStack() as held:
        sockets = []
        for port in (settings.port, settings.second_port):
            family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
            # Named as TCP, or asyncio leaves Nagle's algorithm on: 40 ms more for every answer.
            made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            at = held.enter_context(made)
            at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                at.bind((settings.host, port))
            except OSError as error:
                raise OSError(
                    f"cannot listen on {settings.host}:{port}: {error.strerror}"
                ) from error
            sockets.append(at)
        yield sockets


async def _keep_going(name: str, work: Work) -> None:
    """Run work that has no end; a fault, such as a full disk, is a pause and no end either."""
    while True:
        try:
            return await work()
        except Exception as error:
            get_logger().error("work_interrupted", name_of=name, **describe_error(error))
            await asyncio.sleep(PAUSE_SECONDS)


async def _catch_up(core: Core) -> None:
    """Does what a process that died had begun and not ended."""
    house = core.house
    await core.outbox.recover()
    await house.db.write(audit.seal_old)
    await asyncio.to_thread(core.overlay.show)
    await note_last(house.db, core.overlay.history(1), house.now())


async def _add_first_account(house: House) -> str:
    """Where nobody can sign in yet, add an owner; gives the password, else ""."""
    if house.db.peek(accounts.count_staff):
        return ""
    password = secrets.token_urlsafe(12)
    owner = StaffRow(
        id=0,
        name=FIRST_ACCOUNT,
        display_name=FIRST_ACCOUNT.capitalize(),
        role="owner",
        password_hash=await asyncio.to_thread(hash_password, password),
        disabled=False,
        created_at=house.now(),
    )
    if house.db.peek(lambda tx: accounts.find_staff(tx, FIRST_ACCOUNT)) is not None:
        return ""  # it is there, and was disabled on purpose
    await house.db.write(lambda tx: accounts.add_staff(tx, owner))
    return password


def _make_deps(core: Core) -> Deps:
    house = core.house
    assets = Assets(STATIC)
    return Deps(
        settings=house.settings,
        db=house.db,
        intake=core.intake,
        desk=core.desk,
        live=house.live,
        uploads=core.uploads,
        overlay=core.overlay,
        metrics=house.metrics,
        mind=core.mind,
        secret=read_secret(house.settings),
        assets=assets,
        pages=make_pages(assets),
        now=house.now,
        presence=house.presence,
    )
