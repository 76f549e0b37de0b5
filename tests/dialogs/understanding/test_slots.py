"""Values that patterns read, in four languages, and the traps beside them."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Value
from dialogs.understanding.cities import city_country
from tests.dialogs.understanding.readers import read, said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("about 70", "70"),
        ("fewer than 20", "<20"),
        ("30 to 40", "30-40"),
        ("over two hundred", ">200"),
        ("1,200", "1200"),
        ("5000人以上", ">5000"),
        ("四五十人", "40-50"),
        ("三百多", ">300"),
        ("человек двадцать", "20"),
        ("свыше 150", ">150"),
        ("somos quince", "15"),
        ("más de mil", ">1000"),
    ],
)
def test_headcount(text: str, value: str) -> None:
    assert said(read(text, Asked(slot="headcount", kind="number")))["headcount"] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7k usd", "USD 7000"),
        ("max 2500 eur", "<=EUR 2500"),
        ("between 4 and 6 thousand pounds", "GBP 4000-6000"),
        ("12000", "12000"),
        ("8万以内", "<=80000"),
        ("6到9万元", "CNY 60000-90000"),
        ("400 тысяч рублей", "RUB 400000"),
        ("unos 30 mil euros", "EUR 30000"),
        ("no budget", "none"),
        ("没有预算", "none"),
    ],
)
def test_budget(text: str, value: str) -> None:
    assert said(read(text, Asked(slot="budget"))) == {"budget": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("as soon as possible", "now"),
        ("no hurry", "none"),
        ("in 4 months", "P4M"),
        ("10 days", "P10D"),
        ("half a year", "P6M"),
        ("second quarter", "Q2"),
        ("end of the year", "EOY"),
        ("by June", "06"),
        ("June or July", "06/07"),
        ("20 May", "05-20"),
        ("双11", "11-11"),
        ("下个月", "P1M"),
        ("两周内", "P2W"),
        ("к маю", "05"),
        ("до 20 августа", "08-20"),
        ("через год", "P1Y"),
        ("en tres semanas", "P3W"),
        ("antes de fin de año", "EOY"),
    ],
)
def test_timeline(text: str, value: str) -> None:
    assert said(read(text, Asked(slot="timeline"))) == {"timeline": value}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("write to anna (at) shop dot de", {"email": "anna@shop.de"}),
        ("ivan.p собака yandex точка ru", {"email": "ivan.p@yandex.ru"}),
        ("pedro arroba tienda punto com", {"email": "pedro@tienda.com"}),
        ("call me on +49 30 901820", {"phone": "+4930901820"}),
        ("我的手机 13912345678", {"phone": "13912345678"}),
    ],
)
def test_contact_data(text: str, slots: dict[str, Value]) -> None:
    assert said(read(text)) == slots


@pytest.mark.parametrize(
    ("text", "question", "slots"),
    [
        ("not a state company", "ownership", {"ownership": "private"}),
        ("不是私企", "ownership", {"ownership": "state_owned"}),
        ("no es privada", "ownership", {"ownership": "state_owned"}),
        ("частный бизнес", "ownership", {"ownership": "private"}),
        ("no servers, only webspace", "own_servers", {"own_servers": False}),
        ("на своих серверах", "own_servers", {"own_servers": True}),
        ("没有自己的服务器", "own_servers", {"own_servers": False}),
        ("in Lyon", "city", {"city": "Lyon"}),
        ("в Новосибирске", "city", {"city": "Новосибирск"}),
        ("Nice", "city", {"city": "Nice"}),
        ("Hinterwaldkirchen", "city", {"city": "Hinterwaldkirchen"}),
        ("I'm in finance", "department", {"department": "finance"}),
        ("IT", "department", {"department": "it"}),
        ("маркетинг", "department", {"department": "marketing"}),
        ("my director has to sign", "authority", {"authority": "recommends"}),
        ("я сам решаю", "authority", {"authority": "decides"}),
        ("只是帮忙问问", "authority", {"authority": "none"}),
        ("we have a draft", "written_requirement", {"written_requirement": True}),
        ("estamos redactándolo", "written_requirement", {"written_requirement": False}),
        ("profesional", "edition", {"edition": "professional"}),
        ("Entreprise", "edition", {"edition": "enterprise"}),
        ("企业版或者集群版", "edition", {"edition": "enterprise+cluster"}),
        ("My name is Clara Vogel", "name", {"name": "Clara Vogel"}),
    ],
)
def test_answers(text: str, question: str, slots: dict[str, Value]) -> None:
    assert said(read(text, Asked(slot=question, kind="choice"))) == slots


@pytest.mark.parametrize(
    "text",
    [
        "does it run on a VMware cluster?",
        "does it need Windows Server 2022?",
        "how many users can log in at once, 500?",
        "is it true that it costs 5000 EUR?",
        "we were founded in 1998",
        "where is my order 20231187765",
        "is that a nice reading app?",
        "do you have an office in Vienna?",
        "can it hold 20000 products",
    ],
)
def test_traps_store_nothing(text: str) -> None:
    assert said(read(text)) == {}


def test_project_city_wins_over_the_seat() -> None:
    reading = read("our headquarters are in Berlin, the project is in Hamburg", Asked(slot="city"))
    assert said(reading) == {"city": "Hamburg"}


def test_implied_values_are_marked() -> None:
    reading = read("we are a state-owned company")
    assert reading.slots["buyer_type"] == "enterprise"
    assert "buyer_type" in reading.inferred
    assert reading.quotes["ownership"] == "state-owned"


def test_owner_decides_by_implication_only() -> None:
    reading = read("I'm the owner")
    assert said(reading) == {"role": "owner"}
    assert reading.slots["authority"] == "decides"


def test_country_of_a_city_in_any_script() -> None:
    names = {
        "Graz": "AT",
        "上海": "CN",
        "Казань": "RU",
        "в": None,
        "Sevilla": "ES",
        "München": "DE",
    }
    assert {name: city_country(name) for name in names} == names
