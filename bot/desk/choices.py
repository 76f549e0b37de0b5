"""What staff may choose from when they act; each has its words in the texts."""

from __future__ import annotations

from typing import get_args

from dialogs.types import HAND_BACK_NEXT as HAND_BACK_NEXT  # desk.next.…
from dialogs.types import Stage

CLOSE_REASONS = ("won", "lost", "no_need", "no_budget", "no_answer", "duplicate", "other")
NOT_A_LEAD_REASONS = ("job_seeker", "seller", "spam", "student", "mistake", "other")
# Why a brief goes back: desk.decline.…
DECLINE_REASONS = (
    "unreachable", "incomplete", "wrong_team", "too_early", "no_fit", "duplicate", "other",
)  # fmt: skip
DECLINE_TO = ("queue", "bot")
TASK_KINDS = ("follow_up", "call_back", "answer")
STAGES: tuple[Stage, ...] = get_args(Stage)
