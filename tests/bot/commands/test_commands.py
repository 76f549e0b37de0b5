"""The command line and the settings, as an operator meets them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS, main
from bot.admin import Answer, DisableStaff, ListStaff, ask
from bot.faults import STEPS, VARIABLE, reach_nothing, read_faults
from bot.sealing import read_note
from bot.settings import (
    Settings,
    SettingsError,
    audit_seal,
    default_of,
    read_secret,
    setting_names,
)
from storage.audit import holds, note_action
from storage.lock import WriterLock
from storage.migrate import migrate
from tests.bot.hall import make_hall, make_settings
from tests.bot.prospect import Prospect
from tests.bot.server import ROOT, Server, make_server

SLACK_SECONDS = 3  # for a machine that does other things, too


def run(data: Path, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, on its own data folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data), "ENCODER": "off"} | more,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# --- settings ------------------------------------------------------------------------------------


def example_lines() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return {name: value for name, value in pairs}


def test_the_example_names_every_setting_with_its_default() -> None:
    assert example_lines() == {name: default_of(name) for name in setting_names()}


def test_the_example_is_a_settings_file() -> None:
    assert Settings.from_environment(example_lines()) == Settings()


def test_every_mistake_is_named_at_once_and_no_secret_is_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(
            {
                "PORT": "lots",
                "SECRET_KEY": "short-one",
                "WIDGET_ORIGINS": "shop.example",
                "HOST": "",
            }
        )
    said = str(caught.value)
    assert re.findall(r"^[A-Z_]+", said, re.M) == ["PORT", "SECRET_KEY", "WIDGET_ORIGINS"]
    assert "short-one" not in said


def test_secrets_do_not_show_in_a_settings_repr() -> None:
    settings = Settings(secret_key="k" * 32, desk_bot_token="t0ken")
    assert "kkk" not in repr(settings)
    assert "t0ken" not in repr(settings)


def test_the_secret_is_made_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path / "data"))
    made = read_secret(settings)
    assert len(made) >= 32
    assert read_secret(settings) == made
    path = settings.data / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(Settings(secret_key="x" * 40)) == b"x" * 40


def test_addresses() -> None:
    settings = Settings(host="0.0.0.0", port=9000)
    assert settings.address == "http://127.0.0.1:9000"
    assert settings.demo_address == "http://127.0.0.1:9001"
    assert Settings(host="::1").address == "http://[::1]:8080"
    assert Settings(public_url="https://chat.shop.example").address == "https://chat.shop.example"


# --- the command line ----------------------------------------------------------------------------


def test_usage_and_unknown_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)
    assert main(["dance"]) == 2
    assert "dance" in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, command, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout


def test_a_bad_setting_ends_a_command_plainly(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", PORT="-3")
    assert done.returncode == 2
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_makes_the_database_and_refuses_while_it_is_held(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    assert "already" in run(tmp_path, "migrate").stdout
    with WriterLock(tmp_path).acquire("run", 0):
        held = run(tmp_path, "migrate")
    assert held.returncode == 1
    assert "writes to this database" in held.stderr


def test_staff_without_a_server(tmp_path: Path) -> None:
    added = run(tmp_path, "staff", "add", "anna", "--role", "presales", "--password-stdin",
                given="correct horse battery\n")  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "correct horse" not in added.stdout + added.stderr
    again = run(tmp_path, "staff", "add", "Anna", "--role", "owner", "--password-stdin",
                given="correct horse battery\n")  # fmt: skip
    assert again.returncode == 1
    made = run(tmp_path, "staff", "add", "boris", "--role", "manager")
    assert re.search(r"password, shown once: \S{16}", made.stdout)
    assert run(tmp_path, "staff", "disable", "anna").returncode == 0
    assert run(tmp_path, "staff", "disable", "nobody").returncode == 1
    listed = run(tmp_path, "staff", "list").stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["anna", "presales", "disabled"],
        ["boris", "manager", "active"],
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb", "a\x1bb"])
def test_staff_names_are_seen(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, "staff", "add", name, "--role", "owner", "--password-stdin",
               given="correct horse battery\n")  # fmt: skip
    assert done.returncode == 2


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "staff", "add", "anna", "--role", "owner", "--password-stdin", given="abc")
    assert done.returncode == 2


async def test_erase_without_a_server(tmp_path: Path) -> None:
    hall = make_hall(make_settings(tmp_path))
    talk = await hall.open()
    await hall.say(talk, "My name is Ines Zebrowski.")
    await hall.db.close()
    assert run(tmp_path, "erase", talk).returncode == 1, "without a yes nothing is erased"
    assert run(tmp_path, "erase", "no-such-talk", "--yes").returncode == 1
    dashed = run(tmp_path, "erase", "-no-such-talk", "--yes")
    assert (dashed.returncode, "no such conversation" in dashed.stderr) == (1, True)
    done = run(tmp_path, "erase", talk, "--yes")
    assert done.returncode == 0, done.stderr
    assert b"Zebrowski" not in (tmp_path / "firstline.db").read_bytes()
    after = make_hall(make_settings(tmp_path))
    assert after.row(talk).erased
    await after.db.close()


async def test_replay_lists_what_was_set_aside(tmp_path: Path) -> None:
    migrate(make_settings(tmp_path).database)
    assert "nothing is set aside" in run(tmp_path, "replay").stdout
    assert run(tmp_path, "replay", "7").returncode == 1


async def test_backup_copies_database_and_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hall = make_hall(make_settings(data))
    talk = await hall.open()
    hall.core.uploads.folder.mkdir()
    (hall.core.uploads.folder / ("f" * 32)).write_bytes(b"a requirement")
    copy = tmp_path / "copy"
    done = run(data, "backup", str(copy))  # while the database is open for writing
    assert done.returncode == 0, done.stderr
    assert (copy / "files" / ("f" * 32)).read_bytes() == b"a requirement"
    assert not (copy / "secret.key").exists()
    await hall.db.write(lambda tx: note_action(tx, 1, 0, "staff.add", "1"))
    assert run(data, "backup", str(tmp_path / "later")).returncode == 0
    noted = read_note(tmp_path / "later", audit_seal(make_settings(data)))
    assert noted is not None
    assert await hall.db.read(lambda at: holds(at, noted))
    await hall.db.close()
    restored = make_hall(make_settings(copy))
    assert restored.messages(talk)
    await restored.db.close()
    assert run(data, "backup", str(copy)).returncode == 1, "a copy is never written over"


def test_check_and_graph(tmp_path: Path) -> None:
    demo = str(ROOT / "dialogs" / "demo")
    drawn = run(tmp_path, "graph", demo)
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout.startswith("flowchart")
    nowhere = run(tmp_path, "graph", str(tmp_path / "nowhere"))
    assert nowhere.returncode == 1
    assert "nowhere" in nowhere.stderr
    assert demo not in nowhere.stderr
    good = run(tmp_path, "check", demo, "--no-talks")
    assert good.returncode == 0, good.stdout
    broken = run(tmp_path, "check", str(tmp_path))
    assert broken.returncode == 1
    assert "company.yaml: error: the file is missing\n" in broken.stdout
    told = run(tmp_path, "check", str(tmp_path), "--language", "ru")
    assert "company.yaml: ошибка: файла нет\n" in told.stdout
    assert told.returncode == 1


def test_chat_in_the_terminal_goes_on_where_it_was_left(tmp_path: Path) -> None:
    first = run(tmp_path, "chat", "--language", "en", given="1\n/quit\n")
    assert first.returncode == 0, first.stderr
    assert "1 " in first.stdout
    assert "Traceback" not in first.stderr
    second = run(tmp_path, "chat", "--language", "en", given="")
    assert second.returncode == 0, second.stderr
    greeting = first.stdout.strip().splitlines()[0]
    assert greeting not in second.stdout, "no second greeting"
    fresh = run(tmp_path, "chat", "--language", "en", "--new", given="")
    assert greeting in fresh.stdout


# --- while the server runs -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a very long data path, longer than a socket's address may be."""
    deep = tmp_path_factory.mktemp("deep") / ("d" * 60) / ("e" * 60)
    made = make_server(deep, ENCODER="off")
    made.start()
    yield made
    made.stop()


def test_the_first_account_is_shown_once_and_not_in_the_log(running: Server) -> None:
    said = running.log
    found = re.search(r"password\s+(\S+)", said)
    assert found is not None
    for line in said.splitlines():
        if line.startswith("{"):
            assert found[1] not in line
    assert "/inbox" in said


def test_staff_commands_go_through_the_running_server(running: Server) -> None:
    running.add_staff("clara", "manager")
    listed = ask(running.data, ListStaff())
    assert any(line.startswith("clara") for line in listed.lines)
    gone = run(running.data, "staff", "disable", "clara")
    assert gone.returncode == 0, gone.stderr
    assert ask(running.data, DisableStaff(name="nobody")) == Answer(
        lines=("there is no account nobody",), failed=True
    )


def test_a_second_server_on_the_same_data_is_refused(running: Server) -> None:
    other = make_server(running.data)
    done = run(running.data, "run", PORT=str(other.port), DEMO_PORT=str(other.second_port))
    assert done.returncode == 1
    assert "writes to this database" in done.stderr


def test_a_port_in_use_is_said_plainly(running: Server, tmp_path: Path) -> None:
    done = run(tmp_path, "run", PORT=str(running.port))
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{running.port}" in done.stderr


def test_the_socket_is_for_the_owner_alone(running: Server) -> None:
    folder = os.open(running.data, os.O_RDONLY)
    mode = os.stat("admin.sock", dir_fd=folder).st_mode
    os.close(folder)
    assert mode & 0o777 == 0o600


def test_the_server_stops_politely_and_starts_again(tmp_path: Path) -> None:
    made = make_server(tmp_path / "data", ENCODER="off")
    made.start()
    first = made.log
    made.stop()
    assert made.process is not None
    assert made.process.returncode == 0
    made.start()
    made.stop()
    again = made.log[len(first) :]
    assert "password" not in again
    assert made.faults() == []


def test_open_streams_do_not_hold_up_a_stop(tmp_path: Path) -> None:
    made = make_server(tmp_path / "data", ENCODER="off")
    made.start()
    with made.client() as client, Prospect(client).follow() as events:
        assert next(events)[0] == "message"
        begun = time.monotonic()
        made.stop()
        assert time.monotonic() - begun < 5 + SLACK_SECONDS
    assert made.faults() == []


# --- faults --------------------------------------------------------------------------------------


def test_faults_cost_nothing_unless_they_are_named() -> None:
    assert read_faults({}) is reach_nothing
    with pytest.raises(ValueError, match="steps are"):
        read_faults({VARIABLE: "lunch"})


@pytest.mark.parametrize("step", STEPS)
def test_a_named_step_kills_at_its_count(step: str) -> None:
    code = (
        "import os; from bot.faults import read_faults; reach = read_faults(os.environ)\n"
        f"reach('other'); reach({step!r}); print('once', flush=True); reach({step!r}); print('no')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={VARIABLE: f"{step}:2", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-9, "once\n")
