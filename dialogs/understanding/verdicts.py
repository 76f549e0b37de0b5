"""What a message says to the open question itself: yes, no, not known, not told, or otherwise."""

from __future__ import annotations

import re

from dialogs.types import Value
from dialogs.understanding.answers import (
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
from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.presence import calls_out
from dialogs.understanding.wishes import refuses_questions

_BARE_NO = re.compile(r"(?:no+|не+т|не|不|没|nothing)$")
# "None, it's just me" to "which department?" denies nothing.
_NONE_OF_THEM = re.compile(r"(?:none|nothing|ninguno|ninguna|nada|ни одного)$")
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
_TOLD_BY_NOT = frozenset({"ownership", "buyer_type", "authority"})
_NOT_AT_HEAD = re.compile(
    r"(?:(?:we|we're|we are|i'm|i am|it's|it is|мы|это|somos|我们?|公司) ?)?"
    r"(?:\bnot\b(?= )|不是|并非|\bне\b(?= )|\bno\b(?= ))"
)
_EVADING = (DONT_KNOW, REFUSE)
_NONE = frozenset({"budget", "timeline"})  # a no to "is there a budget?" is the value none
# What a yes means where the question assumes nothing else.
_YES: dict[str, Value] = {
    "own_servers": True,
    "written_requirement": True,
    "authority": "decides",
}
_UP = re.compile("[\U0001f44d\u2705\U0001f44c\u2714\u2611\U0001f197]")
_DOWN = re.compile("[\U0001f44e\u274c\u2716]")
# "ok can we begin again" opens a sentence; "ok, yes" and a bare "ok" agree.
_SOFT_HEAD = re.compile(
    r"\b(?:ok(?:ay|ey)?|okie|kk?|alright|please|ок|окей|хорошо|ладно|давай(?:те)?|vale|venga|dale|"
    r"bueno)\W*$"
)
_HEAD_OF_CURSE = re.compile(r"(?:да|ja|si|ok)\b (?=[^\W\d_])|[对好](?=[^\W\d_])")
_NEAR_HEAD = 4  # letters, for a pronoun between
_BARE_SI = re.compile(r"\bsi$")
# A verb of somebody else right behind it: who says yes goes on with "tenemos" or "somos".
_OTHERS_VERB = re.compile(
    r" (?:no (?!se\b|estoy|tengo|tenemos|hay\b)|(?:se|el|la|los|las|un|una|algo|alguien|falla|"
    r"fuera|hubiera|funciona|pago|pagamos|compr\w+|firm\w+|quiero|queremos|cambi\w+|crec\w+|vend\w+|"
    r"cae)\b)"
)
# "Yes, we have our own servers" says no more than "yes" to whether there are any.
_PLAINLY = re.compile(
    r"[\s,.!，]*(?:(?:of course|sure)[ ,]*)?(?:(?:we|i)(?:'ve)? "
    r"(?:(?:do|sure|certainly|also|already) )*(?:have|got|have got|own|run) )?"
    r"(?:(?:our|my|some|the|a few) )*(?:own )?servers?(?: of our own)?|"
    r"[\s,，]*(?:我们|公司)?(?:也|是|确实|都)?有(?:的是)?(?:自己的?|自有的?)?服务器的?|"
    r"[\s,]*(?:у нас )?(?:(?:есть|имеются|имеется) )?(?:сво\w+ |собствен\w+ |наш\w+ )?"
    r"(?:сервер|сервак)\w*(?: (?:есть|имеются|имеется|свои|собственные))?|"
    r"[\s,]*(?:si )?(?:(?:nosotros )?tenemos |contamos con |hay )?(?:nuestros? )?(?:propios? )?"
    r"servidor(?:es)?(?: propios?)?"
)
_PART_END = re.compile(r"\W*$|\s*[,.;!?，。；！？]|\s+(?:but|and|pero|y|но|и|а)\b")
_THANKS = re.compile(r"[\s,.!，]*(?:thanks?|thx|ty|谢|спасибо|благодар|gracias|bye|пока|再见)")
_LIMIT = re.compile(
    r"(?:up to|below|under|within|until|до|в пределах|hasta|以内|以下|不超过).{0,12}\d|"
    r"\d.{0,6}(?:以内|以下)"
)
_ADDS = re.compile(
    r"\s?[,，:.;]\s?(?!(?:please|thanks?|and|send|can|could|por favor|gracias|y|mand|envi|"
    r"спасибо|и|а|пришл|谢|麻烦|发|但|不过|but|но|pero)\b)(?:[^\s,.]+ [^\s,.]+|[\u3400-\u9fff]{3})"
)
_HAVE_SOME = re.compile(r"(?:嗯[,，]?|我们)?有(?=[一两二三四五六七八九十几\d]+[台套份](?!人))")
_CHOICE_SLOTS = frozenset({"edition", "department", "doc_type"})


def read_signs_alone(text: str) -> str:
    """affirm or deny for a message of signs like a thumb, else an empty string."""
    return "affirm" if _UP.search(text) else "deny" if _DOWN.search(text) else ""


def take_yes_or_no(draft: Draft) -> None:
    """A yes or no at the head of the message, and the slot that it settles under this question."""
    low = draft.words.low
    no = NO.match(low) or NO_AT_END.search(low) or _have_not(draft) or _denies_assumed(draft)
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
        or _calls_out(draft)
        or _opens_a_sentence(low, yes)
        or _supposes(draft, yes)
        or _is_of_address(draft, yes.end())
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
    elif _repeats_the_noun(draft, yes.end()):
        draft.bare.add(draft.slot)
    elif _adds_to_yes(draft, yes.end()):
        draft.bare.discard(draft.slot)  # "yes, two of them in the office"


def _calls_out(draft: Draft) -> bool:
    """ "Есть кто?" begins with a word for yes, and asks whether anybody is there."""
    parts = split_clauses(draft.words)
    return bool(parts and calls_out(draft.words.low[slice(*parts[0])].strip()))


def _opens_a_sentence(low: str, yes: re.Match[str]) -> bool:
    rest = low[yes.end() :]
    soft = _SOFT_HEAD.search(yes.group()) is not None
    return soft and rest[:1] == " " and len(rest) > 1 and not YES.match(rest.strip())


def _is_of_address(draft: Draft, end: int) -> bool:
    """ "k.mason@..." begins with a letter that also says yes."""
    address = draft.stated.found.get("email")
    return address is not None and address.start < end <= address.end


def _supposes(draft: Draft, yes: re.Match[str]) -> bool:
    """ "Si no funciona, ¿qué pasa?" without an accent begins with an if."""
    low = draft.words.low
    if not _BARE_SI.search(yes.group()) or draft.words.text[yes.end() - 1] in "íÍ":
        return False
    return _OTHERS_VERB.match(low, yes.end()) is not None and "?" in low


def _adds_to_yes(draft: Draft, end: int) -> bool:
    low = draft.words.low
    told = draft.slot in draft.bare and draft.slot in (*_YES, "ownership", "buyer_type")
    return told and _ADDS.match(low, end) is not None and not is_question(low)


def _repeats_the_noun(draft: Draft, end: int) -> bool:
    told = _PLAINLY.match(draft.words.low, end) if draft.slot == "own_servers" else None
    if told is None or draft.slots.get("own_servers") is not True:
        return False
    return _PART_END.match(draft.words.low, told.end()) is not None


def _have(draft: Draft) -> re.Match[str] | None:
    """有招标书 says yes to 有招标书吗 without a word for yes; so does 有两台."""
    if draft.slot in ("own_servers", "written_requirement"):
        counted = _HAVE_SOME.match(draft.words.low)
        if counted:
            return counted
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


def _denies_assumed(draft: Draft) -> re.Match[str] | None:
    """ "Not state-owned" says no to "are you state-owned?", and tells what it is instead."""
    asked = draft.asked
    if asked is None or asked.slot not in asked.assumes or asked.kind not in ("yes_no", "confirm"):
        return None
    told = draft.slots.get(draft.slot)
    if told is None or told == asked.assumes[asked.slot] or draft.slot not in _TOLD_BY_NOT:
        return None
    return _NOT_AT_HEAD.match(draft.words.low)


def _is_denial(draft: Draft, no: re.Match[str]) -> bool:
    low = draft.words.low
    rest = low[no.end() :]
    if any(p.match(low) for p in (DONT_KNOW, REFUSE)) and _BARE_NO.search(no.group()):
        return False
    if _denies_assumed(draft) and no.re is _NOT_AT_HEAD:
        return True
    if refuses_questions(low) and not _BARE_NO.search(no.group()):
        return False  # "I'm not filling in any forms"
    if any((hit := p.search(low)) and hit.start() < no.end() < hit.end() for p in _EVADING):
        return False  # "I don't give numbers", "never counted them"
    asked = draft.asked
    wants_yes = asked is None or asked.kind in ("yes_no", "confirm") or bool(asked.assumes)
    stated = draft.stated.found.get(draft.slot)
    if stated and not wants_yes and stated.start < no.end() and stated.end > no.start():
        return False  # "no rush" tells when
    if not wants_yes and _NONE_OF_THEM.search(no.group()):
        return False
    if not _BARE_NO.search(no.group()) or not rest[:1].isspace() or not rest.strip():
        return True
    if not wants_yes:
        return False  # "no soy de sistemas" says what the writer is not
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
    if asked is None or (asked.slot == "confirm" and not asked.assumes.keys() - {"edition"}):
        return  # a yes to an offer for an edition takes the offer
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


def take_back_curse(draft: Draft) -> None:
    """ "Да пошёл ты": without a comma a word for yes only heads the curse."""
    head = _HEAD_OF_CURSE.match(draft.words.low) if "abuse" in draft.intents else None
    if head and any(start <= head.end() + _NEAR_HEAD for start, _ in draft.strange):
        draft.drop("affirm")
        for slot in set(draft.slots) & draft.bare:
            draft.forget(slot, "the head of a curse")


def take_evasion(draft: Draft) -> None:
    """ "Not sure" and "rather not", as long as the question is not answered all the same."""
    low = draft.words.low
    first = PRICE_FIRST.search(low)
    if draft.asked is None:
        if first and refuses_questions(low):
            draft.add("refuse", "wants no questions")
        return
    _drop_words_of_refusal(draft)
    answered = draft.slot in draft.slots and draft.slot not in draft.inferred
    unsure = _find(DONT_KNOW, draft)
    if unsure and (not answered or draft.slot in _CHOICE_SLOTS) and not _asks_back(low, unsure[0]):
        draft.used.append(unsure)
        draft.add("dont_know", f'"{low[slice(*unsure)].strip()}"')
    refused = _find(REFUSE, draft)
    if refused and not answered and not (unsure and unsure[0] <= refused[0] and not first):
        draft.used.append(refused)
        draft.add("refuse", f'"{low[slice(*refused)].strip()}"')
    if first:
        draft.used.append(first.span())
        draft.add("refuse", "price first")
        draft.add("ask_price", f'"{first.group().strip()}"')
    if draft.stated.edition_excluded and "edition" not in draft.slots and draft.slot == "edition":
        draft.add("dont_know", "only says which edition it is not")


def _find(pattern: re.Pattern[str], draft: Draft) -> tuple[int, int] | None:
    """Where the first part of the message, or else all of it, matches: (start, end)."""
    low = draft.words.low
    for start, end in [*split_clauses(draft.words), (0, len(low))]:
        hit = pattern.search(low[start:end].rstrip(" ,.;!，。；！"))
        if hit:
            return start + hit.start(), start + hit.end()
    return None


def _drop_words_of_refusal(draft: Draft) -> None:
    """ "None of your business" states no business."""
    refused = REFUSE.search(draft.words.low)
    if refused is None:
        return
    for hit in draft.stated.found.values():
        if refused.start() <= hit.start and hit.end <= refused.end():
            draft.forget(hit.slot, "words of the refusal")


def _asks_back(low: str, start: int) -> bool:
    """ "Do you know ...?" is a question, not an answer."""
    return re.search(r"do you $", low[:start]) is not None
