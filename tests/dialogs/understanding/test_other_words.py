"""What people say in other words: machines, owners, places, deciders, and what they do not know."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Reading, Value
from tests.dialogs.understanding.readers import read, said

SERVERS = Asked(slot="own_servers", kind="yes_no", assumes={"own_servers": True})
PAPER = Asked(slot="written_requirement", kind="yes_no", assumes={"written_requirement": True})


def hear(text: str, asked: str | Asked = "", language: str = "en") -> Reading:
    question = Asked(slot=asked, kind="text") if isinstance(asked, str) and asked else None
    return read(text, asked if isinstance(asked, Asked) else question, language=language)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("servers? no idea what that is, we have none", "en", False),
        ("какие сервера)) группа в соцсети и все", "ru", False),
        ("какие серверы, у нас один ноутбук", "ru", False),
        ("q servidores jaja, tenemos una pagina de facebook", "es", False),
        ("the town lends us a couple of machines", "en", True),
        ("集团借给我们两台服务器", "zh", True),
        ("有三台老的", "zh", True),
        ("yes servers, not sure how many", "en", True),
        ("сервак свой есть", "ru", True),
    ],
)
def test_machines_in_other_words(text: str, language: str, value: bool) -> None:
    assert said(hear(text, SERVERS, language))["own_servers"] is value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("not sure about servers tbh", "en"),
        ("не знаю насчет серверов если честно", "ru"),
        ("no tengo claro lo de los servidores", "es"),
        ("服务器这块我还不清楚", "zh"),
    ],
)
def test_who_is_unsure_of_servers_tells_of_none(text: str, language: str) -> None:
    reading = hear(text, SERVERS, language)
    assert "dont_know" in reading.intents
    assert "own_servers" not in reading.slots
    assert reading.unsure_of == ""


@pytest.mark.parametrize(
    ("text", "asked", "slot"),
    [
        ("not sure about servers tbh", "phone", "own_servers"),
        ("can't say anything on the budget yet", "email", "budget"),
        ("don't know", "phone", ""),
        ("not sure which phone number to give", "phone", ""),
    ],
)
def test_what_is_not_known_is_not_what_was_asked(text: str, asked: str, slot: str) -> None:
    reading = hear(text, asked)
    assert "dont_know" in reading.intents
    assert reading.unsure_of == slot


@pytest.mark.parametrize("text", ["which servers do you need?", "what servers, own or rented?"])
def test_a_question_about_servers_denies_none(text: str) -> None:
    assert "own_servers" not in hear(text, SERVERS).slots


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("какое тз, нет конечно", "ru"),
        ("q pliego ni q nada, solo una idea", "es"),
        ("what spec, we are two people", "en"),
    ],
)
def test_a_paper_is_asked_back_for_in_denial(text: str, language: str) -> None:
    assert hear(text, PAPER, language).slots["written_requirement"] is False


@pytest.mark.parametrize(
    ("text", "language", "slot", "value"),
    [
        ("hey im a student, its for my thesis, private, no company behind", "en", "buyer_type",
         "individual"),
        ("я одна, вяжу игрушки, хочу магазинчик", "ru", "buyer_type", "individual"),
        ("учусь в институте, делаю сайт", "ru", "buyer_type", "individual"),
        ("estudio informatica y es para mi tfg", "es", "buyer_type", "individual"),
        ("注册了公司的，就三个人", "zh", "buyer_type", "enterprise"),
        ("区政府信息中心的", "zh", "ownership", "state_owned"),
        ("ооо у нас, готовы начать", "ru", "ownership", "private"),
        ("somos una S.L. en Vitoria, hacemos quesos", "es", "ownership", "private"),
        ("we're an LLC in Denver", "en", "ownership", "private"),
        ("мы ип из Тулы", "ru", "ownership", "private"),
        ("final call is up to the director", "en", "authority", "recommends"),
        ("我跟我媳妇商量着定", "zh", "authority", "decides"),
        ("i choose together with my wife", "en", "authority", "decides"),
        ("вместе с женой решаем", "ru", "authority", "decides"),
        ("el gerente general soy yo", "es", "role", "gerente general"),
        ("somos una tienda en lleida", "es", "city", "lleida"),
        ("bike shop in ghent", "en", "city", "ghent"),
        ("мы из елабуги", "ru", "city", "елабуга"),
        ("HQ in Rotterdam but the shop is for Antwerp", "en", "city", "antwerp"),
        ("总部在上海，这个项目是给成都分公司的", "zh", "city", "成都"),
        ("客户在佛山做家具的", "zh", "city", "佛山"),
        ("unos 20.000 usuarios, en plantilla 800", "es", "headcount", "800"),
        ("windows server 2019 y 85 en plantilla", "es", "headcount", "85"),
        ("medio centenar de empleados", "es", "headcount", "50"),
        ("tiene q estar antes d fin d año", "es", "timeline", "eoy"),
        ("marketing.. ugh, sales", "en", "department", "sales"),
    ],
)  # fmt: skip
def test_facts_in_other_words(text: str, language: str, slot: str, value: str) -> None:
    slots = hear(text, "need" if slot != "department" else slot, language).slots
    assert str(slots.get(slot)).casefold() == value


@pytest.mark.parametrize("text", ["chairs in linen", "muebles en madera", "we are in plastics"])
def test_things_written_small_are_no_towns(text: str) -> None:
    assert "city" not in hear(text).slots


def test_a_sole_trader_is_a_private_firm_and_no_job_title() -> None:
    reading = hear("ИП", "buyer_type", "ru")
    assert reading.slots == {"buyer_type": "enterprise", "ownership": "private"}
    assert reading.inferred == ("ownership",)


def test_facts_beside_an_oath_are_kept() -> None:
    slots = hear("jefa de compras de farmacias en medellin joder, 300 personas", "need", "es").slots
    assert slots["department"] == "procurement"
    assert slots["headcount"] == "300"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("про сервер наврал, продали мы его, нету", "ru"),
        ("we sold the servers last month actually", "en"),
        ("服务器早就卖了", "zh"),
    ],
)
def test_machines_that_were_given_up_are_taken_back(text: str, language: str) -> None:
    known: dict[str, Value] = {"own_servers": True}
    asked = Asked(slot="department", kind="text")
    reading = read(text, asked, known=known, language=language)
    assert reading.intents == ("correct",)
    assert reading.slots == {"own_servers": False}


@pytest.mark.parametrize(
    ("text", "language", "cued"),
    [
        ("do you take a commission on sales?", "en", False),
        ("комиссию с продаж берете?", "ru", False),
        ("cobran comision por venta?", "es", False),
        ("what commission do resellers get", "en", True),
        ("какая комиссия для партнеров", "ru", True),
    ],
)
def test_a_commission_on_sales_is_no_agency(text: str, language: str, cued: bool) -> None:
    assert ("agency" in hear(text, "", language).cues) is cued


def test_polite_plural_within_another_word_addresses_nobody() -> None:
    text = "ооо у нас, Иваново, готовы до 200 тыс руб"
    assert hear(text, "need", "ru").slots["ownership"] == "private"
