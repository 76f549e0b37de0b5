"""What `/metrics` shows: counts and times of this process, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_LONG_BUCKETS = (*_BUCKETS, 10.0, 30.0, 60.0, 300.0, 1_800.0)


class Metrics:
    """All measures. Labels are closed sets; none carries a person's or a conversation's data."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = self._counter("firstline_turns", "Committed turns", "kind")
        self.refused = self._counter("firstline_refused", "Incoming things refused", "reason")
        self.repeated = Counter(
            "firstline_repeated", "Incoming things seen before", registry=self.registry
        )
        self.stale = Counter(
            "firstline_stale", "Readings made again: the state had moved", registry=self.registry
        )
        self.turn_seconds = self._seconds(
            "firstline_turn_seconds", "From handle() to the committed answer"
        )
        self.reading_seconds = self._seconds(
            "firstline_reading_seconds", "Understanding one message"
        )
        self.escalations = self._counter("firstline_escalations", "Humans brought in", "reason")
        self.acts = self._counter("firstline_desk_acts", "Acts of staff", "act")
        self.deliveries = self._counter("firstline_deliveries", "Deliveries ended", "kind", "state")
        self.arrivals = self._counter(
            "firstline_arrivals", "Updates taken, repeated, put off or set aside", "source", "state"
        )
        self.arrival_seconds = Histogram(
            "firstline_arrival_seconds",
            "From storing an update to having taken it in",
            ("source",),
            buckets=_LONG_BUCKETS,
            registry=self.registry,
        )
        self.reloads = self._counter("firstline_reloads", "Packs read while running", "outcome")
        self.reload_seconds = self._seconds(
            "firstline_reload_seconds", "From reading a pack to its new mind"
        )
        self.waiting = Gauge(
            "firstline_turns_waiting", "Turns in work or waiting", registry=self.registry
        )
        self.watches = Gauge("firstline_watches", "Open live streams", registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _seconds(self, name: str, meaning: str) -> Histogram:
        return Histogram(name, meaning, buckets=_BUCKETS, registry=self.registry)

    def render(self) -> bytes:
        """The text format that scrapers read; see CONTENT_TYPE."""
        return generate_latest(self.registry)
