"""The prospect's own questions: price, papers, the product, terms, why we ask, and the rest."""

from __future__ import annotations

import re

import msgspec

from dialogs import binding, comparison, escalation, giving, questions, quotation, quoting
from dialogs.effects import RecordUnanswered
from dialogs.hours import HOUR
from dialogs.talk import Talk
from dialogs.types import Button, Reading
from dialogs.understanding import courtesy, presence
from dialogs.understanding.clauses import is_question
from dialogs.words import fold

_FROM_PAPERS = ("ask_feature", "ask_commercial", "ask_trial")
_LEFT = ("ask_price", "ask_document", "ask_why", *_FROM_PAPERS)
ASKED_ABOUT = ("edition", "doc_type")  # slots of a question
_BY_RULES = ("discount", "contract", "legal", "agency", "tender")  # never from passages
FRESH = HOUR // 6
# What an end customer of some shop waits for.
_PARCEL = re.compile(
    r"\b(?:my|the) (?:order|parcel|package|item)|посылк|(?:мой|моего|где) заказ|"
    r"paquete|mi pedido|快递|包裹|我的订单|发货|到货",
    re.IGNORECASE,
)


def answer(talk: Talk) -> bool:
    """Answer all that the message asks. True when something was said."""
    before = len(talk.replies)
    if talk.intends("small_talk"):
        _small_talk(talk)
    compared = comparison.answer(talk)
    if talk.intends("ask_why") and not compared:
        _why(talk)
    kinds = tuple(k for k in _kinds(talk) if not (compared and k == comparison.SHEET))
    if talk.intends("ask_price") or "price_list" in kinds:
        quotation.price_question(talk)
    if (
        talk.intends("ask_document")
        and kinds != ("price_list",)
        and (kinds or (_means_papers(talk) and not compared))
    ):
        giving.hand_over(talk, kinds)
    elif _names_edition_of_manual(talk):
        giving.hand_over(talk, ("manual",))
    if (talk.intends(*_FROM_PAPERS) or talk.reading.each) and not compared:
        _from_papers(talk)
        comparison.add_sheet(talk)
    _answer_own(talk)
    if talk.intends("custom_requirement"):
        _keep_point(talk)
    if talk.intends("out_of_scope") and not compared:
        _outside(talk)
    if talk.intends("abuse"):
        talk.say("answer.abuse")
    return len(talk.replies) > before


def answer_left(talk: Talk) -> bool:
    """Answer what the prospect asked a human who has left; True when something was said.

    Nothing else of those words counts: they were no answer to a question of the bot, and whoever
    asked for a person had one.
    """
    own = [intent.id for intent in talk.pack.own_intents]
    asked = tuple(i for i in talk.reading.intents if i in _LEFT or i in own)
    reading = talk.reading
    talk.reading = Reading(
        text=reading.text,
        language=reading.language,
        intents=asked,
        slots={slot: value for slot, value in reading.slots.items() if slot in ASKED_ABOUT},
        cues=reading.cues,
        passages=reading.passages,
        each=reading.each,
        missed=reading.missed,
    )
    said = bool(asked) and answer(talk)
    talk.reading = Reading()
    return said


def _small_talk(talk: Talk) -> None:
    if len(talk.reading.intents) == 1 and not talk.changed:
        low = fold(talk.reading.text)
        bot = presence.asks_who(low) != ""  # also while a person is on the way
        asks = bot or presence.calls_out(low) != "" or is_question(talk.reading.text.lower())
        if asks and not bot and talk.state.owner == "waiting":
            escalation.reassure(talk)
            return
        greets = courtesy.greets(talk.reading.text)
        talk.say("answer.hello" if greets else "answer.who" if asks else "answer.small_talk")


def _answer_own(talk: Talk) -> None:
    """What the pack itself has to say to its own intents."""
    for intent in talk.pack.own_intents:
        if not talk.intends(intent.id):
            continue
        key = f"answer.own.{intent.id}"
        if intent.article:
            quoting.quote_article(talk, intent.article)
        elif talk.texts.has(talk.state.language, key):
            talk.say(key)


def _why(talk: Talk) -> None:
    # "why should I tell you" asks for our reason, whatever paper has some of its words.
    if not talk.intends("refuse") and _quote(talk):
        return
    question = talk.state.question
    key = f"why.{question.slot}" if question else ""
    if key and talk.texts.has(talk.state.language, key):
        talk.say(key)
    else:
        talk.say("why.general")


def _outside(talk: Talk) -> None:
    """Outside our field; a passage that fully covers the words shows that it was inside.

    A date or a penalty asked for is inside as well, unless it is about a parcel.
    """
    text = talk.reading.text
    if binding.asks_promise(text) and not _PARCEL.search(text):
        _answer_by_rules(talk)
    elif not _quote(talk):
        talk.say("answer.out_of_scope")


# --- papers --------------------------------------------------------------------------------------


def _kinds(talk: Talk) -> tuple[str, ...]:
    named = talk.reading.slots.get("doc_type")
    return tuple(str(named).split("+")) if named else ()


def _means_papers(talk: Talk) -> bool:
    """A contract is no paper of ours to hand out, nor is anything asked in jest or by a trick.

    "Send it to my address" of a customer with a fault means no paper either.
    """
    if talk.state.outcome == "support" or talk.intends("out_of_scope"):
        return False
    return not set(talk.reading.cues) & set(_BY_RULES)


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
        if talk.reading.each:
            _quote(talk)
            _say_missed(talk, talk.reading.missed)
        return
    if not _quote(talk):
        not_in_papers(talk)
    else:
        _say_missed(talk, talk.reading.missed)


def _binds(talk: Talk) -> bool:
    """Would an answer bind the company? Then no passage is one."""
    return _is_cued(talk) or questions.bind(talk.reading.text)


def _is_cued(talk: Talk) -> bool:
    return bool(set(talk.reading.cues) & set(_BY_RULES))


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


def _say_missed(talk: Talk, missed: tuple[str, ...]) -> None:
    """Of several questions these were not answered: say which, and keep them."""
    if not missed:
        return
    for question in missed:
        talk.do(
            RecordUnanswered(
                question=question[:500], language=talk.state.language, nearest=quoting.nearest(talk)
            )
        )
    _keep_point(talk)
    talk.say("answer.missed", theirs=missed, questions=[q[:120] for q in missed])


def _leave_to_a_person(talk: Talk) -> None:
    """What only a person may answer: the rule brings one in; where it cannot fire, offer one."""
    state = talk.state
    if state.owner == "bot" and (
        state.outcome == "price_only" or "commercial_question" in state.reasons
    ):
        talk.say("answer.person_offer", buttons=[talk.button("person", "person")])


def _quote(talk: Talk) -> bool:
    """Passages for single questions are for those that bind nobody."""
    answers = [p for p in talk.reading.passages if p.answers and not _is_cued(talk)]
    if not talk.reading.each:
        answers = [] if _binds(talk) else answers[:1]
    quoting.quote(talk, answers)
    return bool(answers)


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
    talk.do(RecordUnanswered(question=question, language=language, nearest=quoting.nearest(talk)))
    buttons: list[Button] = []
    if talk.state.owner == "bot":
        buttons.append(talk.button("person", "person"))
    talk.say("answer.not_in_papers", buttons=buttons)
    if talk.state.owner == "waiting":
        leave_to_colleague(talk)


def leave_to_colleague(talk: Talk) -> None:
    """A colleague has been called: what the papers do not say is left to them, not offered."""
    noted = talk.text("answer.not_in_papers.noted")
    talk.replies = [
        msgspec.structs.replace(r, text=noted, buttons=()) if r.key == "answer.not_in_papers" else r
        for r in talk.replies
    ]
