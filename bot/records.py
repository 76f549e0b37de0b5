"""Between what the mind makes and what the memory keeps: states, messages and effects as rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import get_args

import msgspec

from dialogs import figures
from dialogs.profile import value_of
from dialogs.types import FileInfo, Incoming, IncomingKind, Reading, Reply, State
from storage import moments
from storage.conversations import ConversationRow, Facts, NewState
from storage.leads import File
from storage.moments import Reached

KINDS: tuple[IncomingKind, ...] = get_args(IncomingKind)
FROM_PROSPECT = ("text", "choice", "file")  # kinds that are stored as a message of the prospect

_STATE = msgspec.msgpack.Decoder(State)
_STATE_OUT = msgspec.msgpack.Encoder()
_REPLY = msgspec.json.Decoder(Reply)
_READING = msgspec.json.Decoder(Reading)
_FILE = msgspec.json.Decoder(FileInfo)
_JSON = msgspec.json.Encoder()

# Controls but tab and line feed, lone surrogates, and marks that turn the reading direction round.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060-\u2064\u00ad\u3164\ufe00-\ufe0f]")


def read_state(data: bytes) -> State:
    """A stored state. Raises msgspec.DecodeError when it is none."""
    return _STATE.decode(data)


def write_state(state: State) -> bytes:
    return _STATE_OUT.encode(state)


def read_reply(body: bytes, text: str) -> Reply:
    """A message of bot, staff or event as it was said; `text` is kept apart from the rest."""
    if not body:
        return Reply(key="", text=text)
    return msgspec.structs.replace(_REPLY.decode(body), text=text)


def write_reply(reply: Reply) -> bytes:
    """Everything of a reply but its text, as JSON."""
    return _JSON.encode(msgspec.structs.replace(reply, text=""))


def read_reading(data: bytes) -> Reading | None:
    """What was understood of a stored message of the prospect; None where nothing was read."""
    return _READING.decode(data) if data else None


def write_reading(reading: Reading | None) -> bytes:
    """A reading without the text and the passages, which stand elsewhere."""
    if reading is None:
        return b""
    return _JSON.encode(msgspec.structs.replace(reading, text="", passages=()))


def read_file_info(body: bytes) -> FileInfo | None:
    """The file that a message of the prospect carries, if it is one."""
    return _FILE.decode(body) if body else None


def write_file_info(file: FileInfo | None) -> bytes:
    return _JSON.encode(msgspec.structs.replace(file, text="")) if file else b""


def file_row(conversation: str, file: FileInfo, now: int) -> File:
    """The row of a file whose bytes are on disk already."""
    return File(
        id=file.id,
        conversation=conversation,
        name=file.name,
        size=file.size,
        media_type=file.media_type,
        sha256=bytes.fromhex(file.sha256),
        stored_at=now,
    )


def digest_of(incoming: Incoming) -> bytes:
    """16 bytes by which the same body is known again under the same external id."""
    file = (incoming.file.name, incoming.file.size) if incoming.file else None
    said = (incoming.kind, incoming.text, incoming.question, incoming.value, file)
    return hashlib.blake2b(_STATE_OUT.encode(said), digest_size=16).digest()


def clean(text: str) -> str:
    """Text without what no keyboard writes; "" when nothing in it can be seen."""
    found = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return found if _VISIBLE.search(found) else ""


def new_state(row: ConversationRow, state: State, now: int, steps: Iterable[str] = ()) -> NewState:
    """The state as it is stored, with the columns that lists and funnels need.

    `steps`: those reached in this turn that the state itself does not tell of.
    """
    estimate = state.estimate
    milestones = (*figures.reached(state), *steps)
    so_far = Reached(row.milestones, row.moments, row.created_at)
    return NewState(
        state=write_state(state),
        updated_at=now,
        owner=state.owner,
        staff_id=row.staff_id if state.owner in ("human", "closed") else 0,
        outcome=state.outcome,
        reason=state.reason,
        close_reason=state.close_reason,
        stage=state.stage,
        edition=estimate.edition if estimate else "",
        language=state.language,
        waiting_since=state.waiting_since,
        facts=_facts(state),
        milestones=milestones,
        moments=moments.add(so_far, milestones, now),
    )


def _facts(state: State) -> Facts:
    said = {slot: _text(state, slot) for slot in ("buyer_type", "ownership", "city")}
    title = ", ".join(filter(None, (_text(state, "name"), _text(state, "company"))))
    return Facts(**said, title=title[:200])


def _text(state: State, slot: str) -> str:
    value = value_of(state.profile, slot)
    return value if isinstance(value, str) else ""
