"""Talks that the desk has, and colleagues with accounts."""

from __future__ import annotations

from bot.desk import Acted, Claimed
from dialogs.types import Reading, Value
from storage import accounts
from storage.accounts import StaffRow
from storage.desk import Case
from storage.desk import get as get_case
from tests.bot.hall import ANNA, BORIS, Hall, Member

CARE = Member(5, "Egon Care", "aftersales")
EVERY = "desk.refused."


async def waiting_talk(hall: Hall) -> str:
    talk = await hall.open()
    await hall.escalate(talk)
    return talk


async def claimed_talk(hall: Hall, who: Member = ANNA) -> str:
    talk = await waiting_talk(hall)
    assert (await hall.core.desk.claim(who, talk)).won
    return talk


async def told_talk(hall: Hall, **slots: Value) -> str:
    """A talk in which the prospect has told these slots."""
    talk = await hall.open()
    text = ", ".join(f"{slot} is {value}" for slot, value in slots.items())
    hall.words.script[text] = Reading(
        text=text, language="en", intents=("provide_info",), slots=dict(slots)
    )
    await hall.say(talk, text)
    return talk


async def add_accounts(hall: Hall, *members: Member) -> None:
    """Accounts with the numbers that the members have; add them in order from 1 on."""
    for member in members:
        row = StaffRow(
            id=0,
            name=member.display_name.casefold(),
            display_name=member.display_name,
            role=member.role,
            password_hash="x",
            disabled=False,
            created_at=1,
        )
        number = await hall.db.write(lambda tx, row=row: accounts.add_staff(tx, row))
        assert number == member.id


def case(hall: Hall, talk: str) -> Case:
    return hall.db.peek(lambda tx: get_case(tx, talk))


def timers(hall: Hall, talk: str) -> set[str]:
    return {each.name for each in hall.deliveries(talk, "timer")}


def notes(hall: Hall, talk: str) -> list[str]:
    return [each.text for each in hall.messages(talk) if each.author == "note"]


def shown(hall: Hall, talk: str) -> str:
    """All that the prospect can read."""
    return "\n".join(each.text for each in hall.messages(talk, internal=False))


def refusal(answer: Acted | Claimed) -> str:
    return answer.refused.removeprefix(EVERY)


def audit(hall: Hall) -> list[str]:
    rows = hall.db.peek(lambda tx: tx.all("SELECT action FROM audit ORDER BY id", {}))
    return [action for (action,) in rows]


__all__ = [
    "ANNA", "BORIS", "CARE", "add_accounts", "audit", "case", "claimed_talk", "notes", "refusal",
    "shown", "timers", "told_talk", "waiting_talk",
]  # fmt: skip
