"""The daily digest for managers: to General, on each working day when the desk opens."""

from __future__ import annotations

from bot.house import House
from bot.presales.group.words import Words
from bot.telegram.border import GroupClient, Post, Target, TelegramError
from bot.telegram.split import Lines, shorten
from dialogs import hours
from dialogs.pack import Company
from storage import digest, marks
from storage.db import Tx
from storage.digest import STOPPED, Counts, Digest

TEXT_MAX = 1_500  # characters
REASONS_MAX = 8  # named in one line
LAST, TRIED, TRIES = "desk_digest", "desk_digest_tried", "desk_digest_tries"
GIVE_UP_AFTER = 2  # tries of which nobody knows whether they came through
SECOND, MINUTE = 1_000, 60_000  # ms


def opening_of_day(company: Company, now: int) -> int | None:
    """When (ms) the desk opens or opened today; None on a day on which it does not."""
    midnight = hours.local(company, now).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(midnight.timestamp() * 1_000)
    if hours.is_open(company, start):
        return start
    opens = hours.next_change(company, start)
    same_day = hours.local(company, opens).date() == midnight.date()
    return opens if same_day and opens > start else None


class DailyDigest:
    """Once a day, also after a restart. What is known of it is kept as marks."""

    def __init__(self, house: House, client: GroupClient, words: Words) -> None:
        self._house = house
        self._client = client
        self._words = words
        self._last: int | None = None  # when the last one was posted

    async def is_due(self, now: int) -> bool:
        """Whether today's is still to come. On the first day of all, counting begins."""
        if self._last is None:
            self._last = self._house.db.peek(lambda tx: marks.get(tx, LAST))
        if not self._last:
            await self._keep(now)
        opening = opening_of_day(self._words.company, now)
        return opening is not None and self._last < opening <= now

    async def post(self, group: int, now: int) -> None:
        """Post it. Raises TelegramError; then it is still due."""
        opening, since = opening_of_day(self._words.company, now) or now, self._last or 0
        tried, tries = self._house.db.peek(lambda tx: (marks.get(tx, TRIED), marks.get(tx, TRIES)))
        before = tries if tried == opening else 0
        if before >= GIVE_UP_AFTER:
            await self._keep(now)
            return
        found = await self._house.db.read(lambda at: digest.read_digest(at, since, now))
        post = self.write(found, repeat=before > 0)
        await self._note(opening, before + 1)
        self._house.reach("before_post")
        try:
            await self._client.send(Target(chat=group), post)
        except TelegramError as error:
            if not getattr(error, "uncertain", False):
                await self._note(opening, before)
            raise
        self._house.reach("after_post")
        await self._keep(now)

    async def _note(self, opening: int, tries: int) -> None:
        def work(tx: Tx) -> None:
            marks.put(tx, TRIED, opening)
            marks.put(tx, TRIES, tries)

        await self._house.db.write(work)

    async def _keep(self, now: int) -> None:
        await self._house.db.write(lambda tx: marks.put(tx, LAST, now))
        self._last = now

    def write(self, found: Digest, *, repeat: bool = False) -> Post:
        """The digest as it is posted."""
        return DigestWords(self._words).write(found, repeat=repeat)


class DigestWords:
    """How the figures read."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def write(self, found: Digest, *, repeat: bool = False) -> Post:
        """At most TEXT_MAX characters: counts and reasons, no personal data."""
        say = self._words.say
        title = say("digest.title", since=self._words.moment(found.since))
        body = [
            say("digest.opened", n=found.opened),
            self._counted("escalated", found.escalated),
            say("digest.taken", n=found.taken),
            *self._waits(found),
            say("digest.waiting", n=found.waiting),
            self._counted("closed", found.closed),
            say("digest.unanswered", n=found.unanswered),
            say("digest.failed", n=found.failed),
            say("digest.aside", n=found.aside),
        ]
        lines = Lines()
        if repeat:
            lines.add(say("repeat"), italic=True).end()
        lines.add(title, bold=True).end()
        room = TEXT_MAX - len(lines.text)
        return Post(text=lines.add(shorten("\n".join(body), room)).text, marks=lines.marks)

    def _waits(self, found: Digest) -> list[str]:
        if not found.wait_longest:
            return []
        median, longest = self._span(found.wait_median), self._span(found.wait_longest)
        return [self._words.say("digest.waits", median=median, longest=longest)]

    def _counted(self, key: str, counts: Counts) -> str:
        line = self._words.say(f"digest.{key}", n=sum(number for _, number in counts))
        each = [
            self._words.say("digest.each", what=self._name(key, name), n=number)
            for name, number in counts[:REASONS_MAX]
        ]
        return f"{line} ({', '.join(each)})" if each else line

    def _name(self, key: str, name: str) -> str:
        if name == STOPPED:
            return self._words.say("digest.stopped")
        prefix = "reason" if key == "escalated" else "desk.close"
        return self._words.label(f"{prefix}.{name}", name)

    def _span(self, ms: int) -> str:
        minutes = round(ms / MINUTE)
        if minutes < 1:
            return self._words.say("seconds", n=round(ms / SECOND))
        if minutes < 60:
            return self._words.say("minutes", n=minutes)
        return self._words.say("hours", hours=minutes // 60, minutes=minutes % 60)
