"""The consultation of a pack drawn as Mermaid or DOT text: questions, conditions, escalations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from dialogs.pack import Condition, EscalationRule, Pack, Question, Topic
from dialogs.types import Struct

Form = Literal["mermaid", "dot"]
Shape = Literal["round", "box", "diamond", "human"]

_WORDS = {
    "is": "is",
    "is_not": "is not",
    "at_least": "at least",
    "below": "below",
    "in": "is one of",
}
_MERMAID_SHAPES = {
    "round": ("([", "])"),
    "box": ("[", "]"),
    "diamond": ("{{", "}}"),
    "human": ("[[", "]]"),
}
_DOT_SHAPES = {"round": "oval", "box": "box", "diamond": "hexagon", "human": "box3d"}


class Node(Struct):
    id: str
    lines: tuple[str, ...]
    shape: Shape = "box"


class Edge(Struct):
    start: str
    end: str
    label: str = ""
    dotted: bool = False


class Group(Struct):
    """Nodes that stand together; a group without a title is drawn without a frame."""

    id: str
    title: str
    nodes: tuple[Node, ...]


def draw(pack: Pack, form: Form = "mermaid", language: str = "") -> str:
    """The consultation as a diagram's source; its questions in the language or the default one."""
    groups, edges = _layout(pack, language or pack.languages[0])
    return _mermaid(groups, edges) if form == "mermaid" else _dot(groups, edges)


def describe(conditions: Iterable[Condition]) -> str:
    """Conditions in words: `buyer_type is enterprise and (intent ask_price or cue legal)`."""
    return " and ".join(_describe(condition, nested=True) for condition in conditions)


def _describe(condition: Condition, nested: bool = False) -> str:
    for name, subject in (("intent", condition.intent), ("cue", condition.cue)):
        if subject:
            return f"{name} {subject}"
    if condition.slot or condition.count:
        return _compare(condition)
    for word, inner in (("and", condition.all_of), ("or", condition.any_of)):
        if inner:
            joined = f" {word} ".join(_describe(each, nested=True) for each in inner)
            return f"({joined})" if nested and len(inner) > 1 else joined
    return f"none of ({' or '.join(_describe(each, nested=True) for each in condition.none_of)})"


def _compare(condition: Condition) -> str:
    subject = condition.slot or condition.count
    if condition.op in ("known", "unknown"):
        return f"{subject} is {condition.op}"
    value = condition.value
    values = value if isinstance(value, tuple) else (value,)
    shown = ", ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in values[:6])
    return f"{subject} {_WORDS[condition.op]} {shown}{', …' if len(values) > 6 else ''}"


def _layout(pack: Pack, language: str) -> tuple[list[Group], list[Edge]]:
    opening = Node(id="opening", lines=("greeting",), shape="round")
    handoff = Node(id="recap", lines=("recap and hand-off",), shape="round")
    groups = [Group(id="start", title="", nodes=(opening,))]
    edges: list[Edge] = []
    last, skipped = opening.id, ""
    for number, topic in enumerate(pack.topics):
        group = _topic_group(pack, topic, number, language)
        groups.append(group)
        for node, question in zip(group.nodes, _ordered(topic), strict=True):
            label = describe(question.when)
            edges.append(Edge(start=last, end=node.id, label=label))
            if skipped:
                edges.append(Edge(start=skipped, end=node.id, label="otherwise", dotted=True))
            skipped = (skipped or last) if label else ""
            last = node.id
    edges.append(Edge(start=last, end=handoff.id))
    if skipped:
        edges.append(Edge(start=skipped, end=handoff.id, label="otherwise", dotted=True))
    editions = _edition_group(pack)
    humans, calls = _escalation_groups(pack)
    groups += [Group(id="end", title="", nodes=(handoff,)), editions, *humans]
    return [group for group in groups if group.nodes], edges + calls


def _ordered(topic: Topic) -> list[Question]:
    """As they are asked: the higher weight first."""
    return sorted(topic.questions, key=lambda question: -question.weight)


def _topic_group(pack: Pack, topic: Topic, number: int, language: str) -> Group:
    nodes = tuple(
        Node(id=f"q{number}_{place}", lines=_question_lines(pack, question, language))
        for place, question in enumerate(_ordered(topic))
    )
    title = f"{topic.id} (engaged prospects only)" if topic.engaged_only else topic.id
    return Group(id=f"topic{number}", title=title, nodes=nodes)


def _question_lines(pack: Pack, question: Question, language: str) -> tuple[str, ...]:
    key = f"ask.{question.slot}"
    known = key in pack.texts.get(language, {})
    words = pack.text(language, key) if known else ""
    lines = [f"{question.slot} · {question.kind}"]
    if words:
        lines.append(words if len(words) <= 90 else words[:89] + "…")
    if question.options:
        lines.append(" | ".join(option.value for option in question.options))
    return tuple(lines)


def _edition_group(pack: Pack) -> Group:
    nodes = tuple(
        Node(
            id=f"rule{number}",
            lines=(f"{rule.id} → {rule.edition}", describe(rule.when) or "everybody else"),
        )
        for number, rule in enumerate(pack.edition_rules)
    )
    return Group(id="editions", title="edition: the first that holds", nodes=nodes)


def _escalation_groups(pack: Pack) -> tuple[list[Group], list[Edge]]:
    """The rules at any time of the talk, the queues that they ring, and the people behind them."""
    rules = tuple(
        Node(id=f"escalate{number}", lines=_rule_lines(rule), shape="diamond")
        for number, rule in enumerate(pack.escalations)
    )
    queues = dict.fromkeys(rule.queue for rule in pack.escalations)
    desks = [Node(id=f"queue_{queue}", lines=(queue,), shape="human") for queue in queues]
    routes = [
        Node(id=f"route{number}", lines=(route.to,), shape="human")
        for number, route in enumerate(pack.routes)
    ]
    edges = [
        Edge(start=f"escalate{number}", end=f"queue_{rule.queue}", label=rule.urgency)
        for number, rule in enumerate(pack.escalations)
    ]
    if routes:
        first = Node(id="routing", lines=("the first that holds",), shape="diamond")
        edges += [Edge(start=f"queue_{queue}", end=first.id) for queue in queues]
        edges += [
            Edge(start=first.id, end=f"route{number}", label=describe(route.when) or "otherwise")
            for number, route in enumerate(pack.routes)
        ]
        desks.append(first)
    groups = [
        Group(id="escalations", title="a human is brought in: the first that holds", nodes=rules),
        Group(id="humans", title="people", nodes=(*desks, *routes)),
    ]
    return groups, edges


def _rule_lines(rule: EscalationRule) -> tuple[str, ...]:
    also = "; works when only the price is wanted" if rule.in_price_only else ""
    return rule.reason, f"{describe(rule.when)}{also}"


# --- writing -------------------------------------------------------------------------------------


def _mermaid(groups: list[Group], edges: list[Edge]) -> str:
    lines = ["flowchart TD"]
    for group in groups:
        indent = "    "
        if group.title:
            lines.append(f'{indent}subgraph {group.id}["{_mermaid_text(group.title)}"]')
            indent *= 2
        for node in group.nodes:
            left, right = _MERMAID_SHAPES[node.shape]
            text = "<br/>".join(_mermaid_text(line) for line in node.lines)
            lines.append(f'{indent}{node.id}{left}"{text}"{right}')
        if group.title:
            lines.append("    end")
    for edge in edges:
        arrow = "-.->" if edge.dotted else "-->"
        label = f'|"{_mermaid_text(edge.label)}"|' if edge.label else ""
        lines.append(f"    {edge.start} {arrow}{label} {edge.end}")
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Plain words: marks that Mermaid or HTML would read are written as their entities."""
    clean = " ".join(text.split()).replace("#", "#35;").replace("&", "#amp;")
    return clean.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def _dot(groups: list[Group], edges: list[Edge]) -> str:
    lines = ["digraph consultation {", "    rankdir=TB;", '    node [fontname="sans-serif"];']
    for group in groups:
        indent = "    "
        if group.title:
            lines.append(f"    subgraph cluster_{group.id} {{")
            indent *= 2
            lines.append(f"{indent}label={_dot_text((group.title,))};")
        for node in group.nodes:
            shape = _DOT_SHAPES[node.shape]
            lines.append(f"{indent}{node.id} [shape={shape}, label={_dot_text(node.lines)}];")
        if group.title:
            lines.append("    }")
    for edge in edges:
        style = ", style=dotted" if edge.dotted else ""
        lines.append(f"    {edge.start} -> {edge.end} [label={_dot_text((edge.label,))}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(lines: Iterable[str]) -> str:
    clean = (" ".join(line.split()).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(clean) + '"'
