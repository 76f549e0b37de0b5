"""The morning list by e-mail: on each working day, when the desk opens, who waits and who is to be
called. To everybody at the desk who wants e-mail; nobody's words or names stand in it."""

from __future__ import annotations

from bot.alerting.mail import Letter
from bot.core import Core
from bot.live import MIND
from bot.logs import get_logger
from bot.presales.group.digest import DigestWords, opening_of_day
from bot.presales.group.words import Words
from bot.prospects.channel import TryLater, Undeliverable
from bot.rights import may, sees, sees_support_only
from dialogs import hours
from storage import calls, desk_people, digest, marks, reading
from storage.calls import CallTask
from storage.desk_people import DeskPerson
from storage.reading import Line

LOOK_SECONDS = 60.0
WAITING_MAX = 50  # named in one letter
MINUTE = 60_000  # ms
MARK = "morning_mail"  # and the id of the account: when (ms) the last one went out


class MorningList:
    """`run` until `live.close()`. What could not be sent is tried again until the day is over."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._house = core.house
        self._words = Words(lambda: core.mind.texts, core.house.settings.address)

    async def run(self) -> None:
        """Raises what storage raises; it may be run again after that."""
        if not self._core.mail.is_set:
            return
        with self._house.live.subscribe(MIND) as watch:
            while not self._house.live.closed:
                await self.step()
                await watch.wait(LOOK_SECONDS)

    async def step(self) -> int:
        """Send what is due; gives how many letters went out."""
        now = self._house.now()
        opening = opening_of_day(self._words.company, now)
        if opening is None or now < opening or not self._core.mail.is_set:
            return 0
        sent = 0
        for person in self._house.db.peek(desk_people.everybody):
            if self._wants(person, now) and await self._is_due(person, opening, now):
                sent += await self._send(person, opening, now)
        return sent

    def _wants(self, person: DeskPerson, now: int) -> bool:
        there = may(person.role, "talks") and not person.is_away(now)
        return there and bool(person.email) and person.is_told_by("email")

    async def _is_due(self, person: DeskPerson, opening: int, now: int) -> bool:
        """Whether today's is still to come. On somebody's first day of all, counting begins."""
        last = self._house.db.peek(lambda tx: marks.get(tx, f"{MARK}:{person.id}"))
        if not last:
            await self._keep(person, now)
        return 0 < last < opening

    async def _keep(self, person: DeskPerson, now: int) -> None:
        await self._house.db.write(lambda tx: marks.put(tx, f"{MARK}:{person.id}", now))

    async def _send(self, person: DeskPerson, opening: int, now: int) -> int:
        last = self._house.db.peek(lambda tx: marks.get(tx, f"{MARK}:{person.id}"))
        letter = Letter(
            to=person.email,
            subject=self._words.texts.say(self._language, "service.morning.title"),
            text=await self._write(person, last, now),
            mark=f"morning.{person.id}.{opening}",
        )
        try:
            await self._core.mail.send(letter)
        except TryLater:
            return 0  # it is still due
        except Undeliverable as error:
            get_logger().warning("morning_mail_refused", staff=person.id, reason=error.reason)
        await self._keep(person, now)
        return 1

    async def _write(self, person: DeskPerson, since: int, now: int) -> str:
        """The whole letter, with what this person may see of who waits and of the calls."""
        own = person.id if sees_support_only(person) else 0
        waiting, due, figures = await self._house.db.read(
            lambda at: (
                reading.waiting(at, limit=WAITING_MAX),
                calls.read_open(at, calls.Page(WAITING_MAX, support_of=own)),
                digest.read_digest(at, since, now),
            )
        )
        waiting = tuple(line for line in waiting if sees(person, line))
        due = [task for task in due if sees(person, task)]
        parts = [
            self._say("service.morning.waiting", n=len(waiting)),
            *(self._waits(line, now) for line in waiting),
            "",
            self._say("service.morning.calls", n=len(due)),
            *(self._call(task) for task in due),
            "",
            DigestWords(self._words).write(figures).text,
            "",
            self._say("service.morning.where", link=f"{self._house.settings.address}/inbox"),
        ]
        return "\n".join(parts)

    def _waits(self, line: Line, now: int) -> str:
        minutes = max(0, now - line.waiting_since) // MINUTE
        return self._say(
            "service.morning.line",
            reason=self._words.label(f"reason.{line.reason}", line.reason),
            hours=minutes // 60,
            minutes=minutes % 60,
            tongue=self._tongue(line.language),
            link=f"{self._house.settings.address}/inbox/{line.id}",
        )

    def _call(self, task: CallTask) -> str:
        company = self._words.company
        return self._say(
            "service.morning.call",
            at=self._words.texts.moment(self._language, hours.local(company, task.due)),
            tongue=self._tongue(task.language),
            link=f"{self._house.settings.address}/inbox/{task.conversation}",
        )

    def _tongue(self, language: str) -> str:
        return self._words.label(f"language.name.{language}", language)

    def _say(self, key: str, **values: object) -> str:
        return self._words.texts.say(self._language, key, **values)

    @property
    def _language(self) -> str:
        return self._core.mind.pack.languages[0]
