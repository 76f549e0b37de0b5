"""Reads segments.yaml: the kinds of customers that a company sorts its prospects into."""

from __future__ import annotations

import re

from dialogs.folder.conditions import read_conditions
from dialogs.folder.wording import phrase
from dialogs.folder.yaml_lines import Branch
from dialogs.pack import Segment

FILE = "segments.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def read_segments(top: Branch, languages: tuple[str, ...]) -> tuple[Segment, ...]:
    """What the file declares, in its order."""
    found = tuple(_segment(each, languages) for each in top.branches("segments", "segment"))
    top.close()
    return found


def _segment(branch: Branch, languages: tuple[str, ...]) -> Segment:
    name = branch.text("id")
    branch.call("segment", name)
    branch.findings.declare("segment", name, branch.place)
    if name and not _NAME.fullmatch(name):
        branch.wrong("id", "not_name", phrase("do.small_letters"))
    when = read_conditions(branch)
    if not when:
        branch.wrong("when", "everybody_in_it")
    segment = Segment(
        id=name,
        name=branch.by_language("name", languages),
        when=when,
        ideal=branch.flag("ideal"),
    )
    branch.close()
    return segment
