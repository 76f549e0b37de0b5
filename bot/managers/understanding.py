"""What was not understood, and how it becomes an example: /understanding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from bot.logs import get_logger
from bot.managers import exports
from bot.managers.cases import (
    Meaning,
    find_case,
    find_meaning,
    make_case,
    mask_sentence,
    name_meaning,
    name_meanings,
)
from bot.managers.choices import Choice, make_times, read_choice
from bot.managers.teaching import Taught, read_form, teach, tell_problem
from bot.packs.overlay_files import NewExample
from bot.web.access import FromDeps, StaffRequest, close_off
from bot.web.deps import Deps
from bot.web.staffpages import Say, language_of, make_say, render
from dialogs.types import Struct
from storage import accounts, doubts
from storage.db import Tx
from storage.doubts import Doubt, Settling, Wanted

RIGHT: Mapping[str, str] = {"right": "teaching"}
PAGE = 15
SENTENCE_MAX = 300  # characters of an example
KINDS: tuple[str, ...] = get_args(doubts.Kind)


class Told(Struct):
    """What the page says of the last act: of which doubt, what was done or what is wrong."""

    of: int = 0
    done: str = ""  # example, dismissed, undone
    words: str = ""
    problem: str = ""
    entered: Mapping[str, str] = {}


@get("/understanding", opt=dict(RIGHT))
async def show_doubts(
    request: StaffRequest,
    deps: FromDeps,
    cursor: FromQuery[str] = "",
    done: FromQuery[str] = "",
    of: FromQuery[int] = 0,
) -> Response[Any]:
    """The open ones, or with `view=settled` the done ones, newest first."""
    told = _tell(deps, request, done, of)
    return await _show(deps, request, cursor, told)


@post("/understanding/{doubt:int}/example", opt=dict(RIGHT))
async def make_example(
    request: StaffRequest, deps: FromDeps, doubt: FromPath[int]
) -> Response[Any]:
    """Teach the sentence: it is an example of the intent from the next message on."""
    row, fields = _require(deps, doubt), await read_form(request)
    language = language_of(deps, request)
    sentence = " ".join(fields.get("sentence", "").split())
    meaning = find_meaning(deps, fields.get("meaning", ""))
    problem = _problem(row, meaning, sentence, make_say(deps, language))
    if problem or meaning is None:
        told = Told(of=doubt, problem=problem, entered=fields)
        return await _show(deps, request, "", told, 422)
    taught = await _learn(deps, request, row, (meaning, sentence))
    if taught.problems:
        problem = _tell_refused(make_say(deps, language), taught)
        told = Told(of=doubt, problem=problem, entered=fields)
        return await _show(deps, request, "", told, 422)
    staff = request.user.staff.id
    settling = Settling("example", staff, deps.now(), taught.number)
    await deps.db.write(lambda tx: _settle(tx, doubt, settling))
    return _back(request, "example", doubt)


async def _learn(
    deps: Deps, request: StaffRequest, row: Doubt, taught: tuple[Meaning, str]
) -> Taught:
    """Masked once more, whatever was typed into the form. What is known already is no edit."""
    meaning, sentence = taught
    new = NewExample(
        language=row.language if row.language in deps.pack.languages else deps.pack.languages[0],
        intent=meaning.intent,
        slot=meaning.slot,
        value=meaning.value,
        sentence=mask_sentence(deps, row, sentence),
        conversation=row.conversation,
    )
    if _is_known(deps, new):
        return Taught()
    by, now = request.user.staff.display_name, deps.now()
    return await teach(deps.overlay.add_example(new, by, now))


def _is_known(deps: Deps, new: NewExample) -> bool:
    examples = deps.pack.examples.get(new.language)
    if examples is None:
        return False
    stated = examples.statements.get(new.slot, {}).get(new.value, ())
    return new.sentence in (stated if new.slot else examples.intents.get(new.intent, ()))


def _problem(row: Doubt, meaning: Meaning | None, sentence: str, say: Say) -> str:
    """What is wrong with a sentence to learn, in words; "" when nothing is."""
    if row.settled_at:
        return say("understanding.error.settled")
    if meaning is None:
        return say("understanding.error.intent")
    if not sentence:
        return say("understanding.error.sentence")
    if len(sentence) > SENTENCE_MAX:
        return say("understanding.error.sentence_long", n=SENTENCE_MAX)
    return ""


@post("/understanding/{doubt:int}/dismiss", opt=dict(RIGHT))
async def dismiss(request: StaffRequest, deps: FromDeps, doubt: FromPath[int]) -> Response[Any]:
    """Take a doubt off the list: there is nothing to learn from it."""
    _require(deps, doubt)
    settling = Settling("dismissed", request.user.staff.id, deps.now())
    await deps.db.write(lambda tx: _settle(tx, doubt, settling))
    return _back(request, "dismissed", doubt)


@post("/understanding/{doubt:int}/undo", opt=dict(RIGHT))
async def undo(request: StaffRequest, deps: FromDeps, doubt: FromPath[int]) -> Response[Any]:
    """Put a doubt on the list again, and take back the example that came of it."""
    row = _require(deps, doubt)
    now, staff = deps.now(), request.user.staff.id
    if row.edit:
        by = request.user.staff.display_name
        taught = await teach(deps.overlay.undo(row.edit, by, now))
        # So already: an undo that was cut short is only to be ended.
        if taught.problems and not taught.so_already:
            return _refuse(deps, request, taught)

    def reopen(tx: Tx) -> None:
        if doubts.reopen(tx, doubt):
            accounts.note_action(tx, now, staff, "understanding.undone", str(doubt))

    await deps.db.write(reopen)
    return _back(request, "undone", doubt)


def _refuse(deps: Deps, request: StaffRequest, taught: Taught) -> Response[Any]:
    """An undo that cannot be done any more."""
    words = _tell_refused(make_say(deps, language_of(deps, request)), taught)
    return render(deps, request, "refused", {"words": words}, 409)


def _tell_refused(say: Say, taught: Taught) -> str:
    told = "; ".join(tell_problem(each, say) for each in taught.problems)
    return say("understanding.error.refused", problem=told)


def _settle(tx: Tx, doubt: int, settling: Settling) -> bool:
    settled = doubts.settle(tx, doubt, settling)
    if settled:
        act = f"understanding.{settling.how}"
        accounts.note_action(tx, settling.now, settling.staff_id, act, str(doubt))
    return settled


def _require(deps: Deps, doubt: int) -> Doubt:
    found = find_case(deps, doubt)
    if found is None:
        raise NotFoundException("desk.error.404")
    return found


def _back(request: StaffRequest, done: str, doubt: int) -> Response[Any]:
    """To the list as it was filtered, with a word on what was done."""
    get_logger().info("understanding", act=done, doubt=doubt, staff=request.user.staff.id)
    address = read_choice(request.query_params).address("/understanding", done=done, of=str(doubt))
    return Response(None, status_code=303, headers={"Location": address})


def _tell(deps: Deps, request: StaffRequest, done: str, of: int) -> Told:
    """The words on the last act, as far as it is still so."""
    row = find_case(deps, of) if of else None
    if row is None or done not in ("example", "dismissed", "undone"):
        return Told()
    if (done == "undone") != (not row.settled_at):
        return Told()
    language = language_of(deps, request)
    learned = _learned(deps, row, language) if done == "example" else ""
    key = "known" if done == "example" and not row.edit else done
    words = make_say(deps, language)(f"understanding.done.{key}", meaning=learned)
    return Told(of=of, done=done, words=words)


def _learned(deps: Deps, row: Doubt, language: str) -> str:
    """What was taught with this doubt, in words; "" for what is not known any more."""
    edit = deps.overlay.get(row.edit)
    if edit is None:
        return ""
    fact = edit.what.partition(": ")[2].replace(" ", "=", 1)
    meaning = find_meaning(deps, fact or edit.what)
    return name_meaning(deps, meaning, language) if meaning is not None else edit.what


async def _show(
    deps: Deps, request: StaffRequest, cursor: str, told: Told, status: int = 200
) -> Response[Any]:
    choice, language = read_choice(request.query_params), language_of(deps, request)
    rows, older = await _find(deps, choice, cursor)
    pages = []
    if cursor:
        pages.append(("understanding.page.newest", choice.address("/understanding")))
    if older:
        pages.append(("understanding.page.older", choice.address("/understanding", cursor=older)))
    names = {each.id: each.display_name or each.name for each in deps.db.peek(accounts.all_staff)}
    values = {
        "filter": choice,
        "settled": choice.view == "settled",
        "cases": [make_case(deps, row, language) for row in rows],
        "pages": pages,
        "kinds": KINDS,
        "spoken": deps.pack.languages,
        "meanings": name_meanings(deps, language),
        "sentence_max": SENTENCE_MAX,
        "told": told,
        "names": names,
        "query": choice.address("").removeprefix("?"),
        "exports": exports.links("/understanding/export", choice.address("").removeprefix("?")),
    }
    return render(deps, request, "understanding", values, status)


def make_wanted(deps: Deps, choice: Choice) -> Wanted:
    """The choice for the storage."""
    since, until = make_times(deps, choice)
    return Wanted(
        kind=choice.kind,
        language=choice.tongue,
        settled=choice.view == "settled",
        since=since,
        until=until,
    )


async def _find(deps: Deps, choice: Choice, cursor: str) -> tuple[tuple[Doubt, ...], str]:
    wanted = make_wanted(deps, choice)
    try:
        return await deps.db.read(lambda at: doubts.find(at, wanted, cursor, PAGE))
    except (ValueError, OverflowError):  # a cursor that somebody made up: begin anew
        return await deps.db.read(lambda at: doubts.find(at, wanted, limit=PAGE))


def routes(deps: Deps) -> list[ControllerRouterHandler]:
    """Everything under /understanding, behind the guard."""
    return close_off(deps, [show_doubts, make_example, dismiss, undo])
