"""Every act that can come on record has words in every language, and so has every flag."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest

from bot.desk.calling import OUTCOMES
from bot.desk.choices import CLOSE_REASONS, DECLINE_REASONS, NOT_A_LEAD_REASONS, STAGES
from bot.managers.acts import CHOSEN, find_place, name_act, name_detail
from bot.managers.articles import DONE
from bot.managers.transcripts.fields import FLAGS
from dialogs.types import INNER_SLOTS, PASSING_SLOTS, SLOTS
from storage.audit import Entry
from storage.doubts import How
from tests.bot.office import ROOT, Office

PAGE = {"Accept": "text/html"}
NOTED = "note_action"
Function = ast.FunctionDef | ast.AsyncFunctionDef
# What a part of a name that is told at run time can be.
PARTS: Mapping[str, tuple[str, ...]] = {
    "desk.not_a_lead.": NOT_A_LEAD_REASONS,
    "desk.decline.": DECLINE_REASONS,
    "desk.stage.": STAGES,
    "desk.close.": CLOSE_REASONS,
    "desk.profile.": tuple(slot for slot in (*SLOTS, *INNER_SLOTS) if slot not in PASSING_SLOTS),
    "desk.call.": OUTCOMES,
    "articles.": DONE,
    "understanding.": get_args(How),
}


class Acts:
    """The names of acts in the source: what reaches `note_action`, through whatever helpers.

    A helper that hands one of its own parameters on is followed to those who call it.
    """

    def __init__(self, root: Path) -> None:
        self._modules = {
            ".".join(path.relative_to(root).with_suffix("").parts): ast.parse(path.read_text())
            for folder in ("bot", "storage")
            for path in sorted((root / folder).rglob("*.py"))
        }
        # (Module, helper) -> (place of the act among its arguments, what it puts before it).
        self._helpers: dict[tuple[str, str], tuple[int, str]] = {}
        self.found: set[str] = set()
        before = -1
        while before != len(self._helpers):
            before = len(self._helpers)
            self.found.clear()
            for name, module in self._modules.items():
                self._look(name, module)

    def _look(self, name: str, module: ast.Module) -> None:
        seen = {
            alias.name: (node.module, alias.name)
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        for function in _functions(module):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                called = _name_of(call.func)
                helper = self._helpers.get(seen.get(called, (name, called)))
                place, start = (3, "") if called == NOTED else helper or (-1, "")
                if place >= 0 and function.name != called:
                    assert len(call.args) > place, ast.unparse(call)
                    self._take((name, function), call.args[place], start)

    def _take(self, where: tuple[str, Function], value: ast.expr, start: str) -> None:
        """The act that an argument names: in itself, by a variable, or by a parameter."""
        module, function = where
        match value:
            case ast.Constant(value=str(said)):
                self.found.add(start + said)
            case ast.IfExp(body=one, orelse=other):
                self._take(where, one, start)
                self._take(where, other, start)
            case ast.JoinedStr(values=[ast.Constant(value=head), ast.FormattedValue(value=tail)]):
                self._take_tail(where, tail, f"{start}{head}")
            case ast.Name(id=name) if name in _parameters(function):
                place = _parameters(function).index(name)
                self._helpers[module, function.name] = (place, start)
            case ast.Name(id=name):
                values = list(_assigned(function, name))
                assert values, f"{function.name}: {name} is nowhere told"
                for each in values:
                    self._take(where, each, start)
            case _:
                raise AssertionError(f"{function.name}: cannot follow {ast.unparse(value)}")

    def _take_tail(self, where: tuple[str, Function], tail: ast.expr, start: str) -> None:
        if start in PARTS:
            self.found.update(start + part for part in PARTS[start])
        else:
            self._take(where, tail, start)


def _functions(module: ast.Module) -> Iterator[Function]:
    """The outermost ones: what is defined inside belongs to them."""
    for node in module.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inner if isinstance(each, Function))


def _parameters(function: Function) -> list[str]:
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] == ["self"] else names


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == name for each in node.targets
        ):
            yield node.value


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.fixture(scope="module")
def acts() -> set[str]:
    return Acts(ROOT).found


def test_the_source_is_read_through_its_helpers(acts: set[str]) -> None:
    assert {
        "signed_in", "export", "staff.role", "session.end", "webhook.pause", "token.add",
        "desk.claim", "desk.close.won", "desk.profile.city", "desk.call.notes", "desk.call",
        "flag.add", "flag.remove", "content.undo", "articles.saved", "view.keep",
        "understanding.example", "questions.undone", "privacy.erased_again", "telegram.linked",
    } <= acts  # fmt: skip
    assert not {each for each in acts if each.endswith(".")}


async def test_every_act_has_words_in_every_language(office: Office, acts: set[str]) -> None:
    texts = office.deps.texts
    for language in office.deps.pack.languages:
        for act in acts:
            kind = act.rpartition(".")[0]
            key = kind if kind in CHOSEN else act
            assert texts.has(language, f"audit.did.{key}"), (language, act)
            words = name_act(office.deps, language, act)
            assert act not in words, (language, act)
            if kind in CHOSEN:
                assert words.rpartition(": ")[2] != act.rpartition(".")[2], (language, act)


async def test_every_word_belongs_to_an_act(office: Office, acts: set[str]) -> None:
    kinds = {act.rpartition(".")[0] for act in acts} & CHOSEN.keys()
    told = {
        key.removeprefix("audit.did.")
        for key in office.deps.pack.texts["en"]
        if key.startswith("audit.did.")
    }
    assert told - acts - kinds == set()


async def test_every_flag_has_words_in_every_language(office: Office) -> None:
    for language in office.deps.pack.languages:
        for flag in FLAGS:
            assert office.deps.texts.has(language, f"flag.{flag}"), (language, flag)


async def test_the_page_tells_what_was_chosen(office: Office) -> None:
    boss = await office.worker("owner")
    talk = await office.escalate()
    assert (await boss.post(f"/inbox/{talk}/claim")).status_code == 200
    assert (await boss.post(f"/inbox/{talk}/close", json={"reason": "won"})).status_code == 200
    page = (await boss.get(f"/audit?subject={talk}", headers=PAGE)).text
    assert "Closed a talk: Won" in page
    assert "Claimed a talk" in page
    assert ">desk.close.won<" not in page
    assert '<option value="desk.close.won">Closed a talk: Won</option>' in page


def _entry(action: str, subject: str = "3", detail: str = "") -> Entry:
    return Entry(id=1, at=1, staff_id=1, action=action, subject=subject, detail=detail)


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("staff.role", "manager+readonly", "Manager, Read only"),
        ("staff.personal", "role", "As the roles have it"),
        ("webhook.add", "lead.created+lead.closed", "Lead created, Lead closed"),
        ("flag.add", "rude", "Rude"),
        ("review", "2026-W47 poor", "2026-W47, Poor"),
        ("desk.claim", "waiting 1792754191622", ""),  # for an undo, not for a reader
        ("webhook.add", "", ""),
    ],
)
async def test_a_detail_is_told_in_words(
    office: Office, action: str, detail: str, words: str
) -> None:
    assert name_detail(office.deps, "en", _entry(action, detail=detail)) == words


@pytest.mark.parametrize(
    ("action", "subject", "role", "address"),
    [
        ("webhook.test", "3", "owner", "/connections/webhooks/3"),
        ("webhook.test", "3", "manager", ""),  # may not go there
        ("webhook.remove", "3", "owner", ""),  # it is gone
        ("staff.role", "3", "owner", "/people/3"),
        ("privacy.erase", "t" * 22, "manager", "/privacy/" + "t" * 22),
        ("desk.claim", "t" * 22, "manager", "/transcripts/" + "t" * 22),
        ("view.keep", "3", "owner", ""),
    ],
)
def test_a_line_leads_to_what_it_is_about(
    action: str, subject: str, role: str, address: str
) -> None:
    assert find_place(_entry(action, subject), role) == address
