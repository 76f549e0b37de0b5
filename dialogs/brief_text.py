"""The brief as plain text that fits a phone screen: the template `brief`, filled in."""

from __future__ import annotations

from dialogs.base import Struct
from dialogs.brief import Brief, BriefLine
from dialogs.texts import Texts

CHARS_MAX = 1_000
TEMPLATE = "brief"
LAST = "next"  # the section that closes every brief: what to do now


class Printed(Struct):
    """A line of the template's `facts` and `steps`: all three on one line each."""

    label: str
    text: str
    mark: str = ""  # who entered it, or how sure it is; "" where it was stated


def write_brief(texts: Texts, brief: Brief, language: str, limit: int = CHARS_MAX) -> str:
    """Headline, facts with their status, next steps; at most `limit` characters (100 or more).

    What does not fit is left out from the end of the facts; the template is told that there is
    more. jinja2.TemplateError where the pack's own template cannot be filled in.
    """
    headline = _cut(brief.headline, limit // 4)
    closing = [_print(texts, each, language) for each in brief.lines if each.section == LAST]
    steps = [
        Printed(
            label=each.label,
            text=_cut(each.text, max(limit // 3 // len(closing) - len(each.label), 1)),
        )
        for each in closing
    ]
    facts = [_print(texts, each, language) for each in brief.lines if each.section != LAST]
    text = ""
    for kept in range(len(facts), -1, -1):
        text = texts.render(
            language,
            TEMPLATE,
            headline=headline,
            facts=facts[:kept],
            more=kept < len(facts),
            steps=steps,
        ).strip()
        if len(text) <= limit:
            break
    return _cut(text, limit)


def _print(texts: Texts, line: BriefLine, language: str) -> Printed:
    """One fact; that it was stated goes without saying."""
    mark = ""
    if line.by:
        mark = texts.say(language, "brief.by", name=line.by)
    elif line.status not in ("", "stated"):
        mark = texts.say(language, f"status.{line.status}")
    return Printed(label=line.label, text=" ".join(line.text.split()), mark=mark)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
