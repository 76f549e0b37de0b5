"""`erase CONVERSATION [--yes]`: erase everything that a conversation holds, files too."""

from __future__ import annotations

import argparse
import sys

from bot.admin import Erase
from bot.commands.setup import run_command
from bot.commands.writing import carry_out

OPTIONS = ("--yes", "-h", "--help")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot erase")
    parser.add_argument("conversation", help="its id, as the address of its transcript ends")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    given = parser.parse_args(_options_first(arguments))
    if not given.yes and not _is_sure(given.conversation):
        print("nothing was erased", file=sys.stderr)
        return 1
    request = Erase(conversation=given.conversation)
    return run_command(lambda settings: carry_out(settings, request))


def _options_first(arguments: list[str]) -> list[str]:
    """One id in 64 begins with a dash, and is no option."""
    options = [each for each in arguments if each in OPTIONS]
    return [*options, "--", *(each for each in arguments if each not in (*OPTIONS, "--"))]


def _is_sure(conversation: str) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"Erase {conversation} for good? Type yes: ").strip().lower() == "yes"
