"""Answers that fit the role, and what prospects say of them by a button."""

from __future__ import annotations

import msgspec
import pytest

from dialogs.doubts import find_doubts
from dialogs.effects import RecordUnanswered
from dialogs.texts import of
from dialogs.types import Attachment, Passage, Reading, Reply, State
from tests.dialogs.consulting import Prospect, demo


def passage(source: str, place: str = "", *, answers: bool = True) -> Passage:
    article = next((a for a in demo().articles if a.id == source), None)
    paper = demo().document(source)
    title = article.title if article else paper.title if paper else "gone"
    return Passage(
        source=source, kind="article" if article else "document", title=title, place=place,
        language="en", text="Words of the paper.", score=1.0, answers=answers,
    )  # fmt: skip


def asks(prospect: Prospect, *found: Passage, text: str = "how are backups made?") -> None:
    prospect.hears(Reading(text=text, language="en", intents=("ask_feature",), passages=found))


def answer_of(prospect: Prospect) -> Reply:
    return next(reply for reply in prospect.replies if reply.key == "answer.quote")


def values(reply: Reply) -> list[str]:
    return [button.value.partition(":")[0] for button in reply.buttons]


def presses(prospect: Prospect, verb: str) -> None:
    """The newest button that begins so; it belongs to no question."""
    found = [b.value for r in prospect.replies for b in r.buttons if b.value.startswith(verb)]
    prospect.presses(found[0], 0)


BACKUP = passage("backups-en")
MANUAL = passage("manual-enterprise-en", "Backup, monitoring and update", answers=False)


def test_each_answer_bears_two_quiet_buttons_and_the_question_keeps_its_own() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP)
    assert values(answer_of(prospect)) == ["helps", "not_meant"]
    assert {button.kind for button in answer_of(prospect).buttons} == {"more"}
    assert [b.value for b in prospect.replies[-1].buttons] == ["skip", "person"]
    assert prospect.replies[-1].question == prospect.state.questions


def test_who_leads_reads_what_it_means_and_may_have_more() -> None:
    prospect = Prospect()
    prospect.says("provide_info", department="management", authority="decides")
    asks(prospect, BACKUP)
    assert "our job and we test them" in answer_of(prospect).text
    assert "Words of the paper" not in answer_of(prospect).text
    assert values(answer_of(prospect)) == ["detail", "helps", "not_meant"]
    assert [a.id for a in answer_of(prospect).attachments] == ["backups-en"]
    presses(prospect, "detail:")
    assert "larkstall backup" in answer_of(prospect).text


@pytest.mark.parametrize(
    ("slots", "summed"),
    [
        ({"authority": "decides"}, True),
        ({"department": "management", "authority": "none"}, True),
        ({"department": "it", "authority": "decides"}, False),
        ({"department": "sales"}, False),
        ({"authority": "recommends"}, False),
        ({}, False),
    ],
)
def test_whom_the_summary_is_for(slots: dict[str, str], summed: bool) -> None:
    prospect = Prospect()
    if slots:
        prospect.says("provide_info", **slots)
    asks(prospect, BACKUP)
    assert ("Words of the paper" not in answer_of(prospect).text) is summed


def test_an_article_without_a_summary_is_quoted_to_everybody() -> None:
    prospect = Prospect()
    prospect.says("provide_info", department="management")
    asks(prospect, passage("shipping-en"))
    assert answer_of(prospect).text == "Words of the paper."
    assert values(answer_of(prospect)) == ["helps", "not_meant"]


def test_an_engineer_gets_the_passage_and_its_place_in_the_white_paper() -> None:
    prospect = Prospect()
    prospect.says("provide_info", department="rnd")
    near = passage("white-paper-en", "Operation", answers=False)
    asks(prospect, BACKUP, near)
    answer = answer_of(prospect)
    assert "Words of the paper" in answer.text
    assert [(a.id, a.place) for a in answer.attachments] == [
        ("backups-en", ""),
        ("white-paper-en", "Operation"),
    ]
    # Of its own place the white paper needs no second pointer.
    asks(prospect, passage("white-paper-en", "Operation"))
    assert [a.id for a in answer_of(prospect).attachments] == ["white-paper-en"]


def test_an_engineer_without_a_place_may_take_the_white_paper() -> None:
    prospect = Prospect()
    prospect.says("provide_info", department="it")
    prospect.state = msgspec.structs.replace(prospect.state, given=())
    asks(prospect, BACKUP, text="xyzzy?")
    white = [a for a in answer_of(prospect).attachments if a.id == "white-paper-en"]
    assert white or "paper" in values(answer_of(prospect))


def test_what_helps_is_noted_and_the_question_comes_back_as_it_was() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP)
    before = prospect.state.asked
    presses(prospect, "helps:")
    assert prospect.state.answers[-1].helpful is True
    assert prospect.keys == ["answer.helped", "ask.need"]
    assert prospect.state.asked == before


def test_what_was_not_meant_is_kept_and_the_next_nearest_are_offered() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP, MANUAL, passage("hosting-en", answers=False))
    presses(prospect, "not_meant:")
    [kept] = prospect.effects(RecordUnanswered)
    assert kept.question == "how are backups made?"
    assert kept.nearest == (
        "backups-en",
        "manual-enterprise-en#Backup, monitoring and update",
        "hosting-en",
    )
    offer = prospect.replies[-1]
    assert [b.value.partition(":")[0] for b in offer.buttons] == ["place", "place", "person"]
    assert offer.buttons[0].label.startswith("Backup, monitoring and update · ")
    assert offer.question == 0
    assert prospect.asks == "need"
    assert prospect.state.open_points == ("how are backups made?",)
    presses(prospect, "place:")
    assert answer_of(prospect).attachments[0].place == "Backup, monitoring and update"
    assert prospect.keys[-1] == "ask.need"


def test_it_is_kept_once_however_often_it_is_pressed() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP, MANUAL)
    seq = prospect.state.answers[-1].seq
    for times in (1, 0):
        prospect.presses(f"not_meant:{seq}", 0)
        assert len(prospect.effects(RecordUnanswered)) == times


def test_without_another_passage_twice_a_colleague_comes() -> None:
    prospect = Prospect()
    for text in ("how are backups made?", "and who keeps them?"):
        asks(prospect, BACKUP, text=text)
        presses(prospect, "not_meant:")
    assert prospect.state.unanswered == 2
    assert prospect.state.reason == "no_source"


def test_the_label_may_be_typed() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP, MANUAL)
    prospect.says("provide_info", text="not what I meant!", need="not what I meant")
    assert prospect.keys == ["answer.not_meant"]
    assert "need" not in prospect.state.profile


@pytest.mark.parametrize(
    "value",
    ["helps:999", "not_meant:", "place:1:0", "place::", "detail:no-such", "paper:nothing",
     "detail:competitor-notes-en", "helps:²", "place:x:y"],
)  # fmt: skip
def test_a_button_that_is_none_of_ours_leads_nowhere(value: str) -> None:
    prospect = Prospect()
    prospect.presses("edition")
    prospect.presses(value, 0)
    assert not prospect.effects(RecordUnanswered)
    assert not [r for r in prospect.replies if r.key == "answer.quote"]
    sources = [a for r in prospect.replies for a in r.attachments]
    assert sources == list[Attachment]()


def test_an_answer_that_did_not_help_is_a_doubt_of_the_message_that_asked() -> None:
    prospect = Prospect()
    asks(prospect, BACKUP, MANUAL)
    before: State = prospect.state
    seq = before.answers[-1].seq
    presses(prospect, "not_meant:")
    incoming = prospect._incoming("choice", value=f"not_meant:{seq}", question=0)
    [doubt] = find_doubts(of(demo()), before, incoming, None, prospect.turn)
    assert (doubt.kind, doubt.seq) == ("not_helpful", seq)
    again = find_doubts(of(demo()), prospect.state, incoming, None, prospect.turn)
    assert again == ()


def test_every_summary_is_short_and_of_a_public_article() -> None:
    summed = [article for article in demo().articles if article.summary]
    assert len(summed) >= 25 * 4
    assert all(article.public and len(article.summary) <= 260 for article in summed)
    by_name: dict[str, set[str]] = {}
    for article in summed:
        by_name.setdefault(article.id.removesuffix(f"-{article.language}"), set()).add(
            article.language
        )
    assert {frozenset(languages) for languages in by_name.values()} == {
        frozenset(("en", "zh", "ru", "es"))
    }
