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
from dialogs.folder.problems import Findings, Place, add
from dialogs.folder.values import ALL_SLOTS
from dialogs.folder.wording import Phrase, phrase
from dialogs.pack import Pack
from dialogs.texts import GLOBAL_NAMES, make_environment
from dialogs.texts import of as texts_of
from dialogs.types import Struct

OWN_PAGE = "site."  # words of a page of the company's own: any keys, or none
MANY = 40  # a language that lacks more than this lacks them all: one problem says so

Keys = Mapping[str, Mapping[str, str]]  # language -> key -> source
Needs = dict[str, Phrase]  # key -> who needs it


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
            findings.warn(place, "template_unused", name=name, names=", ".join(inherited))
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
            place = findings.place(f"template/{BRIEF}", f"templates/{BRIEF}.txt")
            findings.report(place, "brief_broken", said=str(error))
            return


def _given(texts: Keys) -> Needs:
    """Every key that a language has: the others must have it, too."""
    return {
        key: phrase("need.given", language=language)
        for language, by_key in texts.items()
        for key in by_key
    }


def _used(pack: Pack, inherited: Keys) -> Needs:
    """Every key that the product says in a talk with this pack, with the reason."""
    used = _given(inherited)
    for paper in pack.documents:
        of_kind = phrase("need.document", document=paper.id)
        used.setdefault(f"document_kind.{paper.kind}", of_kind)
    used.update(_of_questions(pack))
    for slot in pack.own_slots:
        used.setdefault(f"slot.{slot.id}", phrase("need.slot", slot=slot.id))
    return used


def _of_questions(pack: Pack) -> Iterator[tuple[str, Phrase]]:
    own = [slot.id for slot in pack.own_slots]
    for topic in pack.topics:
        for question in topic.questions:
            slot = question.slot
            if slot not in ALL_SLOTS and slot not in own:
                continue
            yield f"ask.{slot}", phrase("need.asked", slot=slot)
            yield f"ask.{slot}.again", phrase("need.asked_again", slot=slot)
            yield f"slot.{slot}", phrase("need.recap", slot=slot)
            for option in question.options:
                button = phrase("need.button", value=option.value, slot=slot)
                yield f"option.{slot}.{option.value}", button


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
        n, first = len(missing), missing[0]
        findings.report(place, "texts_missing", n=n, language=language, key=first)
        return
    for key in missing:
        shape, need = add(f"{key}: …"), needed[key]
        findings.report(place, "text_missing", shape, key=key, language=language, need=need)


def _warn_unused(key: str, part: str, known: set[str], findings: Findings) -> None:
    near = get_close_matches(key, known, n=1, cutoff=0.75)
    cure = phrase("do.did_you_mean", name=near[0]) if near else phrase("do.take_out")
    findings.warn(findings.place(part), "text_unused", cure, key=key)


def _names_by_key(texts: Keys) -> dict[str, set[str]]:
    """The values that each inherited text uses in any language: those that it is given."""
    found: dict[str, set[str]] = defaultdict(set)
    for by_key in texts.values():
        for key, source in by_key.items():
            found[key] |= _names(source)
    return dict(found)


def _demands_by_key(texts: Keys) -> dict[str, set[Phrase]]:
    """What each inherited text asks of its values in any language: that much they can do."""
    found: dict[str, set[Phrase]] = defaultdict(set)
    for by_key in texts.values():
        for key, source in by_key.items():
            if "{" in source:
                found[key] |= _look_at(source).demands
    return dict(found)


def check_demands(source: str, allowed: Set[Phrase], place: Place, findings: Findings) -> None:
    """Reports what may fail when the text is said: then nobody would get an answer."""
    for demand in sorted(_look_at(source).demands - allowed, key=repr) if "{" in source else ():
        findings.report(place, "text_demands", demand=demand)


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
    demands: frozenset[Phrase] = frozenset()
    endless: Phrase | None = None
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
        if endless is not None:
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
        at, braces = seen.line if lines else place.line, phrase("do.braces")
        faulty = Place(file=place.file, line=at)
        if seen.endless is not None:
            findings.report(faulty, "text_endless", braces, what=seen.endless)
        else:
            findings.report(faulty, "text_broken", braces, said=seen.fault)
        return
    given = phrase("do.use_one_of", names=", ".join(sorted(allowed | set(GLOBAL_NAMES))))
    for name in sorted(seen.names - allowed - set(GLOBAL_NAMES)):
        at = _line_of(source, name) if lines else place.line
        findings.report(Place(file=place.file, line=at), "text_not_given", given, name=name)


def _line_of(source: str, name: str) -> int:
    lines = source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if name in line and "{" in line), 1)
