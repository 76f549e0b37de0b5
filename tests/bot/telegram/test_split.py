"""Long texts in pieces: where they are cut, what becomes of marks, and that nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.border import Mark
from bot.telegram.split import Lines, is_border, shorten, split, units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people joined into one picture
FLAG = "\U0001f1e9\U0001f1ea"
WAVE = "\U0001f44b\U0001f3fd"  # a hand with a skin tone
ACCENT = "e\u0301"
HEART = "\u2764\ufe0f"
CLUSTERS = (FAMILY, FLAG, WAVE, ACCENT, HEART, "\U0001d54f", "ß", "价", "ש", "ع", "ж", "a", "7")


def texts_of(text: str, most: int, *marks: Mark) -> list[str]:
    return [piece for piece, _ in split(text, marks, most)]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def covered(text: str, mark: Mark) -> str:
    """What a mark covers, counted as Telegram counts it."""
    raw = text.encode("utf-16-le")
    return raw[2 * mark.start : 2 * (mark.start + mark.length)].decode("utf-16-le")


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("价格", 2), ("\U0001f44b", 2), (FAMILY, 8)]
)
def test_lengths_are_counted_as_telegram_does(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


def test_a_short_text_stays_whole() -> None:
    assert split("Hello.") == (("Hello.", ()),)
    assert split("") == ()
    assert split(" \n ") == ()
    assert split("  Hello. \n") == (("Hello.", ()),)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two. Three\nfour five.\n\nSix seven eight nine ten.", "One two. Three\nfour five."),
        ("One two. Three four five\nsix seven eight nine ten.", "One two. Three four five"),
        ("One two three four. Five six seven eight nine", "One two three four."),
        ("One two, e.g. three four five six seven eight", "One two, e.g. three four five"),
        ("Сколько это стоит? Мы решили подождать до весны.", "Сколько это стоит?"),
        ("¿Cuánto cuesta esto? ¡Es mucho para nosotros, creo!", "¿Cuánto cuesta esto?"),
        ("He asked: “How much is it?” She did not know that yet.", "He asked: “How much is it?”"),
        ("这个版本多少钱？我们公司有八十个人，想先看看功能再决定要不要买。", None),
        ("onetwothreefourfivesixseveneightnineteneleven", "onetwothreefourfivesixseveneig"),
    ],
)
def test_it_is_cut_where_a_reader_would_pause(text: str, first: str | None) -> None:
    most = 30 if first else 16
    assert texts_of(text, most)[0] == (first or "这个版本多少钱？")


def test_a_pause_too_early_is_no_reason_for_a_tiny_piece() -> None:
    text = "Yes.\n\n" + "word " * 40
    assert len(texts_of(text, 100)[0]) > 50


def test_a_number_keeps_its_unit() -> None:
    assert texts_of("It costs about 12\u00a0000\u00a0€ a year", 20)[0] == "It costs about"


@pytest.mark.parametrize("cluster", [FAMILY, FLAG, WAVE, ACCENT, HEART, "\U0001d54f"])
def test_no_character_is_cut(cluster: str) -> None:
    for most in range(units(cluster), 40):
        for piece in texts_of(cluster * 30, most):
            assert piece == cluster * (len(piece) // len(cluster))


def test_what_is_wider_than_a_piece_is_cut_between_code_points() -> None:
    assert texts_of("a" + "\u0301" * 9, 4) == ["a\u0301\u0301\u0301", "\u0301" * 4, "\u0301" * 2]
    assert texts_of("\U0001d54f \U0001d54f b", 2) == ["\U0001d54f", "\U0001d54f", "b"]
    assert texts_of("\U0001d54f\u00a0\U0001d54f", 2) == ["\U0001d54f", "\U0001d54f"]
    with pytest.raises(ValueError):
        split("\U0001d54f", most=1)


def test_link_text_stays_whole() -> None:
    text = "See the price list of the Team edition for all that is inside"
    start = text.index("price")
    mark = Mark(kind="link", start=start, length=28, href="https://x.example/p")
    for most in range(28, 60):
        linked = [
            covered(piece, each) for piece, marks in split(text, [mark], most) for each in marks
        ]
        assert linked == ["price list of the Team editi"]


def test_a_mark_longer_than_a_piece_goes_on() -> None:
    text = "\U0001f44b " + "word " * 30
    pieces = split(text, [Mark(kind="bold", start=0, length=units(text))], 40)
    assert len(pieces) > 3
    for piece, marks in pieces:
        assert [(m.start, m.length) for m in marks] == [(0, units(piece))]


def test_marks_move_with_their_text() -> None:
    text = "\U0001f44b one two\n\nthree \U0001f44b four"
    marks = [Mark(kind="bold", start=text.index("two") + 1, length=3)]
    marks.append(Mark(kind="code", start=units(text) - 4, length=4))
    (first, bold), (second, code) = split(text, marks, 15)
    assert [covered(first, each) for each in bold] == ["two"]
    assert [covered(second, each) for each in code] == ["four"]


def test_marks_beyond_the_text_are_clipped() -> None:
    marks = [Mark(kind="bold", start=2, length=90), Mark(kind="code", start=50, length=3)]
    assert split("abcd", marks) == (("abcd", (Mark(kind="bold", start=2, length=2),)),)


def test_shorten() -> None:
    assert shorten("short", 5) == "short"
    assert shorten("longer text", 8) == "longer…"
    assert shorten(FAMILY * 2, 12) == FAMILY + "…"
    assert shorten(FAMILY, 3) == "…"
    assert shorten("abc", 0) == ""


def test_lines_count_for_the_caller() -> None:
    lines = Lines().add("\U0001f44b ").add(" Team ", bold=True).end()
    lines.add("papers", italic=True, href="https://x.example").end(2)
    lines.mention("Ines", 7).add(" ").quote("价格 \U0001f44b?").add("", bold=True).add(
        "id", code=True
    )
    assert lines.text == "\U0001f44b  Team \npapers\n\nInes 价格 \U0001f44b?id"
    said = [(mark.kind, covered(lines.text, mark)) for mark in lines.marks]
    assert said == [
        ("bold", "Team"),
        ("italic", "papers"),
        ("link", "papers"),
        ("mention", "Ines"),
        ("quote", "价格 \U0001f44b?"),
        ("code", "id"),
    ]
    assert [mark.href for mark in lines.marks if mark.kind == "link"] == ["https://x.example"]
    assert [mark.user for mark in lines.marks if mark.kind == "mention"] == [7]
    assert not Lines()


PARTS = st.sampled_from(
    [*CLUSTERS, " ", " ", "\n", "\n\n", ". ", "! ", "。", "，", "\u00a0", "\r\n"]
)
TEXTS = st.lists(PARTS, max_size=120).map("".join) | st.text(max_size=200)
MARKS = st.lists(
    st.builds(
        Mark,
        kind=st.sampled_from(["bold", "code", "link", "quote"]),
        start=st.integers(0, 150),
        length=st.integers(1, 120),
    ),
    max_size=5,
)


@given(TEXTS, MARKS, st.integers(2, 60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, marks: list[Mark], most: int) -> None:
    pieces = split(text, marks, most)
    assert bare("".join(piece for piece, _ in pieces)) == bare(text)
    for piece, inside in pieces:
        assert piece.strip()
        assert units(piece) <= most
        piece.encode("utf-16-le", "strict") if text.isprintable() else None
        for mark in inside:
            assert mark.length > 0
            assert mark.start >= 0
            assert mark.start + mark.length <= units(piece)


@given(st.lists(st.sampled_from([*CLUSTERS, " "]), max_size=80), st.integers(8, 40))
def test_pieces_hold_whole_characters(parts: list[str], most: int) -> None:
    text = "".join(parts)
    borders = {0}
    for part in parts:
        borders.add(max(borders) + len(part))
    at = 0
    for piece in texts_of(text, most):
        at = text.index(piece, at)
        assert at in borders
        at += len(piece)
        assert at in borders


@given(TEXTS, st.integers(2, 40), st.integers(0, 60), st.integers(1, 12))
def test_what_a_mark_covers_stays_covered(text: str, most: int, start: int, length: int) -> None:
    mark = Mark(kind="bold", start=start, length=length)
    # A mark that begins or ends inside a character is no mark of ours.
    edges = {units(text[:at]) for at in range(len(text) + 1)}
    if {start, start + length} <= edges:
        found = [
            covered(piece, each) for piece, inside in split(text, [mark], most) for each in inside
        ]
        assert bare("".join(found)) == bare(covered(text, mark))


@given(TEXTS, st.integers(1, 60))
def test_shortened_texts_are_beginnings(text: str, most: int) -> None:
    found = shorten(text, most)
    assert units(found) <= most
    if found != text:
        assert found.endswith("…")
        assert text.startswith(found[:-1])
        assert is_border(text, len(found) - 1) or text[len(found) - 1].isspace()
