"""Texts and templates: each key in each language, and every source compiles with known names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from dialogs.brief import Brief, BriefLine
from dialogs.brief_text import TEMPLATE as BRIEF
from dialogs.brief_text import write_brief
from dialogs.checks.sources import demands, find_endless
from dialogs.folder.problems import Findings, Place
from dialogs.folder.values import ALL_SLOTS
from dialogs.pack import Pack
from dialogs.texts import GLOBAL_NAMES, make_environment
from dialogs.texts import of as texts_of
from dialogs.types import Struct

OWN_PAGE = "site."  # words of a page of the company's own: any keys, or none
MANY = 40  # a language that lacks more than this lacks them all: one problem says so

Keys = Mapping[str, Mapping[str, str]]  # language -> key -> source
Needs = dict[str, str]  # key -> who needs it


def check_texts(pack: Pack, inherited: Keys, findings: Findings) -> None:
    """`inherited` are the texts below every pack, in all languages that they have."""
    used = _used(pack, inherited)
    needed = {**_given(pack.texts), **used}
    for language in pack.languages:
        _check_present(pack.texts[language], language, needed, findings)
    names, asked = _names_by_key(inherited), _demands_by_key(inherited)
    known = {*used, *_optional(pack)}
    for language, texts in pack.texts.items():
        for key, source in texts.items():
            part = f"text/{language}/{key}"
            if key not in known and not key.startswith(OWN_PAGE):
                _warn_unused(key, part, known, findings)
            place = findings.place(part)
            check_source(source, names.get(key, set()), place, findings)
            check_demands(source, asked.get(key, set()), place, findings)


def check_templates(pack: Pack, inherited: Mapping[str, str], findings: Findings) -> None:
    for name, source in pack.templates.items():
        place = findings.place(f"template/{name}", f"templates/{name}.txt")
        if name not in inherited:
            findings.warn(
                place, f"nobody uses a template `{name}`", f"there are: {', '.join(inherited)}"
            )
            continue
        check_source(source, _names(inherited[name]), place, findings, lines=True)
    if all(problem.warning for problem in findings.problems):
        _try_brief(pack, findings)


def _try_brief(pack: Pack, findings: Findings) -> None:
    """Fills the brief in with made-up facts: what a template asks of a fact shows only then."""
    texts = texts_of(pack)
    for language in pack.languages:
        try:
            write_brief(texts, _SAMPLE, language)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            findings.report(
                findings.place(f"template/{BRIEF}", f"templates/{BRIEF}.txt"),
                f"the brief cannot be filled in: {error}",
                "docs/pack.md lists what it is given",
            )
            return


def _given(texts: Keys) -> Needs:
    """Every key that a language has: the others must have it, too."""
    return {
        key: f"it stands in texts/{language}.yaml"
        for language, by_key in texts.items()
        for key in by_key
    }


def _used(pack: Pack, inherited: Keys) -> Needs:
    """Every key that the product says in a talk with this pack, with the reason."""
    used = _given(inherited)
    for paper in pack.documents:
        used.setdefault(f"document_kind.{paper.kind}", f"document `{paper.id}` is of this kind")
    used.update(_of_questions(pack))
    for slot in pack.own_slots:
        used.setdefault(f"slot.{slot.id}", f"the brief names the slot `{slot.id}`")
    return used


def _of_questions(pack: Pack) -> Iterator[tuple[str, str]]:
    own = [slot.id for slot in pack.own_slots]
    for topic in pack.topics:
        for question in topic.questions:
            slot = question.slot
            if slot not in ALL_SLOTS and slot not in own:
                continue
            yield f"ask.{slot}", f"topics.yaml asks for `{slot}`"
            yield f"ask.{slot}.again", f"topics.yaml asks for `{slot}`, and a second time"
            yield f"slot.{slot}", f"topics.yaml asks for `{slot}`, and the recap names it"
            for option in question.options:
                key = f"option.{slot}.{option.value}"
                yield key, f"it is the button `{option.value}` of the question `{slot}`"


def _optional(pack: Pack) -> Iterator[str]:
    """Keys that are used when they are there."""
    for intent in pack.own_intents:
        yield f"answer.own.{intent.id}"
    for slot in pack.own_slots:
        for value in slot.values:
            yield f"value.{slot.id}.{value}"
    for topic in pack.topics:
        for question in topic.questions:
            yield f"why.{question.slot}"
            for option in question.options:
                yield f"value.{question.slot}.{option.value}"


def _check_present(
    texts: Mapping[str, str], language: str, needed: Needs, findings: Findings
) -> None:
    missing = [key for key in needed if not texts.get(key, "").strip()]
    place = Place(file=f"texts/{language}.yaml", line=0)
    if len(missing) > MANY:
        findings.report(
            place,
            f"{len(missing)} texts are missing in `{language}`, the first: {missing[0]}",
            "copy the file of another language from dialogs/defaults/texts and translate it",
        )
        return
    for key in missing:
        findings.report(
            place, f"the text `{key}` is missing in `{language}`: {needed[key]}", f"add `{key}: …`"
        )


def _warn_unused(key: str, part: str, known: set[str], findings: Findings) -> None:
    near = get_close_matches(key, known, n=1, cutoff=0.75)
    findings.warn(
        findings.place(part),
        f"nobody asks for the text `{key}`",
        f"did you mean `{near[0]}`?" if near else "take it out",
    )


def _names_by_key(texts: Keys) -> dict[str, set[str]]:
    """The values that each inherited text uses in any language: those that it is given."""
    found: dict[str, set[str]] = defaultdict(set)
    for by_key in texts.values():
        for key, source in by_key.items():
            found[key] |= _names(source)
    return dict(found)


def _demands_by_key(texts: Keys) -> dict[str, set[str]]:
    """What each inherited text asks of its values in any language: that much they can do."""
    found: dict[str, set[str]] = defaultdict(set)
    for by_key in texts.values():
        for key, source in by_key.items():
            if "{" in source:
                found[key] |= _look_at(source).demands
    return dict(found)


def check_demands(source: str, allowed: Set[str], place: Place, findings: Findings) -> None:
    """Reports what may fail when the text is said: then nobody would get an answer."""
    for demand in sorted(_look_at(source).demands - allowed) if "{" in source else ():
        findings.report(
            place,
            f"the text {demand}: that may fail when it is said",
            "put values in with {{ name }}, and ask for them with {% if name %}",
        )


_ENVIRONMENT = make_environment("en")
_SAMPLE = Brief(
    headline="A headline",
    lines=(
        BriefLine(section="who", label="A fact", text="stated", status="stated"),
        BriefLine(section="who", label="Another", text="entered by staff", by="Somebody"),
        *(BriefLine(section="who", label="One more", text="w" * 40) for _ in range(40)),
        BriefLine(section="next", label="What to do", text="call"),
    ),
)


# A value that is put in, or a condition. Not those that hold a brace or an escape themselves.
_INNER = r"""(?:[^{}'"\\]|'[^{}'\\]*'|"[^{}"\\]*")*"""
_MARK = re.compile(rf"\{{\{{{_INNER}\}}\}}|\{{%{_INNER}%\}}")


class _Source(Struct):
    """What a source asks for; `fault` and its line where it does not compile."""

    names: frozenset[str] = frozenset()
    demands: frozenset[str] = frozenset()
    endless: str = ""
    fault: str = ""
    line: int = 0


@lru_cache(maxsize=8_192)
def _look_at(source: str) -> _Source:
    """Kept, since a reload looks at hundreds of texts that have not changed."""
    bare = source if "{" in _MARK.sub("", source) else "".join(_MARK.findall(source))
    seen = _compile(bare)
    return _compile(source) if seen.line else seen  # of the whole, to name the line


@lru_cache(maxsize=8_192)
def _compile(source: str) -> _Source:
    """Without the words between their marks, texts of several languages are the same."""
    try:
        tree = _ENVIRONMENT.parse(source)
        endless, line = find_endless(tree)
        if endless:
            return _Source(endless=endless, line=line)
        names = frozenset(find_undeclared_variables(tree))
        asked = demands(tree)
        _ENVIRONMENT.compile(tree)
    except TemplateSyntaxError as error:  # an unknown filter or test is one, too
        return _Source(fault=error.message or "", line=error.lineno)
    return _Source(names=names, demands=asked)


def _names(source: str) -> frozenset[str]:
    return _look_at(source).names if "{" in source else frozenset()


def check_source(
    source: str, allowed: Set[str], place: Place, findings: Findings, *, lines: bool = False
) -> None:
    """Reports a source that does not compile or uses a name that is neither allowed nor global."""
    if "{" not in source:
        return
    seen = _look_at(source)
    if seen.line:
        findings.report(
            Place(file=place.file, line=seen.line if lines else place.line),
            f"the text {seen.endless}: that could take without end"
            if seen.endless
            else f"the text does not compile: {seen.fault}",
            "mend the braces; {{ name }} puts a value in",
        )
        return
    for name in sorted(seen.names - allowed - set(GLOBAL_NAMES)):
        names = sorted(allowed | set(GLOBAL_NAMES))
        findings.report(
            Place(file=place.file, line=_line_of(source, name) if lines else place.line),
            f"the text uses `{name}`, which it is not given",
            f"use one of: {', '.join(names)}",
        )


def _line_of(source: str, name: str) -> int:
    lines = source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if name in line and "{" in line), 1)
