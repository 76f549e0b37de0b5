"""`replay [ID]`: take in again what was set aside because of a fault; without ID, list it.

A line of the list: number, where it came in (a bot or a channel), chat or conversation, when (UTC),
and the kind of fault. What came to a bot is taken in by the running server.
"""

from __future__ import annotations

import argparse

from bot.admin import Replay
from bot.commands.setup import run_command
from bot.commands.writing import carry_out


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot replay")
    parser.add_argument("id", type=int, nargs="?", default=0, help="number of the arrival")
    given = parser.parse_args(arguments)
    return run_command(lambda settings: carry_out(settings, Replay(arrival=given.id)))
