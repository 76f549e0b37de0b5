"""Small packs by hand for the tests of papers and answers."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.pack import Article, Company, Document, Edition, Examples, Pack
from dialogs.types import Known

LANGUAGES = ("en", "zh")
EDITIONS = ("professional", "enterprise", "cluster")
NAMES = {
    "professional": {"en": "Professional", "zh": "专业版"},
    "enterprise": {"en": "Enterprise", "zh": "企业版"},
    "cluster": {"en": "Cluster", "zh": "集群版"},
}


def make_pack(
    documents: Iterable[Document] = (),
    articles: Iterable[Article] = (),
    examples: dict[str, Examples] | None = None,
) -> Pack:
    company = Company(
        name={"en": "Acme Shops", "zh": "爱铺"},
        assistant={"en": "Pip", "zh": "小皮"},
        languages=LANGUAGES,
        time_zone="Europe/Berlin",
        hours={},
        currencies=("EUR",),
        country_currency={},
        retention_days={},
    )
    editions = tuple(
        Edition(id=e, name=NAMES[e], summary={}, features={}, limits={}, needs_server=False)
        for e in EDITIONS
    )
    return Pack(
        folder="",
        version="1",
        company=company,
        topics=(),
        editions=editions,
        edition_rules=(),
        prices=(),
        escalations=(),
        routes=(),
        documents=tuple(documents),
        articles=tuple(articles),
        examples=examples or {},
        texts={},
        templates={},
    )


def document(name: str, kind: str, language: str = "en", **fields: object) -> Document:
    given: dict[str, object] = {
        "edition": "",
        "audience": (),
        "version": "1",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "public": True,
        "title": name,
        "summary": "",
        "file": f"{name}.md",
        "media_type": "text/markdown",
        "checksum": "",
        **fields,
    }
    return Document(id=name, kind=kind, language=language, **given)  # type: ignore[arg-type]


def article(
    name: str, language: str, questions: Iterable[str], text: str, public: bool = True
) -> Article:
    asked = tuple(questions)
    return Article(
        id=name, language=language, public=public, questions=asked, title=asked[0], text=text
    )


def known(**slots: str) -> dict[str, Known]:
    return {slot: Known(value=value, status="stated") for slot, value in slots.items()}
