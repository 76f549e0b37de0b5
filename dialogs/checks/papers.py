"""Documents and articles: valid today, in every language, of every kind that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from dialogs.folder.papers import INDEX
from dialogs.folder.problems import Findings, Place
from dialogs.folder.wording import phrase
from dialogs.pack import Article, Document, Pack

KINDS = (
    "manual", "white_paper", "comparison", "brochure", "company_info", "case_study", "template",
)  # fmt: skip


def check_documents(pack: Pack, findings: Findings, today: date | None) -> None:
    if today is not None:
        for paper in pack.documents:
            _check_day(paper, pack.documents, findings, today.isoformat())
    public = [paper for paper in pack.documents if paper.public]
    _check_languages(
        pack, [(paper.id, paper.language, f"document/{paper.id}") for paper in public], findings
    )
    _check_kinds(pack, public, findings)


def _place(paper: Document, findings: Findings) -> Place:
    return findings.place(f"document/{paper.id}", INDEX)


def _check_day(
    paper: Document, papers: tuple[Document, ...], findings: Findings, today: str
) -> None:
    if paper.valid_from and paper.valid_to and paper.valid_to < paper.valid_from:
        findings.report(_place(paper, findings), "document_ends_first", document=paper.id)
    if not paper.valid_to or paper.valid_to >= today:
        return
    place, day = _place(paper, findings), paper.valid_to
    if any(_replaces(other, paper, today) for other in papers):
        out = phrase("do.take_out")
        findings.warn(place, "document_replaced", out, document=paper.id, day=day)
    else:
        findings.report(place, "document_expired", document=paper.id, day=day)


def _replaces(other: Document, paper: Document, today: str) -> bool:
    return other.valid_to >= today and (other.kind, other.edition, other.language) == (
        paper.kind,
        paper.edition,
        paper.language,
    )


def _check_kinds(pack: Pack, public: list[Document], findings: Findings) -> None:
    present = {paper.kind for paper in public}
    missing = [kind for kind in KINDS if kind not in present]
    if missing:
        findings.warn(Place(file=INDEX, line=0), "kinds_missing", kinds=", ".join(missing))
    manuals = {paper.edition for paper in public if paper.kind == "manual"}
    for edition in pack.editions:
        if manuals and "" not in manuals and edition.id not in manuals:
            findings.warn(Place(file=INDEX, line=0), "no_manual", edition=edition.id)


def check_articles(pack: Pack, findings: Findings) -> None:
    public: list[Article] = [article for article in pack.articles if article.public]
    parts = [(a.id, a.language, f"article/{a.language}/{a.id}") for a in public]
    _check_languages(pack, parts, findings)
    for article in pack.articles:
        if not article.questions:
            place = findings.place(f"article/{article.language}/{article.id}")
            findings.warn(place, "article_unasked", article=article.id)


def _check_languages(pack: Pack, parts: Iterable[tuple[str, str, str]], findings: Findings) -> None:
    """Warns of each (id, language, part) that has no sister in a language of the company."""
    sisters: dict[str, dict[str, str]] = defaultdict(dict)
    for name, language, part in parts:
        sisters[name.removesuffix(f"-{language}")][language] = part
    for name, found in sisters.items():
        for language in pack.languages:
            if language in found:
                continue
            first = next(iter(found.values()))
            place = findings.place(first, INDEX)
            findings.warn(place, "sister_missing", name=name, language=language)
