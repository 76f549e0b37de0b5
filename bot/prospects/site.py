"""The prospects' pages: the demo site, the chat page, and the script that brings it to any site."""

from __future__ import annotations

import json
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler

from bot.linking import make_link
from bot.prospects.words import LANGUAGE_NAMES, choose_language, say_all
from bot.web import assets
from bot.web.assets import FIVE_MINUTES, OPEN_TO_ALL, make_asset
from bot.web.deps import Deps

HttpRequest = Request[Any, Any, Any]
SCRIPT = "widget.js"
WORDS_MARK = "/* words */ {}"  # stands in the script where the words of the launcher go
LAUNCHER = ("widget.launcher.", "widget.frame")  # keys of the words that the launcher needs


def chat_policy(deps: Deps) -> str:
    """What the chat page may do, and which pages may show it as a guest frame."""
    hosts = " ".join(("'self'", *deps.settings.allowed_origins))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {hosts}"
    )


def site_policy(widget: str) -> str:
    """A strict policy for the demo page; `widget` is the origin that the widget comes from."""
    return (
        f"default-src 'none'; script-src {widget}; frame-src {widget}; style-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render_site(deps: Deps, request: HttpRequest, widget: str) -> Response[Any]:
    """The demo company's page with the widget of the origin `widget` ("": our own)."""
    language = choose_language(deps.pack, request)
    if not deps.texts.has(language, "site.title"):
        return Response(None, status_code=302, headers={"Location": f"{widget}/chat"})
    text = deps.pages.get_template("site.html.jinja").render(
        language=language,
        languages=[(each, LANGUAGE_NAMES.get(each, each)) for each in deps.pack.languages],
        words=say_all(deps.texts, language, "site."),
        company=deps.pack.company.name[language],
        editions=deps.pack.editions,
        script=f"{widget}/{SCRIPT}",
        chat=f"{widget}/chat",
    )
    policy = {"Content-Security-Policy": site_policy(widget or "'self'")}
    return Response(text, media_type=MediaType.HTML, headers=policy)


def render_chat(deps: Deps, request: HttpRequest) -> Response[Any]:
    """The chat page, with the words of every language, since the talk may change to another."""
    language = choose_language(deps.pack, request)
    words = {each: _chat_words(deps, each) for each in deps.pack.languages}
    settings = {
        "source": str(request.query_params.get("source", ""))[:500],
        "words": words,
        "limits": {
            "characters": deps.settings.message_max_chars,
            "bytes": deps.settings.file_max_bytes,
        },
    }
    text = deps.pages.get_template("chat.html.jinja").render(
        language=language,
        languages=[(each, LANGUAGE_NAMES.get(each, each)) for each in deps.pack.languages],
        words=words[language],
        settings=settings,
        telegram=bool(make_link(deps.presence)),
    )
    policy = {"Content-Security-Policy": chat_policy(deps)}
    return Response(text, media_type=MediaType.HTML, headers=policy)


def _chat_words(deps: Deps, language: str) -> dict[str, str]:
    words = say_all(deps.texts, language, "widget.")
    return {
        key: word
        for key, word in words.items()
        if not key.startswith(("widget.error.", "widget.launcher."))
    }


def make_script(deps: Deps) -> bytes:
    """The launcher's script with its words, which the page it is a guest on cannot provide."""
    words = {each: say_all(deps.texts, each, *LAUNCHER) for each in deps.pack.languages}
    source = deps.assets.source(SCRIPT)
    return source.replace(WORDS_MARK, json.dumps(words, ensure_ascii=False)).encode()


def routes(deps: Deps) -> list[HTTPRouteHandler]:
    """`/`, `/chat` and the script."""
    script = make_asset(SCRIPT, make_script(deps))

    @get("/", include_in_schema=False, sync_to_thread=False)
    def show_site(request: HttpRequest) -> Response[Any]:
        return render_site(deps, request, "")

    @get("/chat", include_in_schema=False, sync_to_thread=False)
    def show_chat(request: HttpRequest) -> Response[Any]:
        return render_chat(deps, request)

    @get(f"/{SCRIPT}", include_in_schema=False, sync_to_thread=False)
    def send_script(request: HttpRequest) -> Response[bytes]:
        return assets.answer(script, request, FIVE_MINUTES, OPEN_TO_ALL)

    return [show_site, show_chat, send_script]
