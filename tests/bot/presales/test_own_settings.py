"""What members of staff set about themselves, and what comes of it."""

from __future__ import annotations

import pytest

from bot.web.staffpages import iso_time
from storage import accounts, desk_people
from storage.desk_people import DeskPerson
from tests.bot.office import Office

PAGE = {"Accept": "text/html"}
HOUR = 3_600_000


def person(office: Office, name: str) -> DeskPerson:
    staff = office.db.peek(lambda tx: accounts.find_staff(tx, name))
    assert staff is not None
    found = office.db.peek(lambda tx: desk_people.get(tx, staff.id))
    assert found is not None
    return found


async def test_settings_are_kept_shown_and_in_the_record(office: Office) -> None:
    client = await office.worker("presales", name="own-one", display_name="Own One")
    await office.worker("presales", name="own-two", display_name="Own Two")
    until = office.clock.now() + HOUR
    said = {
        "act": "settings", "away": "yes", "away_until": iso_time(until), "deputy": "Own Two",
        "capacity": "3", "alerts": "email", "email": "own@shop.example",
    }  # fmt: skip
    assert (await client.post("/account", data=said)).status_code == 200
    kept = person(office, "own-one")
    now = office.clock.now()
    assert kept.is_away(now)
    assert not kept.is_away(until + 1_000)
    assert (kept.deputy, kept.capacity, kept.alerts) == ("Own Two", 3, "email")
    page = (await client.get("/account", headers=PAGE)).text
    assert 'value="own@shop.example"' in page
    noted = office.db.peek(
        lambda tx: tx.all("SELECT subject FROM audit WHERE action = 'account.settings'")
    )
    assert (str(kept.id),) in noted
    back = {"act": "settings", "alerts": "browser"}
    assert (await client.post("/account", data=back)).status_code == 200
    assert not person(office, "own-one").is_away(office.clock.now())


@pytest.mark.parametrize(
    "said",
    [
        {"email": "nobody"},
        {"alerts": "email", "email": ""},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"deputy": "Somebody Unknown"},
        {"capacity": "many"},
        {"capacity": "100"},
        {"away": "yes", "away_from": "2030-01-02T00:00", "away_until": "2030-01-01T00:00"},
    ],
)
async def test_what_cannot_be_is_not_kept(office: Office, said: dict[str, str]) -> None:
    client = await office.worker("presales")
    sent = {"act": "settings", "alerts": "browser", **said}
    assert (await client.post("/account", data=sent)).status_code == 409
    sent["form_token"] = client.headers["X-Form-Token"]
    page = await client.post("/account", data=sent, headers=PAGE)
    assert page.status_code == 409
    assert 'role="alert"' in page.text


async def test_whoever_is_away_is_not_rung_for_and_the_deputy_is(office: Office) -> None:
    ines = await office.worker("presales", display_name="Inés Albarrán")
    await office.worker("presales", display_name="Deputy Dora")
    talk = await office.escalate(city="Hamburg")
    from_route = office.db.peek(
        lambda tx: tx.one("SELECT person FROM desk_case WHERE conversation = :of", {"of": talk})
    )
    assert from_route is not None
    said = {"act": "settings", "away": "yes", "deputy": "Deputy Dora", "alerts": "browser"}
    assert (await ines.post("/account", data=said)).status_code == 200
    rung = set()
    for _ in range(3):
        talk = await office.escalate()
        row = office.db.peek(
            lambda tx, of=talk: tx.one(  # type: ignore[misc]
                "SELECT person FROM desk_case WHERE conversation = :of", {"of": of}
            )
        )
        assert row is not None
        rung.add(row[0])
    assert "Inés Albarrán" not in rung
    await ines.post("/account", data={"act": "settings", "alerts": "browser"})


async def test_sessions_of_ones_own_can_be_ended_and_nobody_elses(office: Office) -> None:
    await office.add_staff("many-devices", "presales")
    first = await office.sign_in("many-devices")
    second = await office.sign_in("many-devices")
    other = await office.worker("presales")
    page = (await first.get("/account", headers=PAGE)).text
    assert page.count('value="session"') == 1
    stale = {"act": "session", "number": "1", "since": "1"}
    assert (await first.post("/account", data=stale)).status_code == 409
    assert (await first.post("/account", data={"act": "others"})).status_code == 200
    assert (await second.get("/inbox")).status_code == 401
    assert (await first.get("/inbox/list")).status_code == 200
    assert (await other.get("/inbox/list")).status_code == 200


async def test_who_reads_only_has_no_absence(office: Office) -> None:
    client = await office.worker("readonly")
    page = (await client.get("/account", headers=PAGE)).text
    assert 'name="away"' not in page
    assert 'name="email"' in page


@pytest.mark.parametrize("act", ["", "other"])
async def test_the_page_takes_nothing_else(office: Office, act: str) -> None:
    client = await office.worker("presales")
    assert (await client.post("/account", data={"act": act})).status_code == 400
