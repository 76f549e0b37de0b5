"""Search: English words, Chinese words of two characters, ranked, the hit in its sentence."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import purging, search, snippets, words
from storage.db import Database
from storage.reading import Filter
from storage.search import Found, Hit
from tests.storage.samples import NOW, begin, save, say

DAY = 86_400_000


async def index(db: Database) -> None:
    while await db.write(search.index_new):
        continue


def ask(connection: sqlalchemy.Connection, query: str, wanted: Filter, limit: int) -> Found:
    return search.search(connection, query, wanted, limit)


async def find(db: Database, query: str, limit: int = 20, **wanted: Any) -> Found:
    await index(db)
    return await db.read(partial(ask, query=query, wanted=Filter(**wanted), limit=limit))


async def ids(db: Database, query: str, **wanted: Any) -> list[str]:
    return [hit.line.id for hit in (await find(db, query, **wanted)).hits]


def shown(hit: Hit) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in hit.snippet)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("budget", "What about our Budget?"),
        ("price", "Send me the prices please"),
        ("prices", "the price is fine"),
        ("companies", "one company"),
        ("munchen", "Wir sind in München"),
        ("München", "based in Munchen"),
        ("доставки", "Сроки доставки важны"),
        ("预算", "我们有预算吗"),
        ("小程序", "想做一个小程序商城"),
        ("电子商务", "我们做电子商务"),
        ("商", "我们做电子商务"),
        ("务", "我们做电子商务"),
        ("预算 budget", "我们的 budget 就是预算"),
        ("ＡＢＣ", "our code is abc"),
        ("shop24", "We run Shop24 here"),
        ("ソフト", "ソフトウェア"),
        ("서버", "서버가 있습니다"),
    ],
)
async def test_words_are_found(db: Database, query: str, said: str) -> None:
    await begin(db, "c1", "c2")
    await say(db, "c1", said)
    await say(db, "c2", "nothing of the kind, 完全不同")
    found = await find(db, query)
    assert [hit.line.id for hit in found.hits] == ["c1"]
    assert "[" in shown(found.hits[0])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("算预", "预算"),
        ("小程序", "程序很小，小程度的序言"),
        ("预算表", "我们有预算"),
        ("bud", "budget"),
        ("budget server", "our budget"),
        ("电子商务", "电子产品的商务"),
    ],
)
async def test_what_is_not_there_is_not_found(db: Database, query: str, said: str) -> None:
    await begin(db, "c1")
    await say(db, "c1", said)
    assert await ids(db, query) == []


@pytest.mark.parametrize(
    "query",
    ['"', "'", "*", "AND", "NOT x", "a OR", "NEAR(a b)", "terms:x", "-x", "(", "^a", "{}", "\0",
     "x' OR 1=1 --", '"a" *', "%", "_", "🙂", "", "   ", "a" * 100_000, "字" * 10_000],
)  # fmt: skip
async def test_a_query_is_text_and_no_syntax(db: Database, query: str) -> None:
    await begin(db, "c1")
    await say(db, "c1", "something else, 别的")
    assert await ids(db, query) == []


async def test_operators_are_words(db: Database) -> None:
    await begin(db, "c1", "c2")
    await say(db, "c1", "this and that")
    await say(db, "c2", "this that")
    assert await ids(db, "this AND that") == ["c1"]


async def test_ranking(db: Database) -> None:
    await begin(db, "said", "often", "bot", "long", "once")
    filler = "we also talked of many other things on that day and the day after " * 4
    await say(db, "long", f"{filler} cluster {filler}")
    await say(db, "bot", "cluster", author="bot")
    await say(db, "once", "a cluster it is")
    await say(db, "often", "cluster, cluster, cluster")
    assert await ids(db, "cluster") == ["often", "once", "bot", "long"]


async def test_a_rare_word_weighs_more_than_a_common_one(db: Database) -> None:
    await begin(db, "a", "b", *(f"x{n}" for n in range(30)))
    for n in range(30):
        await say(db, f"x{n}", "about the server again")
    await say(db, "a", "license of the server, server and server")
    await say(db, "b", "server of the license, license and license")
    assert await ids(db, "server license") == ["b", "a"]


async def test_words_next_to_each_other_come_first(db: Database) -> None:
    await begin(db, "apart", "near")
    await say(db, "near", "the price list of today")
    await say(db, "apart", "the list has one price")
    assert await ids(db, "price list") == ["near", "apart"]


async def test_the_newest_comes_first_among_equals(db: Database) -> None:
    await begin(db, "old", "new")
    await say(db, "old", "same words")
    await say(db, "new", "same words")
    assert await ids(db, "same words") == ["new", "old"]


async def test_one_hit_a_conversation_says_how_many_more(db: Database) -> None:
    await begin(db, "c1")
    await say(db, "c1", "first budget", "no", "budget: budget!", "budget of the third")
    (hit,) = (await find(db, "budget")).hits
    assert (hit.seq, hit.others, hit.author) == (3, 2, "prospect")
    assert shown(hit) == "[budget]: [budget]!"


async def test_the_snippet_is_the_sentence(db: Database) -> None:
    await begin(db, "c1", "c2", "c3")
    await say(db, "c1", "Hello there. Our Budget is 5.000 EUR, a fixed budget! Anything else?")
    await say(db, "c2", "你好。我们的预算是五万。还有别的吗？")
    await say(db, "c3", "word " * 200 + "needle " + "word " * 200)
    assert shown((await find(db, "budget")).hits[0]) == (
        "…Our [Budget] is 5.000 EUR, a fixed [budget]! …"
    )
    assert shown((await find(db, "预算")).hits[0]) == "…我们的[预算]是五万。…"
    long = shown((await find(db, "needle")).hits[0])
    assert "[needle]" in long
    assert len(long) < snippets.SNIPPET + 10


async def test_the_filter_holds(db: Database) -> None:
    await begin(db, "en", "zh", at=NOW)
    await save(db, "en", outcome="escalated", language="en", edition="cluster")
    await save(db, "zh", outcome="price_only", language="zh")
    await say(db, "en", "about servers", at=NOW)
    await say(db, "zh", "about servers", at=NOW + DAY)
    assert await ids(db, "servers") == ["zh", "en"]
    assert await ids(db, "servers", outcome="escalated") == ["en"]
    assert await ids(db, "servers", language="zh") == ["zh"]
    assert await ids(db, "servers", outcome="escalated", language="zh") == []
    assert await ids(db, "servers", edition="cluster") == ["en"]
    assert await ids(db, "servers", since=NOW + 1) == ["zh"]
    assert await ids(db, "servers", until=NOW + 1) == ["en"]
    assert await ids(db, "servers", since=NOW, until=NOW + DAY + 1) == ["zh", "en"]
    assert await ids(db, "servers", since=NOW + DAY + 1) == []
    assert await ids(db, "servers", outcome="x' OR '1'='1") == []


async def test_a_very_common_word_ranks_the_newest(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 10)
    await begin(db, "c0")
    await say(db, "c0", "server server server")
    for n in range(1, 16):
        await begin(db, f"c{n}")
        await say(db, f"c{n}", "server" if n != 8 else "server server")
    found = await find(db, "server")
    assert not found.complete
    assert len(found.hits) == 10
    assert found.hits[0].line.id == "c8"
    assert (await find(db, "server", until=NOW + 1)).complete is False
    assert len((await find(db, "server", limit=3)).hits) == 3


async def test_indexing_skips_nothing_and_goes_on_after_a_stop(path: object, db: Database) -> None:
    await begin(db, "c1")
    size = search.STEP * 2 + 5
    await say(db, "c1", *(f"marker{n}" for n in range(size)))
    assert await db.write(search.index_new) == search.STEP
    with pytest.raises(ZeroDivisionError):
        await db.write(lambda tx: search.index_new(tx) // 0)
    await index(db)
    for n in (0, search.STEP, size - 1):
        assert await ids(db, f"marker{n}") == ["c1"]
    assert await db.write(search.index_new) == 0


async def test_keep_indexes_by_itself(db: Database) -> None:
    await begin(db, "c1")
    keeper = asyncio.create_task(search.keep(db, pause=0.01))
    for n in range(200):
        await say(db, "c1", f"marker{n}")

    async def wait() -> None:
        last = partial(ask, query="marker199", wanted=Filter(), limit=5)
        while not (await db.read(last)).hits:
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), timeout=20)
    keeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeper
    assert await ids(db, "marker0") == ["c1"]


async def test_keep_purges_what_was_erased_again_and_again(db: Database) -> None:
    keeper = asyncio.create_task(search.keep(db, pause=0.01, purge_every=0.02))
    for n in range(3):
        talk = f"gone{n}"
        await begin(db, talk)
        await say(db, talk, f"secret{n}")
        await index(db)
        await db.write(partial(search.unindex, conversation=talk))
        async with asyncio.timeout(20):
            while db.peek(purging.must_purge):
                await asyncio.sleep(0.01)
        stored = await db.read(
            lambda at: at.exec_driver_sql("SELECT block FROM message_index_data").scalars().all()
        )
        assert not any(f"secret{n}".encode() in block for block in stored)
    keeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeper


async def test_what_a_veil_hides_is_neither_found_nor_shown(db: Database) -> None:
    await begin(db, "c1", "c2")
    await say(db, "c1", "my number is quokka seven, ring me")
    await say(db, "c1", "a second quokka in sight")
    await say(db, "c2", "quokka seven and nothing else")
    await index(db)

    def veil(state: bytes, words: str) -> str:
        return words.replace("quokka seven", "•••")

    async def look(query: str, limit: int = 20, on: bool = True) -> Found:
        return await db.read(
            lambda at: search.search(at, query, Filter(), limit, veil if on else None)
        )

    assert {hit.line.id for hit in (await look("quokka", on=False)).hits} == {"c1", "c2"}
    (hit,) = (await look("quokka")).hits
    assert (hit.line.id, shown(hit), hit.others) == ("c1", "a second [quokka] in sight", 0)
    assert (await look("quokka seven")).hits == ()
    assert (await look("quokka ring")).hits == (), "one word in sight does not tell the other"
    (ring,) = (await look("ring")).hits
    assert "seven" not in shown(ring)
    for n in range(3 * search.VEILED_AT_ONCE):
        await begin(db, f"x{n}")
        await say(db, f"x{n}", "quokka seven")
    await index(db)
    found = await look("quokka")
    assert [hit.line.id for hit in found.hits] == ["c1"]
    assert (found.talks, found.complete) == (1, True)


@given(text=st.text(max_size=60), data=st.data())
@settings(max_examples=300, deadline=None)
def test_every_term_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    line = words.indexed(text)
    pieces = list(words.terms(text))
    assert line.split() == [piece.text for piece in pieces]
    for piece in pieces:
        assert 0 <= piece.start < piece.end <= len(text)
    if not pieces:
        return
    piece = data.draw(st.sampled_from(pieces))
    wanted = words.groups(text[piece.start : piece.end], 8)
    assert all(group.pattern in line for group in wanted)
    assert words.spans(text, wanted)


@given(
    text=st.text(alphabet="预算小程序 abc.", max_size=30),
    query=st.text("预算小程序ab ", max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_marks_and_index_agree(text: str, query: str) -> None:
    line = words.indexed(text)
    for group in words.groups(query, 8):
        assert (group.pattern in line) == bool(words.spans(text, (group,)))


def test_snippets_lose_no_character_of_their_sentence() -> None:
    said = "One two. Three four five! Six"
    pieces = snippets.snippet(said, words.groups("four", 8))
    assert "".join(piece.text for piece in pieces) == "…Three four five! …"
    assert [piece.text for piece in pieces if piece.marked] == ["four"]
    assert snippets.snippet("nothing", words.groups("four", 8)) == (
        snippets.Piece("nothing", False),
    )
