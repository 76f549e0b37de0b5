"""Letters to staff over a real mail server that refuses, hangs and drops; nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.alerting import mail
from bot.alerting.mail import Letter, Mail, is_address
from bot.alerting.morning import MorningList
from bot.outbox import TRIES_UNSENT
from bot.prospects.channel import TryLater
from bot.settings import Settings
from dialogs.types import Reading
from storage import accounts
from tests.bot.alerting.post_office import PostOffice, open_post_office
from tests.bot.alerting.test_service import add_person, waiting, watch
from tests.bot.hall import DAY, HOUR, MINUTE, SECOND, Hall, make_hall, make_settings

LETTER = Letter(to="ann@shop.example", subject="Hello", text="Words, 词, слова", mark="m.1")


@dataclass
class Station:
    """The product with its mail server."""

    hall: Hall
    office: PostOffice


def settings_for(office: PostOffice, **more: str) -> dict[str, object]:
    return {
        "smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_tls": "none",
        "smtp_from": "desk@shop.example", **more,
    }  # fmt: skip


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_post_office() as office:
        made = make_hall(make_settings(tmp_path, **settings_for(office)))
        yield Station(made, office)
        made.core.mail.close()
        await made.db.close()


def states(hall: Hall, talk: str) -> list[tuple[str, int]]:
    return [(each.state, each.attempts) for each in hall.deliveries(talk, "notice")]


async def called(station: Station) -> str:
    """Somebody who wants e-mail is rung for."""
    await add_person(
        station.hall, "Mareike Tönnsen", email="m@shop.example", alerts="browser+email"
    )
    talk = await waiting(station.hall)
    await station.hall.core.outbox.drain()
    return talk


async def test_who_is_rung_for_gets_a_letter_without_a_word_of_the_prospect(
    station: Station,
) -> None:
    hall = station.hall
    await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="email")
    talk = await hall.open()
    secret = "I am Ann Lee, ann.lee@example.org"
    hall.words.script[secret] = Reading(
        text=secret, language="en", intents=("talk_to_human",),
        slots={"name": "Ann Lee", "email": "ann.lee@example.org"},
    )  # fmt: skip
    await hall.say(talk, secret)
    await hall.core.outbox.drain()
    (letter,) = station.office.letters
    assert letter["To"] == "m@shop.example"
    assert letter["From"] == "desk@shop.example"
    assert letter["Subject"] == "Somebody waits for you: Asked for a person (0 min)"
    text = letter.get_content()
    assert f"/inbox/{talk}" in text
    assert "/account" in text
    assert "Ann" not in str(letter)
    assert states(hall, talk) == [("sent", 1)]


async def test_a_late_reply_is_told_by_mail(station: Station) -> None:
    await called(station)
    station.hall.clock.turn(5 * MINUTE)
    await watch(station.hall).step()
    await station.hall.core.outbox.drain()
    titles = [each["Subject"] for each in station.office.letters]
    assert "An answer is late: 5 min (Asked for a person)" in titles


@pytest.mark.parametrize("fault", ["busy", "drop", "garbage"])
async def test_a_server_in_trouble_is_tried_again_until_it_works(
    station: Station, fault: str
) -> None:
    station.office.fault = fault
    talk = await called(station)
    assert states(station.hall, talk) == [("queued", 1)]
    station.office.fault = ""
    await station.hall.wait(2 * SECOND)
    assert states(station.hall, talk) == [("sent", 2)]
    assert len(station.office.letters) == 1


async def test_a_server_that_is_not_there_loses_nothing(station: Station) -> None:
    port = station.office.port
    object.__setattr__(station.hall.core.mail._settings, "smtp_port", 1)
    talk = await called(station)
    assert states(station.hall, talk) == [("queued", 1)]
    object.__setattr__(station.hall.core.mail._settings, "smtp_port", port)
    await station.hall.wait(2 * SECOND)
    assert len(station.office.letters) == 1


async def test_it_is_given_up_after_hours_and_not_before(station: Station) -> None:
    station.office.fault = "busy"
    talk = await called(station)
    (row,) = station.hall.deliveries(talk, "notice")
    assert row.state == "queued"
    assert TRIES_UNSENT * 300_000 > 6 * HOUR


async def test_a_cut_after_the_letter_repeats_it_under_the_same_id(station: Station) -> None:
    station.office.fault = "drop_after"
    await called(station)
    station.office.fault = ""
    await station.hall.wait(2 * SECOND)
    first, second = station.office.letters
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("fault", ["refuse_to", "refuse_data"])
async def test_what_is_refused_for_good_has_failed_and_says_so(
    station: Station, fault: str
) -> None:
    station.office.fault = fault
    talk = await called(station)
    (row,) = station.hall.deliveries(talk, "notice")
    assert row.state == "failed"
    assert "refused" in row.error
    assert station.hall.state(talk).owner == "waiting", "and nothing else is held up by it"


async def test_a_server_that_hangs_holds_up_nobody_for_long(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.2)
    station.office.fault = "hang"
    with pytest.raises(TryLater):
        await station.hall.core.mail.send(LETTER)


async def test_a_server_that_drips_is_left_after_a_while(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LONGEST", 0.2)
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    station.office.fault = "hang"
    with pytest.raises(TryLater):
        await station.hall.core.mail.send(LETTER)


async def test_every_script_arrives_as_it_was_written(station: Station) -> None:
    await station.hall.core.mail.send(LETTER)
    (letter,) = station.office.letters
    assert letter.get_content().strip() == LETTER.text


async def test_a_title_cannot_bring_a_header(station: Station) -> None:
    evil = Letter(to="a@b.example", subject="Hi\r\nBcc: all@b.example", text="x", mark="m.2")
    await station.hall.core.mail.send(evil)
    (letter,) = station.office.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hi Bcc: all@b.example"


async def test_a_password_goes_to_this_machine_or_over_tls_alone(station: Station) -> None:
    office = station.office
    own = Settings(**settings_for(office, smtp_user="u", smtp_password="p"))  # type: ignore[arg-type]
    sender = Mail(own)
    await sender.send(LETTER)
    assert len(office.signed_in) == 1
    sender.close()
    demanding = Mail(Settings(**{**settings_for(office), "smtp_tls": "starttls"}))  # type: ignore[arg-type]
    with pytest.raises(TryLater):
        await demanding.send(LETTER)
    demanding.close()
    assert len(office.letters) == 1, "without TLS nothing is sent where TLS is wanted"


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("ann@shop.example", True),
        ("ann.lee+x@mail.shop.example", True),
        ("ann@shop", False),
        ("Ann <ann@shop.example>", False),
        ("ann@shop.example, bob@shop.example", False),
        ("ann@shop.example\nBcc: x@y.example", False),
        ("@shop.example", False),
        ("", False),
    ],
)
def test_what_is_an_address(text: str, sound: bool) -> None:
    assert is_address(text) is sound


async def test_no_mail_server_means_no_letters(tmp_path: Path) -> None:
    made = make_hall(make_settings(tmp_path))
    await add_person(made, "Mareike Tönnsen", email="m@shop.example", alerts="email")
    talk = await waiting(made)
    await made.core.outbox.drain()
    assert made.deliveries(talk, "notice") == []
    await made.db.close()


# --- the morning list ----------------------------------------------------------------------------


async def test_the_morning_list_comes_once_a_day_when_the_desk_opens(station: Station) -> None:
    hall, office = station.hall, station.office
    morning = MorningList(hall.core)
    await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="email")
    assert await morning.step() == 0, "on the first day counting begins"
    hall.clock.turn(10 * HOUR)  # 20:00 in Berlin
    talk = await hall.open()
    await hall.escalate(talk)
    await hall.core.outbox.drain()
    office.letters.clear()
    hall.clock.turn(12 * HOUR)  # 08:00
    assert await morning.step() == 0
    hall.clock.turn(HOUR)
    assert await morning.step() == 1
    assert await morning.step() == 0
    (letter,) = office.letters
    assert letter["Subject"] == "Who waits this morning"
    text = letter.get_content()
    assert f"/inbox/{talk}" in text
    assert "Waiting now: 1" in text
    assert "13 h 0 min" in text
    hall.clock.turn(4 * DAY)  # Saturday
    assert await morning.step() == 0


async def test_after_sales_reads_of_its_own_queue_alone_in_the_morning(station: Station) -> None:
    hall, office = station.hall, station.office
    morning = MorningList(hall.core)
    care = await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="email")
    await hall.db.write(lambda tx: accounts.set_role(tx, care.id, "aftersales"))
    await morning.step()
    hall.clock.turn(10 * HOUR)
    talk = await hall.open()
    await hall.escalate(talk)
    await hall.core.outbox.drain()
    office.letters.clear()
    hall.clock.turn(13 * HOUR)
    assert await morning.step() == 1
    text = office.letters[-1].get_content()
    assert f"/inbox/{talk}" not in text
    assert "Waiting now: 0" in text


async def test_a_morning_list_that_could_not_be_sent_is_still_due(station: Station) -> None:
    hall, office = station.hall, station.office
    morning = MorningList(hall.core)
    await add_person(hall, "Mareike Tönnsen", email="m@shop.example", alerts="email")
    await morning.step()
    hall.clock.turn(DAY)
    office.fault = "busy"
    assert await morning.step() == 0
    office.fault = ""
    assert await morning.step() == 1
    assert len(office.letters) == 1
