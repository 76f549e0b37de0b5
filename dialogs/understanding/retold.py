"""Facts taken back by their subject alone: "about the servers, I was wrong, we have one"."""

from __future__ import annotations

import re

from dialogs.understanding.answers import CORRECT
from dialogs.understanding.clauses import is_question
from dialogs.understanding.draft import Draft
from dialogs.understanding.names import Found

_SUBJECTS = (
    ("own_servers", re.compile(r"\bserv[ei]r|\bсервер|\bservidor|服务器|主机")),
    (
        "written_requirement",
        re.compile(
            r"\b(?:specification|spec|tender|requirements?)\b|\bтехзадан|\bтз\b|\bтребовани|"
            r"\bpliego|\brequisitos|需求(?:文档|书)?|标书|招标"
        ),
    ),
)
_HAVE_NOT = re.compile(
    r"\b(?:(?:don't|do not|dont|didn't|haven't|never) (?:\w+ )?(?:have|got|own|exist)|"
    r"(?:have|has|got|there's|there is|there are) (?:no|none)|"
    r"no (?:l[oae]s? )?(?:tenemos|tengo|hay|existen?)|ningun[oa]?|"
    r"нет|нету|отсутству\w+)\b|没有?|并没|没了"
)
_HAVE = re.compile(
    r"\b(?:(?:we|i|they|there) (?:\w+ )?(?:do|have|got|are|is)|there's|we've|"
    r"si que (?:l[oae]s? )?(?:tenemos|tengo|hay)|l[oae]s? tenemos|tenemos|tengo|hay|"
    r"есть|имеется|имеются|появил\w+|нашел\w*|нашл\w+)\b|有"
)

# "We do have servers", "нашлись сервера": before the noun.
_HAVE_BEFORE = re.compile(
    r"(?:\b(?:do|actually|now|already|since) (?:have|got)|\b(?:found|got)|"
    r"\b(?:есть|появил\w+|нашел\w*|нашл\w+)|\b(?:si (?:que )?)(?:tenemos|tengo|hay)|有) "
    r"?(?:an?|the|some|our|own|two|un|una|unos|свои|台|一台)? ?$"
)

_TURN = re.compile(
    r"\b(?:turns out|but|actually|оказ\w+|но|на самом деле|resulta que|pero|"
    r"en realidad)\b|其实|但|结果"
)


def take_retold(draft: Draft) -> None:
    """Notes the value and the correction where another question is open than the one answered."""
    low = draft.words.low
    cue = CORRECT.search(low)
    if cue is None or (is_question(low) and "?" in low):
        return
    for slot, subject in _SUBJECTS:
        named = subject.search(low)
        if named is None or slot == draft.slot:
            continue
        start = min(named.start(), cue.start())
        lack = _HAVE_NOT.search(low, start)
        if lack and (turn := _TURN.search(low, lack.end())) and _HAVE.search(low, turn.end()):
            lack = None  # "I told you we have none, turns out there is one"
        have = lack or _HAVE.search(low, named.start()) or _HAVE_BEFORE.search(low[: named.start()])
        told = slot in draft.slots.keys() - draft.bare
        if have is None or (told and (lack is None or draft.slots[slot] is False)):
            continue
        value = "false" if lack else "true"
        end = max(have.end(), cue.end(), named.end())
        draft.stated.found[slot] = hit = Found(slot, value, start, end, "its subject, corrected")
        draft.take(hit)
        draft.used.append((0, len(low)) if draft.slot not in draft.slots else cue.span())
        for intent in ("affirm", "deny"):
            draft.drop(intent)
        if draft.slot in draft.bare:
            draft.forget(draft.slot, "the yes or no is about something else")
            draft.bare.discard(draft.slot)
        draft.add("correct", f'"{cue.group().strip()}"')
