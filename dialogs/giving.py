"""Handing papers over: those asked for, and the one that fits the contact's work."""

from __future__ import annotations

from dialogs import documents, pricing, profile
from dialogs.effects import GiveDocument
from dialogs.pack import Pack
from dialogs.talk import Talk
from dialogs.types import Attachment, Given, Known
from dialogs.understanding.industries import main_industry
from dialogs.words import content_words, fold, holds

_FIRST_HAN = "\u3400"
_KIND_BUTTONS = ("brochure", "white_paper", "comparison", "case_study", "manual")


def recipient(talk: Talk) -> documents.Recipient:
    estimate = talk.state.estimate
    return documents.Recipient(
        profile=talk.state.profile,
        language=talk.state.language,
        today=pricing.iso_day(talk.now),
        given=talk.state.given,
        edition=estimate.edition if estimate else "",
        words=talk.reading.text,
    )


def hand_over(talk: Talk, kinds: tuple[str, ...]) -> None:
    """Give the papers asked for by kind, or those that fit the need told in words."""
    if not kinds:
        kinds = documents.best_for(talk.pack, recipient(talk), talk.reading.text)[:1]
    for choice in documents.choose(talk.pack, kinds, recipient(talk)):
        give(talk, choice)


def give(talk: Talk, choice: documents.Choice, role: str = "") -> None:
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


def note_trade(talk: Talk) -> None:
    """Keep a trade that is told in passing, by the names that our customer cases or routes have
    for it."""
    if not talk.intends("provide_info") or "industry" in talk.state.profile:
        return
    text = talk.reading.text
    found = documents.trade_in(talk.pack, text) or _trade_of_routes(talk.pack, text)
    if found:
        known = Known(
            value=found, status="inferred", quote=talk.reading.text[:500], message=talk.message
        )
        talk.update(profile=profile.put(talk.state.profile, "industry", known))


def _trade_of_routes(pack: Pack, text: str) -> str:
    """The first trade by which leads are routed that the text names, in any of its names, or ""."""
    wanted = [
        name
        for route in pack.routes
        for condition in route.when
        if condition.slot == "industry"
        for name in (condition.value if isinstance(condition.value, tuple) else (condition.value,))
        if isinstance(name, str)
    ]
    if not wanted:
        return ""
    folded = fold(text)
    # Chinese has no spaces: there, trades are named by two signs.
    pairs = (folded[at : at + 2] for at in range(len(folded) - 1) if folded[at] >= _FIRST_HAN)
    told = {main_industry(word) for word in (*content_words(text), *pairs)}
    return next((n for n in wanted if main_industry(n) in told or holds(folded, fold(n))), "")


def paper_for_role(talk: Talk) -> None:
    """Give the one paper that fits the contact's work, once, when the department becomes known."""
    if "department" not in talk.changed or talk.state.given or talk.intends("ask_document"):
        return
    kinds = documents.best_for(talk.pack, recipient(talk))[:1]
    choices = documents.choose(talk.pack, kinds, recipient(talk))
    if choices and choices[0].document is not None and not choices[0].other_language:
        department = talk.value("department")
        give(talk, choices[0], role=talk.label("department", str(department)))
