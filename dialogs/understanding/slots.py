"""All slot readers over one message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialogs.understanding.amounts import read_headcount
from dialogs.understanding.asides import Views, find_repair, view
from dialogs.understanding.clauses import is_question, is_within_question
from dialogs.understanding.contacts import read_email, read_phone
from dialogs.understanding.errands import ERRAND
from dialogs.understanding.identity import CARD, read_company, read_name
from dialogs.understanding.introductions import read_introduction, read_signed
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.money import read_budget
from dialogs.understanding.names import Found
from dialogs.understanding.numbers import Number, find_numbers
from dialogs.understanding.organisation import (
    read_buyer_type,
    read_own_servers,
    read_ownership,
    read_written,
)
from dialogs.understanding.people import (
    OTHERS_TITLE,
    department_of_title,
    is_owner,
    read_authority,
    read_department,
    read_role,
    whole_titles,
)
from dialogs.understanding.places import read_city
from dialogs.understanding.replaced import without_replaced
from dialogs.understanding.requests import read_editions, read_language_wish, read_papers
from dialogs.understanding.times import read_timeline
from dialogs.understanding.unlisted import AS_SAID
from dialogs.understanding.words import Words

# What a question to us names of these is no statement: "does AWS count?"
_OF_THE_BUYER = frozenset({"ownership", "own_servers", "written_requirement", "authority"})

# Slots of one value, where the later one that is put in the place of the earlier holds.
_REPAIRED = frozenset({
    "city", "timeline", "department", "headcount", "budget", "email", "phone", "name", "ownership",
})  # fmt: skip
_PERSONS = (CARD, "name in passing")
_FOR_THEM = re.compile(r"\b(?:for|with|at|para|con|для)\b[^,.;!?]*$")


_FOR_A = re.compile(r"\b(?:for an?|para una?|in an?|as an?|como)\b[^,.;!?]*$")
# "Where do I sign?" tells of no authority.
_WHERE_TO_SIGN = re.compile(
    r"\b(?:where|when|how|what) (?:do|can|should|must|shall|could) $|\b(?:где|donde) $"
)
_PAPERS = ("written_requirement", "doc_type")
_OF_YOURS = re.compile(
    r"\b(?:you|your|do|does|can|are|у вас|вы|ваш\w*|можно|ustedes|venden|aceptan|tienen)\b|你们|"
    r"吗|能"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the readers found: at most one value a slot. `inferred` are implied, not said."""

    found: dict[str, Found]
    inferred: frozenset[str]
    edition_excluded: bool

    def without_questions(self, words: Words) -> Stated:
        """What is left when the names within questions to us are no statements."""
        found = {
            slot: hit
            for slot, hit in self.found.items()
            if not (_is_of_buyer(words, hit) and is_within_question(words, hit.start))
            and not (slot == "authority" and _WHERE_TO_SIGN.search(words.low[: hit.start]))
        }
        return Stated(found, self.inferred & found.keys(), self.edition_excluded)

    def spans(self, slots: Sequence[str]) -> list[tuple[int, int]]:
        return [(hit.start, hit.end) for hit in self.found.values() if hit.slot in slots]


def read_slots(words: Words, lexicon: Lexicon, *, slot: str, loose: bool = False) -> Stated:
    """`slot` is the one being asked, or ""; `loose` believes bare names too, as in a correction."""
    views = view(words)
    stated = _read_views(views, lexicon, slot=slot, loose=loose)
    _take_repairs(views, lexicon, slot, stated)
    if "edition" not in stated.found and views.real is not words and is_question(words.low):
        # "My friend has your Cluster, is it good?" asks about the edition all the same.
        asked_about, _ = read_editions(words, lexicon, asked=False, slot=slot)
        stated.found.update({hit.slot: hit for hit in asked_about})
    if slot and views.hides_past and slot not in stated.found:
        before = _read_views(Views(views.real, views.real, views.real), lexicon, slot=slot)
        if slot in before.found:  # "we were 40 last year" is better than nothing
            stated.found[slot] = before.found[slot]
    return stated


def _take_repairs(views: Views, lexicon: Lexicon, slot: str, stated: Stated) -> None:
    """Puts what comes after "no," in the place of what it takes back: "Ghent. no, Bruges"."""
    repair = find_repair(views.own.low)
    if repair is None or not stated.found:
        return
    after = views.after(repair)
    for name, hit in _read_views(after, lexicon, slot=slot, loose=True).found.items():
        old = stated.found.get(name)
        if old and name in _REPAIRED and old.start < repair and old.value != hit.value:
            stated.found[name] = hit


def _read_views(views: Views, lexicon: Lexicon, *, slot: str, loose: bool = False) -> Stated:
    words, own = views.real, views.own
    numbers = find_numbers(views.now.low) if _may_hold_number(words) else []
    hits = [
        *read_email(words, asked=slot in ("email", "phone", "confirm")),
        *read_phone(words, asked=slot in ("phone", "email"), cued=slot == "confirm"),
    ]
    numbers = [number for number in numbers if not _within(number, hits)]
    hits += _read_numbered(views, numbers, slot, loose)
    hits += read_ownership(own, lexicon, asked=slot == "ownership" or loose)
    if slot not in ("ownership", "department", "role", "company"):
        hits += read_buyer_type(own, lexicon, asked=slot == "buyer_type")
    hits += read_own_servers(words, lexicon, asked=slot == "own_servers")
    hits += read_written(words, lexicon, asked=slot == "written_requirement")
    hits += read_authority(words, lexicon, asked=slot == "authority")
    people, inferred = _read_person(own, lexicon, slot, loose)
    signer = next((hit for hit in hits if hit.rule == OTHERS_TITLE), None)
    errand = next((hit for hit in hits if hit.rule == ERRAND), None)
    if signer:
        people, inferred = _without_signer(people, signer), set()
    elif errand and any(_meet(hit, errand) for hit in people):
        # The boss for whom offers are gathered.
        people, inferred = [hit for hit in people if not _meet(hit, errand)], set()
    hits += people
    editions, excluded = read_editions(words, lexicon, asked=slot == "edition" or loose, slot=slot)
    hits += editions
    hits += read_papers(words, lexicon, asked=slot == "doc_type")
    hits += read_language_wish(words, lexicon)
    hits += _outside_firms(_read_place(own, lexicon, hits, slot, loose), hits)
    return Stated(_first_of_each(hits), frozenset(inferred), excluded)


def _without_signer(people: list[Found], signer: Found) -> list[Found]:
    """What is told of the writer, without the title of who decides and what that implies."""
    titles = [hit for hit in people if hit.slot == "role"]
    if not any(_meet(hit, signer) for hit in titles):
        return people if titles else [hit for hit in people if not _meet(hit, signer)]
    return [hit for hit in people if hit.slot in ("name", "company") and not _meet(hit, signer)] + [
        hit
        for hit in people
        if hit.slot == "department"
        and not _meet(hit, signer)
        and not any(_meet(hit, title) for title in titles)
    ]


def _meet(hit: Found, other: Found) -> bool:
    return hit.start < other.end and other.start < hit.end


def _read_place(
    words: Words, lexicon: Lexicon, hits: list[Found], slot: str, loose: bool
) -> list[Found]:
    if not {"email", "name", "department"} & {hit.slot for hit in hits} or slot == "city" or loose:
        cities = read_city(words, lexicon.everyday, asked=slot == "city", loose=loose)
    else:
        cities = read_city(words, lexicon.everyday, asked=False)
    if slot == "own_servers" and not cities:
        cities = read_city(words, lexicon.everyday, asked=False, machines=True)
    return cities


def _first_of_each(hits: list[Found]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for hit in hits:
        if hit.rule == AS_SAID and any(_overlap(hit, other) for other in hits):
            continue  # "on our servers" is no place
        if hit.slot == "city" and any(o.rule in _PERSONS and _overlap(hit, o) for o in hits):
            continue  # Anna is a town, too
        if hit.slot == "ownership" and any(o.slot == "role" and _overlap(hit, o) for o in hits):
            continue  # a "commercial director"
        if hit.slot == "buyer_type" and any(o.slot == "edition" and _overlap(hit, o) for o in hits):
            continue  # "the price of Enterprise"
        if hit.slot in _PAPERS and any(o.slot in _PAPERS and _is_part(hit, o) for o in hits):
            continue  # a "description of the product" is a paper of ours, 需求说明书 one of theirs
        if hit.slot == "doc_type" and any(o.slot == "city" and _overlap(hit, o) for o in hits):
            continue  # "en Tarifa"
        found.setdefault(hit.slot, hit)
    return found


def _is_part(hit: Found, other: Found) -> bool:
    """Whether it lies in the longer one."""
    return other.start <= hit.start and hit.end <= other.end and _size(hit) < _size(other)


def _size(hit: Found) -> int:
    return hit.end - hit.start


def _outside_firms(cities: list[Found], hits: list[Found]) -> list[Found]:
    """The cities without those in a firm's name, where only a Chinese one tells where it is."""
    kept = []
    for city in cities:
        if not any(hit.slot == "company" and _overlap(city, hit) for hit in hits):
            kept.append(city)
        elif "\u3400" <= str(city.value)[:1] <= "\u9fff":
            kept.append(replace(city, rule="in the name of the firm"))
    return kept


def _is_of_buyer(words: Words, hit: Found) -> bool:
    """Whether it is a fact of the buyer; "how much for a team of 5?" tells it in a question too."""
    if hit.slot == "headcount":
        return _FOR_THEM.search(words.low[: hit.start]) is None
    if hit.slot == "buyer_type":  # "do private persons buy from you?"
        return (
            _OF_YOURS.search(words.low) is not None
            and _FOR_A.search(words.low[: hit.start]) is None
        )
    return hit.slot in _OF_THE_BUYER


def _may_hold_number(words: Words) -> bool:
    return words.digits or words.han or " " in words.low or len(words.low) < 20


def _overlap(hit: Found, other: Found) -> bool:
    return hit.slot != other.slot and hit.start < other.end and other.start < hit.end


def _within(number: Number, hits: list[Found]) -> bool:
    return any(hit.start <= number.first < hit.end for hit in hits)


def _read_numbered(views: Views, numbers: list[Number], slot: str, loose: bool) -> list[Found]:
    """One number is one thing: what is a date is no staff count, what is staff is no budget."""
    numbers, replaced = without_replaced(views.now.low, numbers)
    hits = read_timeline(views.now, numbers, asked=slot == "timeline", loose=loose)
    words = views.own
    numbers = [number for number in numbers if words.low[number.first] != " "]
    free = [number for number in numbers if not _within(number, hits)] if hits else numbers
    staff = read_headcount(words, free, asked="headcount" in (slot, replaced))
    hits += staff[:1]
    free = [number for number in free if not _within(number, staff)] if staff else free
    return hits + read_budget(words, free, asked="budget" in (slot, replaced))


_OF_A_UNIT = re.compile(r",? (?:(?:from|in|at|of|the|de|del|la|el|en|из|от|отдела?) )*")
_UNIT_END = re.compile(r"$|[,.;!\n]| (?:department|dept|team|here)\b")


def _department_of(words: Words, lexicon: Lexicon, name: Found | None) -> list[Found]:
    """The department right behind the name: "Tom Hale, finance", "Priya Nair from procurement"."""
    low = words.low
    if name is None:
        return []
    return [
        Found("department", value, start, end, low[start:end])
        for value, start, end in lexicon["department"].find(low)
        if start >= name.end
        and _OF_A_UNIT.fullmatch(low, name.end, start)
        and _UNIT_END.match(low[end:])
        and (low[start:end] != "it" or words.text[start:end] == "IT")
    ][:1]


def _read_person(
    words: Words, lexicon: Lexicon, slot: str, loose: bool
) -> tuple[list[Found], set[str]]:
    asks_job = slot in ("role", "department")
    run = read_introduction(words, whole_titles(words.low, lexicon))
    hits = [hit for hit in run if hit.slot == "role"] or read_role(words, lexicon, asked=asks_job)
    inferred: set[str] = set()
    departments = read_department(words, lexicon, asked=asks_job, loose=loose)
    if hits:
        role = hits[0]
        department, said = department_of_title(str(role.value), lexicon)
        if department and not departments:
            departments = [Found("department", department, role.start, role.end, "job title")]
            if not said and department == "management" and slot != "department":
                inferred.add("department")
        if is_owner(str(role.value)):
            hits.append(Found("authority", "decides", role.start, role.end, "owner"))
            inferred.add("authority")
    hits += departments
    names = [hit for hit in run if hit.slot == "name"] or read_name(
        words, lexicon.everyday, asked=slot == "name", titles=hits
    )
    signed = None if names or departments else read_signed(words)
    unit = _department_of(words, lexicon, names[0] if names else signed)
    if unit and not departments:
        hits += unit
        names = names or [signed] if signed else names
    after = [hit.end for hit in (*names, *hits) if hit.slot in ("name", "role")]
    firms = [hit for hit in run if hit.slot == "company"] or read_company(
        words, asked=slot == "company", after=after
    )
    return hits + names + firms, inferred
