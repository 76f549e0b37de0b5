"""The one way in: a message and the open question into a Reading."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from dialogs.learning import Notes
from dialogs.pack import Pack
from dialogs.types import PASSING_SLOTS, Asked, Reading, Value
from dialogs.understanding.alone import trades_alone
from dialogs.understanding.blamed import take_blamed
from dialogs.understanding.buttons import Buttons
from dialogs.understanding.cities import load_cities
from dialogs.understanding.clauses import size_of
from dialogs.understanding.context import (
    asks_of_you,
    denies_servers,
    find_asked_slot,
    is_checking,
    is_choice,
    is_open,
    load_questions,
)
from dialogs.understanding.contrasts import take_contrast
from dialogs.understanding.corrections import (
    is_correcting,
    take_correction,
    tell_answer_beside,
)
from dialogs.understanding.draft import Draft
from dialogs.understanding.earlier import take_earlier
from dialogs.understanding.encoder import Encoder
from dialogs.understanding.guesses import take_model
from dialogs.understanding.languages import Languages
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.listed import take_listed_size
from dialogs.understanding.matters import tell_matter
from dialogs.understanding.meaning import find_command, finish, take_cues, take_signs
from dialogs.understanding.model import LinearModel
from dialogs.understanding.noted import part_noted, read_noted
from dialogs.understanding.opinions import doubt_names, hear_correction
from dialogs.understanding.own import OwnNames
from dialogs.understanding.retold import take_retold
from dialogs.understanding.slots import read_slots
from dialogs.understanding.statements import Statements
from dialogs.understanding.swaps import take_swap
from dialogs.understanding.verdicts import (
    read_signs_alone,
    settle_by_model,
    take_evasion,
    take_yes_or_no,
)
from dialogs.understanding.vocabulary import Vocabulary
from dialogs.understanding.wishes import asks_us, read_need, refuses_questions, tells_selling
from dialogs.understanding.words import read_words

# What names a place, a firm, a person or an address is in no language.
_NAMING = ("city", "name", "company", "email", "phone")
# Questions whose whole answer is kept in the prospect's words.
_IN_THEIR_WORDS = frozenset({"need", "industry", "alternatives"})
_NO_ANSWER = frozenset({
    "refuse", "dont_know", "ask_why", "ask_price", "ask_document", "ask_feature", "talk_to_human",
    "go_back", "restart", "small_talk", "unclear", "stop", "abuse", "language_switch", "deny",
    "out_of_scope", "ask_commercial", "ask_trial", "support_request",
})  # fmt: skip


class Reader:
    """Reads messages of one pack. Building it takes about a second with the encoder."""

    def __init__(
        self,
        pack: Pack,
        encoder: Encoder | None = None,
        former: Reader | None = None,
        notes: Notes | None = None,
    ) -> None:
        """Without an encoder the model counts letters and words of the pack's examples.

        `former`: the reader of nearly the same pack, from which learning goes on. `notes`: where
        what was learned is kept.
        """
        load_cities()
        self._encoder = encoder
        self._questions: LinearModel | None = None  # learned when first asked for
        self._lexicon = Lexicon(pack)
        self._buttons = Buttons(pack)
        self._vocabulary = Vocabulary(pack)
        self._own = OwnNames(pack, self._lexicon, encoder)
        before = former._statements if former else None
        self._statements: Statements | None = before if before and before.fits(pack) else None
        if encoder is not None and self._statements is None:
            self._statements = Statements(pack, encoder, before, notes)
        self._first = pack.languages[0]
        self._languages = Languages([*pack.languages, *pack.examples])
        pairs = [
            (sentence, intent)
            for examples in pack.examples.values()
            for intent, sentences in examples.intents.items()
            for sentence in sentences
        ]
        self._model: LinearModel | None = (
            LinearModel(encoder, pairs, former=former._model if former else None, notes=notes)
            if len({intent for _, intent in pairs}) > 1
            else None
        )

    def read(
        self, text: str, *, asked: Asked | None, known: Mapping[str, Value], language: str
    ) -> Reading:
        """What the message newly states and wants; `language` is that of the talk so far."""
        words = read_words(text)
        slot = asked.slot if asked else ""
        if words.empty:
            return _read_signs(text, words.text, asked, language)
        command = find_command(words, slot)
        label = None if command else self._buttons.read(words, asked, language)
        if label is not None:
            return label
        if command:
            why = (f"{command}: the whole message",)
            told = self._languages.tell(words, language)
            return Reading(text=words.text, language=told, intents=(command,), why=why)
        loose = is_correcting(words.low) or _checks_several(asked)
        stated = read_slots(words, self._lexicon, slot=slot, loose=loose)
        told = self._languages.tell(words, language, stated.spans(_NAMING))
        stated = stated.without_questions(words)
        foreign = not self._languages.teaches(told)
        draft = Draft(words=words, asked=asked, known=known, stated=stated, foreign=foreign)
        self._take_facts(draft)
        self._take_intents(draft)
        return draft.reading(told)

    def _take_facts(self, draft: Draft) -> None:
        """What is stated, said yes or no to, evaded and put right."""
        self._take_stated(draft)
        take_listed_size(draft)
        take_cues(draft)
        take_yes_or_no(draft)
        take_evasion(draft)
        if self._statements:
            self._statements.take(draft)
        take_retold(draft)
        take_blamed(draft, self._lexicon)
        take_earlier(draft, self._lexicon)
        take_swap(draft)
        take_contrast(draft, self._lexicon)
        take_correction(draft)
        if self._model:
            doubt_names(draft, self._model)
            hear_correction(draft, self._model)
        tell_answer_beside(draft)
        _take_need(draft)

    def _take_intents(self, draft: Draft) -> None:
        """What is wanted: by telling words, and by likeness to examples for what they leave."""
        left = take_signs(draft, self._model)
        draft.meant = bool(draft.intents or draft.slots) or self._vocabulary.knows(draft.words)
        if left and self._model:
            take_model(draft, left, self._model)
        settle_by_model(draft)
        if "correct" in draft.intents:
            draft.unsettled.clear()  # the model heard a correction that no cue told
        if not draft.intents and not draft.slots:
            draft.certainty = min(draft.refused, draft.certainty)  # whatever it is read as now
        self._own.keep(draft)
        finish(draft, self._model)
        tell_matter(draft)
        _keep_words(draft)
        _imply(draft)

    def _take_stated(self, draft: Draft) -> None:
        """What the slot readers found, and what the pack's own names tell."""
        draft.inferred |= draft.stated.inferred
        for hit in draft.stated.found.values():
            draft.take(hit)
        self._own.take(draft)

    def tell_language(self, text: str, prior: str = "") -> str:
        """The language of a text; the pack's first where it cannot be told."""
        return self._languages.tell(read_words(text), prior or self._first)

    def learn_questions(self) -> None:
        """Learn to tell which slot a question asks. Otherwise done when the first one comes."""
        if self._questions is None and self._encoder is not None:
            self._questions = LinearModel(self._encoder, load_questions())

    def _guess_slot(self, question: str) -> tuple[str, float]:
        self.learn_questions()
        if self._questions is None:
            return "", 0.0
        shares, _ = self._questions.shares([question])
        best = int(shares[0].argmax())
        return self._questions.labels[best], float(shares[0, best])

    def find_asked(self, context: str) -> Asked | None:
        """Which slot a question in anyone's words asks, and what a bare yes would confirm."""
        told, question = part_noted(context)
        noted = read_noted(told, self._lexicon) if told else {}
        asked = self._find_asked(question) if noted else None
        if asked is None or "confirm" in (asked.slot, asked.kind):
            return self._find_asked(context)
        noted.pop(asked.slot, None)
        return structs.replace(asked, noted=noted)

    def _find_asked(self, question: str) -> Asked | None:
        asked = find_asked_slot(question, self._guess_slot if self._encoder else None)
        words = read_words(question)
        if asked is None or (is_open(words.low) and not is_checking(words.low)):
            return asked
        if asked.kind != "confirm" and is_choice(words.low):
            return Asked(slot=asked.slot, kind="choice", assumes=dict(asked.assumes))
        if asked.slot == "confirm" and not is_checking(words.low):
            found = read_slots(words, self._lexicon, slot="edition", loose=True).found
            offered = {"edition": found["edition"].value} if "edition" in found else {}
            return Asked(slot="confirm", kind="confirm", assumes=offered)
        stated = read_slots(words, self._lexicon, slot=asked.slot, loose=True)
        values = {
            slot: _as_value(hit.value)
            for slot, hit in stated.found.items()
            if (slot not in stated.inferred or slot == "authority")
            and (slot == asked.slot or (is_checking(words.low) and asked.kind == "confirm"))
        }
        if not values:
            return asked
        if "own_servers" in values and asked.kind == "confirm" and denies_servers(words.low):
            values["own_servers"] = False
        if "authority" in values and asks_of_you(words.low):
            values["authority"] = "decides"
        slot = asked.slot if asked.slot in values else next(iter(values))
        kind = "yes_no" if asked.kind == "text" else asked.kind
        return Asked(slot=slot, kind=kind, assumes=values)


def _checks_several(asked: Asked | None) -> bool:
    """Whether the question holds several values, any of which may come back put right."""
    return asked is not None and asked.kind == "confirm" and len(asked.assumes) > 1


def _as_value(value: Value) -> Value:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _read_signs(text: str, cleaned: str, asked: Asked | None, language: str) -> Reading:
    """A message without letters or digits: a thumb, question marks, nothing."""
    intent = read_signs_alone(text) if asked else ""
    intents = (intent or "unclear",)
    why = (f"{intents[0]}: no words",)
    slots: dict[str, Value] = dict(asked.assumes) if asked and intent == "affirm" else {}
    return Reading(
        text=cleaned, language=language, intents=intents, slots=slots,
        quotes=dict.fromkeys(slots, text.strip()[:20]), why=why,
    )  # fmt: skip


def _take_need(draft: Draft) -> None:
    """The need told without being asked for it; a known one is not replaced by a mention."""
    if draft.slot != "need" and "need" not in draft.known:
        hit = read_need(draft.words)
        if hit is not None:
            draft.take(hit)


def _keep_words(draft: Draft) -> None:
    if draft.slot == "need" and _NO_ANSWER & set(draft.intents):
        hit = read_need(draft.words)
        if hit is not None:  # told beside a question or a wish of another kind
            draft.take(hit)
        return
    if draft.slot not in _IN_THEIR_WORDS or draft.foreign or _NO_ANSWER & set(draft.intents):
        return  # what nobody here can read is no value
    if refuses_questions(draft.words.low):
        return
    if draft.slot == "need" and read_need(draft.words) is None and _is_no_need(draft):
        return
    # A message that states other things answers them; it is the need only where it says so.
    if (
        draft.slot == "need"
        and draft.slots.keys() - set(PASSING_SLOTS)
        and read_need(draft.words) is None
        and not tells_selling(draft.words.low)
    ):
        return
    draft.slots[draft.slot] = draft.words.text
    draft.quotes[draft.slot] = draft.words.text
    draft.why.append(f"{draft.slot}: kept as said")
    if "provide_info" not in draft.intents and "correct" not in draft.intents:
        draft.add("provide_info", "an answer in their own words")


def _is_no_need(draft: Draft) -> bool:
    """A question to us, or a yes and nothing more, as the answer to what it is needed for."""
    bare_yes = "affirm" in draft.intents and size_of(draft.words.low) <= 2
    return bare_yes or asks_us(draft.words.low)


def _imply(draft: Draft) -> None:
    """Ownership or a department make the buyer an organisation; a customer's cue is kept."""
    alone = draft.slots.get("buyer_type") == "individual" and "buyer_type" not in draft.inferred
    if alone and draft.slots.get("ownership") == "private" and draft.slot != "ownership":
        draft.forget("ownership", "who buys alone is owned by nobody")
    sole = draft.slots.get("buyer_type") == "enterprise" and trades_alone(draft.words.low)
    if sole and ("ownership" not in draft.slots or draft.slot == "buyer_type"):
        draft.slots["ownership"] = "private"
        draft.quotes["ownership"] = draft.quotes["buyer_type"]
        draft.inferred.add("ownership")
    elif draft.slots.keys() & {"ownership", "department"}:
        said = "ownership" if "ownership" in draft.slots else "department"
        draft.slots["buyer_type"] = "enterprise"
        draft.quotes["buyer_type"] = draft.quotes[said]
        draft.inferred.add("buyer_type")
    if draft.is_customer:
        draft.slots["existing_customer"] = True
        draft.quotes["existing_customer"] = draft.words.text
        draft.inferred.add("existing_customer")
