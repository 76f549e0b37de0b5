"""Handing papers over: those asked for, and the one that fits the contact's work."""

from __future__ import annotations

from dialogs import documents, pricing, profile
from dialogs.effects import GiveDocument
from dialogs.talk import Talk
from dialogs.types import Attachment, Given, Known

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
    """Keep a trade that is told in passing, by the names that our customer cases have for it."""
    if not talk.intends("provide_info") or "industry" in talk.state.profile:
        return
    found = documents.trade_in(talk.pack, talk.reading.text)
    if found:
        known = Known(
            value=found, status="inferred", quote=talk.reading.text[:500], message=talk.message
        )
        talk.update(profile=profile.put(talk.state.profile, "industry", known))


def paper_for_role(talk: Talk) -> None:
    """Give the one paper that fits the contact's work, once, when the department becomes known."""
    if "department" not in talk.changed or talk.state.given or talk.intends("ask_document"):
        return
    kinds = documents.best_for(talk.pack, recipient(talk))[:1]
    choices = documents.choose(talk.pack, kinds, recipient(talk))
    if choices and choices[0].document is not None and not choices[0].other_language:
        department = talk.value("department")
        give(talk, choices[0], role=talk.label("department", str(department)))
