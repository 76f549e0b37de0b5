"""What understanding one message costs, and how many messages never reach the encoder."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Sequence

import numpy as np

from bot.benches.understanding import Line
from bot.packs.vectors import KeptVectors
from dialogs.knowledge import Library
from dialogs.pack import Pack
from dialogs.understanding.encoder import Encoder, Matrix
from dialogs.understanding.reader import Reader

# Intents whose message is looked up in the papers too.
_ASKING = frozenset({
    "ask_feature", "ask_commercial", "ask_trial", "ask_why", "out_of_scope", "unclear",
})  # fmt: skip


class CountingEncoder:
    """The encoder behind it, and how often it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.calls = 0
        self.sentences = 0

    def encode(self, texts: list[str]) -> Matrix:
        self.calls += 1
        self.sentences += len(texts)
        return self._encoder.encode(texts)


def measure_costs(
    pack: Pack, lines: Sequence[Line], encoder: KeptVectors
) -> Iterable[tuple[str, float, str]]:
    """(name, value, unit). Each line is read after its question, and looked up if it asks.

    The vectors are settled afterwards: what is encoded from then on is soon forgotten.
    """
    counting = CountingEncoder(encoder)
    begun = time.process_time()
    reader = Reader(pack, counting)
    yield "learning the pack's examples: CPU", time.process_time() - begun, "s"
    library = Library(pack, counting)
    encoder.settle()
    asked = [reader.find_asked(line.context) if line.context else None for line in lines]
    gc.collect()
    spent, reached = [], []
    for line, question in zip(lines, asked, strict=True):
        calls, begun = counting.calls, time.thread_time()
        reading = reader.read(line.text, asked=question, known={}, language=line.lang[:2])
        reached.append(counting.calls > calls)
        if not _ASKING.isdisjoint(reading.intents):
            library.find(line.text, reading.language, 3)
        spent.append((time.thread_time() - begun) * 1_000)
    p50, p95 = np.percentile(spent, [50, 95])
    yield f"a message: CPU p50 ({len(lines)})", float(p50), "ms"
    yield "a message: CPU p95", float(p95), "ms"
    yield "a message: read without the encoder", 100 - 100 * float(np.mean(reached)), "%"
