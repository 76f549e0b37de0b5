"""A folder becomes a frozen pack, with the inherited files below it."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from dialogs.folder.company import KINDS
from dialogs.folder.conditions import COUNTS, OPERATORS
from dialogs.folder.markdown import split_markdown
from dialogs.folder.tables import UNITS
from dialogs.folder.values import ALL_SLOTS
from dialogs.loading import PackError, load
from dialogs.pack import Condition, Pack
from dialogs.types import CUES, DEPARTMENTS, DOCUMENT_KINDS, INTENTS, REASONS
from tests.dialogs.pack_folders import DEMO, MINIMAL, TODAY, copy_minimal, edit


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(MINIMAL, TODAY)


def test_a_company_of_another_trade_needs_no_code(pack: Pack) -> None:
    assert pack.languages == ("zh", "en")
    assert [edition.id for edition in pack.editions] == ["counter", "bar"]
    assert pack.company.name["zh"] == "克雷玛咖啡机租赁"
    assert pack.text("en", "ask.need") == "Who is going to drink the coffee?"


def test_the_demo_pack_loads() -> None:
    demo = load(DEMO, TODAY)
    assert [edition.id for edition in demo.editions] == ["professional", "enterprise", "cluster"]
    assert any(not document.public for document in demo.documents)
    assert set(demo.texts["en"]) == set(demo.texts["zh"])


def test_options_fill_their_own_slot_or_the_ones_they_name(pack: Pack) -> None:
    department, requirement = pack.question("department"), pack.question("written_requirement")
    ownership = pack.question("ownership")
    assert department
    assert requirement
    assert ownership
    sets = {option.value: option.sets for option in department.options}
    assert sets["operations"] == {"department": "operations"}
    assert sets["owner"] == {"department": "management", "role": "owner", "authority": "decides"}
    assert [o.sets for o in requirement.options] == [
        {"written_requirement": True},
        {"written_requirement": False},
    ]
    assert ownership.options[-1].value == "dont_know"
    assert ownership.options[-1].sets == {}


def test_conditions_are_read(pack: Pack) -> None:
    assert pack.edition_rules[0].when == (
        Condition(
            any_of=(
                Condition(slot="headcount", op="at_least", value=50),
                Condition(slot="need", op="is", value="events"),
            )
        ),
    )
    assert pack.edition_rules[-1].when == ()


def test_prices_are_minor_units_with_ids(pack: Pack) -> None:
    prices = {price.id: price for price in pack.prices}
    assert prices["counter/month/CNY/0"].amount == 68_000
    assert prices["bar/month/EUR/200"].tier_max == 0
    assert prices["delivery/once/EUR/0"].included_in == ("counter", "bar")
    assert prices["bar/month/EUR/0"].name == {"en": "Bar rental", "zh": "吧台款租金"}


def test_a_price_that_changes_with_time_has_an_id_per_start(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    row = (
        "counter,edition,Counter rental,台式款租金,month,,,,EUR,8900,2026-01-01,2027-12-31,2026-1,"
    )
    later = row.replace("2026-01-01,2027-12-31,2026-1", "2028-01-01,2028-12-31,2028-1")
    edit(folder, "prices.csv", row, row + "\n" + later.replace("8900", "9400"))
    ids = [price.id for price in load(folder, TODAY).prices if price.item == "counter"]
    assert "counter/month/EUR/0/2026-01-01" in ids
    assert "counter/month/EUR/0/2028-01-01" in ids


def test_papers_are_read_as_quotable_paragraphs(pack: Pack) -> None:
    brochure = pack.document("brochure-en")
    assert brochure is not None
    assert brochure.media_type == "text/markdown"
    assert [heading for heading, _ in brochure.text] == ["What is in the rent", "How to begin"]
    assert brochure.text[0][1].startswith("Machine, beans, cleaning tablets")
    article = next(a for a in pack.articles if a.id == "beans-en")
    assert article.public
    assert article.text.startswith("There are four roasts")


def test_rules_examples_texts_and_templates_are_inherited(pack: Pack) -> None:
    assert "person_requested" in [rule.reason for rule in pack.escalations]
    assert [route.to for route in pack.routes] == ["rental"]
    assert "greeting" in pack.texts["zh"]
    assert pack.examples["en"].values["edition"]["counter"] == ("counter", "the small machine")
    assert set(pack.examples["en"].intents) <= set(INTENTS)


def test_own_texts_win_and_own_escalation_rules_replace_the_list(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "texts/en.yaml", "ask.need: Who", "button.back: One step back\nask.need: Who")
    rules = "escalation:\n  - {reason: person_requested, when: [{intent: talk_to_human}]}\n"
    edit(folder, "rules.yaml", "routes:", rules + "routes:")
    found = load(folder, TODAY)
    assert found.text("en", "button.back") == "One step back"
    assert found.text("zh", "button.back") == load(MINIMAL).text("zh", "button.back")
    assert [rule.reason for rule in found.escalations] == ["person_requested"]


def test_the_version_follows_every_byte(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    first = load(folder).version
    assert load(folder).version == first
    edit(folder, "texts/en.yaml", "Our guests", "The guests")
    assert load(folder).version != first


def test_words_of_the_file_are_kept(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    path = folder / "documents" / "index.yaml"
    path.write_text(path.read_text().replace('version: "1.0"', "version: 1.10"))
    assert [document.version for document in load(folder).documents] == ["1.10", "1.10"]


def test_all_mistakes_of_form_come_at_once(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    edit(folder, "company.yaml", "time_zone:", "timezone:")
    edit(folder, "topics.yaml", "kind: place", "kind: town")
    (folder / "editions.yaml").unlink()
    with pytest.raises(PackError) as caught:
        load(folder)
    files = {problem.file for problem in caught.value.problems}
    assert {"company.yaml", "topics.yaml", "editions.yaml"} <= files
    assert "company.yaml:4" in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such folder"):
        load(tmp_path / "nowhere")


def test_yaml_that_is_broken_or_holds_aliases(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    (folder / "rules.yaml").write_text("routes:\n  - {when: [], to: rental\n")
    bomb = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))
    (folder / "topics.yaml").write_text(f"a0: &a0 [x]\n{bomb}\n")
    with pytest.raises(PackError) as caught:
        load(folder)
    messages = {(p.file, p.message.split(":")[0]) for p in caught.value.problems}
    assert ("rules.yaml", "not readable as YAML") in messages
    assert ("topics.yaml", "a YAML alias (`*name`)") in messages


def test_a_pdf_is_handed_out_and_a_broken_one_refused(tmp_path: Path) -> None:
    folder = copy_minimal(tmp_path)
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    content = io.BytesIO()
    writer.write(content)
    (folder / "documents" / "brochure-en.pdf").write_bytes(content.getvalue())
    edit(folder, "documents/index.yaml", "file: brochure-en.md", "file: brochure-en.pdf")
    with pytest.raises(PackError, match="checksum") as caught:
        load(folder)
    (right,) = [p.remedy for p in caught.value.problems if "checksum" in p.message]
    index = folder / "documents" / "index.yaml"
    old = next(line for line in index.read_text().splitlines() if "checksum" in line)
    index.write_text(index.read_text().replace(old.strip(), right.split("`")[1]))
    document = load(folder).document("brochure-en")
    assert document is not None
    assert (document.media_type, document.text) == ("application/pdf", ())
    (folder / "documents" / "brochure-en.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(PackError, match="not readable as PDF"):
        load(folder)


def test_markdown_becomes_plain_paragraphs() -> None:
    source = """# Title
Intro with **strong** words, a [link](https://x.example) and `code`,
wrapped.

## Limits

| | Counter | Bar |
|---|---|---|
| Cups | 300 | no limit |

You get:

- beans
- *milk*

中文的一行
接着下一行。
"""
    assert split_markdown(source) == (
        ("Title", "Intro with strong words, a link and code, wrapped."),
        ("Limits", "Cups — Counter: 300; Bar: no limit"),
        ("Limits", "You get:\n- beans\n- milk"),
        ("Limits", "中文的一行接着下一行。"),
    )


def test_the_small_pack_stands_in_the_reference() -> None:
    reference = (MINIMAL.parents[2] / "docs" / "pack.md").read_text()
    files = [path for path in MINIMAL.rglob("*") if path.is_file()]
    assert len(files) >= 14
    for path in files:
        name = path.relative_to(MINIMAL).as_posix()
        assert f"### `{name}`\n\n```" in reference
        assert f"\n{path.read_text()}```\n" in reference


def test_the_reference_names_every_word_of_the_closed_sets() -> None:
    reference = (MINIMAL.parents[2] / "docs" / "pack.md").read_text()
    passing = ("doc_type", "language")
    slots = [slot for slot in ALL_SLOTS if slot not in passing]
    words = (*INTENTS, *CUES, *REASONS, *DEPARTMENTS, *DOCUMENT_KINDS, *COUNTS, *OPERATORS, *slots)
    assert [
        word
        for word in (*words, *KINDS, *UNITS)
        if f"`{word}`" not in reference and f"{word}:" not in reference
    ] == []
