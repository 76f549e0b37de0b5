"""Answers quoted from the papers, fitted to who asks: the meaning for owners, depth for engineers.

Each bears two quiet buttons that say whether it helped; `helpfulness` takes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from dialogs import documents, giving
from dialogs.knowledge import quote as cut
from dialogs.pack import Article
from dialogs.stems import stem
from dialogs.talk import Talk
from dialogs.types import Answer, Attachment, Button, Passage
from dialogs.words import content_runs, content_words, pairs_of

DETAIL, HELPS, NOT_MEANT, PAPER = "detail:", "helps:", "not_meant:", "paper:"
SHARED = 2  # words that a section has in common with a question, to be pointed at
KEPT = 4  # answers that can still be judged
_TECHNICAL = ("it", "rnd")
_DEEPER = "white_paper"


def quote(talk: Talk, passages: Sequence[Passage]) -> None:
    """Quote each, and remember what was asked and what else came near."""
    if not passages:
        return
    judging = remember(talk, passages)
    for number, passage in enumerate(passages, 1):
        say_passage(talk, passage, judging if number == len(passages) else ())


def say_passage(talk: Talk, passage: Passage, judging: Sequence[Button] = ()) -> None:
    """One passage: its summary to who leads a business and has one, else its words."""
    summary = _summary(talk, passage) if leads(talk) else ""
    buttons = list(judging)
    if summary:
        buttons.insert(0, talk.button(f"{DETAIL}{passage.source}", "more", "button.detail"))
    attachments = [_source(passage)]
    if talk.value("department") in _TECHNICAL:
        deeper = _place_in_white_paper(talk, passage)
        attachments += [_source(deeper)] if deeper else []
        buttons[:0] = [] if deeper else _white_paper(talk, passage)
    talk.say(
        "answer.quote",
        attachments=attachments,
        buttons=buttons,
        text=summary or passage.text,
        title=passage.title,
        place=passage.place,
        other_language=passage.language != talk.state.language,
    )


def quote_article(talk: Talk, name: str) -> None:
    """A public article by its id, in the prospect's language where there is one."""
    spoken = talk.state.language
    found = [
        each
        for each in talk.pack.articles
        if each.public and name in (each.id, each.id.removesuffix(f"-{each.language}"))
    ]
    found.sort(key=lambda each: each.language != spoken)
    for article in found[:1]:
        quote(talk, [as_passage(article)])


def say_detail(talk: Talk, name: str) -> bool:
    """The whole of a public article, on the wish for more than its summary. False if it is gone."""
    article = next((each for each in talk.pack.articles if each.public and each.id == name), None)
    if article is None:
        return False
    whole = as_passage(article)
    talk.say(
        "answer.quote",
        attachments=[_source(whole)],
        text=whole.text,
        title=whole.title,
        place="",
        other_language=whole.language != talk.state.language,
    )
    return True


def as_passage(article: Article) -> Passage:
    """An article as far as a quotation goes."""
    return Passage(
        source=article.id, kind="article", title=article.title, place="",
        language=article.language, text=cut(article.text), score=1.0, answers=True,
    )  # fmt: skip


def leads(talk: Talk) -> bool:
    """Who asks leads the business, or decides and belongs to no department."""
    department = talk.value("department")
    if department is None:
        return talk.value("authority") == "decides"
    return department == "management"


def remember(talk: Talk, passages: Sequence[Passage]) -> tuple[Button, ...]:
    """Keep the question with its places; gives the buttons that judge the answer."""
    shown = tuple(place_of(each) for each in passages)
    others = (place for place in nearest(talk) if place not in shown)
    answer = Answer(
        seq=talk.message,
        question=talk.reading.text[:500],
        language=talk.state.language,
        places=(*shown, *others),
        quoted=len(shown),
    )
    earlier = [each for each in talk.state.answers if each.seq != talk.message]
    talk.update(answers=(*earlier, answer)[-KEPT:])
    return (
        talk.button(f"{HELPS}{talk.message}", "more", "button.helps"),
        talk.button(f"{NOT_MEANT}{talk.message}", "more", "button.not_meant"),
    )


def nearest(talk: Talk) -> tuple[str, ...]:
    """Where the passages stand that come nearest to an answer, as `id` or `id#heading`."""
    return tuple(dict.fromkeys(place_of(each) for each in talk.reading.passages))


def place_of(passage: Passage) -> str:
    place = f"{passage.source}#{passage.place}" if passage.place else passage.source
    return place.replace("\n", " ")


def _summary(talk: Talk, passage: Passage) -> str:
    if passage.kind != "article":
        return ""
    return next((a.summary for a in talk.pack.articles if a.id == passage.source), "")


def _place_in_white_paper(talk: Talk, passage: Passage) -> Passage | None:
    """Where the white paper tells more, where another paper is quoted; None if it does not."""
    if _is_deep(talk, passage):
        return None
    found = next((each for each in talk.reading.passages if _is_deep(talk, each)), None)
    return found or _section_like(talk, passage)


def _section_like(talk: Talk, passage: Passage) -> Passage | None:
    """The section of the white paper that shares most words with the question and its answer."""
    choices = documents.choose(talk.pack, (_DEEPER,), giving.recipient(talk))
    paper = choices[0].document if choices else None
    if paper is None or paper.language != passage.language:
        return None
    sought = _words(f"{talk.reading.text}\n{passage.title}", paper.language)
    sections: dict[str, set[str]] = {}
    for heading, text in paper.text:
        words = _words(f"{heading}\n{text}", paper.language) & sought
        sections[heading] = sections.get(heading, set()) | words
    spread = Counter(word for words in sections.values() for word in words)
    # A word that stands in one section alone tells more than one that stands everywhere.
    worth = {head: sum(1 / spread[word] for word in words) for head, words in sections.items()}
    best = max(worth, key=lambda heading: worth[heading], default="")
    if not best or worth[best] < 1 or len(sections[best]) < SHARED:
        return None
    return Passage(
        source=paper.id, kind="document", title=paper.title, place=best,
        language=paper.language, text="", score=0.0, answers=False, version=paper.version,
    )  # fmt: skip


def _words(text: str, language: str) -> set[str]:
    """What a text speaks of, to be compared: stems, and pairs of Chinese characters."""
    found = {stem(word, language) for word in content_words(text)}
    return found.union(pair for run in content_runs(text) for pair in pairs_of(run))


def _is_deep(talk: Talk, passage: Passage) -> bool:
    paper = talk.pack.document(passage.source)
    return paper is not None and paper.kind == _DEEPER


def _white_paper(talk: Talk, passage: Passage) -> list[Button]:
    """A way to the white paper, while it was not given."""
    if _is_deep(talk, passage):
        return []
    choices = documents.choose(talk.pack, (_DEEPER,), giving.recipient(talk))
    if not choices or choices[0].document is None or choices[0].already_given:
        return []
    return [talk.button(f"{PAPER}{_DEEPER}", "more", f"option.doc_type.{_DEEPER}")]


def _source(passage: Passage) -> Attachment:
    return Attachment(
        kind="source",
        id=passage.source,
        title=passage.title,
        place=passage.place,
        language=passage.language,
        version=passage.version,
    )


def judge(talk: Talk, seq: int, *, helpful: bool) -> Answer | None:
    """Note what the prospect said of an answer; gives it as it was, None if it is forgotten."""
    found = next((each for each in talk.state.answers if each.seq == seq), None)
    if found is not None:
        judged = msgspec.structs.replace(found, helpful=helpful)
        talk.update(answers=tuple(judged if a is found else a for a in talk.state.answers))
    return found
