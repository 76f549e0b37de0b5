"""One talk as staff see it: who may see it at all, its lead, and its messages."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from litestar.exceptions import NotFoundException

from bot import records
from bot.masking import conceal, contact_words
from bot.remarks import show_note
from bot.rights import sees as sees
from bot.web.deps import Deps
from bot.web.staffpages import Worker, make_name
from dialogs.types import Attachment, FileInfo, Known, State, Struct, Value
from storage import accounts, conversations, leads
from storage.conversations import MessageRow
from storage.outbox import Delivery
from storage.reading import Line
from storage.transcript import Transcript, read_transcript

# In this order; slots that stand not here come after them.
SLOT_ORDER = (
    "name", "company", "buyer_type", "ownership", "headcount", "own_servers", "city", "department",
    "role", "authority", "need", "industry", "written_requirement", "edition", "alternatives",
    "timeline", "budget", "email", "phone", "existing_customer",
)  # fmt: skip


class Said(Struct):
    """One message of the transcript."""

    seq: int
    author: str
    who: str  # name of the colleague who wrote it
    text: str
    at: int
    buttons: tuple[str, ...] = ()
    papers: tuple[Attachment, ...] = ()
    file: FileInfo | None = None
    trouble: Delivery | None = None  # it was not delivered, or perhaps twice
    origin: str = ""  # of the prospect's words: edited, forwarded
    whole: int = 0  # characters of all its words, where `text` is their beginning
    remark: bool = False  # a note that the desk wrote by itself: what somebody did


class Paper(Struct):
    document: str
    title: str
    version: str
    given_at: int
    opened_at: int


class Fact(Struct):
    """One slot of the profile, in words."""

    label: str
    value: str
    status: str
    quote: str
    message: int
    history: tuple[str, ...]
    slot: str = ""
    by: str = ""  # who of the staff entered it, "" for the prospect


class TalkView(Struct):
    """Everything about a talk but its brief."""

    line: Line
    state: State
    title: str
    mine: bool
    workable: bool  # the worker may open it in the inbox
    messages: tuple[Said, ...]
    papers: tuple[Paper, ...]
    files: tuple[leads.File, ...]  # of the prospect
    profile: tuple[Fact, ...]
    stored: Transcript

    @property
    def id(self) -> str:
        return self.line.id

    @property
    def last(self) -> int:
        return self.line.last_seq


def require_talk(deps: Deps, worker: Worker, conversation: str) -> None:
    """NotFoundException for an unknown or erased talk, and for one that is not the worker's."""
    row = deps.db.peek(lambda tx: conversations.load(tx, conversation))
    if row is None or row.erased or not sees(worker, row):
        raise NotFoundException("desk.error.404")


async def view_talk(
    deps: Deps, worker: Worker, conversation: str, language: str, after: int = 0
) -> TalkView:
    """The talk in words of the language, its messages from the one after `after` on.

    NotFoundException for an unknown or erased one.
    """
    stored = await deps.db.read(lambda connection: read_transcript(connection, conversation))
    staff = deps.db.peek(accounts.all_staff)
    names = {each.id: each.display_name or each.name for each in staff}
    if stored is None:
        raise NotFoundException("desk.error.404")
    line, state = stored.line, records.read_state(stored.state)
    troubles = {each.seq: each for each in stored.deliveries if each.kind == "send"}
    messages = tuple(_said(row, names, troubles.get(row.seq)) for row in stored.messages)
    texts = {
        row.seq: show_note(deps.texts, language, row.body, row.text)
        for row in stored.messages
        if row.author == "note"
    }
    messages = tuple(
        msgspec.structs.replace(each, text=texts.get(each.seq, each.text)) for each in messages
    )
    sent = {each.id for message in messages for each in message.papers if each.kind == "file"}
    found = TalkView(
        line=line,
        state=state,
        title=line.title or line.city,
        mine=line.owner == "human" and line.staff_id == worker.id,
        workable=sees(worker, line),
        messages=tuple(message for message in messages if message.seq > after),
        papers=tuple(_paper(deps, each) for each in stored.documents),
        files=tuple(file for file in stored.files if file.id not in sent),
        profile=profile_facts(deps, state, language),
        stored=stored,
    )
    return found if worker.personal else conceal(found, contact_words(state))


def _paper(deps: Deps, given: leads.DocumentGiven) -> Paper:
    document = deps.pack.document(given.document)
    return Paper(
        document=given.document,
        title=document.title if document is not None else given.document,
        version=given.version,
        given_at=given.given_at,
        opened_at=given.opened_at,
    )


def profile_facts(deps: Deps, state: State, language: str) -> tuple[Fact, ...]:
    """What is known of the prospect, in a fixed order, with what it replaced."""
    known = state.profile
    order = [*(slot for slot in SLOT_ORDER if slot in known)]
    order += [slot for slot in known if slot not in order]
    return tuple(_fact(deps, slot, known[slot], language) for slot in order)


def _fact(deps: Deps, slot: str, known: Known, language: str) -> Fact:
    name = make_name(deps, language)
    return Fact(
        label=name("slot", slot),
        value=show_value(deps, slot, known.value, language),
        status=known.status,
        quote=known.quote,
        message=known.message,
        history=tuple(show_value(deps, slot, past.value, language) for past in known.history),
        slot=slot,
        by=known.by,
    )


def show_value(deps: Deps, slot: str, value: Value | None, language: str) -> str:
    """A slot's value as a person of the staff reads it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return deps.texts.say(language, "desk.yes" if value else "desk.no")
    if slot == "edition":
        return edition_names(deps, value, language)
    key = f"value.{slot}.{value}"
    return deps.texts.say(language, key) if deps.texts.has(language, key) else value


def edition_names(deps: Deps, value: str, language: str) -> str:
    """Names of editions that are joined by +."""
    found = [(part, deps.pack.edition(part)) for part in value.split("+") if part]
    return " + ".join(
        part if edition is None else edition.name.get(language, part) for part, edition in found
    )


def _said(row: MessageRow, names: Mapping[int, str], trouble: Delivery | None) -> Said:
    if row.author == "prospect":
        reading = records.read_reading(row.reading)
        return Said(
            seq=row.seq,
            author=row.author,
            who="",
            text=row.text,
            at=row.at,
            file=records.read_file_info(row.body),
            origin=reading.origin if reading is not None else "",
        )
    reply = records.read_reply(row.body, row.text)
    return Said(
        seq=row.seq,
        author=row.author,
        who=names.get(row.staff_id, "") if row.author in ("staff", "note") else "",
        text=row.text,
        at=row.at,
        buttons=tuple(button.label for button in reply.buttons if button.kind == "option"),
        papers=reply.attachments,
        trouble=trouble,
        remark=row.author == "note" and reply.key not in ("", "note"),
    )
