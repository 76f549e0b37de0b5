"""Which role may do what on the staff pages."""

from __future__ import annotations

from collections.abc import Mapping

ROLES = ("owner", "manager", "presales", "aftersales", "readonly")
RIGHTS: Mapping[str, frozenset[str]] = {
    "talks": frozenset({"owner", "manager", "presales", "aftersales"}),  # the inbox and its acts
    "transcripts": frozenset({"owner", "manager", "presales", "readonly"}),
    "teaching": frozenset({"owner", "manager"}),  # examples and articles that are used at once
    "figures": frozenset({"owner", "manager", "readonly"}),
    "session": frozenset(ROLES),  # one's own: signing out
}
HOME: Mapping[str, str] = {"readonly": "/transcripts"}  # where a role starts; others: /inbox


def may(role: str, right: str) -> bool:
    return role in RIGHTS.get(right, frozenset())
