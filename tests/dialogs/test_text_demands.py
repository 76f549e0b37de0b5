"""A text that compiles but would fail when it is said is a mistake of the pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.check import check
from tests.dialogs.test_check import copy_minimal, edit


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ ''.__class__.__mro__ }}", "takes .__class__ of a constant"),
        ("{{ assistant.name }}", "takes .name of assistant"),
        ("{{ assistant[0] }}", "takes a part of assistant"),
        ("{{ assistant | money }}", "writes assistant by | money"),
        ("{{ assistant % 2 }}", "counts with assistant"),
        ("{% if assistant > 2 %}x{% endif %}", "counts with assistant"),
        ("{{ 5 // 0 }}", "divides by what may be nothing"),
        ("{{ 'x' + 5 }}", "holds add"),
        ("{{ company() }}", "holds call"),
        ("{% for letter in 5 %}x{% endfor %}", "goes through a constant"),
        ("{{ ['x'] is divisibleby(0) }}", "is divisibleby"),
        ("{% for x in company recursive %}{{ loop('x') }}{% endfor %}", "holds call"),
    ],
)
def test_what_may_fail_when_it_is_said_is_told(tmp_path: Path, source: str, message: str) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "texts/en.yaml", "Our guests", f'"{source}"')
    told = [each for each in check(folder) if not each.warning]
    assert any(message in each.message for each in told), told


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ 'a' * 10**10 }}", "holds mul"),
        ("{{ 9 ** 9 ** 9 }}", "holds pow"),
        ("{{ '%9999999999d' % 5 }}", "holds mod"),
        ("{{ ('%9999999999d' ~ '') % 5 }}", "holds mod"),
        ("{{ assistant | center(9999999999) }}", "holds | center"),
        ("{{ 'x' | indent(9999999999) }}", "holds | indent"),
        ("{{ assistant | join('xxxx') | join('xxxx') }}", "holds | join"),
        ("{{ 'xxxx' | join('xxxx') }}", "holds | join"),
    ],
)
def test_what_could_take_without_end_is_told_before_it_is_worked_out(
    tmp_path: Path, source: str, message: str
) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "texts/en.yaml", "Our guests", f'"{source}"')
    told = [each for each in check(folder) if not each.warning]
    assert any(f"{message}: that could take without end" in each.message for each in told), told


@pytest.mark.parametrize(
    "source",
    [
        "{% if assistant %}I am {{ assistant | upper }}{% else %}Hello{% endif %}",
        "{{ 'a' if language == 'en' else 'b' }} {{ company ~ '!' }}",
        "{{ website or 'no site' }}",
    ],
)
def test_what_works_with_any_value_is_right(tmp_path: Path, source: str) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "texts/en.yaml", "Our guests", f'"{source}"')
    assert not [each for each in check(folder) if not each.warning]


def test_a_text_may_ask_what_the_products_own_asks(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    own = 'value.span.D: "{{ n }} day{% if n % 10 != 1 %}s{% endif %}"\n'
    texts = folder / "texts" / "en.yaml"
    texts.write_text(texts.read_text() + own)
    assert not [each for each in check(folder) if "span" in each.message]
    texts.write_text(texts.read_text().replace(own, own.replace("n % 10", "n.real")))
    assert [each for each in check(folder) if "takes .real of n" in each.message]
