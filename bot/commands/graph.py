"""`graph PACK`: the consultation of a pack as a diagram's source, on standard output."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.commands.setup import run_command
from bot.settings import Settings
from dialogs.folder.problems import PackError
from dialogs.graph import draw
from dialogs.loading import load


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot graph")
    parser.add_argument("pack", type=Path, help="folder of the pack")
    parser.add_argument("--form", choices=("mermaid", "dot"), default="mermaid")
    parser.add_argument("--language", default="", help="of the questions shown")
    given = parser.parse_args(arguments)

    def show(settings: Settings) -> int:
        try:
            pack = load(given.pack)
        except PackError as error:
            print(error, file=sys.stderr)
            return 1
        print(draw(pack, given.form, given.language), end="")
        return 0

    return run_command(show)
