"""The widget's protocol over a real socket, as a friendly client uses it, and many at once."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.bot.prospect import Message, Prospect, check_refusal
from tests.bot.server import Server, make_server


def options(message: Message) -> list[Message]:
    return [each for each in message["buttons"] if each["kind"] == "option"]


# --- friendly ------------------------------------------------------------------------------------


def test_a_conversation_begins_with_a_greeting_and_six_choices(prospect: Prospect) -> None:
    greeting = prospect.read()
    assert [each["author"] for each in greeting] == ["bot"]
    assert greeting[0]["seq"] == 1
    assert len(greeting[0]["buttons"]) == 6
    assert greeting[0]["question"] > 0
    assert prospect.state() == {"owner": "bot", "name": "", "language": "en"}


def test_the_greeting_is_in_the_hinted_language(client: httpx.Client) -> None:
    chinese = Prospect(client, "zh-CN")
    assert chinese.state()["language"] == "zh"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.read()[0]["text"])


def test_what_is_sent_comes_back_once_with_its_id_and_an_answer(prospect: Prospect) -> None:
    prospect.read()
    sent = prospect.say("What does Enterprise cost?", "my-own.id_1").json()
    new = prospect.read()
    assert new[0]["author"] == "prospect"
    assert new[0]["id"] == "my-own.id_1"
    assert new[0]["seq"] == sent["seq"]
    assert new[-1]["seq"] == sent["last"]
    assert any(each["author"] == "bot" for each in new[1:])
    assert prospect.read() == []


def test_the_same_id_is_the_same_message_and_never_another(prospect: Prospect) -> None:
    first = prospect.say("We are 80 people", "a").json()
    again = prospect.say("We are 80 people", "a").json()
    assert again["repeated"]
    assert again["seq"] == first["seq"]
    assert check_refusal(prospect.say("We are 90 people", "a"))["error"] == "other_body"
    said = [each["text"] for each in prospect.read() if each["author"] == "prospect"]
    assert said == ["We are 80 people"]


def test_a_double_click_is_one_answer(prospect: Prospect) -> None:
    asked = prospect.question()
    with ThreadPoolExecutor(2) as pool:
        presses = [pool.submit(prospect.choose, "prices", asked["question"], "b.1") for _ in "12"]
    assert {press.result().status_code for press in presses} == {202}
    assert sum(press.result().json()["repeated"] for press in presses) == 1
    own = [each for each in prospect.read() if each["author"] == "prospect"]
    assert [each["text"] for each in own] == ["Prices"]


def test_a_stale_button_shows_the_current_question(prospect: Prospect) -> None:
    prospect.choose("prices", prospect.question()["question"])
    old = prospect.question()
    prospect.choose("skip", old["question"], "first")
    current = prospect.question()
    assert current["question"] > old["question"]
    prospect.read()
    assert prospect.choose("back", old["question"], "second").status_code == 202
    new = [each for each in prospect.read() if each["author"] == "bot"]
    assert new[-1]["question"] >= current["question"]
    assert options(new[-1]) == options(current)  # the same question, perhaps in other words


def test_the_stream_tells_state_and_messages_and_resumes(prospect: Prospect) -> None:
    with prospect.follow() as events:
        seen = [next(events), next(events)]
        assert {name for name, _ in seen} == {"message", "state"}
        prospect.say("Please send me your white paper")
        name, own = next(events)
        assert (name, own["author"]) == ("message", "prospect")
        name, reply = next(events)
        assert (name, reply["author"]) == ("message", "bot")
    with prospect.follow(own["seq"]) as events:
        assert next(events) == ("message", reply)


def test_two_readers_see_the_same(prospect: Prospect) -> None:
    with prospect.follow(1) as one, prospect.follow(1) as other:
        assert next(one)[0] == next(other)[0] == "state"
        prospect.say("hello")
        assert next(one) == next(other)


def test_opening_again_soon_says_nothing(prospect: Prospect) -> None:
    prospect.read()
    assert prospect.post({"id": "open.1", "kind": "open"}).status_code == 202
    assert prospect.read() == []


def test_no_answer_sets_a_cookie_or_lets_itself_be_kept(prospect: Prospect) -> None:
    answer = prospect.say("hello")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_only_the_hash_of_the_token_is_stored(prospect: Prospect, server: Server) -> None:
    prospect.say("hello")
    for path in [*server.data.glob("firstline.db*"), server.data / "server.log"]:
        assert prospect.token.encode() not in path.read_bytes(), path


# --- whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["read", "send", "stream", "upload"])
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "token"),
        ({"Authorization": "Bearer"}, "token"),
        ({"Authorization": "Basic abc"}, "token"),
        ({"Authorization": "Bearer " + "A" * 43}, "unknown_conversation"),
        ({"Authorization": "Bearer Ä\x80"}, "unknown_conversation"),
    ],
)
def test_nobody_gets_in_without_the_token(
    prospect: Prospect, method: str, header: dict[str, str], code: str
) -> None:
    headers = {name.encode(): value.encode("latin-1") for name, value in header.items()}
    answer = _try(prospect.client, prospect.id, headers, method)
    assert check_refusal(answer)["error"] == code


@pytest.mark.parametrize("method", ["read", "send", "stream", "upload"])
def test_a_foreign_token_is_answered_like_an_unknown_conversation(
    client: httpx.Client, method: str
) -> None:
    mine, other = Prospect(client), Prospect(client)
    headers = {name.encode(): value.encode() for name, value in mine.headers.items()}
    foreign = _try(client, other.id, headers, method)
    unknown = _try(client, "A" * 22, headers, method)
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("name", ["..", "a", "x" * 5000, "%00", "' OR 1=1 --", "🦜"])
def test_a_name_that_is_none_is_not_found(client: httpx.Client, name: str) -> None:
    mine = Prospect(client)
    answer = client.get(
        f"/api/conversations/{httpx.URL(path='/' + name).raw_path.decode()[1:]}/messages",
        headers=mine.headers,
    )
    assert answer.status_code in (404, 414)


def _try(
    client: httpx.Client, conversation: str, headers: dict[bytes, bytes], method: str
) -> httpx.Response:
    base = f"/api/conversations/{conversation}"
    if method == "read":
        return client.get(f"{base}/messages", headers=headers)
    if method == "stream":
        return client.get(f"{base}/stream", headers=headers)
    if method == "upload":
        return client.post(f"{base}/files?id=a&name=a.txt", content=b"x", headers=headers)
    return client.post(f"{base}/messages", json={"id": "a", "text": "hi"}, headers=headers)


def test_another_sites_page_cannot_send(prospect: Prospect) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    begun = prospect.client.post("/api/conversations", json={}, headers=foreign)
    assert check_refusal(begun)["error"] == "origin"
    plain = prospect.client.post(
        "/api/conversations", content="{}", headers={"Content-Type": "text/plain"}
    )
    assert check_refusal(plain)["error"] == "not_json"
    assert "access-control-allow-origin" not in plain.headers


# --- many at once --------------------------------------------------------------------------------


@pytest.fixture
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = make_server(
        tmp_path_factory.mktemp("strict"),
        ENCODER="off",
        REQUESTS_PER_MINUTE="120",
        CONVERSATIONS_PER_HOUR="20",
        STREAMS_PER_ADDRESS="3",
        FILE_MAX_BYTES="50000",
        UPLOADS_PER_HOUR="10",
    )
    made.start()
    yield made
    made.stop()
    assert made.faults() == []


def test_one_address_cannot_flood_us(strict_server: Server) -> None:
    with strict_server.client() as client:
        prospect = Prospect(client)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: prospect.say(f"message {n}"), range(500)))
        codes = {answer.status_code for answer in answers}
        assert codes == {202, 429}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert check_refusal(refused)["error"] == "too_many"
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/health").status_code == 200
        time.sleep(int(refused.headers["retry-after"]) + 1)
        stored = [each["text"] for each in prospect.read(0) if each["author"] == "prospect"]
        assert len(stored) == len(set(stored))
        assert len(stored) == sum(answer.status_code == 202 for answer in answers)


def test_one_address_cannot_begin_without_end(strict_server: Server) -> None:
    with strict_server.client() as client:
        codes = [client.post("/api/conversations", json={}).status_code for _ in range(15)]
    assert codes[0] == 201
    assert codes[-1] == 429
    assert set(codes) == {201, 429}


def test_streams_of_one_address_are_counted_and_given_back(strict_server: Server) -> None:
    with strict_server.client() as client:
        prospect = Prospect(client)
        with prospect.follow(1) as one, prospect.follow(1) as two, prospect.follow(1) as three:
            for stream in (one, two, three):
                assert next(stream)[0] == "state"
            answer = client.get(prospect.path("stream"), headers=prospect.headers)
            assert check_refusal(answer)["error"] == "busy"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            prospect.say("anybody there?")  # writing to a dead socket shows that it is dead
            try:
                with prospect.follow(1) as again:
                    assert next(again)[0] == "message"
                    return
            except AssertionError:
                time.sleep(0.5)
        pytest.fail("the seats of closed streams were not given back")


def test_a_slow_reader_holds_up_nobody(server: Server, prospect: Prospect) -> None:
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    request = f"GET {prospect.path('stream')} HTTP/1.1\r\nHost: x\r\n"
    raw.sendall(f"{request}Authorization: Bearer {prospect.token}\r\n\r\n".encode())
    try:
        assert prospect.ask("What does Enterprise cost?")
    finally:
        raw.close()


def test_conversations_at_once_do_not_mix(client: httpx.Client, server: Server) -> None:
    def talk(number: int) -> list[str]:
        with server.client() as own:
            prospect = Prospect(own)
            for turn in range(3):
                assert prospect.say(f"number {number} turn {turn}").status_code == 202
            return [each["text"] for each in prospect.read() if each["author"] == "prospect"]

    with ThreadPoolExecutor(8) as pool:
        talks = list(pool.map(talk, range(16)))
    for number, said in enumerate(talks):
        assert said == [f"number {number} turn {turn}" for turn in range(3)]


def test_acknowledged_words_survive_a_power_cut(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_server(tmp_path_factory.mktemp("cut"), ENCODER="off")
    made.start()
    try:
        with made.client() as client:
            prospect = Prospect(client)
            stop = threading.Event()
            kept: list[str] = []

            def write() -> None:
                for number in range(1_000):
                    try:
                        if prospect.say(f"line {number}", f"n{number}").status_code == 202:
                            kept.append(f"line {number}")
                    except httpx.TransportError:
                        break
                stop.set()

            writer = threading.Thread(target=write)
            writer.start()
            while len(kept) < 20 and not stop.is_set():
                time.sleep(0.01)
            made.stop(kill=True)
            writer.join()
            made.start()
            stored = [each["text"] for each in prospect.read(0) if each["author"] == "prospect"]
            assert stored[: len(kept)] == kept
            assert len(stored) == len(set(stored))
    finally:
        made.stop()


def test_open_streams_do_not_hold_up_a_stop(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_server(tmp_path_factory.mktemp("stop"), ENCODER="off")
    made.start()
    try:
        with made.client() as client, Prospect(client).follow(1) as events:
            assert next(events)[0] == "state"
            began = time.monotonic()
            made.stop()
            assert time.monotonic() - began < 10
            assert list(events) == []
    finally:
        made.stop()


def test_the_database_is_whole_after_all_this(server: Server, prospect: Prospect) -> None:
    prospect.say("still here")
    address = f"file:{server.data / 'firstline.db'}?mode=ro"
    with sqlite3.connect(address, uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert server.faults() == []
