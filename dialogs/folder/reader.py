"""The whole folder, read once: a pack where it could be made, and all that is wrong with the form.

What the parts mean together is looked at by `dialogs/check.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from dialogs.folder.company import Rules, read_company, read_editions, read_rules, read_topics
from dialogs.folder.own import FILE as OWN
from dialogs.folder.own import read_own
from dialogs.folder.papers import INDEX, languages_of, read_article, read_documents
from dialogs.folder.problems import Findings, Place, suggest
from dialogs.folder.replies import FILE as REPLIES
from dialogs.folder.replies import merge_replies, read_replies, spoken_in
from dialogs.folder.segments import FILE as SEGMENTS
from dialogs.folder.segments import read_segments
from dialogs.folder.tables import FILE as PRICES
from dialogs.folder.tables import read_prices
from dialogs.folder.wording import phrase
from dialogs.folder.words import mark_templates, merge_examples, read_examples, read_texts
from dialogs.folder.yaml_lines import Branch, read_yaml
from dialogs.pack import Article, CannedReply, Company, Document, Examples, Pack, Price

DEFAULTS = Path(__file__).parent.parent / "defaults"
INHERITED = "defaults/"  # how places in the inherited files are named
OVERLAID = "overlay/"  # and in what staff wrote
_REQUIRED = ("company.yaml", "topics.yaml", "editions.yaml", PRICES)
_FOLDERS = ("documents", "knowledge", "examples", "texts", "templates", "talks")
_TOP_FILES = (*_REQUIRED, "rules.yaml", SEGMENTS, REPLIES, OWN)
NO_FILES: Mapping[str, bytes] = MappingProxyType({})


def _read_files(folder: Path) -> dict[str, bytes]:
    """The bytes of a folder's files, by path below it; hidden ones are left alone."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _hidden(path.relative_to(folder))
    }


class Source:
    """The files of a folder, by path below it. `prefix` stands before them in what is found."""

    def __init__(self, files: Mapping[str, bytes], prefix: str, findings: Findings) -> None:
        self.prefix = prefix
        self._findings = findings
        self.files = dict(files)

    def below(self, part: str, suffix: str = "") -> list[str]:
        return [f for f in self.files if f.startswith(part + "/") and f.endswith(suffix)]

    def text(self, file: str) -> str:
        """The file as text; "" if it is not there or no UTF-8."""
        try:
            return self.files.get(file, b"").decode()
        except UnicodeDecodeError as error:
            line = self.files[file][: error.start].count(b"\n") + 1
            place = Place(file=self.prefix + file, line=line)
            self._findings.report(place, "not_utf8")
            return ""

    def yaml(self, file: str) -> Branch | None:
        if file not in self.files:
            return None
        return read_yaml(self.text(file), self.prefix + file, self._findings)

    def texts(self, language: str, findings: Findings) -> dict[str, str]:
        """The texts of texts/<language>.yaml and texts/<language>.<part>.yaml together."""
        found: dict[str, str] = {}
        for file in self.below("texts", ".yaml"):
            if language_of(file) != language:
                continue
            top = read_yaml(self.text(file), self.prefix + file, findings)
            texts = {} if top is None else read_texts(top, language)
            for key in sorted(texts.keys() & found.keys()):
                place, keep = Place(file=self.prefix + file, line=0), phrase("do.keep_one")
                findings.report(place, "text_in_two_files", keep, key=key, language=language)
            found.update(texts)
        return found


def language_of(file: str) -> str:
    """`texts/en.desk.yaml` -> en: a language may be spread over several files."""
    return file.rsplit("/", 1)[-1].split(".")[0]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) or part.endswith("~") for part in path.parts)


class Sources(NamedTuple):
    """The layers of a pack: what staff wrote over the company's folder over the inherited one."""

    over: Source
    own: Source
    below: Source


class Read:
    """What came out: the pack (None when no pack could be made), its files, the findings."""

    def __init__(self, pack: Pack | None, sources: Sources, findings: Findings) -> None:
        self.pack = pack
        self.findings = findings
        self._sources = sources
        self._below = sources.below

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of all files that are the company's, by the path that problems name."""
        return {
            source.prefix + file: content
            for source in (self._sources.own, self._sources.over)
            for file, content in source.files.items()
        }

    @property
    def inherited_texts(self) -> dict[str, dict[str, str]]:
        """The texts that every pack inherits, in all languages that they are written in."""
        silent = Findings()  # what is wrong with them was found when the pack was read
        languages = dict.fromkeys(language_of(file) for file in self._below.below("texts", ".yaml"))
        return {language: self._below.texts(language, silent) for language in languages}

    @property
    def inherited_templates(self) -> dict[str, str]:
        return {
            Path(file).stem: self._below.text(file)
            for file in self._below.below("templates", ".txt")
        }


def read_folder(folder: Path, overlay: Mapping[str, bytes] = NO_FILES) -> Read:
    """Reads the folder with the inherited one below it; never raises for what stands in them.

    `overlay`: files that staff wrote, by path as in a pack: articles and texts of it replace those
    of the folder, its examples are added.
    """
    findings = Findings()
    if not folder.is_dir():
        place = Place(file=str(folder), line=0)
        findings.report(place, "no_folder")
        empty = Source({}, "", findings)
        return Read(None, Sources(empty, empty, empty), findings)
    sources = Sources(
        Source(overlay, OVERLAID, findings),
        Source(_read_files(folder), "", findings),
        Source(_read_files(DEFAULTS), INHERITED, findings),
    )
    _look_at_names(sources.own, findings)
    return Read(_Builder(folder, sources, findings).build(), sources, findings)


def _look_at_names(own: Source, findings: Findings) -> None:
    for name in _REQUIRED:
        if name not in own.files:
            findings.report(Place(file=name, line=0), "file_missing")
    for file in own.files:
        top, place = file.split("/")[0], Place(file=file, line=0)
        if "/" not in file and file not in _TOP_FILES and not file.endswith((".md", ".txt")):
            findings.report(place, "file_unread", suggest(file, _TOP_FILES))
        if "/" in file and top not in _FOLDERS:
            findings.report(place, "folder_unread", suggest(top, _FOLDERS), folder=top)


def _names_of(articles: Iterable[Article]) -> set[str]:
    """The ids of public articles, and what those in several languages have in common."""
    public = [article for article in articles if article.public]
    return {a.id.removesuffix(f"-{a.language}") for a in public} | {a.id for a in public}


class _Builder:
    def __init__(self, folder: Path, sources: Sources, findings: Findings) -> None:
        self._folder = folder
        self._sources = sources
        self._over, self._own, self._below = sources
        self._findings = findings

    def build(self) -> Pack | None:
        company = self._company()
        own = self._own.yaml(OWN)
        own_intents, own_slots = ((), ()) if own is None else read_own(own)
        languages = company.languages
        top = self._own.yaml("editions.yaml")
        editions, edition_rules = ((), ()) if top is None else read_editions(top, languages)
        topics = self._own.yaml("topics.yaml")
        segments = self._own.yaml(SEGMENTS)
        rules = self._rules()
        pack = Pack(
            folder=str(self._folder),
            version=self._version(),
            company=company,
            topics=() if topics is None else read_topics(topics),
            editions=editions,
            edition_rules=edition_rules,
            prices=self._prices(languages),
            escalations=rules.escalations,
            routes=rules.routes,
            targets=rules.targets,
            replies=self._replies(languages),
            documents=self._documents(languages),
            articles=self._articles(languages),
            examples=self._examples(),
            texts={language: self._texts(language) for language in languages},
            templates=self._templates(),
            own_intents=own_intents,
            own_slots=own_slots,
            segments=() if segments is None else read_segments(segments, languages),
        )
        self._foreign_texts(languages)
        self._look_up(pack)
        return pack if languages else None

    def _look_up(self, pack: Pack) -> None:
        """Whether everything that one part names stands in another."""
        if pack.editions:  # else that is the mistake, and not each place that names one
            self._findings.look_up_mentions("edition", [e.id for e in pack.editions])
        self._findings.look_up_mentions("article", _names_of(pack.articles))
        people = pack.company.people
        self._findings.look_up_mentions("person", [p.name for p in people])
        teams, fields = [p.team for p in people if p.team], [f for p in people for f in p.expertise]
        self._findings.look_up_mentions("person_or_team", [p.name for p in people] + teams + fields)

    def _version(self) -> str:
        digest = hashlib.sha256()
        for source in self._sources:
            for file, content in sorted(source.files.items()):
                digest.update(f"{source.prefix}{file}\0{len(content)}\0".encode())
                digest.update(content)
        return digest.hexdigest()[:16]

    def _company(self) -> Company:
        top = self._own.yaml("company.yaml")
        if top is not None:
            return read_company(top)
        return Company(
            name={}, assistant={}, languages=(), time_zone="", hours={}, currencies=(),
            country_currency={}, retention_days={},
        )  # fmt: skip

    def _rules(self) -> Rules:
        """The pack's own lists; the rules and the targets that it does not bring are inherited
        whole."""
        own, below = self._own.yaml("rules.yaml"), self._below.yaml("rules.yaml")
        found = read_rules(own) if own is not None else Rules()
        if below is None:
            return found
        inherited = read_rules(below)
        brings_rules = own is not None and own.has("escalation")
        return Rules(
            escalations=found.escalations if brings_rules else inherited.escalations,
            routes=found.routes,
            targets=found.targets or inherited.targets,
        )

    def _replies(self, languages: tuple[str, ...]) -> tuple[CannedReply, ...]:
        """Those of the overlay stand in place of the folder's, and those of the inherited ones."""
        found: tuple[CannedReply, ...] = ()
        for source in self._sources:
            top = source.yaml(REPLIES)
            if top is not None:
                spoken = spoken_in(top) if source is self._below else languages
                found = merge_replies(found, read_replies(top, spoken), languages)
        return found

    def _prices(self, languages: tuple[str, ...]) -> tuple[Price, ...]:
        """The list that staff brought counts instead of the folder's."""
        source = self._over if PRICES in self._over.files else self._own
        if PRICES not in source.files:
            return ()
        return read_prices(source.text(PRICES), languages, self._findings)

    def _documents(self, languages: tuple[str, ...]) -> tuple[Document, ...]:
        """Entries of the overlay's index stand in place of the folder's of the same id."""
        files = {**self._own.files, **self._over.files}
        over, own = self._over.yaml(INDEX), self._own.yaml(INDEX)
        newer = () if over is None else read_documents(over, files, languages)
        if own is None:
            return newer
        replaced = frozenset(document.id for document in newer)
        return (*read_documents(own, self._own.files, languages, replaced), *newer)

    def _articles(self, languages: tuple[str, ...]) -> tuple[Article, ...]:
        """Those of the overlay stand in place of the folder's of the same language and id."""
        over = self._articles_of(self._over, languages, self._findings)
        replaced = {(article.language, article.id) for article in over}
        skipped = self._replaced_files(languages, replaced) if replaced else frozenset()
        own = self._articles_of(self._own, languages, self._findings, skipped)
        return (*own, *over)

    def _replaced_files(
        self, languages: tuple[str, ...], replaced: Collection[tuple[str, str]]
    ) -> frozenset[str]:
        silent = Findings()  # what is wrong with a file that counts is found when it is read
        return frozenset(
            file
            for file in languages_of(self._own.below("knowledge"), languages, silent)
            for article in [read_article(self._own.text(file), file, file.split("/")[1], silent)]
            if article is not None and (article.language, article.id) in replaced
        )

    def _articles_of(
        self,
        source: Source,
        languages: tuple[str, ...],
        findings: Findings,
        skipped: Collection[str] = (),
    ) -> tuple[Article, ...]:
        files = [
            file
            for file in languages_of(source.below("knowledge"), languages, findings)
            if file not in skipped
        ]
        found = (
            read_article(source.text(f), source.prefix + f, f.split("/")[1], findings)
            for f in files
        )
        return tuple(article for article in found if article is not None)

    def _examples(self) -> dict[str, Examples]:
        """Also in languages that the company does not answer in: they are understood."""
        found: dict[str, Examples] = {}
        for source in self._sources:
            for file in source.below("examples", ".yaml"):
                top = source.yaml(file)
                if top is not None:
                    language = language_of(file)
                    found[language] = merge_examples(found.get(language), read_examples(top))
        return found

    def _texts(self, language: str) -> dict[str, str]:
        over, own, below = (each.texts(language, self._findings) for each in self._sources)
        return {**below, **own, **over}

    def _foreign_texts(self, languages: tuple[str, ...]) -> None:
        files = [s.prefix + file for s in (self._own, self._over) for file in s.below("texts")]
        for file in files:
            if language_of(file) not in languages:
                self._findings.report(Place(file=file, line=0), "texts_unspoken")

    def _templates(self) -> dict[str, str]:
        found = {}
        for source in (self._own, self._below):
            for file in source.below("templates", ".txt"):
                name = Path(file).stem
                if name not in found:
                    found[name] = source.text(file)
                    mark_templates([name], source.prefix, self._findings)
        return found
