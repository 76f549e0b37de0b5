"""Signing in and out: passwords, limits, sessions, cookies, and requests from other sites."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import httpx
import pytest

from bot.web.access import COOKIE
from bot.web.signin import hash_password, password_fits, safe_target
from storage import accounts
from tests.bot.office import PASSWORD, Office, open_office

PAGE = {"Accept": "text/html"}
HOUR = 3_600_000


async def _new_name(office: Office, role: str = "presales") -> str:
    name = f"{role}-{secrets.token_hex(4)}"
    await office.add_staff(name, role, "Jonas Okafor")
    return name


def _session_of(client: httpx.AsyncClient) -> str:
    return client.cookies[COOKIE]


async def test_the_form_signs_in_with_a_guarded_cookie(office: Office) -> None:
    client = office.client()
    answer = await client.post(
        "/signin",
        data={"name": await _new_name(office), "password": PASSWORD},
        headers={**PAGE, "Origin": office.url, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inbox"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie  # this office is reached by plain http
    page = await client.get("/inbox", headers=PAGE)
    assert page.status_code == 200
    assert "Jonas Okafor" in page.text


async def test_json_signs_in_and_gives_the_form_token(office: Office) -> None:
    name = await _new_name(office)
    client = office.client()
    answer = await client.post("/signin", json={"name": name.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    told = answer.json()
    assert told["name"] == "Jonas Okafor"
    assert told["role"] == "presales"
    assert len(told["form_token"]) == 64
    assert (await client.get("/inbox")).status_code == 200


async def test_each_role_starts_where_it_may_go(office: Office) -> None:
    name = await _new_name(office, "readonly")
    answer = await office.client().post(
        "/signin", data={"name": name, "password": PASSWORD}, headers=PAGE
    )
    assert answer.headers["location"] == "/transcripts"


async def test_wrong_names_and_wrong_passwords_are_told_alike(office: Office) -> None:
    name = await _new_name(office)
    answers = [
        await office.client().post("/signin", json={"name": name, "password": "wrong"}),
        await office.client().post("/signin", json={"name": name + "x", "password": PASSWORD}),
    ]
    assert [each.status_code for each in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert all("set-cookie" not in each.headers for each in answers)


async def test_a_disabled_account_cannot_sign_in_and_loses_its_sessions(office: Office) -> None:
    name = await _new_name(office)
    client = await office.sign_in(name)
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert staff is not None
    now = office.clock.now()
    await office.db.write(lambda tx: accounts.set_disabled(tx, staff.id, True, now))
    assert (await client.get("/inbox")).status_code == 401
    answer = await office.client().post("/signin", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 401


async def test_another_role_holds_from_the_next_request(office: Office) -> None:
    name = await _new_name(office, "manager")
    client = await office.sign_in(name)
    assert (await client.get("/funnel")).status_code == 200
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert staff is not None
    await office.db.write(lambda tx: accounts.set_role(tx, staff.id, "presales"))
    assert (await client.get("/funnel")).status_code == 403


async def test_signing_out_revokes_the_session_everywhere(office: Office) -> None:
    client = await office.sign_in(await _new_name(office))
    copy = office.client(cookies={COOKIE: _session_of(client)})
    assert (await copy.get("/inbox")).status_code == 200
    answer = await client.post("/signout", headers=PAGE)
    assert answer.status_code == 303
    assert COOKIE not in client.cookies
    assert (await copy.get("/inbox")).status_code == 401


async def test_sessions_end_by_themselves(office: Office) -> None:
    client = await office.sign_in(await _new_name(office))
    try:
        office.clock.ahead = (office.deps.settings.session_hours - 1) * HOUR
        assert (await client.get("/inbox")).status_code == 200
        office.clock.ahead = office.deps.settings.session_hours * HOUR + 1
        assert (await client.get("/inbox")).status_code == 401
    finally:
        office.clock.ahead = 0


async def test_no_token_and_no_password_is_stored(office: Office) -> None:
    client = await office.sign_in(await _new_name(office))
    kept = b"".join(path.read_bytes() for path in office.db.path.parent.iterdir() if path.is_file())
    assert b"presales-" in kept  # the right files were read
    assert _session_of(client).encode() not in kept
    assert PASSWORD.encode() not in kept


async def test_every_session_has_its_own_token(office: Office) -> None:
    name = await _new_name(office)
    one, two = await office.sign_in(name), await office.sign_in(name)
    assert _session_of(one) != _session_of(two)
    assert one.headers["X-Form-Token"] != two.headers["X-Form-Token"]
    # The token of one session is none for the other.
    answer = await one.post("/signout", headers={"X-Form-Token": two.headers["X-Form-Token"]})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_cannot_sign_anybody_in(office: Office, headers: dict[str, str]) -> None:
    entry = {"name": await _new_name(office), "password": PASSWORD}
    answer = await office.client().post("/signin", data=entry, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[1]", b'{"name": 5}', b'{"name": null, "password": []}', b"\xff\xfe\x00",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_a_garbled_entry_is_refused(office: Office, body: bytes, kind: str) -> None:
    answer = await office.client().post("/signin", content=body, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", ""), ("a", ""), ("", "b"), ("\x00", "\x00"), ("n" * 101, "p"), ("n", "p" * 1_001),
        ("' OR 1=1 --", "x"), ("{{7*7}}", "<script>"), ("\ud83d", "x"),
    ],
)  # fmt: skip
async def test_odd_entries_are_refused(office: Office, name: str, password: str) -> None:
    entry = {
        "name": name.encode("utf-8", "replace").decode(),
        "password": password,
    }
    for answer in (
        await office.client().post("/signin", json=entry),
        await office.client().post("/signin", data=entry, headers=PAGE),
    ):
        assert answer.status_code in (400, 401)
        assert "<script>" not in answer.text


async def test_a_long_body_is_refused(office: Office) -> None:
    entry = {"name": "a", "password": "x" * 100_000}
    assert (await office.client().post("/signin", data=entry)).status_code == 413


async def test_attempts_are_limited_per_name_and_per_address(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data", signin_attempts=3) as office:
        await office.add_staff("anna", "presales")
        await office.add_staff("bela", "presales")

        async def attempt(name: str, password: str) -> httpx.Response:
            return await office.client().post("/signin", json={"name": name, "password": password})

        codes = [(await attempt("anna", "wrong")).status_code for _ in range(3)]
        assert codes == [401, 401, 401]
        refused = await attempt("Anna", PASSWORD)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert (await attempt("bela", PASSWORD)).status_code == 200
        # Signing in forgave the address; names that nobody has count against it, too.
        codes = [(await attempt(f"nobody{i}", "wrong")).status_code for i in range(9)]
        assert codes == [401] * 9
        assert (await attempt("bela", PASSWORD)).status_code == 429
        office.clock.ahead = 15 * 60_000 + 1
        assert (await attempt("anna", PASSWORD)).status_code == 200


async def test_attempts_at_the_same_time_are_all_counted(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data", signin_attempts=3) as office:
        await office.add_staff("anna", "presales")
        client = office.client()
        entries = [{"name": "anna", "password": f"guess{i}"} for i in range(8)]
        answers = await asyncio.gather(*(client.post("/signin", json=each) for each in entries))
        assert sorted(each.status_code for each in answers) == [401] * 3 + [429] * 5


async def test_https_makes_the_cookie_secure(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data", public_url="https://desk.shop.example") as office:
        await office.add_staff("anna", "presales")
        answer = await office.client().post(
            "/signin",
            json={"name": "anna", "password": PASSWORD},
            headers={"Origin": "https://desk.shop.example"},
        )
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "secure" in cookie.lower()
        assert "max-age=31536000" in answer.headers["strict-transport-security"]


async def test_the_way_back_stays_on_this_site(office: Office) -> None:
    client = office.client()
    signed_out = await client.get("/inbox", headers=PAGE)
    assert signed_out.status_code == 303
    assert signed_out.headers["location"] == "/signin?next=/inbox"
    filtered = await client.get("/transcripts?q=a&outcome=open", headers=PAGE)
    assert filtered.headers["location"] == "/signin?next=/transcripts%3Fq%3Da%26outcome%3Dopen"
    entry = {"name": await _new_name(office), "password": PASSWORD, "next": "/transcripts?q=a"}
    answer = await client.post("/signin", data=entry, headers=PAGE)
    assert answer.headers["location"] == "/transcripts?q=a"
    # Whoever is signed in already goes on at once.
    again = await client.get("/signin?next=//evil.example", headers=PAGE)
    assert again.headers["location"] == "/inbox"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "",
        "/\t/evil.example", "/\n/evil.example", "evil",
    ],
)  # fmt: skip
def test_no_target_leads_away(target: str) -> None:
    assert safe_target(target, "presales") == "/inbox"


def test_passwords_are_argon2id_with_a_salt_each() -> None:
    one, two = hash_password("x"), hash_password("x")
    assert one.startswith("$argon2id$")
    assert one != two
    assert password_fits(one, "x")
    assert not password_fits(one, "y")
    assert not password_fits("no hash at all", "x")


async def test_the_page_is_in_the_browsers_language(office: Office) -> None:
    german_then_chinese = {"Accept-Language": "de-DE,zh-CN;q=0.8,en;q=0.5", **PAGE}
    page = await office.client().get("/signin", headers=german_then_chinese)
    assert '<html lang="zh">' in page.text
    assert "登录" in page.text
    client = office.client()
    chosen = await client.get("/signin?language=zh", headers=PAGE)
    assert "登录" in chosen.text
    assert "登录" in (await client.get("/signin", headers=PAGE)).text
    assert "登录" in (await client.get("/signin?language=xx", headers=PAGE)).text
