"""Cities and trades in all languages under one name: what counts as one, and what does not."""

from __future__ import annotations

import pytest

from dialogs.figures import facts_of, fold_value
from dialogs.joining import JOINED, join_value
from dialogs.types import Known
from dialogs.understanding.cities import city_country, main_city
from dialogs.understanding.industries import industry_ids, main_industry
from tests.dialogs.consulting import demo


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (["Berlin", "Берлин", "柏林", "Берлине", "BERLIN", " berlin "], "berlin"),
        (["Köln", "Koeln", "Cologne", "科隆", "Кёльн"], "koln"),
        (["СПб", "Питер", "Санкт-Петербург", "Saint Petersburg", "圣彼得堡"], "saint petersburg"),
        (["北京", "Beijing", "Пекин", "Peking", "帝都"], "beijing"),
        (["上海市", "魔都", "Shanghai", "Шанхай"], "shanghai"),
        (["NYC", "New York", "Нью-Йорк"], "new york city"),
        (["sf", "San Francisco", "旧金山"], "san francisco"),
        (["ростов", "Ростов-на-Дону", "Rostov-on-Don"], "rostov on don"),
        (["Moscú", "Москва", "мск", "莫斯科"], "moscow"),
    ],
)
def test_a_city_has_one_name(names: list[str], one: str) -> None:
    assert {main_city(name) for name in names} == {one}
    assert {city_country(name) for name in names} == {city_country(one)}


@pytest.mark.parametrize("name", ["Kleinkleckersdorf", "<b>", "germany", "", "都柏林"])
def test_others_stay_apart(name: str) -> None:
    assert main_city(name) not in ("berlin", "koln")
    assert main_city(main_city(name)) == main_city(name)


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (["furniture", "мебель", "家具", "家居", "Muebles"], "furniture"),
        (["tools", "инструменты", "инструмент", "五金", "ferretería", "ferreterías"], "tools"),
        (["tea", "чай", "茶", "茶叶"], "tea"),
        (["pharmacy", "pharmacies", "аптека", "аптеки", "医药", "farmacia"], "pharmacy"),
        (["farm", "farming", "农业", "ферма"], "farming"),
        (["wine", "vino", "vinos", "вино", "酒"], "drinks"),
    ],
)
def test_a_trade_has_one_id(names: list[str], one: str) -> None:
    assert {main_industry(name) for name in names} == {one}
    assert main_industry(one) == one


def test_an_unlisted_trade_stays_as_it_was_told() -> None:
    assert main_industry("Braille  Printing") == "braille printing"


def test_every_trade_has_a_name_and_the_demo_s_cases_are_listed() -> None:
    pack = demo()
    for trade in industry_ids():
        named = {pack.texts[language][f"value.industry.{trade}"] for language in pack.languages}
        assert len(named) >= 2, trade
    told = {name for paper in pack.documents for name in paper.industry}
    assert told
    assert {main_industry(name) for name in told} <= set(industry_ids())


def test_facts_have_the_one_name_and_other_slots_their_own() -> None:
    known = Known(value="柏林", status="stated", quote="柏林", message=1)
    assert [fact.value for fact in facts_of("city", known)] == ["berlin"]
    assert [fact.value for fact in facts_of("company", known)] == ["柏林"]
    for slot in JOINED:
        assert join_value(slot, join_value(slot, "Мебель")) == join_value(slot, "Мебель")
        assert fold_value(slot, "x y") == "x y"
    assert fold_value("own_servers", value=True) == "true"
