"""Doubts as a manager reads them: what was said, what had been asked, what was made of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot import records
from bot.masking import PERSONAL, mask
from bot.web.deps import Deps
from bot.web.staffpages import make_name
from bot.web.talk_view import show_value
from dialogs.folder.values import as_word, closed_values
from dialogs.profile import value_of
from dialogs.types import INTENTS, PASSING_SLOTS, Known, Reading, Struct
from storage import conversations, doubts, reading
from storage.db import Tx
from storage.doubts import Doubt

BEFORE_MAX = 300  # characters of what was asked, from its end
AFTER = 8  # messages after a corrected one that are searched for the correction
_NOT_TAUGHT = frozenset({"unclear"})
# Facts of the profile with a closed set of values, in the order of the consultation.
_FACTS = (
    "buyer_type",
    "ownership",
    "own_servers",
    "department",
    "authority",
    "written_requirement",
)


class Case(Struct):
    """A doubt on the page. `sentence` is masked; `percent` 100 where nothing was guessed."""

    row: Doubt
    sentence: str
    intents: tuple[str, ...]  # named
    facts: tuple[tuple[str, str], ...]  # slot and value, named
    asked: str  # slot that was asked for, named; "" for none
    before: str  # the bot's words before it
    after: str  # the prospect's next words, of a corrected one
    percent: int
    hidden: bool  # something personal is not in the sentence
    chosen: str  # meaning that is likely right; "" where nothing tells


class _Around(Struct):
    """What stands around a doubt in its talk."""

    before: str = ""
    after: str = ""
    meant: str = ""  # the fact by which a corrected one was put right
    personal: tuple[tuple[str, str], ...] = ()


def make_case(deps: Deps, row: Doubt, language: str) -> Case:
    """The doubt in words of the language."""
    name = make_name(deps, language)
    read = records.read_reading(row.reading) or Reading()
    around = deps.db.peek(lambda tx: _look_around(tx, row))
    sentence = _mask(deps, row, read, around)
    known = [slot for slot in read.slots if slot not in PASSING_SLOTS or slot == "doc_type"]
    return Case(
        row=row,
        sentence=" ".join(sentence.split()),
        hidden=sentence != row.text,
        intents=tuple(name("intent", each) for each in read.intents if each not in _NOT_TAUGHT),
        facts=tuple(
            (name("slot", slot), show_value(deps, slot, read.slots[slot], language))
            for slot in known
        ),
        asked=name("slot", row.asked) if deps.texts.has(language, f"slot.{row.asked}") else "",
        before=around.before,
        after=around.after,
        percent=round(100 * row.certainty),
        chosen=around.meant or next((each for each in read.intents if each not in _NOT_TAUGHT), ""),
    )


def mask_sentence(deps: Deps, row: Doubt, sentence: str) -> str:
    """A sentence that somebody wrote from this doubt, without what is personal in it."""
    read = records.read_reading(row.reading) or Reading()
    around = deps.db.peek(lambda tx: _look_around(tx, row))
    return _mask(deps, row, read, around, sentence)


class Meaning(Struct):
    """What a sentence may mean: an intent, or a slot with one of its values."""

    intent: str = ""
    slot: str = ""
    value: str = ""

    @property
    def id(self) -> str:
        """How forms name it."""
        return f"{self.slot}={self.value}" if self.slot else self.intent


def meanings(deps: Deps) -> dict[str, tuple[Meaning, ...]]:
    """What can be taught, in groups: the company's own intents, facts, and the general intents."""
    slots = [(slot, [as_word(value) for value in closed_values(slot)]) for slot in _FACTS]
    slots += [(slot.id, list(slot.values)) for slot in deps.pack.own_slots]
    own = [each.id for each in deps.pack.own_intents]
    general = [Meaning(intent=each) for each in INTENTS if each not in _NOT_TAUGHT]
    groups = {
        "own": tuple(Meaning(intent=each) for each in own),
        "general": tuple(general),
        "facts": tuple(Meaning(slot=slot, value=value) for slot, of in slots for value in of),
    }
    return {group: of for group, of in groups.items() if of}


def find_meaning(deps: Deps, named: str) -> Meaning | None:
    """The meaning of a form's field, or None."""
    return next((m for of in meanings(deps).values() for m in of if m.id == named), None)


def name_meaning(deps: Deps, meaning: Meaning, language: str) -> str:
    """A meaning in words of the language."""
    name = make_name(deps, language)
    if not meaning.slot:
        named = name("intent", meaning.intent)
        return named.replace("_", " ") if named == meaning.intent else named
    flags = {"true": True, "false": False}
    value = flags.get(meaning.value, meaning.value)
    return f"{name('slot', meaning.slot)}: {show_value(deps, meaning.slot, value, language)}"


def name_meanings(deps: Deps, language: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """(id, name) of what can be taught, by group; intents by name, facts in their own order."""
    found = {}
    for group, of in meanings(deps).items():
        named = [(each.id, name_meaning(deps, each, language)) for each in of]
        found[group] = tuple(named if group == "facts" else sorted(named, key=lambda n: n[1]))
    return found


def _look_around(tx: Tx, row: Doubt) -> _Around:
    talk = conversations.load(tx, row.conversation)
    if talk is None or talk.erased:
        return _Around()
    profile = records.read_state(talk.state).profile
    said = conversations.get_message(tx, row.conversation, row.seq - 1) if row.seq > 1 else None
    later = reading.messages_after(tx, row.conversation, row.seq, internal=False, limit=AFTER)
    after = next((each.text for each in later if each.author == "prospect"), "")
    return _Around(
        meant=_put_right(profile, row) if row.kind == "corrected" else "",
        before=_end_of(said.text) if said is not None and said.author == "bot" else "",
        after=after[:BEFORE_MAX] if row.kind == "corrected" else "",
        personal=_personal(profile),
    )


def _personal(profile: Mapping[str, Known]) -> tuple[tuple[str, str], ...]:
    """What is known of who they are, and what was before it was put right."""
    known = [(slot, profile[slot]) for slot in PERSONAL if slot in profile]
    found = [(slot, value_of(profile, slot)) for slot, _ in known]
    found += [(slot, former.value) for slot, each in known for former in each.history]
    return tuple((slot, value) for slot, value in found if isinstance(value, str))


def mask_words(deps: Deps, words: str, conversation: str, language: str) -> str:
    """A prospect's words without what the talk knows of who they are."""
    talk = deps.db.peek(lambda tx: conversations.load(tx, conversation))
    known = _personal(records.read_state(talk.state).profile) if talk and not talk.erased else ()
    return mask(words, known, _stand_ins(deps, language))


def _put_right(profile: Mapping[str, Known], row: Doubt) -> str:
    """The fact that stands now where this message had another value read."""
    for slot in _FACTS:
        known = profile.get(slot)
        former = known.history[-1] if known is not None and known.history else None
        if known is not None and former is not None and former.message == row.seq:
            return f"{slot}={as_word(known.value)}" if known.value is not None else ""
    return ""


def _end_of(text: str) -> str:
    """The last line: a question stands at the end of what the bot says."""
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    return last if len(last) <= BEFORE_MAX else "…" + last[-BEFORE_MAX:].partition(" ")[2]


def _mask(deps: Deps, row: Doubt, read: Reading, around: _Around, sentence: str = "") -> str:
    said = {slot: read.quotes.get(slot, "") for slot in PERSONAL}
    values = {slot: read.slots.get(slot) for slot in PERSONAL}
    known = [*around.personal, *said.items()]
    known += [(slot, value) for slot, value in values.items() if isinstance(value, str)]
    # Of a quote such as "my name is Anna" only the name itself is to go.
    kept = [(slot, words) for slot, words in known if not _is_clause(words, values.get(slot))]
    return mask(sentence or row.text, kept, _stand_ins(deps, row.language))


def _is_clause(words: str, value: object) -> bool:
    return isinstance(value, str) and value.casefold() in words.casefold() and value != words


def _stand_ins(deps: Deps, language: str) -> Mapping[str, str]:
    spoken = language if language in deps.pack.languages else deps.pack.languages[0]
    return {slot: deps.texts.say(spoken, f"understanding.mask.{slot}") for slot in PERSONAL}


def find_case(deps: Deps, doubt: int) -> Doubt | None:
    """The doubt with its message, or None once that is gone."""
    return deps.db.peek(lambda tx: doubts.get(tx, doubt))
