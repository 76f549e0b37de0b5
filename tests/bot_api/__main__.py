"""`python -m tests.bot_api --port 0`: the local Bot API as a process of its own, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from .control import Control
from .server import BotApi


async def serve(port: int) -> None:
    api = BotApi()
    Control(api)
    await api.start(port)
    print(json.dumps({"url": api.url}), flush=True)
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, done.set)
    await done.wait()
    await api.stop()


if __name__ == "__main__":
    reader = argparse.ArgumentParser(prog="tests.bot_api")
    reader.add_argument("--port", type=int, default=0)
    asyncio.run(serve(reader.parse_args().port))
