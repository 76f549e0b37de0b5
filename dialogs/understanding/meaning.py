"""The intents of a message's parts: by telling words; what they leave over is for the model."""

from __future__ import annotations

import re

from dialogs.types import PASSING_SLOTS
from dialogs.understanding.answers import DONT_KNOW, REFUSE, YES, is_used_up
from dialogs.understanding.cities import city_country
from dialogs.understanding.clauses import is_question, size_of, split_clauses
from dialogs.understanding.commercial import COMMERCIAL
from dialogs.understanding.cues import CUES
from dialogs.understanding.draft import Draft
from dialogs.understanding.endings import begins, goes_on
from dialogs.understanding.failures import assumes_failure, supposes
from dialogs.understanding.guesses import Part
from dialogs.understanding.inquiries import (
    add_inquiries,
    asks_by_name,
    asks_if_enough,
    kind_of_question,
)
from dialogs.understanding.intents import COMMANDS, SIGNS
from dialogs.understanding.leads import lead_of
from dialogs.understanding.look_alikes import put_right
from dialogs.understanding.model import LinearModel
from dialogs.understanding.off_topic import OFF_TOPIC
from dialogs.understanding.opinions import name_faintly, weigh_signs
from dialogs.understanding.presence import BOT_QUESTION, asks_who, calls_out
from dialogs.understanding.shorthand import spell_out
from dialogs.understanding.verdicts import take_back_curse
from dialogs.understanding.wishes import asks_us, bargains, lets_others, takes_leave
from dialogs.understanding.words import Words

ASKING = frozenset({
    "ask_price", "ask_document", "ask_feature", "ask_commercial", "ask_trial", "buy_now",
    "custom_requirement", "talk_to_human", "support_request", "out_of_scope",
})  # fmt: skip
_NOT_COMMERCIAL = frozenset({
    "ask_price", "buy_now", "ask_why", "stop", "support_request", "custom_requirement",
})  # fmt: skip
OFF = frozenset({"out_of_scope", "abuse"})
UNKNOWN = 0.1  # certainty that words which nobody uses mean nothing here
_TINY = 4  # letters; so little tells nothing
RESUMING = "confirm_resume"  # the step that asks whether to go on
_SET_GOING = ("", "confirm", RESUMING)  # what a "let's start" can say yes to
_PLAIN_END = re.compile(r"[\s.!?。！？~…,]+$")
_PAPER_NUMBER = re.compile(
    r"\b(?:licen[cs]e|contract|customer) (?:number|no\.?|id|#)(?: is|:)? ?[a-z]{0,4}-?\d|"
    r"(?:授权|许可|合同|客户)(?:号码?|编号|码)(?:是|:)?\s?[a-z]{0,4}-?\d|"
    r"\bномер (?:лицензии|договора|клиента):? ?[a-zа-я]{0,4}-?\d|"
    r"\bnumero de (?:licencia|contrato|cliente)(?: es|:)? ?[a-z]{0,4}-?\d"
)
_PLAIN_QUESTION = re.compile(
    r"[?]|吗|什么|怎么|多少|啥|区别|不同|^(?:what|how|which|why|can|could|do|does|is there|"
    r"сколько|какая|какой|как|есть ли|cuanto|que|como|cual)\b"
)
# "Call me Kevin" tells a name.
_CALLED = re.compile(
    r"\bcall me\b(?! (?:on|at|back|when|if|after|before|tomorrow|today|asap|later|now|any ?time|"
    r"\+?\d))|叫我|\bllam[ae]me\b(?! (?:al?|en|manana|hoy|cuando)\b)"
)
_DEPENDS_ON = re.compile(
    r"depend\w* (?:on|of|del?)(?: the| la| el| your)? \w+|зависит от \w+|смотря (?:какая|какой|"
    r"по) \w+|(?:看|取决于)(?:价格|报价|费用)"
)
# "What is the difference in price?" is about the price.
_DIFFERENCE = re.compile(r"\bdiff|差|区别|разниц|diferencia")
_STRONG_PRICE = re.compile(
    r"how much|cost|quot|discount|cheap|多少钱|报价|收费|费用|сколько|стои|почем|цена|cuanto|precio"
)
# Answers to these hold words that mean something else elsewhere: "I only collect offers".
_WORDY = frozenset({"authority", "written_requirement", "budget", "timeline"})
_JOB_SLOTS = frozenset({"department", "role", "authority"})


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
    if begins(low) and slot in (*_SET_GOING, "need"):
        return "unclear" if slot == "need" else "affirm"  # it tells no need
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
    for start, end in draft.own:
        letters[start:end] = " " * (end - start)
    left = "".join(letters)
    draft.cues = tuple(cue for cue, pattern in CUES if pattern.search(left))


def take_signs(draft: Draft, model: LinearModel | None = None) -> list[Part]:
    """Adds what telling words give away; the parts left over are for the model."""
    if "doc_type" in draft.slots:
        draft.add("ask_document", f'"{draft.quotes["doc_type"]}"')
    elif "edition" in draft.slots and asks_by_name(draft.words.low):
        draft.add("ask_feature", "and that one?")
    if "language" in draft.slots:
        draft.add("language_switch", f'"{draft.quotes["language"]}"')
        return []
    parts = (_read_part(draft, start, end, model) for start, end in split_clauses(draft.words))
    return [part for part in parts if part is not None]


def _read_part(draft: Draft, start: int, end: int, model: LinearModel | None) -> Part | None:
    """Adds the signs of one part; gives it back where something is left to explain."""
    lead = lead_of(draft.words.low[start:end])
    start += lead
    low = draft.words.low[start:end]
    spans = [
        (max(a, start) - start, min(b, end) - start) for a, b in draft.used if a < end and b > start
    ]
    if spans and is_used_up(low, spans):
        return None
    signs = _weighed_signs(draft, start, end, model, bool(spans))
    if _answers(draft, start, end, signs) or (not signs and _is_listed(draft, low)):
        return None
    if "refuse" in draft.intents and draft.slot in ("phone", "email", "name"):
        signs = [(intent, word) for intent, word in signs if intent != "stop"]
    for intent, word in signs:
        draft.add(intent, f'"{word}"')
        if intent in OFF:
            draft.strange.append(_place_of(intent, word, low, start))
    if any(intent == "ask_why" for intent, _ in signs):
        _forget_quoted(draft)
    stated = any(
        start <= hit.start < end and hit.slot not in (*PASSING_SLOTS, "edition")
        for hit in draft.stated.found.values()
    )
    papers = draft.stated.found.get("doc_type")
    if signs or (papers and start <= papers.start < end and size_of(low) <= 12):
        return None
    text = spell_out(draft.words.text[start:end]).strip()
    return Part(start, end, text, stated, lead > 0 or is_question(low))


def _place_of(intent: str, word: str, low: str, start: int) -> tuple[int, int]:
    """Where it is strange: an insult in its words alone, other talk in all of the part."""
    at = low.find(word) if intent == "abuse" else -1
    return (start + at, start + at + len(word)) if at >= 0 else (start, start + len(low))


def _weighed_signs(
    draft: Draft, start: int, end: int, model: LinearModel | None, explained: bool
) -> list[tuple[str, str]]:
    """The telling words of a part, without those that the model knows better."""
    low = draft.words.low[start:end]
    signs = _signs_of(low, _blanked(low, draft, start, end), bool(draft.slot))
    if not signs and draft.slots.keys() - set(PASSING_SLOTS) and asks_if_enough(low):
        return [("ask_feature", "whether that will do")]
    if signs and model and not (signs[-1][0] == "small_talk" and calls_out(low)):
        tells = explained and bool(draft.slots) and not is_question(low)
        signs = weigh_signs(signs, low, model, tells)
    if draft.slot == "name":
        signs = [(intent, word) for intent, word in signs if not _CALLED.search(word)]
    return signs


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


def _is_listed(draft: Draft, low: str) -> bool:
    """Whether a few words more in a list of facts ask nothing: "a school, 80 staff, a rack"."""
    facts = draft.slots.keys() - draft.bare - draft.inferred - set(PASSING_SLOTS)
    return len(facts) >= 2 and size_of(low) <= 3 and not is_question(low)


def _forget_quoted(draft: Draft) -> None:
    """ "What do you mean by own servers?" states nothing about servers."""
    for start, end in split_clauses(draft.words):
        if not is_question(draft.words.low[start:end]) and draft.words.low.count("?") == 0:
            continue
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
    for begin, stop in draft.own:
        a, b = max(begin, start) - start, max(min(stop, end), start) - start
        letters[a:b] = " " * (b - a)
    blanked = "".join(letters)
    if "name" in draft.stated.found:
        blanked = _CALLED.sub(lambda hit: " " * len(hit.group()), blanked)
    blanked = spell_out(blanked)
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
    if {"support_request", "ask_feature"} <= {intent for intent, _ in found} and supposes(low):
        found = [(intent, word) for intent, word in found if intent != "support_request"]
    if lets_others(low):
        found = [(intent, word) for intent, word in found if intent != "buy_now"]
    if _PAPER_NUMBER.search(low) and not found:
        return [("provide_info", "the number of a paper")]
    found = _with_questions(found, low, blanked, asked)
    names = [intent for intent, _ in found]
    if {"ask_price", "ask_feature"} <= set(names):
        found = [each for each in found if not _DIFFERENCE.search(each[1])]
    if len(found) > 1:
        found = _without_courtesy(found)
    return put_right(found, low)


def _with_questions(
    found: list[tuple[str, str]], low: str, blanked: str, asked: bool
) -> list[tuple[str, str]]:
    """The signs with what is asked about our terms, in a form of its own, or into the dark."""
    commercial = COMMERCIAL.search(blanked)
    if commercial and assumes_failure(low):
        found = [(intent, word) for intent, word in found if intent != "support_request"]
    names = {intent for intent, _ in found}
    if "custom_requirement" in names and not _STRONG_PRICE.search(blanked):
        found = [(intent, word) for intent, word in found if intent != "ask_price"]
    asks = is_question(low) or (size_of(low) <= 6 and not asked)
    if commercial and asks and not _NOT_COMMERCIAL & names:
        found.append(("ask_commercial", commercial.group().strip()))
    found = add_inquiries(found, low)
    who = asks_who(low)
    if who:
        found = [each for each in found if each[0] != "talk_to_human"]
    called = who or ("" if found else calls_out(low))
    return [*found, ("small_talk", called)] if called else found


def _without_courtesy(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A greeting before a question adds nothing; "are you a bot" does."""
    return [
        (intent, word)
        for intent, word in found
        if intent != "small_talk" or BOT_QUESTION.search(word)
    ]


def finish(draft: Draft, model: LinearModel | None = None) -> None:
    """Puts provide_info where values are stated, and names what could not be read."""
    if "ask_why" in draft.intents:
        _forget_quoted(draft)
    _forget_strange(draft)
    take_back_curse(draft)
    if bargains(draft.words.low):
        draft.drop("buy_now")
    if "support_request" in draft.intents and not is_question(draft.words.low):
        draft.drop("ask_commercial")  # the licence and the order tell whose shop it is
        draft.drop("buy_now")
    asking = bool(ASKING & set(draft.intents))
    stated = set(draft.slots) - draft.bare - draft.inferred - set(PASSING_SLOTS)
    if asking and not _names_edition_apart(draft):
        stated.discard("edition")
    if not stated and {"support_request", "stop", "out_of_scope"} & set(draft.intents):
        draft.drop("provide_info")  # a customer's number beside the trouble is no news
    if stated and "correct" not in draft.intents:
        draft.add("provide_info", ", ".join(sorted(stated)))
    if len(draft.intents) > 1:
        draft.drop("unclear")
        if not BOT_QUESTION.search(draft.words.low):
            draft.drop("small_talk")  # a greeting before what is wanted adds nothing
    if not draft.meant and not draft.intents:
        draft.add("unclear", "no known word")
        draft.certainty = min(draft.certainty, UNKNOWN)
    if not draft.intents and not (model and name_faintly(draft, model)):
        _name_unread(draft)


def _forget_strange(draft: Draft) -> None:
    """States nothing that stands in talk of something else."""
    if not OFF & set(draft.intents) or "provide_info" in draft.intents:
        return
    for slot in set(draft.slots) - draft.bare - {"email", "phone"}:
        if not _is_told_apart(draft, slot):
            draft.forget(slot, "the message is off topic")


def _is_told_apart(draft: Draft, slot: str) -> bool:
    """Whether a fact stands beside an insult, or beside talk of something else in an answer."""
    hit = draft.stated.found.get(slot)
    if (
        hit is None
        or slot in PASSING_SLOTS
        or (draft.asked is None and "abuse" not in draft.intents)
    ):
        return False
    return not any(start < hit.end and hit.start < end for start, end in draft.strange)


def _names_edition_apart(draft: Draft) -> bool:
    """Whether the edition is told as an answer, and not only within what is asked about it."""
    hit = draft.stated.found.get("edition")
    if hit is None or draft.slot != "edition":
        return False
    clauses = split_clauses(draft.words)
    for start, end in clauses:
        if start <= hit.start < end:
            low = draft.words.low[start:end]
            return len(clauses) > 1 and not is_question(low) and not _signs_of(low, low, True)
    return False


def _is_unread(draft: Draft) -> bool:
    """Whether it stands in letters that none of the languages we read is written in."""
    words = draft.words
    return draft.foreign and not (words.latin or words.cyrillic or words.han)


def _name_unread(draft: Draft) -> None:
    low = draft.words.low
    told = size_of(low) >= 2 or len(low) > _TINY
    if draft.asked is None and DONT_KNOW.search(low) and not is_question(low):
        draft.add("dont_know", "says not to know")
    elif draft.slot == "need" and told and not asks_us(low) and not _is_unread(draft):
        draft.add("provide_info", "words for an open question")
    elif draft.asked is None and size_of(low) >= 4:
        intent = kind_of_question(low) if is_question(low) else "provide_info"
        draft.add(intent, "nothing else fits")
    else:
        draft.add("unclear", "nothing fits")
