"""People and rights: accounts made and changed on the page, and nobody locked out of the house."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.accounts import People, PeopleRefusedError, join_roles
from bot.rights import sees_personal
from bot.web.device import name_device
from storage import accounts, audit
from storage.audit import Wanted
from tests.bot.office import Office, open_office

PAGE = {"Accept": "text/html"}


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("people")) as opened:
        yield opened


def find(office: Office, name: str) -> accounts.StaffRow:
    found = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert found is not None
    return found


async def acts(office: Office, subject: str) -> list[tuple[str, str]]:
    rows = await office.db.read(
        lambda connection: audit.entries(connection, Wanted(subject=subject))
    )
    return [(row.action, row.detail) for row in rows][::-1]


async def change(owner: httpx.AsyncClient, staff: int, act: str, **more: str) -> httpx.Response:
    return await owner.post(f"/people/{staff}", data={"act": act, **more}, headers=PAGE)


async def test_an_account_from_the_first_to_the_last_day(office: Office) -> None:
    owner = await office.worker("owner")
    form = {"name": "Lena", "display_name": "Lena B.", "role_presales": "1", "role_manager": "1"}
    made = await owner.post("/people", data=form, headers=PAGE)
    assert made.status_code == 200
    (password,) = re.findall(r"<code>([\w-]{16})</code>", made.text)
    lena = find(office, "lena")
    assert (lena.role, lena.display_name) == ("manager+presales", "Lena B.")
    shown_again = (await owner.get(f"/people/{lena.id}", headers=PAGE)).text
    assert password not in shown_again
    client = await office.sign_in("lena", password)
    assert (await client.get("/inbox")).status_code == 200
    assert (await client.get("/people")).status_code == 403
    await change(owner, lena.id, "role", role_readonly="1")
    assert (await client.get("/inbox")).status_code == 403, "it holds from the next request on"
    await change(owner, lena.id, "name", display_name="Lena C.")
    again = await change(owner, lena.id, "password")
    (new,) = re.findall(r"<code>([\w-]{16})</code>", again.text)
    assert (await client.get("/transcripts")).status_code == 401
    client = await office.sign_in("lena", new)
    await change(owner, lena.id, "disable")
    assert (await client.get("/transcripts")).status_code == 401
    refused = await office.client().post("/signin", json={"name": "lena", "password": new})
    assert refused.status_code == 401
    await change(owner, lena.id, "enable")
    await office.sign_in("lena", new)
    assert find(office, "lena").display_name == "Lena C."
    assert await acts(office, str(lena.id)) == [
        ("staff.add", "manager+presales"), ("staff.role", "readonly"), ("staff.name", ""),
        ("staff.password", ""), ("staff.disable", ""), ("signin.failed", ""), ("staff.enable", ""),
    ]  # fmt: skip


async def test_sessions_are_listed_and_end_alone_or_together(office: Office) -> None:
    owner = await office.worker("owner")
    staff = await office.add_staff("paul", "presales")
    first, second = await office.sign_in("paul"), await office.sign_in("paul")
    await first.get("/inbox", headers={"User-Agent": "x"})
    page = (await owner.get(f"/people/{staff}", headers=PAGE)).text
    ends = re.findall(r'name="of" value="([0-9a-f]{24})"', page)
    assert len(ends) == 2
    answer = await change(owner, staff, "session", of=ends[0])
    assert answer.status_code == 303
    alive = [(await each.get("/inbox")).status_code for each in (first, second)]
    assert sorted(alive) == [200, 401]
    assert (await change(owner, staff, "session", of=ends[0])).status_code == 303, "twice is fine"
    assert (await change(owner, staff, "session", of="0" * 24)).status_code == 303
    await change(owner, staff, "sessions")
    assert [(await each.get("/inbox")).status_code for each in (first, second)] == [401, 401]


async def test_a_session_of_somebody_else_does_not_end_here(office: Office) -> None:
    owner = await office.worker("owner")
    await office.add_staff("one", "presales")
    two = await office.add_staff("two", "presales")
    client = await office.sign_in("one")
    page = (await owner.get(f"/people/{find(office, 'one').id}", headers=PAGE)).text
    (end,) = re.findall(r'name="of" value="([0-9a-f]{24})"', page)
    await change(owner, two, "session", of=end)
    assert (await client.get("/inbox")).status_code == 200


async def test_the_last_owner_cannot_be_locked_out(office: Office) -> None:
    people = People(office.db, office.clock.now, office.deps.live)
    owners = [
        each
        for each in office.db.peek(accounts.all_staff)
        if "owner" in each.role and not each.disabled
    ]
    last = find(office, (await _ensure_owner(office)).name)
    for each in owners:
        if each.id != last.id:
            await people.set_disabled(0, each.id, True)
    for attempt in (
        people.set_disabled(0, last.id, True),
        people.set_role(0, last.id, "manager+presales"),
    ):
        with pytest.raises(PeopleRefusedError) as refused:
            await attempt
        assert refused.value.reason == "last_owner"
    assert find(office, last.name) == last, "nothing of it stays"
    await people.set_role(0, last.id, "owner+presales")
    other = await office.add_staff("another", "presales")
    await people.set_role(0, other, "owner")
    await people.set_disabled(0, last.id, True)


async def _ensure_owner(office: Office) -> accounts.StaffRow:
    await office.add_staff("last", "owner")
    return find(office, "last")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "role_owner": "1"}, "1 to 100 characters"),
        ({"name": "x" * 101, "role_owner": "1"}, "1 to 100 characters"),
        ({"name": "a\u202eb", "role_owner": "1"}, "1 to 100 characters"),
        ({"name": "nobody"}, "at least one role"),
        ({"name": "nobody", "role_king": "1"}, "at least one role"),
        ({"name": "twice", "role_owner": "1"}, "already"),
        ({"name": "nobody", "role_owner": "1", "personal": "maybe"}, "one of the three"),
    ],
)
async def test_what_cannot_be_is_said_and_not_done(
    office: Office, form: dict[str, str], words: str
) -> None:
    owner = await office.worker("owner")
    if office.db.peek(lambda tx: accounts.find_staff(tx, "twice")) is None:
        await office.add_staff("twice", "presales")
    answer = await owner.post("/people", data=form, headers=PAGE)
    assert answer.status_code == 422
    assert words in answer.text
    assert office.db.peek(lambda tx: accounts.find_staff(tx, "nobody")) is None


async def test_who_does_not_exist_is_not_changed(office: Office) -> None:
    owner = await office.worker("owner")
    for staff in (0, 999_999, 2**62, 2**70):
        assert (await owner.get(f"/people/{staff}")).status_code == 404
        assert (await change(owner, staff, "disable")).status_code == 404


@pytest.mark.parametrize(
    ("given", "joined"),
    [
        ("presales+manager", "manager+presales"), ("owner", "owner"), ("presales, projects",
        "presales+projects"), ("presales+presales", "presales"), ("king", ""), ("", ""),
        ("owner+king", ""),
    ],
)  # fmt: skip
def test_roles_stand_in_their_order(given: str, joined: str) -> None:
    assert join_roles(given) == joined


@pytest.mark.parametrize(
    ("role", "personal", "sees"),
    [
        ("presales", "", True), ("readonly", "", False), ("readonly", "yes", True),
        ("owner", "no", False), ("readonly+presales", "", True),
    ],
)  # fmt: skip
def test_who_sees_personal_data(role: str, personal: str, sees: bool) -> None:
    assert sees_personal(role, personal) is sees


@pytest.mark.parametrize(
    ("header", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
         "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129",
         "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
         "Safari · iPhone"),
        ("curl/8", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_called_as_people_call_it(header: str, device: str) -> None:
    assert name_device(header) == device


async def test_a_failed_sign_in_leaves_no_name(office: Office) -> None:
    known = await office.add_staff("known", "presales")
    client = office.client()
    for name in ("known", "my-secret-password"):
        await client.post("/signin", json={"name": name, "password": "wrong"})
    rows: Any = await office.db.read(
        lambda connection: audit.entries(connection, Wanted(action="signin.failed"))
    )
    assert [(row.subject, row.detail) for row in rows[:2]] == [("", ""), (str(known), "")]
