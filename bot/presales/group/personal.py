"""Tells a member of staff in their own chat with the desk's bot that somebody waits."""

from __future__ import annotations

from bot.alerting.letters import Telling
from bot.alerting.notices import Notice, TryLater, Undeliverable
from bot.telegram.border import Busy, GroupClient, Post, Target, TelegramError
from storage import staff_links
from storage.db import Database, Tx
from storage.desk_people import DeskPerson
from storage.outbox import Delivery


class ByTelegram:
    """Writes to people who linked their account; others are not reached in this way."""

    def __init__(self, db: Database, client: GroupClient, telling: Telling) -> None:
        self._db = db
        self._client = client
        self._telling = telling

    def reaches(self, tx: Tx, person: DeskPerson) -> bool:
        """Whether they are linked to a person of Telegram."""
        return staff_links.find_by_staff(tx, person.id) > 0

    async def tell(self, person: DeskPerson, notice: Notice, delivery: Delivery) -> None:
        """Raises TryLater or Undeliverable."""
        chat = self._db.peek(lambda tx: staff_links.find_by_staff(tx, person.id))
        if not chat:
            raise Undeliverable("unlinked")
        title = self._telling.title(notice, delivery.due)
        text = f"{title}\n{self._telling.text(delivery.conversation)}"
        try:
            await self._client.send(Target(chat=chat), Post(text=text))
        except Busy as error:
            raise TryLater(error.after, uncertain=error.uncertain) from error
        except TelegramError as error:
            raise Undeliverable("refused") from error
