"""Comparisons: whom they name, what is handed over, and what is not said."""

from __future__ import annotations

import msgspec
import pytest

from dialogs.bubbles import MOST, calm
from dialogs.comparison import find_wish
from dialogs.consultation import advance
from dialogs.effects import GiveDocument
from dialogs.pricing import currency_for
from dialogs.types import Known, Passage, Reading, Reply
from dialogs.understanding.courtesy import greets
from tests.dialogs.consulting import Prospect, demo

OWN = frozenset(
    {"larkstall", "larkstall software", "professional", "enterprise", "cluster", "专业版", "企业版"}
)


@pytest.mark.parametrize(
    ("text", "rival"),
    [
        ("how do u compare to kramhandel", "kramhandel"),
        ("Why you and not Ladenfix?", "Ladenfix"),
        ("what's your edge over Ladenfix Pro", "Ladenfix Pro"),
        ("ladenfix vs you", "ladenfix"),
        ("你们和掌柜通比怎么样", "掌柜通"),
        ("为什么不用掌柜通呢？", "掌柜通"),
        ("跟Ladenfix相比有什么优势", "Ladenfix"),
        ("а чем вы лучше Ladenfix", "Ladenfix"),
        ("почему вы, а не Ладенфикс?", "Ладенфикс"),
        ("¿en qué se diferencian de Ladenfix?", "Ladenfix"),
        ("por qué ustedes y no Ladenfix", "Ladenfix"),
    ],
)
def test_whom_a_comparison_names(text: str, rival: str) -> None:
    wish = find_wish(text, OWN)
    assert wish is not None
    assert wish.rivals == (rival,)


@pytest.mark.parametrize(
    "text",
    [
        "what makes you better than the competition?",
        "和同行比你们有什么优势",
        "чем вы отличаетесь от конкурентов",
        "qué ventajas tienen frente a la competencia",
        "is it cheaper than renting?",
    ],
)
def test_others_in_general_name_nobody(text: str) -> None:
    wish = find_wish(text, OWN)
    assert wish is not None
    assert not wish.rivals
    assert not wish.editions


@pytest.mark.parametrize(
    "text",
    [
        "whats the difference between Professional and Enterprise",
        "is Cluster better than Enterprise for us?",
        "how do the editions differ",
        "专业版和企业版有什么区别",
        "чем отличаются редакции",
        "qué diferencia hay entre las ediciones",
    ],
)
def test_our_editions_among_themselves(text: str) -> None:
    wish = find_wish(text, OWN)
    assert wish is not None
    assert wish.editions


@pytest.mark.parametrize(
    "text",
    [
        "we need something different from our old shop",
        "is it better than what we have now?",
        "do you need a better server than that",
        "we have fewer than 20 people",
        "does it run on Linux?",
        "我们公司比较小",
        "支持比特币付款吗",
        "нам нужен магазин получше",
        "somos mejores vendiendo que programando",
    ],
)
def test_what_is_no_comparison(text: str) -> None:
    assert find_wish(text, OWN) is None


def asks(prospect: Prospect, text: str, *intents: str) -> None:
    prospect.hears(Reading(text=text, language="en", intents=intents))


def test_an_unknown_rival_gets_an_honest_line_and_the_sheet() -> None:
    prospect = Prospect()
    asks(prospect, "how do you compare with Ladenfix?", "ask_feature")
    [given] = prospect.effects(GiveDocument)
    assert given.kind == "comparison"
    assert "no checked comparison with Ladenfix" in prospect.said
    assert prospect.value("alternatives") == "Ladenfix"
    assert len(prospect.replies) == 2
    assert prospect.asks == "need"
    asks(prospect, "and why you and not Kramhandel", "ask_feature")
    assert prospect.value("alternatives") == "Ladenfix, Kramhandel"


def test_a_rival_of_the_approved_paper_is_answered_by_it() -> None:
    prospect = Prospect()
    asks(prospect, "is it better than Marktbude?", "ask_feature")
    assert "no checked comparison" not in prospect.said
    assert "where others are the better choice" in prospect.said
    assert [a.id for r in prospect.replies for a in r.attachments] == ["comparison-en"]


def test_without_a_sheet_a_colleague_is_offered() -> None:
    prospect = Prospect()
    papers = tuple(d for d in demo().documents if d.kind != "comparison")
    pack = msgspec.structs.replace(demo(), documents=papers, version="no sheet")
    reading = Reading(text="how do you compare with Ladenfix?", intents=("ask_feature",))
    incoming = prospect._incoming("text", text=reading.text)
    turn = advance(pack, prospect.state, incoming, reading, prospect.now)
    assert turn.replies[0].key == "compare.no_paper"
    assert [b.value for b in turn.replies[0].buttons] == ["person"]


def test_a_comparison_is_no_complaint_and_no_need() -> None:
    prospect = Prospect()
    text = "why you and not Ladenfix"
    reading = Reading(
        text=text, language="en", intents=("ask_why", "support_request"), slots={"need": text}
    )
    prospect.hears(reading)
    assert prospect.state.outcome == "open"
    assert "need" not in prospect.state.profile


def test_editions_are_answered_from_the_papers_with_the_sheet() -> None:
    prospect = Prospect()
    best = Passage(
        source="editions-compared-en", kind="article", title="Editions", place="",
        language="en", text="Side by side.", score=1.0, answers=True,
    )  # fmt: skip
    reading = Reading(
        text="how do the editions differ?", language="en", intents=("ask_feature",),
        passages=(best,),
    )  # fmt: skip
    prospect.hears(reading)
    assert prospect.keys == ["answer.quote", "documents.given", "ask.need"]
    prospect.hears(reading)
    assert "documents.given" not in prospect.keys


# --- calm turns ----------------------------------------------------------------------------------


def test_a_lead_that_qualifies_at_once_reads_three_messages() -> None:
    prospect = Prospect()
    prospect.says(
        "provide_info", buyer_type="enterprise", ownership="private", city="Bremen",
        headcount="80", own_servers=True, department="management", authority="decides",
    )  # fmt: skip
    assert len(prospect.replies) == MOST
    said = prospect.said
    for part in ("My estimate is Enterprise", "For your work", "clear picture", "passing on"):
        assert part in said
    assert prospect.replies[-1].question
    assert [b.kind for b in prospect.replies[1].buttons].count("edit") >= 6


def test_few_messages_stay_as_they_are_and_none_is_lost() -> None:
    few = [Reply(key="escalation.qualified", text="a"), Reply(key="recap", text="b")]
    assert calm(few) == tuple(few)
    many = [Reply(key="answer.quote", text=str(n)) for n in range(5)]
    assert calm(many) == tuple(many)
    asked = Reply(key="ask.city", text="q", question=3)
    assert calm([asked, *few])[-1] == asked
    joined = calm([*few, asked, Reply(key="answer.quote", text="c")])[0]
    assert (joined.key, joined.text) == ("escalation.qualified", "a\n\nb")


# --- what was left over --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["hello again", "Hi!", "在吗", "您好！", "привет ещё раз", "Добрый день", "hola de nuevo"],
)
def test_a_greeting_is_greeted(text: str) -> None:
    assert greets(text)
    prospect = Prospect()
    prospect.says("small_talk", text=text)
    assert prospect.keys[0] == "answer.hello"


@pytest.mark.parametrize(
    "text", ["thanks", "谢谢", "спасибо", "gracias", "hello, what does it cost"]
)
def test_thanks_are_no_greeting(text: str) -> None:
    assert not greets(text)


def test_who_refused_questions_and_calls_a_person_is_asked_none() -> None:
    prospect = Prospect()
    prospect.hears(Reading(text="no questions", intents=("refuse",), refuses_questions=True))
    prospect.says("talk_to_human", text="let me speak to the boss")
    assert (prospect.state.outcome, prospect.asks) == ("escalated", None)
    prospect.says("affirm", text="ok")
    assert (prospect.asks, prospect.keys) == (None, ["answer.standby"])
    prospect.says("provide_info", text="we are in Munich", city="Munich")
    assert prospect.asks == "need"


def test_who_says_no_before_anything_was_asked_gets_the_prices() -> None:
    prospect = Prospect()
    prospect.says("refuse", text="not telling")
    assert prospect.state.outcome == "price_only"
    assert "price.all" in prospect.keys


def test_after_a_price_another_edition_is_priced() -> None:
    prospect = Prospect()
    prospect.says("ask_price", text="price?")
    prospect.says("provide_info", text="and Cluster?", edition="cluster")
    assert "price.one" in prospect.keys
    prospect.says("provide_info", text="Cluster it is", edition="cluster")
    assert "price.one" not in prospect.keys


def test_a_language_that_nobody_can_name_is_answered() -> None:
    prospect = Prospect()
    prospect.says("language_switch", text="can we use my language")
    assert "language.unavailable" in prospect.keys


def test_the_currency_of_the_language_until_a_city_is_known() -> None:
    state = msgspec.structs.replace(Prospect().state, language="zh")
    assert currency_for(demo(), state) == "CNY"
    known = {"city": Known(value="Munich", status="stated")}
    assert currency_for(demo(), msgspec.structs.replace(state, profile=known)) == "EUR"
    company = msgspec.structs.replace(demo().company, language_currency={})
    assert currency_for(msgspec.structs.replace(demo(), company=company), state) == "EUR"


@pytest.mark.parametrize(
    ("told", "case"),
    [
        ("we run a bakery, 60 people, private", "case-coffee-bremen-en"),
        ("a factory for pumps, 60 people", "case-tools-linz-en"),
        ("we sew clothes, 60 people", "case-textiles-suzhou-en"),
        ("60 people, private", "case-tools-linz-en"),
    ],
)
def test_the_case_of_the_nearest_trade_goes_before_that_of_the_edition(
    told: str, case: str
) -> None:
    prospect = Prospect()
    prospect.says(
        "provide_info", text=told, headcount="60", ownership="private", city="Munich",
        buyer_type="enterprise",
    )  # fmt: skip
    prospect.says("ask_document", text="send a case study", doc_type="case_study")
    assert [a.id for r in prospect.replies for a in r.attachments] == [case]
