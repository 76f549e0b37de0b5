"""The newest line of the audit log, noted outside of the database: a log that was emptied, or begun
anew, does not have it. Who can write the data folder can take the note away as well; the same line
stands in the server's own log and in each backup.
"""

from __future__ import annotations

import hmac
from pathlib import Path

import msgspec

from bot.house import House
from bot.logs import get_logger
from bot.packs.edits import write_durably
from dialogs.types import Struct
from storage import audit
from storage.audit import Newest

FILE = "audit.seal"  # of the data folder and of a backup
_NOTHING = Newest(0, "")  # no log holds it


class Note(Struct):
    """What the file holds; `mac` binds it to the secret."""

    id: int
    digest: str
    mac: str


def read_note(folder: Path, seal: bytes) -> Newest | None:
    """What was noted, None for nothing; a note that is not ours is one that no log holds."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        note = msgspec.json.decode(path.read_bytes(), type=Note)
    except msgspec.DecodeError:
        return _NOTHING
    newest = Newest(note.id, note.digest)
    return newest if hmac.compare_digest(_mac(seal, newest), note.mac) else _NOTHING


def write_note(folder: Path, seal: bytes, newest: Newest) -> None:
    """Note it durably. Raises OSError."""
    note = Note(id=newest.id, digest=newest.digest, mac=_mac(seal, newest))
    write_durably(folder / FILE, msgspec.json.encode(note))


async def note_audit(house: House) -> bool:
    """Note the newest line; False where the one that was noted is gone, and then it is kept."""
    folder, db = house.settings.data, house.db
    noted = read_note(folder, db.seal)
    sound = noted is None or await db.read(lambda at: audit.holds(at, noted))
    if not sound:
        get_logger().error("audit_lost", line=noted.id if noted is not None else 0)
        return False
    newest = await db.read(audit.newest)
    if newest is not None and newest != noted:
        write_note(folder, db.seal, newest)
        get_logger().info("audit_noted", line=newest.id, seal=newest.digest)
    return True


def _mac(seal: bytes, newest: Newest) -> str:
    said = f"note {newest.id} {newest.digest}".encode()
    return hmac.digest(seal, said, "sha256").hex()
