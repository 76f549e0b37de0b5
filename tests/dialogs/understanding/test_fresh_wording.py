"""Sentences of kinds that fresh readers saw misread, each kind in general forms."""

from __future__ import annotations

import pytest

from dialogs.types import Asked, Reading, Value
from tests.dialogs.understanding.readers import reader, said


def listen(text: str, slot: str = "", known: dict[str, Value] | None = None) -> Reading:
    """Reads the text under an open question for the slot, if any is named."""
    asked = Asked(slot=slot, kind="text") if slot else None
    language = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in text) else "en"
    return reader().read(text, asked=asked, known=known or {}, language=language)


@pytest.mark.parametrize(
    ("slot", "text", "slots"),
    [
        ("", "电话13700137000", {"phone": "13700137000"}),
        ("", "李强，手机13612345678，无锡", {
            "phone": "13612345678", "name": "李强", "city": "无锡",
        }),
        ("need", "就我一个人，在厦门", {"buyer_type": "individual", "city": "厦门"}),
        ("", "I bake cakes at home", {"buyer_type": "individual"}),
        ("", "дома шью игрушки", {"buyer_type": "individual"}),
        ("", "hago jabones en casa", {"buyer_type": "individual"}),
        ("", "руковожу отделом продаж", {"department": "sales"}),
        ("", "dirijo el departamento de finanzas", {"department": "finance"}),
        ("", "ТЗ еще не готово", {"written_requirement": False}),
        ("", "my server room? no idea about servers", {}),
        ("buyer_type", "没有服务器，电脑一窍不通", {"own_servers": False}),
        ("", "民企，60人，有服务器，在宁波", {
            "ownership": "private", "headcount": "60", "own_servers": True, "city": "宁波",
        }),
        ("", "云服务器有，腾讯云的", {"own_servers": True}),
        ("own_servers", "服务器目前没有，准备买", {"own_servers": False}),
        ("headcount", "人数300，不对，是30", {"headcount": "30"}),
        ("headcount", "80, sorry, 18", {"headcount": "18"}),
        ("headcount", "120, ой, 12", {"headcount": "12"}),
        ("headcount", "90, perdon, 19", {"headcount": "19"}),
        ("", "教职工两千", {"headcount": "2000"}),
        ("", "I run marketing", {"department": "marketing"}),
        ("", "IT department", {"department": "it"}),
        ("own_servers", "我负责采购，老板拍板", {
            "department": "procurement", "authority": "recommends",
        }),
        ("own_servers", "我做财务的，其实也能做主", {
            "department": "finance", "authority": "decides",
        }),
        ("department", "marketing but I'm the founder's daughter", {"department": "marketing"}),
        ("authority", "the customer decides", {"authority": "recommends"}),
        ("authority", "院长办公会定", {"authority": "recommends"}),
        ("", "private furniture maker", {"ownership": "private"}),
        ("", "苏州的工厂", {"city": "苏州"}),
        ("", "servers in Hamburg", {}),
        ("", "my boss in Vienna", {}),
        ("city", "a couple of dozen", {}),
        ("", "no specification in writing", {"written_requirement": False}),
        ("", "our specification is ready", {"written_requirement": True}),
        ("", "标书其实还没写完", {"written_requirement": False}),
        ("budget", "around 30k, start within 2 months", {"budget": "30000", "timeline": "P2M"}),
    ],
)  # fmt: skip
def test_values_are_read(slot: str, text: str, slots: dict[str, Value]) -> None:
    found = said(listen(text, slot))

    assert {key: value for key, value in found.items() if key != "role"} == slots


@pytest.mark.parametrize(
    ("slot", "text", "intents"),
    [
        ("", "contract number AB-4411", {"provide_info"}),
        ("", "is there something I can show the director?", {"ask_document"}),
        ("need", "something for our admin about the setup", {"ask_document"}),
        ("need", "给技术看的有吗", {"ask_document"}),
        ("", "会把我的电话卖给别人吗", {"ask_why"}),
        ("", "do you sell my data?", {"ask_why"}),
        ("", "想做你们的代理，返点怎么算", {"ask_commercial"}),
        ("", "GDPR compliant. Is it?", {"ask_feature"}),
        ("", "do we need a server for that?", {"ask_feature"}),
        ("need", "I have to go, talk later", {"small_talk"}),
        ("city", "先去开会了，回头再聊", {"small_talk"}),
        ("", "мне пора, до связи", {"small_talk"}),
        ("", "me tengo que ir", {"small_talk"}),
        ("need", "忘记我", {"stop"}),
        ("", "sprechen Sie Deutsch?", {"language_switch"}),
        ("", "is there a monthly plan?", {"ask_commercial"}),
        ("", "I have no idea about servers", {"dont_know"}),
    ],
)
def test_intents_are_read(slot: str, text: str, intents: set[str]) -> None:
    assert set(listen(text, slot).intents) == intents


@pytest.mark.parametrize(
    "text",
    [
        "Could you do 15% off?",
        "will you give us 5%?",
        "打个九折就签",
        "你们最低多少钱",
        "скинете 10%?",
        "¿me dan un 10%?",
    ],
)
def test_haggling_asks_the_price_with_the_cue(text: str) -> None:
    reading = listen(text)

    assert "ask_price" in reading.intents
    assert "discount" in reading.cues


@pytest.mark.parametrize(
    "text",
    [
        "优惠券、积分、退换货",
        "让顾客直接在手机上下单",
        "our dealers shall order online",
        "чтобы дилеры могли заказывать сами",
        "que los clientes puedan pagar con tarjeta",
    ],
)
def test_features_of_the_shop_are_no_order_and_no_discount(text: str) -> None:
    reading = listen(text, "need")

    assert not {"buy_now", "ask_price"} & set(reading.intents)
    assert reading.slots["need"]
    assert "discount" not in reading.cues


@pytest.mark.parametrize("text", ["furniture", "要做校园书店商城", "手工皂网上卖"])
def test_short_words_are_a_need_when_asked(text: str) -> None:
    assert listen(text, "need").slots["need"] == text


@pytest.mark.parametrize(
    "text",
    ["ok", "忘记我", "你们有多少员工？", "还有吗", "我想投简历", "can you send the contract?",
     "I lead the IT department", "我不想告诉你公司名"],
)  # fmt: skip
def test_other_messages_are_no_need(text: str) -> None:
    assert "need" not in listen(text, "need").slots


@pytest.mark.parametrize(
    ("text", "known", "slot", "value"),
    [
        ("I said 20 but with the drivers we are 35", {"headcount": "20"}, "headcount", "35"),
        ("我现在调到财务部了", {"department": "marketing"}, "department", "finance"),
        ("so the shop is in Lyon actually, not Paris", {"city": "Paris"}, "city", "Lyon"),
        ("actually the client is the one buying, they're 28 people", {}, "headcount", "28"),
    ],
)
def test_corrections_replace_only_what_they_name(
    text: str, known: dict[str, Value], slot: str, value: str
) -> None:
    reading = listen(text, known=known)

    assert "correct" in reading.intents
    assert reading.slots[slot] == value
    assert set(said(reading)) == {slot}
