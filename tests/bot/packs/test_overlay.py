"""What staff write over the pack: versions, undoing, refusals, crashes, words that are erased."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path

import pytest

from bot.faults import VARIABLE
from bot.packs.edits import HISTORY, Edit, Theirs, copy_overlay, read_overlay, sweep_parts
from bot.packs.overlay import FILES, EditRefused, Overlay
from bot.packs.overlay_files import NewArticle, NewExample, may_be_edited
from dialogs.folder.problems import Problem
from dialogs.loading import load

ROOT = Path(__file__).parents[3]
MINIMAL = ROOT / "tests" / "packs" / "minimal"
NOON = 1_795_424_400_000
EXAMPLES = "examples/en.yaml"
DECAF = NewExample(
    language="en", intent="ask_feature", sentence="do the beans come without caffeine"
)
GRIND = NewExample(language="en", intent="ask_feature", sentence="is the coffee ground freshly")
DESCALING = NewArticle(
    language="en",
    id="descaling-en",
    title="Descaling",
    questions=("How often must it be descaled?", "Who descales the machine?"),
    text="We descale every machine twice a year.",
)


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    return Overlay(tmp_path / "overlay", MINIMAL)


def again(overlay: Overlay) -> Overlay:
    """The same folder, as the next start finds it."""
    return Overlay(overlay._folder, MINIMAL)


async def refusal(wait: Awaitable[Edit]) -> tuple[Problem, ...]:
    with pytest.raises(EditRefused) as caught:
        await wait
    return caught.value.problems


def bytes_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# --- edits ---------------------------------------------------------------------------------------


async def test_an_example_is_added_to_those_of_the_pack_and_the_inherited_ones(
    overlay: Overlay,
) -> None:
    plain = load(MINIMAL)
    edit = await overlay.add_example(DECAF, "Mira", NOON)
    assert (edit.number, edit.by, edit.at, edit.what) == (1, "Mira", NOON, "ask_feature")
    pack = load(MINIMAL, overlay=overlay.contents)
    known = pack.examples["en"].intents["ask_feature"]
    assert known[0] == DECAF.sentence
    assert known[1:] == plain.examples["en"].intents["ask_feature"]
    assert pack.version != plain.version
    assert pack.examples["zh"] == plain.examples["zh"]


async def test_a_statement_of_a_slot_is_added(overlay: Overlay) -> None:
    told = NewExample(
        language="en", slot="need", value="guests", sentence="people  wait at our desk"
    )
    await overlay.add_example(told, "Mira", NOON)
    statements = load(MINIMAL, overlay=overlay.contents).examples["en"].statements
    assert statements["need"]["guests"][0] == "people wait at our desk"


async def test_an_article_is_added_and_one_of_the_same_id_replaced(overlay: Overlay) -> None:
    await overlay.add_article(DESCALING, "Mira", NOON)
    beans = NewArticle(
        language="en", id="beans-en", title="Beans", questions=("Which beans?",), text="Two roasts."
    )
    await overlay.add_article(beans, "Mira", NOON)
    before = {(a.language, a.id): a for a in load(MINIMAL).articles}
    after = {(a.language, a.id): a for a in load(MINIMAL, overlay=overlay.contents).articles}
    assert after.keys() - before.keys() == {("en", "descaling-en")}
    assert after["en", "descaling-en"].questions == DESCALING.questions
    assert after["en", "beans-en"].text == "Two roasts."
    assert after["zh", "beans-zh"] == before["zh", "beans-zh"]


async def test_an_article_without_an_id_gets_one_of_its_own(overlay: Overlay) -> None:
    first = await overlay.add_article(
        NewArticle(language="en", title="One", questions=("one?",), text="One."), "Mira", NOON
    )
    second = await overlay.add_article(
        NewArticle(language="en", title="Two", questions=("two?",), text="Two."), "Mira", NOON
    )
    assert len({*first.after, *second.after}) == 2
    found = {a.id for a in load(MINIMAL, overlay=overlay.contents).articles}
    assert {first.what, second.what} <= found


async def test_a_text_wins_over_that_of_the_pack(overlay: Overlay) -> None:
    await overlay.change({"texts/en.yaml": "ask.need: Who drinks it?\n"}, "Mira", "wording", NOON)
    pack = load(MINIMAL, overlay=overlay.contents)
    assert pack.text("en", "ask.need") == "Who drinks it?"
    assert pack.text("en", "ask.need.again") == load(MINIMAL).text("en", "ask.need.again")


@pytest.mark.parametrize(
    "sentence", ["yes: no", "- true", "it's 10 o'clock", "'", "#1 choice", "да"]
)
async def test_whatever_a_sentence_holds_it_comes_back_as_it_is(
    overlay: Overlay, sentence: str
) -> None:
    await overlay.add_example(
        NewExample(language="en", intent="small_talk", sentence=sentence), "Mira", NOON
    )
    await overlay.add_example(DECAF, "Mira", NOON)
    known = load(MINIMAL, overlay=overlay.contents).examples["en"].intents
    assert known["small_talk"][0] == sentence
    assert known["ask_feature"][0] == DECAF.sentence


# --- refusals ------------------------------------------------------------------------------------


async def test_what_check_refuses_changes_nothing_and_is_told(overlay: Overlay) -> None:
    wrong = NewExample(language="en", intent="ask_fature", sentence="does it steam milk")
    (problem,) = await refusal(overlay.add_example(wrong, "Mira", NOON))
    assert problem.file == "overlay/examples/en.yaml"
    assert "ask_feature" in problem.remedy
    assert overlay.files == {}
    assert overlay.history() == ()
    assert not (overlay._folder / HISTORY).exists()


async def test_proposing_tells_the_same_and_changes_nothing(overlay: Overlay) -> None:
    found = await overlay.propose({"texts/en.yaml": "ask.need: '{{ nobody }}'\n"})
    assert [p.file for p in found if not p.warning] == ["overlay/texts/en.yaml"]
    silent = "---\nid: x-en\ntitle: X\nvisibility: internal\n---\nNobody asks for it.\n"
    (warning,) = await overlay.propose({"knowledge/en/x-en.md": silent})
    assert warning.warning
    assert "names no question" in warning.message
    assert await overlay.propose({EXAMPLES: "intents: {ask_trial: [may we try one]}\n"}) == ()
    assert overlay.history() == ()


@pytest.mark.parametrize(
    "path",
    [
        "rules.yaml", "company.yaml", "editions.yaml", "prices.csv/x", "../secret",
        "documents/../company.yaml", "documents/x.exe", "documents/a/b.pdf", "documents/.a.md",
        "knowledge/en/../../company.yaml",
        "knowledge/en/.hidden.md", "examples/english.yaml", "texts/en.desk.yaml", "/etc/passwd",
        "knowledge/en/a/b.md", "talks/x.yaml", "",
    ],
)  # fmt: skip
async def test_nothing_but_what_staff_may_write_is_edited(overlay: Overlay, path: str) -> None:
    assert not may_be_edited(path)
    (problem,) = await refusal(overlay.change({path: "name: x\n"}, "Mira", "", NOON))
    assert problem.file == path
    assert overlay.history() == ()


async def test_what_changes_nothing_is_no_version(overlay: Overlay) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    assert await refusal(overlay.add_example(DECAF, "Mira", NOON))
    assert len(overlay.history()) == 1


async def test_a_secret_is_refused(overlay: Overlay) -> None:
    said = NewExample(language="en", intent="small_talk", sentence="password: hunter2hunter2")
    (problem,) = await refusal(overlay.add_example(said, "Mira", NOON))
    assert "hunter2" not in problem.message


# --- history and undoing -------------------------------------------------------------------------


async def test_every_edit_is_a_version_and_stays_over_a_restart(overlay: Overlay) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    await overlay.add_article(DESCALING, "Tom", NOON + 1)
    found = again(overlay)
    assert found.history() == overlay.history()
    assert [(e.number, e.by) for e in found.history()] == [(2, "Tom"), (1, "Mira")]
    assert [e.number for e in found.history(1)] == [2]
    assert found.files == overlay.files
    assert read_overlay(overlay._folder) == overlay.contents
    shown = {p: t.encode() for p, t in overlay.files.items()}
    assert {
        path.relative_to(overlay._folder / FILES).as_posix(): path.read_bytes()
        for path in (overlay._folder / FILES).rglob("*.*")
    } == shown


async def test_undoing_is_a_further_version(overlay: Overlay) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    undone = await overlay.undo(1, "Tom", NOON + 5)
    assert (undone.number, undone.undoes, undone.by) == (2, 1, "Tom")
    assert overlay.files == {}
    assert load(MINIMAL, overlay=overlay.contents).examples == load(MINIMAL).examples
    again_there = await overlay.undo(2, "Mira", NOON + 6)
    assert again_there.number == 3
    assert DECAF.sentence in overlay.files[EXAMPLES]


async def test_undoing_leaves_what_came_later(overlay: Overlay) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    await overlay.add_example(GRIND, "Mira", NOON)
    await overlay.add_article(DESCALING, "Mira", NOON)
    await overlay.undo(1, "Mira", NOON)
    known = load(MINIMAL, overlay=overlay.contents).examples["en"].intents["ask_feature"]
    assert known[0] == GRIND.sentence
    assert DECAF.sentence not in known
    assert "knowledge/en/descaling-en.md" in overlay.files


async def test_an_article_that_was_changed_since_is_not_undone_over(overlay: Overlay) -> None:
    await overlay.add_article(DESCALING, "Mira", NOON)
    path = "knowledge/en/descaling-en.md"
    changed = overlay.files[path].replace("twice", "three times")
    await overlay.change({path: changed}, "Tom", "more often", NOON)
    (problem,) = await refusal(overlay.undo(1, "Mira", NOON))
    assert problem.file == path
    await overlay.undo(2, "Mira", NOON)
    assert "twice" in overlay.files[path]
    await overlay.undo(1, "Mira", NOON)
    assert overlay.files == {}


async def test_a_file_can_be_taken_out(overlay: Overlay) -> None:
    await overlay.add_article(DESCALING, "Mira", NOON)
    edit = await overlay.change({"knowledge/en/descaling-en.md": None}, "Mira", "gone", NOON)
    assert edit.after == {"knowledge/en/descaling-en.md": None}
    assert overlay.files == {}
    assert [p for p in (overlay._folder / FILES).rglob("*") if p.is_file()] == []


async def test_there_is_no_version_to_undo(overlay: Overlay) -> None:
    assert await refusal(overlay.undo(7, "Mira", NOON))
    assert overlay.get(7) is None


async def test_a_backup_of_the_versions_is_whole(overlay: Overlay, tmp_path: Path) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    await overlay.add_example(GRIND, "Mira", NOON)
    assert copy_overlay(overlay._folder, tmp_path / "copy") == 2
    assert Overlay(tmp_path / "copy", MINIMAL).files == overlay.files


# --- erasing -------------------------------------------------------------------------------------

THEIR_WORDS = 'My name is Ines: I\'d like "decaf" for table #4'


async def test_words_of_an_erased_conversation_leave_files_and_versions(overlay: Overlay) -> None:
    theirs = NewExample(
        language="en", intent="ask_feature", sentence=THEIR_WORDS, conversation="talk-1"
    )
    await overlay.add_example(GRIND, "Mira", NOON)
    await overlay.add_example(theirs, "Mira", NOON)
    await overlay.add_example(DECAF, "Mira", NOON)
    await overlay.undo(2, "Mira", NOON)
    await overlay.undo(4, "Mira", NOON)
    asked = NewArticle(
        language="en", id="tables-en", title="Tables", text="We serve tables.",
        questions=(THEIR_WORDS, "Do you serve tables?"),
        conversation="talk-1", asked=(THEIR_WORDS,),
    )  # fmt: skip
    await overlay.add_article(asked, "Mira", NOON)
    assert overlay.conversations == {"talk-1"}
    assert b"Ines" in bytes_below(overlay._folder)
    assert await overlay.forget(["talk-1"])
    assert b"Ines" not in bytes_below(overlay._folder)
    for found in (overlay, again(overlay)):
        assert found.conversations == frozenset()
        known = load(MINIMAL, overlay=found.contents)
        said = known.examples["en"].intents["ask_feature"]
        assert said[:2] == (GRIND.sentence, DECAF.sentence)
        article = next(a for a in known.articles if a.id == "tables-en")
        assert article.questions == ("Do you serve tables?",)
        assert len(found.history()) == 6
    assert not await overlay.forget(["talk-1"])


async def test_words_of_other_conversations_stay(overlay: Overlay) -> None:
    for number, words in enumerate((THEIR_WORDS, "I am Otto")):
        new = NewExample(
            language="en", intent="small_talk", sentence=words, conversation=f"talk-{number}"
        )
        await overlay.add_example(new, "Mira", NOON)
    await overlay.forget(["talk-0", "talk-9"])
    assert overlay.conversations == {"talk-1"}
    assert load(MINIMAL, overlay=overlay.contents).examples["en"].intents["small_talk"][0] == (
        "I am Otto"
    )


# --- crashes -------------------------------------------------------------------------------------

EDITS = """
import asyncio, os, sys
from pathlib import Path
from bot.faults import read_faults
from bot.packs.overlay import Overlay
from bot.packs.overlay_files import NewArticle, NewExample

async def main():
    overlay = Overlay(Path(sys.argv[1]), Path(sys.argv[2]), read_faults(os.environ))
    new = NewExample(language="en", intent="ask_feature", sentence="first words", conversation="a")
    await overlay.add_example(new, "Mira", 1)
    print("one", flush=True)
    await overlay.change({
        "examples/en.yaml": "intents: {ask_feature: [first words, second words]}\\n",
        "texts/en.yaml": "ask.need: Who drinks it?\\n",
    }, "Mira", "both", 2)
    print("two", flush=True)
    await overlay.forget(["a"])
    print("three", flush=True)

asyncio.run(main())
"""


def run_edits(folder: Path, fault: str = "") -> tuple[int, list[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: fault}
    done = subprocess.run(
        [sys.executable, "-c", EDITS, str(folder), str(MINIMAL)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.split()


WHOLE: Sequence[set[str]] = (
    set(), {"first"}, {"first", "second", "text"}, {"second", "text"},
)  # fmt: skip


def told(overlay: Overlay) -> set[str]:
    everything = "\n".join(overlay.files.values())
    marks = {"first": "first words", "second": "second words", "text": "Who drinks it?"}
    return {name for name, words in marks.items() if words in everything}


@pytest.mark.parametrize("step", ["in_edit", "before_edit", "after_edit"])
@pytest.mark.parametrize("time", [1, 2, 3, 4])
def test_a_kill_between_the_writes_leaves_either_version_whole(
    tmp_path: Path, step: str, time: int
) -> None:
    folder = tmp_path / "overlay"
    code, lines = run_edits(folder, f"{step}:{time}")
    killed = code == -signal.SIGKILL
    assert killed or (step == "after_edit" and time > 2), (code, lines)
    found = Overlay(folder, MINIMAL)
    assert told(found) in WHOLE
    acknowledged = len(lines)
    assert len(found.history()) >= min(acknowledged, 2)
    assert [e.number for e in found.history()] == list(range(len(found.history()), 0, -1))
    load(MINIMAL, overlay=found.contents)
    if acknowledged == 2 and killed:  # erasing was cut short: it is found again and finished
        assert found.conversations == {"a"}


async def test_an_erasure_that_was_cut_short_is_finished_later(tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    run_edits(folder, "before_edit:4")
    found = Overlay(folder, MINIMAL)
    assert await found.forget(found.conversations)
    assert b"first words" not in bytes_below(folder)
    assert told(found) == {"second", "text"}


async def test_the_folder_for_people_is_made_anew(overlay: Overlay) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    shutil.rmtree(overlay._folder / FILES)
    found = again(overlay)
    await found.add_example(GRIND, "Mira", NOON)
    assert DECAF.sentence in (found._folder / FILES / EXAMPLES).read_text()


async def test_an_edit_knows_whose_words_it_holds(overlay: Overlay) -> None:
    said = Theirs(conversation="talk-1", words=("I am Otto",))
    text = "intents: {small_talk: [I am Otto]}\n"
    edit = await overlay.change({EXAMPLES: text}, "Mira", "from I am Otto", NOON, said)
    assert isinstance(edit, Edit)
    await overlay.forget(["talk-1"])
    (cleaned,) = overlay.history()
    assert (cleaned.what, cleaned.theirs) == ("", None)
    assert "Otto" not in str(cleaned.after)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"number": "x"}'])
async def test_a_damaged_version_is_left_out_and_its_number_stays_taken(
    overlay: Overlay, damage: bytes
) -> None:
    await overlay.add_example(DECAF, "Mira", NOON)
    await overlay.add_article(DESCALING, "Mira", NOON)
    (overlay._folder / HISTORY / "00000002.json").write_bytes(damage)
    (overlay._folder / HISTORY / "notes.json").write_text("mine")
    found = again(overlay)
    assert list(found.files) == [EXAMPLES]
    assert read_overlay(overlay._folder).keys() == {EXAMPLES}
    assert found.get(2) is None
    edit = await found.add_article(DESCALING, "Mira", NOON)
    assert edit.number == 3
    assert [each.number for each in found.history()] == [3, 1]
    assert [each.number for each in found.versions("knowledge/en/descaling-en.md")] == [3]


async def test_an_article_keeps_a_question_when_the_prospects_are_gone(overlay: Overlay) -> None:
    new = NewArticle(
        language="en", title="How often?", questions=("How often?",), text="Twice a year.",
        conversation="talk-1", asked=("How often?",),
    )  # fmt: skip
    edit = await overlay.add_article(new, "Mira", NOON)
    assert await overlay.forget(["talk-1"])
    assert b"How often" not in bytes_below(overlay._folder)
    (article,) = [a for a in load(MINIMAL, overlay=overlay.contents).articles if a.id == edit.what]
    assert article.questions == (article.title,) == (edit.what,)


def test_what_a_crash_left_of_a_file_is_swept(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    left, young = (tmp_path / "history" / f".00000001.json.{name}.part" for name in "ab")
    whole = tmp_path / "history" / "00000001.json"
    for path in (left, young, whole):
        path.write_text("{}")
    long_ago = time.time() - 3_600
    os.utime(left, (long_ago, long_ago))
    assert sweep_parts(tmp_path) == 1
    assert not left.exists()
    assert young.exists()
    assert whole.exists()
    assert sweep_parts(tmp_path / "nothing here") == 0
