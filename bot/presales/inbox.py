"""Everything under /inbox: lists, leads, what staff do to them, and the stream that moves them."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from bot.presales.acts import ACTS
from bot.presales.lead import give_brief, give_file, give_pieces, give_words, show_talk
from bot.presales.lists import give_list, show_inbox
from bot.presales.stream import follow
from bot.web.access import close_off
from bot.web.deps import Deps


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Every route of the inbox, behind the guard."""
    pieces = [give_list, give_pieces, give_brief, give_words, give_file]
    return close_off(deps, [show_inbox, show_talk, follow, *pieces, *ACTS])
