"""Which role may do what. An account may hold several roles; it may what any of them may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

ROLES = ("owner", "manager", "presales", "projects", "aftersales", "readonly")
JOIN = "+"  # between the roles of one account, in the order of ROLES
HEADS = frozenset({"owner", "manager"})
WORKERS = frozenset({"owner", "manager", "presales", "projects", "aftersales"})
RIGHTS: Mapping[str, frozenset[str]] = {
    "talks": WORKERS,  # the inbox and its acts
    "heads": HEADS,  # acting on a conversation that a colleague has
    "personal": WORKERS,  # e-mail and phone unmasked, unless the account says otherwise
    "transcripts": frozenset({"owner", "manager", "presales", "projects", "readonly"}),
    "reviews": HEADS,  # comments, flags and the sample of the week
    "teaching": HEADS,  # examples and articles that are used at once
    "content": HEADS,  # texts, canned replies, prices and papers
    "figures": frozenset({"owner", "manager", "readonly"}),
    "exports": HEADS,
    "privacy": HEADS,  # erasing and handing out a person's data
    "people": frozenset({"owner"}),  # accounts, roles, sessions of others
    "connections": frozenset({"owner"}),  # webhooks and tokens of the read API
    "audit": HEADS,
    "session": frozenset(ROLES),  # one's own: signing out, one's own settings
}
HOME: Mapping[str, str] = {"readonly": "/transcripts"}  # where a role starts; others: /inbox


def roles_of(role: str) -> tuple[str, ...]:
    """The single roles of an account's role, those that there are."""
    return tuple(each for each in role.split(JOIN) if each in ROLES)


def may(role: str, right: str) -> bool:
    """Whether any role of the account has the right."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(roles_of(role))


class Someone(Protocol):
    """A member of staff, as an account or as a session has them."""

    @property
    def id(self) -> int: ...

    @property
    def role(self) -> str: ...


class Owned(Protocol):
    """A conversation, as a row or as a line of a list."""

    @property
    def outcome(self) -> str: ...

    @property
    def staff_id(self) -> int: ...


def sees(who: Someone, talk: Owned) -> bool:
    """Whether somebody may see the talk in the inbox: after-sales has its own queue only."""
    if WORKERS.isdisjoint(roles_of(who.role)):
        return False
    return not sees_support_only(who) or talk.outcome == "support" or talk.staff_id == who.id


def sees_support_only(who: Someone) -> bool:
    """Whether somebody sees no other talks than those of after-sales and their own."""
    return set(roles_of(who.role)) <= {"aftersales", "readonly"}


def sees_personal(role: str, personal: str) -> bool:
    """Whether an account sees e-mail and phone. `personal`: yes, no, or "" as its roles have it."""
    return personal == "yes" or (personal != "no" and may(role, "personal"))


def home_of(role: str) -> str:
    """Where somebody of this role starts."""
    homes = [HOME.get(each, "/inbox") for each in roles_of(role)]
    return "/inbox" if "/inbox" in homes or not homes else homes[0]
