"""Answers from the papers: found by words and by meaning, quoted only when they really answer."""

from __future__ import annotations

import re
import time
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.knowledge import QUOTE_CHARS, Library, quote
from dialogs.pack import Article, Examples, Pack
from dialogs.stems import stem
from dialogs.synonyms import Synonyms
from dialogs.types import Passage
from dialogs.word_index import Vocabulary, WordIndex, names_in
from dialogs.words import content_runs, content_words, terms
from tests.dialogs.paper_packs import article, document, make_pack

TODAY = "2026-11-21"
SECRET = "The lowest margin is 25 percent, code name Heron, password xyzzy-4711."


class ConceptEncoder:
    """Stands in for the real one: each word is a direction, words of one concept the same."""

    CONCEPTS = ({"refund", "money", "退款", "возврат"}, {"install", "setup", "安装", "установить"})

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        self.batches.append(len(texts))
        rows = np.stack([self._vector(text) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def _vector(self, text: str) -> npt.NDArray[np.float64]:
        vector = np.full(64, 1e-3)
        words = re.findall(r"退款|安装|\w+", text.lower())
        for word in words:
            same = [n for n, names in enumerate(self.CONCEPTS) if word in names]
            vector[same[0] if same else 2 + zlib.crc32(word.encode()) % 62] += 3 if same else 1
        return vector


def articles() -> tuple[Article, ...]:
    return (
        article(
            "refund-en",
            "en",
            ("Can I get a refund?", "How long can the licence be returned?"),
            "A licence can be returned within 30 days of delivery.\n\nServices are not refunded.",
        ),
        article(
            "refund-zh", "zh", ("可以退款吗？", "多久之内能退？"), "许可在交付后 30 天内可以退款。"
        ),
        article(
            "pay-en",
            "en",
            ("Which payment methods are there?", "Does it support PayPal?"),
            "All editions take cards, PayPal and Alipay. Enterprise adds purchase on account.",
        ),
        article("pay-zh", "zh", ("支持哪些支付方式？",), "各版本都支持支付宝、微信支付和银行卡。"),
        article(
            "limits-en",
            "en",
            ("How many products can I have?",),
            "Professional holds up to 10,000 products. Enterprise holds up to 100,000 products.",
        ),
        article(
            "install-en",
            "en",
            ("How is it installed?", "Can we install it on our own server?"),
            "Upload the package to your server and open the set-up page. It takes an hour.",
        ),
        article("secret-en", "en", ("What is our margin?", "How low can we go?"), SECRET, False),
        article(
            "secret-zh", "zh", ("我们的利润是多少？",), "内部资料：最低利润 25%，代号苍鹭。", False
        ),
    )


def pack() -> Pack:
    chat = ("could you kindly explain to me", "kindly explain it", "kindly explain again")
    return make_pack(
        (
            document(
                "manual-pro",
                "manual",
                edition="professional",
                title="Manual",
                text=(("Backups", "Backups are made every night and kept for 30 days."),),
            ),
            document(
                "manual-clu",
                "manual",
                edition="cluster",
                title="Manual",
                text=(
                    ("Backups", "Backups are made every hour and kept for 90 days."),
                    ("Failover", "A replica takes over within 30 seconds."),
                ),
            ),
            document("old", "brochure", valid_to="2026-01-31", text=(("", "Telex is supported."),)),
            document(
                "next", "brochure", valid_from="2027-01-01", text=(("", "Holograms are in."),)
            ),
            document("inner", "white_paper", public=False, text=(("Margins", SECRET),)),
            document("empty", "brochure", text=(("", "---"), ("", "  "))),
        ),
        articles(),
        {"en": Examples(intents={"ask_why": chat}, values={})},
    )


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(pack())


@pytest.fixture(scope="module", params=["words", "meaning"])
def either(request: pytest.FixtureRequest) -> Library:
    return Library(pack(), ConceptEncoder() if request.param == "meaning" else None)


def answer(library: Library, question: str, language: str = "en") -> str:
    """Source of the passage that answers, or ""."""
    found = library.find(question, language, 3, TODAY)
    return found[0].source if found and found[0].answers else ""


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Can I get a refund?", "refund-en"),
        ("do you support paypal", "pay-en"),
        ("Do you support Alipay?", "pay-en"),
        ("do you support paypla", "pay-en"),
        ("Can it be installed on our servers?", "install-en"),
        ("How many products can I have in Enterprise?", "limits-en"),
        ("how many backups does Cluster make an hour", "manual-clu"),
        ("could you kindly explain refunds", "refund-en"),
    ],
)
def test_questions_that_the_papers_cover(library: Library, question: str, source: str) -> None:
    assert answer(library, question) == source


@pytest.mark.parametrize(
    "question",
    [
        "Do you support Klarna?",
        "Does it support PayPal and Klarna?",
        "Do you take DINERS cards?",
        "Can I get a refund within 90 days of delivery?",
        "Can I have 20000 products in Professional?",
        "How many products can Cluster have?",
        "Is there a discount on PayPal?",
        "What is the weather in Graz?",
        "Is it?",
        "???",
        "refund klarna paypal weather server products",
    ],
)
def test_what_the_papers_do_not_say_is_not_answered(library: Library, question: str) -> None:
    assert answer(library, question) == ""


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("可以退款吗", "refund-zh"),
        ("请问支持支付宝吗？", "pay-zh"),
        ("支持花呗吗", ""),
        ("支持Klarna支付吗", ""),
        ("90天内可以退款吗", ""),
        ("今天天气怎么样", ""),
    ],
)
def test_chinese_questions(library: Library, question: str, source: str) -> None:
    assert answer(library, question, "zh") == source


def test_a_message_in_another_language_than_the_talk_is_answered_in_its_own(
    library: Library,
) -> None:
    assert answer(library, "可以退款吗", "en") == "refund-zh"
    assert answer(library, "Can I get a refund?", "zh") == "refund-en"


def test_a_paper_in_another_language_answers_when_the_meaning_is_sure() -> None:
    library = Library(pack(), ConceptEncoder())
    found = library.find("возврат", "ru", 3, TODAY)
    assert found[0].source.startswith("refund")
    assert found[0].answers
    assert found[0].language != "ru"
    assert Library(pack()).find("возврат", "ru", 3, TODAY) == ()


@pytest.mark.parametrize("question", ["возврат СДЭК", "возврат за 45 дней", "возврат через QIWI"])
def test_a_paper_in_another_language_must_hold_names_and_numbers(question: str) -> None:
    found = Library(pack(), ConceptEncoder()).find(question, "ru", 3, TODAY)
    assert not any(passage.answers for passage in found)


def test_own_language_comes_before_another() -> None:
    library = Library(pack(), ConceptEncoder())
    assert [p.source for p in library.find("Can I get a refund?", "en", 1)] == ["refund-en"]
    assert [p.source for p in library.find("可以退款吗", "zh", 1)] == ["refund-zh"]


def test_a_listed_synonym_stands_for_a_word() -> None:
    words = "Is there a hound in the office?"
    papers = (article("a", "en", ("Which animals are in the office?",), "A dog is there."),)
    assert answer(Library(make_pack((), papers)), words) == ""
    listed = {"en": Examples(intents={}, values={}, synonyms={"dog": ("hound", "guard dog")})}
    assert answer(Library(make_pack((), papers, listed)), words) == "a"
    assert answer(Library(make_pack((), papers, listed)), "Is there a cat in the office?") == ""


def test_a_listed_synonym_in_chinese() -> None:
    papers = (article("a", "zh", ("周末营业吗？",), "店铺周末照常营业。"),)
    listed = {"zh": Examples(intents={}, values={}, synonyms={"周末": ("礼拜天",)})}
    assert answer(Library(make_pack((), papers)), "礼拜天营业吗", "zh") == ""
    assert answer(Library(make_pack((), papers, listed)), "礼拜天营业吗", "zh") == "a"


def test_words_scattered_over_a_paper_answer_nothing() -> None:
    text = "We have partners in Singapore.\n\nHosting is in Frankfurt. Holidays are in August."
    library = Library(make_pack((), (article("a", "en", ("Where are you?",), text),)))
    assert answer(library, "Is there hosting in Singapore?") == ""
    assert answer(library, "Is the hosting in Frankfurt?") == "a"


def test_editions_are_not_mixed_up(library: Library) -> None:
    first = library.find("How long are backups kept in Cluster?", "en", 1, TODAY)[0]
    assert "90 days" in first.text
    assert not any(
        p.answers and "90 days" in p.text
        for p in library.find("Are backups kept in Professional?", "en", 8, TODAY)
    )


@pytest.mark.parametrize(("day", "count"), [(TODAY, 0), ("2026-01-15", 1), (None, 1)])
def test_only_papers_valid_on_the_day(either: Library, day: str | None, count: int) -> None:
    found = [p.source for p in either.find("Is Telex supported?", "en", 20, day)]
    assert found.count("old") == count


def test_what_comes_back_is_complete(either: Library) -> None:
    found = either.find("Can I get a refund?", "en", 3, TODAY)
    assert 1 <= len(found) <= 3
    first = found[0]
    assert (first.kind, first.title, first.language) == ("article", "Can I get a refund?", "en")
    assert first.text.startswith("A licence can be returned")
    manual = either.find("replica takes over", "en", 1, TODAY)[0]
    assert (manual.kind, manual.title, manual.place) == ("document", "Manual", "Failover")
    assert either.find("Can I get a refund?", "en", 0, TODAY) == ()
    assert either.find("", "en") == ()
    assert len(either.find("refund", "en", 1)) == 1
    assert Library(make_pack(), ConceptEncoder()).find("refund", "en") == ()
    assert either.find("Can I get a refund?", "en", 3, TODAY) == found


def test_the_same_words_of_two_papers_come_once() -> None:
    same = (("Backups", "Backups are made every night."),)
    papers = [document(name, "manual", text=same) for name in ("a", "b", "c")]
    found = Library(make_pack(papers)).find("When are backups made?", "en", 3, TODAY)
    assert [p.source for p in found] == ["a"]


def test_one_batch_encodes_all_passages_and_a_question_few() -> None:
    encoder = ConceptEncoder()
    library = Library(pack(), encoder)
    assert len(encoder.batches) == 1
    library.find("Is there snow on the refund?", "en", 3, TODAY)
    assert sum(encoder.batches[1:]) <= 3


# --- internal content ----------------------------------------------------------------------------


PROBES = (
    SECRET, "margin", "What is our margin?", "How low can we go?", "Heron", "xyzzy-4711", "xyzzy",
    "lowest margin 25 percent", "code name", "password", "internal", "secret-en", "inner",
    "Margins", "我们的利润是多少", "苍鹭", "最低利润", "内部资料", "print the margin",
    "{{ secret }}", "' OR 1=1 --", "show internal documents", "25 percent", "*", ".*", "a", "25",
)  # fmt: skip


@pytest.mark.parametrize("probe", PROBES)
def test_internal_content_never_comes_out(either: Library, probe: str) -> None:
    for language in ("en", "zh", "ru", ""):
        for passage in either.find(probe, language, 50):
            assert_public(passage)


def test_internal_content_is_not_even_in_the_index(either: Library) -> None:
    assert {p.source for p in either.passages} & {"inner", "secret-en", "secret-zh"} == set()
    assert not either._index._letters.scores("Heron xyzzy-4711").any()
    assert "heron" not in either._words._weights
    assert "xyzzy-4711" not in either._words._weights
    for passage in either.passages:
        assert_public(passage)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from((SECRET + " what is our how to the get 利润 内部").split())),
    st.text(max_size=30),
)
def test_no_mix_of_words_brings_it_out(words: list[str], more: str) -> None:
    for passage in PLAIN.find(" ".join([*words, more]), "en", 50):
        assert_public(passage)


PLAIN = Library(pack())


def assert_public(passage: Passage) -> None:
    assert passage.source not in ("inner", "secret-en", "secret-zh")
    assert "Heron" not in passage.text
    assert "苍鹭" not in passage.text


# --- bounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["a " * 100_000, "退款" * 50_000, "\x00\u202e\u200b", "9" * 1_000_000, "🙂" * 1_000, "((((((",
     "<script>", "\\b", "[", "\ud800", "Klarna " * 200, "a-" * 5_000],
)  # fmt: skip
def test_any_text_is_bounded(either: Library, text: str) -> None:
    started = time.process_time()
    for passage in either.find(text, "en", 3, TODAY):
        assert len(passage.text) <= QUOTE_CHARS
    assert time.process_time() - started < 1


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    assert len(PLAIN.find(text, "en", 3, TODAY)) <= 3
    assert all(isinstance(term, str) for term in terms(text) + content_runs(text))


# --- quoting and words ---------------------------------------------------------------------------


def test_quotes_end_at_a_paragraph_and_hold_the_one_that_answers() -> None:
    paragraphs = [f"{n} " + "word " * 50 for n in range(6)]
    text = "\n\n".join(p.strip() for p in paragraphs)
    assert quote("short") == "short"
    assert quote("") == ""
    assert [p[0] for p in quote(text).split("\n\n")] == ["0", "1"]
    assert [p[0] for p in quote(text, 3).split("\n\n")] == ["2", "3"]
    assert [p[0] for p in quote(text, 5).split("\n\n")] == ["4", "5"]
    long = "One sentence here. " * 60
    assert quote(long).endswith("here.")
    assert len(quote("x" * 5_000)) == QUOTE_CHARS
    for focus in range(6):
        assert len(quote(text, focus)) <= QUOTE_CHARS


def test_the_answer_of_a_long_article_is_the_paragraph_that_holds_it() -> None:
    filler = "\n\n".join("Nothing of interest stands in here at all. " * 10 for _ in range(3))
    text = f"{filler}\n\nThe shop speaks Basque."
    library = Library(make_pack((), (article("a", "en", ("Which languages?",), text),)))
    (found,) = library.find("Does the shop speak Basque?", "en", 3, TODAY)
    assert found.answers
    assert "Basque" in found.text
    assert len(found.text) <= QUOTE_CHARS


def test_names_are_known_by_the_capital_that_papers_give_them() -> None:
    texts = (
        "We connect Kingfisher and the usual stores.",
        "It reads Marlin, and data of any Store or store.",
        "The Data Protection Act holds.",
    )
    asked = ("does it work with Heronsoft, Ternware or so", "marlin ok?")
    assert names_in(texts, asked) == {"kingfisher", "marlin", "heronsoft", "ternware"}


def test_a_name_typed_small_must_stand_in_the_paper_all_the_same() -> None:
    stores = article(
        "stores", "en", ("Which stores does it connect to?", "does it connect to Pelicanstore"),
        "It connects to the stores Pelicanstore and Toucanmart.",
    )  # fmt: skip
    moving = article(
        "moving", "en", ("Can we move over from Heronsoft to you?",),
        "We take over products and customers. From Heronsoft it goes by CSV.",
    )  # fmt: skip
    library = Library(make_pack((), (stores, moving)))
    assert library.find("does it connect to toucanmart?", "en", 3, TODAY)[0].answers
    near = library.find("does it connect to heronsoft?", "en", 3, TODAY)
    assert not any(found.source == "stores" and found.answers for found in near)


def test_a_word_and_its_synonyms_count_once() -> None:
    texts = [("the store, the site and the outlet", "en"), ("a shop", "en"), ("a boat", "en")]
    listed = Synonyms({"en": (("shop", "store", "site", "outlet"), ("voucher", "gift card"))})
    shops = WordIndex(texts, Vocabulary(synonyms=listed))
    some, one, none = shops.scores(shops.parse("shop"))
    assert one > some > none == 0
    phrase = WordIndex([("a gift card", "en"), ("a card", "en")], Vocabulary(synonyms=listed))
    found = phrase.scores(phrase.parse("voucher", "en"))
    assert found[0] > found[1] == 0


def test_words() -> None:
    pairs = (
        ("licence", "licensing"), ("colour", "colors"), ("installation", "installed"),
        ("refundable", "refunds"), ("companies", "company"), ("authorised", "authorize"),
    )  # fmt: skip
    for one, other in pairs:
        assert stem(one) == stem(other)
    assert stem("3d") == "3d"
    assert content_words("What's the shop's price?") == ["shop", "price"]
    assert "5000" in terms("5,000 products")
    assert content_runs("请问你们支持支付宝吗") == ["支持支付宝"]
