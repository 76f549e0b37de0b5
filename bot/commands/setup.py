"""What every command does first: read the settings, set up the logs, say mistakes plainly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from bot.logs import guard_tracebacks, set_up_logs
from bot.settings import Settings, SettingsError
from dialogs.folder.problems import PackError
from storage.errors import StorageError


def run_command(command: Callable[[Settings], int]) -> int:
    """Run a command with the settings of the environment; expected mistakes end it with 1."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(f"settings that cannot be used:\n{error}", file=sys.stderr)
        return 2
    set_up_logs(settings.log_format, settings.log_level, tokens=settings.tokens)
    guard_tracebacks(settings.tokens)
    try:
        return command(settings)
    except PackError as error:
        print(f"the pack {settings.pack} cannot be used:\n{error}", file=sys.stderr)
    except (SettingsError, StorageError, OSError) as error:
        print(f"{error}", file=sys.stderr)
    return 1
