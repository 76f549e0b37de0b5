"""What the company's papers did not answer, and how a manager answers it: /questions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.logs import get_logger
from bot.managers import exports, questions_export
from bot.managers.article_form import (
    ArticleForm,
    Problems,
    find_problems,
    make_article,
    place_problems,
    read_article_form,
)
from bot.managers.cases import mask_words
from bot.managers.grouping import Group, group_questions
from bot.managers.shelf import address_of, find_paper
from bot.managers.teaching import read_form, teach
from bot.masking import conceal
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import language_of, make_say, render
from dialogs.pricing import iso_day
from dialogs.types import Passage, Struct
from storage import accounts, leads, reading
from storage.db import Tx

READ: Mapping[str, str] = {"right": "transcripts"}
WRITE: Mapping[str, str] = {"right": "teaching"}
NEWEST = 500  # questions that are put into groups
SHOWN = 40  # groups on a page
WORDINGS = 6  # that the form begins with
PASSAGES = 3


class Paper(Struct):
    """A paper that came near; `address` "" where it is not there any more."""

    title: str
    address: str


class Asked(Struct):
    """A group of questions on the list."""

    group: Group
    papers: tuple[Paper, ...]


@get("/questions", opt=dict(READ))
async def list_questions(
    request: StaffRequest,
    deps: FromDeps,
    done: FromQuery[str] = "",
    of: FromQuery[int] = 0,
    page: FromQuery[int] = 1,
) -> Response[Any]:
    """The open questions, those asked most first, `SHOWN` groups a page."""
    all_groups = await _groups(deps)
    page = max(1, min(page, -(-len(all_groups) // SHOWN)))
    groups = all_groups[(page - 1) * SHOWN : page * SHOWN]
    if not request.user.staff.personal:
        groups = conceal(groups)
    row = deps.db.peek(lambda tx: reading.get_unanswered(tx, of)) if of else None
    aside = done == "set_aside" and row is not None and row.settled_at > 0
    values = {
        "rows": [Asked(group=group, papers=_papers(deps, group)) for group in groups],
        "aside": of if aside else 0,
        "page": page,
        "more": len(all_groups) > page * SHOWN,
        "exports": exports.links(questions_export.PATH, ""),
    }
    return render(deps, request, "questions", values)


@get("/questions/{question:int}", opt=dict(READ))
async def show_question(
    request: StaffRequest, deps: FromDeps, question: FromPath[int]
) -> Response[Any]:
    """One question with what comes near, and the form for its answer."""
    group = await _find(deps, question)
    form = ArticleForm(
        questions=_wordings(deps, group),
        language=_spoken(deps, group.first.language),
    )
    return await _show(deps, request, group, form, {})


@post("/questions/{question:int}/answer", opt=dict(WRITE))
async def answer(request: StaffRequest, deps: FromDeps, question: FromPath[int]) -> Response[Any]:
    """Write the answer: an article in use at once, and the questions of the group are settled."""
    form = read_article_form(await read_form(request))
    async with deps.teaching:
        return await _answer(deps, request, question, form)


async def _answer(
    deps: Deps, request: StaffRequest, question: int, form: ArticleForm
) -> Response[Any]:
    group, say = await _look_for(deps, question), make_say(deps, language_of(deps, request))
    if group is None:  # somebody was quicker; what was typed is not lost
        row = deps.db.peek(lambda tx: reading.get_unanswered(tx, question))
        if row is None:
            raise NotFoundException("desk.error.404")
        problems: Problems = {"": say("understanding.error.settled")}
        return await _show(deps, request, Group(rows=(row,)), form, problems)
    problems = find_problems(form, deps.pack.languages, say)
    if problems:
        return await _show(deps, request, group, form, problems)
    first, staff, now = group.first, request.user.staff, deps.now()
    new = make_article(form, "", first.conversation, _wordings(deps, group))
    taught, rows = await teach(deps.overlay.add_article(new, staff.display_name, now)), group.rows
    if taught.problems:
        return await _show(deps, request, group, form, place_problems(taught.problems, say))

    def settle(tx: Tx) -> None:
        for row in rows:
            leads.settle_unanswered(tx, row.id, now, taught.number)
        accounts.note_action(tx, now, staff.id, "questions.answered", str(taught.number))

    await deps.db.write(settle)
    get_logger().info("questions", act="answered", edit=taught.number, staff=staff.id)
    edit = deps.overlay.get(taught.number)
    name = edit.what if edit is not None else ""
    address = f"/articles/{form.language}/{name}?done=answered&question={question}"
    return Response(None, status_code=303, headers={"Location": address})


@post("/questions/{question:int}/settle", opt=dict(WRITE))
async def set_aside(
    request: StaffRequest, deps: FromDeps, question: FromPath[int]
) -> Response[Any]:
    """Take a question off the list that needs no answer, in all its wordings."""
    group, now, staff = await _find(deps, question), deps.now(), request.user.staff.id

    def settle(tx: Tx) -> None:
        for row in group.rows:
            leads.settle_unanswered(tx, row.id, now)
        accounts.note_action(tx, now, staff, "questions.set_aside", str(question))

    await deps.db.write(settle)
    get_logger().info("questions", act="set_aside", question=question, staff=staff)
    address = f"/questions?done=set_aside&of={question}"
    return Response(None, status_code=303, headers={"Location": address})


@post("/questions/{question:int}/undo", opt=dict(WRITE))
async def undo(request: StaffRequest, deps: FromDeps, question: FromPath[int]) -> Response[Any]:
    """Put back what was set aside."""
    now, staff = deps.now(), request.user.staff.id
    if deps.db.peek(lambda tx: reading.get_unanswered(tx, question)) is None:
        raise NotFoundException("desk.error.404")

    def reopen(tx: Tx) -> None:
        if leads.reopen_unanswered(tx, question):
            accounts.note_action(tx, now, staff, "questions.undone", str(question))

    await deps.db.write(reopen)
    return Response(None, status_code=303, headers={"Location": "/questions"})


async def _groups(deps: Deps) -> tuple[Group, ...]:
    return await deps.db.read(
        lambda connection: group_questions(reading.unanswered(connection, limit=NEWEST))
    )


async def _find(deps: Deps, question: int) -> Group:
    """The group that the open question stands in. NotFoundException for any other."""
    group = await _look_for(deps, question)
    if group is None:
        raise NotFoundException("desk.error.404")
    return group


async def _look_for(deps: Deps, question: int) -> Group | None:
    groups = await _groups(deps)
    return next((g for g in groups if any(row.id == question for row in g.rows)), None)


def _wordings(deps: Deps, group: Group) -> tuple[str, ...]:
    """What the form begins with, without what is personal in it.

    Words of one talk alone: the edit that takes them over goes with that talk when it is erased.
    """
    talk = group.first.conversation
    theirs = Group(rows=tuple(row for row in group.rows if row.conversation == talk))
    return tuple(
        mask_words(deps, " ".join(words.split()), talk, group.first.language)
        for words in theirs.wordings[:WORDINGS]
    )


def _spoken(deps: Deps, language: str) -> str:
    return language if language in deps.pack.languages else deps.pack.languages[0]


def _papers(deps: Deps, group: Group) -> tuple[Paper, ...]:
    places = [(name, place) for name, _, place in (near.partition("#") for near in group.nearest)]
    found = [(name, place, find_paper(deps.pack, name)) for name, place in places]
    return tuple(
        Paper(
            title=" · ".join(filter(None, (paper.title, place))),
            address=address_of(deps.pack, name, place),
        )
        for name, place, paper in found
        if paper is not None
    )


async def _show(
    deps: Deps, request: StaffRequest, group: Group, form: ArticleForm, problems: Problems
) -> Response[Any]:
    asked, today = group.first, iso_day(deps.now())
    passages: tuple[Passage, ...] = await asyncio.to_thread(
        deps.mind.library.find, asked.question, _spoken(deps, asked.language), PASSAGES, today
    )
    values = {
        "group": group if request.user.staff.personal else conceal(group),
        "passages": [(each, address_of(deps.pack, each.source, each.place)) for each in passages],
        "form": form,
        "problems": problems,
        "spoken": deps.pack.languages,
    }
    return render(deps, request, "question", values, 422 if problems else 200)


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /questions, behind the guard."""
    return close_off(deps, [list_questions, show_question, answer, set_aside, undo])
