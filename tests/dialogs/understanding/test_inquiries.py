"""Questions told by their form, and what looks like one of them and is none."""

import pytest

from dialogs.understanding.inquiries import (
    asks_certified,
    asks_data_contract,
    asks_of_norm,
    asks_of_product,
    asks_to_begin,
    joins_on,
    names_what_not,
    tells_own_past,
    wants_translation,
)
from tests.dialogs.understanding.readers import read, said


@pytest.mark.parametrize(
    "low",
    [
        "do you have a dynamics connector", "is there any adapter for our till", "is the shop fast",
        "能对接用友吗", "有没有有赞的接口", "у вас есть модуль для 1с", "работает ли на windows",
        "tienen integracion con odoo", "se sincroniza con holded",
    ],
)  # fmt: skip
def test_a_question_about_the_product_is_known_by_its_form(low: str) -> None:
    assert asks_of_product(low)


@pytest.mark.parametrize(
    "low", ["do you have an office in graz", "есть ли у вас офис", "tienen oficina", "有接口文档吗"]
)
def test_other_questions_of_having_are_not_about_the_product(low: str) -> None:
    assert not asks_of_product(low)


@pytest.mark.parametrize(
    "low",
    ["cuanto vale y se integra con a3", "цена и интегрируется ли с 1с", "多少钱，能和erp打通吗"],
)
def test_a_second_question_is_found_in_the_same_breath(low: str) -> None:
    assert joins_on(low)


@pytest.mark.parametrize(
    "low",
    [
        "could you begin next week",
        "你们下周一能开工吗",
        "когда сможете начать",
        "pueden empezar ya",
    ],
)
def test_it_is_asked_when_we_would_begin(low: str) -> None:
    assert asks_to_begin(low)


@pytest.mark.parametrize(
    "low", ["can you start over", "we start in march", "pueden empezar de nuevo", "начнем заново"]
)
def test_a_new_beginning_of_the_talk_is_no_date(low: str) -> None:
    assert not asks_to_begin(low)


@pytest.mark.parametrize(
    "low",
    ["do you hold soc 2", "у вас есть iso?", "estan certificados en iso 9001", "通过等保了吗"],
)
def test_whether_we_are_certified_wants_no_paper(low: str) -> None:
    assert asks_of_norm(low)


@pytest.mark.parametrize(
    "low",
    ["send me your iso certificate", "пришлите сертификат iso", "do you have certified partners"],
)
def test_a_certificate_to_be_sent_and_partners_are_something_else(low: str) -> None:
    assert not asks_certified(low)


def test_a_contract_on_data_is_no_worry_about_data() -> None:
    assert asks_data_contract("can we sign a dpa")
    assert not asks_data_contract("what do you do with my data")
    assert not asks_data_contract("send us your data processing agreement")


def test_what_something_is_not_names_no_trouble() -> None:
    assert names_what_not("not shopify")
    assert names_what_not("не битрикс")
    assert not names_what_not("not able to log in since monday")


def test_what_was_used_before_asks_nothing() -> None:
    assert tells_own_past("we moved away from magento")
    assert tells_own_past("мы ушли с битрикса")
    assert not tells_own_past("we used shopify and want to migrate")
    assert not tells_own_past("can we move away from magento")


def test_a_paper_to_be_translated_is_no_change_of_language() -> None:
    assert wants_translation("translate the guide to spanish")
    assert not wants_translation("let us go on in spanish")


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Good morning, is there a connector for Dynamics?", {"ask_feature"}),
        ("hello, how are you?", {"small_talk"}),
        ("is the setup free", {"ask_price"}),
        ("обновления у вас бесплатные?", {"ask_price"}),
        ("is there a free trial", {"ask_trial"}),
        ("not Wordpress", {"unclear"}),
        ("the import hangs", {"support_request"}),
        ("сколько стоит Cluster и интегрируется ли с Битрикс24?", {"ask_price", "ask_feature"}),
        ("专业版多少钱？能对接用友吗？", {"ask_price", "ask_feature"}),
        ("把操作指南发我", {"ask_document"}),
        ("when could your people begin?", {"ask_commercial"}),
        ("¿firman un acuerdo de tratamiento de datos?", {"ask_commercial"}),
    ],
)
def test_what_is_read_of_such_questions(text: str, intents: set[str]) -> None:
    assert set(read(text).intents) == intents


def test_a_thing_of_their_own_tells_nothing_of_who_buys() -> None:
    asked = "请问是公司买还是个人买？"
    assert said(read("我们有自己的机房", asked)) == {"own_servers": True}
    assert said(read("自己用", asked)) == {"buyer_type": "individual"}


def test_what_nobody_can_read_is_kept_as_no_answer() -> None:
    asked = "What do you need the software for?"
    assert "need" not in read("نريد متجرا للأحذية", asked).slots
    assert "need" in read("we sell shoes to clubs", asked).slots


@pytest.mark.parametrize(
    ("typed", "city"),
    [("graz", "Graz"), ("rio de janeiro", "Rio de Janeiro"), ("ростов-на-дону", "Ростов-на-Дону")],
)
def test_a_known_city_gets_its_capital(typed: str, city: str) -> None:
    assert said(read(typed, "Which city are you in?")) == {"city": city}
