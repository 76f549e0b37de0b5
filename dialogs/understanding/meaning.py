"""The intents of a message's parts: by telling words first, by the linear model for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.types import PASSING_SLOTS
from dialogs.understanding.answers import DONT_KNOW, REFUSE, YES, is_used_up
from dialogs.understanding.cities import city_country
from dialogs.understanding.clauses import is_question, size_of, split_clauses
from dialogs.understanding.cues import CUES
from dialogs.understanding.draft import Draft
from dialogs.understanding.endings import goes_on, tells
from dialogs.understanding.intents import COMMANDS, COMMERCIAL, OFF_TOPIC, SIGNS
from dialogs.understanding.model import LinearModel
from dialogs.understanding.wishes import asks_us, lets_others, takes_leave, tells_purpose
from dialogs.understanding.words import Words, fold

# Shares from which the model is believed, found by cross-validation on the examples alone.
SURE, SURE_BESIDE, SURE_APART, SURE_OF_STATEMENT = 0.3, 0.5, 0.65, 0.75
UNSURE = 0.6  # share below which strangeness counts
FAMILIAR = 0.3  # closeness to the nearest example below which a long part is off topic
SMALL = 3  # words; a smaller part is read only together with the others
ASKING = frozenset({
    "ask_price", "ask_document", "ask_feature", "ask_commercial", "ask_trial", "buy_now",
    "custom_requirement", "talk_to_human", "support_request", "out_of_scope",
})  # fmt: skip
_RASH = frozenset({"abuse", "stop", "small_talk", "unclear", "restart", "go_back"})
_NOT_COMMERCIAL = frozenset({
    "ask_price", "buy_now", "ask_why", "stop", "support_request", "custom_requirement",
})  # fmt: skip
# These bring in a person or end the talk: a vague likeness is not enough.
_WEIGHTY = frozenset({
    "buy_now", "talk_to_human", "stop", "support_request", "custom_requirement",
})  # fmt: skip
SURE_OF_WEIGHTY = 0.5
RESUMING = "confirm_resume"  # the step that asks whether to go on
_PLAIN_END = re.compile(r"[\s.!?。！？~…,]+$")
_BOT_QUESTION = re.compile(
    r"bot|robot|robó|机器|真人|real|бот|робот|human|person|machine|who|谁|name|叫|зовут|говорю|"
    r"llamas|quien"
)
_PAPER_NUMBER = re.compile(
    r"\b(?:licen[cs]e|contract|customer) (?:number|no\.?|id|#)(?: is|:)? ?[a-z]{0,4}-?\d|"
    r"(?:授权|许可|合同|客户)(?:号码?|编号|码)(?:是|:)?\s?[a-z]{0,4}-?\d|"
    r"\bномер (?:лицензии|договора|клиента):? ?[a-zа-я]{0,4}-?\d|"
    r"\bnumero de (?:licencia|contrato|cliente)(?: es|:)? ?[a-z]{0,4}-?\d"
)
_TINY = 4  # words; so little beside a stated value brings in nobody and orders nothing
_BUYER_SLOTS = frozenset({"ownership", "headcount", "own_servers", "written_requirement"})
# "Are you a real person?" asks what the bot is, and calls for nobody.
_ABOUT_THE_BOT = re.compile(
    r"\b(?:are you|am i (?:talking|speaking|chatting)|is this) (?:\w+ ){0,3}(?:real|human|person)|"
    r"你是(?:不是)?(?:真人|人工|人)|(?:ты|вы) (?:живой|настоящий|человек)|"
    r"(?:eres|es usted) (?:una )?(?:persona|humano)"
)
# Questions of this form are about the product, whatever the unknown thing in them is.
_OF_THE_PRODUCT = re.compile(
    r"^(?:and |so |but |also )?(?:does|can|could|will|would) (?:it|the (?:software|system|shop|"
    r"product)|your (?:software|system|shop|product))\b|"
    r"^(?:is there|do you have) an? (?:plug-?in|connector|module|add-?on|integration|interface)\b|"
    r"^(?:那|还|请问)?(?:它|系统|你们的?(?:系统|软件|产品))?(?:支持(?!你)|能对接|可以对接|能和|能接).+"
)
_PLAIN_QUESTION = re.compile(
    r"[?]|吗|什么|怎么|多少|啥|区别|不同|^(?:what|how|which|why|can|could|do|does|is there|"
    r"сколько|какая|какой|как|есть ли|cuanto|que|como|cual)\b"
)
_DEPENDS_ON = re.compile(
    r"depend\w* (?:on|of|del?)(?: the| la| el| your)? \w+|зависит от \w+|смотря (?:какая|какой|"
    r"по) \w+|(?:看|取决于)(?:价格|报价|费用)"
)
_STRONG_PRICE = re.compile(
    r"how much|cost|quot|discount|cheap|多少钱|报价|收费|费用|сколько|стои|почем|цена|cuanto|precio"
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
    if takes_leave(low) and not asks_us(low):
        return "small_talk"
    if goes_on(low):
        if slot == RESUMING:
            return "affirm"
        if not YES.match(low) and not REFUSE.search(low):
            return "unclear"  # it answers no other question, and it ends nothing
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
    if slot == "city" and city_country(low):
        return True  # Nice
    return re.fullmatch(r"嗯+|м+|m+h*m+|u+h+|好|早|пока|[a-zа-я]", low) is not None or (
        slot == "name" and low.isalpha() and len(low) > 6
    )


def take_cues(draft: Draft) -> None:
    letters = list(draft.words.low)
    for hit in draft.stated.found.values():
        # Who works in the legal department, or asks for a paper, does not raise a legal matter.
        if hit.slot in ("department", "role", "company", "doc_type", "need"):
            letters[hit.start : hit.end] = " " * (hit.end - hit.start)
    left = "".join(letters)
    draft.cues = tuple(cue for cue, pattern in CUES if pattern.search(left))


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
        spans = [
            (max(a, start) - start, min(b, end) - start)
            for a, b in draft.used
            if a < end and b > start
        ]
        if spans and is_used_up(low, spans):
            continue
        signs = _signs_of(low, _blanked(low, draft, start, end), bool(draft.slot))
        if _answers(draft, start, end, signs):
            continue
        if "refuse" in draft.intents and draft.slot in ("phone", "email", "name"):
            signs = [(intent, word) for intent, word in signs if intent != "stop"]
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
    """The part without what was read as a title, a paper or an evasion: those give no sign."""
    letters = list(low)
    for hit in draft.stated.found.values():
        if (
            hit.slot in ("role", "department", "doc_type", "company", "email", "authority")
            and hit.start < end
        ):
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
    if lets_others(low):
        found = [(intent, word) for intent, word in found if intent != "buy_now"]
    if _PAPER_NUMBER.search(low) and not found:
        return [("provide_info", "the number of a paper")]
    names = [intent for intent, _ in found]
    commercial = COMMERCIAL.search(blanked)
    if "custom_requirement" in names and not _STRONG_PRICE.search(blanked):
        found = [(intent, word) for intent, word in found if intent != "ask_price"]
    asks = is_question(low) or (size_of(low) <= 6 and not asked)
    if commercial and asks and not _NOT_COMMERCIAL & set(names):
        found.append(("ask_commercial", commercial.group().strip()))
    if len(found) > 1:
        found = _without_courtesy(found)
    if _ABOUT_THE_BOT.search(low):
        found = [(intent, word) for intent, word in found if intent != "talk_to_human"]
    return found


def _without_courtesy(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A greeting before a question adds nothing; "are you a bot" does."""
    return [
        (intent, word)
        for intent, word in found
        if intent != "small_talk" or _BOT_QUESTION.search(word)
    ]


def take_model(draft: Draft, parts: list[Part], model: LinearModel) -> None:
    """Reads the parts with the linear model, apart and as a whole, where it is sure enough."""
    if not parts:
        return
    if {"out_of_scope", "abuse"} & set(draft.intents):
        return  # what else is said around it is no business of ours
    alone = len(parts) == 1 and not draft.intents
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
    if _is_told_otherwise(draft, guess) or guess.share < _needed_share(draft, guess, beside):
        return
    size = size_of(guess.part.text.lower())
    if guess.label == "language_switch" and (guess.part.stated or size > 8):
        return
    note = f"model {guess.share:.2f}, nearest example {guess.close:.2f}"
    unsure = guess.share < UNSURE
    if unsure and guess.part.question and _OF_THE_PRODUCT.search(guess.part.text.lower()):
        draft.add("ask_feature", f"asks what the product does ({note})")
    elif guess.close < FAMILIAR and unsure and size > 3:
        draft.add("out_of_scope", f"far from every example ({note})")
    else:
        draft.add(guess.label, note)


def _is_told_otherwise(draft: Draft, guess: Guess) -> bool:
    """Whether the label is one that patterns and the open question tell better than the model."""
    if guess.label in ("correct", "provide_info"):
        return True  # told by the values that are stated
    if guess.label in ("affirm", "deny"):
        settled = draft.slots.keys() - draft.bare or draft.intents
        return draft.asked is None or bool(settled)
    if guess.label in ("dont_know", "refuse"):
        return draft.asked is None or draft.slot in draft.slots
    low = guess.part.text.lower()
    if not tells(guess.label, fold(guess.part.text)):
        return True  # an end is never a matter of likeness
    if draft.slot == "need" and lets_others(low) and not asks_us(low):
        return True
    if guess.part.question:
        return False
    if guess.label in _WEIGHTY and draft.slots and size_of(low) <= _TINY:
        return True
    if guess.label == "custom_requirement" and guess.part.stated and "own_servers" in draft.slots:
        return True  # "we run our own data centre" tells what is there
    if guess.label == "ask_document" and "written_requirement" in draft.slots:
        return True  # the paper is theirs
    if guess.label == "out_of_scope" and draft.slot == "need":
        return tells_purpose(low)
    # Who tells of an organisation is a buyer, however strange the trade is to the examples.
    tells_of_buyer = not _BUYER_SLOTS.isdisjoint(draft.slots) or "correct" in draft.intents
    return guess.label == "out_of_scope" and tells_of_buyer


def _needed_share(draft: Draft, guess: Guess, beside: bool) -> float:
    """How sure the model must be, the surer the better the part is explained without it."""
    part, label = guess.part, guess.label
    needed = SURE_BESIDE if beside else SURE
    if label in _RASH:
        needed = max(needed, SURE_BESIDE)
    if part.question:
        return needed
    if beside:
        needed = max(needed, SURE_APART)
    answered = bool(draft.slot) and draft.slot in draft.slots
    # Whatever a business does can be its need, however far it is from every example.
    tells_need = draft.slot == "need" or "need" in draft.slots
    if part.stated or answered or "correct" in draft.intents or tells_need:
        needed = SURE_OF_STATEMENT
    return max(needed, SURE_OF_WEIGHTY) if label in _WEIGHTY else needed


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
    low = draft.words.low
    told = size_of(low) >= 2 or len(low) > _TINY
    if draft.asked is None and DONT_KNOW.search(low) and not is_question(low):
        draft.add("dont_know", "says not to know")
    elif draft.slot == "need" and told and not asks_us(low):
        draft.add("provide_info", "words for an open question")
    elif draft.asked is None and size_of(low) >= 4:
        intent = "out_of_scope" if is_question(low) else "provide_info"
        draft.add(intent, "nothing else fits")
    else:
        draft.add("unclear", "nothing fits")
