"""The consultation as a diagram: every question, rule and person of the pack is in it."""

from __future__ import annotations

import re

import msgspec
import pytest

from dialogs.graph import describe, draw
from dialogs.loading import load
from dialogs.pack import Condition, Pack, Person, Route
from tests.dialogs.pack_folders import MINIMAL


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(MINIMAL)


MERMAID_NODE = re.compile(r'^ +(\w+)(\(\[|\{\{|\[\[|\[)"([^"]*)"(\]\)|\}\}|\]\]|\])$')
MERMAID_EDGE = re.compile(r'^ +(\w+) (?:-->|-\.->)(?:\|"[^"]*"\|)? (\w+)$')
DOT_NODE = re.compile(r'^ +(\w+) \[shape=\w+, label="((?:[^"\\]|\\.)*)"\];$')
DOT_EDGE = re.compile(r'^ +(\w+) -> (\w+) \[label="(?:[^"\\]|\\.)*"(?:, style=dotted)?\];$')


def parse_mermaid(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Nodes with their words, and edges; every other line must open or close a group."""
    lines = text.splitlines()
    assert lines[0] == "flowchart TD"
    nodes: dict[str, str] = {}
    edges: list[tuple[str, str]] = []
    depth = 0
    for line in lines[1:]:
        if edge := MERMAID_EDGE.match(line):
            edges.append((edge.group(1), edge.group(2)))
        elif node := MERMAID_NODE.match(line):
            assert node.group(1) not in nodes
            nodes[node.group(1)] = node.group(3)
        elif re.match(r'^    subgraph \w+\["[^"]*"\]$', line):
            depth += 1
        else:
            assert line == "    end"
            depth -= 1
    assert depth == 0
    return nodes, edges


def test_every_part_of_the_pack_is_drawn_and_joined(pack: Pack) -> None:
    nodes, edges = parse_mermaid(draw(pack, language="en"))
    words = "\n".join(nodes.values())
    for topic in pack.topics:
        for question in topic.questions:
            assert f"{question.slot} · {question.kind}" in words
    for rule in pack.edition_rules:
        assert f"{rule.id} → {rule.edition}" in words
    for escalation in pack.escalations:
        assert escalation.reason in words
    assert "rental" in words
    ends = {end for edge in edges for end in edge}
    assert ends <= set(nodes)
    assert {name for name in nodes if name.startswith(("q", "escalate"))} <= ends


def test_questions_are_in_the_language_that_is_asked_for(pack: Pack) -> None:
    assert "咖啡主要给谁喝？" in draw(pack)
    assert "Who is going to drink the coffee?" in draw(pack, language="en")


def test_a_higher_weight_comes_first_and_a_condition_can_be_passed_by(pack: Pack) -> None:
    text = draw(pack)
    nodes, edges = parse_mermaid(text)
    name = {words.split(" ")[0]: node for node, words in nodes.items()}
    assert (name["headcount"], name["city"]) in edges
    assert (name["buyer_type"], name["city"]) in edges
    assert f'-->|"buyer_type is not individual"| {name["headcount"]}' in text
    assert f'-.->|"otherwise"| {name["city"]}' in text


def test_marks_that_a_diagram_would_read_are_written_out(pack: Pack) -> None:
    people = (Person(name='"Q" <b>#1</b> & {x}', role="r"),)
    odd = msgspec.structs.replace(
        pack,
        company=msgspec.structs.replace(pack.company, people=people),
        routes=(Route(when=(), to=people[0].name),),
    )
    nodes, _ = parse_mermaid(draw(odd))
    assert nodes["route0"] == "#quot;Q#quot; #lt;b#gt;#35;1#lt;/b#gt; #amp; {x}"
    assert '"\\"Q\\" <b>#1</b> & {x}"' in draw(odd, "dot")


def test_dot_has_the_same_nodes_and_edges(pack: Pack) -> None:
    lines = draw(pack, "dot").splitlines()
    assert lines[0] == "digraph consultation {"
    assert lines[-1] == "}"
    nodes = {found.group(1) for line in lines if (found := DOT_NODE.match(line))}
    edges = [(e.group(1), e.group(2)) for line in lines if (e := DOT_EDGE.match(line))]
    mermaid_nodes, mermaid_edges = parse_mermaid(draw(pack))
    assert nodes == set(mermaid_nodes)
    assert edges == mermaid_edges
    assert sum(line.count("{") for line in lines) == sum(line.count("}") for line in lines)


def test_conditions_in_words() -> None:
    nested = Condition(
        any_of=(
            Condition(slot="headcount", op="at_least", value=50),
            Condition(all_of=(Condition(cue="legal"), Condition(intent="buy_now"))),
            Condition(none_of=(Condition(slot="own_servers", op="is", value=True),)),
        )
    )
    known = Condition(slot="city", op="known")
    among = Condition(slot="need", op="in", value=tuple("abcdefgh"))
    assert describe((nested, known, among)) == (
        "(headcount at least 50 or (cue legal and intent buy_now) or none of (own_servers is true))"
        " and city is known and need is one of a, b, c, d, e, f, …"
    )
    assert describe(()) == ""
