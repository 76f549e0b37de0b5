"""How a message of the talk looks in a messenger: texts with their marks, keys, files, in order.

The same message is always laid out in the same parts, so that a crash between two of them is made
good by going on with the next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from bot.telegram.border import CAPTION_MAX, Key, Mark, Post
from bot.telegram.split import Lines, split, units
from dialogs.texts import Texts
from dialogs.types import Attachment, Button, Reply, Struct

LABEL_WIDE = 18  # columns: a longer label has its row to itself
ROW_WIDE = 32  # columns of a phone that the labels of one row share, in equal parts
LAST_ROW = ("back", "skip", "person")

Part = Post | Attachment  # an attachment is sent as a file


class Letter(Struct):
    """One message of the talk with all that laying it out needs.

    `name`: of the member of staff who wrote it. `hrefs`: addresses of the papers that can be opened
    in a browser, by their ids.
    """

    conversation: str
    seq: int
    author: str  # bot, staff, event or prospect
    language: str
    reply: Reply
    name: str = ""
    asks_contact: bool = False
    hrefs: dict[str, str] = {}


def lay_out(texts: Texts, letter: Letter) -> tuple[Part, ...]:
    """The parts in the order in which they are sent. The last text carries the keys."""
    if find_caption(texts, letter) is not None:
        return _files(letter)
    return (*_posts(texts, letter), *_files(letter))


def find_caption(texts: Texts, letter: Letter) -> Post | None:
    """The words of a message that stand below its only file, or None: they come before it.

    Where something is asked they come before, as they may have to be edited; with a paper that they
    do not name, too.
    """
    reply, files = letter.reply, _files(letter)
    if len(files) != 1 or reply.buttons or reply.question or not reply.text.strip():
        return None
    if files[0].kind != "file" and files[0].title not in reply.text:
        return None
    lines = _words(texts, letter)
    pieces = split(lines.text, lines.marks, CAPTION_MAX)
    return Post(text=pieces[0][0], marks=pieces[0][1]) if len(pieces) == 1 else None


def _files(letter: Letter) -> tuple[Attachment, ...]:
    return tuple(each for each in letter.reply.attachments if each.kind != "source")


def is_signed(letter: Letter) -> bool:
    """A person wrote it, and nothing but its files is left to say who."""
    return bool(letter.name) and not letter.reply.text.strip()


def join(posts: Sequence[Post]) -> Post:
    """The texts of some posts in one, a paragraph each."""
    text, marks = "", []
    for post in posts:
        start = units(text) + 2 if text else 0
        text = f"{text}\n\n{post.text}" if text else post.text
        marks += [msgspec.structs.replace(m, start=m.start + start) for m in post.marks]
    return Post(text=text, marks=tuple(marks))


def carries_keys(post: Post) -> bool:
    return bool(post.keys or post.ask_contact or post.plain_keys)


def _posts(texts: Texts, letter: Letter) -> list[Post]:
    lines = _words(texts, letter)
    silent = letter.author == "prospect"
    pieces = split(lines.text, lines.marks)
    posts = [Post(text=text, marks=marks, silent=silent) for text, marks in pieces]
    if posts and letter.reply.buttons:
        posts[-1] = _with_keys(texts, letter, posts[-1])
    return posts


def _words(texts: Texts, letter: Letter) -> Lines:
    lines, reply = Lines(), letter.reply
    if is_signed(letter):
        return lines
    if letter.name:
        lines.add(letter.name, bold=True).end()
    if letter.author in ("event", "prospect"):
        lines.add(reply.text, italic=True)
    else:
        _add_marked(lines, reply.text, [a.title for a in reply.attachments])
    sources = [each for each in reply.attachments if each.kind == "source"]
    for number, source in enumerate(sources):
        lines.end(1 if number else 2)
        _add_source(texts, letter, lines, source)
    return lines


def _add_marked(lines: Lines, text: str, titles: Iterable[str]) -> None:
    """The text, with the first mention of each paper in bold."""
    found = sorted((text.find(title), title) for title in {*titles} if title and title in text)
    at = 0
    for start, title in found:
        if start < at:
            continue  # part of another title
        lines.add(text[at:start]).add(title, bold=True)
        at = start + len(title)
    lines.add(text[at:])


def _add_source(texts: Texts, letter: Letter, lines: Lines, source: Attachment) -> None:
    name = " · ".join(filter(None, (source.title, source.version, source.place)))
    said = texts.say(letter.language, "telegram.out.source", name=name).strip()
    before, found, after = said.partition(name)
    lines.add(before).add(found, href=letter.hrefs.get(source.id, "")).add(after)


# --- keys ----------------------------------------------------------------------------------------


def _with_keys(texts: Texts, letter: Letter, post: Post) -> Post:
    rows = _rows(letter.reply.buttons)
    if letter.asks_contact:
        return msgspec.structs.replace(
            post,
            ask_contact=texts.say(letter.language, "telegram.out.share_contact").strip(),
            plain_keys=tuple(tuple(button.label for _, button in row) for row in rows),
        )
    keys = tuple(
        tuple(Key(label=button.label, data=f"b:{letter.seq}:{index}") for index, button in row)
        for row in rows
    )
    return msgspec.structs.replace(post, keys=keys)


def _rows(buttons: tuple[Button, ...]) -> list[list[tuple[int, Button]]]:
    """Options first, Edit keys below, then Back, Skip and Person: in one row where they fit."""
    numbered = list(enumerate(buttons))
    options = [each for each in numbered if each[1].kind in ("option", "more")]
    edits = [each for each in numbered if each[1].kind == "edit"]
    last = [each for kind in LAST_ROW for each in numbered if each[1].kind == kind]
    wide = any(_width(button.label) > LABEL_WIDE for _, button in options)
    rows = [*_in_rows(options, 1 if wide else 2), *_in_pairs(edits)]
    if _fit(last):
        return [*rows, last] if last else rows
    return [*rows, *filter(None, (last[:-1], last[-1:]))]


def _in_rows(buttons: list[tuple[int, Button]], most: int) -> list[list[tuple[int, Button]]]:
    return [buttons[at : at + most] for at in range(0, len(buttons), most)]


def _in_pairs(buttons: list[tuple[int, Button]]) -> list[list[tuple[int, Button]]]:
    """Two in a row where both fit, else one."""
    rows: list[list[tuple[int, Button]]] = []
    for button in buttons:
        if rows and len(rows[-1]) == 1 and _fit([*rows[-1], button]):
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def _fit(row: list[tuple[int, Button]]) -> bool:
    return max((_width(b.label) for _, b in row), default=0) * len(row) <= ROW_WIDE


def _width(label: str) -> int:
    """Columns: a Chinese character is twice as wide as a Latin letter."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


# --- a question that was answered ----------------------------------------------------------------


def with_choice(texts: Texts, letter: Letter, label: str) -> Post | None:
    """The text that carried the keys, with what was chosen instead; None where it had none."""
    asked = next((p for p in reversed(_posts(texts, letter)) if carries_keys(p)), None)
    if asked is None:
        return None
    chosen = texts.say(letter.language, "telegram.out.chosen", label=label).strip()
    mark = Mark(kind="bold", start=units(asked.text) + 2, length=units(chosen))
    return Post(text=f"{asked.text}\n\n{chosen}", marks=(*asked.marks, mark))
