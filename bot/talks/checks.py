"""Compares what a talk wants with what happened; every difference in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET

from bot.talks.files import Wanted
from dialogs import texts as words
from dialogs.pack import Pack
from dialogs.profile import value_of
from dialogs.types import INNER_SLOTS, SLOTS, Amount, Reply, State, Value

_SPACE = re.compile(r"\s")  # amounts are written with those that do not break
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Chinese has no spaces: a time or an amount may stand right beside it.
_NO_LETTER_BEFORE = "(?<![^\\W\u3400-\u4dbf\u4e00-\u9fff])"
_NO_LETTER_AFTER = "(?![^\\W\u3400-\u4dbf\u4e00-\u9fff])"
_MONEY = re.compile(
    r"(?:[€$¥￥£]|\b(?:EUR|USD|CNY|RMB|US\$))\s?\d[\d.,]*\d|(?:[€$¥￥£]|\b(?:EUR|USD|CNY))\s?\d"
    r"|\d[\d.,]*\s?(?:€|\$|¥|元|万元|EUR\b|USD\b|CNY\b|euros?\b|dollars?\b|yuan\b)"
)


@dataclass
class Seen:
    """What one turn, or a whole talk, led to."""

    replies: list[Reply] = field(default_factory=list)
    intents: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    documents: list[str] = field(default_factory=list)  # kinds handed over
    asked_known: list[str] = field(default_factory=list)  # slots asked although known
    erased: bool = False

    def add(self, other: Seen) -> None:
        self.replies += other.replies
        self.intents |= other.intents
        self.changed |= other.changed
        self.documents += other.documents
        self.asked_known += other.asked_known
        self.erased = other.erased


def compare(wanted: Wanted, seen: Seen, state: State, pack: Pack) -> list[str]:
    """The differences; empty when all that is wanted holds."""
    found: list[str] = []
    found += _compare_profile(wanted, state)
    found += _compare_state(wanted, state, pack)
    if wanted.erased is not UNSET and wanted.erased != seen.erased:
        found.append(f"erased: wanted {wanted.erased}, is {seen.erased}")
    found += _compare_sets(wanted, seen)
    found += _compare_words(wanted, seen)
    if wanted.asked_once is not UNSET and seen.asked_known:
        found.append(f"asked although known: {', '.join(seen.asked_known)}")
    if wanted.amounts_from_price_book is not UNSET:
        found += foreign_amounts(seen.replies, pack)
    return found


def same_value(wanted: object, value: Value | None) -> bool:
    """Compare as labels.md does: without case, a list means any of its members."""
    if isinstance(wanted, list):
        return any(same_value(one, value) for one in wanted)
    if isinstance(wanted, bool) or isinstance(value, bool) or wanted is None or value is None:
        return wanted is value
    return str(wanted).casefold() == value.casefold()


def _compare_profile(wanted: Wanted, state: State) -> list[str]:
    found = []
    if wanted.profile is not UNSET:
        for slot, want in wanted.profile.items():
            value = value_of(state.profile, slot)
            if not same_value(want, value):
                found.append(f"profile.{slot}: wanted {want!r}, is {value!r}")
    if wanted.status is not UNSET:
        for slot, want in wanted.status.items():
            known = state.profile.get(slot)
            status = known.status if known else None
            if status != want:
                found.append(f"status.{slot}: wanted {want!r}, is {status!r}")
    return found


def asked_slot(state: State, pack: Pack) -> str | None:
    """The slot of the profile that is being asked, or None."""
    slot = state.question.slot if state.question else ""
    own = (each.id for each in pack.own_slots)
    return slot if slot in (*SLOTS, *INNER_SLOTS, *own) else None


def named_edition(state: State) -> str | None:
    """The edition estimated, else the one the prospect named."""
    if state.estimate is not None:
        return state.estimate.edition
    value = value_of(state.profile, "edition")
    return value if isinstance(value, str) else None


def _compare_state(wanted: Wanted, state: State, pack: Pack) -> list[str]:
    is_now: dict[str, object] = {
        "asks": asked_slot(state, pack),
        "outcome": state.outcome,
        "reason": state.reason or None,
        "stage": state.stage,
        "owner": state.owner,
        "staff": state.staff or None,
        "close_reason": state.close_reason or None,
        "edition": named_edition(state),
        "language": state.language,
    }
    found = []
    for name, value in is_now.items():
        want = getattr(wanted, name)
        if want is not UNSET and (want or None) != value:
            found.append(f"{name}: wanted {want!r}, is {value!r}")
    if wanted.rings is not UNSET and wanted.rings != state.rings:
        found.append(f"rings: wanted {wanted.rings}, is {state.rings}")
    if wanted.called is not UNSET and tuple(wanted.called) != state.called:
        found.append(f"called: wanted {wanted.called}, is {list(state.called)}")
    if wanted.reasons is not UNSET and tuple(wanted.reasons) != state.reasons:
        want, fired = ", ".join(wanted.reasons) or "none", ", ".join(state.reasons) or "none"
        found.append(f"reasons: wanted {want}, is {fired}")
    return found


def _compare_sets(wanted: Wanted, seen: Seen) -> list[str]:
    there: dict[str, Iterable[str]] = {
        "intents": seen.intents,
        "changed": seen.changed,
        "documents": seen.documents,
    }
    found = []
    for name, values in there.items():
        want = getattr(wanted, name)
        if want is not UNSET and (missing := sorted(set(want) - set(values))):
            found.append(f"{name}: without {', '.join(missing)}; there: {sorted(set(values))}")
    return found


def _compare_words(wanted: Wanted, seen: Seen) -> list[str]:
    said = [part for reply in seen.replies for part in _parts(reply)]
    found = []
    if wanted.says is not UNSET:
        found += [
            f"says: {w!r} was not said" for w in wanted.says if not any(holds(t, w) for t in said)
        ]
    if wanted.never_says is not UNSET:
        for word in wanted.never_says:
            hit = next((t for t in said if holds(t, word)), None)
            if hit is not None:
                found.append(f"never_says: {word!r} was said: {hit[:80]!r}")
    return found


def _parts(reply: Reply) -> list[str]:
    return [reply.text, *(b.label for b in reply.buttons), *(a.title for a in reply.attachments)]


def holds(text: str, word: str) -> bool:
    """Whole words without case, whatever space is between them; Chinese as a substring."""
    text, word = _SPACE.sub(" ", text.casefold()), _SPACE.sub(" ", word.casefold())
    if _CJK.search(word):
        return word in text
    return re.search(f"{_NO_LETTER_BEFORE}{re.escape(word)}{_NO_LETTER_AFTER}", text) is not None


# --- amounts -------------------------------------------------------------------------------------


def foreign_amounts(replies: Sequence[Reply], pack: Pack) -> list[str]:
    """Amounts stated as ours that are no row of the price book, nor a shown sum of rows."""
    book = {row.id: row for row in pack.prices}
    found: list[str] = []
    for reply in replies:
        text = reply.text
        for theirs in sorted(reply.theirs, key=len, reverse=True):
            text = text.replace(theirs, " ")
        for amount in reply.amounts:
            rows = [book[r] for r in amount.rows if r in book]
            stands = len(rows) == len(amount.rows) > 0
            stands = stands and {r.currency for r in rows} == {amount.currency}
            if not stands or sum(r.amount for r in rows) != amount.minor:
                found.append(f"amount {amount.minor} {amount.currency} is not in the price book")
            text = _without(text, amount, pack)
        found += [
            f"amount {m.group(0)!r} is not from the price book" for m in _MONEY.finditer(text)
        ]
    return found


def _without(text: str, amount: Amount, pack: Pack) -> str:
    """The text without this amount, however a language of the pack writes it."""
    shown = {words.show_money(lang, amount.minor, amount.currency) for lang in pack.languages}
    for form in shown:
        text = re.sub(rf"{re.escape(form)}(?![\d])", " ", text)
    return text
