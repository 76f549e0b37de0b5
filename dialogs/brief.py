"""The brief: what a human must know at a glance, from stored fields alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dialogs import texts as words
from dialogs.pack import Pack
from dialogs.talk import Talk
from dialogs.types import Estimate, Incoming, Known, Past, State, Struct, Value

MAX_QUOTE = 160  # characters of the prospect's own words that the brief shows

_WHO = ("name", "company", "buyer_type", "ownership", "headcount", "city", "industry")
_LEVEL = ("department", "role", "authority")
_REACH = ("email", "phone")
_OPEN_STATUS = ("refused", "unknown", "skipped")


class BriefLine(Struct):
    """One fact. `status` is the slot's, or "" for what the house did itself; `message` a seq."""

    section: str
    label: str
    text: str
    status: str = ""
    message: int = 0
    by: str = ""  # who of the staff entered it, "" for the prospect


class Brief(Struct):
    headline: str
    lines: tuple[BriefLine, ...]


def brief(pack: Pack, state: State, now: int, language: str = "") -> Brief:
    """The brief in the language of the desk (default: of the talk). Bounded in every part."""
    speaking = msgspec.structs.replace(state, language=language or state.language)
    nothing = Incoming(conversation="", external_id="", kind="timer")
    talk = Talk(words.of(pack), speaking, nothing, None, now)
    lines = [line for section in _SECTIONS for line in section(talk)]
    return Brief(headline=_headline(talk, state.language), lines=tuple(lines))


def _headline(talk: Talk, spoken: str) -> str:
    state = talk.state
    waits = state.owner == "waiting" and state.waiting_since > 0
    minutes = (talk.now - state.waiting_since) // 60_000 if waits else 0
    return talk.text(
        "brief.headline",
        reason=talk.text(f"reason.{state.reason}") if state.reason else talk.text("reason.none"),
        channel=talk.text(f"channel.{state.channel or 'widget'}"),
        spoken=talk.text(f"language.name.{spoken}"),
        waits=waits,
        minutes=minutes,
    )


def _known(talk: Talk, section: str, slots: tuple[str, ...]) -> Iterator[BriefLine]:
    for slot in slots:
        known = talk.state.profile.get(slot)
        if known is None or known.value is None:
            continue
        yield BriefLine(
            section=section,
            label=talk.text(f"slot.{slot}"),
            text=_with_history(talk, slot, known, known.value),
            status=known.status,
            message=known.message,
            by=known.by,
        )


def _with_history(talk: Talk, slot: str, known: Known, value: Value) -> str:
    before = [p for p in known.history if p.value is not None and p.value != value]
    shown = talk.label(slot, value)
    if not before or known.status != "corrected":
        return shown[:MAX_QUOTE]
    was = _past(talk, slot, before[-1])
    return talk.text("brief.was", now=shown[:MAX_QUOTE], was=was[:MAX_QUOTE])


def _past(talk: Talk, slot: str, past: Past) -> str:
    return talk.label(slot, past.value) if past.value is not None else ""


def _who(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "who", _WHO)


def _level(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "level", _LEVEL)


def _need(talk: Talk) -> Iterator[BriefLine]:
    known = talk.state.profile.get("need")
    if known is not None and known.value is not None:
        yield BriefLine(
            section="need",
            label=talk.text("slot.need"),
            text=(known.quote or str(known.value))[:MAX_QUOTE],
            status=known.status,
            message=known.message,
            by=known.by,
        )


def _own_slots(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "need", tuple(slot.id for slot in talk.pack.own_slots))


def _requirement(talk: Talk) -> Iterator[BriefLine]:
    made = talk.state.requirement
    known = talk.state.profile.get("written_requirement")
    if made is not None:
        text = talk.text(
            "brief.requirement",
            title=made.title[:80],
            items=len(made.items),
            version=made.version,
            confirmed=made.confirmed,
        )
    elif known is not None and known.value is True:
        text = talk.text("brief.requirement_told")
    elif known is not None and known.value is False:
        text = talk.text("brief.requirement_none")
    else:
        return
    message = known.message if known else 0
    status = known.status if known else ""
    yield BriefLine(
        section="requirement",
        label=talk.text("slot.written_requirement"),
        text=text,
        status=status,
        message=message,
    )


def _environment(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "environment", ("own_servers",))


def _edition(talk: Talk) -> Iterator[BriefLine]:
    estimate = talk.state.estimate
    yield from _known(talk, "edition", ("edition",))
    if estimate is not None:
        why = _reason_for(talk, estimate)[:MAX_QUOTE]
        edition = talk.edition_name(estimate.edition)
        yield _own(
            talk, "edition", "estimate", talk.text("brief.estimate", edition=edition, why=why)
        )
    if talk.state.shown:
        yield _own(talk, "edition", "shown", "; ".join(talk.state.shown[-2:]))


def _reason_for(talk: Talk, estimate: Estimate) -> str:
    """Why the edition fits, as the pack says it in the desk's language; where its rule is no
    longer there, as the prospect was told."""
    rules = (rule for rule in talk.pack.edition_rules if rule.id == estimate.rule)
    rule = next(rules, None)
    return rule.reason.get(talk.state.language, estimate.reason) if rule else estimate.reason


def _documents(talk: Talk) -> Iterator[BriefLine]:
    names = []
    for given in talk.state.given[-4:]:
        paper = talk.pack.document(given.document)
        key = "brief.opened" if given.opened else "brief.unopened"
        names.append(talk.text(key, title=paper.title if paper else given.document))
    if names:
        yield _own(talk, "documents", "documents", "; ".join(names))


def _questions(talk: Talk) -> Iterator[BriefLine]:
    points = [f"“{p[:80]}”" for p in talk.state.open_points[-3:]]
    if points:
        yield _own(talk, "questions", "open_points", "; ".join(points))
    yield from _known(talk, "questions", ("alternatives",))


def _timing(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "timing", ("timeline", "budget"))


def _gaps(talk: Talk) -> Iterator[BriefLine]:
    gaps = [
        talk.text("brief.gap", what=talk.text(f"slot.{s}"), status=talk.text(f"status.{k.status}"))
        for s, k in talk.state.profile.items()
        if k.value is None and k.status in _OPEN_STATUS
    ]
    if gaps:
        yield _own(talk, "gaps", "gaps", "; ".join(gaps))


def _contact(talk: Talk) -> Iterator[BriefLine]:
    yield from _known(talk, "contact", _REACH)


def _next(talk: Talk) -> Iterator[BriefLine]:
    state = talk.state
    if state.reason:
        yield _own(talk, "next", "next", talk.text(f"next.{state.reason}"))
    if state.routed:
        key = f"team.{state.routed}"
        known = talk.texts.has(state.language, key)
        yield _own(talk, "next", "routed", talk.text(key) if known else state.routed)
    if state.owner == "waiting" and state.called:
        yield _own(talk, "next", "called", talk.texts.listed(talk.state.language, state.called))
    if len(state.reasons) > 1:
        more = ", ".join(talk.text(f"reason.{r}") for r in state.reasons if r != state.reason)
        yield _own(talk, "next", "also", more)


def _left(talk: Talk) -> Iterator[BriefLine]:
    """What colleagues said of it: why it was sent back, and their last line."""
    state = talk.state
    if state.returned:
        reason = talk.text(f"desk.{state.returned}")
        words = talk.text("brief.returned", reason=reason, name=state.returned_by)
        yield _own(talk, "left", "returned", words)
    if state.line:
        words = talk.text("brief.left", line=state.line[:MAX_QUOTE], name=state.line_by)
        yield _own(talk, "left", "left", words)


def _own(talk: Talk, section: str, label: str, text: str) -> BriefLine:
    return BriefLine(section=section, label=talk.text(f"brief.label.{label}"), text=text)


_SECTIONS = (
    _left,
    _who,
    _level,
    _need,
    _own_slots,
    _requirement,
    _environment,
    _edition,
    _documents,
    _questions,
    _timing,
    _gaps,
    _contact,
    _next,
)
