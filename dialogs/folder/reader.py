"""The whole folder, read once: a pack where it could be made, and all that is wrong with the form.

What the parts mean together is looked at by `dialogs/check.py`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from dialogs.folder.company import read_company, read_editions, read_rules, read_topics
from dialogs.folder.papers import INDEX, languages_of, read_article, read_documents
from dialogs.folder.problems import Findings, Place, suggest
from dialogs.folder.tables import FILE as PRICES
from dialogs.folder.tables import read_prices
from dialogs.folder.words import mark_templates, merge_examples, read_examples, read_texts
from dialogs.folder.yaml_lines import Branch, read_yaml
from dialogs.pack import Article, Company, Document, EscalationRule, Examples, Pack, Price, Route

DEFAULTS = Path(__file__).parent.parent / "defaults"
INHERITED = "defaults/"  # how places in the inherited files are named
_REQUIRED = ("company.yaml", "topics.yaml", "editions.yaml", PRICES)
_FOLDERS = ("documents", "knowledge", "examples", "texts", "templates", "talks")
_TOP_FILES = (*_REQUIRED, "rules.yaml")


class Source:
    """The bytes of a folder, by path below it; hidden files are left alone."""

    def __init__(self, folder: Path, prefix: str, findings: Findings) -> None:
        self.prefix = prefix
        self._findings = findings
        self.files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not _hidden(path.relative_to(folder))
        }

    def below(self, part: str, suffix: str = "") -> list[str]:
        return [f for f in self.files if f.startswith(part + "/") and f.endswith(suffix)]

    def text(self, file: str) -> str:
        """The file as text; "" if it is not there or no UTF-8."""
        try:
            return self.files.get(file, b"").decode()
        except UnicodeDecodeError as error:
            line = self.files[file][: error.start].count(b"\n") + 1
            place = Place(file=self.prefix + file, line=line)
            self._findings.report(place, "the file is not UTF-8 text", "save it as UTF-8")
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
            for key in texts.keys() & found.keys():
                place = Place(file=self.prefix + file, line=0)
                message = f"the text `{key}` stands in two files of `{language}`"
                findings.report(place, message, "keep one of the two")
            found.update(texts)
        return found


def language_of(file: str) -> str:
    """`texts/en.desk.yaml` -> en: a language may be spread over several files."""
    return file.rsplit("/", 1)[-1].split(".")[0]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) or part.endswith("~") for part in path.parts)


class Read:
    """What came out: the pack (None when no pack could be made), its own files, the findings."""

    def __init__(self, pack: Pack | None, own: Source, below: Source, findings: Findings) -> None:
        self.pack = pack
        self.own = own
        self.findings = findings
        self._below = below

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


def read_folder(folder: Path) -> Read:
    """Reads the folder with the inherited one below it; never raises for what stands in them."""
    findings = Findings()
    if not folder.is_dir():
        place = Place(file=str(folder), line=0)
        findings.report(place, "there is no such folder", "name the folder of a pack")
        empty = Source(DEFAULTS, INHERITED, findings)
        return Read(None, empty, empty, findings)
    own, below = Source(folder, "", findings), Source(DEFAULTS, INHERITED, findings)
    _look_at_names(own, findings)
    return Read(_Builder(folder, own, below, findings).build(), own, below, findings)


def _look_at_names(own: Source, findings: Findings) -> None:
    for name in _REQUIRED:
        if name not in own.files:
            findings.report(
                Place(file=name, line=0), "the file is missing", "docs/pack.md shows what is in it"
            )
    for file in own.files:
        top = file.split("/")[0]
        if "/" not in file and file not in _TOP_FILES and not file.endswith((".md", ".txt")):
            findings.report(
                Place(file=file, line=0), "a file that nobody reads", suggest(file, _TOP_FILES)
            )
        if "/" in file and top not in _FOLDERS:
            findings.report(
                Place(file=file, line=0),
                f"a folder that nobody reads: {top}",
                suggest(top, _FOLDERS),
            )


class _Builder:
    def __init__(self, folder: Path, own: Source, below: Source, findings: Findings) -> None:
        self._folder = folder
        self._own = own
        self._below = below
        self._findings = findings

    def build(self) -> Pack | None:
        company = self._company()
        languages = company.languages
        top = self._own.yaml("editions.yaml")
        editions, edition_rules = ((), ()) if top is None else read_editions(top, languages)
        topics = self._own.yaml("topics.yaml")
        escalations, routes = self._rules()
        pack = Pack(
            folder=str(self._folder),
            version=self._version(),
            company=company,
            topics=() if topics is None else read_topics(topics),
            editions=editions,
            edition_rules=edition_rules,
            prices=self._prices(languages),
            escalations=escalations,
            routes=routes,
            documents=self._documents(languages),
            articles=self._articles(languages),
            examples=self._examples(),
            texts={language: self._texts(language) for language in languages},
            templates=self._templates(),
        )
        self._foreign_texts(languages)
        if editions:  # else that is the mistake, and not each place that names one
            self._findings.look_up_mentions("edition", [e.id for e in editions])
        people = company.people
        self._findings.look_up_mentions(
            "person or team", [p.name for p in people] + [p.team for p in people if p.team]
        )
        return pack if languages else None

    def _version(self) -> str:
        digest = hashlib.sha256()
        for source in (self._own, self._below):
            for file, content in source.files.items():
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

    def _rules(self) -> tuple[tuple[EscalationRule, ...], tuple[Route, ...]]:
        """The pack's own lists; a list that it does not bring is inherited whole."""
        own, below = self._own.yaml("rules.yaml"), self._below.yaml("rules.yaml")
        has_own = own is not None and own.has("escalation")
        escalations, routes = read_rules(own) if own is not None else ((), ())
        if has_own or below is None:
            return escalations, routes
        inherited, _ = read_rules(below)
        return inherited, routes

    def _prices(self, languages: tuple[str, ...]) -> tuple[Price, ...]:
        if PRICES not in self._own.files:
            return ()
        return read_prices(self._own.text(PRICES), languages, self._findings)

    def _documents(self, languages: tuple[str, ...]) -> tuple[Document, ...]:
        top = self._own.yaml(INDEX)
        if top is None:
            return ()
        return read_documents(top, self._own.files, languages, self._findings)

    def _articles(self, languages: tuple[str, ...]) -> tuple[Article, ...]:
        files = languages_of(self._own.below("knowledge"), languages, self._findings)
        found = (read_article(self._own.text(f), f, f.split("/")[1], self._findings) for f in files)
        return tuple(article for article in found if article is not None)

    def _examples(self) -> dict[str, Examples]:
        """Also in languages that the company does not answer in: they are understood."""
        found: dict[str, Examples] = {}
        for source in (self._own, self._below):
            for file in source.below("examples", ".yaml"):
                top = source.yaml(file)
                if top is not None:
                    language = language_of(file)
                    found[language] = merge_examples(found.get(language), read_examples(top))
        return found

    def _texts(self, language: str) -> dict[str, str]:
        own = self._own.texts(language, self._findings)
        return {**self._below.texts(language, self._findings), **own}

    def _foreign_texts(self, languages: tuple[str, ...]) -> None:
        for file in self._own.below("texts"):
            if language_of(file) not in languages:
                self._findings.report(
                    Place(file=file, line=0),
                    "texts in a language that the company does not speak",
                    "add the language to company.yaml, or take the file out",
                )

    def _templates(self) -> dict[str, str]:
        found = {}
        for source in (self._own, self._below):
            for file in source.below("templates", ".txt"):
                name = Path(file).stem
                if name not in found:
                    found[name] = source.text(file)
                    mark_templates([name], source.prefix, self._findings)
        return found
