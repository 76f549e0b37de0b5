"""The command line. Each command is a module with `main(arguments) -> exit code`.

Only the module of the command at hand is imported: this is the one place that imports by name.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys

COMMANDS = {
    "run": ("bot.commands.run", "serve the website, the inbox and the managers' pages"),
    "chat": ("bot.prospects.terminal", "talk with the assistant in this terminal"),
    "talks": ("bot.talks.command", "play conversations and say where they differ"),
    "read": ("bot.read", "print what messages mean, one JSON line each"),
    "check": ("bot.commands.check", "list every mistake in a company's pack"),
    "graph": ("bot.commands.graph", "draw the consultation of a pack"),
    "reload": ("bot.commands.reload", "have the running server read the pack again"),
    "migrate": ("bot.commands.migrate", "bring the database to this program's schema"),
    "staff": ("bot.commands.staff", "add, list or disable staff accounts"),
    "audit": ("bot.commands.audit", "check that the record of who did what is unbroken"),
    "replay": ("bot.commands.replay", "take in again what was set aside"),
    "erase": ("bot.commands.erase", "erase a conversation for good"),
    "backup": ("bot.commands.backup", "copy the data while the server runs"),
    "seed": ("bot.commands.seed", "fill an empty database with a made-up month"),
    "bench": ("bot.benches.command", "measure this machine"),
}


# More threads than one fight over busy cores: a message of 3 ms then takes 50. NumPy reads this
# when it is first imported, so it stands here and not in the settings.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(arguments: list[str]) -> int:
    """Run one command; gives its exit code: 0 done, 1 failed, 2 not understood."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else 2
    found = COMMANDS.get(arguments[0])
    if found is None:
        print(f"there is no command {arguments[0]!r}\n\n{usage()}", file=sys.stderr)
        return 2
    if arguments[0] == "run":
        # It asks for a reload, and would end a process that is not ready to hear it: even the
        # imports take a second.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        gc.disable()  # until it serves: nearly all that a start makes stays, a tenth of it was this
    module = importlib.import_module(found[0])
    code: int = module.main(arguments[1:])
    return code


def usage() -> str:
    lines = [f"  {name:<8} {meaning}" for name, (_, meaning) in COMMANDS.items()]
    return "\n".join(["usage: python -m bot COMMAND ...", "", *lines])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        # Who read our output has gone; say nothing more, not even when the interpreter closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
