"""A company's pack, frozen: everything Firstline says and knows of the company.

`dialogs/loading.py` makes it from the folder; the file formats are told in `docs/pack.md`.
Texts by language are dicts `{"en": ..., "zh": ...}` and hold every language of the pack.
"""

from __future__ import annotations

from typing import Literal

from dialogs.types import Struct, Value

ByLanguage = dict[str, str]

QuestionKind = Literal["choice", "text", "number", "place", "contact", "yes_no", "file"]


class Condition(Struct):
    """One test over what is known: one of slot, intent, cue, count, all_of, any_of, none_of.

    Operators: `op` in is, is_not, in, known, unknown, at_least, below (numbers; a headcount such as
    "50-60" counts with its lower end for at_least and with its upper end for below).
    """

    slot: str = ""
    intent: str = ""
    cue: str = ""
    count: str = ""  # topics_learned, non_answers, unanswered, turns
    op: Literal["is", "is_not", "in", "known", "unknown", "at_least", "below"] = "is"
    value: Value | int | tuple[Value, ...] | None = None
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()


class Option(Struct):
    """A button under a question. `sets` are the slots it fills (the question's own by default)."""

    value: str
    sets: dict[str, Value] = {}


class Question(Struct):
    """A question for one slot. Its words are texts: ask.<slot>, ask.<slot>.again, why.<slot>."""

    slot: str
    kind: QuestionKind
    options: tuple[Option, ...] = ()
    when: tuple[Condition, ...] = ()  # all must hold
    weight: int = 0  # higher is asked first within its topic


class Topic(Struct):
    id: str  # need, buyer, organisation, contact, requirement, timing, reach
    questions: tuple[Question, ...]
    engaged_only: bool = False  # asked only of a prospect who has learned topics behind them


class Edition(Struct):
    id: str
    name: ByLanguage
    summary: ByLanguage  # one sentence on whom it is for
    features: dict[str, tuple[str, ...]]  # by language, in the order to be shown
    limits: dict[str, int]  # limit key -> number; 0 means without limit
    needs_server: bool


class EditionRule(Struct):
    """First rule that holds names the edition; the last rule of a pack has no condition."""

    id: str
    edition: str
    when: tuple[Condition, ...]
    reason: ByLanguage


class Price(Struct):
    """A row of prices.csv. A row with a tier holds where the tier slot's number is in min..max."""

    id: str  # "<item>/<unit>/<currency>/<tier_min>"; unique
    item: str  # an edition's id, or a service's id
    kind: Literal["edition", "service"]
    name: ByLanguage
    unit: Literal["once", "month", "year", "day"]
    tier_slot: str
    tier_min: int
    tier_max: int  # 0: open
    currency: str
    amount: int  # minor units
    valid_from: str  # ISO date, inclusive
    valid_to: str  # ISO date, inclusive
    version: str
    included_in: tuple[str, ...] = ()  # a service: editions that it goes with (empty: all)


class EscalationRule(Struct):
    """Brings in a human. Rules stand in order; the first that holds gives the reason."""

    reason: str
    when: tuple[Condition, ...]
    queue: Literal["presales", "aftersales"] = "presales"
    urgency: Literal["urgent", "high", "normal"] = "normal"
    in_price_only: bool = False


class Route(Struct):
    """Whom a lead goes to: the first route that holds."""

    when: tuple[Condition, ...]
    to: str  # a name, a team or an expertise of people of company.yaml


class Target(Struct):
    """Within how much working time (ms) a human answers; 0: no target."""

    reason: str  # of the escalation, or "default"
    first: int  # from when a human is called to their first reply
    next: int  # from a later word of the prospect to the next reply


class CannedReply(Struct):
    """What pre-sales say often. `text` holds sources that may use `dialogs.replies.NAMES`."""

    id: str
    title: ByLanguage
    text: ByLanguage
    when: tuple[str, ...] = ()  # reasons of an escalation that it is good for; (): any


class Document(Struct):
    id: str
    kind: str  # DOCUMENT_KINDS
    edition: str  # "" for all
    language: str
    audience: tuple[str, ...]  # departments; empty: everybody
    version: str
    valid_from: str
    valid_to: str
    public: bool
    title: str
    summary: str
    file: str  # path below documents/
    media_type: str
    checksum: str  # sha256 of the bytes
    industry: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)  # headcounts that a case fits; (0, 0): any
    city: str = ""
    text: tuple[tuple[str, str], ...] = ()  # (heading, paragraph): what answers are quoted from


class Article(Struct):
    """Question and answer, or a short text, from knowledge/."""

    id: str
    language: str
    public: bool
    questions: tuple[str, ...]
    title: str
    text: str
    slots: dict[str, str] = {}  # e.g. edition it speaks of
    summary: str = ""  # what it means for the business, in one or two sentences


class Examples(Struct):
    """What people really type: intent -> sentences, slot -> value -> names, and -> statements.

    A name is found as it stands ("purchasing"); a statement is a sentence that tells the value
    ("two racks hum in our cellar" for own_servers true), compared by meaning. Synonyms are words
    that mean about the same when papers are searched, by one of them.
    """

    intents: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, tuple[str, ...]]]
    statements: dict[str, dict[str, tuple[str, ...]]] = {}
    synonyms: dict[str, tuple[str, ...]] = {}


class OwnIntent(Struct):
    """Something people want that no built-in intent names; its sentences are in the examples.

    It is answered by the text answer.own.<id>, or by the article of this id (without language).
    """

    id: str
    article: str = ""


class OwnSlot(Struct):
    """Something people tell that no built-in slot holds."""

    id: str
    kind: Literal["choice", "text"]
    values: tuple[str, ...] = ()  # of a choice


class Segment(Struct):
    """A kind of customers; `ideal`: those whom the company most wants."""

    id: str
    name: ByLanguage
    when: tuple[Condition, ...]
    ideal: bool = False


class Person(Struct):
    """Somebody who takes leads. What is not told is as with the company."""

    name: str
    role: str
    languages: tuple[str, ...] = ()
    team: str = ""
    hours: dict[str, str] = {}  # mon..sun as the company's; {}: the company's
    time_zone: str = ""
    capacity: int = 0  # conversations at once; 0: no limit
    deputy: str = ""  # name of who stands in while they are away
    expertise: tuple[str, ...] = ()  # what they know about; routes may name it
    holidays: tuple[str, ...] = ()  # as the company's; (): the company's


class Company(Struct):
    name: ByLanguage
    assistant: ByLanguage  # how the assistant names itself
    languages: tuple[str, ...]  # first is the default
    time_zone: str
    hours: dict[str, str]  # mon..sun -> "09:00-18:00" or ""; a night is "22:00-06:00"
    currencies: tuple[str, ...]  # first is the default
    country_currency: dict[str, str]  # ISO country -> currency
    retention_days: dict[str, int]  # outcome -> days; "default"
    language_currency: dict[str, str] = {}  # language -> currency while no city is known
    people: tuple[Person, ...] = ()
    on_call: tuple[str, ...] = ()  # names of people, in the order in which they are rung for
    website: str = ""
    holidays: tuple[str, ...] = ()  # "2027-03-26", or each year "12-25": nobody works


class Pack(Struct):
    folder: str
    version: str  # digest of every file of the pack
    company: Company
    topics: tuple[Topic, ...]
    editions: tuple[Edition, ...]
    edition_rules: tuple[EditionRule, ...]
    prices: tuple[Price, ...]
    escalations: tuple[EscalationRule, ...]
    routes: tuple[Route, ...]
    documents: tuple[Document, ...]  # internal ones too; only `public` may reach a prospect
    articles: tuple[Article, ...]
    examples: dict[str, Examples]  # by language, defaults merged in
    texts: dict[str, dict[str, str]]  # language -> key -> Jinja2 source, defaults merged in
    templates: dict[str, str]  # name -> Jinja2 source (brief, recap, offer)
    own_intents: tuple[OwnIntent, ...] = ()
    own_slots: tuple[OwnSlot, ...] = ()
    segments: tuple[Segment, ...] = ()
    targets: tuple[Target, ...] = ()
    replies: tuple[CannedReply, ...] = ()  # own ones first, then the inherited

    @property
    def languages(self) -> tuple[str, ...]:
        return self.company.languages

    def text(self, language: str, key: str) -> str:
        """Source of a text in the language, else in the default one; KeyError if absent."""
        found = self.texts.get(language, {}).get(key)
        return found if found is not None else self.texts[self.languages[0]][key]

    def question(self, slot: str) -> Question | None:
        return next((q for t in self.topics for q in t.questions if q.slot == slot), None)

    def edition(self, edition: str) -> Edition | None:
        return next((e for e in self.editions if e.id == edition), None)

    def document(self, document: str) -> Document | None:
        return next((d for d in self.documents if d.id == document), None)
