"""A call that came by phone becomes a conversation of its own, by the acts of the desk."""

from __future__ import annotations

import re

from bot.desk import CLOSE_REASONS, STAGES, NewTask
from bot.desk.profile import editable
from bot.presales.fields import Fields, read_moment
from bot.web.deps import Deps
from bot.web.staffpages import Worker
from dialogs import entering
from dialogs.types import Struct
from storage.chats import ChatRow

CHANNEL = "phone"
SOURCE = "phone"
NOTES_MAX = 8_000  # characters
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Field(Struct):
    """A slot of the form; `choices` as (value, words)."""

    slot: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


class CallNote(Struct):
    """What the form says. `ending`: how the call ended, one of CLOSE_REASONS, "" while it goes on;
    `due`: when to call again (ms), 0 for not."""

    id: str
    language: str = ""
    notes: str = ""
    slots: dict[str, str] = {}
    stage: str = ""
    ending: str = ""
    due: int = 0
    due_text: str = ""


class Noted(Struct):
    """The conversation that it became, or the names of what was wrong."""

    conversation: str = ""
    wrong: tuple[str, ...] = ()


def fields_for(deps: Deps, language: str) -> tuple[Field, ...]:
    """Everything of the profile that can be filled in."""
    return tuple(
        Field(
            slot=each.slot,
            label=_say(deps, language, f"slot.{each.slot}", each.slot),
            kind=each.kind,
            choices=tuple(
                (value, _value(deps, language, each.slot, value)) for value in each.values
            ),
        )
        for each in editable(deps.pack)
    )


def _value(deps: Deps, language: str, slot: str, value: str) -> str:
    edition = deps.pack.edition(value) if slot == "edition" else None
    if edition is not None:
        return edition.name.get(language, value)
    shown = _say(deps, language, f"value.{slot}.{value}", "")
    return shown or _say(deps, language, f"option.{slot}.{value}", value)


def _say(deps: Deps, language: str, key: str, otherwise: str) -> str:
    return deps.texts.say(language, key) if deps.texts.has(language, key) else otherwise


def read_note(deps: Deps, fields: Fields) -> CallNote:
    """What a form carries; slots that cannot be filled in are left out."""
    slots = {each.slot: fields.text(each.slot).strip() for each in editable(deps.pack)}
    language = fields.text("language")
    return CallNote(
        id=fields.text("id"),
        language=language if language in deps.pack.languages else deps.pack.languages[0],
        notes=fields.text("notes").strip(),
        slots={slot: value for slot, value in slots.items() if value},
        stage=fields.text("stage"),
        ending=fields.text("ending"),
        due=read_moment(deps, fields.text("due")),
        due_text=fields.text("due"),
    )


def find_wrong(deps: Deps, note: CallNote) -> tuple[str, ...]:
    """Names of the fields that cannot be kept as they are."""
    wrong = [
        slot
        for slot, value in note.slots.items()
        if entering.read_value(deps.pack, slot, value) is None
    ]
    if not 0 < len(note.notes) <= NOTES_MAX:
        wrong.append("notes")
    if note.stage and note.stage not in STAGES:
        wrong.append("stage")
    if note.ending and note.ending not in CLOSE_REASONS:
        wrong.append("ending")
    if note.due_text and note.due <= deps.now():
        wrong.append("due")
    if not _ID.fullmatch(note.id):
        wrong.append("id")
    return tuple(wrong)


async def note_call(deps: Deps, worker: Worker, note: CallNote) -> Noted:
    """Open the conversation and fill it by acts of the desk; the same form again fills the same
    one, so that what an interruption left out is made up."""
    wrong = find_wrong(deps, note)
    if wrong:
        return Noted(wrong=wrong)
    desk, now = deps.desk, deps.now()
    here = ChatRow(CHANNEL, f"{worker.id}:{note.id}", "", now)
    opened = await deps.intake.open(CHANNEL, note.language, SOURCE, here)
    talk = opened.conversation
    if (await desk.claim(worker, talk)).won:
        for slot, value in note.slots.items():
            await desk.edit_profile(worker, talk, slot, value)
        await desk.write_down_call(worker, talk, f"call:{note.id}", note.notes)
        if note.stage:
            await desk.set_stage(worker, talk, note.stage)
        if note.due:
            again = NewTask(kind="call_back", due=note.due, note=note.slots.get("phone", ""))
            await desk.add_task(worker, talk, again)
        if note.ending:
            await desk.close(worker, talk, note.ending, f"end:{note.id}")
    return Noted(conversation=talk)
