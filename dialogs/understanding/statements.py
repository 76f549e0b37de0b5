"""What the buyer says of themselves in words that no list of names foresees, told by its meaning.

The examples tell sentences for each value of a slot ("two racks hum in our cellar"). One linear
model holds them against each other and against what else people write, so that it can say nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import numpy as np

from dialogs.learning import Notes
from dialogs.pack import Pack
from dialogs.understanding.asides import is_unreal
from dialogs.understanding.clauses import is_question, size_of, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.encoder import Encoder
from dialogs.understanding.model import LinearModel
from dialogs.understanding.names import Found
from dialogs.understanding.off_topic import OFF_TOPIC

# Shares from which a value is believed: out of the blue, and as the answer to its own question.
SURE, SURE_IF_ASKED = 0.8, 0.5
CLOSE = 0.45  # likeness to the nearest example that is needed out of the blue
RIVALS = 3  # one in so many sentences of the intents is learned as no statement
SIZE_LEAST, SIZE_MOST = 2, 24  # words of what is looked at
# Slots whose values are told by meaning; sentences of others only tell what else is stated.
_TOLD = frozenset({
    "own_servers", "ownership", "authority", "buyer_type", "written_requirement", "department",
})  # fmt: skip
# Said to nobody in particular, these hold values ("we have our own servers") or bare answers.
_NO_OTHERS = frozenset({"provide_info", "correct"})
_SILENT = frozenset({"refuse", "ask_why", "out_of_scope", "abuse", "stop"})
_JOB = ("department", "role", "authority")
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|i've|me|my|myself|we|we're|we've|our|us|the \w+ guys?|я|мы|мне|мой|моя|наш\w*|"
    r"yo|mi|nos|nuestr\w+|[a-z]{2,}(?:amos|emos|imos)|[a-z]{3,}[^r]o|soy|doy|[а-я]{2,}(?:ю|юсь|"
    r"усь|ем|им|ом|жу|чу|шу|щу|лю|ду|гу|ку|ру))\b|我|咱|本人|俺|负责"
)
_THIRD_PERSON = re.compile(
    r"^\W*(?:he|she|they|it|that|this|those|он|она|они|это|ella|ellos|el|ese|eso|esta)\b|"
    r"^\W*(?:[他她它]|那是|这是)|\b(?:customers?|clients?|клиент\w*|покупател\w*|clientes?)\b.*\d"
)
_SECOND_PERSON = re.compile(
    r"\b(?:you|your|yours|ustedes|usted|vosotros|vuestr\w+|вы|вам|вас|ваш\w*)\b|你们?|您|贵公司"
)


class Statements:
    """The values of slots that the examples tell in sentences."""

    def __init__(
        self,
        pack: Pack,
        encoder: Encoder,
        former: Statements | None = None,
        notes: Notes | None = None,
    ) -> None:
        """`former`: those of nearly the same pack, from which learning goes on. `notes`: where
        what was learned is kept."""
        told = list(_told(pack))
        self._examples = frozenset(told)
        before = former._model if former else None
        self._model: LinearModel | None = None
        if told:
            pairs = [*told, *_others(pack)]
            self._model = LinearModel(encoder, pairs, former=before, notes=notes)
        labels = self._model.labels if self._model else ()
        self._slots = {
            slot: [place for place, label in enumerate(labels) if label.startswith(f"{slot}=")]
            for slot in _TOLD
        }
        self._told = frozenset(place for places in self._slots.values() for place in places)

    def fits(self, pack: Pack) -> bool:
        """Whether what was learned is good for this pack: its statements are the same, and hardly
        anything else that people write differs."""
        if frozenset(_told(pack)) != self._examples:
            return False
        sentences = {sentence for sentence, _ in (*self._examples, *_others(pack))}
        return self._model is None or self._model.is_like(sentences)

    def take(self, draft: Draft) -> None:
        """Adds the values that the parts which nothing explains come down to."""
        if self._model is None or _SILENT & set(draft.intents):
            return
        parts = list(_unread_parts(draft))
        if not parts:
            return
        texts = [draft.words.text[start:end].strip() for start, end in parts]
        shares, close = self._model.shares(texts)
        for (start, end), share, likeness in zip(parts, shares, close, strict=True):
            best = self._best(draft, share, float(likeness), draft.words.low[start:end])
            if best is None:
                continue
            slot, _, value = self._model.labels[best].partition("=")
            rule = f"means {value}, {share[best]:.2f}, nearest example {likeness:.2f}"
            hit = Found(slot, value, start, end, rule)
            draft.take(hit)
            draft.stated.found[slot] = hit
            draft.certainty = min(draft.certainty, float(share[best]))

    def _best(self, draft: Draft, share: np.ndarray, close: float, low: str) -> int | None:
        """The place of the label that is believed, if any."""
        asked = self._slots.get(draft.slot, [])
        if asked and draft.slot not in draft.slots:
            best = max(asked, key=lambda place: float(share[place]))
            if share[best] >= SURE_IF_ASKED:
                return best
        best = int(share.argmax())
        slot = self._model.labels[best].partition("=")[0] if self._model else ""
        if slot == "own_servers" and draft.stated.edition_excluded:
            return None  # "the cluster is too big for us"
        if slot == "department" and draft.slot not in _JOB and not _is_of_writer(low):
            return None
        if best not in self._told or slot in draft.slots or share[best] < SURE or close < CLOSE:
            return None
        return best


def _is_of_writer(low: str) -> bool:
    """Whether a part tells what the writer does: "she owns it", "customers: 12,000" do not."""
    return bool(_FIRST_PERSON.search(low)) and not _THIRD_PERSON.search(low)


def _told(pack: Pack) -> Iterator[tuple[str, str]]:
    """The sentences that tell a value of a built-in slot."""
    own = {slot.id for slot in pack.own_slots}
    for examples in pack.examples.values():
        yield from (
            (sentence, f"{slot}={value}")
            for slot, values in examples.statements.items()
            if slot not in own
            for value, sentences in values.items()
            for sentence in sentences
        )


def _others(pack: Pack) -> Iterator[tuple[str, str]]:
    """What else people write: the sentences of the intents."""
    for examples in pack.examples.values():
        for intent, sentences in examples.intents.items():
            if intent not in _NO_OTHERS:
                yield from ((sentence, intent) for sentence in sentences if _is_drawn(sentence))


def _is_drawn(sentence: str) -> bool:
    """Whether a sentence is among the part that is learned from, whatever else there is."""
    return zlib.crc32(sentence.encode()) % RIVALS == 0


def _unread_parts(draft: Draft) -> Iterator[tuple[int, int]]:
    for start, end in split_clauses(draft.words):
        low = draft.words.low[start:end]
        if not SIZE_LEAST <= size_of(low) <= SIZE_MOST or is_question(low):
            continue
        if any(a < end and b > start for a, b in draft.used):
            continue
        if _SECOND_PERSON.search(low) or is_unreal(low) or OFF_TOPIC.search(low):
            continue
        yield start, end
