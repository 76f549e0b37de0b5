"""Canned replies: known names only, and words that read well where nothing is known."""

from __future__ import annotations

import re

from dialogs.checks.texts import check_demands, check_source
from dialogs.folder.problems import Findings
from dialogs.folder.replies import FILE
from dialogs.pack import CannedReply, Pack
from dialogs.replies import NAMES
from dialogs.texts import GLOBAL_NAMES, make_environment

# A gap where a value should stand: a blank before a comma, two blanks, empty brackets or quotes.
_GAP = re.compile(
    r"\s[,.;:!?](?!\S)|[^\S\n]{2}|\(\s*\)|«\s*»|“\s*”|^\s*[,.;:!?]|[,，、]\s*[.!?。！？]"
)


def check_replies(pack: Pack, findings: Findings) -> None:
    for reply in pack.replies:
        for language, source in reply.text.items():
            place = findings.place(f"replies/{reply.id}", FILE)
            before = len(findings.problems)
            check_source(source, set(NAMES), place, findings)
            check_demands(source, set(), place, findings)
            if len(findings.problems) == before and language in pack.languages:
                _check_bare(reply, language, findings)


def _check_bare(reply: CannedReply, language: str, findings: Findings) -> None:
    """Most leads lack something: the words must do without it."""
    environment = make_environment(language)
    nothing = dict.fromkeys(NAMES, "") | dict.fromkeys(GLOBAL_NAMES, "x")
    place = findings.place(f"replies/{reply.id}", FILE)
    bare = environment.from_string(reply.text[language]).render(nothing)
    if not bare.strip() or _GAP.search(bare):
        findings.warn(place, "reply_gap", reply=reply.id, language=language)
