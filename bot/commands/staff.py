"""`staff add NAME --role ROLE [--password-stdin]`, `staff list`, `staff disable NAME`."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from bot.admin import AddStaff, DisableStaff, ListStaff
from bot.commands.setup import run_command
from bot.commands.writing import carry_out
from bot.rights import ROLES
from bot.web.signin import hash_password

PASSWORD_MIN = 10  # characters


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot staff")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="add an account")
    add.add_argument("name", help="for signing in")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--display-name", default="", help="what prospects see; NAME unless given")
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input; otherwise it is asked for, or made",
    )
    acts.add_parser("list", help="list all accounts")
    disable = acts.add_parser("disable", help="shut an account and end its sessions")
    disable.add_argument("name")
    given = parser.parse_args(arguments)
    if given.act == "list":
        return run_command(lambda settings: carry_out(settings, ListStaff()))
    if given.act == "disable":
        return run_command(lambda settings: carry_out(settings, DisableStaff(name=given.name)))
    return _add(given.name, given.role, given.display_name or given.name, given.password_stdin)


def _add(name: str, role: str, display_name: str, from_stdin: bool) -> int:
    name, display_name = name.strip(), display_name.strip()
    names = (name, display_name)
    if not all(0 < len(each) <= 100 and each.isprintable() for each in names):
        print("a name has 1 to 100 characters, all of them visible", file=sys.stderr)
        return 2
    password, made = _get_password(from_stdin)
    if len(password) < PASSWORD_MIN:
        print(f"a password has {PASSWORD_MIN} characters or more", file=sys.stderr)
        return 2
    request = AddStaff(
        name=name, display_name=display_name, role=role, password_hash=hash_password(password)
    )
    code = run_command(lambda settings: carry_out(settings, request))
    if made and code == 0:
        print(f"password, shown once: {password}")
    return code


def _get_password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (empty: make one): ")
        if typed:
            return typed, False
    return secrets.token_urlsafe(12), True
