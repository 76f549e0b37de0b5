"""The figures of conversations from before they were recorded, told from what is stored.

It runs once after the start, beside everything else: slowly, and from where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial

from bot import records
from bot.house import House
from bot.logs import get_logger
from bot.turns.figures import make_row
from dialogs.figures import ending_by_status, facts_of, fold_value, is_answer, reached
from dialogs.hours import DAY
from dialogs.joining import JOINED
from dialogs.profile import learned
from dialogs.types import TOPICS, Known, Reply, State, Struct
from storage import conversations, facts, marks, moments, questions_asked, reading
from storage.conversations import ConversationRow, MessageRow
from storage.db import Tx
from storage.questions_asked import QuestionRow

FROM, UNTIL = "figures_from", "figures_until"  # marks: both times of opening in ms
AT_ONCE = 10  # conversations of one write
PAUSE_SECONDS = 0.05
MESSAGES_MAX = 10_000  # of one conversation that are looked at


async def rebuild_all(house: House, pause: float = PAUSE_SECONDS) -> None:
    """Go through every conversation that was opened before the first start with figures.

    Values of facts that are known under another name since get that name first.
    """
    await _join_values(house, pause)
    count = 0
    until = await house.db.write(partial(_begin, now=house.now()))
    while done := await house.db.write(partial(_rebuild_some, until=until)):
        count += done
        await asyncio.sleep(pause)
    if count:
        get_logger().info("figures_rebuilt", count=count)


async def _join_values(house: House, pause: float) -> None:
    """One value a write: it may stand in many conversations."""
    renamed = 0
    for slot in JOINED:
        for old in await house.db.write(partial(facts.values_of, slot=slot)):
            new = fold_value(slot, old)
            if new != old:
                await house.db.write(partial(facts.rename, slot=slot, old=old, new=new))
                renamed += 1
                await asyncio.sleep(pause)
    if renamed:
        get_logger().info("facts_joined", count=renamed)


def _begin(tx: Tx, now: int) -> int:
    until = marks.get(tx, UNTIL)
    if not until:
        until = now + 1
        marks.put(tx, UNTIL, until)
    return until


def _rebuild_some(tx: Tx, until: int) -> int:
    """The next conversations by their opening; gives how many they were."""
    found = conversations.opened_between(tx, marks.get(tx, FROM), until, AT_ONCE)
    for conversation, _ in found:
        rebuild(tx, conversation)
    if found:
        marks.put(tx, FROM, found[-1][1] + 1)
    return len(found)


def rebuild(tx: Tx, conversation: str) -> None:
    """Add what can still be told of a conversation; what was recorded stays as it is."""
    row = conversations.load(tx, conversation)
    if row is None or row.erased:
        return
    state = records.read_state(row.state)
    rows = reading.messages_after(tx, conversation, 0, internal=True, limit=MESSAGES_MAX)
    told = [_tell(each) for each in rows]
    _add_facts(tx, conversation, state, told)
    times = _times(row, state, told, moments.first_escalation(tx, conversation))
    conversations.keep_moments(
        tx, conversation, tuple(times), moments.merge(row.moments, times, row.created_at)
    )
    for question in _questions(conversation, state, told):
        questions_asked.keep(tx, question)


class _Told(Struct):
    """A stored message; `reply` is empty for one of the prospect."""

    seq: int
    author: str
    at: int
    reply: Reply


def _tell(row: MessageRow) -> _Told:
    ours = row.author in ("bot", "event", "staff")
    reply = records.read_reply(row.body, "") if ours else Reply(key="", text="")
    return _Told(seq=row.seq, author=row.author, at=row.at, reply=reply)


def _add_facts(tx: Tx, conversation: str, state: State, told: Sequence[_Told]) -> None:
    at = {message.seq: message.at for message in told}
    for slot, known in state.profile.items():
        when = at.get(known.message, state.last_prospect)
        facts.put(
            tx,
            [make_row(conversation, slot, fact, when) for fact in facts_of(slot, known)],
        )


# --- steps ---------------------------------------------------------------------------------------


def _times(
    row: ConversationRow, state: State, told: Sequence[_Told], escalated: int
) -> dict[str, int]:
    """When each step was reached (ms); the last change where nothing tells."""
    found = _times_of_messages(told) | _times_of_topics(state, told)
    found["escalated"] = escalated
    found["document_opened"] = min((g.opened for g in state.given if g.opened), default=0)
    if state.outcome == "silent":
        found["silent"] = state.last_prospect + DAY
    shown = {name: at for name, at in found.items() if at}
    return dict.fromkeys(reached(state), row.updated_at) | shown


def _times_of_messages(told: Sequence[_Told]) -> dict[str, int]:
    def first(holds: Iterable[_Told]) -> int:
        return min((message.at for message in holds), default=0)

    ours = [message for message in told if message.author in ("bot", "event")]
    humans = [message for message in told if message.author == "staff"]
    joined = [m for m in ours if m.reply.key == "desk.joined"]
    papers = [m for m in (*ours, *humans) if any(a.kind == "document" for a in m.reply.attachments)]
    return {
        "answered": first(m for m in told if m.author == "prospect"),
        "first_answer": first(m for m in ours if is_answer(m.reply)),
        "document": first(papers),
        "price": first(m for m in ours if m.reply.amounts),
        "claimed": first((*joined, *humans)),
        "human_reply": first(humans),
        "closed": first(m for m in ours if m.reply.key in ("desk.closed", "stop.bye")),
        "refused": first(m for m in ours if m.reply.key == "price.door"),
    }


def _times_of_topics(state: State, told: Sequence[_Told]) -> dict[str, int]:
    """A topic is learned with the message after which enough of its slots have a value."""
    at = {message.seq: message.at for message in told}
    first = {slot: _first_message(known) for slot, known in state.profile.items()}
    found = {}
    for topic in TOPICS:
        for seq in sorted(set(first.values())):
            by_then = {slot: state.profile[slot] for slot, told in first.items() if told <= seq}
            if learned(by_then, topic):
                found[topic] = at.get(seq, 0)
                break
    if "written_requirement" in first:
        found["written_requirement"] = at.get(first["written_requirement"], 0)
    return found


def _first_message(known: Known) -> int:
    """The message that first gave the slot a value."""
    earlier = [past.message for past in known.history if past.value is not None]
    return min([*earlier, known.message])


# --- questions -----------------------------------------------------------------------------------


def _questions(conversation: str, state: State, told: Sequence[_Told]) -> Iterable[QuestionRow]:
    """The questions as the messages show them; one that was put again in a row counts on."""
    runs = _runs([m for m in told if m.reply.question])
    for place, run in enumerate(runs):
        until = runs[place + 1][0].seq if place + 1 < len(runs) else 0
        still = state.question is not None and not until
        ended_at, ended = (0, "") if still else _end(state, told, run, until)
        yield QuestionRow(
            conversation=conversation,
            number=run[0].reply.question,
            slot=run[0].reply.asks,
            times=len(run),
            asked_at=run[0].at,
            ended_at=ended_at,
            ended=ended,
            known=_is_known(state, run[0]),
        )


def _is_known(state: State, asked: _Told) -> bool:
    known = state.profile.get(asked.reply.asks)
    if known is None:
        return False
    return bool(known.value is not None and _first_message(known) < asked.seq)


def _runs(asked: Iterable[_Told]) -> list[list[_Told]]:
    """Messages that ask for the same slot one after the other, each number once."""
    runs: list[list[_Told]] = []
    for message in asked:
        last = runs[-1][-1].reply if runs else None
        if last is None or message.reply.question > last.question:
            if last is not None and last.asks == message.reply.asks:
                runs[-1].append(message)
            else:
                runs.append([message])
    return runs


def _end(state: State, told: Sequence[_Told], run: Sequence[_Told], until: int) -> tuple[int, str]:
    """When and how it ended, before the message `until` (0: before the end of the talk)."""
    answers = [
        m for m in told
        if m.author == "prospect" and m.seq > run[-1].seq and (not until or m.seq < until)
    ]  # fmt: skip
    if not answers:
        return 0, ""
    known = state.profile.get(run[0].reply.asks)
    stated = [(past.message, past.status) for past in known.history] if known else []
    if known:
        stated.append((known.message, known.status))
    for seq, status in stated:
        found = next((m for m in answers if m.seq == seq), None)
        if found is not None:
            return found.at, ending_by_status(status)
    return answers[-1].at, "passed"
