"""Privacy: a person is found, handed out, erased and proved gone; old backups bring nobody back."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from bot.commands.backup import _back_up
from bot.erasing import LIST, Eraser, ErasureList, Listed, Pace, keep_rewriting
from bot.live import DESK
from bot.packs.minds import Minds
from bot.packs.overlay_files import NewExample
from bot.packs.reloading import forget_erased
from storage import audit, conversations, erasures, leads, purging, retention, search
from storage.audit import Wanted
from storage.reading import Filter
from tests.bot.office import Office, Prospect, open_office

PAGE = {"Accept": "text/html"}
SECRET = "Zirkonia"
RARE = "Uvarovite"  # said by one of them alone
MAIL = "ana@zirkonia.example"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with open_office(tmp_path_factory.mktemp("private")) as opened:
        yield opened


def make_eraser(office: Office) -> Eraser:
    return Eraser(office.deps, office.core.uploads, office.core.overlay)


async def veil(office: Office, name: str) -> None:
    """E-mail and phone are hidden from this account."""
    await office.db.write(
        lambda tx: tx.run("UPDATE staff SET personal = 'no' WHERE name = :name", {"name": name})
    )


async def person(office: Office, secret: str = SECRET) -> Prospect:
    """A prospect who said much, sent a file, and waits for a human."""
    prospect = await office.open_prospect()
    talk = prospect.conversation
    mine = {"name": f"Ana {secret}", "email": MAIL, "phone": "+43 660 1234567"}
    await office.say(talk, f"I am Ana {secret}, {MAIL}", slots=mine)
    await prospect.upload("plan.txt", f"The plan of {secret}".encode())
    await office.say(talk, "A person please", "talk_to_human")
    await office.index()
    return prospect


async def finds(office: Office, words: str) -> int:
    found = await office.db.read(lambda connection: search.search(connection, words, Filter()))
    return len(found.hits)


@pytest.mark.parametrize(
    ("words", "by"),
    [
        (MAIL, "what they gave"),
        ("ANA@zirkonia.EXAMPLE", "what they gave"),
        ("0660 1234567", "words in messages"),
        ("660-123 45 67", "what they gave"),
        (f"ana {SECRET}", "what they gave"),
        ("@Ana", "what they gave"),
    ],
)
async def test_a_person_is_found_by_all_that_they_gave(office: Office, words: str, by: str) -> None:
    prospect = await person(office)
    talk = prospect.conversation
    if by == "words in messages":
        await office.say(talk, "call 0660 1234567")
        await office.index()
    manager = await office.worker("manager")
    page = (await manager.get("/privacy", params={"q": words}, headers=PAGE)).text
    assert f"/privacy/{talk}" in page
    assert by in page
    assert (await manager.get(f"/privacy?q={talk}", headers=PAGE)).text.count(talk) >= 2
    nobody = (await manager.get("/privacy?q=nobody@nowhere.example", headers=PAGE)).text
    assert "0 talks found" in nobody
    await make_eraser(office).erase(talk, 1)


async def test_everything_is_handed_out_and_written_down(office: Office) -> None:
    prospect = await person(office)
    manager, talk = await office.worker("manager"), prospect.conversation
    due = office.clock.now() + 3_600_000
    task = leads.NewTask(talk, "follow_up", due, office.clock.now(), "Ana wants a lower price")
    await office.db.write(lambda tx: leads.open_task(tx, task))
    comment = {"text": "Ana is friendly", "seq": "2"}
    for path, form in (("comments", comment), ("flags", {"kind": "good"})):
        assert (await manager.post(f"/transcripts/{talk}/{path}", data=form)).is_redirect
    answer = await manager.post(f"/privacy/{talk}/export", headers=PAGE)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data: Any = msgspec.json.decode(archive.read("data.json"))
        (name,) = [each for each in archive.namelist() if each.startswith("files/")]
        assert archive.read(name) == f"The plan of {SECRET}".encode()
    assert name.endswith("-plan.txt")
    assert data["files"][0]["path"] == name
    assert MAIL in {fact["value"] for fact in data["facts"]}
    assert f"I am Ana {SECRET}, {MAIL}" in {each["text"] for each in data["messages"]}
    assert "Ana wants a lower price" in {each["note"] for each in data["tasks"]}
    assert [(each["message"], each["text"]) for each in data["comments"]] == [
        (2, "Ana is friendly")
    ]
    assert [each["kind"] for each in data["flags"]] == ["good"]
    rows = await office.db.read(
        lambda connection: audit.entries(connection, Wanted(action="privacy.export"))
    )
    assert rows[0].subject == prospect.conversation
    left = [path for path in office.deps.settings.files.iterdir() if path.suffix == ".part"]
    assert left == []


async def test_who_may_not_see_it_cannot_have_it_handed_out(office: Office) -> None:
    prospect = await person(office)
    manager = await office.worker("manager", name="veiled")
    await office.db.write(
        lambda tx: tx.run("UPDATE staff SET personal = 'no' WHERE name = 'veiled'")
    )
    answer = await manager.post(f"/privacy/{prospect.conversation}/export", headers=PAGE)
    assert answer.status_code == 403


async def test_erased_at_once_in_all_places_and_proved(office: Office) -> None:
    prospect = await person(office, RARE)
    talk, manager = prospect.conversation, await office.worker("manager", display_name="Mara")
    page = (await manager.get(f"/privacy/{talk}", headers=PAGE)).text
    assert "Messages" in page
    unsure = await manager.post(f"/privacy/{talk}/erase", headers=PAGE)
    assert unsure.status_code == 422
    assert await finds(office, RARE) == 1
    files = [path for path in office.deps.settings.files.iterdir() if path.is_file()]
    done = await manager.post(f"/privacy/{talk}/erase", data={"sure": "1"}, headers=PAGE)
    assert done.status_code == 303
    assert await finds(office, RARE) == 0
    assert len([path for path in office.deps.settings.files.iterdir()]) == len(files) - 1
    assert "still looking" in (await manager.get(done.headers["location"], headers=PAGE)).text
    assert await make_eraser(office).prove() > 0, "the file is not written anew yet"
    page = (await manager.get(done.headers["location"], headers=PAGE)).text
    assert "Everything is gone" not in page
    assert "within the hour" in page
    assert await purging.rewrite(office.db)
    assert await make_eraser(office).prove() == 0
    page = (await manager.get(done.headers["location"], headers=PAGE)).text
    assert "Everything is gone" in page
    assert "Mara" in page
    proof = (await manager.get(f"{done.headers['location']}?download=1")).json()
    assert (proof["conversation"], proof["found_afterwards"]) == (talk, 0)
    went = {place["name"]: place["went"] for place in proof["places"]}
    assert went["files"] == 1
    assert went["index"] == went["message"] > 3
    assert {place["left"] for place in proof["places"]} == {0}
    assert (await manager.get(f"/privacy/{talk}")).headers["location"] == done.headers["location"]
    assert (await manager.post(f"/privacy/{talk}/erase", data={"sure": "1"})).status_code == 404
    assert RARE not in str(office.db.peek(lambda tx: tx.all("SELECT * FROM erasure")))
    assert RARE.encode() not in _bytes_of(office)


def _bytes_of(office: Office) -> bytes:
    path = Path(office.db.path)
    wal = path.with_name(path.name + "-wal")
    return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


async def test_the_file_is_written_anew_once_nobody_writes(office: Office) -> None:
    """Every write would wait for it, so it waits while something comes; but not for ever."""
    pace = Pace(quiet=0.3, longest=30.0, rest=0.0, poll=0.01)
    keeping = asyncio.create_task(keep_rewriting(office.deps, pace))
    await make_eraser(office).erase((await person(office)).conversation, 1)
    for _ in range(20):
        office.deps.live.wake(DESK)
        await asyncio.sleep(0.05)
        assert office.db.peek(purging.must_rewrite)
    await _until_rewritten(office)
    keeping.cancel()
    pace = Pace(quiet=30.0, longest=0.3, rest=0.0, poll=0.01)
    keeping = asyncio.create_task(keep_rewriting(office.deps, pace))
    await make_eraser(office).erase((await person(office)).conversation, 1)
    busy = asyncio.create_task(_wake_for_ever(office))
    await _until_rewritten(office)
    keeping.cancel()
    busy.cancel()
    assert await make_eraser(office).prove() == 0


async def _until_rewritten(office: Office) -> None:
    async with asyncio.timeout(20):
        while office.db.peek(purging.must_rewrite):
            await asyncio.sleep(0.02)


async def _wake_for_ever(office: Office) -> None:
    while True:
        office.deps.live.wake(DESK)
        await asyncio.sleep(0.05)


async def test_what_is_left_is_not_called_gone(office: Office) -> None:
    """A file that could not be deleted keeps the proof open."""
    prospect = await person(office)
    stored = [path for path in office.deps.settings.files.iterdir() if path.is_file()]
    kept = {path: path.read_bytes() for path in stored}
    number = await make_eraser(office).erase(prospect.conversation, 1)
    for path, content in kept.items():
        path.write_bytes(content)
    assert await purging.rewrite(office.db)
    assert await make_eraser(office).prove() == 1
    row = office.db.peek(lambda tx: erasures.get(tx, number))
    assert row is not None
    assert row.done_at == 0
    assert row.read_proof().left == 1
    gone = set(row.read_proof().files)
    for path in kept:
        if path.name in gone:
            path.unlink()
    assert await make_eraser(office).prove() == 0


async def test_a_prospect_who_erases_it_gets_the_same_proof(office: Office) -> None:
    prospect = await person(office)
    talk = prospect.conversation
    await office.db.write(lambda tx: retention.erase(tx, talk, office.clock.now(), waiting=False))
    row = office.db.peek(lambda tx: erasures.find(tx, talk))
    assert row is not None
    assert row.asked_by == erasures.PROSPECT
    office.core.uploads.delete(row.read_proof().files)
    assert await purging.rewrite(office.db)
    assert await make_eraser(office).prove() == 0
    listed = [each.subject for each in ErasureList(office.deps.settings.data).read()]
    assert talk in listed


async def test_an_old_backup_brings_nobody_back(tmp_path: Path) -> None:
    """The real command makes the copy, a real restore brings it back, a start erases anew."""
    folder, copy = tmp_path / "data", tmp_path / "copy"
    async with open_office(folder) as office:
        gone, stays = await person(office), await office.open_talk()
        talk = gone.conversation
        theirs = NewExample(
            language="en",
            sentence=f"what does {SECRET} pay",
            intent="ask_price",
            conversation=talk,
        )
        await office.core.overlay.add_example(theirs, "Mara", office.clock.now())
        settings = office.deps.settings
        assert await asyncio.to_thread(_back_up, settings, copy) == 0, "a command of its own"
        number = await make_eraser(office).erase(talk, 7)
        await forget_erased(office.db, office.core.overlay, Minds(settings))
        assert await purging.rewrite(office.db)
        assert await make_eraser(office).prove() == 0
        assert number > 0
    for name in ("firstline.db", "firstline.db-wal", "firstline.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy2(copy / "firstline.db", folder / "firstline.db")
    shutil.copytree(copy / "files", folder / "files", dirs_exist_ok=True)
    shutil.copytree(copy / "overlay", folder / "overlay", dirs_exist_ok=True)
    async with open_office(folder) as office:
        await office.index()
        assert await finds(office, SECRET) == 1, "the backup has them"
        eraser = make_eraser(office)
        assert await eraser.erase_again() == 1
        assert await eraser.erase_again() == 0
        assert await finds(office, SECRET) == 0
        assert await eraser.prove() == 1, "their words still stand in the overlay"
        await forget_erased(office.db, office.core.overlay, Minds(office.deps.settings))
        assert await purging.rewrite(office.db)
        assert await eraser.prove() == 0
        row = office.db.peek(lambda tx: erasures.find(tx, talk))
        assert row is not None
        assert (row.asked_by, row.done_at > 0) == (7, True)
        other = office.db.peek(lambda tx: conversations.load(tx, stays))
        assert other is not None
        assert not other.erased
        assert SECRET.encode() not in _bytes_of(office)
        for path in (folder / "overlay").rglob("*"):
            assert path.is_dir() or SECRET.encode() not in path.read_bytes()
        assert list((folder / "files").iterdir()) == []


def test_a_half_line_of_a_crash_takes_no_other_along(tmp_path: Path) -> None:
    kept = ErasureList(tmp_path)
    kept.add(Listed(subject="a", at=1, by=0))
    with (tmp_path / LIST).open("ab") as file:
        file.write(b'{"subject":"ha')
    kept.add(Listed(subject="b", at=2, by=3))
    assert [each.subject for each in ErasureList(tmp_path).read()] == ["a", "b"]
    assert os.stat(tmp_path / LIST).st_mode & 0o777 == 0o600


async def test_whoever_may_not_see_it_sees_dots_everywhere(office: Office) -> None:
    prospect = await person(office)
    talk = prospect.conversation
    short = {"phone": "555 0199"}
    await office.say(talk, "or 555 0199", slots=short)
    far = f"{'so many words ' * 3}+43 660 1234567 {'or later on ' * 5} quokka {'or else ' * 9}"
    await office.say(talk, f"{far} +43 660 1234567 {'and more ' * 5}")
    await office.index()
    head = await office.worker("manager")
    remark = {"text": f"I wrote to {MAIL} and rang 555 0199"}
    assert (await head.post(f"/transcripts/{talk}/comments", data=remark)).status_code == 303
    reader = await office.worker("readonly")
    veiled = await office.worker("presales", name="dots")
    await veil(office, "dots")
    seeing = await office.worker("presales")
    pages = (
        f"/transcripts/{talk}", "/transcripts?q=zirkonia.example", f"/inbox/{talk}",
        f"/inbox/{talk}/brief", "/inbox", "/inbox/list", f"/inbox/{talk}/pieces",
        "/transcripts?q=quokka", "/inbox?q=quokka",
    )  # fmt: skip
    for path in pages:
        for client in (veiled, reader) if path.startswith("/transcripts") else (veiled,):
            answer = await client.get(path)
            assert answer.status_code == 200, path
            for secret in ("ana@zirkonia", "234567", "43 66", "555 0199"):
                assert secret not in answer.text, (path, secret)
    for path in pages[:1] + pages[2:4]:
        assert MAIL in (await seeing.get(path)).text, path
    wide = "wilma＠zorrowerke。example"
    await office.say(talk, f"or {wide}, me@例子.公司, １３８１２３４５６７８")
    await office.index()
    for path in (f"/transcripts/{talk}", f"/inbox/{talk}"):
        told = (await veiled.get(path)).text
        assert "zorrowerke" not in told, path
        assert "例子" not in told, path
        assert wide in (await seeing.get(path)).text, path
    for words in (MAIL, "0199", "1234567", wide, "例子", "13812345678"):
        for path in (f"/transcripts?q={words}", f"/inbox?q={words}"):
            for client, there in ((veiled, False), (seeing, True)):
                page = (await client.get(path)).text
                assert (f"/{talk}" in page) is there, (path, "nobody finds out by searching")


async def test_an_export_by_what_is_hidden_has_no_row(office: Office) -> None:
    talk = (await person(office)).conversation
    await office.say(talk, "quartzite, wilma＠zorrowerke。example, me@例子.公司, 0660 1234567")
    await office.index()
    hidden, seeing = await office.worker("manager", name="exports"), await office.worker("manager")
    await veil(office, "exports")
    for words in (MAIL, "0660 1234567", "1234567", "zorrowerke", "例子"):
        for rows in ("conversations", "messages"):
            asked = {"q": words, "rows": rows}
            seen = await seeing.get("/transcripts/export", params=asked)
            assert talk in seen.text, (words, rows)
            answer = await hidden.get("/transcripts/export", params=asked)
            assert answer.status_code == 200
            assert talk not in answer.text, (words, rows)
            assert len(answer.text.strip().splitlines()) == 1, "the names of the columns alone"
    told = await hidden.get("/transcripts/export", params={"q": "quartzite", "rows": "messages"})
    assert talk in told.text
    for secret in ("zorrowerke", "例子", "ana@zirkonia", "1234567"):
        assert secret not in told.text
