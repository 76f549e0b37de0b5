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
    Group(key="", places=(Place(right="talks", address="/calls", key="calls.short"),)),
    Group(
        key="places.read",
        places=(
            Place(right="transcripts", address="/transcripts", key="desk.transcripts"),
            Place(right="reviews", address="/reviews", key="reviews.short"),
        ),
    ),
    Group(
        key="places.figures",
        places=(
            Place(right="figures", address="/funnel", key="desk.funnel"),
            Place(right="figures", address="/quality", key="quality.title"),
            Place(right="figures", address="/insights", key="insights.title"),
            Place(right="figures", address="/service", key="service.short"),
        ),
    ),
    Group(
        key="places.teach",
        places=(
            Place(right="teaching", address="/understanding", key="understanding.title"),
            Place(right="transcripts", address="/questions", key="questions.short"),
            Place(right="content", address="/content", key="content.title"),
        ),
    ),
    Group(
        key="places.settings",
        places=(
            Place(right="people", address="/people", key="people.short"),
            Place(right="connections", address="/connections", key="connections.title"),
            Place(right="privacy", address="/privacy", key="privacy.title"),
            Place(right="audit", address="/audit", key="audit.title"),
        ),
    ),
)
