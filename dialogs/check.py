"""Every mistake in a pack at once, with file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dialogs.checks.company import check_company, check_secrets
from dialogs.checks.own import check_own
from dialogs.checks.papers import check_articles, check_documents
from dialogs.checks.prices import check_prices
from dialogs.checks.replies import check_replies
from dialogs.checks.texts import check_templates, check_texts
from dialogs.checks.topics import check_edition_rules, check_escalations, check_topics
from dialogs.folder.problems import Problem, in_order, render
from dialogs.folder.reader import NO_FILES, Read, read_folder

__all__ = ["Problem", "check", "examine", "render"]


def check(
    folder: str | Path, today: date | None = None, overlay: Mapping[str, bytes] = NO_FILES
) -> list[Problem]:
    """All problems of the pack in the folder, in the order of files and lines; [] when it is good.

    Without `today` nothing counts as expired. Warnings are among them; they stop no start.
    `overlay`: what staff wrote over the folder, as `read_folder` takes it.
    """
    return examine(read_folder(Path(folder), overlay), today)


def examine(read: Read, today: date | None = None) -> list[Problem]:
    """The problems of a folder that was read, those of its form among them."""
    pack, findings = read.pack, read.findings
    check_secrets(read.files, findings)
    if pack is not None:
        check_company(pack, findings)
        check_topics(pack, findings)
        check_own(pack, findings)
        check_edition_rules(pack, findings)
        check_escalations(pack, findings)
        check_prices(pack, findings, today)
        check_documents(pack, findings, today)
        check_articles(pack, findings)
        check_texts(pack, read.inherited_texts, findings)
        check_replies(pack, findings)
        check_templates(pack, read.inherited_templates, findings)
    return in_order(findings.problems)
