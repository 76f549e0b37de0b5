"""Reads replies.yaml: what pre-sales say often, written once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from dialogs.folder.wording import phrase
from dialogs.folder.yaml_lines import Branch
from dialogs.pack import CannedReply
from dialogs.types import REASONS

FILE = "replies.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def read_replies(top: Branch, languages: Collection[str]) -> tuple[CannedReply, ...]:
    """Every reply of the file, in its order. Each has a title and a text in every language."""
    found = tuple(_reply(branch, languages) for branch in top.branches("replies", "reply"))
    top.close()
    return found


def _reply(branch: Branch, languages: Collection[str]) -> CannedReply:
    name = branch.text("id")
    if name and not _NAME.fullmatch(name):
        branch.wrong("id", "not_id", phrase("do.small_letters"), name=name)
    branch.call("reply", name)
    branch.findings.declare("reply", name, branch.place, branch.place.file)
    branch.findings.mark(f"replies/{name}", branch.at("text"))
    reply = CannedReply(
        id=name,
        title=branch.by_language("title", languages),
        text=branch.by_language("text", languages),
        when=branch.words("when", REASONS),
    )
    branch.close()
    return reply


def spoken_in(top: Branch) -> tuple[str, ...]:
    """The languages of a file that brings its own: those of its first reply."""
    first = next(iter(top.branches("replies", "reply")), None)
    titles = first.branch("title") if first is not None else None
    return titles.names() if titles is not None else ()


def merge_replies(
    own: Iterable[CannedReply], below: Iterable[CannedReply], languages: Collection[str]
) -> tuple[CannedReply, ...]:
    """The own ones first; of the others those with another id that speak all the languages."""
    first = tuple(own)
    ids = {reply.id for reply in first}
    others = (reply for reply in below if reply.id not in ids)
    return (*first, *(each for each in others if set(languages) <= each.text.keys()))
