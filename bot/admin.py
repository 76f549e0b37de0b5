"""Commands that change data while the server runs: handed to it over a socket in the data folder.

The server is the only writer of the database. A command asks it; when nothing runs, the command
takes the writer's lock and does the work itself. Who may open the socket may do all: that is only
the account which runs the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import msgspec

from bot.accounts import NAME_MAX, NewAccount, People, PeopleRefusedError, join_roles
from bot.arrivals import Arrivals
from bot.erasing import Eraser
from bot.house import House
from bot.intake import Intake
from bot.logs import describe_error, get_logger
from bot.packs.minds import Minds
from bot.packs.overlay import Overlay
from bot.packs.reloading import Reloader, forget_erased
from bot.rights import ROLES
from bot.telegram.border import DESK as DESK_BOT
from bot.telegram.border import PROSPECTS as PROSPECTS_BOT
from bot.uploads import Uploads
from dialogs.folder.problems import render
from dialogs.types import Incoming, Struct
from storage import accounts, conversations, erasures, purging
from storage import arrivals as arrival_rows
from storage.arrivals import Arrival, Aside
from storage.db import Tx
from storage.erasures import COMMAND

SOCKET = "admin.sock"
LINE_MAX = 65_536  # bytes of one request or answer
ANSWER_SECONDS = 30
BY_COMMAND = 0  # who does it, in the record
_BOTS = (PROSPECTS_BOT, DESK_BOT)
_PATH_MAX = 100  # bytes of a socket's address that every system takes


class AddStaff(Struct, tag="add_staff"):
    name: str
    display_name: str
    role: str
    password_hash: str


class ListStaff(Struct, tag="list_staff"):
    """Every account."""


class ChangeStaff(Struct, tag="change_staff"):
    """Another password, or other roles; "" leaves either as it is."""

    name: str
    role: str = ""
    password_hash: str = ""


class DisableStaff(Struct, tag="disable_staff"):
    name: str


class Erase(Struct, tag="erase"):
    conversation: str


class Replay(Struct, tag="replay"):
    """Take in again an arrival that was set aside; 0: list them."""

    arrival: int


class Reload(Struct, tag="reload"):
    """Read the pack again, while running."""


Request = AddStaff | ListStaff | ChangeStaff | DisableStaff | Erase | Replay | Reload


class Answer(Struct):
    """Lines for the terminal; `failed` when the request could not be carried out."""

    lines: tuple[str, ...] = ()
    failed: bool = False


def needs_intake(tx: Tx, request: Request) -> bool:
    """Whether carrying it out takes the company's pack and all that reads words."""
    if not isinstance(request, Replay):
        return False
    found = arrival_rows.get(tx, request.arrival)
    return found is not None and found.state == "aside" and found.source not in _BOTS


class Office:
    """Carries requests out, in the process that writes.

    Only a replay needs an intake, and one of a bot's update the arrivals of a running server. A
    reload needs that server's reloader.
    """

    def __init__(
        self,
        house: House,
        uploads: Uploads,
        intake: Intake | None = None,
        arrivals: Arrivals | None = None,
        reloader: Reloader | None = None,
    ) -> None:
        self._house = house
        self._uploads = uploads
        self._intake = intake
        self._arrivals = arrivals
        self._reloader = reloader
        self._people = People(house.db, house.now, house.live)

    async def carry_out(self, request: Request) -> Answer:
        """Do what is asked; every expected mistake is an answer."""
        match request:
            case AddStaff():
                return await self._add_staff(request)
            case ListStaff():
                return self._list_staff()
            case ChangeStaff():
                return await self._change_staff(request)
            case DisableStaff():
                return await self._disable_staff(request.name)
            case Erase():
                return await self._erase(request.conversation)
            case Replay():
                return await self._replay(request.arrival)
            case Reload():
                return await self._reload()

    async def _add_staff(self, request: AddStaff) -> Answer:
        new = NewAccount(
            name=request.name,
            display_name=request.display_name,
            role=request.role,
            password_hash=request.password_hash,
        )
        try:
            await self._people.add(BY_COMMAND, new)
        except PeopleRefusedError as error:
            return _failed(_explain(error, request.name, request.role))
        return Answer(lines=(f"added {request.name} ({join_roles(request.role)})",))

    async def _change_staff(self, request: ChangeStaff) -> Answer:
        found = self._house.db.peek(lambda tx: accounts.find_staff(tx, request.name))
        if found is None:
            return _failed(f"there is no account {request.name}")
        try:
            if request.password_hash:
                await self._people.set_password(BY_COMMAND, found.id, request.password_hash)
            if request.role:
                await self._people.set_role(BY_COMMAND, found.id, request.role)
        except PeopleRefusedError as error:
            return _failed(_explain(error, request.name, request.role))
        if request.role:
            return Answer(lines=(f"{found.name} is now {join_roles(request.role)}",))
        return Answer(lines=(f"{found.name} has a new password; all sessions have ended",))

    def _list_staff(self) -> Answer:
        found = self._house.db.peek(accounts.all_staff)
        return Answer(
            lines=tuple(
                f"{staff.name:<20} {staff.role:<10} {'disabled' if staff.disabled else 'active':<8}"
                f" {staff.display_name}"
                for staff in found
            )
        )

    async def _disable_staff(self, name: str) -> Answer:
        found = self._house.db.peek(lambda tx: accounts.find_staff(tx, name))
        if found is None:
            return _failed(f"there is no account {name}")
        try:
            await self._people.set_disabled(BY_COMMAND, found.id, True)
        except PeopleRefusedError as error:
            return _failed(_explain(error, name, found.role))
        return Answer(lines=(f"disabled {name}; all sessions of this account have ended",))

    async def _erase(self, conversation: str) -> Answer:
        row = self._house.db.peek(lambda tx: conversations.load(tx, conversation))
        if row is None:
            return _failed("there is no such conversation")
        if row.erased:
            return Answer(lines=("this conversation was erased before",))
        eraser = Eraser(self._house, self._uploads, self._overlay)
        number = await eraser.erase(conversation, COMMAND)
        await self._forget_erased()
        proof = self._house.db.peek(lambda tx: erasures.get(tx, number))
        files = len(proof.read_proof().files) if proof is not None else 0
        if self._reloader is None:  # nothing runs that would prove it, and nobody waits
            await purging.rewrite(self._house.db)
            await eraser.prove()
        return Answer(lines=(f"erased {conversation}, with {files} files; proof {number}",))

    async def _forget_erased(self) -> None:
        if self._reloader is not None:
            await self._reloader.forget_erased()
            return
        await forget_erased(self._house.db, self._overlay, Minds(self._house.settings))

    @cached_property
    def _overlay(self) -> Overlay:
        """What staff wrote over the pack: the running server's own, where there is one."""
        settings = self._house.settings
        known = self._reloader.overlay if self._reloader is not None else None
        return known or Overlay(settings.overlay, settings.pack)

    async def _reload(self) -> Answer:
        if self._reloader is None:
            return _failed("nothing is running: the pack is read when the server starts")
        done = await self._reloader.reload()
        if done.problems:
            return _failed(f"nothing was changed:\n{render(done.problems)}")
        return Answer(lines=(f"pack {done.version} is in use ({done.ms} ms)",))

    async def _replay(self, number: int) -> Answer:
        if not number:
            found = self._house.db.peek(arrival_rows.aside_list)
            return Answer(lines=tuple(_line(each) for each in found) or ("nothing is set aside",))
        arrival = self._house.db.peek(lambda tx: arrival_rows.get(tx, number))
        if arrival is None or arrival.state != "aside":
            return _failed(f"there is no arrival {number} set aside")
        if arrival.source in _BOTS:
            return await self._replay_update(arrival)
        return await self._replay_message(arrival)

    async def _replay_update(self, arrival: Arrival) -> Answer:
        """What came to a bot is taken by that bot, which only a running server has."""
        if self._arrivals is None:
            return _failed(
                f"arrival {arrival.id} came to the {arrival.source} bot: start the server, then"
                " ask again"
            )
        if not self._arrivals.takes(arrival.source):
            return _failed(
                f"arrival {arrival.id} came to the {arrival.source} bot, which is not switched on"
            )
        after = await self._arrivals.replay(arrival.id)
        if after is None or after.state == "done":
            return Answer(lines=(f"taken in, from chat {arrival.chat}",))
        if after.state == "aside":
            return _failed(f"it failed again: {after.error}")
        if after.error:
            return _failed(f"not now ({after.error}): it is tried again by itself")
        return _failed("it waits for its turn: list again in a while")

    async def _replay_message(self, arrival: Arrival) -> Answer:
        """What a conversation could not take in goes to intake, as it came."""
        if self._intake is None:
            return _failed("nothing here takes messages in")
        incoming = msgspec.msgpack.decode(arrival.payload, type=Incoming)
        handled = await self._intake.handle(incoming, kept=True)
        if handled.refused:
            return _failed(f"refused again: {handled.refused}")
        await self._house.db.write(lambda tx: arrival_rows.done(tx, arrival.id))
        return Answer(lines=(f"taken in as message {handled.seq} of {arrival.chat}",))


def _line(arrival: Aside) -> str:
    when = datetime.fromtimestamp(arrival.at / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{arrival.id:<8} {arrival.source:<10} {arrival.chat:<24} {when}  {arrival.error}"


def _explain(error: PeopleRefusedError, name: str, role: str) -> str:
    """Why an account was not changed, for the terminal."""
    why = {
        "taken": f"there is an account {name} already",
        "role": f"there is no role {role}: {', '.join(ROLES)}",
        "name": f"a name has 1 to {NAME_MAX} characters, all of them visible",
        "last_owner": f"{name} is the last owner who can sign in: make somebody else one first",
    }
    return why.get(error.reason, f"there is no account {name}")


def _failed(why: str) -> Answer:
    return Answer(lines=(why,), failed=True)


# --- the socket ----------------------------------------------------------------------------------


async def serve(office: Office, folder: Path) -> asyncio.Server:
    """Listen in the data folder; close the server to end. One JSON line each way."""
    decoder = msgspec.json.Decoder(Request)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), ANSWER_SECONDS)
            answer = await office.carry_out(decoder.decode(line))
        except (TimeoutError, ValueError, msgspec.DecodeError):
            answer = _failed("the request was not understood")
        except Exception as error:
            get_logger().error("admin_failed", **describe_error(error))
            answer = _failed(f"it failed: {type(error).__name__}")
        with contextlib.suppress(ConnectionError):
            writer.write(msgspec.json.encode(answer) + b"\n")
            await writer.drain()
        writer.close()

    with _short_path(folder) as path:
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(talk, path, limit=LINE_MAX)
        path.chmod(0o600)
    return server


def ask(folder: Path, request: Request) -> Answer:
    """Send a request to the process that holds the writer's lock. Raises OSError if it is deaf."""
    with socket.socket(socket.AF_UNIX) as line, _short_path(folder) as path:
        line.settimeout(ANSWER_SECONDS)
        line.connect(str(path))
        line.sendall(msgspec.json.encode(request) + b"\n")
        with line.makefile("rb") as answers:
            return msgspec.json.decode(answers.readline(), type=Answer)


@contextlib.contextmanager
def _short_path(folder: Path) -> Iterator[Path]:
    """The socket's path, by way of an open folder where the system's limit is too short for it."""
    path = folder.absolute() / SOCKET
    if len(os.fsencode(path)) <= _PATH_MAX:
        yield path
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{handle}/{SOCKET}")
    finally:
        os.close(handle)
