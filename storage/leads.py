"""What a lead consists of besides the talk: escalations, tasks, the ledger of papers, estimates,
requirements, questions without an answer, files, ratings, and what was promised.

Functions with a `tx` write or read a few rows; they raise Conflict once a conversation is erased.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, case, func, literal_column, select, update

from storage import models
from storage.db import Tx
from storage.models import table_of
from storage.rows import Row
from storage.statements import count_some_sql, insert_sql, sql, upsert_sql


class Escalation(Row, frozen=True):
    """A rule that brought in a human; one row a reason. `first` gives the conversation's reason."""

    conversation: str
    reason: str
    queue: str  # presales, aftersales
    urgency: str  # urgent, high, normal
    first: bool
    at: int


class NewTask(Row, frozen=True):
    conversation: str
    kind: str  # follow_up, call_back, answer
    due: int
    created_at: int
    note: str = ""


class Task(Row, frozen=True):
    id: int
    conversation: str
    kind: str
    due: int
    note: str
    created_at: int
    done_at: int  # 0: open
    done_by: int  # staff id


class DocumentGiven(Row, frozen=True):
    """A line of the ledger of papers; the same version given again keeps its first time."""

    conversation: str
    document: str
    version: str
    kind: str
    language: str
    given_at: int
    opened_at: int = 0  # first opening
    times_opened: int = 0


class Estimate(Row, frozen=True):
    """Edition and price range as shown; amounts in minor units of the currency."""

    conversation: str
    edition: str
    rule: str
    reason: str
    at: int
    currency: str = ""
    low: int = 0
    high: int = 0
    price_version: str = ""


class Item(Row, frozen=True):
    text: str
    source: str  # sentence that it comes from
    priority: str = ""


class Requirement(Row, frozen=True):
    conversation: str
    version: int
    origin: str  # file, text, questions, link
    title: str
    at: int
    file: str = ""
    confirmed: bool = False
    items: tuple[Item, ...] = ()


class NewUnanswered(Row, frozen=True):
    conversation: str
    question: str
    language: str
    at: int
    nearest: tuple[str, ...] = ()  # ids of the nearest papers


class File(Row, frozen=True):
    """A stored upload; `id` is its random name on disk."""

    id: str
    conversation: str
    name: str  # as the sender called it
    size: int
    media_type: str
    sha256: bytes
    stored_at: int


class Promise(Row, frozen=True):
    """What was shown as ours in message `seq`; currency "" when it is no money."""

    conversation: str
    seq: int
    text: str
    at: int
    currency: str = ""
    amount: int = 0


_ESCALATION = table_of(models.Escalation)
_TASK = table_of(models.Task)
_GIVEN = table_of(models.DocumentGiven)
_ESTIMATE = table_of(models.EstimateShown)
_REQUIREMENT = table_of(models.Requirement)
_ITEM = table_of(models.RequirementItem)
_UNANSWERED = table_of(models.Unanswered)
_FILE = table_of(models.StoredFile)
_MESSAGE = table_of(models.Message)
_RATING = table_of(models.Rating)
_PROMISE = table_of(models.Promise)

_ESCALATE = upsert_sql(_ESCALATION)
_OPEN_TASK = insert_sql(_TASK)
_FINISH_TASK = sql(
    update(_TASK)
    .where(
        _TASK.c.id == bindparam("number"),
        _TASK.c.conversation == bindparam("of"),
        _TASK.c.done_at == 0,
    )
    .values(done_at=bindparam("done_at"), done_by=bindparam("done_by"))
)
_TASK_DONE = sql(
    select(_TASK.c.done_at, _TASK.c.done_by).where(
        _TASK.c.id == bindparam("number"), _TASK.c.conversation == bindparam("of")
    )
)
_SAME_TASK = sql(
    select(_TASK.c.id, _TASK.c.created_at)
    .where(
        _TASK.c.conversation == bindparam("of"),
        _TASK.c.kind == bindparam("what"),
        _TASK.c.due == bindparam("then"),
        _TASK.c.note == bindparam("words"),
        _TASK.c.done_at == 0,
    )
    .limit(1)
)
_REOPEN_TASK = sql(
    update(_TASK)
    .where(
        _TASK.c.id == bindparam("number"),
        _TASK.c.conversation == bindparam("of"),
        _TASK.c.done_at == bindparam("then"),
        _TASK.c.done_at != 0,
    )
    .values(done_at=0, done_by=0)
)
_FINISH_TASKS = sql(
    update(_TASK)
    .where(_TASK.c.conversation == bindparam("of"), _TASK.c.done_at == 0)
    .values(done_at=bindparam("done_at"), done_by=bindparam("done_by"))
)
_GIVE = upsert_sql(_GIVEN)
_OPENED = sql(
    update(_GIVEN)
    .where(_GIVEN.c.conversation == bindparam("of"), _GIVEN.c.document == bindparam("paper"))
    .values(
        times_opened=_GIVEN.c.times_opened + 1,
        opened_at=case((_GIVEN.c.opened_at == 0, bindparam("now")), else_=_GIVEN.c.opened_at),
    )
)
_SHOW_ESTIMATE = insert_sql(_ESTIMATE)
_FORGET_ITEMS = sql(
    _ITEM.delete().where(
        _ITEM.c.conversation == bindparam("of"), _ITEM.c.version == bindparam("number")
    )
)
_PUT_REQUIREMENT = upsert_sql(_REQUIREMENT, "origin", "title", "file", "confirmed")
_PUT_ITEM = insert_sql(_ITEM)
_ASK = insert_sql(_UNANSWERED)
_SETTLE = sql(
    update(_UNANSWERED)
    .where(_UNANSWERED.c.id == bindparam("of"), _UNANSWERED.c.settled_at == 0)
    .values(settled_at=bindparam("settled_at"), edit=bindparam("edit_of"))
)
_ASIDE = _UNANSWERED.alias()
_REOPEN_ASIDE = sql(
    update(_UNANSWERED)
    .where(
        _UNANSWERED.c.settled_at > 0,
        _UNANSWERED.c.edit == 0,
        _UNANSWERED.c.settled_at
        == select(_ASIDE.c.settled_at).where(_ASIDE.c.id == bindparam("of")).scalar_subquery(),
    )
    .values(settled_at=0)
)
_REOPEN_ANSWERED = sql(
    update(_UNANSWERED)
    # Said again, so that the partial index is used.
    .where(_UNANSWERED.c.edit == bindparam("of"), _UNANSWERED.c.edit != literal_column("0"))
    .values(settled_at=0, edit=0)
)
_COUNT_ANSWERED = sql(
    select(func.count()).where(
        _UNANSWERED.c.edit == bindparam("of"), _UNANSWERED.c.edit != literal_column("0")
    )
)
_COUNT_ASKED = count_some_sql(_UNANSWERED, _UNANSWERED.c.settled_at == literal_column("0"))
_STORE = insert_sql(_FILE)
_FILE_BY_ID = sql(
    select(*(_FILE.c[name] for name in File.__struct_fields__)).where(_FILE.c.id == bindparam("of"))
)
_FILES = sql(
    select(*(_FILE.c[name] for name in File.__struct_fields__))
    .where(_FILE.c.conversation == bindparam("of"))
    .order_by(_FILE.c.stored_at, _FILE.c.id)
)
_FILES_SENT = sql(
    select(func.count()).where(
        _MESSAGE.c.conversation == bindparam("of"),
        _MESSAGE.c.author == "prospect",
        _MESSAGE.c.body != bindparam("nothing"),
    )
)
_FILE_IDS = sql(select(_FILE.c.id))
_RATE = upsert_sql(_RATING, "stars", "at")
_PROMISE_SHOWN = insert_sql(_PROMISE)


def record_escalation(tx: Tx, escalation: Escalation) -> bool:
    """Record that a rule fired; False when it had fired in this conversation before."""
    return tx.run(_ESCALATE, msgspec.structs.asdict(escalation)) > 0


def open_task(tx: Tx, task: NewTask) -> int:
    """Open a task; gives its id."""
    return tx.insert(_OPEN_TASK, {**msgspec.structs.asdict(task), "done_at": 0, "done_by": 0})


def find_task(tx: Tx, task: NewTask) -> tuple[int, int] | None:
    """The same task where it is open, of this kind, due then, with this note: its id, and when it
    was opened (ms)."""
    same = {"of": task.conversation, "what": task.kind, "then": task.due, "words": task.note}
    row = tx.one(_SAME_TASK, same)
    return (row[0], row[1]) if row is not None else None


def task_done(tx: Tx, conversation: str, task: int) -> tuple[int, int]:
    """When (ms) a task of this conversation was done, and by whom; zeros where it was not."""
    row = tx.one(_TASK_DONE, {"of": conversation, "number": task})
    return (row[0], row[1]) if row is not None else (0, 0)


def finish_task(tx: Tx, conversation: str, task: int, now: int, staff_id: int) -> bool:
    """Mark a task as done; False when it was done before or is no task of this conversation."""
    key = {"of": conversation, "number": task}
    return tx.run(_FINISH_TASK, {**key, "done_at": now, "done_by": staff_id}) > 0


def reopen_task(tx: Tx, conversation: str, task: int, done_at: int) -> bool:
    """Open a task again that was done at this moment (ms); False when it was not."""
    return tx.run(_REOPEN_TASK, {"of": conversation, "number": task, "then": done_at}) > 0


def finish_tasks(tx: Tx, conversation: str, now: int, staff_id: int) -> int:
    """Mark every open task of a conversation as done; gives how many."""
    return tx.run(_FINISH_TASKS, {"of": conversation, "done_at": now, "done_by": staff_id})


def give_document(tx: Tx, given: DocumentGiven) -> bool:
    """Enter a paper in the ledger; False when this version of it was given before."""
    return tx.run(_GIVE, msgspec.structs.asdict(given)) > 0


def open_document(tx: Tx, conversation: str, document: str, now: int) -> bool:
    """Note that a given paper was opened; False when it was never given here."""
    return tx.run(_OPENED, {"of": conversation, "paper": document, "now": now}) > 0


def record_estimate(tx: Tx, estimate: Estimate) -> None:
    """Keep an estimate that was shown."""
    tx.run(_SHOW_ESTIMATE, msgspec.structs.asdict(estimate))


def record_requirement(tx: Tx, requirement: Requirement) -> None:
    """Keep a version of the requirement with its items; the same version again replaces it."""
    fields = msgspec.structs.asdict(requirement)
    fields.pop("items")
    tx.run(_PUT_REQUIREMENT, fields)
    key = {"conversation": requirement.conversation, "version": requirement.version}
    tx.run(_FORGET_ITEMS, {"of": requirement.conversation, "number": requirement.version})
    for position, item in enumerate(requirement.items, 1):
        tx.run(_PUT_ITEM, {**msgspec.structs.asdict(item), **key, "position": position})


def record_unanswered(tx: Tx, question: NewUnanswered) -> int:
    """Keep a question that the papers did not answer; gives its id."""
    return tx.insert(
        _ASK,
        {
            **msgspec.structs.asdict(question),
            "nearest": "\n".join(question.nearest),
            "settled_at": 0,
            "edit": 0,
        },
    )


def settle_unanswered(tx: Tx, question: int, now: int, edit: int = 0) -> bool:
    """Take a question off the list; False when it was settled before.

    `edit`: number in the overlay of the edit that answers it, 0 for none.
    """
    return tx.run(_SETTLE, {"of": question, "settled_at": now, "edit_of": edit}) > 0


def reopen_unanswered(tx: Tx, question: int) -> int:
    """Put a question on the list again that needed no answer, and those that went with it; gives
    how many."""
    return tx.run(_REOPEN_ASIDE, {"of": question})


def reopen_answered(tx: Tx, edit: int) -> int:
    """Put the questions on the list again that this edit had answered; gives how many."""
    return tx.run(_REOPEN_ANSWERED, {"of": edit})


def count_answered(tx: Tx, edit: int) -> int:
    """How many questions this edit of the overlay has answered."""
    found = tx.one(_COUNT_ANSWERED, {"of": edit})
    return int(found[0]) if found else 0


def count_unanswered(tx: Tx) -> int:
    """How many questions are open; COUNTED stands for that many or more."""
    found = tx.one(_COUNT_ASKED)
    return int(found[0]) if found else 0


def record_file(tx: Tx, file: File) -> None:
    """Keep a file whose bytes are already written and synced under its id."""
    tx.run(_STORE, msgspec.structs.asdict(file))


def get_file(tx: Tx, file: str) -> File | None:
    """A stored file by its id, or None."""
    return tx.struct(File, _FILE_BY_ID, {"of": file})


def files_of(tx: Tx, conversation: str) -> list[File]:
    """The files of a conversation, oldest first."""
    return tx.structs(File, _FILES, {"of": conversation})


def count_files_sent(tx: Tx, conversation: str) -> int:
    """How many files the prospect sent: theirs alone are limited, not those of staff.

    Of the messages of a prospect, those with a body are files.
    """
    row = tx.one(_FILES_SENT, {"of": conversation, "nothing": b""})
    return int(row[0]) if row else 0


def file_ids(tx: Tx) -> set[str]:
    """Ids of all stored files: what else lies in the folder is an orphan."""
    return {row[0] for row in tx.all(_FILE_IDS)}


def rate(tx: Tx, conversation: str, stars: int, now: int) -> None:
    """Keep the prospect's rating, 1 to 5; the last one counts."""
    tx.run(_RATE, {"conversation": conversation, "stars": stars, "at": now})


def record_promises(tx: Tx, promises: Sequence[Promise]) -> None:
    """Keep amounts and undertakings that were shown."""
    for promise in promises:
        tx.run(_PROMISE_SHOWN, msgspec.structs.asdict(promise))
