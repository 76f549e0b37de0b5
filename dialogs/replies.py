"""What pre-sales say often: which of it fits a lead, and with the lead's own values filled in."""

from __future__ import annotations

from dialogs import hours
from dialogs.base import Struct
from dialogs.pack import CannedReply, Pack
from dialogs.profile import value_of
from dialogs.texts import Texts
from dialogs.types import State

# What a canned reply may use besides `texts.GLOBAL_NAMES`; "" where it is not known.
NAMES = ("name", "customer", "edition", "price", "staff", "opening")


class Context(Struct):
    """Who answers, and when (ms). Without a time nothing is said of when the desk opens."""

    staff: str = ""
    now: int = 0


class Canned(Struct):
    """A canned reply in one language; `source` is a template."""

    id: str
    title: str
    source: str


def suggest(pack: Pack, state: State, language: str) -> tuple[Canned, ...]:
    """Every reply in the language, those for the lead's reasons first, for other reasons last."""
    ordered = sorted(pack.replies, key=lambda reply: _rank(reply, state))
    return tuple(_in(reply, language, pack.languages[0]) for reply in ordered)


def _rank(reply: CannedReply, state: State) -> int:
    """0 for the reason that fired first, then for later ones, then for any, then for others."""
    places = [state.reasons.index(each) for each in reply.when if each in state.reasons]
    if places:
        return min(places)
    return len(state.reasons) + bool(reply.when)


def _in(reply: CannedReply, language: str, otherwise: str) -> Canned:
    spoken = language if language in reply.text else otherwise
    return Canned(id=reply.id, title=reply.title[spoken], source=reply.text[spoken])


def fill(texts: Texts, canned: Canned, state: State, language: str, context: Context) -> str:
    """The reply with what is known of the prospect, ready to be looked over and sent."""
    name = f"reply/{canned.id}"
    values = values_of(texts, state, language, context)
    return texts.fill(language, name, canned.source, **values).strip()


def values_of(texts: Texts, state: State, language: str, context: Context) -> dict[str, str]:
    """The value of each of NAMES, as a reader of the language writes it."""
    return {
        "name": _text(state, "name"),
        "customer": _text(state, "company"),
        "edition": _edition(texts.pack, state, language),
        "price": _price(texts, state, language),
        "staff": context.staff,
        "opening": _opening(texts, language, context.now),
    }


def _text(state: State, slot: str) -> str:
    value = value_of(state.profile, slot)
    return value if isinstance(value, str) else ""


def _edition(pack: Pack, state: State, language: str) -> str:
    """The edition that was estimated, else the one that the prospect names."""
    chosen = state.estimate.edition if state.estimate is not None else _text(state, "edition")
    found = (pack.edition(part) for part in chosen.split("+") if part)
    return " + ".join(each.name.get(language, each.id) for each in found if each is not None)


def _price(texts: Texts, state: State, language: str) -> str:
    """The range of the estimate, from the price book; "" while there is none."""
    estimate = state.estimate
    if estimate is None or not estimate.currency or not estimate.high:
        return ""
    low = texts.money(language, estimate.low, estimate.currency)
    if estimate.low == estimate.high:
        return low
    high = texts.money(language, estimate.high, estimate.currency)
    return texts.say(language, "price.range", low=low, high=high)


def _opening(texts: Texts, language: str, now: int) -> str:
    """When the desk opens next; "" while it is open."""
    company = texts.pack.company
    if not now or hours.is_open(company, now):
        return ""
    opens = hours.next_change(company, now)
    return texts.moment(language, hours.local(company, opens)) if opens > now else ""
