"""Every sentence about a mistake in a pack is there in all languages, and none that nobody says."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
import yaml
from jinja2 import nodes

import bot
import dialogs
from dialogs.folder.problems import Findings, Kind, Place, render, suggest
from dialogs.folder.reader import DEFAULTS
from dialogs.folder.wording import languages, phrase, say_inherited, tell
from dialogs.texts import make_environment

# What says a key, with the place of the key among its arguments; the cure is the next one.
SAYERS = {"report": 1, "warn": 1, "wrong": 1, "problem": 1, "refuse": 0, "phrase": 0}
SPOKEN = ("en", "es", "ru", "zh")


class Use(NamedTuple):
    """A place that says a key, with the values that it gives."""

    where: str
    key: str
    given: frozenset[str]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Every file that can tell of a mistake."""
    for package in (bot, dialogs):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            text = path.read_text()
            if "dialogs.folder." in text:
                yield path, ast.parse(text)


class Reader(ast.NodeVisitor):
    """Finds the uses in one file. `dark`: calls whose key cannot be read from the source."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.uses: list[Use] = []
        self.dark: list[str] = []
        self._path = path
        self._scopes: list[ast.Module | ast.FunctionDef] = [tree]
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._scopes.append(node)
        self.generic_visit(node)
        self._scopes.pop()

    def visit_Constant(self, node: ast.Constant) -> None:
        """Such as say("problem.error"): what it is given is not seen, so it is left open."""
        if isinstance(node.value, str) and node.value.startswith("problem."):
            self.uses.append(Use(self._where(node), node.value.removeprefix("problem."), ANY))

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        at = SAYERS.get(name)
        if at is None or len(node.args) <= at:
            return
        given = frozenset(word.arg for word in node.keywords if word.arg)
        found = self._keys(node.args[at])
        if found is None:
            self.dark.append(f"{self._where(node)}: {ast.unparse(node)}")
        for key in found or ():
            self.uses.append(Use(self._where(node), key, given))
            if name != "phrase" and len(node.args) == at + 1:
                self.uses.append(Use(self._where(node), f"{key}.do", given))

    def _where(self, node: ast.expr) -> str:
        return f"{self._path.name}:{node.lineno}"

    def _keys(self, node: ast.expr) -> list[str] | None:
        """The keys that an argument may be; [] for one that is handed on; None for a riddle."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            both = (self._keys(node.body), self._keys(node.orelse))
            return [key for each in both for key in each or ()] if all(both) else None
        if isinstance(node, ast.JoinedStr):
            return {"f'kind.{kind}'": kinds(), "f'{key}.do'": []}.get(ast.unparse(node))
        return self._assigned(node.id) if isinstance(node, ast.Name) else None

    def _assigned(self, name: str) -> list[str] | None:
        for scope in reversed(self._scopes):
            if isinstance(scope, ast.FunctionDef):
                taken = scope.args
                if name in [each.arg for each in (*taken.posonlyargs, *taken.args)]:
                    return []
            for node in ast.walk(scope):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                    return self._keys(node.value)
        return None


ANY = frozenset({"anything"})


def kinds() -> list[str]:
    return [f"kind.{kind}" for kind in get_args(Kind)]


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for path, tree in sources() for use in Reader(path, tree).uses)


@cache
def texts(language: str) -> dict[str, str]:
    """Key without its prefix -> source, of all files of the language."""
    found: dict[str, str] = {}
    for path in sorted((DEFAULTS / "texts").glob(f"{language}.*problems.yaml")):
        here = yaml.safe_load(path.read_text())
        assert not here.keys() & found.keys()
        found |= here
    assert all(key.startswith("problem.") for key in found)
    return {key.removeprefix("problem."): source for key, source in found.items()}


@cache
def names_in(language: str, key: str) -> frozenset[str]:
    tree = make_environment(language).parse(texts(language)[key])
    return frozenset(node.name for node in tree.find_all(nodes.Name))


def test_no_key_is_a_riddle() -> None:
    dark = [each for path, tree in sources() for each in Reader(path, tree).dark]
    assert dark == []
    assert len(uses()) > 200


def test_the_languages_are_those_of_the_product() -> None:
    assert languages() == SPOKEN


@pytest.mark.parametrize("language", SPOKEN)
def test_every_key_that_is_said_has_its_text_and_no_other(language: str) -> None:
    said = {use.key: use.where for use in uses()}
    assert {key: where for key, where in said.items() if key not in texts(language)} == {}
    assert texts(language).keys() - said.keys() == set()


@pytest.mark.parametrize("language", SPOKEN)
def test_a_text_uses_what_it_is_given(language: str) -> None:
    wrong = [
        (use.where, use.key, sorted(names_in(language, use.key) - use.given))
        for use in uses()
        if use.given != ANY and not names_in(language, use.key) <= use.given
    ]
    assert wrong == []


def test_the_languages_use_the_same_values() -> None:
    differing = {
        key: {language: sorted(names_in(language, key)) for language in SPOKEN}
        for key in texts("en")
        if len({names_in(language, key) for language in SPOKEN}) > 1
    }
    assert differing == {}


def test_nothing_is_given_in_vain() -> None:
    """Each value stands in what is wrong or in what to do."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    given: dict[tuple[str, str], frozenset[str]] = {}
    for use in uses():
        both = (use.where, use.key.removesuffix(".do"))
        used[both] |= names_in("en", use.key)
        given[both] = use.given
    vain = {both: names - used[both] for both, names in given.items() if names != ANY}
    assert {both: names for both, names in vain.items() if names} == {}


# --- how it is said ------------------------------------------------------------------------------


def test_a_problem_is_told_in_each_language() -> None:
    findings = Findings()
    findings.declare("edition", "bar", Place(file="editions.yaml", line=3))
    findings.declare("edition", "bar", Place(file="editions.yaml", line=9))
    findings.warn(Place(file="topics.yaml", line=0), "buttons", slot="need", n=1, low=2, high=5)
    told = {language: render(findings.problems, language) for language in SPOKEN}
    assert told["en"] == (
        "editions.yaml:9: error: edition `bar` stands twice (first at editions.yaml:3)\n"
        "    rename or remove one of the two\n"
        "topics.yaml: warning: question `need` has 1 button\n"
        "    give it 2 to 5; Back, Skip and Person come by themselves"
    )
    assert "错误: 产品版本“bar”出现了两次（第一次在 editions.yaml:3）" in told["zh"]
    assert "предупреждение: у вопроса «need» 1 кнопка\n" in told["ru"]
    assert "error: edición «bar»: aparece dos veces" in told["es"]
    assert render(findings.problems) == told["en"]
    assert findings.problems[0].message in told["en"]
    assert findings.problems[0].remedy in told["en"]


def test_a_word_outside_a_set_has_the_nearest_or_the_whole_set() -> None:
    say = say_inherited("en")
    assert tell(suggest("barr", ["bar", "counter"]), say) == "did you mean `bar`?"
    assert tell(suggest("x", ["bar", "counter"]), say) == "use one of: bar, counter"
    assert tell(suggest("x", map(str, range(30))), say).endswith("22, 23, …")
    assert tell(suggest("x", []), say) == "nothing is allowed here"


def test_each_problem_stands_once_and_in_order() -> None:
    findings = Findings()
    for line in (7, 2, 7):
        findings.report(Place(file="a.yaml", line=line), "alias")
    assert [each.split(":")[1] for each in render(findings.problems).splitlines()[::2]] == [
        "2",
        "7",
    ]


def test_what_a_company_wrote_is_never_taken_for_a_template() -> None:
    wrong = phrase("cannot_be", key="{{ 7 * 7 }}", value="{% for x in y %}")
    assert tell(wrong, say_inherited("en")) == "`{{ 7 * 7 }}` cannot be `{% for x in y %}`"
