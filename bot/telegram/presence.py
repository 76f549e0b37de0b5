"""What the pages tell of the bots: their names, and what keeps them from working."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Presence:
    """Filled by the doors while they run. Both by the bot's name: PROSPECTS or DESK."""

    usernames: dict[str, str] = field(default_factory=dict)  # without @; none: it does not run
    troubles: dict[str, tuple[str, ...]] = field(default_factory=dict)  # text keys, worst first
