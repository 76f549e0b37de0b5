"""The intents of a message's parts: by telling words first, by the linear model for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.types import PASSING_SLOTS
from dialogs.understanding.answers import DONT_KNOW, is_used_up
from dialogs.understanding.clauses import is_question, size_of, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.intents import COMMANDS, COMMERCIAL, CUES, OFF_TOPIC, SIGNS
from dialogs.understanding.model import LinearModel
from dialogs.understanding.words import Words

# Shares from which the model is believed, found by cross-validation on the examples alone.
SURE, SURE_BESIDE, SURE_OF_STATEMENT = 0.3, 0.5, 0.75
UNSURE = 0.6  # share below which strangeness counts
FAMILIAR = 0.3  # closeness to the nearest example below which a long part is off topic
SMALL = 3  # words; a smaller part is read only together with the others
ASKING = frozenset({
    "ask_price", "ask_document", "ask_feature", "ask_commercial", "ask_trial", "buy_now",
    "custom_requirement", "talk_to_human", "support_request", "out_of_scope",
})  # fmt: skip
_ONLY_ANSWERS = frozenset({"affirm", "deny", "dont_know", "refuse"})
_NOT_FROM_MODEL = frozenset({"correct"})
_PLAIN_END = re.compile(r"[\s.!?。！？~…,]+$")
_BOT_QUESTION = re.compile(r"bot|robot|robó|机器|真人|бот|робот|human|person|machine|who|谁|name|叫|зовут|говорю|llamas|quien")
_PLAIN_QUESTION = re.compile(
    r"[?]|吗|什么|怎么|多少|^(?:what|how|which|why|can|could|do|does|is there|сколько|какая|какой|как|есть ли|cuanto|que|como|cual)\b"
)
_DEPENDS_ON = re.compile(
    r"depend\w* (?:on|of|del?)(?: the| la| el| your)? \w+|зависит от \w+|смотря (?:какая|какой|по) \w+|(?:看|取决于)(?:价格|报价|费用)"
)
# Answers to these hold words that mean something else elsewhere: "I only collect offers".
_WORDY = frozenset({"authority", "written_requirement", "budget", "timeline"})
_JOB_SLOTS = frozenset({"department", "role", "authority"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the message that patterns alone do not explain."""

    start: int
    end: int
    text: str
    stated: bool  # holds a slot value
    question: bool


def find_command(words: Words, slot: str) -> str:
    """The intent of a short message that is one as a whole, such as "back" or 你好; else ""."""
    low = _PLAIN_END.sub("", words.low) or words.low
    if len(low) > 40:
        return ""
    for intent, pattern in COMMANDS:
        if not pattern.fullmatch(low):
            continue
        if intent == "talk_to_human" and slot in _JOB_SLOTS:
            continue
        if intent in ("unclear", "small_talk", "stop") and slot and _may_answer(low, slot):
            continue
        return intent
    return ""


def _may_answer(low: str, slot: str) -> bool:
    """A greeting or a grunt that is an answer all the same: 嗯 is a yes, one letter a name."""
    return re.fullmatch(r"嗯+|м+|m+h*m+|u+h+|好|早|пока|[a-zа-я]", low) is not None or (
        slot == "name" and low.isalpha() and len(low) > 6
    )


def take_cues(draft: Draft) -> None:
    draft.cues = tuple(cue for cue, pattern in CUES if pattern.search(draft.words.low))


def take_signs(draft: Draft) -> list[Part]:
    """Adds what telling words give away; the parts left over are for the model."""
    if "doc_type" in draft.slots:
        draft.add("ask_document", f'"{draft.quotes["doc_type"]}"')
    if "language" in draft.slots:
        draft.add("language_switch", f'"{draft.quotes["language"]}"')
        return []
    left: list[Part] = []
    for start, end in split_clauses(draft.words):
        low = draft.words.low[start:end]
        spans = [(max(a, start) - start, min(b, end) - start) for a, b in draft.used if a < end and b > start]
        if spans and is_used_up(low, spans):
            continue
        signs = _signs_of(low, _blanked(low, draft, start, end), bool(draft.slot))
        if _answers(draft, start, end, signs):
            continue
        for intent, word in signs:
            draft.add(intent, f'"{word}"')
        if any(intent == "ask_why" for intent, _ in signs):
            _forget_quoted(draft, start, end)
        stated = any(
            start <= hit.start < end and hit.slot not in (*PASSING_SLOTS, "edition")
            for hit in draft.stated.found.values()
        )
        papers = draft.stated.found.get("doc_type")
        if signs or (papers and start <= papers.start < end and size_of(low) <= 12):
            continue
        left.append(Part(start, end, draft.words.text[start:end].strip(), stated, is_question(low)))
    return left


def _answers(draft: Draft, start: int, end: int, signs: list[tuple[str, str]]) -> bool:
    """Whether the part answers the open question, so that its other words need no explaining."""
    low = draft.words.low[start:end]
    hit = draft.stated.found.get(draft.slot)
    evades = {"dont_know", "refuse"} & set(draft.intents)
    if evades and not signs and size_of(low) <= 12 and not _PLAIN_QUESTION.search(low):
        return any(a < end and b > start for a, b in draft.used) or draft.stated.edition_excluded
    if hit is None or not start <= hit.start < end or _PLAIN_QUESTION.search(low):
        return False
    return size_of(low) <= 12 and (not signs or draft.slot in _WORDY)


def _forget_quoted(draft: Draft, start: int, end: int) -> None:
    """ "What do you mean by own servers?" states nothing about servers."""
    for slot, hit in draft.stated.found.items():
        if start <= hit.start < end and slot not in PASSING_SLOTS:
            draft.forget(slot, "quoted from the question")


def _blanked(low: str, draft: Draft, start: int, end: int) -> str:
    """The part without what was read as a title, a paper or an evasion, so that it gives no sign."""
    letters = list(low)
    for hit in draft.stated.found.values():
        if hit.slot in ("role", "department", "doc_type", "company", "email", "authority") and hit.start < end:
            a, b = max(hit.start, start) - start, max(min(hit.end, end), start) - start
            letters[a:b] = " " * (b - a)
    blanked = "".join(letters)
    if not draft.asked:
        return blanked
    blanked = _DEPENDS_ON.sub(lambda hit: " " * len(hit.group()), blanked)
    return DONT_KNOW.sub(lambda hit: " " * len(hit.group()), blanked)


def _signs_of(low: str, blanked: str, asked: bool) -> list[tuple[str, str]]:
    found = []
    strange = OFF_TOPIC.search(low)
    if strange:
        return [("out_of_scope", strange.group().strip())]
    for intent, pattern in SIGNS:
        hit = pattern.search(blanked)
        if hit:
            found.append((intent, hit.group().strip()))
    names = [intent for intent, _ in found]
    commercial = COMMERCIAL.search(blanked)
    if commercial and not {"ask_price", "buy_now", "ask_why", "stop", "support_request", "custom_requirement"} & set(names):
        if is_question(low) or (size_of(low) <= 6 and not asked):
            found.append(("ask_commercial", commercial.group().strip()))
    if len(found) > 1:
        found = _without_courtesy(found)
    return found


def _without_courtesy(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A greeting before a question adds nothing; "are you a bot" does."""
    return [
        (intent, word)
        for intent, word in found
        if intent != "small_talk" or _BOT_QUESTION.search(word)
    ]


def take_model(draft: Draft, parts: list[Part], model: LinearModel) -> None:
    """Reads the parts with the linear model, apart and as a whole, each only if it is sure enough."""
    if not parts:
        return
    alone = len(parts) == 1
    worth = [part for part in parts if alone or size_of(part.text.lower()) >= SMALL]
    if len(parts) > 1:
        texts = " ".join(part.text for part in parts)
        stated, asks = any(p.stated for p in parts), any(p.question for p in parts)
        worth.append(Part(parts[0].start, parts[-1].end, texts, stated, asks))
    beside = bool(draft.intents) or len(parts) > 1
    for place, guess in enumerate(_guesses(model, worth)):
        if len(parts) > 1 and place == len(worth) - 1:
            if set(draft.intents) - {"affirm", "deny", "small_talk"}:
                break
            beside = False
        _believe(draft, guess, beside)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model makes of a part: its best label, the label's share, the nearest example's."""

    part: Part
    label: str
    share: float
    close: float


def _guesses(model: LinearModel, parts: list[Part]) -> list[Guess]:
    shares, close = model.shares([part.text for part in parts])
    best = shares.argmax(axis=1)
    return [
        Guess(part, model.labels[best[row]], float(shares[row, best[row]]), float(close[row]))
        for row, part in enumerate(parts)
    ]


def _believe(draft: Draft, guess: Guess, beside: bool) -> None:
    part, label = guess.part, guess.label
    note = f"model {guess.share:.2f}, nearest example {guess.close:.2f}"
    if label in _NOT_FROM_MODEL or (label in _ONLY_ANSWERS and draft.asked is None):
        return
    if label == "provide_info":
        return  # what a statement states is told by its slots
    if label in ("affirm", "deny") and (draft.slots.keys() - draft.bare or draft.intents):
        return
    if label in ("dont_know", "refuse") and draft.slot in draft.slots:
        return
    needed = SURE_BESIDE if beside else SURE
    answered = bool(draft.slot) and draft.slot in draft.slots
    if not part.question and (part.stated or answered or "correct" in draft.intents):
        needed = SURE_OF_STATEMENT
    if label in ("abuse", "stop", "small_talk", "unclear", "restart", "go_back"):
        needed = max(needed, 0.5)
    if guess.share < needed:
        return
    if label == "language_switch" and (part.stated or size_of(part.text.lower()) > 8):
        return
    if guess.close < FAMILIAR and guess.share < UNSURE and size_of(part.text.lower()) > 3:
        draft.add("out_of_scope", f"far from every example ({note})")
        return
    draft.add(label, note)


def finish(draft: Draft) -> None:
    """Puts provide_info where values are stated, and names what could not be read."""
    off_topic = {"out_of_scope", "abuse"} & set(draft.intents)
    if off_topic and "provide_info" not in draft.intents:
        for slot in set(draft.slots) - draft.bare - {"email", "phone"}:
            draft.forget(slot, "the message is off topic")
    asking = bool(ASKING & set(draft.intents))
    stated = set(draft.slots) - draft.bare - draft.inferred - set(PASSING_SLOTS)
    if asking and not _names_edition_apart(draft):
        stated.discard("edition")
    if stated and "correct" not in draft.intents:
        draft.add("provide_info", ", ".join(sorted(stated)))
    if len(draft.intents) > 1:
        draft.drop("unclear")
        if not _BOT_QUESTION.search(draft.words.low):
            draft.drop("small_talk")  # a greeting before what is wanted adds nothing
    if not draft.intents:
        _name_unread(draft)


def _names_edition_apart(draft: Draft) -> bool:
    """Whether the edition is told as an answer, and not only within what is asked about it."""
    hit = draft.stated.found.get("edition")
    if hit is None or draft.slot != "edition":
        return False
    for start, end in split_clauses(draft.words):
        if start <= hit.start < end:
            low = draft.words.low[start:end]
            return not is_question(low) and not _signs_of(low, low, True)
    return False


def _name_unread(draft: Draft) -> None:
    if draft.slot == "need" and size_of(draft.words.low) >= 2:
        draft.add("provide_info", "words for an open question")
    elif draft.asked is None and size_of(draft.words.low) >= 4:
        intent = "out_of_scope" if is_question(draft.words.low) else "provide_info"
        draft.add(intent, "nothing else fits")
    else:
        draft.add("unclear", "nothing fits")
