"""What a message says to the open question itself: yes, no, not known, not told, or otherwise."""

from __future__ import annotations

import re

from dialogs.types import Value
from dialogs.understanding.answers import (
    CORRECT,
    DONT_KNOW,
    NO,
    NO_AT_END,
    PRICE_FIRST,
    REFUSE,
    SOFT_YES,
    YES,
    YES_AT_END,
    is_used_up,
)
from dialogs.understanding.clauses import is_question
from dialogs.understanding.draft import Draft

_BARE_NO = re.compile(r"(?:no+|не+т|не|不|没|nothing)$")
# After "no" without a comma only these begin a sentence of their own: "no rush" is no denial.
_NEW_SENTENCE = re.compile(
    r"^ (?:i|we|it|its|it's|but|just|only|my|our|thanks|thank|sorry|need|he|she|they|you|that|the|"
    r"pero|solo|mi|soy|somos|es que|lo|gracias|me|yo|eso|esta|"
    r"но|только|у нас|мы|я|это|спасибо|а|решает|просто|все|к сожалению)\b"
)
_OPPOSITE: dict[tuple[str, Value], Value] = {
    ("ownership", "state_owned"): "private",
    ("ownership", "private"): "state_owned",
    ("buyer_type", "individual"): "enterprise",
    ("buyer_type", "enterprise"): "individual",
    ("own_servers", True): False,
    ("own_servers", False): True,
    ("written_requirement", True): False,
    ("written_requirement", False): True,
}
_NONE = frozenset({"budget", "timeline"})  # a no to "is there a budget?" is the value none
# What a yes means where the question assumes nothing else.
_YES: dict[str, Value] = {
    "own_servers": True,
    "written_requirement": True,
    "authority": "decides",
}
_UP = re.compile("[\U0001f44d\u2705\U0001f44c\u2714\u2611\U0001f197]")
_DOWN = re.compile("[\U0001f44e\u274c\u2716]")
_STRONG_CORRECTION = re.compile(
    r"\bwait\b|meant|i mean\b|mistake|my bad|correction|scratch that|typo|i (?:said|wrote|typed|"
    r"told)|misspoke|wrong|change |misunderst|hold on|oops|whoops|"
    r"说错|写错|打错|搞错|弄错|记错|填错|更正|纠正|改一下|改成|改为|刚才|刚刚说|前面说|之前说|"
    r"口误|等等|等下|哦不|"
    r"ошиб|оговорил|опечат|вернее|точнее|поправ|исправ|в виду|погодите|подождите|стоп|неправильно|"
    r"перепутал|я (?:сказал|написал|указал)|"
    r"equivo|quise decir|queria decir|mejor dicho|corrijo|rectifico|confund|espera|dije |cambi|"
    r"error mio"
)
# A known value that has changed in the meantime; no mistake is owned.
_CHANGED_SINCE = re.compile(
    r"(?:调|转|换|搬|改)到|\b(?:moved|transferred|switched|changed|relocated) (?:over )?to\b|"
    r"\b(?:now|since) (?:in|with|at|based)\b|\b(?:переш(?:ел|ла)|перевел\w*|переехал\w*)\b|"
    r"\b(?:pasado|cambiado|trasladado|mudado)s? (?:a|al)\b"
)
# Beside a value that differs from the known one these own the mistake.
_REALLY = re.compile(r"\b(?:actually|in fact)\b|其实|实际上|на самом деле|en realidad|de hecho")
_THANKS = re.compile(r"[\s,.!，]*(?:thanks?|thx|ty|谢|спасибо|благодар|gracias|bye|пока|再见)")
_LIMIT = re.compile(
    r"(?:up to|below|under|within|until|до|в пределах|hasta|以内|以下|不超过).{0,12}\d|"
    r"\d.{0,6}(?:以内|以下)"
)
_ADDS = re.compile(
    r"\s?[,，:.;]\s?(?!(?:please|thanks?|por favor|gracias|спасибо|谢|麻烦|但|不过|but|но|"
    r"pero))(?:[^\s,.]+ [^\s,.]+|[\u3400-\u9fff]{3})"
)
_CHOICE_SLOTS = frozenset({"edition", "department", "doc_type"})


def read_signs_alone(text: str) -> str:
    """affirm or deny for a message of signs like a thumb, else an empty string."""
    return "affirm" if _UP.search(text) else "deny" if _DOWN.search(text) else ""


def take_yes_or_no(draft: Draft) -> None:
    """A yes or no at the head of the message, and the slot that it settles under this question."""
    low = draft.words.low
    no = NO.match(low) or NO_AT_END.search(low) or _have_not(draft)
    if no and not _is_denial(draft, no):
        no = None
    if no and draft.asked is None and len(low) > no.end() + 12:
        no = None  # without a question there is nothing to deny
    if no:
        draft.used.append(no.span())
        draft.add("deny", f'"{no.group().strip()}"')
        if _is_plain_negation(draft) and is_used_up(low, draft.used):
            draft.bare.add(draft.slot)  # "no servers" says no more than "no"
        _settle_no(draft, no.group())
        return
    yes = SOFT_YES.match(low) or YES.match(low) or YES_AT_END.search(low) or _have(draft)
    if (
        yes is None
        or _is_thanks(draft, yes.end())
        or REFUSE.match(low)
        or (draft.asked is None and len(low) > yes.end() + 12)
    ):
        return
    draft.used.append(yes.span())
    draft.add("affirm", f'"{yes.group().strip()}"')
    _settle_yes(draft, yes.group())
    if draft.slot == "authority" and _LIMIT.search(low, yes.end()):
        draft.slots["authority"] = "decides"
        draft.bare.discard("authority")
        draft.quotes["authority"] = draft.words.text
        draft.why.append("authority=decides: within a limit")
    elif _adds_to_yes(draft, yes.end()):
        draft.bare.discard(draft.slot)  # "yes, two of them in the office"


def _adds_to_yes(draft: Draft, end: int) -> bool:
    low = draft.words.low
    told = draft.slot in _YES and draft.slot in draft.bare
    return told and _ADDS.match(low, end) is not None and not is_question(low)


def _have(draft: Draft) -> re.Match[str] | None:
    """有招标书 says yes to 有招标书吗 without a word for yes."""
    stated = draft.stated.found.get(draft.slot)
    if stated is None or stated.value not in (True, "true") or draft.slot not in _YES:
        return None
    return re.compile(r"(?:嗯[,，]?|我们)?有(?!没有)").match(draft.words.low)


def _is_plain_negation(draft: Draft) -> bool:
    """Whether the value is the question's own noun denied ("no servers"), and nothing more."""
    hit = draft.stated.found.get(draft.slot)
    return hit is not None and hit.value is False and hit.rule.startswith("no ")


def _have_not(draft: Draft) -> re.Match[str] | None:
    """没服务器 says no to 有服务器吗."""
    stated = draft.stated.found.get(draft.slot)
    if stated is None or stated.value not in (False, "false") or draft.slot not in _YES:
        return None
    return re.compile(r"(?:我们)?(?:没有?|无)").match(draft.words.low)


def _is_denial(draft: Draft, no: re.Match[str]) -> bool:
    low = draft.words.low
    rest = low[no.end() :]
    if any(p.match(low) for p in (DONT_KNOW, REFUSE)) and _BARE_NO.search(no.group()):
        return False
    if not _BARE_NO.search(no.group()) or not rest[:1].isspace() or not rest.strip():
        return True
    if _NEW_SENTENCE.match(rest):
        return True
    # "no servers" to "do you have servers?" denies, "no hurry" to "when?" does not.
    return draft.stated.found.get(draft.slot) is not None and (
        draft.stated.found[draft.slot].value is False
    )


def _is_thanks(draft: Draft, end: int) -> bool:
    """ "ok thanks" with nothing open is no yes."""
    return draft.asked is None and _THANKS.match(draft.words.low, end) is not None


def _settle_yes(draft: Draft, said: str) -> None:
    asked = draft.asked
    if asked is None or (asked.slot == "confirm" and not asked.assumes):
        return
    assumes: dict[str, Value] = dict(asked.assumes)
    if not assumes and asked.slot in _YES and asked.kind != "text":
        assumes[asked.slot] = _YES[asked.slot]
    for slot, value in assumes.items():
        draft.fill(slot, value, said.strip(), "a yes to the question")


def _settle_no(draft: Draft, said: str) -> None:
    asked = draft.asked
    if asked is None or asked.slot in draft.slots:
        return
    quote = said.strip()
    if asked.slot in _NONE:
        if asked.kind in ("yes_no", "confirm") and not asked.assumes:
            draft.fill(asked.slot, "none", quote, "a no to the question")
        return
    if len(asked.assumes) > 1:
        return  # which of them is wrong cannot be told
    value = asked.assumes.get(asked.slot, _YES.get(asked.slot))
    opposite = _OPPOSITE.get((asked.slot, value)) if value is not None else None
    if opposite is not None:
        draft.fill(asked.slot, opposite, quote, "a no to the question")


def settle_by_model(draft: Draft) -> None:
    """A yes or no in other words ("we do have some") settles the question like the plain one."""
    if draft.slot and draft.slot not in draft.slots:
        if "affirm" in draft.intents:
            _settle_yes(draft, draft.words.text)
        elif "deny" in draft.intents:
            _settle_no(draft, draft.words.text)


def take_evasion(draft: Draft) -> None:
    """ "Not sure" and "rather not", as long as the question is not answered all the same."""
    low = draft.words.low
    first = PRICE_FIRST.search(low)
    if draft.asked is None:
        return
    _drop_words_of_refusal(draft)
    answered = draft.slot in draft.slots and draft.slot not in draft.inferred
    unsure = DONT_KNOW.search(low)
    if unsure and (not answered or draft.slot in _CHOICE_SLOTS) and not _asks_back(low, unsure):
        draft.used.append(unsure.span())
        draft.add("dont_know", f'"{unsure.group().strip()}"')
    refused = REFUSE.search(low)
    if (
        refused
        and not answered
        and not (unsure and unsure.start() <= refused.start() and not first)
    ):
        draft.used.append(refused.span())
        draft.add("refuse", f'"{refused.group().strip()}"')
    if first:
        draft.used.append(first.span())
        draft.add("refuse", "price first")
        draft.add("ask_price", f'"{first.group().strip()}"')
    if draft.stated.edition_excluded and "edition" not in draft.slots and draft.slot == "edition":
        draft.add("dont_know", "only says which edition it is not")


def _drop_words_of_refusal(draft: Draft) -> None:
    """ "None of your business" states no business."""
    refused = REFUSE.search(draft.words.low)
    if refused is None:
        return
    for hit in draft.stated.found.values():
        if refused.start() <= hit.start and hit.end <= refused.end():
            draft.forget(hit.slot, "words of the refusal")


def _asks_back(low: str, unsure: re.Match[str]) -> bool:
    """ "Do you know ...?" is a question, not an answer."""
    return re.search(r"do you $", low[: unsure.start()]) is not None


def is_correcting(low: str) -> bool:
    """Whether words of correction stand in the message."""
    return CORRECT.search(low) is not None


def take_correction(draft: Draft) -> None:
    """Replaced values: against what is known or assumed, or by words of correction."""
    if "correct" in draft.intents:
        return
    explicit = [slot for slot in draft.slots if slot not in draft.bare | draft.inferred]
    cue = CORRECT.search(draft.words.low)
    replaced = _against_question(draft, explicit)
    changed = [s for s in explicit if s in draft.known and draft.known[s] != draft.slots[s]]
    if cue and explicit and not is_question(draft.words.low):
        strong = _STRONG_CORRECTION.search(draft.words.low) is not None
        elsewhere = [slot for slot in explicit if slot != draft.slot]
        if strong or changed or elsewhere:
            replaced = replaced or True
            draft.used.append(cue.span())
    low = draft.words.low
    if not cue and changed and not is_question(low):
        owned = _CHANGED_SINCE.search(low) or _REALLY.search(low) or _denies_known(draft, changed)
        replaced = replaced or bool(owned)
    if replaced:
        draft.add("correct", f'"{cue.group().strip()}"' if cue else "differs from the question")
        return
    draft.unsettled = [slot for slot in changed if slot != draft.slot]


def _denies_known(draft: Draft, changed: list[str]) -> bool:
    """Whether the value that is known is named and denied: "not 85"."""
    values = "|".join(re.escape(str(draft.known[slot]).lower()) for slot in changed)
    return re.search(rf"(?:\b(?:not|no|не)|不是) ?(?:{values})(?!\w)", draft.words.low) is not None


def _against_question(draft: Draft, explicit: list[str]) -> bool:
    """Whether a value that the bot stated is replaced; one that agrees is a yes in other words."""
    asked = draft.asked
    if asked is None or asked.kind != "confirm":
        return False
    for slot in explicit:
        if slot in asked.assumes and asked.assumes[slot] != draft.slots[slot]:
            return True
    return False
