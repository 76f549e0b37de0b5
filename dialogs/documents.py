"""Flow 2: which papers fit a prospect, and what was given already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from dialogs.pack import Document, Pack
from dialogs.stems import stem
from dialogs.types import Given, Known, Struct
from dialogs.words import content_runs, content_words, fold, fold_name, holds

FIRST_PAPER = "brochure"

# What a department reads first, where the papers themselves name no audience for it.
KINDS_BY_DEPARTMENT: Mapping[str, tuple[str, ...]] = {
    "it": ("white_paper", "manual"),
    "rnd": ("api_docs", "white_paper"),
    "management": ("brochure", "case_study"),
    "procurement": ("comparison", "company_info"),
    "finance": ("comparison", "brochure"),
    "legal": ("security_doc", "company_info"),
    "operations": ("manual", "template"),
    "customer_service": ("manual", "case_study"),
    "marketing": ("case_study", "brochure"),
    "sales": ("case_study", "brochure"),
    "ecommerce": ("case_study", "template"),
    "hr": ("company_info", "brochure"),
}

# What serves nearest when a pack has no paper of a kind.
NEAREST: Mapping[str, tuple[str, ...]] = {
    "api_docs": ("white_paper", "manual"),
    "security_doc": ("white_paper", "company_info"),
    "release_notes": ("manual", "brochure"),
    "video": ("brochure", "case_study"),
    "manual": ("brochure", "white_paper"),
    "white_paper": ("manual", "brochure"),
    "comparison": ("brochure", "white_paper"),
    "case_study": ("brochure", "company_info"),
    "template": ("case_study", "white_paper"),
    "company_info": ("brochure", "case_study"),
    "brochure": ("company_info", "white_paper"),
}


class Recipient(Struct):
    """Whom papers are chosen for. `edition` is the estimated one, used while none is known."""

    profile: dict[str, Known]
    language: str
    today: str  # ISO date in the company's time zone
    given: tuple[Given, ...] = ()
    edition: str = ""
    words: str = ""  # what the prospect has just said


class Choice(Struct):
    """The paper for one kind asked for.

    Without a paper of that kind `document` is None and `instead` is the nearest one, if any.
    """

    kind: str
    document: Document | None = None
    already_given: bool = False  # this document in this version
    other_language: bool = False  # there is none in the prospect's language
    edition_open: bool = False  # papers of several editions exist and the edition is not known
    instead: Document | None = None


def choose(pack: Pack, kinds: Iterable[str], recipient: Recipient) -> tuple[Choice, ...]:
    """One choice per kind in the order asked; a manual once per edition named.

    `price_list` is a price question and gives no choice. Nothing internal or out of its validity
    is ever chosen.
    """
    choices: list[Choice] = []
    for kind in dict.fromkeys(kinds):
        if kind == "price_list":
            continue
        valid = [d for d in available(pack, recipient.today) if d.kind == kind]
        wanted = _editions(recipient)
        for edition in wanted if kind == "manual" and wanted else wanted[:1] or ("",):
            choice = _choose_one(pack, valid, _Wish(kind, edition, recipient))
            if choice not in choices:
                choices.append(choice)
    return tuple(choices)


def available(pack: Pack, today: str) -> list[Document]:
    """Public documents that are valid on the day, in the pack's order."""
    return [
        d
        for d in pack.documents
        if d.public and d.valid_from <= today and (not d.valid_to or today <= d.valid_to)
    ]


def opened(given: tuple[Given, ...], document: str, now: int) -> tuple[Given, ...]:
    """The ledger with the first opening of a paper, in ms."""
    return tuple(
        msgspec.structs.replace(g, opened=now) if g.document == document and not g.opened else g
        for g in given
    )


def best_for(pack: Pack, recipient: Recipient, words: str = "") -> tuple[str, ...]:
    """Kinds of paper for a need told in words ("something technical", "for my boss"), best first.

    Kinds named come first, then those for the readers named, then those whose title or summary
    speaks of the words, then those for the prospect's own department; else the first paper.
    """
    papers = available(pack, recipient.today)
    text = fold(words)
    readers = _named(pack, "department", text)
    own = _stated(recipient.profile, "department")
    ranked = [*_named(pack, "doc_type", text)]
    for reader in readers:
        ranked.extend(_kinds_for(papers, reader))
    ranked.extend(_speaking_of(papers, words))
    if not ranked and own:
        ranked.extend(_kinds_for(papers, own))
    there = {d.kind for d in papers}
    kinds = tuple(k for k in dict.fromkeys(ranked) if k in there)
    return kinds or ((FIRST_PAPER,) if FIRST_PAPER in there else tuple(sorted(there))[:1])


class _Wish(NamedTuple):
    kind: str
    edition: str
    recipient: Recipient


def _choose_one(pack: Pack, valid: list[Document], wish: _Wish) -> Choice:
    recipient = wish.recipient
    # A case tells of a trade first, whichever edition it was.
    by_edition = wish.edition and wish.kind != "case_study"
    papers = [d for d in valid if d.edition in ("", wish.edition)] if by_edition else valid
    # A manual of another edition would mislead; any other paper of another edition still informs.
    if not papers and wish.kind != "manual":
        papers = valid
    if not papers:
        return Choice(kind=wish.kind, instead=_nearest(pack, wish))
    best = max(papers, key=lambda d: _fit(pack, d, wish))
    if wish.kind == "case_study":
        # Each case is another story: go on to one not seen yet, in the same language.
        unseen = [d for d in papers if d.language == best.language and not _was_given(d, recipient)]
        best = max(unseen, key=lambda d: _fit(pack, d, wish), default=best)
    open_edition = not wish.edition and len({d.edition for d in papers if d.edition}) > 1
    return Choice(
        kind=wish.kind,
        document=best,
        already_given=_was_given(best, recipient),
        other_language=best.language != recipient.language,
        edition_open=open_edition and bool(best.edition),
    )


def _fit(pack: Pack, document: Document, wish: _Wish) -> tuple[bool, bool, int, bool, int, str]:
    """How well a paper fits, compared left to right; higher is better."""
    recipient = wish.recipient
    order = [e.id for e in pack.editions]
    place = -order.index(document.edition) if document.edition in order else 0
    languages = pack.languages
    tongue = languages.index(document.language) if document.language in languages else 99
    department = _stated(recipient.profile, "department")
    return (
        document.language == recipient.language,
        bool(wish.edition) and document.edition == wish.edition and document.kind != "case_study",
        _case_fit(document, wish),
        bool(department) and department in document.audience,
        (0 if wish.edition else place) - 10 * tongue,
        document.valid_from,
    )


def _case_fit(document: Document, wish: _Wish) -> int:
    """How alike the prospect's house is: its trade counts most, then edition, size and city.

    Without any likeness a case that names no trade is the most general.
    """
    profile = wish.recipient.profile
    city = fold(_stated(profile, "city"))
    low, high = headcount_range(_stated(profile, "headcount"))
    smallest, largest = document.size
    sized = document.size != (0, 0) and high >= smallest and (not largest or low <= largest)
    points = 16 * _tells_of(document, wish.recipient)
    points += 6 * (bool(wish.edition) and document.edition == wish.edition)
    points += 4 * (sized and high > 0) + 2 * (bool(city) and fold(document.city) == city)
    return points + (not document.industry)


def _tells_of(document: Document, recipient: Recipient) -> int:
    """2 for the trade asked about or known, 1 for one that stands in the need, else 0."""
    trade = fold(_stated(recipient.profile, "industry"))
    told = (recipient.words, _stated(recipient.profile, "company"))
    if any(_same_trade(fold_name(name), trade) for name in document.industry):
        return 2
    if any(_names(document, _Told(text)) for text in told):
        return 2
    return int(bool(_names(document, _Told(_stated(recipient.profile, "need")))))


def trade_in(pack: Pack, text: str) -> str:
    """The first trade of a public customer case that the text names, as the case has it, or ""."""
    told = _Told(text)
    found = (_names(paper, told) for paper in pack.documents if paper.public)
    return next((name for name in found if name), "")


class _Told:
    """A text in which names are looked for, folded and stemmed once for all of them."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)
        self._words = content_words(text)
        self._stems: dict[str, set[str]] = {}

    def stems(self, language: str) -> set[str]:
        if language not in self._stems:
            self._stems[language] = {stem(word, language) for word in self._words}
        return self._stems[language]


def _names(document: Document, told: _Told) -> str:
    """The trade of the case that stands in the text, or ""."""
    if not told.folded:
        return ""
    stems = told.stems(document.language)
    return next(
        (
            name
            for name in document.industry
            if holds(told.folded, fold_name(name))
            or stem(fold_name(name), document.language) in stems
        ),
        "",
    )


def _same_trade(name: str, industry: str) -> bool:
    return bool(name and industry) and (holds(industry, name) or holds(name, industry))


def headcount_range(text: str) -> tuple[int, int]:
    """Bounds of a headcount such as "200", "50-60", "<10" or ">3000"; (0, 0) when not known."""
    numbers = [int(n) for n in re.findall(r"\d{1,9}", text)]
    if not numbers:
        return 0, 0
    if text.startswith("<"):
        return 0, numbers[0]
    if text.startswith(">"):
        return numbers[0], 10**9
    return numbers[0], numbers[-1]


def _editions(recipient: Recipient) -> tuple[str, ...]:
    stated = _stated(recipient.profile, "edition") or recipient.edition
    return tuple(e for e in stated.split("+") if e)


def _stated(profile: Mapping[str, Known], slot: str) -> str:
    known = profile.get(slot)
    return known.value if known is not None and isinstance(known.value, str) else ""


def _was_given(document: Document, recipient: Recipient) -> bool:
    return any(g.document == document.id and g.version == document.version for g in recipient.given)


def _nearest(pack: Pack, wish: _Wish) -> Document | None:
    papers = available(pack, wish.recipient.today)
    for kind in NEAREST.get(wish.kind, (FIRST_PAPER,)):
        of_kind = [d for d in papers if d.kind == kind and d.edition in ("", wish.edition)]
        if of_kind:
            return max(of_kind, key=lambda d: _fit(pack, d, wish))
    return None


def _named(pack: Pack, slot: str, text: str) -> list[str]:
    """Values of a slot whose names occur in the folded text, in the order they occur."""
    if not text:
        return []
    found: list[tuple[int, str]] = []
    for examples in pack.examples.values():
        for value, names in examples.values.get(slot, {}).items():
            places = [text.find(n) for n in map(fold_name, names) if holds(text, n)]
            if places:
                found.append((min(places), value))
    return list(dict.fromkeys(value for _, value in sorted(found)))


def _kinds_for(papers: list[Document], department: str) -> list[str]:
    by_audience = [d.kind for d in papers if department in d.audience]
    by_custom = KINDS_BY_DEPARTMENT.get(department, (FIRST_PAPER,))
    # A kind that is both meant for the department and usual for it goes before either alone.
    both = [k for k in by_custom if k in by_audience]
    return [*both, *by_audience, *by_custom]


def _speaking_of(papers: list[Document], words: str) -> list[str]:
    """Kinds whose title or summary speaks of the words, the most telling first."""
    if not words:
        return []
    wanted = [stem(w) for w in content_words(words)]
    runs = content_runs(words)
    scores: dict[str, int] = {}
    for paper in papers:
        about = f"{paper.title} {paper.summary}"
        known = _matter(about)
        hits = sum(w in known for w in wanted) + sum(r in fold_name(about) for r in runs)
        if hits:
            scores[paper.kind] = max(hits, scores.get(paper.kind, 0))
    return sorted(scores, key=lambda kind: -scores[kind])


@lru_cache(maxsize=1_024)
def _matter(about: str) -> frozenset[str]:
    """Stems of what a paper's title and summary speak of. Kept: the same few are asked for."""
    return frozenset(stem(w) for w in content_words(about))
