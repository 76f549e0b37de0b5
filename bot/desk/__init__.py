"""What pre-sales may do with a conversation: one door, `Desk`, in front of families of acts."""

from bot.desk.acting import Acted, Member
from bot.desk.calling import CallOutcome
from bot.desk.choices import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    DECLINE_TO,
    HAND_BACK_NEXT,
    NOT_A_LEAD_REASONS,
    STAGES,
    TASK_KINDS,
)
from bot.desk.front import Desk
from bot.desk.passing import LATER_MAX, Claimed, Decline, HandBack
from bot.desk.talking import ATTACHED_MAX, StaffReply
from bot.desk.tasks import NewTask

__all__ = [
    "ATTACHED_MAX",
    "CLOSE_REASONS",
    "DECLINE_REASONS",
    "DECLINE_TO",
    "HAND_BACK_NEXT",
    "LATER_MAX",
    "NOT_A_LEAD_REASONS",
    "STAGES",
    "TASK_KINDS",
    "Acted",
    "CallOutcome",
    "Claimed",
    "Decline",
    "Desk",
    "HandBack",
    "Member",
    "NewTask",
    "StaffReply",
]
