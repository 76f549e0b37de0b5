"""Messages as the widget's protocol shows them: rows become what `docs/widget.md` describes."""

from __future__ import annotations

import msgspec

from bot.prospects.papers import find_article, make_anchor
from bot.records import read_file_info, read_reply, read_state
from bot.web.deps import Deps
from bot.web.links import PaperLink, Signer
from dialogs.types import Attachment
from storage import accounts, leads
from storage.conversations import ConversationRow, MessageRow

HOUR_MS = 3_600_000
LINK_STEP_MS = HOUR_MS  # links of one hour are equal, so that a repeated read is the same answer


class FileShown(msgspec.Struct, frozen=True):
    """A file that the prospect sent. `size` in bytes."""

    name: str
    size: int


class PaperShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper handed over (`document`), the place an answer is quoted from (`source`), or a file
    that a person of the company sent (`file`, with its `size` in bytes).

    `href` opens it for this conversation alone and for a limited time, a file as a download; read
    the messages again to get a fresh one. `label` names the kind of paper in the language of the
    talk.
    """

    kind: str
    title: str
    href: str
    place: str = ""
    label: str = ""
    language: str = ""
    version: str = ""
    size: int = 0


class ButtonShown(msgspec.Struct, frozen=True):
    """A suggested answer. `kind` is option, back, skip, person, edit or more."""

    value: str
    label: str
    kind: str


class MessageShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. `seq` counts within the conversation; `at` is ms since 1970, UTC.

    `author` is prospect, bot, staff or event (a line of notice such as a takeover). `id` is the
    client's own id of a message it sent, `name` the person's of a staff message. Buttons are
    answered with `question` and the button's `value`.
    """

    seq: int
    author: str
    at: int
    text: str = ""
    id: str = ""
    name: str = ""
    question: int = 0
    buttons: tuple[ButtonShown, ...] = ()
    attachments: tuple[PaperShown, ...] = ()
    file: FileShown | None = None


class StateShown(msgspec.Struct, frozen=True):
    """Who answers: `owner` is bot, waiting, human or closed; `name` is that of the human."""

    owner: str
    name: str
    language: str


class Shower:
    """Makes rows presentable, with signed links. Holds nothing but a few names of staff."""

    def __init__(self, deps: Deps, signer: Signer) -> None:
        self._deps = deps
        self._signer = signer
        self._lasts = deps.settings.document_link_hours * HOUR_MS

    def state(self, row: ConversationRow) -> StateShown:
        name = read_state(row.state).staff if row.owner == "human" and row.state else ""
        return StateShown(owner=row.owner, name=name, language=row.language)

    def message(self, row: ConversationRow, message: MessageRow) -> MessageShown:
        if message.author == "prospect":
            file = read_file_info(message.body)
            return MessageShown(
                seq=message.seq,
                author="prospect",
                at=message.at,
                text=message.text,
                id=message.external_id,
                file=FileShown(file.name, file.size) if file else None,
            )
        reply = read_reply(message.body, message.text)
        return MessageShown(
            seq=message.seq,
            author=message.author,
            at=message.at,
            text=message.text,
            name=self._name(message.staff_id),
            question=reply.question,
            buttons=tuple(ButtonShown(b.value, b.label, b.kind) for b in reply.buttons),
            attachments=tuple(
                shown for each in reply.attachments if (shown := self._paper(row, each))
            ),
        )

    def _name(self, staff_id: int) -> str:
        if not staff_id:
            return ""
        found = self._deps.db.peek(lambda tx: accounts.get(tx, staff_id))
        return found.display_name if found else ""

    def _paper(self, row: ConversationRow, paper: Attachment) -> PaperShown | None:
        """The paper with its link; None when the pack no longer has it or it is internal."""
        if paper.kind == "file":
            return self._file(row, paper)
        pack = self._deps.pack
        document = pack.document(paper.id)
        if document is not None:
            kind, public, language = "d", document.public, document.language
            label = self._label(row.language, document.kind)
        else:
            article = find_article(pack, paper.id, paper.language)
            if article is None:
                return None
            kind, public, language, label = "a", article.public, article.language, ""
        if not public:
            return None
        href = self._link(row, kind, paper.id, language)
        return PaperShown(
            kind=paper.kind,
            title=paper.title,
            href=href + (f"#{make_anchor(paper.place)}" if paper.place else ""),
            place=paper.place,
            label=label,
            language=language if language != row.language else "",
            version=paper.version,
        )

    def _file(self, row: ConversationRow, file: Attachment) -> PaperShown | None:
        """A file of staff with its link; None when it is gone or belongs to another talk."""
        stored = self._deps.db.peek(lambda tx: leads.get_file(tx, file.id))
        if stored is None or stored.conversation != row.id:
            return None
        href = self._link(row, "f", file.id, row.language)
        return PaperShown(kind="file", title=stored.name, href=href, size=stored.size)

    def _link(self, row: ConversationRow, kind: str, paper: str, language: str) -> str:
        expires = (self._deps.now() // LINK_STEP_MS + 1) * LINK_STEP_MS + self._lasts
        return f"/d/{self._signer.sign(PaperLink(kind, paper, language, row.id, expires))}"

    def _label(self, language: str, kind: str) -> str:
        texts, key = self._deps.texts, f"document_kind.{kind}"
        return texts.say(language, key) if texts.has(language, key) else ""
