"""Reads documents/index.yaml with its files, and the articles of knowledge/."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath

import pypdf
from pypdf.errors import PyPdfError

from dialogs.folder.markdown import Section, split_markdown
from dialogs.folder.problems import Findings, Place, suggest, write
from dialogs.folder.wording import Phrase, phrase
from dialogs.folder.yaml_lines import Branch, Leaf, read_yaml
from dialogs.pack import Article, Document
from dialogs.types import DEPARTMENTS, DOCUMENT_KINDS

INDEX = "documents/index.yaml"
MEDIA_TYPES = {".md": "text/markdown", ".pdf": "application/pdf"}
VISIBILITIES = ("public", "internal")
EMPTY = "article_empty"  # key of the problem of an article without words
PDF_PAGES = 300  # more are handed out, but not quoted from


def read_documents(
    top: Branch,
    files: Mapping[str, bytes],
    languages: Sequence[str],
    skipped: Collection[str] = (),
) -> tuple[Document, ...]:
    """The documents of the index but those of the ids `skipped`; `files` maps paths below the
    pack's folder to their bytes."""
    found = []
    for branch in top.branches("documents", "document"):
        name = branch.text("id")
        if name in skipped:
            continue
        branch.call("document", name)
        branch.findings.declare("document", name, branch.place)
        found.append(_document(branch, name, files, languages))
        branch.close()
    top.close()
    return tuple(found)


def _document(
    branch: Branch, name: str, files: Mapping[str, bytes], languages: Sequence[str]
) -> Document:
    file = _file(branch)
    content = files.get(f"documents/{file}") if file else None
    checksum = _checksum(branch, file, content)
    if file and content is None:
        branch.wrong("file", "file_gone", file=file)
    suffix = PurePosixPath(file).suffix.lower()
    if file and suffix not in MEDIA_TYPES:
        branch.wrong("file", "not_paper", file=file)
    return Document(
        id=name,
        kind=branch.word("kind", DOCUMENT_KINDS),
        edition=_edition(branch),
        language=branch.word("language", languages),
        audience=branch.words("audience", DEPARTMENTS),
        version=branch.text("version"),
        valid_from=_day(branch, "valid_from"),
        valid_to=_day(branch, "valid_to"),
        public=branch.word("visibility", VISIBILITIES) == "public",
        title=branch.text("title"),
        summary=branch.text("summary"),
        file=file,
        media_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
        checksum=checksum,
        industry=_industries(branch),
        size=_size(branch),
        city=branch.text("city", ""),
        text=_text(branch, suffix, content or b""),
    )


def _checksum(branch: Branch, file: str, content: bytes | None) -> str:
    """The index pins the bytes of a file, so that no paper changes unnoticed."""
    said = branch.text("checksum", "").lower()
    if content is None or said == _digest(content):
        return said
    if said:
        branch.wrong("checksum", "other_file", _pin(content), file=file)
    else:
        branch.wrong("checksum", "key_missing", _pin(content), key="checksum")
    return said


def _pin(content: bytes) -> Phrase:
    return phrase("do.pin", checksum=_digest(content))


def _edition(branch: Branch) -> str:
    edition = branch.text("edition", "")
    if edition:
        branch.findings.mention("edition", edition, branch.at("edition"))
    return edition


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file(branch: Branch) -> str:
    """A path that stays below documents/; "" with a problem if it does not."""
    file = branch.text("file")
    path = PurePosixPath(file)
    if file and (path.is_absolute() or ".." in path.parts or "\\" in file):
        branch.wrong("file", "leads_out", file=file)
        return ""
    return str(path) if file else ""


def _day(branch: Branch, key: str) -> str:
    word = branch.text(key)
    try:
        return date.fromisoformat(word).isoformat() if word else ""
    except ValueError:
        branch.wrong(key, "not_date", key=key, word=word)
        return ""


def _industries(branch: Branch) -> tuple[str, ...]:
    part = branch.get("industry")
    if isinstance(part, Leaf):
        return (part.text,) if part.text else ()
    return branch.words("industry")


def _size(branch: Branch) -> tuple[int, int]:
    part = branch.get("size")
    if part is None:
        return (0, 0)
    numbers = [p.number for p in part if isinstance(p, Leaf)] if isinstance(part, list) else []
    match numbers:
        case [int(low), int(high)] if 0 <= low <= high:
            return (low, high)
    branch.wrong("size", "not_headcounts", write("size: [20, 200]"))
    return (0, 0)


def _text(branch: Branch, suffix: str, content: bytes) -> tuple[Section, ...]:
    if suffix == ".pdf" and content:
        return _pdf_text(branch, content)
    try:
        return split_markdown(content.decode())
    except UnicodeDecodeError:
        if suffix in MEDIA_TYPES:
            branch.wrong("file", "not_utf8")
        return ()


def _pdf_text(branch: Branch, content: bytes) -> tuple[Section, ...]:
    try:
        pages = pypdf.PdfReader(io.BytesIO(content)).pages[:PDF_PAGES]
        found = [(f"{n}", _squeeze(page.extract_text())) for n, page in enumerate(pages, 1)]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        branch.wrong("file", "not_pdf", said=str(error))
        return ()
    kept = tuple((page, part) for page, text in found for part in text if part)
    if not kept:
        branch.warn(branch.at("file"), "pdf_without_text")
    return kept


def _squeeze(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n")]


def read_article(text: str, file: str, language: str, findings: Findings) -> Article | None:
    """One article: YAML front matter between two lines `---`, then Markdown."""
    lines = text.removeprefix("\ufeff").splitlines()
    ends = [n for n, line in enumerate(lines) if line.strip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        findings.report(Place(file=file, line=1), "no_front_matter")
        return None
    top = read_yaml("\n".join(lines[1 : ends[1]]), file, findings, first_line=2)
    return None if top is None else _article(top, lines, ends[1], language)


def _article(top: Branch, lines: list[str], end: int, language: str) -> Article:
    name = top.text("id")
    top.findings.declare("article", name, top.place, language)
    body = split_markdown("\n".join(lines[end + 1 :]))
    if not body:
        top.wrong("id", EMPTY)
    edition = _edition(top)
    visibility = top.word("visibility", VISIBILITIES)
    article = Article(
        id=name,
        language=language,
        public=visibility == "public",
        questions=top.words("questions"),
        title=top.text("title"),
        text="\n\n".join(paragraph for _, paragraph in body),
        slots={"edition": edition} if edition else {},
        summary=top.text("summary", ""),
    )
    top.close()
    return article


def languages_of(files: Sequence[str], languages: Sequence[str], findings: Findings) -> list[str]:
    """Paths knowledge/<language>/<name>.md that the company speaks; the others are reported."""
    kept = []
    for path in files:
        parts = path.split("/")
        if len(parts) == 3 and parts[1] in languages and path.endswith(".md"):
            kept.append(path)
        else:
            said = parts[1] if len(parts) == 3 else path
            findings.report(Place(file=path, line=0), "article_place", suggest(said, languages))
    return kept
