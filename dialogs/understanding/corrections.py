"""Values that replace earlier ones: by words of correction, or against what is known or assumed."""

from __future__ import annotations

import re

from dialogs.types import PASSING_SLOTS
from dialogs.understanding.amounts import tells_new_total
from dialogs.understanding.answers import CORRECT
from dialogs.understanding.clauses import is_question, split_clauses
from dialogs.understanding.draft import Draft
from dialogs.understanding.earlier import restates

_STRONG_CORRECTION = re.compile(
    r"\bwait\b|meant|i ment\b|i mean\b|mistake|my bad|correction|scratch that|typo|"
    r"i (?:said|wrote|typed|told|put)|"
    r"\b(?:typed|gave you|entered|noted|said|put|wrote) |turns out|after all|"
    r"\b(?:new|other|another) (?:number|e-?mail|address)|make (?:it|that)|rather than|"
    r"misspoke|wrong|change |misunderst|hold on|oops|whoops|"
    r"[说写打搞弄记填讲输发选看算留给]错|更正|纠正|改一下|改成|改为|有误|"
    r"刚才|刚刚说|(?:前面|之前|先前|上面|上次)我?[说讲写填提报给]|"
    r"从.{1,8}(?:加|涨|提|降|减|调)到|口误|等等|等下|哦不|"
    r"i lied|ошиб|оговорил|опечат|\b(?:на|со)врал|вернее|точнее|поправ|исправ|в виду|погодите|"
    r"подождите|стоп|неправильно|"
    r"перепутал|я (?:сказал|написал|указал)|(?:^|[,.;] ?|\b)(?:сказал|писал|написал|указал|"
    r"говорил|поставил|вписал)\w* |оказал[оа]сь|оказывается|(?:поменя|измени|смени)\w+|"
    r"\b(?:puse|escribi)\b|resulta que|corrig|en (?:vez|lugar) de|equivo|quise decir|"
    r"queria decir|mejor dicho|corrijo|rectifico|confund|espera|dije |cambi|"
    r"error mio"
)
# A known value that has changed in the meantime; no mistake is owned.
_CHANGED_SINCE = re.compile(
    r"(?:卖|处理|退|撤)(?:掉)?了|\b(?:sold|scrapped|got rid of)\b|\b(?:продали|списали)\b|"
    r"\bvendimos\b|"
    r"(?:调|转|换|搬|改)到|\b(?:moved|transferred|switched|changed|relocated) (?:over )?to\b|"
    r"\b(?:now|since) (?:in|with|at|based)\b|\b(?:переш(?:ел|ла)|перевел\w*|переехал\w*)\b|"
    r"\b(?:pasado|cambiado|trasladado|mudado)s? (?:a|al)\b"
)
# A sum or a date that was told before and has become another one.
_MOVED = re.compile(
    r"\b(?:moved|postponed|pushed|delayed|shifted|brought forward|slipped|upped|raised|increased|"
    r"cut|reduced|lowered|bumped|went up|went down)(?: (?:up|down|back|out|forward))?"
    r"(?: (?:the |our |my |it|to )*(?:budget|date|launch|deadline|start))? (?:to|until|till)\b|"
    r"(?:推迟|提前|延期?|延后|改期|拖|涨|提高|增加|加|追加|降|砍|缩减|减)到|"
    r"\b(?:сдвину|перенес|отложи|передвину)\w* (?:\w+ )?на\b|"
    r"\b(?:подня|увеличи|уреза|среза|сократи|расшири)\w* (?:\w+ )?до\b|"
    r"\b(?:retras|aplaz|adelant|pospus|pospuso|movi|subi|sube|aument|baj|recort)\w* "
    r"(?:(?:el|la|los|las) \w+ )?(?:a|hasta|para)\b"
)
_MOVING = frozenset({"budget", "timeline"})
# Beside a value that differs from the known one these own the mistake.
_REALLY = re.compile(r"\b(?:actually|in fact)\b|其实|实际上|на самом деле|en realidad|de hecho")
# "Not state-owned, we are private" tells what the buyer is and corrects nobody.
_CONTRAST = re.compile(r"^(?:not\b|不是|не\b|no\b(?!,? (?:wait|espera|espere)\b))")
_TOLD_BY_CONTRAST = frozenset({"ownership", "buyer_type", "own_servers", "authority"})
_OTHERS_COUNTED = frozenset({"headcount", "budget"})  # what one number for another replaces
_SENTENCE_END = re.compile(
    r"[.!?;\n。！？；]+\s+|[。！？；]|\s(?=(?:oh and|and yes|also|и да|а еще|y ademas)\b)|"
    r"(?=另外|还有)"
)


def is_correcting(low: str) -> bool:
    """Whether words of correction stand in the message."""
    return CORRECT.search(low) is not None


def take_correction(draft: Draft) -> None:
    """Replaced values: against what is known or assumed, or by words of correction."""
    if "correct" in draft.intents:
        _tell_beside_swap(draft)
        tell_beside(draft)
        _keep_corrected(draft)
        return
    explicit = [slot for slot in draft.slots if slot not in draft.bare | draft.inferred]
    cue = _find_cue(draft, explicit)
    replaced = _against_question(draft, explicit)
    changed = [s for s in explicit if s in draft.known and draft.known[s] != draft.slots[s]]
    if cue and explicit and not is_question(draft.words.low):
        strong = _STRONG_CORRECTION.search(draft.words.low) is not None
        elsewhere = [slot for slot in explicit if slot != draft.slot]
        if (strong or changed or elsewhere) and not _only_contrasts(draft, cue, explicit):
            replaced = True
            draft.used.append(cue.span())
    low = draft.words.low
    if not cue and changed and not is_question(low):
        owned = _CHANGED_SINCE.search(low) or _REALLY.search(low) or _denies_known(draft, changed)
        owned = owned or (changed == ["headcount"] and tells_new_total(low))
        replaced = replaced or bool(owned)
    if draft.asked and _MOVING & (set(explicit) - {draft.slot}) and _MOVED.search(low):
        replaced = replaced or not is_question(low)
    if replaced:
        draft.add("correct", f'"{cue.group().strip()}"' if cue else "differs from the question")
        if cue and _tells_beside(draft, explicit, cue.start()):
            draft.add("provide_info", "told in another sentence than the correction")
        _keep_corrected(draft)
        return
    draft.unsettled = [slot for slot in changed if slot != draft.slot]


def _find_cue(draft: Draft, explicit: list[str]) -> re.Match[str] | None:
    """The first words of correction; "not X, but Y" are some where Y is a value that was read."""
    contrasts = []
    again = restates(draft.words.low)
    for cue in CORRECT.finditer(draft.words.low):
        if again and again.start() <= cue.start() < again.end():
            continue
        if not _CONTRAST.match(cue.group().strip()):
            return cue
        if any(_stands_in(draft, slot, cue) for slot in explicit):
            contrasts.append(cue)
    return contrasts[0] if contrasts else None


def tell_beside(draft: Draft) -> None:
    """Adds what another sentence tells beside the value that is put right."""
    assumed = draft.asked.assumes if draft.asked and draft.asked.kind == "confirm" else {}
    apart = {*draft.bare, *draft.inferred, *assumed}
    explicit = [slot for slot in draft.slots if slot not in apart]
    if draft.put_right >= 0 and _tells_beside(draft, explicit, draft.put_right):
        draft.add("provide_info", "told in another sentence than the correction")


def _keep_corrected(draft: Draft) -> None:
    """What agrees with the rest of what the question assumed is no news beside a correction."""
    if draft.asked and draft.asked.kind == "confirm" and len(draft.asked.assumes) > 1:
        for slot in tuple(draft.bare):
            draft.forget(slot, "as the question had it")
            draft.bare.discard(slot)
        for slot, value in draft.asked.assumes.items():
            if draft.slots.get(slot) == value:
                draft.forget(slot, "as the question had it")


def only_contrasts(draft: Draft) -> bool:
    """Whether the words of correction are no more than "not X" before what the buyer is."""
    cue = CORRECT.search(draft.words.low)
    explicit = [slot for slot in draft.slots if slot not in draft.bare | draft.inferred]
    return cue is not None and _only_contrasts(draft, cue, explicit)


def _only_contrasts(draft: Draft, cue: re.Match[str], explicit: list[str]) -> bool:
    """Whether "not X but Y" is no more than a way to tell Y, as nobody had said X."""
    told = set(explicit) & _TOLD_BY_CONTRAST
    assumed = draft.asked.assumes.keys() if draft.asked and draft.asked.kind == "confirm" else ()
    contrasted = {slot for slot in told if _stands_in(draft, slot, cue)}
    return bool(
        _CONTRAST.match(cue.group().strip())
        and contrasted
        and not contrasted & {*draft.known, *assumed}
    )


def _stands_in(draft: Draft, slot: str, cue: re.Match[str]) -> bool:
    hit = draft.stated.found.get(slot)
    return hit is not None and cue.start() <= hit.start <= cue.end() + 3


def _tells_beside(draft: Draft, explicit: list[str], place: int) -> bool:
    """Whether a sentence tells a value while another one corrects a value."""
    ends = [hit.start() for hit in _SENTENCE_END.finditer(draft.words.low)]
    found = draft.stated.found
    sentences = {
        slot: sum(end <= found[slot].start for end in ends) for slot in explicit if slot in found
    }
    corrected = sum(end <= place for end in ends)
    return corrected in sentences.values() and len(set(sentences.values())) > 1


def _tell_beside_swap(draft: Draft) -> None:
    """Adds what the open question is told before the correction of something else."""
    answer = draft.stated.found.get(draft.slot)
    others = [hit.start for slot, hit in draft.stated.found.items() if slot in _OTHERS_COUNTED]
    if answer and draft.slot not in _OTHERS_COUNTED and others and answer.start < min(others):
        draft.add("provide_info", "the answer before the correction")


def tell_answer_beside(draft: Draft) -> None:
    """Adds what is told for the first time in another part than the value that is put right."""
    if "correct" not in draft.intents or "provide_info" in draft.intents:
        return
    assumed = draft.asked.assumes if draft.asked and draft.asked.kind == "confirm" else {}
    earlier = {**assumed, **draft.known}
    places = {
        slot: hit.start
        for slot, hit in draft.stated.found.items()
        if slot in draft.slots and slot not in draft.bare | draft.inferred | set(PASSING_SLOTS)
    }
    corrected = {
        slot
        for slot, place in places.items()
        if place == draft.put_right or earlier.get(slot, draft.slots[slot]) != draft.slots[slot]
    }
    parts = {slot: _part_of(draft, place) for slot, place in places.items()}
    put_right = {parts[slot] for slot in corrected}
    if draft.put_right >= 0:
        put_right.add(_part_of(draft, draft.put_right))
    news = places.keys() - corrected - earlier.keys()
    if put_right and any(
        parts[slot] not in put_right and not is_correcting(draft.words.low[slice(*parts[slot])])
        for slot in news
    ):
        draft.add("provide_info", "told beside the correction")


def _part_of(draft: Draft, place: int) -> tuple[int, int]:
    parts = split_clauses(draft.words)
    return next(((start, end) for start, end in parts if start <= place < end), (0, 0))


def _denies_known(draft: Draft, changed: list[str]) -> bool:
    """Whether the value that is known is named and denied: "not 85"."""
    values = "|".join(re.escape(str(draft.known[slot]).lower()) for slot in changed)
    return re.search(rf"(?:\b(?:not|no|не)|不是) ?(?:{values})(?!\w)", draft.words.low) is not None


def differs_from_noted(draft: Draft, explicit: list[str]) -> list[str]:
    """Slots whose value is another one than was repeated before the question, and is not asked."""
    noted = draft.asked.noted if draft.asked else {}
    return [
        slot
        for slot in explicit
        if slot in noted
        and noted[slot] != draft.slots[slot]
        and not (slot in draft.stated.found and _asks_of(draft, slot))
    ]


def _asks_of(draft: Draft, slot: str) -> bool:
    """Whether the value stands in a part that asks: "and what does Enterprise cost?"."""
    place = draft.stated.found[slot].start
    low = draft.words.low
    parts = split_clauses(draft.words)
    return any(start <= place < end and is_question(low[start:end]) for start, end in parts)


def _against_question(draft: Draft, explicit: list[str]) -> bool:
    """Whether a value that the bot stated is replaced; one that agrees is a yes in other words."""
    asked = draft.asked
    if asked is not None and differs_from_noted(draft, explicit):
        return True
    if asked is None or asked.kind == "choice":
        return False
    if asked.kind != "confirm" and asked.slot != "edition":
        return False  # "are you state-owned?" proposes nothing
    for slot in explicit:
        if slot in asked.assumes and asked.assumes[slot] != draft.slots[slot]:
            return True
    return False
