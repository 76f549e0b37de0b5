"""Papers and files of staff as real files: uploaded once, by their id from then on."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bot.prospects.messenger.files import clean_name
from dialogs.types import Attachment, Button, Reply
from tests.bot.hall import MINUTE, demo_texts
from tests.bot.telegram.outgoing import BOT, Station, ann, api, open_station, station, with_paper
from tests.bot_api.faults import Fault
from tests.bot_api.people import Person
from tests.bot_api.server import BotApi
from tests.bot_api.world import Message

__all__ = ["ann", "api", "station"]

STORED = "a" * 32


def give(*papers: Attachment, text: str = "Here it is.") -> Reply:
    return Reply(key="documents.given", text=text, attachments=papers)


ONE = Attachment(kind="document", id="one", title="One / paper")


def uploads(station: Station) -> list[bool]:
    """Of each file that was sent whether its bytes went along."""
    calls = station.api.made("sendDocument")
    return [not str(made.parameters["document"]).startswith("document-") for made in calls]


def files(station: Station, person: Person) -> list[Message]:
    return [message for message in station.shown(person) if message.file]


async def test_a_paper_is_uploaded_once_and_again_when_it_changed(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    bob = api.add_person(101, "Bob")
    first = with_paper(tmp_path / "pack", "1", "# One\n\nFirst *words* <script>x</script>")
    async with open_station(tmp_path / "data", api, pack=first) as station:
        for person in (ann, bob):
            talk = await station.enter(person, greeted=False)
            await station.tell(talk, give(ONE))
        assert uploads(station) == [True, False]
        given = files(station, bob)[0]
        assert given.text.startswith("One / paper\n")
        assert given.text.endswith("version 1")
        assert given.file is not None
        assert given.file.name == "One paper.html"
        page = (given.document or b"").decode()
        assert "<em>words</em>" in page
        assert "<script>" not in page
        assert "--paper:" in page, "its style goes along"
        assert [m.text for m in station.shown(bob)] == ["Here it is.", given.text]
    second = with_paper(tmp_path / "pack", "2", "# One\n\nSecond words")
    async with open_station(tmp_path / "data", api, pack=second) as station:
        talk = await station.enter(ann, greeted=False)
        await station.tell(talk, give(ONE))
        await station.tell(talk, give(ONE, text="Once more."))
        assert uploads(station) == [True, False, True, False]
        assert b"Second words" in (files(station, ann)[-1].document or b"")


async def test_an_id_that_telegram_forgot_is_uploaded_again(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        await station.tell(talk, give(ONE))
        await station.db.write(
            lambda tx: tx.run("UPDATE remote_file SET file_id = 'BQACAgIforgotten'")
        )
        await station.tell(talk, give(ONE))
        assert len(files(station, ann)) == 2
        kept = station.db.peek(lambda tx: tx.one("SELECT file_id FROM remote_file"))
        assert kept is not None
        assert kept[0].startswith("document-")


async def test_what_is_internal_or_gone_is_never_sent(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# Secret")
    hidden = tuple(
        msgspec.structs.replace(d, public=False) if d.id == "one" else d for d in pack.documents
    )
    secret = msgspec.structs.replace(pack, documents=hidden)
    async with open_station(tmp_path / "data", api, pack=secret) as station:
        talk = await station.enter(ann, greeted=False)
        gone = Attachment(kind="document", id="no-such", title="Gone")
        await station.tell(talk, give(ONE, gone))
        assert [m.text for m in station.shown(ann)] == ["Here it is."]
        assert [d.state for d in station.sends(talk)] == ["sent"]


async def test_a_paper_that_cannot_be_read_is_given_by_its_link(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    (tmp_path / "pack" / "documents" / "one.md").unlink()
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        await station.tell(talk, give(ONE))
        last = station.shown(ann)[-1]
        assert "One / paper" in last.text
        assert last.entities[0]["url"].startswith("https://firm.example/d/")
        assert [d.state for d in station.sends(talk)] == ["sent"]


@pytest.mark.parametrize(
    ("fault", "copies"), [(Fault.cut_after(), 2), (Fault.status(502), 1)], ids=["cut", "502"]
)
async def test_a_cut_upload_repeats_the_file_alone(
    api: BotApi, ann: Person, tmp_path: Path, fault: Fault, copies: int
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        api.script(BOT, "sendDocument", fault)
        await station.tell(talk, give(ONE))
        await station.later(MINUTE)
        assert [m.text for m in station.shown(ann) if not m.file] == ["Here it is."]
        assert len(files(station, ann)) == copies
        assert [(d.state, d.repeated) for d in station.sends(talk)] == [("sent", copies > 1)]


async def test_a_file_of_staff_is_signed_where_nothing_else_is_said(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann, greeted=False)
    folder = station.hall.core.house.settings.files
    folder.mkdir(parents=True)
    (folder / STORED).write_bytes(b"%PDF-1.4 offer")
    offer = Attachment(kind="file", id=STORED, title="Our offer.pdf")
    await station.tell(talk, Reply(key="staff", text="", attachments=(offer,)), "staff")
    await station.tell(talk, Reply(key="staff", text="The offer", attachments=(offer,)), "staff")
    alone, both = station.shown(ann)
    assert (alone.text, alone.document) == ("Anna Keller", b"%PDF-1.4 offer")
    assert alone.entities[0]["type"] == "bold"
    assert alone.file is not None
    assert alone.file.name == "Our offer.pdf"
    assert (both.text, both.document) == ("Anna Keller\nThe offer", b"%PDF-1.4 offer")
    assert both.entities[0]["type"] == "bold"


@pytest.mark.parametrize(
    ("reply", "count"),
    [
        (give(ONE, text="Here is “One / paper” (version 1)."), 1),
        (give(ONE, text="One / paper: " + "🦊" * 505 + "."), 1),
        (give(ONE, text="One / paper: " + "🦊" * 506), 2),
        (give(ONE, text="Another paper."), 2),
        (give(ONE, ONE, text="One / paper, twice."), 3),
    ],
    ids=["short", "just", "long", "unnamed", "two"],
)
async def test_words_that_name_the_paper_stand_below_it(
    api: BotApi, ann: Person, tmp_path: Path, reply: Reply, count: int
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        await station.tell(talk, reply)
        shown = station.shown(ann)
        assert len(shown) == count
        assert shown[0].text == reply.text
        assert (shown[0].file is not None) == (count == 1)
        assert [d.payload for d in station.sends(talk)] == [b"%d" % count]


async def test_what_is_asked_with_a_paper_can_be_edited(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        yes = (Button(value="yes", label="Yes"),)
        asked = give(ONE, text="One / paper helps?")
        await station.tell(talk, msgspec.structs.replace(asked, buttons=yes, question=1))
        question, paper = station.shown(ann)
        assert (question.text, question.file) == (asked.text, None)
        assert paper.text.startswith("One / paper\n")


async def test_the_words_stay_where_their_paper_cannot_be_sent(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    (tmp_path / "pack" / "documents" / "one.md").unlink()
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        await station.tell(talk, give(ONE, text="Here is “One / paper” 🦊."))
        (last,) = station.shown(ann)
        assert last.text.startswith("Here is “One / paper” 🦊.\n\nI cannot send “One / paper”")
        link = next(e for e in last.entities if e["type"] == "text_link")
        raw = last.text.encode("utf-16-le")
        start, end = link["offset"] * 2, (link["offset"] + link["length"]) * 2
        assert raw[start:end].decode("utf-16-le") == "One / paper"
        assert [d.state for d in station.sends(talk)] == ["sent"]


async def test_a_file_takes_the_contact_button_away_like_words_do(
    api: BotApi, ann: Person, tmp_path: Path
) -> None:
    pack = with_paper(tmp_path / "pack", "1", "# One")
    async with open_station(tmp_path / "data", api, pack=pack) as station:
        talk = await station.enter(ann, greeted=False)
        skip = Button(value="skip", label="Skip", kind="skip")
        reach = Reply(key="ask.email", text="How?", buttons=(skip,), question=3, asks="email")
        await station.tell(talk, reach)
        assert station.chat(ann).keyboard is not None
        await station.tell(talk, give(ONE, text="Here is “One / paper”."))
        assert station.chat(ann).keyboard is None
        assert station.channel.questions.view(ann.id).plain == ()


async def test_a_file_of_staff_that_is_lost_is_seen_as_failed(
    station: Station, ann: Person
) -> None:
    talk = await station.enter(ann, greeted=False)
    lost = (Attachment(kind="file", id=id, title="x.pdf") for id in (STORED, "../../etc/passwd"))
    for each in lost:
        await station.tell(talk, Reply(key="staff", text="Look", attachments=(each,)), "staff")
    assert [m.text for m in station.shown(ann)] == ["Anna Keller\nLook"] * 2
    assert [(d.state, d.error) for d in station.sends(talk)] == [("failed", "file")] * 2


async def test_every_paper_of_the_demo_can_be_loaded(station: Station) -> None:
    files = station.channel._files
    for paper in demo_texts().pack.documents:
        content = files._load(paper)
        assert content
        if paper.media_type == "text/markdown":
            assert f'lang="{paper.language}"'.encode() in content


@pytest.mark.parametrize(
    ("title", "suffix", "name"),
    [
        ("One / paper: a*b?", ".html", "One paper a b.html"),
        ("白皮书（2026）", ".html", "白皮书（2026）.html"),
        ("../../etc/passwd", "", "etc passwd"),
        ("offer.final.pdf", "", "offer.final.pdf"),
        ("...", "", "file"),
        ("x" * 300 + ".docx", "", "x" * 80 + ".docx"),
    ],
)
def test_names_of_files_are_harmless(title: str, suffix: str, name: str) -> None:
    assert clean_name(title, suffix) == name
