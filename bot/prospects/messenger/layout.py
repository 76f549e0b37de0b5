"""How a message of the talk looks in a messenger: texts with their marks, keys, files, in order.

The same message is always laid out in the same parts, so that a crash between two of them is made
good by going on with the next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

from bot.telegram.border import Key, Mark, Post
from bot.telegram.split import Lines, split, units
from dialogs.texts import Texts
from dialogs.types import Attachment, Button, Reply, Struct

LABEL_WIDE = 18  # columns: a longer label has its row to itself
LAST_ROW = ("back", "skip", "person")

Part = Post | Attachment  # an attachment is sent as a file


class Letter(Struct):
    """One message of bot or staff with all that laying it out needs.

    `name`: of the member of staff who wrote it. `hrefs`: addresses of the papers that can be opened
    in a browser, by their ids.
    """

    conversation: str
    seq: int
    author: str  # bot, staff or event
    language: str
    reply: Reply
    name: str = ""
    asks_contact: bool = False
    hrefs: dict[str, str] = {}


def lay_out(texts: Texts, letter: Letter) -> tuple[Part, ...]:
    """The parts in the order in which they are sent. The last text carries the keys."""
    posts = _posts(texts, letter)
    files = [each for each in letter.reply.attachments if each.kind != "source"]
    return (*posts, *files)


def is_signed(letter: Letter) -> bool:
    """A person wrote it, and nothing but its files is left to say who."""
    return bool(letter.name) and not letter.reply.text.strip()


def carries_keys(post: Post) -> bool:
    return bool(post.keys or post.ask_contact or post.plain_keys)


def _posts(texts: Texts, letter: Letter) -> list[Post]:
    lines = _words(texts, letter)
    posts = [Post(text=text, marks=marks) for text, marks in split(lines.text, lines.marks)]
    if posts and letter.reply.buttons:
        posts[-1] = _with_keys(texts, letter, posts[-1])
    return posts


def _words(texts: Texts, letter: Letter) -> Lines:
    lines, reply = Lines(), letter.reply
    if is_signed(letter):
        return lines
    if letter.name:
        lines.add(letter.name, bold=True).end()
    if letter.author == "event":
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
    name = " · ".join(filter(None, (source.title, source.place)))
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
    """Options first, Edit keys below, and Back, Skip and Person in the last row."""
    numbered = list(enumerate(buttons))
    options = [each for each in numbered if each[1].kind in ("option", "more")]
    edits = [each for each in numbered if each[1].kind == "edit"]
    last = [each for kind in LAST_ROW for each in numbered if each[1].kind == kind]
    wide = any(_width(button.label) > LABEL_WIDE for _, button in options)
    rows = [*_in_rows(options, 1 if wide else 2), *_in_rows(edits, 2)]
    return [*rows, last] if last else rows


def _in_rows(buttons: list[tuple[int, Button]], most: int) -> list[list[tuple[int, Button]]]:
    return [buttons[at : at + most] for at in range(0, len(buttons), most)]


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
