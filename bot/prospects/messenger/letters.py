"""Messages of a talk with what a messenger needs besides: who wrote them, links to the papers."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from bot import records
from bot.house import House, Mind
from bot.prospects.messenger.layout import Letter
from bot.prospects.papers import find_article, make_anchor
from bot.settings import Settings, default_of, read_secret
from bot.web.links import PaperLink, Signer
from dialogs.types import Attachment, Reply
from storage import accounts, conversations
from storage.conversations import ConversationRow, MessageRow
from storage.db import Tx

HOUR_MS = 3_600_000
REACH = ("email", "phone")  # steps that ask for contact data


class Letters:
    """Reads messages as letters. `root`: where browsers open papers, "" where they cannot."""

    def __init__(self, house: House, mind: Mind) -> None:
        self._house = house
        self._mind = mind
        self._root = find_root(house.settings)
        self._signer = Signer(read_secret(house.settings))

    def read(self, tx: Tx, conversation: str, seq: int) -> Letter | None:
        """The letter of one message; None when it is gone or erased.

        A prospect's own says that they wrote it at the website.
        """
        row = conversations.load(tx, conversation)
        message = conversations.get_message(tx, conversation, seq)
        if row is None or row.erased or message is None:
            return None
        if message.author == "prospect":
            return self._quote(row, message)
        reply = self._allowed(records.read_reply(message.body, message.text))
        writer = accounts.get(tx, message.staff_id) if message.author == "staff" else None
        return Letter(
            conversation=row.id,
            seq=seq,
            author=message.author,
            language=row.language,
            reply=reply,
            name=writer.display_name if writer else "",
            asks_contact=self._asks_contact(reply),
            hrefs=self._hrefs(row, reply),
        )

    def _quote(self, row: ConversationRow, message: MessageRow) -> Letter:
        key = "telegram.out.website"
        text = self._mind.texts.say(row.language, key, text=message.text).strip()
        return Letter(
            conversation=row.id,
            seq=message.seq,
            author=message.author,
            language=row.language,
            reply=Reply(key=key, text=text),
        )

    def _allowed(self, reply: Reply) -> Reply:
        """Without papers that the pack no longer has or that are internal."""
        allowed = tuple(each for each in reply.attachments if self._is_public(each))
        return msgspec.structs.replace(reply, attachments=allowed)

    def _is_public(self, attachment: Attachment) -> bool:
        if attachment.kind == "file":
            return True
        pack = self._mind.pack
        found = pack.document(attachment.id)
        if found is not None:
            return found.public
        article = find_article(pack, attachment.id, attachment.language)
        return attachment.kind == "source" and article is not None and article.public

    def _asks_contact(self, reply: Reply) -> bool:
        if not reply.question or not reply.buttons:
            return False
        question = self._mind.pack.question(reply.asks)
        return reply.asks in REACH or (question is not None and question.kind == "contact")

    def _hrefs(self, row: ConversationRow, reply: Reply) -> dict[str, str]:
        if not self._root:
            return {}
        papers = (each for each in reply.attachments if each.kind != "file")
        return {each.id: self._sign(row, each) for each in papers}

    def _sign(self, row: ConversationRow, paper: Attachment) -> str:
        document = self._mind.pack.document(paper.id)
        kind, language = ("d", document.language) if document else ("a", paper.language)
        hours = self._house.settings.document_link_hours
        expires = (self._house.now() // HOUR_MS + 1 + hours) * HOUR_MS
        signed = self._signer.sign(PaperLink(kind, paper.id, language, row.id, expires))
        return f"{self._root}/d/{signed}" + (f"#{make_anchor(paper.place)}" if paper.place else "")


def find_root(settings: Settings) -> str:
    """The address of our pages, where Telegram lets messages link to it; else ""."""
    root = settings.public_url
    real = urlsplit(default_of("TELEGRAM_API_URL")).hostname
    is_local = urlsplit(settings.telegram_api_url).hostname != real
    return root if root.startswith("https://") or is_local else ""
