"""`run`: serve everything on one port, and the demo page on a second origin."""

from __future__ import annotations

import argparse
import asyncio
import signal

from bot.app import App
from bot.commands.setup import run_command


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="python -m bot run").parse_args(arguments)
    # It asks for a reload, and would end a process that is not ready to hear it yet.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return run_command(lambda settings: asyncio.run(App(settings).run()))
