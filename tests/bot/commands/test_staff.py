"""Accounts and the record of who did what, from the command line."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.commands import audit, check, staff
from bot.faults import reach_nothing
from bot.packs.edits import Edit, keep_edit
from bot.sealing import FILE, note_audit, read_note
from storage.audit import Checked, note_action, verify
from storage.lock import WriterLock
from tests.bot.hall import make_hall, make_settings


def test_accounts_change_and_the_record_shows_who_tampered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    def run(*words: str, given: str = "") -> tuple[int, str, str]:
        """The command in this process, without a terminal; its code and what it printed."""
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        try:
            code = staff.main(list(words)) if words[0] != "verify" else audit.main(["verify"])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    added = run(
        "add", "ana", "--role", "presales+manager", "--password-stdin",
        given="a long enough password\n",
    )  # fmt: skip
    assert added[:2] == (0, "added ana (manager+presales)")
    unknown = run("role", "ana", "--role", "manager+king")
    assert unknown[0] == 2
    assert "invalid choice" in unknown[2]
    made = run("password", "ana")
    assert made[0] == 0
    assert re.search(r"password, shown once: [\w-]{16}$", made[1])
    assert run("password", "ana", "--password-stdin", given="short\n")[0] == 2
    assert run("role", "ana", "--role", "presales+owner")[:2] == (0, "ana is now owner+presales")
    for words in (("disable", "ana"), ("role", "ana", "--role", "manager")):
        kept = run(*words)
        assert kept[0] == 1
        assert "last owner" in kept[2]
    assert run("password", "bob")[0] == 1
    sound = run("verify")
    assert sound[0] == 0
    assert "all 3 rows are sound" in sound[1]
    with closing(sqlite3.connect(tmp_path / "firstline.db")) as connection:
        connection.execute("UPDATE audit SET detail = 'presales' WHERE id = 3")
        connection.commit()
    broken = run("verify")
    assert broken[0] == 1
    assert broken[2].startswith("row 3 is not as it was written")


def test_an_account_is_added_once_whoever_holds_the_lock_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As while the server starts: it writes already and does not listen yet."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    lock = WriterLock(tmp_path).acquire("run", 1)
    held = threading.Timer(1.0, lock.release)
    held.start()
    try:
        code = staff.main(["add", "eva", "--role", "owner", "--password-stdin"])
    finally:
        held.join()
    said = capsys.readouterr()
    assert (code, said.out.strip()) == (0, "added eva (owner)")
    assert said.err.count("waiting for it") == 1
    assert f"process {os.getpid()} (run) writes to this database" in said.err


async def test_a_record_that_was_emptied_is_told_by_what_was_noted_outside(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path))
    house = hall.core.house
    for at in range(3):
        await house.db.write(lambda tx, at=at: note_action(tx, at, 1, "signin"))  # type: ignore[misc]
    assert await note_audit(house)
    await house.db.write(lambda tx: note_action(tx, 9, 1, "signin"))

    async def check() -> Checked:
        noted = read_note(tmp_path, house.db.seal)
        return await house.db.read(lambda c: verify(c, house.db.seal, noted))

    assert (await check()).why == ""
    await house.db.write(lambda tx: tx.run("DELETE FROM audit", {}))
    await house.db.write(lambda tx: tx.run("DELETE FROM mark WHERE name = 'audit_head'", {}))
    assert ((await check()).why, (await check()).broken) == ("lost", 3)
    for at in range(20, 25):
        await house.db.write(lambda tx, at=at: note_action(tx, at, 1, "signin"))  # type: ignore[misc]
    assert (await check()).why == "lost", "a fresh log does not pass for the old one"
    assert not await note_audit(house), "and the note is not written over"
    note = tmp_path / FILE
    note.write_bytes(note.read_bytes().replace(b'"id":3', b'"id":4'))
    assert (await check()).why == "lost", "a note that was changed counts for nothing"
    note.unlink()
    assert await note_audit(house)
    assert (await check()).why == ""
    await house.db.close()


def test_check_says_that_a_mistake_comes_from_what_was_written_in_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert check.main(["--no-talks"]) == 0
    assert "in the browser" not in capsys.readouterr().err
    after: dict[str, str | None] = {"texts/en.yaml": "gone.from.the.pack: Hello\n"}
    edit = Edit(number=1, at=1, by="Mara", what="gone", after=after)
    keep_edit(tmp_path / "overlay", edit, reach_nothing)
    assert check.main(["--no-talks"]) == 1
    told = capsys.readouterr()
    assert "gone.from.the.pack" in told.out
    assert "written over it in the browser" in told.err
    assert "/content" in told.err
