"""What prospects say of an answer by a button, and what else is offered when it was not meant."""

from __future__ import annotations

from collections.abc import Callable

from dialogs import documents, giving, quoting
from dialogs.effects import RecordUnanswered
from dialogs.knowledge import quote as cut
from dialogs.pricing import iso_day
from dialogs.quoting import DETAIL, HELPS, NOT_MEANT, PAPER
from dialogs.talk import Talk
from dialogs.types import Answer, Passage

PLACE = "place:"  # and the message's number, and which of its places
LABEL_MAX = 60  # characters of a title on a button


def press(talk: Talk, value: str) -> bool:
    """Take a button of an answer. False when it is none, or its answer is forgotten."""
    verbs: dict[str, Callable[[Talk, str], bool]] = {
        HELPS: _it_helps,
        NOT_MEANT: _not_meant,
        PLACE: _show_place,
        DETAIL: quoting.say_detail,
        PAPER: _give_paper,
    }
    for verb, take in verbs.items():
        if value.startswith(verb):
            return take(talk, value.removeprefix(verb))
    return False


def keys_of_newest(talk: Talk) -> dict[str, str]:
    """Buttons that judge the newest answer, with the keys of their labels; {} once it is judged."""
    if not talk.state.answers or talk.state.answers[-1].helpful is not None:
        return {}
    seq = talk.state.answers[-1].seq
    return {f"{HELPS}{seq}": "button.helps", f"{NOT_MEANT}{seq}": "button.not_meant"}


def _it_helps(talk: Talk, seq: str) -> bool:
    answer = quoting.judge(talk, _number(seq), helpful=True)
    if answer is not None:
        talk.say("answer.helped")
        talk.repeat_open_question()
    return answer is not None


def _not_meant(talk: Talk, seq: str) -> bool:
    """The next nearest places to choose from, and a colleague; the question is kept."""
    answer = quoting.judge(talk, _number(seq), helpful=False)
    if answer is None:
        return False
    if answer.helpful is not False:
        talk.do(
            RecordUnanswered(
                question=answer.question, language=answer.language, nearest=answer.places
            )
        )
        if answer.question not in talk.state.open_points:
            talk.update(open_points=(*talk.state.open_points, answer.question)[-10:])
    others = _others(talk, answer)
    buttons = [
        talk.button(f"{PLACE}{answer.seq}:{number}", "more", label=_shorten(label))
        for number, label in others
    ]
    key = "answer.not_meant" if others else "answer.not_meant.none"
    if talk.state.owner == "bot":
        buttons.append(talk.button("person", "person", "button.colleague"))
    if not others:
        talk.update(unanswered=talk.state.unanswered + 1)
    talk.say(key, buttons=buttons)
    return True


def _others(talk: Talk, answer: Answer) -> list[tuple[int, str]]:
    """Number and title of the places that were not shown, no title twice."""
    found: dict[str, int] = {}
    for number, place in enumerate(answer.places[answer.quoted :], answer.quoted):
        passage = _find(talk, place)
        if passage is not None:
            label = f"{passage.place} · {passage.title}" if passage.place else passage.title
            found.setdefault(label, number)
    return [(number, label) for label, number in found.items()]


def _show_place(talk: Talk, which: str) -> bool:
    seq, _, place = which.partition(":")
    answer = next((a for a in talk.state.answers if a.seq == _number(seq)), None)
    number = _number(place)
    if answer is None or number >= len(answer.places):
        return False
    passage = _find(talk, answer.places[number])
    if passage is None:
        return False
    quoting.say_passage(talk, passage)
    talk.repeat_open_question()
    return True


def _give_paper(talk: Talk, kind: str) -> bool:
    if kind not in {paper.kind for paper in documents.available(talk.pack, iso_day(talk.now))}:
        return False
    giving.hand_over(talk, (kind,))
    talk.repeat_open_question()
    return True


def _find(talk: Talk, place: str) -> Passage | None:
    """The public passage that stands there today, or None."""
    source, _, heading = place.partition("#")
    article = next((a for a in talk.pack.articles if a.public and a.id == source), None)
    if article is not None:
        return quoting.as_passage(article)
    papers = documents.available(talk.pack, iso_day(talk.now))
    paper = next((d for d in papers if d.id == source), None)
    if paper is None:
        return None
    parts = [part for head, part in paper.text if head.replace("\n", " ") == heading]
    if not parts:
        return None
    return Passage(
        source=paper.id, kind="document", title=paper.title, place=heading,
        language=paper.language, text=cut("\n\n".join(parts)), score=0.0, answers=True,
        version=paper.version,
    )  # fmt: skip


def _number(text: str) -> int:
    """A number of ours on a button; 10**9, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 10**9


def _shorten(label: str) -> str:
    return label if len(label) <= LABEL_MAX else f"{label[: LABEL_MAX - 1].rstrip()}…"
