"""Reads a prospect's words against the committed state, outside every transaction."""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bot import records
from bot.house import Contents, Finds, House
from dialogs import questions
from dialogs.pack import Pack
from dialogs.pricing import iso_day
from dialogs.profile import asserted
from dialogs.types import Asked, Incoming, Passage, Reading, State, Struct
from dialogs.understanding.shorthand import spell_out
from dialogs.words import terms
from storage import conversations
from storage.conversations import ConversationRow
from storage.db import Tx

# Intents that put a question which the papers may answer.
_ASKING = frozenset(
    {"ask_feature", "ask_commercial", "ask_trial", "ask_why", "out_of_scope", "unclear"}
)
_LOOKED_UP = _ASKING | {"ask_price"}
_OF_PRODUCT = frozenset({"ask_feature", "ask_commercial", "ask_trial"})
_FEATURE = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\w*")  # what has a name of its own: API, WeChat
PASSAGES = 3
AFTER_HUMAN = ("go_on", "hand_back")  # timers at which the bot may take a talk up again
LOOK_BACK = 12  # messages that are searched for a question, or for what nobody answered
MAX_CHARS = 2_000  # of what nobody answered


class Understood(Struct):
    """A reading, and the state that it was made against: good for that version alone."""

    state: State
    version: int
    reading: Reading | None = None
    message: int = 0  # seq of the words where they came earlier; 0: they come now


class Comprehension:
    """One reader for all: the words of one message after the other, in a thread of their own.

    The event loop goes on meanwhile; a second thread would only fight for the same core.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="understanding")

    async def read(self, incoming: Incoming, mind: Contents) -> Understood | None:
        """What the words mean to this mind.

        None for buttons, repeats and conversations that are not there. None for a text that a
        turn then does take means that the turn must be tried again. When the bot takes a talk up
        again after a human, the words are those that nobody has answered.
        """
        if incoming.kind == "timer" and incoming.value in AFTER_HUMAN:
            return await self._read_unanswered(incoming.conversation, mind)
        if incoming.kind != "text":
            return None
        found = self._house.db.peek(
            lambda tx: (
                conversations.load(tx, incoming.conversation),
                conversations.find_message(tx, incoming.conversation, incoming.external_id),
            )
        )
        row, repeat = found
        if row is None or row.erased or repeat is not None:
            return None
        state = records.read_state(row.state)
        if incoming.origin == "forwarded":
            # Somebody else's words tell nothing of the prospect, and ask for nothing.
            reading = Reading(
                text=incoming.text,
                intents=("provide_info",),
                version=row.version,
                origin="forwarded",
            )
            return Understood(state=state, version=row.version, reading=reading)
        asked = _asked(state)
        if incoming.origin == "edited":
            asked = self._asked_then(incoming, mind.pack)
        began = time.perf_counter()
        reading = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._understand, mind, incoming.text, (state, asked), row.version
        )
        self._house.metrics.reading_seconds.observe(time.perf_counter() - began)
        reading = msgspec.structs.replace(reading, origin=incoming.origin)
        return Understood(state=state, version=row.version, reading=reading)

    async def _read_unanswered(self, conversation: str, mind: Contents) -> Understood | None:
        """What the prospect said since anybody answered, as the bot reads it; None for nothing."""
        row, said, seq = self._house.db.peek(lambda tx: _find_unanswered(tx, conversation))
        if row is None or not said:
            return None
        state = records.read_state(row.state)
        alone = msgspec.structs.replace(state, owner="bot")
        reading = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._understand, mind, said, (alone, None), row.version
        )
        return Understood(state=state, version=row.version, reading=reading, message=seq)

    async def imagine(self, text: str, state: State, mind: Contents) -> Reading:
        """What the words would mean to this mind in such a state. Nothing is looked up or kept."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._understand, mind, text, (state, _asked(state)), 0
        )

    def _asked_then(self, incoming: Incoming, pack: Pack) -> Asked | None:
        """What was asked when the message came that is now edited; None if it is not there."""
        original = incoming.external_id.rpartition(":")[0]

        def look(tx: Tx) -> str:
            message = conversations.find_message(tx, incoming.conversation, original)
            last = message.seq - 1 if message is not None else 0
            for seq in range(last, max(0, last - LOOK_BACK), -1):
                earlier = conversations.get_message(tx, incoming.conversation, seq)
                if earlier is not None and earlier.author == "bot":
                    return records.read_reply(earlier.body, "").asks
            return ""

        question = pack.question(self._house.db.peek(look))
        if question is None:
            return None
        options = tuple(option.value for option in question.options)
        return Asked(slot=question.slot, kind=question.kind, options=options)

    def _understand(
        self, mind: Contents, text: str, against: tuple[State, Asked | None], version: int
    ) -> Reading:
        state, asked = against
        reading = mind.reader.read(
            text, asked=asked, known=asserted(state.profile), language=state.language
        )
        if state.owner != "human" and not _LOOKED_UP.isdisjoint(reading.intents):
            language = reading.language if reading.language in mind.pack.languages else ""
            reading = self._look_up(mind.library, reading, text, language or state.language)
        return msgspec.structs.replace(reading, version=version)

    def _look_up(self, library: Finds, reading: Reading, text: str, language: str) -> Reading:
        """Passages for the message; of several questions, or where nothing answers, for each.

        What would bind the company is not looked up. Beside a price, what else is asked.
        """
        today = iso_day(self._house.now())
        asks = not _ASKING.isdisjoint(reading.intents)
        binds = questions.bind(text)
        if not asks and not binds:
            return reading
        passages = _find(library, text, language, today) if asks else ()
        single = questions.answerable(text)[:PASSAGES]
        if not binds:
            several = sum(part.endswith(("?", "？")) for part in single) > 1
            whole = any(p.answers for p in passages) and not several
            beside = "ask_price" in reading.intents and any(map(questions.pieces, single))
            if whole or not single or (len(questions.sentences(text)) < 2 and not beside):
                around = () if whole else _find_around_names(library, text, language, today)
                if around and not _OF_PRODUCT.isdisjoint(reading.intents):
                    passages, missed = around
                    return msgspec.structs.replace(reading, passages=passages, missed=missed)
                return msgspec.structs.replace(reading, passages=passages)
        found, missed = _find_each(library, single, language, today)
        if not found:
            return msgspec.structs.replace(reading, passages=passages)
        others = [p for p in passages if not p.answers]
        return msgspec.structs.replace(
            reading,
            passages=(*found, *others)[:PASSAGES],
            each=binds or len(found) > 1 or bool(missed),
            missed=missed if asks else (),
        )


def _find_unanswered(tx: Tx, conversation: str) -> tuple[ConversationRow | None, str, int]:
    """The conversation, the prospect's words after the last ones of staff or bot, and the number
    of the last of them."""
    row = conversations.load(tx, conversation)
    if row is None or row.erased:
        return None, "", 0
    said: list[str] = []
    last = 0
    for seq in range(row.last_seq, max(0, row.last_seq - LOOK_BACK), -1):
        message = conversations.get_message(tx, conversation, seq)
        if message is None or message.author in ("bot", "staff"):
            break
        if message.author == "prospect" and not message.body:
            said.append(message.text)
            last = last or seq
    return row, "\n".join(reversed(said))[:MAX_CHARS], last


def _find_each(
    library: Finds, single: list[str], language: str, today: str
) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """The passages that answer single questions, and the questions that none answers."""
    found: dict[str, Passage] = {}
    missed = []
    for question in single:
        best = _find_answer(library, question, language, today)
        pieces = () if best else questions.pieces(question)
        for piece in pieces if len(pieces) == 1 else ():
            # What stands around the one question of a sentence hides its answer.
            best, question = _find_answer(library, piece, language, today), piece
        if best:
            found[best.text] = best
        else:
            missed.append(question)
    return tuple(found.values()), tuple(missed)


def _find_answer(library: Finds, question: str, language: str, today: str) -> Passage | None:
    best = _find(library, question, language, today)[:1]
    return best[0] if best and best[0].answers else None


def _find_around_names(
    library: Finds, text: str, language: str, today: str
) -> tuple[tuple[Passage, ...], tuple[str, ...]] | tuple[()]:
    """What answers the question but for names that stand in no paper, and these; or nothing.

    Its title must name what is asked about: "an API for X" is told of the API.
    """
    rest, names = library.leave_unheard(text, language)
    found = _find(library, rest, language, today)[:1] if names else ()
    if not any(p.answers for p in found):
        return ()
    feature = " ".join(_FEATURE.findall(found[0].title))
    told = not set(terms(feature, language)).isdisjoint(terms(rest, language))
    return (found, names) if told else ()


def _find(library: Finds, text: str, language: str, today: str) -> tuple[Passage, ...]:
    """Passages for the text; where none answers it, for what its shortened words stand for."""
    passages = library.find(text, language, PASSAGES, today)
    full = spell_out(text)
    if full == text.lower() or any(p.answers for p in passages):
        return passages
    again = library.find(full, language, PASSAGES, today)
    return again if any(p.answers for p in again) else passages


def _asked(state: State) -> Asked | None:
    question = state.question
    if question is None:
        return None
    return Asked(
        slot=question.slot,
        kind=question.kind,
        options=question.options,
        assumes=state.pending,
    )
