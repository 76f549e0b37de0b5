"""Written requirements taken apart: nothing lost, every item with the words it comes from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.requirements import (
    MAX_ITEMS,
    MAX_SOURCE,
    MAX_TEXT,
    from_answers,
    priority_of,
    split,
    summary_lines,
)
from dialogs.types import Item, Requirement


def items(text: str) -> list[Item]:
    return list(split(text, origin="text", title="t", version=1).items)


def texts(text: str) -> list[str]:
    return [item.text for item in items(text)]


def test_it_carries_where_it_is_from() -> None:
    made = split("- a blog", origin="file", title="Our\n needs.docx", version=3, file="f1")
    assert (made.origin, made.title, made.version, made.file) == ("file", "Our needs.docx", 3, "f1")
    assert not made.confirmed


@pytest.mark.parametrize(
    "mark",
    ["- ", "* ", "+ ", "• ", "•", "– ", "1. ", "1) ", "(1) ", "12. ", "2.3 ", "2.3.1. ", "a) ",
     "- [ ] ", "- [x] ", "☐ ", "REQ-12: ", "FR 7 ", "1、", "（1）", "一、", "（三）", "二．"],
)  # fmt: skip
def test_every_kind_of_point_is_an_item(mark: str) -> None:
    found = items(f"{mark}订单导出 to the ERP\n{mark}库存同步 from the ERP")
    assert [i.text for i in found] == ["订单导出 to the ERP", "库存同步 from the ERP"]
    assert found[0].source == "订单导出 to the ERP"


def test_a_point_goes_on_in_the_next_line() -> None:
    assert texts("1. Export of orders\n   to DATEV every night\n2. Returns") == [
        "Export of orders to DATEV every night",
        "Returns",
    ]


def test_only_needs_are_taken_from_paragraphs() -> None:
    text = (
        "We sell shoes since 2010. The new shop must sync stock with SAP every 15 minutes, e.g. "
        "Over IDoc. Our office is in Munich. Could it show the delivery date? It weighs 3.5 kg."
    )
    assert texts(text) == [
        "The new shop must sync stock with SAP every 15 minutes, e.g. Over IDoc.",
        "Could it show the delivery date?",
    ]


def test_lines_broken_by_width_are_one_sentence() -> None:
    text = "We need a shop that keeps the stock of three warehouses in step and\nshows it. Thanks."
    assert texts(text) == [
        "We need a shop that keeps the stock of three warehouses in step and shows it."
    ]


def test_chinese_sentences_and_priorities() -> None:
    text = (
        "我们公司成立于2001年。系统必须支持微信支付；应支持多个仓库。"
        "希望有积分商城！还需要导出订单。"
    )
    assert [(i.text, i.priority) for i in items(text)] == [
        ("系统必须支持微信支付；", "must"),
        ("应支持多个仓库。", "should"),
        ("希望有积分商城！", "could"),
        ("还需要导出订单。", ""),
    ]


def test_chinese_lines_broken_by_width_are_joined_without_a_blank() -> None:
    assert texts("系统必须支持微信支付、支付宝以及银行卡等多种支付\n方式，并能对账。") == [
        "系统必须支持微信支付、支付宝以及银行卡等多种支付方式，并能对账。"
    ]


@pytest.mark.parametrize(
    ("sentence", "priority"),
    [
        ("The shop must be fast", "must"),
        ("It shall print labels", "must"),
        ("This is mandatory", "must"),
        ("It has to work offline", "must"),
        ("It should be in French", "should"),
        ("A blog is nice to have", "could"),
        ("We would like gift cards", "could"),
        ("Optionally a forum", "could"),
        ("We need returns", ""),
        ("It does not have to be pretty", ""),
        ("A blog is not required but should look good", "should"),
        ("It must, and should, and could", "must"),
        ("The mustard shop", ""),
        ("必须支持微信", "must"),
        ("不得超过两秒", "must"),
        ("应当可以退货", "should"),
        ("供应商管理", ""),
        ("相应的报表", ""),
        ("最好有小程序", "could"),
        ("不必支持英文", ""),
        ("Das System muss schnell sein", "must"),
        ("Debe ser rápido", "must"),
        ("Система должна работать", "must"),
    ],
)
def test_priorities_are_only_those_said(sentence: str, priority: str) -> None:
    assert priority_of(sentence) == priority


def test_a_heading_gives_its_points_their_priority_until_the_next() -> None:
    text = (
        "# Must have\n- Payment by card\n\n## Nice to have\n- Blog\n"
        "- The wish list must be public\n"
        "\nThe shop needs a search.\n- Newsletter\n\n可选功能：\n- 论坛"
    )
    assert [(i.text, i.priority) for i in items(text)] == [
        ("Payment by card", "must"),
        ("Blog", "could"),
        ("The wish list must be public", "must"),
        ("The shop needs a search.", ""),
        ("Newsletter", ""),
        ("论坛", "could"),
    ]


def test_a_list_about_the_company_is_no_need() -> None:
    text = "About us:\n- Founded 1990\n- We need SAP to be connected\n\nNeeds:\n- Fast search"
    assert texts(text) == ["We need SAP to be connected", "Fast search"]


def test_tables_as_lines() -> None:
    text = (
        "| No. | Requirement | Priority |\n|-----|-----|-----|\n| 1 | Click and collect | high |\n"
        "| 2 | Returns portal | C |\n\n序号\t需求描述\t优先级\n1\t会员等级\t高\n2\t积分\t低"
    )
    found = items(text)
    assert [(i.text, i.priority) for i in found] == [
        ("Click and collect", "must"),
        ("Returns portal", "could"),
        ("会员等级", "must"),
        ("积分", "could"),
    ]
    assert found[0].source == "| 1 | Click and collect | high |"


def test_a_bare_list_of_lines() -> None:
    assert texts("Product catalogue\nPayment by card\nLink to SAP\nBlog") == [
        "Product catalogue",
        "Payment by card",
        "Link to SAP",
        "Blog",
    ]


def test_a_paper_without_signs_of_need_gives_its_sentences() -> None:
    assert texts("A shop for wine in three languages. Delivery on Saturdays.") == [
        "A shop for wine in three languages.",
        "Delivery on Saturdays.",
    ]


def test_repeats_are_one_item() -> None:
    assert texts("- Blog\n- blog\n- BLOG\n- Forum") == ["Blog", "Forum"]


def test_marks_that_hide_are_gone() -> None:
    assert texts("- pay\u200bment\x00 \u202eby card\u2069") == ["payment by card"]


def test_the_five_answers() -> None:
    asked = ["What is it for?", "How many products?", "Must have?", "Systems?", "Until when?"]
    answers = ("Sell wine. Also glasses.", "", "PayPal, B2B prices, a blog", "SAP；DATEV", "by May")
    made = from_answers(asked, answers, version=2)
    assert (made.origin, made.version, made.title) == ("questions", 2, "Sell wine. Also glasses.")
    assert [(i.text, i.priority) for i in made.items] == [
        ("Sell wine.", ""),
        ("Also glasses.", ""),
        ("PayPal", "must"),
        ("B2B prices", "must"),
        ("a blog", "must"),
        ("SAP", ""),
        ("DATEV", ""),
        ("by May", ""),
    ]
    assert made.items[2].source == "Must have? — PayPal"
    optional = from_answers(asked, ("", "", "a blog would be nice to have"))
    assert [i.priority for i in optional.items] == ["could"]
    assert from_answers(asked, ("", " ", "")).items == ()


def test_summary_lines() -> None:
    made = Requirement(
        version=1,
        origin="text",
        title="t",
        items=tuple(Item(text=t, source=t, priority="must") for t in "abc"),
    )
    assert summary_lines(made, 2) == ("1. a", "2. b")
    assert summary_lines(made, 5, {"must": "needed"})[2] == "3. c (needed)"


BAD = [
    "", " \n" * 50_000, "a" * 100_000, "- " * 50_000, "1. " * 50_000, "必须" * 50_000,
    "a. A" * 50_000, "|" * 100_000, "| a " * 50_000, "\u202e\0" * 1_000, "(" * 100_000,
    "need " * 100_000, "x.\n" * 100_000, "- a\n  b\n" * 50_000, "abc def\n" * 100_000,
    "{{ 7*7 }} {% raw %}", "<script>alert(1)</script>", "'; DROP TABLE x; --", "👍" * 5_000,
    "9" * 1_000_000, "a:\n" * 100_000, "\ud800 needs",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=[repr(b[:8]) for b in BAD])
def test_anything_at_all_is_bounded(text: str) -> None:
    started = time.process_time()
    made = split(text, origin="text", title=text, version=1)
    assert time.process_time() - started < 5
    check_bounds(made)


def test_at_most_two_hundred_items() -> None:
    assert len(items("\n".join(f"- must have number {n}" for n in range(1_000)))) == MAX_ITEMS
    assert len(items(" ".join(f"We need thing {n}." for n in range(1_000)))) == MAX_ITEMS


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "- ", "1. ", "# ", "| ", "  ", "（一）", "\t", "We need ", "系统应"]),
        st.text(max_size=60),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_whatever_the_lines_the_promises_hold(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(mark + rest for mark, rest in lines)
    check_bounds(split(text, origin="text", title="t", version=1))
    check_bounds(from_answers(["a", "b", "c"], [text, text, text]))


def check_bounds(made: Requirement) -> None:
    assert len(made.items) <= MAX_ITEMS
    assert len(made.title) <= 200
    for item in made.items:
        assert 0 < len(item.text) <= MAX_TEXT
        assert 0 < len(item.source) <= MAX_SOURCE
        assert "\n" not in item.text
        assert "\x00" not in item.text + item.source
