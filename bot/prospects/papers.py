"""Papers of the company and files of staff in the browser: `/d/<signed>` opens one for one talk."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from bot.logs import describe_error, get_logger
from bot.packs.paper_files import find_paper_file
from bot.prospects.words import choose_language
from bot.web.deps import Deps
from bot.web.links import BadLinkError, ExpiredLinkError, PaperLink, Signer
from dialogs.pack import Article, Document, Pack
from dialogs.types import Incoming
from storage import conversations, leads

# Nothing of a paper may run, send or reach its surroundings; links open outside of the sandbox.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Not every browser's PDF viewer works in a sandbox; nothing in a PDF can reach our origin anyway.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
PRIVATE = "private, no-store"


def find_article(pack: Pack, article: str, language: str) -> Article | None:
    """The article, in the language where there are several of that id."""
    found = [each for each in pack.articles if each.id == article]
    return next((each for each in found if each.language == language), found[0] if found else None)


def make_anchor(heading: str) -> str:
    """The fragment under which a heading of a paper can be linked."""
    return re.sub(r"[^\w]+", "-", heading.casefold()).strip("-")


def render_markdown(source: str) -> Markup:
    """Markdown as HTML. HTML in the source stays text; headings can be linked to."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = parser.parse(source)
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", make_anchor(_plain(tokens[index + 1])))
        for link in token.children or ():
            if link.type == "link_open":
                link.attrSet("target", "_blank")
                link.attrSet("rel", "noopener noreferrer")
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704


def _plain(token: Token) -> str:
    return "".join(part.content for part in token.children or ())


@lru_cache(maxsize=256)
def _read_page(path: Path, checksum: str) -> Markup:
    """A document's page; the checksum keeps an edited file from being served as the old one."""
    return render_markdown(path.read_text(encoding="utf-8"))


class Papers:
    """Opens papers for whoever holds a link of ours."""

    def __init__(self, deps: Deps, signer: Signer) -> None:
        self._deps = deps
        self._signer = signer

    async def open(self, request: Request[Any, Any, Any], signed: str) -> Response[Any]:
        """The paper, or a page that says why not and what to do."""
        try:
            link = self._signer.read(signed, self._deps.now())
        except ExpiredLinkError as error:
            return self._refuse(error.paper.language, "expired", 410)
        except BadLinkError:
            return self._refuse(choose_language(self._deps.pack, request), "bad", 404)
        row = self._deps.db.peek(lambda tx: conversations.load(tx, link.conversation))
        if row is None or row.erased:
            return self._refuse(link.language, "erased", 410)
        if link.kind == "f":
            return await self._give_file(link)
        if link.kind == "a":
            article = find_article(self._deps.pack, link.id, link.language)
            if article is None or not article.public:
                return self._refuse(link.language, "gone", 404)
            return self._show_article(article)
        document = self._deps.pack.document(link.id)
        if document is None or not document.public:
            return self._refuse(link.language, "gone", 404)
        await self._note_opened(link)
        return await self._show_document(document)

    async def _give_file(self, link: PaperLink) -> Response[Any]:
        """A file that staff sent, inert: always a download, never shown by the browser."""
        stored = self._deps.db.peek(lambda tx: leads.get_file(tx, link.id))
        if stored is None or stored.conversation != link.conversation:
            return self._refuse(link.language, "gone", 404)
        try:
            content = await asyncio.to_thread(self._deps.uploads.path(stored.id).read_bytes)
        except (OSError, ValueError):
            return self._refuse(link.language, "gone", 404)
        name = quote(stored.name, safe="")
        return Response(
            content,
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Content-Security-Policy": DOWNLOAD_POLICY,
                "Cache-Control": PRIVATE,
            },
        )

    async def _note_opened(self, link: PaperLink) -> None:
        """Write down that it was opened. The paper is shown even where that fails."""
        incoming = Incoming(
            conversation=link.conversation,
            external_id=f"opened:{link.id}",
            kind="opened",
            value=link.id,
        )
        try:
            await self._deps.intake.handle(incoming)
        except Exception as error:
            get_logger().error("opening_not_noted", document=link.id, **describe_error(error))

    async def _show_document(self, document: Document) -> Response[Any]:
        try:
            path = find_paper_file(self._deps.settings, self._deps.pack, document)
        except FileNotFoundError:
            return self._refuse(document.language, "gone", 404)
        if document.media_type != "text/markdown":
            return Response(
                await asyncio.to_thread(path.read_bytes),
                media_type=document.media_type,
                headers={
                    "Content-Security-Policy": FILE_POLICY,
                    "Content-Disposition": f'inline; filename="{document.id}{path.suffix}"',
                    "Cache-Control": PRIVATE,
                },
            )
        label = self._say(document.language, f"document_kind.{document.kind}")
        facts = [label, document.version]
        return self._page(
            document.language, document.title, facts, _read_page(path, document.checksum)
        )

    def _show_article(self, article: Article) -> Response[Any]:
        facts = [self._say(article.language, "paper.article")]
        return self._page(article.language, article.title, facts, render_markdown(article.text))

    def _refuse(self, language: str, reason: str, status: int) -> Response[Any]:
        title = self._say(language, f"paper.{reason}.title")
        words = render_markdown(self._say(language, f"paper.{reason}.text"))
        return self._page(language, title, [], words, status)

    def _page(
        self, language: str, title: str, facts: list[str], content: Markup, status: int = 200
    ) -> Response[Any]:
        text = self._deps.pages.get_template("paper.html.jinja").render(
            language=language,
            title=title,
            facts=[fact for fact in facts if fact],
            content=content,
            company=self._deps.pack.company.name.get(language, ""),
        )
        return Response(
            text,
            media_type=MediaType.HTML,
            status_code=status,
            headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": PRIVATE},
        )

    def _say(self, language: str, key: str) -> str:
        texts = self._deps.texts
        return texts.say(language, key) if texts.has(language, key) else ""


def routes(deps: Deps, signer: Signer) -> list[HTTPRouteHandler]:
    """The route of every paper."""
    papers = Papers(deps, signer)

    @get("/d/{signed:str}", include_in_schema=False)
    async def open_paper(request: Request[Any, Any, Any], signed: FromPath[str]) -> Response[Any]:
        return await papers.open(request, signed)

    return [open_paper]
