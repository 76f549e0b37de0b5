"""Random consultations: whatever a prospect does, the promises of the policy hold."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dialogs import profile
from dialogs.consultation import advance, start
from dialogs.effects import Turn
from dialogs.loading import load
from dialogs.pack import Pack
from dialogs.types import INTENTS, PASSING_SLOTS, FileInfo, Incoming, Passage, Reading, State, Value

NOON = 1_795_435_200_000  # Monday 23 November 2026, 12:00 UTC, in ms: the office is open
MINUTE = 60_000

VALUES: dict[str, list[Value]] = {
    "buyer_type": ["individual", "enterprise"],
    "ownership": ["private", "state_owned"],
    "own_servers": [True, False],
    "city": ["Munich", "上海", "Austin"],
    "department": ["it", "procurement", "management"],
    "authority": ["decides", "recommends", "none"],
    "headcount": ["8", "50-60", "<10", ">3000", "400"],
    "edition": ["professional", "cluster", "professional+enterprise"],
    "budget": ["USD 5000", "none"],
    "timeline": ["now", "P3M"],
    "email": ["ann@example.org"],
    "written_requirement": [True, False],
    "need": ["sell bicycles"],
    "doc_type": ["white_paper", "manual+comparison", "video", "price_list"],
    "language": ["zh", "en", "fr"],
    "existing_customer": [True],
}
SLOT_VALUES = st.sampled_from([(s, v) for s, values in VALUES.items() for v in values])
PASSAGE = Passage(
    source="a",
    kind="article",
    title="T",
    place="",
    language="en",
    text="x",
    score=1.0,
    answers=True,
)


@lru_cache(maxsize=1)
def demo() -> Pack:
    return load("dialogs/demo")


class Walk(RuleBasedStateMachine):
    """A prospect who says, presses and sends anything, in any order, at any pace."""

    def __init__(self) -> None:
        super().__init__()
        self.state = start(demo(), "widget")
        self.now = NOON
        self.count = 0
        self.stated: dict[str, Value] = {}
        self.rows = {row.id: row for row in demo().prices}
        self.step(Incoming(conversation="c", external_id="0", kind="open", language="en"), None)

    def step(self, incoming: Incoming, reading: Reading | None) -> Turn:
        self.count += 1
        self.now += 2_000
        before = self.state
        turn = advance(demo(), before, incoming, reading, self.now)
        again = advance(demo(), before, incoming, reading, self.now)
        assert turn == again  # pure: the same in, the same out
        self.state = turn.state
        self.check_questions(turn, incoming, reading)
        self.check_amounts(turn)
        return turn

    def incoming(self, kind: str, **fields: object) -> Incoming:
        return Incoming(
            conversation="c",
            external_id=str(self.count),
            kind=kind,  # type: ignore[arg-type]
            seq=self.count,
            **fields,  # type: ignore[arg-type]
        )

    def check_questions(self, turn: Turn, incoming: Incoming, reading: Reading | None) -> None:
        asking = [r for r in turn.replies if r.question]
        assert len(asking) <= 1
        numbers = [r.question for r in asking]
        assert all(n == turn.state.questions or "stale" in turn.replies[0].key for n in numbers)
        back = reading is not None and "go_back" in reading.intents
        stale = bool(turn.replies) and turn.replies[0].key == "stale"
        wished = incoming.value.startswith("edit:") or incoming.value == "back" or back or stale
        switched = reading is not None and "language_switch" in reading.intents
        wished = wished or switched  # shows the open question again, which Back may have opened
        for reply in asking:
            known = profile.value_of(turn.state.profile, reply.asks)
            inferred = reply.asks in turn.state.profile and (
                turn.state.profile[reply.asks].status == "inferred"
            )
            assert wished or known is None or inferred, f"asked what is known: {reply.asks}"

    def check_amounts(self, turn: Turn) -> None:
        for reply in turn.replies:
            for amount in reply.amounts:
                rows = [self.rows[r] for r in amount.rows]
                assert sum(r.amount for r in rows) == amount.minor
                assert {r.currency for r in rows} == {amount.currency}
            shows_money = any(c in reply.text for c in "€$¥")
            assert not shows_money or reply.amounts or "USD" in reply.text

    @rule(
        slots=st.lists(SLOT_VALUES, max_size=3),
        intents=st.lists(st.sampled_from(INTENTS), max_size=3, unique=True),
        quoted=st.booleans(),
        cues=st.lists(st.sampled_from(["discount", "agency", "contract"]), max_size=1),
        text=st.sampled_from(["well", "what?", "我们要做商城", "x" * 900]),
    )
    def says(
        self,
        slots: list[tuple[str, Value]],
        intents: list[str],
        quoted: bool,
        cues: list[str],
        text: str,
    ) -> None:
        reading = Reading(
            text=text,
            language="zh" if text.startswith("我") else "en",
            slots=dict(slots),
            intents=tuple(intents),
            passages=(PASSAGE,) if quoted else (),
            cues=tuple(cues),
        )
        human = self.state.owner == "human"
        turn = self.step(self.incoming("text", text=text), reading)
        if len(text) < 600:
            self.stated.update({s: v for s, v in slots if s not in PASSING_SLOTS})
            if any(i.startswith("ask_") for i in intents) and "edition" in dict(slots):
                self.stated.pop("edition")  # asked about, not stated
        assert turn.replies or human or turn.state.outcome == "quarantined"

    @rule(at=st.integers(0, 12))
    @precondition(lambda self: self.state.question is not None)
    def presses(self, at: int) -> None:
        question = self.state.question
        assert question is not None
        values = (*question.options, "skip", "back", "person")
        value = values[at % len(values)]
        incoming = self.incoming("choice", value=value, question=question.number)
        repeated = f"{question.number}:{value}" in self.state.pressed
        human = self.state.owner == "human"
        turn = self.step(incoming, None)
        assert turn.replies or human or repeated
        self.stated = {s: v for s, v in self.stated.items() if s in turn.state.profile}
        self.stated.update(
            {
                s: k.value
                for s, k in turn.state.profile.items()
                if s in turn.changed and k.value is not None
            }
        )

    @rule(number=st.integers(0, 3), value=st.sampled_from(["it", "true", "keep", "documents", "x"]))
    def presses_an_old_button(self, number: int, value: str) -> None:
        self.step(self.incoming("choice", value=value, question=number), None)
        self.stated = {s: v for s, v in self.stated.items() if s in self.state.profile}
        self.stated.update(
            {s: k.value for s, k in self.state.profile.items() if k.value is not None}
        )

    @rule(problem=st.sampled_from(["", "broken", "encrypted"]))
    def sends_a_file(self, problem: str) -> None:
        file = FileInfo(id="f", name="r.docx", size=9)
        turn = self.step(self.incoming("file", file=file), None)
        assert turn.replies or self.state.owner == "human"
        self.stated["written_requirement"] = True
        read = FileInfo(id="f", name="r.docx", size=9, text="- must sync", problem=problem)
        self.step(self.incoming("file_read", file=read), None)

    @rule(
        name=st.sampled_from(["silence", "ring", "apology", "hand_back"]),
        minutes=st.integers(0, 2000),
    )
    def time_passes(self, name: str, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.step(self.incoming("timer", value=name), None)

    @rule()
    def comes_back(self) -> None:
        self.now += 2_880 * MINUTE
        self.step(self.incoming("open"), None)

    @rule()
    @precondition(lambda self: self.state.owner == "waiting")
    def somebody_claims(self) -> None:
        self.state = _replaced(self.state, owner="human", last_staff=self.now)

    @rule()
    @precondition(lambda self: self.state.owner == "human")
    def the_bot_is_silent_now(self) -> None:
        turn = self.step(self.incoming("text", text="hello"), Reading(text="hello"))
        assert not turn.replies

    @invariant()
    def nothing_stated_is_lost(self) -> None:
        for slot, value in self.stated.items():
            known = self.state.profile.get(slot)
            past = self.state.former.get(slot, ())
            assert known is not None or past, f"lost {slot}"
            if known is not None and known.value is None:
                assert known.history or past
            seen = [known.value] if known else []
            seen += [p.value for p in known.history] if known else []
            assert value in seen or value in [p.value for p in past], f"lost {slot}={value}"

    @invariant()
    def an_escalation_is_never_lowered(self) -> None:
        if self.state.reasons:
            assert self.state.outcome in ("escalated", "support")


def _replaced(state: State, **changes: Any) -> State:
    return msgspec.structs.replace(state, **changes)


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=int(os.environ.get("FIRSTLINE_WALKS", "300")),
    stateful_step_count=25,
    deadline=None,
    derandomize="FIRSTLINE_WALKS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
