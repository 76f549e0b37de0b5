"""Faults by script: what the next calls, or the next updates, of a bot meet."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["flood", "status", "cut_before", "cut_after", "slow", "duplicate", "reorder", "none"]


@dataclass(frozen=True)
class Fault:
    """Made by the functions below. `amount`: seconds, HTTP status or number of repeats."""

    kind: Kind
    amount: float = 0

    @staticmethod
    def flood(seconds: int) -> Fault:
        """429 with `retry_after`; nothing is done."""
        return Fault("flood", seconds)

    @staticmethod
    def status(code: int) -> Fault:
        """This HTTP status; nothing is done."""
        return Fault("status", code)

    @staticmethod
    def cut_before() -> Fault:
        """The connection is closed, nothing is done."""
        return Fault("cut_before")

    @staticmethod
    def cut_after() -> Fault:
        """It is done, then the connection is closed without an answer."""
        return Fault("cut_after")

    @staticmethod
    def slow(seconds: float) -> Fault:
        """It is done at once and answered so much later."""
        return Fault("slow", seconds)

    @staticmethod
    def duplicate(times: int = 1) -> Fault:
        """For updates: each of the next batch comes so many times more, with the same id."""
        return Fault("duplicate", times)

    @staticmethod
    def reorder() -> Fault:
        """For updates: the next batch comes in reverse."""
        return Fault("reorder")

    @staticmethod
    def none() -> Fault:
        """This one goes through: for scripts such as "the third call fails"."""
        return Fault("none")


OF_UPDATES = ("duplicate", "reorder")


@dataclass
class Standing:
    """A fault that comes by chance; the chances of one seed are always the same."""

    fault: Fault
    probability: float
    chance: random.Random


@dataclass
class Script:
    """The faults that await one bot. Methods without regard to case; "*" is any method."""

    lines: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    standing: defaultdict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    of_updates: deque[Fault] = field(default_factory=deque)

    def add(self, method: str, *faults: Fault) -> None:
        for fault in faults:
            (self.of_updates if fault.kind in OF_UPDATES else self.lines[method.lower()]).append(
                fault
            )

    def stand(self, method: str, fault: Fault, probability: float, seed: int) -> None:
        assert fault.kind not in OF_UPDATES, "script these: they meet one batch"
        self.standing[method.lower()].append(Standing(fault, probability, random.Random(seed)))

    def next(self, method: str) -> Fault | None:
        """The fault that this call meets."""
        for name in (method.lower(), "*"):
            if self.lines[name]:
                fault = self.lines[name].popleft()
                return None if fault.kind == "none" else fault
        for name in (method.lower(), "*"):
            for each in self.standing[name]:
                if each.chance.random() < each.probability:
                    return each.fault
        return None

    def spoil(self, batch: list[Json]) -> list[Json]:
        """A batch of updates as the script wants it to come."""
        while batch and self.of_updates:
            fault = self.of_updates.popleft()
            if fault.kind == "reorder":
                batch = batch[::-1]
            else:
                batch = [each for each in batch for _ in range(1 + int(fault.amount))]
        return batch

    def clear(self) -> None:
        self.lines.clear()
        self.standing.clear()
        self.of_updates.clear()
