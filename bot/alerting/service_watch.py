"""Finds human replies that are late within seconds of their moment, and has them told."""

from __future__ import annotations

from bot.house import House, Mind
from bot.live import DESK, OUTBOX
from bot.logs import get_logger
from bot.remarks import write_remark
from bot.turns.effects import AlertPayload, Scene, put_alert
from storage import accounts, conversations, desk, service
from storage.conversations import NewMessage
from storage.db import Tx
from storage.service import Late

LOOK_SECONDS = 1.0  # how late a lost wake-up can make us
AT_ONCE = 100  # late replies marked in one commit
MINUTE = 60_000  # ms


class ServiceWatch:
    """`run` until `live.close()`. What became late while nothing ran is told at the start."""

    def __init__(self, house: House, mind: Mind) -> None:
        self._house = house
        self._mind = mind

    async def run(self) -> None:
        """Raises what storage raises; it may be run again after that."""
        with self._house.live.subscribe(DESK) as watch:
            while not self._house.live.closed:
                await self.step()
                await watch.wait(self._rest())

    async def step(self) -> int:
        """Mark and tell everything that is late by now; gives how many."""
        house, count = self._house, 0
        while True:
            now = house.now()
            due = house.db.peek(service.next_due)
            if due is None or due > now:
                break
            found = await house.db.write(lambda tx, now=now: self._mark(tx, now))  # type: ignore[misc]
            for late in found:
                get_logger().info("reply_late", conversation=late.conversation, kind=late.kind)
                house.live.wake(late.conversation)
            count += len(found)
        if count:
            house.live.wake(DESK)
            house.live.wake(OUTBOX)
        return count

    def _rest(self) -> float:
        due = self._house.db.peek(service.next_due)
        if due is None:
            return LOOK_SECONDS
        return min(LOOK_SECONDS, max(0.01, (due - self._house.now()) / 1_000))

    def _mark(self, tx: Tx, now: int) -> list[Late]:
        found = service.find_late(tx, now, AT_ONCE)
        for late in found:
            case = desk.get(tx, late.conversation)
            desk.put(tx, late.conversation, breached_at=now, breaches=case.breaches + 1)
            seq = conversations.append(tx, late.conversation, [self._note(late, now)])[0]
            alert = AlertPayload(
                reason=late.reason, urgency="urgent", to=_whom(tx, late), late=late.since
            )
            put_alert(tx, Scene(late.conversation, now, seq), alert)
        return found

    def _note(self, late: Late, now: int) -> NewMessage:
        """What colleagues read in the talk; the desk's group shows it as well."""
        language, minutes = self._mind.pack.languages[0], (now - late.since) // MINUTE
        text = self._mind.texts.say(language, f"service.late.{late.kind}", minutes=minutes)
        body = write_remark(f"service.late.{late.kind}", {"minutes": minutes})
        return NewMessage(author="note", text=text, at=now, body=body)


def _whom(tx: Tx, late: Late) -> str:
    """Who has the talk, else who was rung for."""
    staff = accounts.get(tx, late.staff_id) if late.owner == "human" else None
    return (staff.display_name or staff.name) if staff is not None else late.person
