"""The demo pack's papers with the real encoder: what they say is answered, nothing else."""

from __future__ import annotations

import pytest

from dialogs.knowledge import Library
from dialogs.loading import load
from dialogs.understanding.encoder import SentenceEncoder
from tests.dialogs.pack_folders import DEMO

TODAY = "2026-11-21"


def answer(library: Library, question: str, language: str) -> str:
    """Source of the passage that answers, or ""."""
    found = library.find(question, language, 3, TODAY)
    return found[0].source if found and found[0].answers else ""


@pytest.fixture(scope="module")
def demo() -> Library:
    return Library(load(str(DEMO)), SentenceEncoder())


def test_every_phrasing_of_an_article_finds_its_article(demo: Library) -> None:
    """The company wrote these questions: nearly all must be answered, by that article or a paper
    that says the same."""
    asked = right = answered = 0
    for each in load(str(DEMO)).articles:
        for question in each.questions if each.public else ():
            first = demo.find(question, each.language, 3, TODAY)[0]
            asked += 1
            right += first.source == each.id
            answered += first.answers
    assert right / asked > 0.93
    assert answered / asked > 0.85


@pytest.mark.parametrize(
    ("language", "question", "source"),
    [
        ("en", "can i run it on windows", "operating-systems-en"),
        ("en", "do you support paypal", "payment-methods-en"),
        ("en", "What's the product limit of Enterprise?", "limits-en"),
        ("en", "are you iso 27001 certified", "security-en"),
        ("en", "will our google ranking suffer when we migrate?", "migration-en"),
        ("en", "do you charge commission on sales?", "payment-methods-en"),
        ("zh", "可以对接用友U8吗", "erp-zh"),
        ("zh", "企业版需要多少内存", "system-requirements-zh"),
        ("zh", "有没有视频教程", "training-zh"),
    ],
)
def test_own_words_are_answered(demo: Library, language: str, question: str, source: str) -> None:
    assert answer(demo, question, language) == source


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Do you support Klarna?"),
        ("en", "does it integrate with netsuite"),
        ("en", "Do you offer hosting in Singapore?"),
        ("en", "what's your bank account number"),
        ("en", "is it HIPAA compliant"),
        ("en", "do you know a good vet in Graz"),
        ("en", "How many products does Cluster support on Mars?"),
        ("en", "What is our margin?"),
        ("zh", "支持花呗吗"),
        ("zh", "能对接拼多多吗"),
        ("zh", "可以托管在新加坡吗"),
        ("zh", "今天天气怎么样"),
    ],
)
def test_what_the_demo_papers_do_not_say(demo: Library, language: str, question: str) -> None:
    assert answer(demo, question, language) == ""


def test_nothing_internal_of_the_demo_pack_comes_out(demo: Library) -> None:
    pack = load(str(DEMO))
    inner = [a for a in pack.articles if not a.public]
    papers = [d for d in pack.documents if not d.public]
    assert inner
    assert papers
    hidden = {a.id for a in inner} | {d.id for d in papers}
    probes = [q for a in inner for q in (a.title, *a.questions, a.text)]
    probes += [p for d in papers for place in d.text for p in (d.title, *place)]
    for probe in probes:
        for language in ("en", "zh"):
            assert hidden.isdisjoint(p.source for p in demo.find(probe, language, 20))
