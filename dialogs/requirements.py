"""Flow 3: a written requirement, split into items that each name the sentence they come from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from dialogs.points import BARE_BULLET, MAX_INPUT, MAX_LINES, POINT, take_apart
from dialogs.types import Item, Requirement

MAX_ITEMS = 200
MAX_TEXT = 500  # characters of an item
MAX_SOURCE = 1_000  # characters of its source sentence
MAX_TITLE = 200

Origin = Literal["file", "text", "questions", "link"]
Priority = Literal["must", "should", "could", ""]


class _Block(NamedTuple):
    """A piece of the paper: one point of a list, one row of a table, or a paragraph."""

    kind: Literal["point", "row", "text", "heading"]
    text: str


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]"
)
_HEADING = re.compile(r"^\s*#{1,6}\s+(?=\S)")
_RULE = re.compile(r"^[\s|:=_+*-]{3,}$")
_SENTENCE_END = re.compile(
    r"""(?<=[。！？；])\s*(?=\S) | (?<=[.!?])["'”’)]*\s+(?=["'“(]?[A-ZÀ-ÞА-Я0-9一-鿿])""",
    re.VERBOSE,
)
_SHORT_FORM = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|ca|vs|no|nr|incl|resp|z\.B|Mr|Mrs|Dr|St))\.$", re.I
)
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

_NEED = re.compile(
    r"""\b(?:needs?|needed|must|shall|should|requires?|required|requirements?|wants?|wish|hope
      |would\ like|(?:has|have|had)\ to|ought\ to|expects?|expected|look(?:ing)?\ for|prefer\w*
      |mandatory|essential|important|necessary|supports?|integrat\w+|allows?|enables?|can|could
      |it\ is\ to\ be|are\ to\ be|is\ to\ be|nice\ to\ have|no\ more\ than|at\ least
      |muss|müssen|soll|sollen|sollte|sollten|brauchen|benötigen|benötigt|wünschen|möchten
      |necesitamos|necesita|debe|deben|debería|queremos|requiere
      |нужн\w*|необходим\w*|долж\w+|требу\w+|хотим|хотелось)\b
      | 需要 | 必须 | 必需 | 务必 | 应 | 须 | 要求 | 希望 | 想要 | 最好 | 能够 | 可以 | 支持
      | 实现 | 提供 | 具备 | 允许 | 对接 | 集成 | 要[有能会在把] | 我们要 | 系统要 | 不能 | 不得""",
    re.VERBOSE | re.IGNORECASE,
)
_CUES: tuple[tuple[Priority, re.Pattern[str]], ...] = (
    (
        "must",
        re.compile(
            r"""\b(?:must(?!\W+have\W+been)|shall|mandatory|essential|required|obligatory|critical
              |(?:has|have)\ to|no\ later\ than|muss|müssen|zwingend|debe|deben|обязател\w*
              |долж\w+)\b
              | 必须 | 必需 | 务必 | 一定要 | 不得 | 必备 | 强制 | (?<!无)须""",
            re.VERBOSE | re.IGNORECASE,
        ),
    ),
    (
        "should",
        re.compile(
            r"""\b(?:should|ought\ to|important|recommended|expected|soll|sollen|sollte|sollten
              |debería|deberían|желательн\w*|следует)\b
              | 应当 | 应该 | (?<![相适反响供])应(?![用急付收届]) | 建议""",
            re.VERBOSE | re.IGNORECASE,
        ),
    ),
    (
        "could",
        re.compile(
            r"""\b(?:could|nice\ to\ have|optional(?:ly)?|would\ like|would\ be\ (?:nice|good|great)
              |wish|hope|prefer\w*|ideally|if\ possible|bonus|later\ on|wünschenswert|optional
              |opcional|хотелось|опционал\w*)\b
              | 希望 | 最好 | 可选 | 如有可能 | 如果可能 | 锦上添花 | 理想情况""",
            re.VERBOSE | re.IGNORECASE,
        ),
    ),
)
_NO_NEED = re.compile(
    r"\b(?:not required|not essential|not mandatory|(?:don't|doesn't|do not|does not|not) "
    r"(?:have|need) to|need not)\b|不必|无需|不需要|无须",
    re.IGNORECASE,
)
# What a cell of a table says when it holds a priority alone.
_CELL_PRIORITY: Mapping[str, Priority] = {
    **dict.fromkeys(("must", "must have", "m", "high", "a", "p0", "p1", "muss"), "must"),
    **dict.fromkeys(("mandatory", "required", "critical", "必须", "必需", "高", "必备"), "must"),
    **dict.fromkeys(("should", "should have", "s", "medium", "b", "p2", "soll"), "should"),
    **dict.fromkeys(("应", "应该", "应当", "中"), "should"),
    **dict.fromkeys(("could", "could have", "c", "low", "p3", "kann", "nice to have"), "could"),
    **dict.fromkeys(("optional", "希望", "可选", "低", "最好"), "could"),
}
# A line of its own that says how much the points below it matter.
_PRIORITY_HEADING = re.compile(
    r"(?:(?:must|should|could|nice)[- ](?:to[- ])?haves?|mandatory|required|essential|optional"
    r"|(?:必须|必需|必备|应该?|应当|希望|可选|最好)(?:有|实现|具备)?的?(?:功能|需求|项目?)?)[:：]?",
    re.IGNORECASE,
)
_HEADING_NO_NEEDS = re.compile(
    r"background|about (?:us|the company)|introduction|contact|imprint|table of contents|glossary"
    r"|背景|公司简介|公司介绍|关于我们|联系|目录|前言|引言|术语",
    re.IGNORECASE,
)
_QUIET_CELL = re.compile(
    r"^(?:[-–—\s]*|\d{1,4}(?:\.\d+)*\.?|[A-Z]{1,4}[-_ ]?\d+|yes|no|x|是|否)$", re.I
)
_HEADER_CELL = re.compile(
    r"^(?:no\.?|nr\.?|#|id|requirements?|description|functions?|features?|priority|prio|module"
    r"|comments?|notes?|remarks?|title|序号|编号|需求|需求描述|描述|功能|功能点|功能描述|优先级|模块|备注|说明|名称)$",
    re.IGNORECASE,
)
_TITLE_LONG = 60
_TITLE_NOUN = re.compile(
    r"\b(?:requirements?|specifications?|spec|wish ?list|needs|anforderung\w*|lastenheft|"
    r"requisitos|требован\w*|техзадани\w*)\b|(?:需求|要求)(?:文档|清单|说明书?|列表|书)?",
    re.IGNORECASE,
)
_LINE_LONG = 60  # from here on a line without an end mark was broken by an editor, not its writer
_POINT_LONG = 160  # a line of a bare list is at most so long


def split(text: str, *, origin: Origin, title: str, version: int, file: str = "") -> Requirement:
    """A paper as a requirement of at most `MAX_ITEMS` items, each with its source sentence.

    Points of lists and rows of tables are items; of plain paragraphs the sentences that tell a
    need. A paper that tells no need by our signs gives all its sentences.
    """
    clean = _clean(text)
    items = _collect(_items(_blocks(clean)))
    if not items:
        sentences = (s for b in _blocks(clean) if b.kind == "text" for s in _sentences(b.text))
        items = _collect(_item(s, s) for s in sentences if _says_something(s))
    return Requirement(
        version=version,
        origin=origin,
        title=" ".join(_clean(title).split())[:MAX_TITLE],
        items=items,
        file=file,
    )


def from_answers(
    questions: Sequence[str], answers: Sequence[str], *, version: int = 1, title: str = ""
) -> Requirement:
    """A requirement from the five short questions; empty answers are left out.

    The third question asks for functions that must be there and the fourth for systems to
    connect: their answers are taken apart. The source names the question.
    """
    found: list[Item] = []
    for number, (question, answer) in enumerate(zip(questions, answers, strict=False), start=1):
        for part in _parts(_clean(answer), lists=number in (3, 4)):
            item = _item(part, f"{question.strip()} — {part}")
            must = number == 3 and not item.priority
            found.append(
                Item(text=item.text, source=item.source, priority="must") if must else item
            )
    first = next((a.strip() for a in answers if a.strip()), "")
    return Requirement(
        version=version,
        origin="questions",
        title=" ".join((title or first).split())[:MAX_TITLE],
        items=_collect(found),
    )


def summary_lines(
    requirement: Requirement, limit: int = 12, labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Numbered lines to show back; `labels` are the words for must, should and could."""
    lines: list[str] = []
    for number, item in enumerate(requirement.items[:limit], start=1):
        label = (labels or {}).get(item.priority, "")
        lines.append(f"{number}. {item.text} ({label})" if label else f"{number}. {item.text}")
    return tuple(lines)


def priority_of(sentence: str) -> Priority:
    """The strongest priority that the sentence says in words, or ""."""
    said = _NO_NEED.sub(" ", sentence)
    return next((priority for priority, cue in _CUES if cue.search(said)), "")


def _clean(text: str) -> str:
    flat = unicodedata.normalize("NFC", text[:MAX_INPUT]).replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", flat.replace("\u2028", "\n").replace("\f", "\n\n"))


# --- lines to blocks -----------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[_Block]:
    """The paper's lines put together: points, rows, headings and paragraphs, in order."""
    part: list[str] = []
    whole = text.split("\n", MAX_LINES)[:MAX_LINES]
    for line in [*(piece for each in whole for piece in take_apart(each)), ""]:
        if line.strip():
            part.append(line.rstrip())
        elif part:
            yield from _part_blocks(part)
            part = []


def _part_blocks(lines: list[str]) -> Iterator[_Block]:
    if _is_title(lines[0].strip()):
        yield _Block("heading", lines[0].strip())
        lines = lines[1:]
    if _is_bare_list(lines):
        yield from (_Block("point", line.strip()) for line in lines)
        return
    running: _Block | None = None
    for line in lines:
        if _RULE.match(line):
            continue
        block = _line_block(line)
        if running and block.kind == "text" and _goes_on(running, line):
            glue = "" if _CJK.match(block.text[0]) and _CJK.match(running.text[-1]) else " "
            running = _Block(running.kind, running.text + glue + block.text)
            continue
        if running:
            yield running
        running = block
    if running:
        yield running


def _line_block(line: str) -> _Block:
    if _HEADING.match(line):
        return _Block("heading", _HEADING.sub("", line).strip())
    if "|" in line.strip(" |") or "\t" in line.strip():
        return _Block("row", line.strip())
    point = POINT.match(line) or BARE_BULLET.match(line)
    if point:
        return _Block("point", line[point.end() :].strip())
    text = line.strip()
    if _PRIORITY_HEADING.fullmatch(text) or (len(text) <= 80 and text.endswith((":", "："))):
        return _Block("heading", text)
    return _Block("text", text)


def _is_title(line: str) -> bool:
    """A short line that names the paper and, besides its noun, tells no need."""
    if len(line) > _TITLE_LONG or line[-1] in ".!?。！？":
        return False
    rest, nouns = _TITLE_NOUN.subn(" ", line)
    return nouns > 0 and not _NEED.search(rest) and not POINT.match(line)


def _goes_on(running: _Block, line: str) -> bool:
    """Is the line the rest of what runs: indented below a point, or a sentence broken by width?"""
    if running.kind not in ("point", "text"):
        return False
    if running.kind == "point" and line[0] in " \t":
        return True
    if running.text[-1] in ".!?:;。！？；：":
        return running.kind == "text" and running.text[-1] not in ":："
    first = line.lstrip()[0]
    return (
        first.islower()
        or first in "(（,，"
        or len(running.text) >= _LINE_LONG
        or (len(running.text) >= 15 and bool(_CJK.match(first)) and running.kind == "text")
    )


def _is_bare_list(lines: list[str]) -> bool:
    """Three short lines or more, none ended and none marked: a list without bullets."""
    if len(lines) < 3 or any(_line_block(line).kind != "text" for line in lines):
        return False
    return all(
        len(line) <= _POINT_LONG
        and line[-1] not in ".!?,;。！？，；、"
        and not line.lstrip()[0].islower()
        for line in lines
    ) and sum(len(line) >= _LINE_LONG for line in lines) * 2 < len(lines)


# --- blocks to items -----------------------------------------------------------------------------


def _items(blocks: Iterable[_Block]) -> Iterator[Item]:
    section: Priority = ""
    skipping = listed = False
    for block in blocks:
        if block.kind == "heading" or (block.kind == "text" and listed):
            # A paragraph after a list ends what the heading above the list said.
            section = priority_of(block.text) if block.kind == "heading" else ""
            listed = False
        if block.kind == "heading":
            skipping = bool(_HEADING_NO_NEEDS.search(block.text))
        elif block.kind == "row":
            yield from _row_items(block.text, section)
        elif block.kind == "point":
            listed = True
            if _has_letters(block.text) and (not skipping or _NEED.search(block.text)):
                yield _item(block.text, block.text, section)
        else:
            sentences = _sentences(block.text)
            yield from (_item(s, s, section) for s in sentences if _tells_need(s))


def _row_items(row: str, section: Priority) -> Iterator[Item]:
    """A row's telling cells as one item; a cell that holds a priority alone gives it."""
    cells = [c.strip() for c in re.split(r"[|\t]", row) if c.strip()]
    if not cells or sum(bool(_HEADER_CELL.match(c)) for c in cells) * 2 > len(cells):
        return
    said: Priority = next(
        (_CELL_PRIORITY[c.casefold()] for c in cells[1:] if c.casefold() in _CELL_PRIORITY), ""
    )
    telling = [
        c for i, c in enumerate(cells)
        if not _QUIET_CELL.match(c) and not (i and c.casefold() in _CELL_PRIORITY)
    ]  # fmt: skip
    text = ": ".join(dict.fromkeys(telling))
    if _says_something(text):
        yield _item(text, row, said or section)


def _item(text: str, source: str, section: Priority = "") -> Item:
    flat = " ".join(text.split())
    return Item(
        text=_cut(flat, MAX_TEXT),
        source=_cut(source.strip(), MAX_SOURCE),
        priority=priority_of(flat) or section,
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _collect(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items without repeats, at most `MAX_ITEMS`."""
    kept: dict[str, Item] = {}
    for item in items:
        kept.setdefault(item.text.casefold(), item)
        if len(kept) == MAX_ITEMS:
            break
    return tuple(kept.values())


def _sentences(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if pieces and _SHORT_FORM.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def _tells_need(sentence: str) -> bool:
    return bool(_NEED.search(sentence)) and _says_something(sentence)


def _has_letters(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= 2


def _says_something(text: str) -> bool:
    """More than a stray word or page number."""
    letters = sum(c.isalpha() for c in text)
    return letters >= 2 and (letters >= 6 or bool(_CJK.search(text)) or text.isupper())


def _parts(answer: str, *, lists: bool) -> list[str]:
    """An answer taken apart: by lines, marks and semicolons; a list also by its commas."""
    lines = [POINT.sub("", line).strip() for line in re.split(r"[\n;；]", answer)]
    parts = [s for line in lines if line for s in _sentences(line)]
    if lists and len(parts) == 1:
        pieces = [p.strip() for p in re.split(r"[,，、]\s*", parts[0]) if p.strip()]
        if len(pieces) > 1 and all(len(p.split()) <= 6 and len(p) <= 60 for p in pieces):
            return pieces
    return parts
