"""The form of an article: what it says, what is wrong with it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.managers.grouping import are_alike
from bot.managers.teaching import tell_problem
from bot.packs.edits import Edit
from bot.packs.overlay_files import ARTICLE, NewArticle
from bot.records import clean
from bot.web.staffpages import Say
from dialogs.folder.papers import EMPTY, read_article
from dialogs.folder.problems import Findings, Problem
from dialogs.types import Struct

TITLE_MAX = 120  # characters
QUESTIONS_MAX = 20
QUESTION_MAX = 300  # characters
TEXT_MAX = 8_000  # characters
_RULE = "---"

Problems = Mapping[str, str]  # field -> what is wrong with it, in words; "" for the whole


class ArticleForm(Struct):
    """What stands in the form. `seen`: number of the edit that was shown, 0 for a new article."""

    title: str = ""
    questions: tuple[str, ...] = ()
    text: str = ""
    language: str = ""
    public: bool = True
    seen: int = 0
    edition: str = ""


class Version(Struct):
    """An article as one edit left it; None: it was taken out."""

    edit: Edit
    content: str | None


def read_article_form(fields: Mapping[str, str]) -> ArticleForm:
    """The form as it was sent; nothing is judged yet."""
    lines = fields.get("questions", "").splitlines()
    seen = fields.get("seen", "")
    return ArticleForm(
        title=_one_line(fields.get("title", "")),
        questions=tuple(dict.fromkeys(cut for line in lines if (cut := _one_line(line)))),
        text=clean(fields.get("text", "")),
        language=fields.get("language", ""),
        public=fields.get("visibility", "public") != "internal",
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else 0,
        edition=fields.get("edition", ""),
    )


def _one_line(words: str) -> str:
    return " ".join(clean(words).split())


def find_problems(form: ArticleForm, languages: tuple[str, ...], say: Say) -> Problems:
    """What keeps the form from being looked at by `check` at all."""
    found = {}
    if not form.title:
        found["title"] = say("articles.error.title")
    elif len(form.title) > TITLE_MAX:
        found["title"] = say("articles.error.title_long", n=TITLE_MAX)
    if not form.questions:
        found["questions"] = say("articles.error.questions")
    elif len(form.questions) > QUESTIONS_MAX or max(map(len, form.questions)) > QUESTION_MAX:
        limits = {"n": QUESTIONS_MAX, "length": QUESTION_MAX}
        found["questions"] = say("articles.error.questions_many", **limits)
    if not form.text:
        found["text"] = say("articles.error.text")
    elif len(form.text) > TEXT_MAX:
        found["text"] = say("articles.error.text_long", n=TEXT_MAX)
    if form.language not in languages:
        found["language"] = say("articles.error.language")
    return found


def place_problems(told: tuple[Problem, ...], say: Say) -> Problems:
    """What `check` said, each beside the field that it speaks of."""
    found: dict[str, list[str]] = {}
    for each in told:
        key = "text" if each.fault.key == EMPTY else each.fault.get("key")
        field = str(key) if key in ("title", "questions", "text") else ""
        found.setdefault(field, []).append(tell_problem(each, say))
    return {field: "; ".join(words) for field, words in found.items()}


def make_article(
    form: ArticleForm, name: str, conversation: str, asked: tuple[str, ...]
) -> NewArticle:
    """The form for the overlay. `asked`: wordings of the prospect in this conversation.

    A line in nearly those words is the prospect's, too.
    """
    theirs = [line for line in form.questions if any(are_alike(line, each) for each in asked)]
    return NewArticle(
        id=name,
        language=form.language,
        title=form.title,
        questions=form.questions,
        text=form.text,
        public=form.public,
        edition=form.edition,
        conversation=conversation,
        asked=tuple(theirs),
    )


def form_of(content: str, language: str, seen: int) -> ArticleForm:
    """The form filled with a stored article."""
    file = ARTICLE.format(language=language, id="x")
    found = read_article(content, file, language, Findings())
    if found is None:
        return ArticleForm(text=content, language=language, seen=seen)
    return ArticleForm(
        title=found.title,
        questions=found.questions,
        text=_body(content),
        language=language,
        public=found.public,
        seen=seen,
        edition=found.slots.get("edition", ""),
    )


def _body(content: str) -> str:
    """The Markdown below the front matter, as it was written."""
    lines = content.splitlines()
    ends = [number for number, line in enumerate(lines) if line.strip() == _RULE]
    return "\n".join(lines[ends[1] + 1 :]).strip() if len(ends) > 1 else content


def versions_of(path: str, edits: tuple[Edit, ...]) -> tuple[Version, ...]:
    """Each edit that changed this file, newest first."""
    return tuple(Version(edit=e, content=e.after[path]) for e in edits if path in e.after)


def last_change(versions: tuple[Version, ...]) -> Edit | None:
    """The edit that an undo takes back: the newest that was not taken back already."""
    undone = {version.edit.undoes for version in versions}
    return next(
        (v.edit for v in versions if not v.edit.undoes and v.edit.number not in undone), None
    )
