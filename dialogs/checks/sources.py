"""What a text asks of its values: only what the product's own text of the same key asks of them.

A source that compiles may still fail when it is said, and then nobody gets an answer: arithmetic on
words, a part that a value has not, an amount made of one that is written out already.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes
from jinja2.filters import FILTERS

from dialogs.folder.wording import Given, Phrase, phrase

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


def demands(tree: nodes.Template) -> frozenset[Phrase]:
    """All that a source asks of its values beyond writing and comparing them, in words."""
    return frozenset(said for node in tree.find_all(nodes.Node) for said in _demand(node))


def find_endless(tree: nodes.Template) -> tuple[Phrase | None, int]:
    """What of a source could take without end, and its line; (None, 0) for nothing.

    Constants are worked out as soon as a source is compiled: `{{ 'a' * 10**10 }}` would fill the
    memory before anybody has said it. So this is looked for in a tree that is not compiled yet.
    """
    for node in tree.find_all(nodes.Node):
        if _is_endless(node):
            return phrase("demand.holds", what=_call(node)), node.lineno
    return None, 0


def _is_endless(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Mul | nodes.Pow):
        return True
    if isinstance(node, nodes.Mod):  # '%9999999999d' % 5
        return any(isinstance(each.value, str) for each in _constants(node.left))
    if isinstance(node, nodes.Filter):
        if node.name == "join":
            return isinstance(node.node, nodes.Filter) or _find_name(node) is None
        return node.name in FILTERS and node.name not in _SHORT
    return False


def _constants(node: nodes.Node) -> list[nodes.Const]:
    return [node] if isinstance(node, nodes.Const) else list(node.find_all(nodes.Const))


def _call(node: nodes.Node) -> str:
    return f"| {node.name}" if isinstance(node, nodes.Filter) else type(node).__name__.lower()


def _demand(node: nodes.Node) -> Iterator[Phrase]:
    if isinstance(node, nodes.Filter):
        yield from _of_filter(node)
    elif isinstance(node, nodes.Test):
        if node.name not in _DEFINED:
            yield phrase("demand.tests", test=node.name)
    elif isinstance(node, nodes.Compare):
        yield from _of_order(node)
    elif isinstance(node, nodes.Mod | nodes.FloorDiv):
        right = node.right
        whole = isinstance(right, nodes.Const) and isinstance(right.value, int) and right.value > 0
        yield _counts_with(node.left) if whole else phrase("demand.divides")
    elif isinstance(node, nodes.For):
        yield _goes_through(node.iter)
    elif isinstance(node, nodes.Getattr):
        yield phrase("demand.takes", attribute=node.attr, name=_name(node.node))
    elif isinstance(node, nodes.Getitem):
        yield phrase("demand.takes_part", name=_name(node.node))
    elif not isinstance(node, _PLAIN):
        yield phrase("demand.holds", what=type(node).__name__.lower())


def _of_filter(node: nodes.Filter) -> Iterator[Phrase]:
    if node.name in _OF_LISTS:
        yield _goes_through(node.node)
    elif node.name == "number":
        yield _counts_with(node.node)
    elif node.name not in _OF_ANYTHING:
        yield phrase("demand.writes", name=_name(node.node), filter=node.name)


def _of_order(node: nodes.Compare) -> Iterator[Phrase]:
    """Only what is in order can be asked for less and more; equal or not is asked of anything."""
    if any(each.op in _SIGNS for each in node.ops):
        yield _counts_with(node.expr)
    for each in node.ops:
        if each.op in ("in", "notin") and not isinstance(each.expr, nodes.Tuple | nodes.List):
            yield _goes_through(each.expr)


def _counts_with(node: nodes.Node | None) -> Phrase:
    return phrase("demand.counts", name=_name(node))


def _goes_through(node: nodes.Node | None) -> Phrase:
    return phrase("demand.goes_through", name=_name(node))


def _name(node: nodes.Node | None) -> Given:
    """The value that is meant; of what is worked out, the first one in it."""
    return _find_name(node) or phrase("demand.constant")


def _find_name(node: nodes.Node | None) -> str | None:
    first = node if isinstance(node, nodes.Name) else None
    first = first or (node.find(nodes.Name) if node is not None else None)
    return first.name if first is not None else None
