"""The prospect's own questions: price, papers, the product, terms, why we ask, and the rest."""

from __future__ import annotations

from dialogs import documents, pricing, profile
from dialogs.talk import Talk
from dialogs.types import (
    Amount,
    Attachment,
    Button,
    GiveDocument,
    Given,
    Passage,
    RecordEstimate,
    RecordUnanswered,
)

_FROM_PAPERS = ("ask_feature", "ask_commercial", "ask_trial")
_STANDARD_LINES = ("discount", "agency")  # cues with one standard line each
_BY_RULES = ("discount", "contract", "legal", "agency", "tender")  # never from passages
_KIND_BUTTONS = ("brochure", "white_paper", "comparison", "case_study", "manual")


def answer(talk: Talk) -> bool:
    """Answer all that the message asks. True when something was said."""
    before = len(talk.replies)
    if talk.intends("small_talk"):
        _small_talk(talk)
    if talk.intends("ask_why"):
        _why(talk)
    kinds = _kinds(talk)
    if talk.intends("ask_price") or "price_list" in kinds:
        _price_question(talk)
    if talk.intends("ask_document") and kinds != ("price_list",):
        hand_over(talk, kinds)
    if talk.intends(*_FROM_PAPERS):
        _from_papers(talk)
    if talk.intends("custom_requirement"):
        _keep_point(talk)
    if talk.intends("out_of_scope"):
        _outside(talk)
    if talk.intends("abuse"):
        talk.say("answer.abuse")
    return len(talk.replies) > before


def _small_talk(talk: Talk) -> None:
    if len(talk.reading.intents) == 1 and not talk.changed:
        asks = "?" in talk.reading.text or "？" in talk.reading.text
        talk.say("answer.who" if asks else "answer.small_talk")


def _why(talk: Talk) -> None:
    question = talk.state.question
    key = f"why.{question.slot}" if question else ""
    if key and talk.texts.has(talk.state.language, key):
        talk.say(key)
    else:
        talk.say("why.general")


def _outside(talk: Talk) -> None:
    """Outside our field; a passage that fully covers the words shows that it was inside."""
    if not _quote(talk):
        talk.say("answer.out_of_scope")


# --- price ---------------------------------------------------------------------------------------


def _price_question(talk: Talk) -> None:
    named = pricing.currency_named(talk.reading.text)
    if named:
        talk.update(currency=named)
    if set(talk.reading.cues) & set(_STANDARD_LINES):
        standard_line(talk)
        if not talk.intends("ask_price") or talk.state.shown:
            return
    give_price(talk)


def standard_line(talk: Talk) -> None:
    """Discounts and agencies: one line each, and to a price-only visitor a person at the second."""
    for cue in _STANDARD_LINES:
        if cue in talk.reading.cues:
            talk.say(f"answer.{cue}")
    if talk.state.outcome == "price_only":
        talk.update(commercial_asks=talk.state.commercial_asks + 1)
        if talk.state.commercial_asks >= 2:
            talk.say("answer.person_offer", buttons=[talk.button("person", "person")])


def give_price(talk: Talk) -> None:
    """The price of the edition named or estimated, else of all editions, from the price book."""
    editions = _editions_to_price(talk)
    offers = [o for e in editions if (o := pricing.offer(talk.pack, talk.state, e, talk.now))]
    if not offers:
        talk.say("price.none", buttons=[talk.button("person", "person")])
    elif len(offers) == 1:
        _one_price(talk, offers[0])
    else:
        _all_prices(talk, offers)


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
    _remember_shown(talk, f"{offer.edition.id} {span_text(talk, offer.licence)} ({offer.version})")


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
        _remember_shown(
            talk, f"{offer.edition.id} {span_text(talk, offer.licence)} ({offer.version})"
        )
    talk.say(
        "price.all",
        amounts=amounts,
        lines=lines,
        version=offers[0].version,
        valid_to=talk.texts.day(talk.state.language, min(o.valid_to for o in offers)),
    )


def _remember_shown(talk: Talk, line: str) -> None:
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
    talk.update(outcome="price_only", question=None)
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
    if from_before is not None and from_before == found:
        return
    if from_before is None and not _worth_showing(talk):
        return
    talk.update(estimate=found)
    talk.do(RecordEstimate(estimate=found))
    _say_estimate(talk, changed=from_before is not None and from_before.edition != found.edition)


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
    _remember_shown(talk, f"{estimate.edition} {span_text(talk, cost.licence)} ({cost.version})")


# --- papers --------------------------------------------------------------------------------------


def _kinds(talk: Talk) -> tuple[str, ...]:
    named = talk.reading.slots.get("doc_type")
    return tuple(str(named).split("+")) if named else ()


def recipient(talk: Talk) -> documents.Recipient:
    estimate = talk.state.estimate
    return documents.Recipient(
        profile=talk.state.profile,
        language=talk.state.language,
        today=pricing.iso_day(talk.now),
        given=talk.state.given,
        edition=estimate.edition if estimate else "",
    )


def hand_over(talk: Talk, kinds: tuple[str, ...]) -> None:
    """Give the papers asked for by kind, or those that fit the need told in words."""
    if not kinds:
        kinds = documents.best_for(talk.pack, recipient(talk), talk.reading.text)[:1]
    for choice in documents.choose(talk.pack, kinds, recipient(talk)):
        _give(talk, choice)


def _give(talk: Talk, choice: documents.Choice, role: str = "") -> None:
    kind = talk.text(f"document_kind.{choice.kind}")
    paper = choice.document or choice.instead
    if paper is None:
        talk.say("documents.none", kind=kind)
        return
    key = "documents.instead" if choice.document is None else "documents.given"
    if choice.document is not None and choice.already_given:
        key = "documents.again"
    attachment = Attachment(
        kind="document",
        id=paper.id,
        title=paper.title,
        language=paper.language,
        version=paper.version,
    )
    talk.say(
        key,
        attachments=[attachment],
        kind=kind,
        title=paper.title,
        summary=paper.summary,
        version=paper.version,
        other_language=choice.other_language,
        edition_open=choice.edition_open,
        role=role,
    )
    _ledger(talk, paper.id, paper.version)
    talk.do(
        GiveDocument(
            document=paper.id, kind=paper.kind, version=paper.version, language=paper.language
        )
    )


def _ledger(talk: Talk, document: str, version: str) -> None:
    given = [g for g in talk.state.given if g.document != document]
    stage = talk.state.stage
    talk.update(
        given=(*given, Given(document=document, version=version, at=talk.now))[-50:],
        stage="documents" if stage == "consultation" else stage,
    )


def offer_papers(talk: Talk) -> None:
    """The prospect wants papers and has not said which: the kinds to choose from."""
    papers = documents.available(talk.pack, pricing.iso_day(talk.now))
    there = {d.kind for d in papers}
    talk.ask_step("doc_type", [k for k in _KIND_BUTTONS if k in there])


def paper_for_role(talk: Talk) -> None:
    """Give the one paper that fits the contact's work, once, when the department becomes known."""
    if "department" not in talk.changed or talk.state.given or talk.intends("ask_document"):
        return
    kinds = documents.best_for(talk.pack, recipient(talk))[:1]
    choices = documents.choose(talk.pack, kinds, recipient(talk))
    if choices and choices[0].document is not None and not choices[0].other_language:
        department = talk.value("department")
        _give(talk, choices[0], role=talk.label("department", str(department)))


# --- from the papers -----------------------------------------------------------------------------


def _from_papers(talk: Talk) -> None:
    """Quote the passage that answers, else say honestly that the papers do not."""
    cues = set(talk.reading.cues)
    if cues & set(_STANDARD_LINES) and not talk.intends("ask_price"):
        standard_line(talk)
        return
    if cues & set(_BY_RULES):
        _leave_to_a_person(talk)
        return
    if not _quote(talk):
        not_in_papers(talk)


def _leave_to_a_person(talk: Talk) -> None:
    """What only a person may answer: the rule brings one in; where it cannot fire, offer one."""
    state = talk.state
    if state.owner == "bot" and (
        state.outcome == "price_only" or "commercial_question" in state.reasons
    ):
        talk.say("answer.person_offer", buttons=[talk.button("person", "person")])


def _quote(talk: Talk) -> bool:
    best = next((p for p in talk.reading.passages if p.answers), None)
    if best is None:
        return False
    talk.say(
        "answer.quote",
        attachments=[_source(best)],
        text=best.text,
        title=best.title,
        place=best.place,
        other_language=best.language != talk.state.language,
    )
    return True


def _source(passage: Passage) -> Attachment:
    return Attachment(
        kind="source",
        id=passage.source,
        title=passage.title,
        place=passage.place,
        language=passage.language,
    )


def _keep_point(talk: Talk) -> None:
    """Keep the words for the human who will answer them."""
    point = talk.reading.text[:500]
    if point not in talk.state.open_points:
        talk.update(open_points=(*talk.state.open_points, point)[-10:])


def not_in_papers(talk: Talk) -> None:
    """The papers do not say: keep the question, offer a colleague."""
    question = talk.reading.text[:500]
    talk.update(unanswered=talk.state.unanswered + 1)
    _keep_point(talk)
    nearest = tuple(p.source for p in talk.reading.passages)
    talk.do(RecordUnanswered(question=question, language=talk.state.language, nearest=nearest))
    buttons: list[Button] = []
    if talk.state.owner == "bot":
        buttons.append(talk.button("person", "person"))
    talk.say("answer.not_in_papers", buttons=buttons)
