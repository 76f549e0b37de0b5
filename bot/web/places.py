"""The pages that staff go to, in the groups of the frame's menu."""

from __future__ import annotations

from dialogs.types import Struct


class Place(Struct):
    """A page; whoever has the right sees it in the menu."""

    right: str
    address: str
    key: str  # of its name


class Group(Struct):
    """Pages that belong together; `key` is "" where one page stands by itself."""

    key: str
    places: tuple[Place, ...]


MENU: tuple[Group, ...] = (
    Group(key="", places=(Place(right="talks", address="/inbox", key="desk.inbox"),)),
    Group(
        key="places.read",
        places=(Place(right="transcripts", address="/transcripts", key="desk.transcripts"),),
    ),
    Group(
        key="places.figures",
        places=(Place(right="figures", address="/funnel", key="desk.funnel"),),
    ),
    Group(
        key="places.teach",
        places=(
            Place(right="teaching", address="/understanding", key="understanding.title"),
            Place(right="transcripts", address="/questions", key="questions.short"),
        ),
    ),
    Group(key="places.settings", places=()),
)
