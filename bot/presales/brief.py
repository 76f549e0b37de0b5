"""The brief as plain text that fits a phone screen and a message's caption."""

from __future__ import annotations

from dialogs.brief import Brief, BriefLine
from dialogs.texts import Texts

CHARS_MAX = 1_000
MORE = "…"
LAST = "next"  # the section that closes every brief: what to do now


def write_brief(texts: Texts, brief: Brief, language: str, limit: int = CHARS_MAX) -> str:
    """Headline, facts with their status, next step; at most `limit` characters (100 or more).

    What does not fit is left out from the end of the facts; a mark says that there is more.
    """
    head = _cut(brief.headline, limit // 4)
    closing = [_line(texts, each, language) for each in brief.lines if each.section == LAST]
    end = _cut("\n".join(closing), limit // 3)
    room = limit - len(head) - len(end) - len(MORE) - 3  # and the line ends between them
    facts: list[str] = []
    for each in brief.lines:
        if each.section == LAST:
            continue
        line = _line(texts, each, language)
        if len(line) + 1 > room:
            facts.append(MORE)
            break
        facts.append(line)
        room -= len(line) + 1
    return "\n".join(filter(None, [head, *facts, end]))


def _line(texts: Texts, line: BriefLine, language: str) -> str:
    """One fact; that it was stated goes without saying."""
    words = " ".join(line.text.split())
    if line.by:
        return f"{line.label}: {words} [{texts.say(language, 'brief.by', name=line.by)}]"
    if line.status in ("", "stated"):
        return f"{line.label}: {words}"
    return f"{line.label}: {words} [{texts.say(language, f'status.{line.status}')}]"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + MORE
