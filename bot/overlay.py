"""What staff write in the browser: files over the company's pack, each edit a numbered version.

The pack's own folder is never written. One edit is one file of `history`, written durably and
renamed into place: it is there as a whole or not at all, and all edits in their order are the
truth. `files` shows what they come to as a folder of a pack's shape, for people to read.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from bot.faults import Reach, reach_nothing
from bot.minds import today
from bot.overlay_files import (
    ARTICLE,
    EXAMPLES,
    NewArticle,
    NewExample,
    may_be_edited,
    one_line,
    take_back,
    with_example,
    without_words,
    write_article,
)
from dialogs.check import examine
from dialogs.folder.problems import Problem
from dialogs.folder.reader import OVERLAID, read_folder
from dialogs.pack import Pack
from dialogs.types import Struct

Changes = Mapping[str, str | None]  # path -> the whole new text; None: the file goes

HISTORY, FILES = "history", "files"
_DIGITS = 8


class Theirs(Struct):
    """Words of a prospect that an edit took over; they go when the conversation is erased."""

    conversation: str
    words: tuple[str, ...]


class Edit(Struct):
    """One version: who changed what, and the files before and after (None: not there)."""

    number: int  # from 1, without a gap
    at: int  # ms since 1970, UTC
    by: str
    what: str  # one line
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    theirs: Theirs | None = None
    undoes: int = 0  # number of the edit that this one takes back


class EditRefused(Exception):  # noqa: N818 - it is told, not an error of ours
    """Nothing was changed; `problems` say what is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.file}: {each.message}" for each in self.problems))


class Overlay:
    """The edits over one pack. The writer's lock must be held by whoever changes anything.

    `follow`: called after each commit with the pack that was checked, before it is acknowledged.
    """

    def __init__(self, folder: Path, pack: Path, reach: Reach = reach_nothing) -> None:
        self._folder = folder
        self._pack = pack
        self._reach = reach
        self._changing = asyncio.Lock()
        # Only what it all comes to is kept in memory: the texts of versions are read when needed.
        self._files: dict[str, str] = {}
        self._last = 0
        self._theirs: dict[int, Theirs] = {}
        for edit in _read_history(folder):
            self._add(edit)
        self.follow: Callable[[Pack], Awaitable[None]] | None = None

    @property
    def files(self) -> dict[str, str]:
        """What all edits come to: path as in a pack -> text."""
        return dict(self._files)

    @property
    def contents(self) -> dict[str, bytes]:
        """The same as `dialogs.folder.reader.read_folder` takes it."""
        return {path: text.encode() for path, text in self._files.items()}

    @property
    def conversations(self) -> frozenset[str]:
        """Those of which words were taken over."""
        return frozenset(theirs.conversation for theirs in self._theirs.values())

    def history(self, limit: int = 100) -> tuple[Edit, ...]:
        """The latest edits, newest first."""
        first = max(self._last - max(limit, 0), 0)
        return tuple(_read_edit(self._folder, number) for number in range(self._last, first, -1))

    def get(self, number: int) -> Edit | None:
        return _read_edit(self._folder, number) if 0 < number <= self._last else None

    # --- changing ------------------------------------------------------------------------------

    async def propose(self, changes: Changes) -> tuple[Problem, ...]:
        """What `check` says of the pack with these changes: every error, and the warnings that
        name a file of the change. Nothing is changed."""
        problems, _ = await asyncio.to_thread(self._examine, changes)
        return problems

    async def change(
        self, changes: Changes, by: str, what: str, now: int, theirs: Theirs | None = None
    ) -> Edit:
        """Make these changes, durably, and have them followed. Raises EditRefused, OSError."""
        new = Edit(number=0, at=now, by=by, what=one_line(what), theirs=theirs)
        async with self._changing:
            return await self._commit(dict(changes), new)

    async def undo(self, number: int, by: str, now: int) -> Edit:
        """Take one edit back; what was changed since stays. Raises EditRefused, OSError."""
        async with self._changing:
            undone = self.get(number)
            if undone is None:
                raise EditRefused([_problem("", "there is no such version")])
            changes: dict[str, str | None] = {}
            for path, after in undone.after.items():
                try:
                    changes[path] = take_back(undone.before[path], after, self._files.get(path))
                except ValueError:
                    told = _problem(path, "the file was changed since", "undo the later edit first")
                    raise EditRefused([told]) from None
            new = Edit(number=0, at=now, by=by, what=undone.what, undoes=number)
            return await self._commit(changes, new)

    async def add_example(self, new: NewExample, by: str, now: int) -> Edit:
        """Add a sentence to the examples of its language. Raises EditRefused, OSError."""
        path = EXAMPLES.format(language=new.language)
        what = f"{new.language}: {new.slot} {new.value}" if new.slot else new.intent
        theirs = _theirs(new.conversation, [new.sentence])
        async with self._changing:
            try:
                text = with_example(self._files.get(path), new)
            except ValueError as error:
                raise EditRefused([_problem(path, str(error))]) from None
            edit = Edit(number=0, at=now, by=by, what=what, theirs=theirs)
            return await self._commit({path: text}, edit)

    async def add_article(self, new: NewArticle, by: str, now: int) -> Edit:
        """Add an article, or replace the one of this id. Raises EditRefused, OSError."""
        async with self._changing:
            name = new.id or f"answer-{self._last + 1}-{new.language}"
            path = ARTICLE.format(language=new.language, id=name)
            theirs = _theirs(new.conversation, new.asked)
            edit = Edit(number=0, at=now, by=by, what=name, theirs=theirs)
            return await self._commit({path: write_article(new, name)}, edit)

    async def _commit(self, changes: dict[str, str | None], new: Edit) -> Edit:
        before = {path: self._files.get(path) for path in changes}
        changed = {path: text for path, text in changes.items() if text != before[path]}
        if not changed:
            raise EditRefused([_problem("", "nothing changes")])
        problems, pack = await asyncio.to_thread(self._examine, changed)
        if pack is None:
            raise EditRefused(problem for problem in problems if not problem.warning)
        edit = msgspec.structs.replace(
            new,
            number=self._last + 1,
            before={path: before[path] for path in changed},
            after=changed,
        )
        await asyncio.to_thread(self._keep, edit)
        if self.follow is not None:
            await self.follow(pack)
        return edit

    def _examine(self, changes: Changes) -> tuple[tuple[Problem, ...], Pack | None]:
        """Problems, and the pack if it can be used."""
        wrong = [path for path in changes if not may_be_edited(path)]
        if wrong:
            told = [_problem(path, "this file cannot be edited here") for path in wrong]
            return tuple(told), None
        files = {path: text.encode() for path, text in _changed(self._files, changes).items()}
        read = read_folder(self._pack, files)
        named = {OVERLAID + path for path in changes}
        problems = [p for p in examine(read, today()) if not p.warning or p.file in named]
        sound = read.pack is not None and all(problem.warning for problem in problems)
        return tuple(problems), read.pack if sound else None

    def _keep(self, edit: Edit) -> None:
        path = _path_of(self._folder, edit.number)
        _write_durably(path, msgspec.json.encode(edit), self._reach)
        self._reach("after_edit")
        self._add(edit)
        self._show()

    def _add(self, edit: Edit) -> None:
        self._files = _changed(self._files, edit.after)
        self._last = edit.number
        if edit.theirs is not None:
            self._theirs[edit.number] = edit.theirs

    def _show(self) -> None:
        """Bring the folder for people up to date; it is made anew from the history any time."""
        folder = self._folder / FILES
        there = _paths_below(folder)
        for path in there - self._files.keys():
            (folder / path).unlink(missing_ok=True)
        for path, text in self._files.items():
            content = text.encode()
            if path not in there or (folder / path).read_bytes() != content:
                _write_durably(folder / path, content)

    # --- erasing -------------------------------------------------------------------------------

    async def forget(self, conversations: Collection[str]) -> bool:
        """Take words of these conversations out of all files and versions; True if there were any.

        What follows from it, such as a new mind, is the caller's to do.
        """
        async with self._changing:
            return await asyncio.to_thread(self._forget, frozenset(conversations))

    def _forget(self, conversations: frozenset[str]) -> bool:
        gone = {n: each for n, each in self._theirs.items() if each.conversation in conversations}
        if not gone:
            return False
        words = {one_line(word) for each in gone.values() for word in each.words}
        # The edits that tell whose words they were come last: a crash before is found again.
        numbers = sorted(range(1, self._last + 1), key=lambda number: (number in gone, number))
        for number in numbers:
            former = _read_edit(self._folder, number)
            cleaned = _cleaned(former, words, source=number in gone)
            if cleaned != former:
                path = _path_of(self._folder, number)
                _write_durably(path, msgspec.json.encode(cleaned), self._reach)
        self._files = _fold(_read_history(self._folder))
        self._theirs = {n: each for n, each in self._theirs.items() if n not in gone}
        self._show()
        return True


def read_overlay(folder: Path) -> dict[str, bytes]:
    """What all edits come to, for those who only read: path as in a pack -> bytes."""
    return {path: text.encode() for path, text in _fold(_read_history(folder)).items()}


def copy_overlay(folder: Path, target: Path) -> int:
    """Copy the history into a new folder; gives how many edits there are."""
    copied = 0
    for path in sorted((folder / HISTORY).glob("*.json")):
        (target / HISTORY).mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, target / HISTORY / path.name)
        copied += 1
    return copied


def _theirs(conversation: str, words: Iterable[str]) -> Theirs | None:
    found = tuple(one_line(word) for word in words)
    return Theirs(conversation=conversation, words=found) if conversation and found else None


def _problem(file: str, message: str, remedy: str = "") -> Problem:
    return Problem(file=file, line=0, message=message, remedy=remedy)


def _path_of(folder: Path, number: int) -> Path:
    return folder / HISTORY / f"{number:0{_DIGITS}}.json"


def _read_edit(folder: Path, number: int) -> Edit:
    return msgspec.json.decode(_path_of(folder, number).read_bytes(), type=Edit)


def _read_history(folder: Path) -> Iterator[Edit]:
    """Every edit, oldest first."""
    for path in sorted((folder / HISTORY).glob("*.json")):
        yield _read_edit(folder, int(path.stem))


def _fold(edits: Iterable[Edit]) -> dict[str, str]:
    files: dict[str, str] = {}
    for edit in edits:
        files = _changed(files, edit.after)
    return files


def _changed(files: Mapping[str, str], changes: Changes) -> dict[str, str]:
    both = {**files, **changes}
    return {path: text for path, text in both.items() if text is not None}


def _cleaned(edit: Edit, words: Collection[str], *, source: bool) -> Edit:
    told = "" if any(word in edit.what for word in words) else edit.what
    return msgspec.structs.replace(
        edit,
        what=told,
        before={path: text and without_words(text, words) for path, text in edit.before.items()},
        after={path: text and without_words(text, words) for path, text in edit.after.items()},
        theirs=None if source else edit.theirs,
    )


def _paths_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def _write_durably(path: Path, content: bytes, reach: Reach = reach_nothing) -> None:
    """The whole file, or the one before: written aside, synced, renamed, and the name synced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as out:
        out.write(content)
        reach("in_edit")
        out.flush()
        os.fsync(out.fileno())
    reach("before_edit")
    part.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
