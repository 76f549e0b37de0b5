"""What has to be done now and then: retention, old sessions, orphan files, the audit log's note."""

from __future__ import annotations

import asyncio

from bot.core import Core
from bot.live import DESK, MIND
from bot.logs import get_logger
from bot.packs.edits import sweep_parts
from bot.sealing import note_audit
from storage import arrivals, codes, hooks, leads, retention, sessions

PAUSE_SECONDS = 3_600
ATTEMPTS_KEPT = 3_600_000  # ms: failed attempts of any kind count for an hour at most
TOLD_KEPT = 30 * 86_400_000  # ms: the log of what webhooks were told
AT_ONCE = 50  # conversations erased in one commit


async def keep_up(core: Core, pause: float = PAUSE_SECONDS) -> None:
    """Once at the start and then every `pause` seconds, until cancelled."""
    while True:
        await tidy_up(core)
        await asyncio.sleep(pause)


async def tidy_up(core: Core) -> int:
    """Expire what is too old, and sweep what nobody needs; gives how many conversations went."""
    house, count = core.house, 0
    days = core.mind.pack.company.retention_days
    while expired := await house.db.write(
        lambda tx: retention.expire(tx, house.now(), days, AT_ONCE)
    ):
        for each in expired:
            core.uploads.delete(each.files)
            house.live.wake(each.conversation)
        count += len(expired)
    if count:
        house.live.wake(DESK)
        house.live.wake(MIND)
        get_logger().info("expired", count=count)
    await house.db.write(lambda tx: sessions.sweep(tx, house.now(), ATTEMPTS_KEPT))
    await house.db.write(lambda tx: codes.sweep(tx, house.now()))
    await house.db.write(lambda tx: hooks.forget_old(tx, house.now() - TOLD_KEPT))
    while await house.db.write(lambda tx: arrivals.forget_old(tx, house.now())):
        pass
    # The rows are read after the folder would list a file: a young file is left alone anyway.
    known = house.db.peek(leads.file_ids)
    await asyncio.to_thread(sweep_parts, house.settings.overlay)
    orphans = await asyncio.to_thread(core.uploads.sweep, known, house.now())
    if orphans:
        get_logger().info("orphans_swept", count=len(orphans))
    await note_audit(house)
    return count
