"""`check PACK`: every mistake of a company's pack at once; 1 when there is an error."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from dialogs.check import check, render


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot check")
    parser.add_argument("pack", type=Path, help="folder of the pack")
    given = parser.parse_args(arguments)
    problems = check(given.pack, date.today())
    if problems:
        print(render(problems))
    errors = sum(not problem.warning for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings", file=sys.stderr)
    return 1 if errors else 0
