"""`staff add NAME --role ROLE[+ROLE] [--password-stdin]`, `staff list`, `staff disable NAME`,
`staff password NAME [--password-stdin]`, `staff role NAME --role ROLE[+ROLE]`.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable

from bot.accounts import NAME_MAX, PASSWORD_MIN, join_roles, make_password
from bot.admin import AddStaff, ChangeStaff, DisableStaff, ListStaff, Request
from bot.commands.setup import run_command
from bot.commands.writing import carry_out
from bot.rights import ROLES
from bot.web.signin import hash_password

FROM_STDIN = "read the password from standard input; otherwise it is asked for, or made"


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    if given.act == "list":
        return run_command(lambda settings: carry_out(settings, ListStaff()))
    if given.act == "disable":
        return run_command(lambda settings: carry_out(settings, DisableStaff(name=given.name)))
    if given.act == "role":
        change = ChangeStaff(name=given.name, role=given.role)
        return run_command(lambda settings: carry_out(settings, change))
    if given.act == "password":
        return _with_password(
            given.password_stdin,
            lambda hashed: ChangeStaff(name=given.name, password_hash=hashed),
        )
    return _add(given.name, given.role, given.display_name or given.name, given.password_stdin)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot staff")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="add an account")
    add.add_argument("name", help="for signing in")
    add.add_argument("--role", required=True, type=_roles, help="one or more, joined by +")
    add.add_argument("--display-name", default="", help="what prospects see; NAME unless given")
    add.add_argument("--password-stdin", action="store_true", help=FROM_STDIN)
    acts.add_parser("list", help="list all accounts")
    disable = acts.add_parser("disable", help="shut an account and end its sessions")
    disable.add_argument("name")
    password = acts.add_parser("password", help="give an account another password")
    password.add_argument("name")
    password.add_argument("--password-stdin", action="store_true", help=FROM_STDIN)
    role = acts.add_parser("role", help="give an account other roles")
    role.add_argument("name")
    role.add_argument("--role", required=True, type=_roles, help="one or more, joined by +")
    return parser


def _roles(given: str) -> str:
    """Roles in their order; argparse says which there are when one is unknown."""
    joined = join_roles(given)
    if not joined:
        raise argparse.ArgumentTypeError(f"invalid choice: {given!r} (choose from {_choices()})")
    return joined


def _choices() -> str:
    return ", ".join(ROLES)


def _add(name: str, role: str, display_name: str, from_stdin: bool) -> int:
    name, display_name = name.strip(), display_name.strip()
    names = (name, display_name)
    if not all(0 < len(each) <= NAME_MAX and each.isprintable() for each in names):
        print(f"a name has 1 to {NAME_MAX} characters, all of them visible", file=sys.stderr)
        return 2
    return _with_password(
        from_stdin,
        lambda hashed: AddStaff(
            name=name, display_name=display_name, role=role, password_hash=hashed
        ),
    )


def _with_password(from_stdin: bool, make: Callable[[str], Request]) -> int:
    """Get or make a password, have the request with its hash carried out, and show it if made."""
    password, made = _get_password(from_stdin)
    if len(password) < PASSWORD_MIN:
        print(f"a password has {PASSWORD_MIN} characters or more", file=sys.stderr)
        return 2
    request = make(hash_password(password))
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
    return make_password(), True
