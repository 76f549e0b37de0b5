"""What stands beside a talk: profile, papers to send, ready words, people, and whom it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.desk.joining import Duplicate, find_duplicates
from bot.desk.profile import Editable, editable
from bot.masking import CONTACT
from bot.presales.timeline import Entry, Timeline, mark_days, show_range
from bot.web.deps import Deps
from bot.web.masked import conceal_talk
from bot.web.parts import Part, Tasks, cut, list_tasks, weigh, weigh_message
from bot.web.staffpages import Worker
from bot.web.talk_view import Fact, TalkView, edition_names, sees, show_value
from dialogs.documents import Recipient, available, best_for, choose
from dialogs.pricing import iso_day
from dialogs.replies import Context, fill, suggest
from dialogs.types import State, Struct
from storage import desk, reading, worklist
from storage.db import Tx
from storage.desk import Case
from storage.joined import joined_with
from storage.reading import Line
from storage.worklist import Flagged, Remark

LIKELY = 4  # papers that are shown at once
TALK_ROOM = 18_000  # bytes of the talk: a list and the lead's own side stand on the same page
REMARKS_ROOM = 4_000  # bytes of what managers said, beside a talk


class Offer(Struct):
    """A paper that may be sent; `given`: it was, in this version."""

    id: str
    title: str
    kind: str
    language: str
    version: str
    given: bool


class Field(Struct):
    """A slot that staff may fill in: what is known of it, and what it takes."""

    slot: str
    label: str
    kind: str  # choice, yes_no, text
    value: str  # as a form gives it, "" for none
    choices: tuple[tuple[str, str], ...]  # (value, label)
    fact: Fact | None


class Ready(Struct):
    """Words that can be used as they are."""

    id: str
    title: str
    text: str


class Twin(Struct):
    """Another talk of what seems to be the same person. `why` names what is alike."""

    line: Line
    why: str


class LeadView(Struct):
    """Everything around a talk's brief and messages."""

    case: Case
    timeline: tuple[Entry, ...]
    part: Part  # that the timeline is
    fields: tuple[Field, ...]
    offers: tuple[Offer, ...]
    estimate: str  # edition and price range that stand now, "" for none
    opening: str
    ready: tuple[Ready, ...]
    twins: tuple[Twin, ...]
    joined: tuple[Line, ...]
    remarks: tuple[Remark, ...]  # a part of them, the newest unless another is asked for
    remarks_part: Part
    tasks: Tasks
    flags: tuple[Flagged, ...]


class Look(Struct):
    """How a lead is looked at: in which language; which part of its talk, 0 for the newest, or the
    one with a message; or what came after a message (-1: not asked); which part of the remarks and
    of the tasks beside it."""

    language: str
    part: int = 0
    message: int = 0
    after: int = -1
    remarks: int = 0
    tasks: int = 0


async def view_lead(deps: Deps, worker: Worker, talk: TalkView, look: Look) -> LeadView:
    """The lead of a talk, in words of the reader's language."""
    found = await deps.db.read(lambda connection: worklist.around(connection, talk.id))
    case, twins, joined = deps.db.peek(lambda tx: _relations(tx, talk))
    lines = await _lines(deps, worker, [*(each.conversation for each in twins), *joined])
    entries = Timeline(deps, talk, found, look.language).entries()
    part = _part_of(entries, look)
    weights = [weigh(each.text) for each in found.remarks]
    said = cut(weights, look.remarks, room=REMARKS_ROOM)
    shown = entries[part.start : part.end] if look.after < 0 else _after(entries, part, look.after)
    return LeadView(
        case=case,
        timeline=tuple(mark_days(deps, shown, look.language)),
        part=part,
        fields=tuple(fields_of(deps, worker, talk, look.language)),
        offers=tuple(offers_for(deps, talk.state)),
        estimate=_estimate(deps, talk, look.language),
        opening=opening_line(deps, worker, talk.state),
        ready=tuple(_ready(deps, worker, talk.state)),
        twins=tuple(
            Twin(line=lines[each.conversation], why=each.why)
            for each in twins
            if each.conversation in lines
        ),
        joined=tuple(lines[each] for each in joined if each in lines),
        remarks=_show_remarks(deps, worker, talk, found.remarks[said.start : said.end]),
        remarks_part=said,
        tasks=list_tasks(talk.stored.tasks, look.tasks),
        flags=found.flags,
    )


def _show_remarks(
    deps: Deps, worker: Worker, talk: TalkView, remarks: tuple[Remark, ...]
) -> tuple[Remark, ...]:
    """What colleagues wrote about the talk, as far as the worker may know it."""
    if worker.personal:
        return remarks
    return deps.db.peek(lambda tx: conceal_talk(tx, talk.id, remarks))


def _part_of(entries: tuple[Entry, ...], look: Look) -> Part:
    weights = [weigh_message(each.said) if each.said else weigh(each.words) for each in entries]
    places = (place for place, each in enumerate(entries) if each.said)
    at = next((p for p in places if entries[p].message == look.message), -1)
    return cut(weights, look.part, at, TALK_ROOM)


def _after(entries: tuple[Entry, ...], part: Part, after: int) -> tuple[Entry, ...]:
    """Messages that came after a number, and the events of the newest part: the page knows which
    it has."""
    newest = enumerate(entries)
    return tuple(
        each
        for place, each in newest
        if (each.said.seq > after if each.said is not None else place >= part.start)
    )


def _relations(tx: Tx, talk: TalkView) -> tuple[Case, tuple[Duplicate, ...], tuple[str, ...]]:
    return (
        desk.get(tx, talk.id),
        find_duplicates(tx, talk.id, talk.state),
        joined_with(tx, talk.id),
    )


async def _lines(deps: Deps, worker: Worker, talks: list[str]) -> Mapping[str, Line]:
    if not talks:
        return {}
    lines = await deps.db.read(lambda connection: reading.lines_of(connection, talks))
    return {key: line for key, line in lines.items() if sees(worker, line)}


# --- profile -------------------------------------------------------------------------------------


def fields_of(deps: Deps, worker: Worker, talk: TalkView, language: str) -> Iterable[Field]:
    """Every slot that the worker may fill in, those that are known first."""
    facts = {fact.slot: fact for fact in talk.profile}
    hidden = () if worker.personal else CONTACT
    every = {each.slot: each for each in editable(deps.pack) if each.slot not in hidden}
    order = [*(slot for slot in facts if slot in every), *(s for s in every if s not in facts)]
    return (_field(deps, every[slot], facts.get(slot), talk, language) for slot in order)


def _field(deps: Deps, wanted: Editable, fact: Fact | None, talk: TalkView, language: str) -> Field:
    known = talk.state.profile.get(wanted.slot)
    value = known.value if known is not None else None
    label_key = f"slot.{wanted.slot}"
    has = deps.texts.has(language, label_key)
    return Field(
        slot=wanted.slot,
        label=deps.texts.say(language, label_key) if has else wanted.slot,
        kind=wanted.kind,
        value=("true" if value else "false") if isinstance(value, bool) else value or "",
        choices=tuple(
            (each, show_value(deps, wanted.slot, each, language)) for each in wanted.values
        ),
        fact=fact,
    )


# --- what can be sent ----------------------------------------------------------------------------


def offers_for(deps: Deps, state: State) -> Iterable[Offer]:
    """One paper of each kind, in the prospect's language, the likeliest first."""
    estimate = state.estimate
    recipient = Recipient(
        profile=state.profile,
        language=state.language,
        today=iso_day(deps.now()),
        given=state.given,
        edition=estimate.edition if estimate is not None else "",
    )
    there = dict.fromkeys(paper.kind for paper in available(deps.pack, recipient.today))
    kinds = dict.fromkeys((*best_for(deps.pack, recipient), *there))
    for choice in choose(deps.pack, kinds, recipient):
        paper = choice.document
        if paper is not None:
            yield Offer(
                id=paper.id,
                title=paper.title,
                kind=paper.kind,
                language=paper.language,
                version=paper.version,
                given=choice.already_given,
            )


def _estimate(deps: Deps, talk: TalkView, language: str) -> str:
    shown = talk.stored.estimates
    if not shown:
        return ""
    edition = edition_names(deps, shown[-1].edition, language)
    return ", ".join(filter(None, (edition, show_range(shown[-1], language))))


def opening_line(deps: Deps, worker: Worker, state: State) -> str:
    """A first line to the prospect, in their language, by the reason for which they wait."""
    texts, language = deps.texts, state.language
    key = f"opening.{state.reason}"
    known = state.profile.get("name")
    return texts.say(
        language,
        key if texts.has(language, key) else "opening.other",
        name=known.value if known is not None and isinstance(known.value, str) else "",
        staff=worker.display_name,
    )


def _ready(deps: Deps, worker: Worker, state: State) -> Iterable[Ready]:
    context = Context(staff=worker.display_name, now=deps.now())
    for each in suggest(deps.pack, state, state.language):
        text = fill(deps.texts, each, state, state.language, context)
        yield Ready(id=each.id, title=each.title, text=text)
