"""What staff are told in person: short, with a link, and without a word of the prospect's."""

from __future__ import annotations

from bot.alerting.mail import Letter, Mail
from bot.alerting.notices import Notice
from bot.house import Mind
from bot.settings import Settings
from dialogs.texts import Texts
from storage.db import Tx
from storage.desk_people import DeskPerson
from storage.outbox import Delivery

MINUTE = 60_000  # ms


class Telling:
    """The words of a notice, in the language of the desk: the pack's first."""

    def __init__(self, mind: Mind, settings: Settings) -> None:
        self._mind = mind
        self._settings = settings

    def title(self, notice: Notice, now: int) -> str:
        """One line: what is the matter, and for how long."""
        minutes = max(0, now - notice.since) // MINUTE
        reason = self._reason(notice.reason)
        return self._say(f"service.tell.{notice.why}", minutes=minutes, reason=reason)

    def text(self, conversation: str) -> str:
        """Where to go, and how not to be told any more."""
        address = self._settings.address
        return self._say(
            "service.tell.where",
            link=f"{address}/inbox/{conversation}",
            settings=f"{address}/account",
        )

    def _reason(self, reason: str) -> str:
        key = f"reason.{reason}"
        return self._say(key) if reason and self._texts.has(self._language, key) else reason

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(self._language, key, **values)

    @property
    def _texts(self) -> Texts:
        return self._mind.texts

    @property
    def _language(self) -> str:
        return self._mind.pack.languages[0]


class ByMail:
    """Tells people by e-mail."""

    def __init__(self, mail: Mail, telling: Telling) -> None:
        self._mail = mail
        self._telling = telling

    def reaches(self, tx: Tx, person: DeskPerson) -> bool:
        """Whether there is an address to write to."""
        return bool(person.email)

    async def tell(self, person: DeskPerson, notice: Notice, delivery: Delivery) -> None:
        """Raises TryLater or Undeliverable."""
        letter = Letter(
            to=person.email,
            subject=self._telling.title(notice, delivery.due),
            text=self._telling.text(delivery.conversation),
            mark=f"notice.{delivery.id}",
        )
        await self._mail.send(letter)
