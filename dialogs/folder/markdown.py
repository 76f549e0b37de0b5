"""Markdown papers as plain paragraphs under their headings, fit to be quoted in a chat."""

from __future__ import annotations

import re

Section = tuple[str, str]  # heading, paragraph

_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|(\d+)[.)])\s+(.*)")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*$")
_TABLE_LINE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*])(?=[^\s*])(.+?)(?<=[^\s*])\1(?![\w*])")
_CODE = re.compile(r"`([^`]*)`")
_WIDE = re.compile(r"[　-鿿＀-￯]")


def split_markdown(source: str) -> tuple[Section, ...]:
    """(heading, paragraph) pairs in order; the heading is "" before the first one.

    A table becomes one paragraph a row, each cell after its column's name; a list stays together
    with the line that leads into it.
    """
    sections: list[Section] = []
    heading = ""
    for block in _blocks(source):
        found = _HEADING.match(block[0])
        if found and len(block) == 1:
            heading = plain(found.group(1))
            continue
        for text in _paragraphs(block):
            if sections and _leads_in(sections[-1], heading, block):
                sections[-1] = (heading, f"{sections[-1][1]}\n{text}")
            else:
                sections.append((heading, text))
    return tuple(sections)


def plain(text: str) -> str:
    """Inline Markdown taken off: links keep their words, emphasis and code their text."""
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _CODE.sub(r"\1", text).replace("\\", "").strip()


def _blocks(source: str) -> list[list[str]]:
    """Lines in groups parted by empty lines; a heading stands alone, a code fence stays whole."""
    blocks: list[list[str]] = [[]]
    fenced = False
    for line in source.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            blocks[-1].append("    " + line)
        elif not line.strip() or _RULE.match(line):
            blocks.append([])
        elif _HEADING.match(line):
            blocks += [[line], []]
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _leads_in(last: Section, heading: str, block: list[str]) -> bool:
    return (
        last[0] == heading
        and last[1].endswith((":", "："))
        and _LIST_ITEM.match(block[0]) is not None
    )


def _paragraphs(block: list[str]) -> list[str]:
    if len(block) > 1 and _TABLE_LINE.match(block[1]) and "|" in block[0]:
        return _table_rows(block)
    if any(line.startswith("    ") and not _LIST_ITEM.match(line) for line in block[:1]):
        return ["\n".join(line[4:] for line in block)]
    return [_join(block)]


def _join(block: list[str]) -> str:
    """Wrapped lines become one; list items keep a line each."""
    text = ""
    for line in block:
        item = _LIST_ITEM.match(line)
        words = plain(line.strip().removeprefix("> ").removeprefix(">"))
        if item:
            mark = f"{item.group(1)}. " if item.group(1) else "- "
            text += ("\n" if text else "") + mark + plain(item.group(2))
        elif text:
            text += ("" if _touches(text[-1], words[:1]) else " ") + words
        else:
            text = words
    return text


def _touches(before: str, after: str) -> bool:
    """Chinese is written without a space where a line was wrapped."""
    return bool(_WIDE.match(before) and _WIDE.match(after))


def _table_rows(block: list[str]) -> list[str]:
    head = _cells(block[0])
    rows = []
    for line in block[2:]:
        cells = _cells(line)
        named = [
            f"{name}: {cell}" if name else cell
            for name, cell in zip(head[1:], cells[1:], strict=False)
            if cell
        ]
        first = cells[0] if cells else ""
        rows.append(
            f"{first} — {'; '.join(named)}" if first and named else first or "; ".join(named)
        )
    return [row for row in rows if row]


def _cells(line: str) -> list[str]:
    return [plain(cell) for cell in line.strip().strip("|").split("|")]
