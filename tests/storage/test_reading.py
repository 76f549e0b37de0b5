"""Lists, leads and figures as the doors read them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from storage import accounts, conversations, leads, outbox, reading
from storage.accounts import StaffRow
from storage.conversations import MILESTONES, Facts, NewMessage
from storage.db import Database
from storage.leads import DocumentGiven, Escalation, Estimate, File, Item, NewTask, NewUnanswered
from storage.outbox import NewDelivery
from storage.reading import Filter
from storage.transcript import Rating, read_transcript
from tests.storage.samples import DAY, NOW, begin, save, say


async def escalate(
    db: Database, key: str, urgency: str, since: int, queue: str = "presales"
) -> None:
    await begin(db, key)
    fired = Escalation(key, "qualified", queue, urgency, first=True, at=since)
    assert await db.write(lambda tx: leads.record_escalation(tx, fired))
    await save(db, key, owner="waiting", outcome="escalated", reason="qualified",
               waiting_since=since, facts=Facts(title=f"firm {key}"))  # fmt: skip


async def test_who_waits_comes_by_urgency_then_time(db: Database) -> None:
    await escalate(db, "late", "urgent", NOW + 9)
    await escalate(db, "early", "normal", NOW)
    await escalate(db, "middle", "urgent", NOW + 5)
    await escalate(db, "service", "high", NOW, queue="aftersales")
    await begin(db, "bot")
    lines = await db.read(reading.waiting)
    assert [line.id for line in lines] == ["middle", "late", "service", "early"]
    assert (lines[0].urgency, lines[0].queue, lines[0].title) == (
        "urgent",
        "presales",
        "firm middle",
    )
    ours = await db.read(partial(reading.waiting, queue="aftersales"))
    assert [line.id for line in ours] == ["service"]


async def test_who_is_with_staff(db: Database) -> None:
    new = StaffRow(0, "ana", "Ana B.", "presales", "h", False, NOW)
    ana = await db.write(lambda tx: accounts.add_staff(tx, new))
    for key, staff in (("a", ana), ("b", ana + 1)):
        await begin(db, key)
        await save(db, key, owner="human", staff_id=staff, updated_at=NOW + staff)
    both = await db.read(reading.with_staff)
    assert [(line.id, line.staff_name) for line in both] == [("b", ""), ("a", "Ana B.")]
    mine = await db.read(partial(reading.with_staff, staff_id=ana))
    assert [line.id for line in mine] == ["a"]


async def pages(db: Database, limit: int, **wanted: Any) -> list[list[str]]:
    found, cursor = [], ""
    while True:
        page = await db.read(
            partial(reading.transcripts, wanted=Filter(**wanted), cursor=cursor, limit=limit)
        )
        found.append([line.id for line in page.lines])
        cursor = page.next
        if not cursor:
            return found


async def test_transcripts_page_through_everything_once(db: Database) -> None:
    for n in range(7):
        # Three at the same moment: the page must not break between equals.
        await begin(db, f"c{n}", at=NOW + n // 3)
    assert await pages(db, 3) == [["c6", "c5", "c4"], ["c3", "c2", "c1"], ["c0"]]
    assert await pages(db, 7) == [["c6", "c5", "c4", "c3", "c2", "c1", "c0"]]
    with pytest.raises(ValueError, match="invalid literal"):
        await db.read(partial(reading.transcripts, wanted=Filter(), cursor="x' OR 1"))


async def test_transcripts_are_filtered(db: Database) -> None:
    await begin(db, "a", at=NOW)
    await begin(db, "b", at=NOW + DAY, language="zh")
    await save(db, "a", outcome="escalated", reason="qualified", edition="cluster", staff_id=4,
               owner="human")  # fmt: skip
    await save(db, "b", outcome="price_only", language="zh")
    for field, value in (("outcome", "escalated"), ("reason", "qualified"), ("edition", "cluster"),
                         ("language", "en"), ("owner", "human"), ("staff_id", 4),
                         ("until", NOW + 1)):  # fmt: skip
        assert await pages(db, 5, **{field: value}) == [["a"]]
    assert await pages(db, 5, channel="widget") == [["b", "a"]]
    assert await pages(db, 5, since=NOW + 1) == [["b"]]
    assert await pages(db, 5, outcome="escalated", language="zh") == [[]]


async def fill(db: Database) -> None:
    await begin(db, "c1", "c2")
    items = (Item("many languages", "We need many languages.", "must"), Item("x", "y"))
    await db.write(lambda tx: leads.record_requirement(
        tx, leads.Requirement("c1", 1, "text", "List", NOW, items=items)))  # fmt: skip
    again = leads.Requirement("c1", 1, "text", "List", NOW, confirmed=True, items=items[:1])
    await db.write(lambda tx: leads.record_requirement(tx, again))
    second = leads.Requirement("c1", 2, "file", "Paper", NOW + 1, file="f1", items=items)
    await db.write(lambda tx: leads.record_requirement(tx, second))
    shown = Estimate("c1", "cluster", "r1", "big", NOW, "EUR", 100_00, 250_00, "2026-1")
    await db.write(lambda tx: leads.record_estimate(tx, shown))
    paper = DocumentGiven("c1", "manual-en", "3", "manual", "en", NOW)
    assert await db.write(lambda tx: leads.give_document(tx, paper))
    assert not await db.write(lambda tx: leads.give_document(tx, paper))
    for at in (NOW + 5, NOW + 9):
        assert await db.write(lambda tx, at=at: leads.open_document(tx, "c1", "manual-en", at))  # type: ignore[misc]
    assert not await db.write(lambda tx: leads.open_document(tx, "c2", "manual-en", NOW))
    promise = leads.Promise("c1", 2, "EUR 100", NOW, "EUR", 100_00)
    await db.write(lambda tx: leads.record_promises(tx, [promise]))
    await db.write(lambda tx: leads.record_file(
        tx, File("f1", "c1", "paper.pdf", 12, "application/pdf", b"s", NOW)))  # fmt: skip
    await db.write(lambda tx: leads.rate(tx, "c1", 3, NOW))
    await db.write(lambda tx: leads.rate(tx, "c1", 5, NOW + 1))
    await say(db, "c1", "hello", "and more")
    await say(db, "c2", "somebody else")


async def test_the_transcript_holds_everything_of_one_conversation(db: Database) -> None:
    await fill(db)
    failed = await db.write(lambda tx: outbox.put(tx, NewDelivery("c1", "send", NOW)))
    await db.write(lambda tx: outbox.failed(tx, failed, "blocked"))
    await db.write(lambda tx: outbox.put(tx, NewDelivery("c1", "send", NOW)))
    found = await db.read(partial(read_transcript, conversation="c1"))
    assert found is not None
    assert (found.line.id, found.line.last_seq, found.version) == ("c1", 2, 0)
    assert [message.text for message in found.messages] == ["hello", "and more"]
    first, second = found.requirements
    assert (first.version, first.confirmed, len(first.items)) == (1, True, 1)
    assert first.items[0] == Item("many languages", "We need many languages.", "must")
    assert (second.origin, second.file, len(second.items)) == ("file", "f1", 2)
    (estimate,) = found.estimates
    assert (estimate.low, estimate.high, estimate.currency) == (100_00, 250_00, "EUR")
    (given,) = found.documents
    assert (given.given_at, given.opened_at, given.times_opened) == (NOW, NOW + 5, 2)
    assert found.promises == (leads.Promise("c1", 2, "EUR 100", NOW, "EUR", 100_00),)
    assert [file.name for file in found.files] == ["paper.pdf"]
    assert found.rating == Rating(5, NOW + 1)
    assert [(each.state, each.error) for each in found.deliveries] == [("failed", "blocked")]
    assert await db.read(partial(read_transcript, conversation="none")) is None


async def test_files_are_counted_for_their_limits(db: Database) -> None:
    await fill(db)
    said = [
        NewMessage("prospect", "a.pdf", NOW, body=b"{}"),
        NewMessage("prospect", "and words", NOW),
        NewMessage("staff", "an offer", NOW, body=b"{}"),
    ]
    await db.write(lambda tx: conversations.append(tx, "c1", said))
    assert db.peek(lambda tx: leads.count_files_sent(tx, "c1")) == 1
    assert db.peek(lambda tx: leads.count_files_sent(tx, "c2")) == 0
    assert db.peek(leads.file_ids) == {"f1"}
    assert [file.id for file in db.peek(lambda tx: leads.files_of(tx, "c1"))] == ["f1"]
    assert db.peek(lambda tx: leads.get_file(tx, "f2")) is None


async def test_tasks_are_open_until_done(db: Database) -> None:
    await begin(db, "c1", "c2")
    await save(db, "c1", facts=Facts(title="Firm"))

    async def open_one(key: str, due: int) -> int:
        return await db.write(
            lambda tx: leads.open_task(tx, NewTask(key, "follow_up", due, NOW, "call"))
        )

    late, soon = await open_one("c1", NOW + 9), await open_one("c1", NOW + 5)
    other = await open_one("c2", NOW + 7)
    tasks = await db.read(reading.open_tasks)
    assert [(task.id, task.title) for task in tasks] == [
        (soon, "Firm"),
        (other, ""),
        (late, "Firm"),
    ]
    assert not await db.write(lambda tx: leads.finish_task(tx, "c2", soon, NOW, 3))
    assert await db.write(lambda tx: leads.finish_task(tx, "c1", soon, NOW, 3))
    assert not await db.write(lambda tx: leads.finish_task(tx, "c1", soon, NOW, 3))
    assert await db.write(lambda tx: leads.finish_tasks(tx, "c1", NOW, 3)) == 1
    assert [task.id for task in await db.read(reading.open_tasks)] == [other]
    found = await db.read(partial(read_transcript, conversation="c1"))
    assert found is not None
    assert {(task.id, task.done_by) for task in found.tasks} == {(late, 3), (soon, 3)}


async def test_a_rule_fires_once(db: Database) -> None:
    await begin(db, "c1")
    fired = Escalation("c1", "qualified", "presales", "high", first=True, at=NOW)
    assert await db.write(lambda tx: leads.record_escalation(tx, fired))
    assert not await db.write(lambda tx: leads.record_escalation(tx, fired))


async def test_questions_without_an_answer(db: Database) -> None:
    await begin(db, "c1")
    numbers = []
    for n in range(3):
        question = NewUnanswered("c1", f"question {n}", "en", NOW + n, ("faq-1", "manual"))
        numbers.append(await db.write(lambda tx, q=question: leads.record_unanswered(tx, q)))  # type: ignore[misc]
    newest = await db.read(partial(reading.unanswered, limit=2))
    assert [each.question for each in newest] == ["question 2", "question 1"]
    assert newest[0].nearest == "faq-1\nmanual"
    rest = await db.read(partial(reading.unanswered, before=newest[-1].id))
    assert [each.question for each in rest] == ["question 0"]
    assert await db.write(lambda tx: leads.settle_unanswered(tx, numbers[0], NOW))
    assert not await db.write(lambda tx: leads.settle_unanswered(tx, numbers[0], NOW))
    assert [each.id for each in await db.read(partial(reading.unanswered, settled=True))] == [
        numbers[0]
    ]


async def test_the_funnel_counts_each_step(db: Database) -> None:
    for n in range(4):
        await begin(db, f"c{n}", at=NOW + n)
    await save(db, "c0", milestones=MILESTONES)
    await save(db, "c1", milestones=("answered", "buyer"), outcome="price_only")
    await save(db, "c2", milestones=("answered",))

    async def count(**wanted: Any) -> dict[str, int]:
        steps = await db.read(partial(reading.funnel, wanted=Filter(**wanted)))
        assert [step.name for step in steps] == ["opened", *MILESTONES]
        return {step.name: step.count for step in steps}

    everything = await count()
    assert (everything["opened"], everything["answered"], everything["buyer"]) == (4, 3, 2)
    assert everything["claimed"] == 1
    assert (await count(since=NOW + 1, until=NOW + 3))["opened"] == 2
    assert (await count(outcome="price_only"))["answered"] == 1
    assert set((await count(since=NOW + 99)).values()) == {0}


async def test_figures_for_monitoring(db: Database) -> None:
    await escalate(db, "w", "high", NOW)
    await begin(db, "h")
    await save(db, "h", owner="human")
    await say(db, "h", "one", "two")
    for due in (NOW - 50, NOW + 50):
        await db.write(lambda tx, due=due: outbox.put(tx, NewDelivery("w", "alert", due)))  # type: ignore[misc]
    figures = db.peek(lambda tx: reading.counts(tx, NOW))
    assert figures == reading.Counts(
        queued=2, sending=0, failed=0, overdue=50, waiting=1, human=1, unindexed=2
    )
    (claimed,) = await db.write(lambda tx: outbox.claim_due(tx, NOW, 5))
    assert db.peek(lambda tx: reading.counts(tx, NOW)).sending == 1
    await db.write(lambda tx: outbox.failed(tx, claimed.id, "gone"))
    figures = db.peek(lambda tx: reading.counts(tx, NOW))
    assert (figures.queued, figures.failed, figures.overdue) == (1, 1, 0)
