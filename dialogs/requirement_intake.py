"""Flow 3: taking in the written requirement by file, text, link, or five short questions."""

from __future__ import annotations

import re

import msgspec

from dialogs import requirements
from dialogs.effects import ReadFile, RecordRequirement
from dialogs.points import lines_of, points_of
from dialogs.talk import Talk
from dialogs.types import FileInfo, Known, Requirement

DRAFT_QUESTIONS = 5
LONG_TEXT = 600  # characters: from here on an unasked text is taken as a requirement
LEAST_POINTS = 3  # lines of a list that make a requirement of a shorter text
SHOWN_ITEMS = 8
TOGETHER = 120_000  # ms within which papers count as parts of one requirement
LINE = 120  # columns: what is longer is more than a line
TITLES_JOINED = " + "
_LINK = re.compile(r"https?://\S+")
_STEP = "requirement_text"
_CONFIRM = "confirm_requirement"
_CONFIRM_FORWARDED = "confirm_forwarded"


def is_paper(text: str) -> bool:
    """A text that nobody asked for and that is a requirement: a long one, or a list of points."""
    if len(text) >= LONG_TEXT:
        return True
    points = points_of(text)
    asking = sum(p.rstrip().endswith(("?", "？")) for p in points)
    return len(points) >= LEAST_POINTS and asking * 2 < len(points)


def is_paper_here(talk: Talk, text: str) -> bool:
    """The same at this point of the talk; where one was asked for a shorter list is one, too."""
    slot = talk.state.question.slot if talk.state.question else ""
    if slot.startswith("draft_"):
        return False
    return is_paper(text) or (slot == _STEP and len(points_of(text)) > 1)


def beside_points(text: str) -> str:
    """What stands in a short paper beside its points: who they are, how to reach them."""
    points = set(points_of(text))
    lines = lines_of(text)
    return "\n".join(line for line in lines if line not in points)


def is_step(slot: str) -> bool:
    return slot in (_STEP, _CONFIRM) or slot.startswith("draft_")


def ask_for_it(talk: Talk) -> None:
    """The prospect has one: tell how to give it."""
    talk.ask_step(_STEP, ("later",), kind="file")


def start_draft(talk: Talk) -> None:
    """The prospect wants help: five short questions, one at a time."""
    talk.update(draft=())
    talk.say("draft.intro")
    _ask_draft(talk)


def _ask_draft(talk: Talk) -> None:
    number = len(talk.state.draft) + 1
    talk.ask_step(f"draft_{number}", (), key=f"draft.{number}", kind="text")


def take_step(talk: Talk, text: str) -> bool:
    """Take words or a button as the answer to the open step. False when they are none."""
    slot = talk.state.question.slot if talk.state.question else ""
    if slot.startswith("draft_"):
        return _take_draft(talk, text)
    if slot == _STEP:
        return _take_text(talk, text)
    return False


def _take_draft(talk: Talk, text: str) -> bool:
    talk.update(draft=(*talk.state.draft, text[:2000]), question=None)
    if len(talk.state.draft) < DRAFT_QUESTIONS:
        _ask_draft(talk)
        return True
    answers = talk.state.draft
    if not any(a.strip() for a in answers):
        talk.update(draft=())
        talk.say("draft.empty")
        return True
    asked = [talk.text(f"draft.{n}") for n in range(1, DRAFT_QUESTIONS + 1)]
    version = _next_version(talk)
    made = requirements.from_answers(asked, answers, version=version)
    talk.update(draft=())
    keep(talk, made)
    return True


def draft_back(talk: Talk) -> bool:
    """One question back within the draft. False at its first question and outside of it."""
    slot = talk.state.question.slot if talk.state.question else ""
    if not slot.startswith("draft_"):
        return False
    answers = talk.state.draft
    talk.update(draft=answers[:-1])
    if answers:
        _ask_draft(talk)
    return bool(answers)


def _take_text(talk: Talk, text: str) -> bool:
    link = _LINK.search(text)
    if link and len(text) < 300:
        title = link.group(0)[:300]
        made = Requirement(version=_next_version(talk), origin="link", title=title, items=())
        note_given(talk, text)
        talk.update(requirement=made, question=None)
        talk.do(RecordRequirement(requirement=made))
        talk.say("requirement.link", link=title)
        return True
    # A line about themselves is no paper, nor is a short one.
    if "\n" not in text and (len(text) < 40 or (len(text) < LINE and _tells_facts(talk))):
        return False
    talk.update(question=None)
    take_paper(talk, text)
    return True


def _tells_facts(talk: Talk) -> bool:
    return bool(talk.changed) and "need" not in talk.reading.slots


def take_paper(talk: Talk, text: str, title_key: str = "requirement.pasted") -> None:
    """Take a pasted text as the requirement, or as a part of the one that is being given."""
    title = talk.text(title_key)
    note_given(talk, title)
    made = requirements.split(text, origin="text", title=title, version=_next_version(talk))
    keep(talk, made)


def take_file(talk: Talk, file: FileInfo) -> None:
    """A file has arrived: say so, have it read, count the requirement as given."""
    note_given(talk, file.name)
    talk.update(question=None, unread={**_unread(talk), file.id: talk.now})
    talk.do(ReadFile(file=file))
    talk.say("requirement.arrived", file=file.name)


def _unread(talk: Talk) -> dict[str, int]:
    """The files that are still being read; one that takes too long is no longer waited for."""
    unread = talk.state.unread
    return {file: at for file, at in unread.items() if talk.now - at <= TOGETHER}


def waits_for_more(talk: Talk) -> bool:
    """Whether another file that was sent along is still being read."""
    return bool(_unread(talk))


def file_read(talk: Talk, file: FileInfo) -> None:
    """The file has been read, or could not be: show what was found or say what to do.

    Of several that came together nothing is shown before the last one is read.
    """
    talk.update(unread={other: at for other, at in _unread(talk).items() if other != file.id})
    if file.problem and talk.state.owner == "human":
        return
    if not file.problem:
        made = requirements.split(
            file.text, origin="file", title=file.name, version=_next_version(talk), file=file.id
        )
        keep(talk, made)
        return
    key = f"requirement.problem.{file.problem}"
    made_before = talk.state.requirement
    if waits_for_more(talk):
        talk.say(key, file=file.name)
    elif made_before is not None and _takes_more(talk) and made_before.items:
        talk.say(key, file=file.name)
        _show(talk, made_before)
    else:
        # It asks for another file or the text: whatever comes next is taken as that.
        talk.ask_step(_STEP, ("later",), key=key, kind="file", file=file.name)


def _takes_more(talk: Talk) -> bool:
    """Whether a paper that comes now is a part of the requirement that is being given."""
    made = talk.state.requirement
    return made is not None and not made.confirmed and 0 <= talk.now - made.at <= TOGETHER


def _join(old: Requirement, new: Requirement) -> Requirement:
    """Both together: points that stand in both count once."""
    if old.title == new.title and new.origin == "file":
        return new  # the same paper once more, put right
    known = {item.text for item in old.items}
    items = (*old.items, *(item for item in new.items if item.text not in known))
    titles = dict.fromkeys((*old.title.split(TITLES_JOINED), new.title))
    return msgspec.structs.replace(
        new,
        title=TITLES_JOINED.join(titles)[: requirements.MAX_TITLE],
        items=items[: requirements.MAX_ITEMS],
        file=new.file or old.file,
        shown=old.shown,
    )


def keep(talk: Talk, made: Requirement) -> None:
    """Store a version of the requirement and show it back for confirmation."""
    old = talk.state.requirement
    if old is not None and _takes_more(talk) and talk.incoming.origin != "edited":
        made = _join(old, made)
    made = msgspec.structs.replace(made, at=talk.now)
    talk.update(requirement=made)
    if talk.value("written_requirement") is not True:
        note_given(talk, made.title)
    _take_need(talk, made)
    talk.do(RecordRequirement(requirement=made))
    if waits_for_more(talk):
        return
    if not made.items:
        talk.say("requirement.no_items", title=made.title)
    else:
        _show(talk, made)


def _show(talk: Talk, made: Requirement) -> None:
    """Show the points back; where some were shown before only those that were added."""
    if talk.state.owner == "human":
        return
    points = made.items[made.shown :]
    added = bool(made.shown and points)
    points = points or made.items
    shown = [item.text for item in points[:SHOWN_ITEMS]]
    talk.ask_step(
        _CONFIRM,
        ("right", "wrong"),
        key="requirement.added" if added else "",
        items=shown,
        more=max(0, len(points) - len(shown)),
        title=made.title,
        count=len(made.items),
    )
    talk.update(requirement=msgspec.structs.replace(made, shown=len(made.items)))


# --- what somebody else wrote --------------------------------------------------------------------


def take_forwarded(talk: Talk, text: str) -> None:
    """A forwarded text: more than a line is (a part of) the requirement; a line is asked about."""
    question = talk.state.question
    slot = question.slot if question is not None else ""
    if slot.startswith("draft_"):
        _take_draft(talk, text)
        return
    if slot == _CONFIRM_FORWARDED and talk.state.forwarded:
        text = f"{talk.state.forwarded}\n{text}"
    if slot == _STEP or _is_more_than_a_line(text) or _takes_more(talk):
        talk.update(question=None, forwarded="")
        take_paper(talk, text, "requirement.forwarded")
        return
    talk.update(forwarded=text)
    talk.ask_step(_CONFIRM_FORWARDED, ("yes", "no"), text=text)


def _is_more_than_a_line(text: str) -> bool:
    columns = sum(1 + (sign >= "\u2e80") for sign in text.strip())
    return "\n" in text.strip() or columns > LINE


def confirm_forwarded(talk: Talk, theirs: bool) -> None:
    """The prospect says whether the line that was forwarded is their requirement."""
    text = talk.state.forwarded
    talk.update(question=None, forwarded="")
    if theirs and text:
        take_paper(talk, text, "requirement.forwarded")
    else:
        talk.say("forwarded.aside")


# --- what they say to it -------------------------------------------------------------------------


def _take_need(talk: Talk, made: Requirement) -> None:
    """A requirement tells what it is for: that is not asked again."""
    if made.items and talk.value("need") is None:
        first = made.items[0].text
        talk.put("need", Known(value=first, status="inferred", quote=first, message=talk.message))


def confirm(talk: Talk, right: bool) -> None:
    """The prospect says whether the items are right."""
    made = talk.state.requirement
    talk.update(question=None)
    if made is None:
        return
    if not right:
        talk.update(requirement=msgspec.structs.replace(made, at=0, shown=0))
        talk.ask_step(_STEP, ("later",), key="requirement.correct", kind="file")
        return
    confirmed = msgspec.structs.replace(made, confirmed=True)
    talk.update(requirement=confirmed)
    talk.do(RecordRequirement(requirement=confirmed))
    talk.say("requirement.confirmed")


def leave_unconfirmed(talk: Talk) -> None:
    """The prospect passes over whether the items are right: that is not asked again."""
    if talk.state.requirement is not None:
        talk.update(reasked=talk.state.requirement.version)


def ask_again_if_open(talk: Talk) -> bool:
    """Whether the items are right was asked and something else came between: once more."""
    made, question = talk.state.requirement, talk.state.question
    if question is not None and question.slot == _CONFIRM:
        return False
    if made is None or made.confirmed or not made.items or not made.at:
        return False
    if talk.state.reasked >= made.version or waits_for_more(talk):
        return False
    talk.update(reasked=made.version)
    _show(talk, made)
    return True


def read_as_paper(talk: Talk) -> None:
    """The words were a paper's: what they mention is no wish of the one who sends it.

    Of a short list the lines beside its points still tell who sends it.
    """
    text = talk.incoming.text
    beside = beside_points(text) if len(text) < LONG_TEXT else ""
    quotes = talk.reading.quotes
    slots = {s: v for s, v in talk.reading.slots.items() if quotes.get(s) and quotes[s] in beside}
    talk.reading = msgspec.structs.replace(
        talk.reading, intents=("provide_info",), cues=(), slots=slots
    )


def note_given(talk: Talk, quote: str) -> None:
    """The written requirement exists: its slot says so."""
    if talk.value("written_requirement") is True:
        return
    known = Known(value=True, status="stated", quote=quote[:500], message=talk.message)
    talk.put("written_requirement", known)


def _next_version(talk: Talk) -> int:
    return talk.state.requirement.version + 1 if talk.state.requirement else 1
