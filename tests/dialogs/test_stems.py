"""Words without endings, and groups of letters across alphabets."""

from __future__ import annotations

import pytest

from dialogs.letter_index import LetterIndex, cut
from dialogs.stems import stem
from dialogs.words import content_words, fold, script_of


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "tienda", "tiendas"),
        ("es", "instalar", "instalado"),
        ("es", "actualizacion", "actualizaciones"),
        ("ru", "магазин", "магазинами"),
        ("ru", "сервера", "серверов"),
        ("ru", "оплата", "оплату"),
        ("en", "refunds", "refundable"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("es", "tienda", "tiempo"), ("ru", "магазин", "машина"), ("en", "shop", "ship")],
)
def test_other_words_keep_apart(language: str, one: str, other: str) -> None:
    assert stem(one, language) != stem(other, language)


def test_accents_do_not_count_but_letters_of_their_own_do() -> None:
    assert fold("Información Größe ёлка") == "informacion grosse елка"
    assert fold("мой") == "мой"
    assert content_words("¿Cuántos años tiene la garantía?") == ["anos", "garantia"]


@pytest.mark.parametrize(
    ("text", "script"),
    [("退款 PayPal", "han"), ("Есть ли SAP?", "cyrillic"), ("Is it?", "latin"), ("12 %", "")],
)
def test_the_script_of_a_text(text: str, script: str) -> None:
    assert script_of(text) == script


def test_a_name_is_found_in_another_alphabet() -> None:
    index = LetterIndex(["Hosting is in Frankfurt.", "The protocol is logged.", "退款"])
    assert index.scores("Хостинг во Франкфурте").argmax() == 0
    assert index.scores("¿Dónde está el protocolo?").argmax() == 1
    assert index.holds(0, "франкфурте")
    assert not index.holds(1, "франкфурте")
    assert not index.holds(0, "сдэк")


def test_numbers_are_whole_and_chinese_has_no_letters() -> None:
    assert cut("2400") == ["<2400>"]
    assert not LetterIndex(["240 orders"]).scores("2400 退款").any()
    assert LetterIndex([]).scores("anything").shape == (0,)
