"""Numbers that say who came or went, years that are no sums, a staff that bears a paper's name."""

from __future__ import annotations

import pytest

from dialogs.types import Value
from tests.dialogs.understanding.readers import read, said


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("we took on 4 last week, so 31 now", "en", {"headcount": "31"}),
        ("уволили двоих, теперь нас 18", "ru", {"headcount": "18"}),
        ("despedimos a 2, ahora somos 18", "es", {"headcount": "18"}),
        ("上个月入职了6个人，一共38", "zh", {"headcount": "38"}),
        ("we hired 6 people this spring", "en", {}),
        ("we hired a lawyer, now 4 shops run smoothly", "en", {}),
    ],
)
def test_who_came_or_went_is_not_how_many_there_are(
    text: str, language: str, told: dict[str, Value]
) -> None:
    found = {k: v for k, v in said(read(text, language=language)).items() if k == "headcount"}
    assert found == told


def test_a_new_total_corrects_the_known_one() -> None:
    reading = read("we hired 4, so 31 now", known={"headcount": "27"})
    assert reading.intents == ("correct",)
    assert reading.slots == {"headcount": "31"}
    assert read("we are 31 people", known={"headcount": "27"}).unsettled == ("headcount",)


@pytest.mark.parametrize(
    ("text", "language", "budget"),
    [
        ("since 2016 we sell tea, we can spend up to 30k", "en", "<=30000"),
        ("с 2016 торгуем, потратить готовы до 90 тыс руб", "ru", "<=RUB 90000"),
        ("presupuesto de 2000", "es", "2000"),
        ("our budget is 2020 euros", "en", "EUR 2020"),
    ],
)
def test_a_year_is_no_budget(text: str, language: str, budget: str) -> None:
    assert said(read(text, language=language)).get("budget") == budget


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("somos 85 en plantilla", "es", {"headcount": "85"}),
        ("una plantilla de 80 personas", "es", {"headcount": "80"}),
        ("staff? about 2400", "en", {"headcount": "2400"}),
        ("人数？30左右", "zh", {"headcount": "30"}),
        ("сотрудников? около 40", "ru", {"headcount": "40"}),
    ],
)
def test_the_staff_is_counted_and_no_paper_is_asked_for(
    text: str, language: str, told: dict[str, Value]
) -> None:
    found = said(read(text, language=language))
    assert {k: v for k, v in found.items() if k in ("headcount", "doc_type")} == told


def test_a_template_is_still_a_paper() -> None:
    assert said(read("mándame la plantilla", language="es"))["doc_type"] == "template"


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("тз нет пока", "ru", False),
        ("у нас тз нет", "ru", False),
        ("需求文档还没有", "zh", False),
        ("spec? we don't have one", "en", False),
        ("в тз нет слов о сроках", "ru", None),
    ],
)
def test_a_paper_that_is_missing_is_named_first(
    text: str, language: str, told: Value | None
) -> None:
    assert said(read(text, language=language)).get("written_requirement") is told


@pytest.mark.parametrize("text", ["perdón, hola. busco una tienda", "hola", "ok, vale"])
def test_a_greeting_is_no_city(text: str) -> None:
    assert "city" not in said(read(text, language="es"))


def test_a_full_stop_is_no_part_of_a_city() -> None:
    assert (
        said(read("пять человек вместе с курьером, Иваново.", language="ru"))["city"] == "Иваново"
    )
