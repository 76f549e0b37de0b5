"""Where most of a month's talks end before a person has come: a line of the page of insights."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bot.managers.figures import funnel
from bot.managers.figures.choice import FigureChoice, make_filter
from bot.managers.insights.choice import InsightChoice
from bot.web.deps import Deps
from dialogs.types import Struct
from storage import courses
from storage.conditions import SLOT, Condition
from storage.db import Connection


class Leaving(Struct):
    """The step after which most end, how many that are, and the funnel of the same talks."""

    step: str
    count: int
    address: str


def find_leaving(connection: Connection, deps: Deps, choice: InsightChoice) -> Leaving | None:
    """None while nobody left. The funnel does not know kinds of customers: of one kind it leads
    to the list of its talks."""
    last = choice.shown.shift(1).first - timedelta(days=1)
    same = FigureChoice(
        span="own",
        since=choice.shown.first.isoformat(),
        until=last.isoformat(),
        channel=choice.channel,
        tongue=choice.tongue,
    )
    wanted = make_filter(deps, same)
    if choice.segment:
        of_kind = Condition(f"{SLOT}segment", (choice.segment,))
        wanted = msgspec.structs.replace(wanted, conditions=(*wanted.conditions, of_kind))
    bits = courses.count_bits(connection, wanted).get("", {})
    worst = funnel.find_worst(funnel.make_steps(same, bits, {}))
    if worst is None:
        return None
    address = same.address(funnel.PATH)
    if choice.segment:
        address = same.transcripts(segment=choice.segment, lost_at=worst.id)
    return Leaving(step=worst.id, count=worst.lost, address=address)
