"""A lead as other systems see it: in webhooks and in the read API."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.masking import PERSONAL, conceal, contact_words
from dialogs.types import State, Struct, Value
from storage.conversations import ConversationRow

# What tells who a person is; of a company its name is no secret of a person.
WHO = tuple(slot for slot in PERSONAL if slot != "company")


class LeadFact(Struct):
    """One thing that is known. `status`: stated, inferred, corrected, skipped, refused, unknown."""

    value: Value | None
    status: str
    message: int  # number of the message it comes from, 0 for none


class PriceShown(Struct):
    """Edition and price range as shown; amounts in minor units of the currency."""

    edition: str
    currency: str
    low: int
    high: int
    price_version: str


class Lead(Struct):
    """A conversation with a prospect and what came of it. Times as ISO 8601 in UTC.

    `facts` by slot. Without the right to personal data name, e-mail and phone are null, and stand
    nowhere in the other texts.
    """

    id: str
    created_at: str
    channel: str
    language: str
    source: str
    owner: str  # bot, waiting, human, closed
    staff: str  # display name of the colleague who has it, "" for nobody
    outcome: str
    reason: str  # first rule that brought in a human
    reasons: tuple[str, ...]
    stage: str
    close_reason: str
    facts: dict[str, LeadFact]
    price: PriceShown | None
    documents: tuple[str, ...]  # ids of papers given
    requirement: str  # title of the written requirement, "" for none
    messages: int  # of the prospect


def make_lead(row: ConversationRow, state: State, personal: bool) -> Lead:
    """The lead as this state has it; `row` may be older than the state."""
    lead = Lead(
        id=row.id,
        created_at=iso_moment(row.created_at),
        channel=row.channel,
        language=state.language,
        source=row.source,
        owner=state.owner,
        staff=state.staff,
        outcome=state.outcome,
        reason=state.reason,
        reasons=state.reasons,
        stage=state.stage,
        close_reason=state.close_reason,
        facts={
            slot: LeadFact(value=known.value, status=known.status, message=known.message)
            for slot, known in state.profile.items()
            if personal or slot not in WHO
        },
        price=_price(state),
        documents=tuple(dict.fromkeys(each.document for each in state.given)),
        requirement=state.requirement.title if state.requirement else "",
        messages=state.turns,
    )
    return lead if personal else veil(lead, state)


def veil(lead: Lead, state: State) -> Lead:
    """The lead for a system that may not know who it is."""
    hidden = {
        slot: LeadFact(value=None, status=known.status, message=known.message)
        for slot, known in state.profile.items()
        if slot in WHO
    }
    veiled = conceal(lead, contact_words(state, WHO))
    return Lead(
        **{name: getattr(veiled, name) for name in Lead.__struct_fields__ if name not in _KEPT},
        id=lead.id,
        created_at=lead.created_at,
        facts={**veiled.facts, **hidden},
    )


_KEPT = ("id", "created_at", "facts")


def iso_moment(at: int) -> str:
    """Milliseconds since 1970 as ISO 8601 in UTC; "" for 0."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds") if at else ""


def _price(state: State) -> PriceShown | None:
    shown = state.estimate
    if shown is None:
        return None
    return PriceShown(
        edition=shown.edition,
        currency=shown.currency,
        low=shown.low,
        high=shown.high,
        price_version=shown.price_version,
    )
