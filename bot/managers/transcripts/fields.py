"""By what transcripts can be filtered: each field with its name in the address and its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from bot.desk.choices import CLOSE_REASONS
from bot.managers.choices import CHANNELS, OUTCOMES
from bot.masking import PERSONAL
from bot.web.deps import Deps
from bot.web.staffpages import Worker
from bot.web.talk_view import SLOT_ORDER
from dialogs.pack import OwnSlot
from dialogs.types import (
    DEPARTMENTS,
    DOCUMENT_KINDS,
    PASSING_SLOTS,
    REASONS,
    SLOTS,
    Owner,
    Stage,
    Struct,
)
from storage import accounts
from storage.conditions import ANY, JOURNEY, KNOWN, REFUSED, SKIPPED, SLOT, UNKNOWN, UNSURE
from storage.conversations import MILESTONES

Kind = Literal["choice", "text", "page", "path", "span", "slot", "words", "number"]
GROUPS = ("talk", "prospect", "told", "course", "review")

FLAGS = ("good", "wrong_answer", "missed_lead", "rude", "other")
VERDICTS = ("good", "fair", "poor")
LENGTHS = ("1-4", "5-9", "10-19", "20-49", "50-")  # messages
OF_SLOT = (KNOWN, UNKNOWN, REFUSED, SKIPPED, UNSURE)
NUMBERS = ("headcount", "budget")  # slots that are asked for from and to
PRICED = ("budget",)  # of these, the ones in a currency
IN_THEIR_WORDS = ("name", "company", "role", "need")  # slots that are asked for by a part
YES_NO = ("true", "false")
CLOSED: Mapping[str, tuple[str, ...]] = {
    "buyer_type": ("enterprise", "individual"),
    "ownership": ("private", "state_owned"),
    "own_servers": YES_NO,
    "department": DEPARTMENTS,
    "authority": ("decides", "recommends", "none"),
    "written_requirement": YES_NO,
    "existing_customer": YES_NO,
}
NOT_OFFERED = ("edition", *PASSING_SLOTS)  # the talk's own edition and language stand for these


class Field(Struct):
    """Something that can be asked of a talk.

    `kind`: choice, one of `values`; text, as it stands; page, by its beginning; path, the same up
    to its question mark, behind which somebody's address may stand; span, of messages;
    slot, a value of the profile; words, a part of one; number, from and to.

    `target`: the field of a storage condition. `values`: all that there are, () for any text.
    `names`: the text key under which its values are named.
    """

    name: str
    target: str
    group: str
    kind: Kind
    values: tuple[str, ...] = ()
    names: str = ""
    key: str = ""  # of its name
    units: tuple[str, ...] = ()  # currencies of a number

    @property
    def extra(self) -> tuple[str, ...]:
        """What can be chosen of any slot besides its values."""
        return OF_SLOT if self.kind in ("slot", "words", "number") else ()


def make_fields(deps: Deps, worker: Worker) -> dict[str, Field]:
    """All fields that the worker may filter by, in the order in which they are offered."""
    found = [*_of_talk(deps, worker), *_of_profile(deps, worker), *_of_course(deps), *_of_review()]
    return {field.name: field for field in found}


def _choice(name: str, group: str, values: tuple[str, ...], names: str, target: str = "") -> Field:
    return Field(
        name=name,
        target=target or name,
        group=group,
        kind="choice",
        values=values,
        names=names,
        key=f"filters.field.{name}",
    )


def _of_talk(deps: Deps, worker: Worker) -> list[Field]:
    page: Kind = "page" if worker.personal else "path"
    staff = tuple(str(each.id) for each in deps.db.peek(accounts.all_staff))
    editions = tuple(edition.id for edition in deps.pack.editions)
    return [
        _choice("outcome", "talk", OUTCOMES, "desk.outcome"),
        _choice("reason", "talk", REASONS, "reason"),
        _choice("owner", "talk", get_args(Owner), "desk.owner"),
        _choice("staff", "talk", staff, "staff"),
        Field(name="team", target="team", group="talk", kind="text", key="filters.field.team"),
        _choice("stage", "talk", get_args(Stage), "desk.stage"),
        _choice("closed_as", "talk", CLOSE_REASONS, "desk.close"),
        _choice("edition", "talk", editions, "edition"),
        _choice("channel", "talk", CHANNELS, "channel"),
        _choice("tongue", "talk", deps.pack.languages, "language.name", "language"),
        Field(name="source", target="source", group="talk", kind=page, key="filters.field.source"),
        Field(
            name="length",
            target="length",
            group="talk",
            kind="span",
            values=LENGTHS,
            names="filters.length",
            key="filters.field.length",
        ),
    ]


def _of_profile(deps: Deps, worker: Worker) -> list[Field]:
    own = {slot.id: slot for slot in deps.pack.own_slots}
    offered = [*SLOT_ORDER, *(slot for slot in SLOTS if slot not in SLOT_ORDER), *own]
    hidden = () if worker.personal else PERSONAL
    kinds = tuple(segment.id for segment in deps.pack.segments)
    found = [
        Field(
            name=slot,
            target=SLOT + slot,
            group="prospect",
            kind=_kind_of(slot, own.get(slot)),
            values=own[slot].values if slot in own else CLOSED.get(slot, ()),
            names=f"value.{slot}",
            key=f"slot.{slot}",
            units=deps.pack.company.currencies if slot in PRICED else (),
        )
        for slot in offered
        if slot not in NOT_OFFERED and slot not in hidden
    ]
    if kinds:
        found.append(_choice("segment", "prospect", kinds, "segment", SLOT + "segment"))
    return found


def _kind_of(slot: str, own: OwnSlot | None) -> Kind:
    if slot in NUMBERS:
        return "number"
    in_words = slot in IN_THEIR_WORDS or (own is not None and own.kind == "text")
    return "words" if in_words else "slot"


def _of_course(deps: Deps) -> list[Field]:
    steps = ("opened", *MILESTONES)
    kinds = "document_kind"
    return [
        _choice("asked", "course", DOCUMENT_KINDS, kinds),
        _choice("given", "course", DOCUMENT_KINDS, kinds),
        _choice("opened", "course", DOCUMENT_KINDS, kinds, "read"),
        _choice("step", "course", steps, "filters.step"),
        _choice("lost_at", "course", JOURNEY, "filters.step"),
        Field(name="topic", target="topic", group="", kind="text", key="filters.field.topic"),
        _choice("file", "course", (ANY,), "filters.any"),
        _choice("custom", "course", (ANY,), "filters.any"),
        _choice("unanswered", "course", (ANY,), "filters.any"),
    ]


def _of_review() -> list[Field]:
    return [
        _choice("rated", "review", (ANY, "5", "4", "3", "2", "1"), "filters.stars"),
        _choice("flag", "review", (ANY, *FLAGS), "flag"),
        _choice("comment", "review", (ANY,), "filters.any"),
        _choice("review", "review", (ANY, *VERDICTS), "verdict"),
    ]
