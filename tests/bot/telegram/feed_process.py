"""A process of its own with the product and its feed, to be killed at a named step.

python -m tests.bot.telegram.feed_process FOLDER ADDRESS TOKEN GROUP
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.faults import read_faults
from bot.presales.group.feed import Feed
from bot.presales.telegram import make_client
from bot.telegram.pace import UNLIMITED, Pace
from tests.bot.hall import make_hall, make_settings


async def main(folder: str, address: str, token: str, group: str) -> None:
    settings = make_settings(Path(folder), desk_group_id=group)
    hall = make_hall(settings, reach=read_faults(os.environ))
    client = make_client(token, address)
    await client.connect(None)
    feed = Feed(hall.core, client, Pace(hall.clock, UNLIMITED))
    await feed.drain()
    await client.close()
    await hall.db.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
