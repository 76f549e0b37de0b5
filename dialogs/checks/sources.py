"""What a text asks of its values: only what the product's own text of the same key asks of them.

A source that compiles may still fail when it is said, and then nobody gets an answer: arithmetic on
words, a part that a value has not, an amount made of one that is written out already.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes
from jinja2.filters import FILTERS

# Whatever the value is, these work.
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If,
    nodes.CondExpr, nodes.Not, nodes.And, nodes.Or, nodes.Concat, nodes.Operand, nodes.Tuple,
    nodes.List,
)  # fmt: skip
_OF_ANYTHING = frozenset(
    {"upper", "lower", "title", "capitalize", "trim", "string", "default", "d"}
)
_DEFINED = frozenset({"defined", "undefined", "none", "string", "number", "true", "false"})
_SIGNS = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_OF_LISTS = ("join", "listed", "alternatives")
# Filters whose result is about as long as what they are given.
_SHORT = _OF_ANYTHING | {*_OF_LISTS, "money", "number", "day", "moment", "first", "last", "length"}
_ORDERED, _LIST = "counts with", "goes through"
_CONSTANT = "a constant"


def demands(tree: nodes.Template) -> frozenset[str]:
    """All that a source asks of its values beyond writing and comparing them, in words."""
    return frozenset(said for node in tree.find_all(nodes.Node) for said in _demand(node))


def find_endless(tree: nodes.Template) -> tuple[str, int]:
    """What of a source could take without end, in words, and its line; ("", 0) for nothing.

    Constants are worked out as soon as a source is compiled: `{{ 'a' * 10**10 }}` would fill the
    memory before anybody has said it. So this is looked for in a tree that is not compiled yet.
    """
    for node in tree.find_all(nodes.Node):
        if _is_endless(node):
            return f"holds {_call(node)}", node.lineno
    return "", 0


def _is_endless(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Mul | nodes.Pow):
        return True
    if isinstance(node, nodes.Mod):  # '%9999999999d' % 5
        return any(isinstance(each.value, str) for each in _constants(node.left))
    if isinstance(node, nodes.Filter):
        if node.name == "join":
            return isinstance(node.node, nodes.Filter) or _name(node) == _CONSTANT
        return node.name in FILTERS and node.name not in _SHORT
    return False


def _constants(node: nodes.Node) -> list[nodes.Const]:
    return [node] if isinstance(node, nodes.Const) else list(node.find_all(nodes.Const))


def _call(node: nodes.Node) -> str:
    return f"| {node.name}" if isinstance(node, nodes.Filter) else type(node).__name__.lower()


def _demand(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Filter):
        yield from _of_filter(node)
    elif isinstance(node, nodes.Test):
        yield from () if node.name in _DEFINED else (f"is {node.name}",)
    elif isinstance(node, nodes.Compare):
        yield from _of_order(node)
    elif isinstance(node, nodes.Mod | nodes.FloorDiv):
        right = node.right
        whole = isinstance(right, nodes.Const) and isinstance(right.value, int) and right.value > 0
        yield f"{_ORDERED} {_name(node.left)}" if whole else "divides by what may be nothing"
    elif isinstance(node, nodes.For):
        yield f"{_LIST} {_name(node.iter)}"
    elif isinstance(node, nodes.Getattr):
        yield f"takes .{node.attr} of {_name(node.node)}"
    elif isinstance(node, nodes.Getitem):
        yield f"takes a part of {_name(node.node)}"
    elif not isinstance(node, _PLAIN):
        yield f"holds {type(node).__name__.lower()}"


def _of_filter(node: nodes.Filter) -> Iterator[str]:
    if node.name in _OF_LISTS:
        yield f"{_LIST} {_name(node.node)}"
    elif node.name == "number":
        yield f"{_ORDERED} {_name(node.node)}"
    elif node.name not in _OF_ANYTHING:
        yield f"writes {_name(node.node)} by | {node.name}"


def _of_order(node: nodes.Compare) -> Iterator[str]:
    """Only what is in order can be asked for less and more; equal or not is asked of anything."""
    if any(each.op in _SIGNS for each in node.ops):
        yield f"{_ORDERED} {_name(node.expr)}"
    for each in node.ops:
        if each.op in ("in", "notin") and not isinstance(each.expr, nodes.Tuple | nodes.List):
            yield f"{_LIST} {_name(each.expr)}"


def _name(node: nodes.Node | None) -> str:
    """The value that is meant; of what is worked out, the first one in it."""
    first = node if isinstance(node, nodes.Name) else None
    first = first or (node.find(nodes.Name) if node is not None else None)
    return first.name if first is not None else _CONSTANT
