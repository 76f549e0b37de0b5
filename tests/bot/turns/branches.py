"""A company of branches: the demo's, with other people, routes and holidays; and its desk."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from bot.house import Contents
from bot.turns.effects import AlertPayload
from dialogs import texts
from dialogs.loading import load
from dialogs.texts import Texts
from dialogs.types import Reading, Value
from storage import accounts, desk_people
from storage.accounts import StaffRow
from storage.desk_people import OwnSettings
from tests.bot.hall import Hall, Member, make_hall, make_settings
from tests.bot.server import ROOT

BOSS = Member(99, "Clara Head", "manager")  # has no place in the pack

# Berlin's two have room for two talks each; the others are elsewhere, or know something.
PEOPLE = """
people:
  - {name: Ada, role: Sales, languages: [en], team: Berlin, capacity: 2}
  - {name: Ben, role: Sales, languages: [en], team: Berlin, capacity: 2}
  - {name: Cleo, role: Sales, languages: [en], team: Jewellers}
  - {name: Dev, role: Engineer, languages: [en], team: Labs, expertise: [Clusters]}
  - {name: Eri, role: Sales, languages: [en], team: Tokyo, time_zone: Asia/Tokyo, hours: &hours}
  - {name: Finn, role: Sales, languages: [en], team: Tokyo, time_zone: Asia/Tokyo, hours: &hours}
  - {name: Gus, role: Sales, languages: [en], team: Auckland, time_zone: Pacific/Auckland,
     hours: &hours, deputy: Hana}
  - {name: Hana, role: Sales, languages: [en], team: Auckland, time_zone: Pacific/Auckland,
     hours: &nights, holidays: ["11-25"]}
on_call: [Ada, Ben, Cleo]
holidays: ["12-25", "2026-12-28"]
""".replace(
    "&hours", str(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"))
).replace("&nights", str(dict.fromkeys(("mon", "tue", "wed", "thu"), "21:00-05:00")))
ROUTES = """
routes:
  - {when: [{slot: industry, in: [jewellery, watches]}], to: Jewellers}
  - {when: [{slot: edition, is: cluster}], to: Clusters}
  - {when: [{slot: city, is: Tokyo}], to: Tokyo}
  - {when: [{slot: city, is: Auckland}], to: Gus}
  - {when: [{slot: city, is: Hamburg}], to: Ben}
  - {when: [], to: Berlin}
"""


@cache
def branches() -> Texts:
    """The pack, read from its folder as every pack is."""
    with TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(ROOT / "dialogs" / "demo", Path(parent) / "pack"))
        company = (folder / "company.yaml").read_text("utf-8")
        head, _, rest = company.partition("people:\n")
        website = rest[rest.index("website:") :]
        (folder / "company.yaml").write_text(head + PEOPLE + website, "utf-8")
        (folder / "rules.yaml").write_text(ROUTES, "utf-8")
        return texts.of(load(str(folder)))


def open_branches(folder: Path, at: int = 0) -> Hall:
    """The product with this pack at a moment (ms); also again on the same folder."""
    hall = make_hall(make_settings(folder))
    mind = hall.core.mind
    mind.swap(Contents(branches(), mind.reader, mind.library))
    if at:
        hall.clock.time = at
    return hall


async def hire(hall: Hall, *names: str) -> dict[str, Member]:
    """Accounts of these names, for all people of the pack where none are given."""
    known = [person.name for person in hall.core.mind.pack.company.people]
    made = {}
    for name in names or known:
        row = StaffRow(
            id=0, name=name.casefold(), display_name=name, role="presales", password_hash="x",
            disabled=False, created_at=1,
        )  # fmt: skip
        number = await hall.db.write(lambda tx, row=row: accounts.add_staff(tx, row))
        made[name] = Member(number, name)
    return made


async def settle(hall: Hall, member: Member, **own: Any) -> None:
    """What they set about themselves: away_from, away_until, deputy, capacity."""
    new = {"email": "", "away_from": 0, "away_until": 0, "deputy": "", "capacity": 0,
           "alerts": "browser"}  # fmt: skip
    settings = OwnSettings(**{**new, **own})
    await hall.db.write(lambda tx: desk_people.set_own(tx, member.id, settings))


async def leave(hall: Hall, member: Member, deputy: str = "") -> None:
    await settle(hall, member, away_from=hall.clock.time, deputy=deputy)


async def tell(hall: Hall, talk: str, language: str = "en", **slots: Value) -> None:
    """The prospect tells these slots."""
    told = f"told {sorted(slots.items())}"
    hall.words.script[told] = Reading(
        text=told, language=language, intents=("provide_info",), slots=dict(slots)
    )
    await hall.say(talk, told)


async def call(hall: Hall, language: str = "en", **slots: Value) -> str:
    """A prospect who tells these slots and asks for a person."""
    talk = await hall.open(language=language)
    if slots:
        await tell(hall, talk, language, **slots)
    await hall.press(talk, "person")
    assert hall.state(talk).owner == "waiting"
    return talk


def rung(hall: Hall, talk: str) -> list[str]:
    """For whom it rang so far, by what the alerts carry."""
    found = hall.deliveries(talk, "alert")
    return [msgspec.json.decode(each.payload, type=AlertPayload).to for each in found]


def said(hall: Hall, talk: str, since: int = 0) -> str:
    """What the bot said after a message."""
    return "\n".join(m.text for m in hall.messages(talk)[since:] if m.author == "bot")
