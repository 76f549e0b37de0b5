"""The prospect's own questions: price, papers, the product, terms, why we ask, and the rest."""

from __future__ import annotations

import msgspec

from dialogs import binding, documents, escalation, pricing, quotation
from dialogs.hours import HOUR
from dialogs.knowledge import quote
from dialogs.talk import Talk
from dialogs.types import (
    Attachment,
    Button,
    GiveDocument,
    Given,
    Passage,
    RecordUnanswered,
)
from dialogs.understanding.clauses import is_question

_FROM_PAPERS = ("ask_feature", "ask_commercial", "ask_trial")
_BY_RULES = ("discount", "contract", "legal", "agency", "tender")  # never from passages
FRESH = HOUR // 6
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
        quotation.price_question(talk)
    if talk.intends("ask_document") and kinds != ("price_list",) and (kinds or _means_papers(talk)):
        hand_over(talk, kinds)
    elif _names_edition_of_manual(talk):
        hand_over(talk, ("manual",))
    if talk.intends(*_FROM_PAPERS):
        _from_papers(talk)
    _answer_own(talk)
    if talk.intends("custom_requirement"):
        _keep_point(talk)
    if talk.intends("out_of_scope"):
        _outside(talk)
    if talk.intends("abuse"):
        talk.say("answer.abuse")
    return len(talk.replies) > before


def _small_talk(talk: Talk) -> None:
    if len(talk.reading.intents) == 1 and not talk.changed:
        asks = is_question(talk.reading.text.lower())
        if asks and talk.state.owner == "waiting":
            escalation.reassure(talk)
            return
        talk.say("answer.who" if asks else "answer.small_talk")


def _answer_own(talk: Talk) -> None:
    """What the pack itself has to say to its own intents."""
    for intent in talk.pack.own_intents:
        if not talk.intends(intent.id):
            continue
        key = f"answer.own.{intent.id}"
        if intent.article:
            _quote_article(talk, intent.article)
        elif talk.texts.has(talk.state.language, key):
            talk.say(key)


def _quote_article(talk: Talk, name: str) -> None:
    """A public article by its id, in the prospect's language where there is one."""
    spoken = talk.state.language
    found = [
        each
        for each in talk.pack.articles
        if each.public and name in (each.id, each.id.removesuffix(f"-{each.language}"))
    ]
    found.sort(key=lambda each: each.language != spoken)
    for article in found[:1]:
        _quote_one(
            talk,
            Passage(
                source=article.id, kind="article", title=article.title, place="",
                language=article.language, text=quote(article.text), score=1.0, answers=True,
            ),
        )  # fmt: skip


def _why(talk: Talk) -> None:
    if _quote(talk):
        return
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


# --- papers --------------------------------------------------------------------------------------


def _kinds(talk: Talk) -> tuple[str, ...]:
    named = talk.reading.slots.get("doc_type")
    return tuple(str(named).split("+")) if named else ()


def _means_papers(talk: Talk) -> bool:
    """A contract is no paper of ours to hand out, nor is anything asked in jest or by a trick."""
    return not talk.intends("out_of_scope") and not set(talk.reading.cues) & set(_BY_RULES)


def _names_edition_of_manual(talk: Talk) -> bool:
    """A manual was just given, and all that the message says is which edition it should be for."""
    named = talk.reading.slots.get("edition")
    if set(talk.reading.slots) != {"edition"} or not talk.state.given:
        return False
    if set(talk.reading.intents) - {"provide_info", "correct", "affirm", "deny"}:
        return False
    last = talk.state.given[-1]
    paper = talk.pack.document(last.document)
    fresh = talk.now - last.at < FRESH
    return fresh and paper is not None and paper.kind == "manual" and paper.edition != named


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
    if cues & set(quotation.STANDARD_LINES) and not talk.intends("ask_price"):
        quotation.standard_line(talk)
        return
    if cues & set(_BY_RULES):
        _leave_to_a_person(talk)
        return
    if _binds(talk):
        _answer_by_rules(talk)
        return
    if not _quote(talk):
        not_in_papers(talk)
    elif talk.reading.missed:
        _say_missed(talk, talk.reading.missed)


def _binds(talk: Talk) -> bool:
    """Would an answer bind the company? Then no passage is one."""
    text = talk.reading.text
    return (
        bool(set(talk.reading.cues) & {*_BY_RULES, "discount"})
        or binding.asks_promise(text)
        or binding.asks_amount(text)
    )


def _answer_by_rules(talk: Talk) -> None:
    """An amount from the price book; what nobody may promise here is kept for a colleague."""
    if talk.intends("ask_price"):
        return
    if binding.asks_promise(talk.reading.text):
        _keep_point(talk)
        alone = talk.state.owner == "bot"
        talk.say("answer.binding", buttons=[talk.button("person", "person")] if alone else [])
    else:
        quotation.price_question(talk)


def _say_missed(talk: Talk, questions: tuple[str, ...]) -> None:
    """Of several questions these were not answered: say which, and keep them."""
    for question in questions:
        talk.do(
            RecordUnanswered(
                question=question[:500], language=talk.state.language, nearest=_nearest(talk)
            )
        )
    _keep_point(talk)
    talk.say("answer.missed", theirs=questions, questions=[q[:120] for q in questions])


def _leave_to_a_person(talk: Talk) -> None:
    """What only a person may answer: the rule brings one in; where it cannot fire, offer one."""
    state = talk.state
    if state.owner == "bot" and (
        state.outcome == "price_only" or "commercial_question" in state.reasons
    ):
        talk.say("answer.person_offer", buttons=[talk.button("person", "person")])


def _quote(talk: Talk) -> bool:
    answers = [p for p in talk.reading.passages if p.answers and not _binds(talk)]
    for best in answers if talk.reading.each else answers[:1]:
        _quote_one(talk, best)
    return bool(answers)


def _quote_one(talk: Talk, best: Passage) -> None:
    talk.say(
        "answer.quote",
        attachments=[_source(best)],
        text=best.text,
        title=best.title,
        place=best.place,
        other_language=best.language != talk.state.language,
    )


def _source(passage: Passage) -> Attachment:
    return Attachment(
        kind="source",
        id=passage.source,
        title=passage.title,
        place=passage.place,
        language=passage.language,
        version=passage.version,
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
    language = talk.state.language
    talk.do(RecordUnanswered(question=question, language=language, nearest=_nearest(talk)))
    buttons: list[Button] = []
    if talk.state.owner == "bot":
        buttons.append(talk.button("person", "person"))
    talk.say("answer.not_in_papers", buttons=buttons)
    if talk.state.owner == "waiting":
        leave_to_colleague(talk)


def _nearest(talk: Talk) -> tuple[str, ...]:
    """Where the passages stand that come nearest to an answer, as `id` or `id#heading`."""
    places = (f"{p.source}#{p.place}" if p.place else p.source for p in talk.reading.passages)
    return tuple(dict.fromkeys(place.replace("\n", " ") for place in places))


def leave_to_colleague(talk: Talk) -> None:
    """A colleague has been called: what the papers do not say is left to them, not offered."""
    noted = talk.text("answer.not_in_papers.noted")
    talk.replies = [
        msgspec.structs.replace(r, text=noted, buttons=()) if r.key == "answer.not_in_papers" else r
        for r in talk.replies
    ]
