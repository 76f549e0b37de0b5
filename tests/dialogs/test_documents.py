"""The right paper for each prospect: public, valid, in their language and edition."""

from __future__ import annotations

import pytest

from dialogs.documents import Recipient, available, best_for, choose, headcount_range
from dialogs.loading import load
from dialogs.pack import Examples, Pack
from dialogs.types import Given, Known
from tests.dialogs.pack_folders import DEMO
from tests.dialogs.paper_packs import document, known, make_pack

TODAY = "2026-11-21"


def papers() -> Pack:
    cases = (
        document("case-coffee", "case_study", industry=("food", "coffee"), size=(5, 50)),
        document("case-tools", "case_study", industry=("trade",), size=(100, 500), city="Linz"),
        document("case-silk", "case_study", industry=("textiles",), size=(500, 0), city="Suzhou"),
        document("case-silk-zh", "case_study", "zh", industry=("纺织",), size=(500, 0)),
    )
    return make_pack(
        (
            document("manual-pro-en", "manual", edition="professional"),
            document("manual-pro-zh", "manual", "zh", edition="professional"),
            document("manual-ent-en", "manual", edition="enterprise"),
            document("old", "white_paper", valid_to="2026-06-30"),
            document("new", "white_paper", valid_from="2027-01-01"),
            document("secret", "white_paper", public=False),
            document(
                "white-en",
                "white_paper",
                audience=("it",),
                summary="Architecture, interfaces and technical limits.",
            ),
            document("brochure-en", "brochure", audience=("management",)),
            document("brochure-zh", "brochure", "zh", title="产品手册"),
            document("comparison-en", "comparison", summary="Against other ways of selling."),
            document("company-zh", "company_info", "zh"),
            document("open", "template", valid_to=""),
            *cases,
        ),
        examples={
            "en": Examples(
                intents={},
                values={
                    "department": {"management": ("boss", "owner"), "it": ("IT", "developers")},
                    "doc_type": {"comparison": ("comparison", "how you compare")},
                },
            ),
            "zh": Examples(intents={}, values={"department": {"management": ("老板",)}}),
        },
    )


def reader(
    language: str = "en", edition: str = "", given: tuple[Given, ...] = (), **slots: str
) -> Recipient:
    return Recipient(
        profile=known(**slots), language=language, today=TODAY, given=given, edition=edition
    )


def chosen(recipient: Recipient, *kinds: str) -> list[str]:
    return [c.document.id if c.document else "-" for c in choose(papers(), kinds, recipient)]


def test_only_public_and_valid_papers_exist() -> None:
    assert chosen(reader(), "white_paper") == ["white-en"]
    ids = {d.id for d in available(papers(), TODAY)}
    assert not ids & {"old", "new", "secret"}
    assert "open" in ids
    assert chosen(Recipient(profile={}, language="en", today="2026-03-01"), "white_paper") == [
        "old"
    ]
    assert [d.id for d in available(papers(), "2030-01-01")] == ["open"]


def test_the_edition_known_then_the_one_estimated_gives_the_manual() -> None:
    assert chosen(reader(edition="enterprise"), "manual") == ["manual-ent-en"]
    known_first = Recipient(
        profile=known(edition="professional"), language="en", today=TODAY, edition="enterprise"
    )
    assert chosen(known_first, "manual") == ["manual-pro-en"]
    both = Recipient(profile=known(edition="professional+enterprise"), language="en", today=TODAY)
    assert chosen(both, "manual") == ["manual-pro-en", "manual-ent-en"]


def test_an_unknown_edition_is_said_to_be_open() -> None:
    (choice,) = choose(papers(), ["manual"], reader())
    assert choice.document is not None
    assert choice.document.id == "manual-pro-en"
    assert choice.edition_open
    (choice,) = choose(papers(), ["manual"], reader(edition="enterprise"))
    assert not choice.edition_open


def test_a_manual_of_another_edition_is_never_given() -> None:
    (choice,) = choose(papers(), ["manual"], reader(edition="cluster"))
    assert choice.document is None
    assert choice.instead is not None
    assert choice.instead.kind == "brochure"


def test_another_language_is_given_and_said() -> None:
    assert chosen(reader("zh"), "brochure") == ["brochure-zh"]
    (choice,) = choose(papers(), ["company_info"], reader("en"))
    assert choice.other_language
    assert choice.document is not None
    assert choice.document.id == "company-zh"
    (choice,) = choose(papers(), ["manual"], reader("zh", edition="enterprise"))
    assert choice.document is not None
    assert (choice.document.id, choice.other_language) == ("manual-ent-en", True)
    (choice,) = choose(papers(), ["brochure"], reader("de"))
    assert choice.document is not None
    assert (choice.document.id, choice.other_language) == ("brochure-en", True)


@pytest.mark.parametrize(
    ("slots", "case"),
    [
        ({"industry": "Coffee roasting"}, "case-coffee"),
        ({"industry": "textiles", "headcount": "20"}, "case-silk"),
        ({"headcount": "<40"}, "case-coffee"),
        ({"headcount": "150-200"}, "case-tools"),
        ({"headcount": ">3000"}, "case-silk"),
        ({"city": "linz"}, "case-tools"),
        ({}, "case-coffee"),
    ],
)
def test_the_case_is_the_most_alike(slots: dict[str, str], case: str) -> None:
    recipient = Recipient(profile=known(**slots), language="en", today=TODAY)
    assert chosen(recipient, "case_study") == [case]


def test_a_second_case_is_another_one_in_the_same_language() -> None:
    given: tuple[Given, ...] = ()
    seen = []
    for _ in range(3):
        (choice,) = choose(papers(), ["case_study"], reader(given=given, industry="coffee"))
        assert choice.document is not None
        assert not choice.already_given
        seen.append(choice.document.id)
        given = (*given, Given(document=choice.document.id, version="1", at=1))
    assert sorted(seen) == ["case-coffee", "case-silk", "case-tools"]
    (choice,) = choose(papers(), ["case_study"], reader(given=given, industry="coffee"))
    assert choice.already_given
    assert choice.document is not None
    assert choice.document.id == "case-coffee"


def test_what_was_given_is_told_and_a_new_version_is_new() -> None:
    (choice,) = choose(
        papers(), ["brochure"], reader(given=(Given(document="brochure-en", version="1", at=1),))
    )
    assert choice.already_given
    (choice,) = choose(
        papers(), ["brochure"], reader(given=(Given(document="brochure-en", version="0", at=1),))
    )
    assert not choice.already_given


def test_kinds_that_are_missing_name_the_nearest() -> None:
    choices = choose(papers(), ["api_docs", "price_list", "api_docs", "video"], reader())
    assert [(c.kind, c.document, c.instead and c.instead.id) for c in choices] == [
        ("api_docs", None, "white-en"),
        ("video", None, "brochure-en"),
    ]
    (choice,) = choose(make_pack(), ["brochure"], reader())
    assert (choice.document, choice.instead) == (None, None)


@pytest.mark.parametrize(
    ("words", "language", "first"),
    [
        ("something technical please", "en", "white_paper"),
        ("something for my boss", "en", "brochure"),
        ("给老板看的资料", "zh", "brochure"),
        ("what should our developers read?", "en", "white_paper"),
        ("show me how you compare", "en", "comparison"),
        ("anything", "en", "brochure"),
        ("", "en", "brochure"),
    ],
)
def test_papers_by_need(words: str, language: str, first: str) -> None:
    assert best_for(papers(), reader(language), words)[0] == first


def test_the_own_department_decides_when_no_words_do() -> None:
    assert best_for(papers(), reader(department="it"))[0] == "white_paper"
    assert best_for(papers(), reader(department="procurement"))[0] == "comparison"
    assert best_for(papers(), reader(department="it"), "for my boss")[0] == "brochure"
    refused = Recipient(
        profile={"department": Known(value=None, status="refused")}, language="en", today=TODAY
    )
    assert best_for(papers(), refused) == ("brochure",)
    assert best_for(make_pack(), reader()) == ()


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("200", (200, 200)),
        ("50-60", (50, 60)),
        ("<10", (0, 10)),
        (">3000", (3000, 10**9)),
        ("", (0, 0)),
    ],
)
def test_headcounts(text: str, bounds: tuple[int, int]) -> None:
    assert headcount_range(text) == bounds


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_demo_pack_has_every_kind_for_everybody(language: str) -> None:
    pack = load(str(DEMO))
    kinds = ("white_paper", "comparison", "brochure", "company_info", "case_study", "template")
    for choice in choose(pack, kinds, reader(language)):
        assert choice.document is not None, choice.kind
        assert choice.document.public
        assert not choice.other_language
    for edition in pack.editions:
        (choice,) = choose(pack, ["manual"], reader(language, edition.id))
        assert choice.document is not None
        assert (choice.document.edition, choice.document.language) == (edition.id, language)
    words = {"en": "something technical", "zh": "技术方面的资料"}[language]
    assert best_for(pack, reader(language), words)[0] == "white_paper"
