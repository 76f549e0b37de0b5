"""What staff see who may not know how a prospect is reached."""

from __future__ import annotations

from typing import TypeVar

from bot import records
from bot.masking import conceal, contact_words, hide
from bot.web.staffpages import Worker
from dialogs.types import State
from storage import conversations
from storage.db import Tx
from storage.veils import Veil

T = TypeVar("T")


def veil_for(worker: Worker) -> Veil | None:
    """What a search leaves out for the worker: e-mail and phone for whoever may not see them."""
    return None if worker.personal else hide_contacts


def hide_contacts(state: bytes, words: str) -> str:
    """Words of a conversation with this state without e-mail and phone."""
    return hide(words, contact_words(records.read_state(state)) if state else ())


def show_note(worker: Worker, state: State, words: str) -> str:
    """A note as it stands, or with e-mail and phone taken out."""
    return words if worker.personal else hide(words, contact_words(state))


def conceal_talk(tx: Tx, conversation: str, value: T) -> T:
    """A record about a talk without e-mail and phone, also those that only the talk tells by."""
    row = conversations.load(tx, conversation)
    known = contact_words(records.read_state(row.state)) if row and not row.erased else ()
    return conceal(value, known)
