"""What becomes of each question that the assistant puts: /funnel/questions."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from bot.managers import exports
from bot.managers.figures.choice import FigureChoice, form_options, make_filter, read_choice
from bot.managers.figures.funnel import show_span
from bot.managers.views import shown_views
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.charts import Bar, band, percent_of
from bot.web.deps import Deps
from bot.web.staffpages import Say, language_of, make_name, make_say, render
from dialogs.hours import DAY
from dialogs.types import Struct
from storage import courses
from storage.courses import AskedOften

PATH = "/funnel/questions"
ENDS = ("answered", "passed", "skipped", "refused", "unknown", "silent", "open")


class Count(Struct):
    """How often a question ended so, with the talks behind it."""

    how: str
    count: int
    percent: int
    address: str


class Question(Struct):
    """A question with all that became of it; `band` shows the ends as shares of one line."""

    slot: str
    label: str
    asked: Count
    ends: tuple[Count, ...]
    again: Count
    took: str
    band: tuple[Bar, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        """As they stand in a line of the table."""
        return (self.asked, *self.ends, self.again)


@get(PATH, opt={"right": "figures"})
async def show_questions(request: StaffRequest, deps: FromDeps) -> Response[Any]:
    """Every question that was put, with how it ended and what it took."""
    choice, language = read_choice(deps, request.query_params), language_of(deps, request)
    wanted, silent_before = make_filter(deps, choice), deps.now() - DAY
    read = partial(courses.count_questions, wanted=wanted, silent_before=silent_before)
    say = make_say(deps, language)
    found = await deps.db.read(read)
    rows = [_question(choice, row, name_question(deps, row.slot, language), say) for row in found]
    values = {
        "choice": choice,
        "rows": rows,
        "ends": ENDS,
        "columns": ("asked", *ENDS, "again"),
        "finding": _finding(say, rows),
        "views": shown_views(deps, request.user.staff, "funnel/questions", choice.query()),
        "exports": exports.links(f"{PATH}/export", choice.query()),
        **form_options(deps, language),
    }
    return render(deps, request, "figures/questions", values)


def name_question(deps: Deps, slot: str, language: str) -> str:
    """What was asked for, in words."""
    say, name = make_say(deps, language), make_name(deps, language)
    if slot.startswith("draft_"):
        return say("figures.question.draft", n=slot.removeprefix("draft_"))
    label = name("figures.question", slot)
    return label if label != slot else name("slot", slot)


def _question(choice: FigureChoice, row: AskedOften, label: str, say: Say) -> Question:
    def count(how: str, number: int) -> Count:
        address = choice.address("/figures/talks", by="", question=row.slot, how=how)
        return Count(how=how, count=number, percent=percent_of(number, row.asked), address=address)

    numbers = [int(getattr(row, how)) for how in ENDS]
    return Question(
        slot=row.slot,
        label=label,
        asked=count("asked", row.asked),
        ends=tuple(count(how, number) for how, number in zip(ENDS, numbers, strict=True)),
        again=count("again", row.again),
        took=show_span(say, row.seconds) if row.answered else "",
        band=band(ENDS, numbers),
    )


def _finding(say: Say, rows: list[Question]) -> str:
    """The question that loses most, in words; those of the greeting and of steps do not count."""
    if not rows:
        return say("figures.questions.none")

    def lost(row: Question) -> int:
        return sum(end.count for end in row.ends if end.how in ("silent", "refused"))

    worst = max((row for row in rows if row.slot != "start"), key=lost, default=None)
    if worst is None or not lost(worst):
        return say("figures.questions.fine")
    percent = percent_of(lost(worst), worst.asked.count)
    return say("figures.questions.finding", question=worst.label, n=lost(worst), percent=percent)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """The questions, behind the guard."""
    return close_off(deps, [show_questions])
