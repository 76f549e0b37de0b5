"""`reload`: have the running server read the pack again; exit code 1 when it has mistakes."""

from __future__ import annotations

import argparse

from bot.admin import Reload
from bot.commands.setup import run_command
from bot.commands.writing import carry_out


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot reload")
    parser.parse_args(arguments)
    return run_command(lambda settings: carry_out(settings, Reload()))
