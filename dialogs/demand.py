"""What the market asks for, told from a turn: topics, papers, and what would have to be built."""

from __future__ import annotations

from typing import Literal

from dialogs.effects import Turn
from dialogs.pack import Pack
from dialogs.types import Answer, Incoming, Reading, State, Struct

Kind = Literal["topic", "paper", "custom"]
KINDS: tuple[Kind, ...] = ("topic", "paper", "custom")
WORDS_MAX = 160  # characters of a wish that is kept in the prospect's own words


class Demand(Struct):
    """One thing that somebody asked for.

    `value`: of a topic the article's id without its language, or `document#heading`; of a paper
    its kind; of a custom wish the prospect's words, on one line. `seq`: the message that told it.
    """

    kind: Kind
    value: str
    seq: int


def find_demand(
    pack: Pack, before: State, incoming: Incoming, reading: Reading | None, turn: Turn
) -> tuple[Demand, ...]:
    """What this turn asks for. Of what is said to a human only what the bot answers itself, later
    on; of spam nothing."""
    if turn.state.outcome == "quarantined":
        return ()
    known = {answer.seq for answer in before.answers}
    found = [
        Demand(kind="topic", value=subject_of(pack, place), seq=answer.seq)
        for answer in turn.state.answers
        if answer.seq not in known
        for place in _shown(answer)
    ]
    told = incoming.kind == "text" and before.owner != "human"
    if reading is not None and told:
        found += _told(incoming, reading)
    return tuple(found)


def subject_of(pack: Pack, place: str) -> str:
    """A place of the papers whatever its language: an article counts as one in all of them."""
    paper, mark, heading = place.partition("#")
    languages = [f"-{language}" for language in pack.languages]
    short = next((paper.removesuffix(end) for end in languages if paper.endswith(end)), paper)
    return short + mark + heading


def name_subject(pack: Pack, subject: str, language: str) -> str:
    """The title of what `subject_of` gave, in the language if there is one; else the id."""
    paper, _, heading = subject.partition("#")
    wanted = [f"{paper}-{each}" for each in (language, *pack.languages)] + [paper]
    titles = {each.id: each.title for each in pack.documents}
    titles |= {each.id: each.title for each in pack.articles}
    title = next((titles[each] for each in wanted if each in titles), paper)
    return f"{title}: {heading}" if heading else title


def _shown(answer: Answer) -> tuple[str, ...]:
    return answer.places[: answer.quoted]


def _told(incoming: Incoming, reading: Reading) -> list[Demand]:
    found: list[Demand] = []
    papers = reading.slots.get("doc_type")
    if "ask_document" in reading.intents and isinstance(papers, str):
        found += [
            Demand(kind="paper", value=each, seq=incoming.seq) for each in papers.split("+") if each
        ]
    if "custom_requirement" in reading.intents:
        words = " ".join(incoming.text.split())[:WORDS_MAX]
        found.append(Demand(kind="custom", value=words, seq=incoming.seq))
    return found
