"""Makes a mind's contents out of a pack, at the start and at each reload, by one encoder for all.

Everything here is computing: some seconds at the first start, less than one once the vectors of the
pack's sentences are kept. Call it in a thread.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import numpy as np

from bot.house import Contents, Finds
from bot.packs.edits import write_durably
from bot.packs.encoders import encoder_source
from bot.packs.notes import KeptNotes, drop_notes
from bot.packs.vectors import VECTORS, KeptVectors
from bot.settings import Settings
from dialogs import texts
from dialogs.check import examine
from dialogs.folder.problems import PackError, Problem
from dialogs.folder.reader import NO_FILES, OVERLAID, read_folder
from dialogs.knowledge import EVERYDAY, IDLE, Library
from dialogs.pack import Pack
from dialogs.understanding.encoder import Encoder, Matrix
from dialogs.understanding.reader import Reader

_SYSTEM = ctypes.CDLL(None)
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
LARGE = 262_144  # bytes from which an allocation goes back to the system as soon as it is freed
OWED = "cleaning-owed"  # file of the cache's folder
_NAMED = "knowledge/"  # of the overlay: whatever is wrong with these is told of them by name
AT_ONCE = 24  # sentences encoded before somebody else's message gets its turn


class SharedEncoder:
    """One encoder for whoever reads messages and whoever makes a new mind beside them."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._encoder = load()
        self._turn = threading.Lock()

    def encode(self, texts: list[str]) -> Matrix:
        """As the encoder behind it; long lists in pieces, so that nobody waits for all of them."""
        with self._turn:
            found = self._encoder.encode(texts[:AT_ONCE])
        if len(texts) <= AT_ONCE:
            return found
        pieces = [found]
        for start in range(AT_ONCE, len(texts), AT_ONCE):
            with self._turn:
                pieces.append(self._encoder.encode(texts[start : start + AT_ONCE]))
        return np.concatenate(pieces)


class Minds:
    """Reads the pack of the settings, and makes minds of it."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.pack
        self._cache = settings.data / "cache"
        self._source = encoder_source(settings.encoder)
        self._encoder: SharedEncoder | None = None
        self._loading = threading.Lock()
        _keep_large_apart()

    def read(self, overlay: Mapping[str, bytes] = NO_FILES) -> Pack:
        """The pack with what staff wrote over it. Raises PackError with every mistake."""
        pack, problems = _read(self._folder, overlay)
        if pack is None:
            raise PackError(problems)
        return pack

    def read_what_fits(
        self, overlay: Mapping[str, bytes], only: Collection[str] | None = None
    ) -> tuple[Pack, tuple[Problem, ...]]:
        """The same, without files of the overlay that no longer fit the pack; and what is wrong
        with each of them.

        A company may have brought a new pack since. `only`: no other files may be left out. Raises
        PackError for mistakes of the pack.
        """
        kept, left_out = dict(overlay), list[Problem]()
        while True:
            pack, problems = _read(self._folder, kept)
            if pack is not None:
                return pack, tuple(left_out)
            found = [p for p in problems if not p.warning and _overlaid(p, kept)]
            found = found or _blame(self._folder, kept, problems)
            wrong = {p.file.removeprefix(OVERLAID) for p in found}
            if not wrong or not wrong <= (wrong if only is None else set(only)):
                raise PackError(problems)
            left_out += found
            kept = {path: content for path, content in kept.items() if path not in wrong}

    def make(self, pack: Pack, former: Contents | None = None) -> Contents:
        """A mind of this pack. What does not differ from `former` is taken over from it.

        Where cleaning is owed, all of it is made anew, and nothing stays on the disk but what is
        of this pack's sentences. Raises OSError.
        """
        clean = self.owes_cleaning
        if clean:
            former = None
            drop_notes(self._cache)
        kept, notes = self._open_vectors(), KeptNotes(self._cache)
        made = Contents(
            texts=texts.of(pack),
            reader=_reader(pack, kept, notes, former),
            library=_library(pack, kept, notes, former),
        )
        if former is None:  # else the notes were not asked for all of it
            notes.settle()
        if kept is not None:
            kept.settle(only_used=clean, whole=former is None)
        if clean:
            self._drop_others(kept)
        _give_back_memory()
        return made

    def owe_cleaning(self) -> None:
        """Note durably that something was erased of which minds and vectors were made."""
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._cache / OWED, b"")

    @property
    def owes_cleaning(self) -> bool:
        return (self._cache / OWED).exists()

    def drop_kept(self) -> None:
        """Delete what is kept of sentences; the next mind takes longer. Raises OSError."""
        drop_notes(self._cache)
        self._drop_others(None)

    def _drop_others(self, kept: KeptVectors | None) -> None:
        """Vectors of other encoders go, and then the note that cleaning is owed."""
        for path in self._cache.glob(f"{VECTORS}*"):
            if kept is None or path != kept.path:
                path.unlink(missing_ok=True)
        (self._cache / OWED).unlink(missing_ok=True)

    def _open_vectors(self) -> KeptVectors | None:
        source = self._source
        if source is None:
            return None

        def load() -> SharedEncoder:
            with self._loading:
                if self._encoder is None:
                    self._encoder = SharedEncoder(lambda: source.load_beside(self._cache))
                return self._encoder

        return KeptVectors(load, self._cache, source.brand)


def _overlaid(problem: Problem, overlay: Mapping[str, bytes]) -> bool:
    file = problem.file
    return file.startswith(OVERLAID) and file.removeprefix(OVERLAID) in overlay


def _blame(folder: Path, overlay: Mapping[str, bytes], problems: list[Problem]) -> list[Problem]:
    """Mistakes in the pack's own files that only the overlay makes, such as a text that now is in
    one language alone: as mistakes of the fewest files of it without which the pack is sound."""
    files = [{path} for path in overlay if not path.startswith(_NAMED)]
    folders = {path.partition("/")[0] for path in overlay}
    together = [{path for path in overlay if path.startswith(folder)} for folder in folders]
    wrong = [problem for problem in problems if not problem.warning]
    for suspects in (*files, *together, set(overlay)):
        rest = {path: content for path, content in overlay.items() if path not in suspects}
        if overlay and _read(folder, rest)[0] is not None:
            return [
                msgspec.structs.replace(problem, file=OVERLAID + path, line=0)
                for path in sorted(suspects)
                for problem in wrong
            ]
    return []


def _read(folder: Path, overlay: Mapping[str, bytes]) -> tuple[Pack | None, list[Problem]]:
    read = read_folder(folder, overlay)
    problems = examine(read, today())
    sound = all(problem.warning for problem in problems)
    return (read.pack if sound else None), problems


def today() -> date:
    """The day by which prices and papers expire."""
    return datetime.now(UTC).date()


def _reader(
    pack: Pack, kept: KeptVectors | None, notes: KeptNotes, former: Contents | None
) -> Reader:
    if former is None or not isinstance(former.reader, Reader):
        return Reader(pack, kept, notes=notes)
    if _that_is_read(former.pack) == _that_is_read(pack):
        return former.reader
    return Reader(pack, kept, former.reader)


def _library(
    pack: Pack, kept: KeptVectors | None, notes: KeptNotes, former: Contents | None
) -> Finds:
    if former is None or not isinstance(former.library, Library):
        return Library(pack, kept, notes=notes)
    if _that_is_found(former.pack) == _that_is_found(pack):
        return former.library
    return Library(pack, kept, former.library)


def _that_is_found(pack: Pack) -> Pack:
    """Of a pack what a library looks at: papers, editions, and examples of everyday words."""
    examples = {
        language: msgspec.structs.replace(
            each,
            intents={name: each.intents.get(name, ()) for name in (*EVERYDAY, *IDLE)},
            statements={},
        )
        for language, each in pack.examples.items()
    }
    return msgspec.structs.replace(
        pack, folder="", version="", topics=(), edition_rules=(), prices=(), escalations=(),
        routes=(), examples=examples, texts={}, templates={}, own_intents=(), own_slots=(),
    )  # fmt: skip


def _keep_large_apart() -> None:
    """Matrices of former minds would leave holes in the heap, some 60 MB after a few reloads."""
    option = getattr(_SYSTEM, "mallopt", None)  # where the C library is glibc
    if option is not None:
        option(_MMAP_THRESHOLD, LARGE)


def _give_back_memory() -> None:
    """Building takes much for a moment; without this the system's allocator would keep it."""
    trim = getattr(_SYSTEM, "malloc_trim", None)  # where the C library is glibc
    if trim is not None:
        trim(0)


def _that_is_read(pack: Pack) -> Pack:
    """Of a pack all but what no reader looks at: its papers, sentences and prices."""
    return msgspec.structs.replace(
        pack, folder="", version="", prices=(), documents=(), articles=(), texts={}, templates={}
    )
