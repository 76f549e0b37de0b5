"""`run`: serve everything on one port, and the demo page on a second origin."""

from __future__ import annotations

import argparse
import asyncio

from bot.app import App
from bot.commands.setup import run_command


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="python -m bot run").parse_args(arguments)
    return run_command(lambda settings: asyncio.run(App(settings).run()))
