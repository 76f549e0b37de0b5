"""Questions about what happens if a part fails: asked of the product, and no trouble to report."""

from __future__ import annotations

import re

from dialogs.understanding.clauses import is_question

FAILING = (
    r"\bfail-?\s?over\b|\bsingle point of failure|\bhigh availability\b|"
    r"(?:what happens|what if|and if|how .{0,20}) .{0,24}(?:node|server|machine|"
    r"disk|power)s? .{0,12}(?:die|fail|crash|goes? down|break)|"
    r"(?:如果|要是|万一)?.{0,4}(?:节点|一台).{0,6}(?:挂|宕|坏|崩).{0,12}(?:吗|怎么|会|呢|[?？])|"
    r"(?:挂|宕|坏|崩)(?:了|掉)*(?:一台|一个|个节点).{0,12}(?:吗|怎么|会|呢|[?？])|"
    r"(?:что (?:будет|если)|а если|если) .{0,30}(?:узел|нод\w|сервер)\w* .{0,12}"
    r"(?:упад|сдох|откаж|ляж|умр|слом)|отказоустойчив|"
    r"(?:si|cuando|que pasa si) (?:se )?(?:cae|falla|muere|rompe) (?:un|el|algun) "
    r"(?:nodo|servidor|equipo)|alta disponibilidad"
)
# "What if a node goes down?" reports no trouble.
_SUPPOSES = re.compile(
    r"\b(?:if|when|what happens|fail-?\s?over|ever)\b|如果|要是|万一|会|\b(?:если|при|"
    r"отказоустойчив\w+)\b|"
    r"\b(?:si|cuando)\b"
)

_IF = re.compile(
    r"^(?:\W|and|but|so|ok|y|pero|а|и|ну|那|what)*(?:\b(?:if|si|если)\b|如果|要是|万一|假如)"
)


def supposes(low: str) -> bool:
    """Whether a failure is supposed, and not reported: "what if a node goes down?"."""
    return _SUPPOSES.search(low) is not None


def assumes_failure(low: str) -> bool:
    """Whether it begins with an if, and asks: "if it does not work, do we get our money back?"."""
    return _IF.match(low) is not None and is_question(low)
