"""What staff write in the browser: files over the company's pack, each edit a numbered version.

The pack's own folder is never written. One edit is one file of `history`, written durably and
renamed into place: it is there as a whole or not at all, and all edits in their order are the
truth. `files` shows what they come to as a folder of a pack's shape, for people to read.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.faults import Reach, reach_nothing
from bot.logs import describe_error, get_logger
from bot.packs.edits import (
    Changes,
    Edit,
    Theirs,
    changed,
    fold,
    keep_edit,
    read_edit,
    read_edits,
    replace_edit,
    write_durably,
)
from bot.packs.minds import today
from bot.packs.overlay_files import (
    ARTICLE,
    EXAMPLES,
    NewArticle,
    NewExample,
    may_be_edited,
    may_hold_words,
    one_line,
    take_back,
    to_bytes,
    with_example,
    without_words,
    write_article,
)
from dialogs.check import examine
from dialogs.folder.problems import Place, Problem, problem
from dialogs.folder.reader import OVERLAID, read_folder
from dialogs.folder.wording import phrase
from dialogs.pack import Pack

FILES = "files"
_WHOLE = Place(file="", line=0)  # the edit, and no file of it


class EditRefused(Exception):  # noqa: N818 - it is told, not an error of ours
    """Nothing was changed; `problems` say what is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.file}: {each.message}" for each in self.problems))


class NothingChanges(EditRefused):
    """What the edit asks for is so already."""

    def __init__(self) -> None:
        super().__init__([problem(_WHOLE, "nothing_changes")])


class Overlay:
    """The edits over one pack. The writer's lock must be held by whoever changes anything.

    `follow`: called after each commit with the pack that was checked, before it is acknowledged.
    """

    def __init__(
        self,
        folder: Path,
        pack: Path,
        reach: Reach = reach_nothing,
        left_out: tuple[Problem, ...] = (),
    ) -> None:
        """`left_out`: what is wrong with files that do not fit the pack, and count for nothing."""
        self._folder = folder
        self.left_out = left_out
        self._pack = pack
        self._reach = reach
        # Held for as long as an edit takes, with what follows from it.
        self.changing = asyncio.Lock()
        # Only what it all comes to is kept in memory: the texts of versions are read when needed.
        self._files: dict[str, str] = {}
        self._last = 0
        self._paths: dict[int, frozenset[str]] = {}  # that each edit changed
        self._theirs: dict[int, Theirs] = {}
        for number, edit in read_edits(folder):
            self._last = number  # a damaged one counts for nothing, but its number is taken
            if edit is not None:
                self._add(edit)
        self.follow: Callable[[Pack], Awaitable[None]] | None = None

    @property
    def files(self) -> dict[str, str]:
        """What all edits come to: path as in a pack -> text."""
        return dict(self._files)

    @property
    def contents(self) -> dict[str, bytes]:
        """The same as `dialogs.folder.reader.read_folder` takes it."""
        return {path: to_bytes(path, text) for path, text in self._files.items()}

    @property
    def paths_left_out(self) -> frozenset[str]:
        """The files that count for nothing until they are put right, taken back or dropped."""
        wrong = {each.file.removeprefix(OVERLAID) for each in self.left_out}
        return frozenset(wrong & self._files.keys())

    @property
    def conversations(self) -> frozenset[str]:
        """Those of which words were taken over."""
        return frozenset(theirs.conversation for theirs in self._theirs.values())

    def history(self, limit: int = 100) -> tuple[Edit, ...]:
        """The latest edits, newest first."""
        return self._read(list(self._paths), limit)

    def versions(self, path: str, limit: int = 100) -> tuple[Edit, ...]:
        """The latest edits that changed this file, newest first."""
        return self._read([n for n, paths in self._paths.items() if path in paths], limit)

    def count_versions(self, path: str) -> int:
        """How many edits changed this file."""
        return sum(path in paths for paths in self._paths.values())

    def get(self, number: int) -> Edit | None:
        return read_edit(self._folder, number) if number in self._paths else None

    def _read(self, numbers: list[int], limit: int) -> tuple[Edit, ...]:
        latest = numbers[: -max(limit, 0) - 1 : -1]
        found = (read_edit(self._folder, number) for number in latest)
        return tuple(edit for edit in found if edit is not None)

    # --- changing ------------------------------------------------------------------------------

    async def propose(self, changes: Changes) -> tuple[Problem, ...]:
        """What `check` says of the pack with these changes: every error, and the warnings that
        name a file of the change. Nothing is changed."""
        return (await self.imagine(changes))[0]

    async def imagine(self, changes: Changes) -> tuple[tuple[Problem, ...], Pack | None]:
        """The same, with the pack as it would be; None where it has mistakes."""
        return await asyncio.to_thread(self._examine, changes)

    async def change(
        self, changes: Changes, by: str, what: str, now: int, theirs: Theirs | None = None
    ) -> Edit:
        """Make these changes, durably, and have them followed. Raises EditRefused, OSError."""
        new = Edit(number=0, at=now, by=by, what=one_line(what), theirs=theirs)
        async with self.changing:
            return await self._commit(dict(changes), new)

    async def undo(self, number: int, by: str, now: int) -> Edit:
        """Take one edit back; what was changed since stays. Raises EditRefused, OSError."""
        async with self.changing:
            undone = self.get(number)
            if undone is None:
                raise EditRefused([problem(_WHOLE, "no_version")])
            changes: dict[str, str | None] = {}
            for path, after in undone.after.items():
                try:
                    four = path, undone.before.get(path), after, self._files.get(path)
                    changes[path] = await asyncio.to_thread(take_back, *four)
                except ValueError:
                    raise EditRefused([problem(_of(path), "changed_since")]) from None
            new = Edit(number=0, at=now, by=by, what=undone.what, undoes=number)
            return await self._commit(changes, new)

    async def add_example(self, new: NewExample, by: str, now: int) -> Edit:
        """Add a sentence to the examples of its language. Raises EditRefused, OSError."""
        path = EXAMPLES.format(language=new.language)
        what = f"{new.language}: {new.slot} {new.value}" if new.slot else new.intent
        theirs = _theirs(new.conversation, [new.sentence])
        async with self.changing:
            try:
                text = await asyncio.to_thread(with_example, self._files.get(path), new)
            except ValueError:
                lines = phrase("do.write_lines")
                raise EditRefused([problem(_of(path), "file_not_map", lines)]) from None
            edit = Edit(number=0, at=now, by=by, what=what, theirs=theirs)
            return await self._commit({path: text}, edit)

    async def add_article(self, new: NewArticle, by: str, now: int) -> Edit:
        """Add an article, or replace the one of this id. Raises EditRefused, OSError."""
        async with self.changing:
            name = new.id or f"answer-{self._last + 1}-{new.language}"
            path = ARTICLE.format(language=new.language, id=name)
            theirs = _theirs(new.conversation, new.asked)
            edit = Edit(number=0, at=now, by=by, what=name, theirs=theirs)
            return await self._commit({path: write_article(new, name)}, edit)

    async def _commit(self, changes: dict[str, str | None], new: Edit) -> Edit:
        before = {path: self._files.get(path) for path in changes}
        after = {path: text for path, text in changes.items() if text != before[path]}
        if not after:
            raise NothingChanges
        problems, pack = await asyncio.to_thread(self._examine, after)
        if pack is None:
            raise EditRefused(problem for problem in problems if not problem.warning)
        edit = msgspec.structs.replace(
            new,
            number=self._last + 1,
            before={path: before[path] for path in after},
            after=after,
        )
        await asyncio.to_thread(self._keep, edit)
        mended = {OVERLAID + path for path in after}
        self.left_out = tuple(each for each in self.left_out if each.file not in mended)
        if self.follow is not None:
            await self.follow(pack)
        return edit

    def _examine(self, changes: Changes) -> tuple[tuple[Problem, ...], Pack | None]:
        """Problems, and the pack if it can be used."""
        wrong = [path for path in changes if not may_be_edited(path)]
        if wrong:
            return tuple(problem(_of(path), "not_editable") for path in wrong), None
        new = changed(self._files, changes)
        # What does not fit the pack keeps nobody from changing something else.
        out = self.paths_left_out - changes.keys()
        files = {path: to_bytes(path, text) for path, text in new.items() if path not in out}
        read = read_folder(self._pack, files)
        named = {OVERLAID + path for path in changes}
        problems = [p for p in examine(read, today()) if not p.warning or p.file in named]
        sound = read.pack is not None and all(problem.warning for problem in problems)
        return tuple(problems), read.pack if sound else None

    def _keep(self, edit: Edit) -> None:
        keep_edit(self._folder, edit, self._reach)
        self._reach("after_edit")
        self._add(edit)
        self.show()

    def _add(self, edit: Edit) -> None:
        self._files = changed(self._files, edit.after)
        self._last = edit.number
        self._paths[edit.number] = frozenset(edit.after)
        if edit.theirs is not None:
            self._theirs[edit.number] = edit.theirs

    def show(self) -> None:
        """Bring the folder of what it comes to up to date; papers are given from there.

        It is made anew from the history any time: after an edit, and at a start, since a crash may
        have come before. The edit is kept by then: a disk that is full makes it no less so.
        """
        folder = self._folder / FILES
        try:
            there = _paths_below(folder)
            for path in there - self._files.keys():
                (folder / path).unlink(missing_ok=True)
            for path, text in self._files.items():
                content = to_bytes(path, text)
                if path not in there or (folder / path).read_bytes() != content:
                    write_durably(folder / path, content)
                    self._reach("in_show")
        except OSError as error:
            get_logger().error("overlay_not_shown", **describe_error(error))

    # --- erasing -------------------------------------------------------------------------------

    async def forget(self, conversations: Collection[str]) -> bool:
        """Take words of these conversations out of all files and versions; True if there were any.

        What follows from it, such as a new mind, is the caller's to do.
        """
        async with self.changing:
            return await asyncio.to_thread(self._forget, frozenset(conversations))

    def _forget(self, conversations: frozenset[str]) -> bool:
        gone = {n: each for n, each in self._theirs.items() if each.conversation in conversations}
        if not gone:
            return False
        words = frozenset(one_line(word) for each in gone.values() for word in each.words)
        # It is shown anew below: a disk that is full by then must not keep words in it.
        while (self._folder / FILES).exists():
            with suppress(FileNotFoundError):  # an erasing in another process is at it, too
                shutil.rmtree(self._folder / FILES)

        @lru_cache(maxsize=16)  # what one edit leaves is what the next one finds
        def clean(text: str | None) -> str | None:
            return text and without_words(text, words)

        # The edits that tell whose words they were come last: a crash before is found again.
        for number in sorted(self._paths, key=lambda number: (number in gone, number)):
            former = read_edit(self._folder, number)
            if former is None:
                continue
            cleaned = _cleaned(former, words, clean)
            if number in gone:
                cleaned = msgspec.structs.replace(cleaned, theirs=None)
            if cleaned != former:
                replace_edit(self._folder, cleaned, self._reach)
        self._files = fold(edit for _, edit in read_edits(self._folder))
        self._theirs = {n: each for n, each in self._theirs.items() if n not in gone}
        self.show()
        return True


def _theirs(conversation: str, words: Iterable[str]) -> Theirs | None:
    found = tuple(one_line(word) for word in words)
    return Theirs(conversation=conversation, words=found) if conversation and found else None


def _of(path: str) -> Place:
    """A file as a whole."""
    return Place(file=path, line=0)


def _cleaned(edit: Edit, words: Collection[str], clean: Callable[[str | None], str | None]) -> Edit:
    told = "" if any(word in edit.what for word in words) else edit.what
    return msgspec.structs.replace(
        edit,
        what=told,
        before={path: _clean(clean, path, text) for path, text in edit.before.items()},
        after={path: _clean(clean, path, text) for path, text in edit.after.items()},
    )


def _clean(clean: Callable[[str | None], str | None], path: str, text: str | None) -> str | None:
    return clean(text) if may_hold_words(path) else text


def _paths_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
