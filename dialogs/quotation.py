"""What the prospect is told of prices and of the edition that fits; every amount is a row."""

from __future__ import annotations

import msgspec

from dialogs import pricing, profile
from dialogs.effects import RecordEstimate
from dialogs.talk import Talk
from dialogs.types import Amount, Button, Estimate
from dialogs.understanding.clauses import is_question

SHORT = 30  # characters of a question that names an edition or a currency and nothing else
_MISTAKEN = frozenset({"provide_info", "ask_feature", "unclear"})
STANDARD_LINES = ("discount", "agency")  # cues with one standard line each


def take_in(talk: Talk) -> None:
    """Before anything is judged: after a price, a bare "and Cluster?" or "in dollars?" asks one."""
    state, reading = talk.state, talk.reading
    if not state.shown or not (state.price_asks or state.outcome == "price_only"):
        return
    if len(reading.text) > SHORT or set(reading.intents) - _MISTAKEN:
        return
    edition = set(reading.slots) == {"edition"} and is_question(reading.text.lower())
    if edition or (not reading.slots and pricing.currency_named(reading.text)):
        talk.reading = msgspec.structs.replace(reading, intents=("ask_price",))


def price_question(talk: Talk) -> None:
    """Answer a price question; on discounts and agencies only the standard line."""
    named = pricing.currency_named(talk.reading.text)
    if named:
        talk.update(currency=named)
    if set(talk.reading.cues) & set(STANDARD_LINES):
        standard_line(talk)
        if not talk.intends("ask_price") or talk.state.shown:
            return
    give_price(talk)


def standard_line(talk: Talk) -> None:
    """Discounts and agencies: one line each, and to a price-only visitor a person at the second."""
    for cue in STANDARD_LINES:
        if cue in talk.reading.cues:
            talk.say(f"answer.{cue}", buttons=_door(talk, cue))
    if talk.state.outcome == "price_only":
        talk.update(commercial_asks=talk.state.commercial_asks + 1)
        if talk.state.commercial_asks >= 2:
            talk.say("answer.person_offer", buttons=[talk.button("person", "person")])


def _door(talk: Talk, cue: str) -> list[Button]:
    """The terms of partners are a colleague's: a way to one, where no rule brings one in."""
    state = talk.state
    alone = state.owner == "bot" and state.outcome != "price_only"
    return [talk.button("person", "person")] if cue == "agency" and alone else []


def give_price(talk: Talk) -> None:
    """The price of the service or the edition named, else of the edition estimated, else of all
    editions, from the price book."""
    editions = _editions_to_price(talk)
    if "edition" not in talk.reading.slots and _service_prices(talk, editions):
        return
    offers = [o for e in editions if (o := pricing.offer(talk.pack, talk.state, e, talk.now))]
    if not offers:
        talk.say("price.none", buttons=[talk.button("person", "person")])
    elif len(offers) == 1:
        _one_price(talk, offers[0])
    else:
        _all_prices(talk, offers)


def _service_prices(talk: Talk, editions: list[str]) -> bool:
    """Of training, hosting and the like, if that is what was asked. False if not."""
    if not talk.intends("ask_price", *_MISTAKEN):
        return False
    language = talk.state.language
    items = pricing.services_named(talk.pack, talk.reading.text, language)
    found = pricing.services(talk.pack, talk.state, items, editions, talk.now)
    if found is None:
        return False
    lines = [line_text(talk, line) for line in found.lines]
    talk.say(
        "price.services",
        amounts=[amount for line in found.lines for amount in line.amounts()],
        lines=lines,
        version=found.version,
        valid_to=talk.texts.day(language, found.valid_to),
    )
    kept = [f"{line} ({found.version})" for line in lines]
    new = [line for line in kept if line not in talk.state.shown]
    talk.update(shown=(*talk.state.shown, *new)[-20:])
    return True


def _editions_to_price(talk: Talk) -> list[str]:
    named = talk.reading.slots.get("edition")
    if not isinstance(named, str):
        named = None
    if named is None and talk.state.estimate is not None:
        named = talk.state.estimate.edition
    if named is None:
        kept = talk.value("edition")
        named = kept if isinstance(kept, str) else None
    if named is None and pricing.can_estimate(talk.state):
        found = pricing.estimate(talk.pack, talk.state)
        named = found.edition if found else None
    known = [e.id for e in talk.pack.editions]
    wanted = [e for e in (named or "").split("+") if e in known]
    return wanted or known


def _one_price(talk: Talk, offer: pricing.Offer) -> None:
    services = [line_text(talk, line) for line in offer.services]
    language = talk.state.language
    talk.say(
        "price.one",
        amounts=offer.amounts(),
        edition=talk.edition_name(offer.edition.id),
        licence=span_text(talk, offer.licence),
        is_range=offer.licence.low != offer.licence.high,
        yearly=[line_text(talk, line) for line in offer.yearly],
        features=offer.edition.features.get(language, ())[:4],
        services=services,
        version=offer.version,
        valid_to=talk.texts.day(language, offer.valid_to),
    )
    _remember_shown(talk, offer)


def _all_prices(talk: Talk, offers: list[pricing.Offer]) -> None:
    amounts: list[Amount] = []
    lines = []
    for offer in offers:
        amounts.extend(offer.licence.amounts())
        amounts.extend(a for line in offer.yearly for a in line.amounts())
        lines.append(
            talk.text(
                "price.line",
                edition=talk.edition_name(offer.edition.id),
                licence=span_text(talk, offer.licence),
                yearly=[span_text(talk, line) for line in offer.yearly],
                summary=offer.edition.summary.get(talk.state.language, ""),
            )
        )
        _remember_shown(talk, offer)
    talk.say(
        "price.all",
        amounts=amounts,
        lines=lines,
        version=offers[0].version,
        valid_to=talk.texts.day(talk.state.language, min(o.valid_to for o in offers)),
    )


def _remember_shown(talk: Talk, offer: pricing.Offer) -> None:
    """Note for the brief what was shown, with its price list."""
    edition = talk.edition_name(offer.edition.id)
    line = f"{edition} {span_text(talk, offer.licence)} ({offer.version})"
    if line not in talk.state.shown:
        talk.update(shown=(*talk.state.shown, line)[-20:])


def span_text(talk: Talk, line: pricing.Line) -> str:
    """An amount, or a range between two rows, as the person reads it."""
    language = talk.state.language
    low = talk.texts.money(language, line.low, line.currency)
    if line.low == line.high:
        return low
    high = talk.texts.money(language, line.high, line.currency)
    return talk.text("price.range", low=low, high=high)


def line_text(talk: Talk, line: pricing.Line) -> str:
    name = line.name.get(talk.state.language) or next(iter(line.name.values()))
    unit = talk.text(f"unit.{line.unit}")
    return talk.text("price.item", name=name, amount=span_text(talk, line), unit=unit)


def price_only(talk: Talk) -> None:
    """No more questions: the price with what is inside and what would change it, one quiet door."""
    talk.update(outcome="price_only", question=None, spared=True)
    if not any(r.key.startswith("price.") for r in talk.replies):
        give_price(talk)
    talk.say(
        "price.door",
        buttons=[talk.button("documents", "more"), talk.button("person", "person")],
    )


# --- edition estimate ----------------------------------------------------------------------------


def show_estimate(talk: Talk) -> None:
    """Show the edition that fits once enough is known, and again whenever it changes."""
    from_before = talk.state.estimate
    if from_before is None and not _organisation_is_done(talk):
        return
    found = pricing.estimate(talk.pack, talk.state)
    if found is None:
        return
    found = pricing.priced(talk.pack, talk.state, found, talk.now)
    if from_before is not None and _is_same(from_before, found):
        return
    if from_before is None and not _worth_showing(talk):
        return
    talk.update(estimate=found)
    talk.do(RecordEstimate(estimate=found))
    if from_before is not None and _costs_the_same(from_before, found):
        edition = talk.edition_name(found.edition)
        talk.say("estimate.same", edition=edition, reason=found.reason)
        return
    _say_estimate(talk, changed=from_before is not None and from_before.edition != found.edition)


def _costs_the_same(one: Estimate, other: Estimate) -> bool:
    return (one.edition, one.currency, one.low, one.high, one.price_version) == (
        other.edition,
        other.currency,
        other.low,
        other.high,
        other.price_version,
    )


def _is_same(one: Estimate, other: Estimate) -> bool:
    """The same but for the language in which the reason is told."""
    return one.rule == other.rule and _costs_the_same(one, other)


def _organisation_is_done(talk: Talk) -> bool:
    """Learned, or all its questions are settled and something was told."""
    known = talk.state.profile
    if profile.learned(known, "organisation"):
        return True
    topic = next((t for t in talk.pack.topics if t.id == "organisation"), None)
    asked = [q.slot for q in topic.questions] if topic else []
    told = any(profile.value_of(known, s) is not None for s in asked)
    return told and all(s in known for s in asked)


def _worth_showing(talk: Talk) -> bool:
    return bool(set(talk.changed) & {"ownership", "headcount", "own_servers", "city", "buyer_type"})


def repeat_estimate(talk: Talk) -> None:
    """Say again which edition fits, on the prospect's wish."""
    _say_estimate(talk, changed=False)


def _say_estimate(talk: Talk, *, changed: bool) -> None:
    estimate = talk.state.estimate
    if estimate is None:
        return
    cost = pricing.offer(talk.pack, talk.state, estimate.edition, talk.now)
    if cost is None:
        talk.say(
            "estimate.unpriced", edition=talk.edition_name(estimate.edition), reason=estimate.reason
        )
        return
    talk.say(
        "estimate.changed" if changed else "estimate.first",
        amounts=cost.licence.amounts(),
        edition=talk.edition_name(estimate.edition),
        reason=estimate.reason,
        licence=span_text(talk, cost.licence),
        is_range=cost.licence.low != cost.licence.high,
        version=cost.version,
        valid_to=talk.texts.day(talk.state.language, cost.valid_to),
    )
    _remember_shown(talk, cost)
