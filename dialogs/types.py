"""The words of the consultation: what comes in, what is known, what goes out.

Next to the leaf of `dialogs`. Everything is a frozen msgspec struct, so that a
state can be stored as MessagePack and read back. Times are whole milliseconds since 1970, UTC.
"""

from __future__ import annotations

from typing import Literal

from dialogs.base import Struct as Struct
from dialogs.roster import Roster

Value = str | bool

INTENTS = (
    "provide_info", "affirm", "deny", "dont_know", "refuse", "correct", "go_back", "restart",
    "ask_price", "ask_document", "ask_feature", "ask_commercial", "ask_why", "buy_now",
    "custom_requirement", "ask_trial", "talk_to_human", "language_switch", "small_talk", "abuse",
    "stop", "support_request", "out_of_scope", "unclear",
)  # fmt: skip
SLOTS = (
    "buyer_type", "ownership", "own_servers", "city", "department", "authority", "role",
    "headcount", "edition", "budget", "timeline", "email", "phone", "written_requirement", "name",
    "company", "doc_type", "language",
)  # fmt: skip
# Kept in the profile, never printed by `read`.
INNER_SLOTS = ("need", "industry", "alternatives", "existing_customer")
# Said for this message alone; they are no part of what is known of the prospect.
PASSING_SLOTS = ("doc_type", "language")
CUES = ("discount", "contract", "legal", "agency", "tender", "existing_customer")
DEPARTMENTS = (
    "it", "marketing", "sales", "procurement", "finance", "operations", "ecommerce", "management",
    "hr", "legal", "rnd", "customer_service", "other",
)  # fmt: skip
DOCUMENT_KINDS = (
    "manual", "white_paper", "comparison", "case_study", "brochure", "company_info", "template",
    "api_docs", "video", "security_doc", "release_notes", "price_list",
)  # fmt: skip
# What a human may have the bot announce when they give a talk back to it; "" for nothing.
HAND_BACK_NEXT = ("", "offer", "call", "papers", "answer")
TOPICS = ("buyer", "organisation", "contact", "requirement")
REASONS = (
    "existing_customer", "person_requested", "direct_purchase", "written_requirement",
    "custom_work", "commercial_question", "qualified", "no_source",
)  # fmt: skip

Status = Literal["stated", "inferred", "corrected", "skipped", "refused", "unknown"]
Owner = Literal["bot", "waiting", "human", "closed"]
Outcome = Literal["open", "price_only", "escalated", "support", "closed", "silent", "quarantined"]
Stage = Literal["consultation", "documents", "contract", "delivery", "account"]


# --- what comes in -------------------------------------------------------------------------------


class FileInfo(Struct):
    """A file that a prospect sent. `items` and `problem` are filled once it has been read."""

    id: str
    name: str
    size: int  # bytes
    media_type: str = ""  # sniffed from the content, never the sender's word
    text: str = ""  # plain text found in it, after reading
    problem: str = ""  # why it could not be read: a text key's last part, or ""
    sha256: str = ""  # of its bytes, in hex


IncomingKind = Literal[
    "open",  # the chat was opened: greet, or resume
    "text",  # the prospect wrote
    "choice",  # the prospect pressed a button
    "file",  # a file arrived and is stored
    "file_read",  # it has been read: `file` carries its text or its problem
    "timer",  # a timer of ours is due: `value` names it
    "opened",  # the prospect opened a document: `value` is its id
]


class Incoming(Struct):
    """One thing a prospect did, or a timer, as `intake` takes it.

    `value` of an opening is "start" where the prospect pressed Start: that is always answered; it
    is "continue" where the talk came to another place and only the open question is shown. The
    choice "language:<code>" of question 0 changes the language. `text` of a choice is the label of
    a button that stood under no message of ours.
    """

    conversation: str
    external_id: str  # the client's own id of it; unique within the conversation
    kind: IncomingKind
    text: str = ""
    question: int = 0  # for a choice: the number of the question that the button stood under
    value: str = ""  # for a choice: the button; for a timer: its name; for opened: the document
    file: FileInfo | None = None
    language: str = ""  # the browser's or client's language, a hint only
    time_zone: str = ""  # the browser's, a hint only
    seq: int = 0  # the message's place in the conversation; intake fills it in the transaction
    # A text that replaces an earlier one of theirs, or that somebody else wrote. The external id
    # of an edited one is that of the text it replaces, a colon, and what tells the edits apart.
    origin: Literal["", "edited", "forwarded"] = ""
    roster: Roster = Roster()  # who of pre-sales is there; intake fills it in the transaction


# --- what was understood -------------------------------------------------------------------------


class Passage(Struct):
    """A place in a public paper or article that may answer a question."""

    source: str  # id of the document or article
    kind: Literal["document", "article"]
    title: str
    place: str  # heading, may be ""
    language: str
    text: str
    score: float
    answers: bool  # the question's words are covered well enough to quote it
    version: str = ""  # of a document


class Asked(Struct):
    """The open question as the reader of the next message must see it."""

    slot: str  # a slot, or "confirm" for a yes/no that fills none
    kind: str = "text"  # choice, text, number, place, contact, yes_no, file, confirm
    options: tuple[str, ...] = ()  # values on the buttons
    assumes: dict[str, Value] = {}  # what a bare yes would confirm
    noted: dict[str, Value] = {}  # what was repeated before the question: "Noted: Leeds. ..."


class Reading(Struct):
    """What a message means. `slots` holds only what this message newly states."""

    text: str = ""
    language: str = ""
    intents: tuple[str, ...] = ()
    slots: dict[str, Value] = {}  # SLOTS and INNER_SLOTS
    quotes: dict[str, str] = {}  # slot -> the prospect's own words for it
    inferred: tuple[str, ...] = ()  # slots among `slots` that are implied, not said
    unsettled: tuple[str, ...] = ()  # slots whose value differs from the known one without a cue
    unsure_of: str = ""  # slot that "not sure about ..." names, where another one was asked
    refuses_questions: bool = False  # no questions as such: "no questionnaire", "just the price"
    cues: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()  # best first; only looked up when the message asks something
    why: tuple[str, ...] = ()  # one line a layer: rule, nearest example, score
    each: bool = False  # the passages answer one question each of several in the message
    missed: tuple[str, ...] = ()  # of several questions those that no passage answers
    version: int = 0  # the state version it was read against
    origin: Literal["", "edited", "forwarded"] = ""  # of the message, for whoever reads it later
    certainty: float = 1.0  # share of the least sure guess, 0 to 1; 1 where patterns told all


# --- what is known -------------------------------------------------------------------------------


class Past(Struct):
    value: Value | None
    status: Status
    quote: str
    message: int
    by: str = ""  # as in Known


class Known(Struct):
    """One slot of the profile; `message` is the seq of the message it came from."""

    value: Value | None
    status: Status
    quote: str = ""
    message: int = 0
    history: tuple[Past, ...] = ()
    by: str = ""  # display name of the member of staff who entered it, "" for the prospect


class OpenQuestion(Struct):
    number: int
    slot: str  # a slot of the profile or a step such as "confirm_restart"
    kind: str
    options: tuple[str, ...] = ()
    times: int = 1  # how often this slot has been asked in a row without an answer
    # A step as it was put, to show it again: its words, their language, what in them is theirs.
    words: str = ""
    language: str = ""
    theirs: tuple[str, ...] = ()


class Amount(Struct):
    """Money shown as ours: minor units, and the price rows it stands on."""

    currency: str
    minor: int
    rows: tuple[str, ...]  # ids of the rows; several rows: a shown sum


class Estimate(Struct):
    edition: str
    rule: str  # id of the edition rule, or "named" when the prospect named the edition
    reason: str
    currency: str = ""
    low: int = 0  # minor units; 0 and 0 while no price was shown
    high: int = 0
    price_version: str = ""


class Given(Struct):
    document: str
    version: str
    at: int
    opened: int = 0  # ms, 0 while it has not been opened


class Item(Struct):
    """One requirement, with the sentence of the prospect's paper that it comes from."""

    text: str
    source: str
    priority: Literal["must", "should", "could", ""] = ""


class Requirement(Struct):
    version: int
    origin: Literal["file", "text", "questions", "link"]
    title: str
    items: tuple[Item, ...]
    file: str = ""
    confirmed: bool = False
    at: int = 0  # ms of its last part: what comes soon after is added; 0: closed to additions
    shown: int = 0  # items that were shown back so far


class Answer(Struct):
    """A question that was answered from the papers. `places` are `id` or `id#heading`, best first.

    `seq` is that of the prospect's message; the first `quoted` of the places were shown.
    """

    seq: int
    question: str
    language: str
    places: tuple[str, ...]
    quoted: int = 1
    helpful: bool | None = None  # what the prospect said of it, None for nothing


class State(Struct):
    """All that a conversation remembers. Stored as MessagePack with every turn."""

    pack_version: str = ""
    language: str = "en"
    language_told: bool = False  # a change of language was announced
    language_declined: bool = False  # was told that theirs is not spoken here
    channel: str = ""
    owner: Owner = "bot"
    staff: str = ""  # display name of the human who has it
    handovers: int = 0  # how often pre-sales was brought in, or changed who owns it
    outcome: Outcome = "open"
    reason: str = ""  # first escalation rule that fired
    reasons: tuple[str, ...] = ()  # all that fired, in order
    routed: str = ""  # the person or team that the pack's routes name
    manager: str = ""  # name of the account manager, who takes whatever comes later
    stage: Stage = "consultation"
    close_reason: str = ""
    profile: dict[str, Known] = {}
    question: OpenQuestion | None = None
    questions: int = 0  # number of the last question asked
    trail: tuple[str, ...] = ()  # slots asked, newest last, for "back"
    asked: dict[str, int] = {}  # slot -> times asked
    deferred: tuple[str, ...] = ()  # slots asked twice in vain; asked once more at the end
    non_answers: int = 0  # in all
    non_answers_row: int = 0
    priced: str = ""  # edition of the last price question
    price_asks: int = 0  # price questions since a slot was last stated
    commercial_asks: int = 0  # discount or agency questions while price_only
    unanswered: int = 0  # questions that the papers did not answer
    answers: tuple[Answer, ...] = ()  # the last ones from the papers
    spared: bool = False  # refused questions: none is asked until they tell something themselves
    greeted: bool = False
    recapped: bool = False
    estimate: Estimate | None = None
    given: tuple[Given, ...] = ()
    shown: tuple[str, ...] = ()  # amounts and promises shown, as text, for the brief
    requirement: Requirement | None = None
    former: dict[str, tuple[Past, ...]] = {}  # histories of slots that a restart cleared
    pending: dict[str, Value] = {}  # values that wait for a yes
    pressed: tuple[str, ...] = ()  # the last buttons as "number:value", to know a repeat
    currency: str = ""  # asked for by the prospect
    reasked: int = 0  # version of the requirement that was asked about once more
    unread: dict[str, int] = {}  # files that are being read: id -> ms of arrival
    forwarded: str = ""  # what was forwarded while it is asked whether it is their requirement
    draft: tuple[str, ...] = ()  # answers so far while a requirement is written by questions
    open_points: tuple[str, ...] = ()  # questions of the prospect that nobody answered yet
    waiting_since: int = 0
    rings: int = 0  # how often pre-sales was alerted
    called: tuple[str, ...] = ()  # the people on call for whom it rang, in order
    last_prospect: int = 0  # ms
    last_staff: int = 0  # ms
    turns: int = 0  # prospect messages taken in
    rating_asked: bool = False  # how the talk was; once is enough
    time_zone: str = ""  # where the prospect lives, "" while nothing tells it
    call_at: int = 0  # ms: when a colleague is to call; 0: no call is planned
    returned: str = ""  # why pre-sales sent the brief back: part of a text key, or ""
    returned_by: str = ""  # display name
    line: str = ""  # what a human left behind when they gave the talk back to the bot
    line_by: str = ""  # display name
    next_step: str = ""  # of HAND_BACK_NEXT: what the bot still has to announce for them


# --- what goes out -------------------------------------------------------------------------------

ButtonKind = Literal["option", "back", "skip", "person", "edit", "more"]


class Button(Struct):
    value: str
    label: str
    kind: ButtonKind = "option"


class Attachment(Struct):
    """A paper handed over, the source of an answer, or a file that staff sent. Doors make links."""

    kind: Literal["document", "source", "file"]
    id: str  # of a document, of an article, or of a stored file
    title: str
    place: str = ""
    language: str = ""
    version: str = ""


class Reply(Struct):
    """One message of the bot. `text` says everything; a rich channel adds buttons and links."""

    key: str  # text key that it was made from
    text: str
    buttons: tuple[Button, ...] = ()
    question: int = 0  # number of the question asked here, 0 if none
    asks: str = ""  # slot asked here
    attachments: tuple[Attachment, ...] = ()
    amounts: tuple[Amount, ...] = ()
    theirs: tuple[str, ...] = ()  # the prospect's own words quoted in `text`, amounts among them
