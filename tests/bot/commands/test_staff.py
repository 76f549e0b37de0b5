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

from bot.commands import audit, staff
from storage.lock import WriterLock


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
