"""The clock tick that ends what timed out or went silent."""

import asyncio
from datetime import datetime, timedelta

from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Hub, Store
from hostward.usecases.scans.expire import AT_ONCE, expire

TICK_SECONDS = 1.0

DEAF = timedelta(seconds=30)
"""In a longer time between two ticks nobody was heard: the process stood still, or its clock was set."""

_log = get_logger(__name__)


async def reap(store: Store, hub: Hub, clock: Clock) -> None:
    """Look every second, for ever. A database that fails for a while is waited for: nobody else ends these units.

    Agents are silent only for the time in which they could have been heard: not while the server was away, stood still,
    or could store nothing.
    """
    since = last = clock.now()
    while True:
        now = clock.now()
        if not timedelta(0) <= now - last <= DEAF:
            since = now
        last = now
        try:
            await tick(store, hub, clock, since)
        except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
            _log.exception("reaper failed")
            since = clock.now()
        await asyncio.sleep(TICK_SECONDS)


async def tick(store: Store, hub: Hub, clock: Clock, listening_since: datetime | None = None) -> None:
    """One look: everything that is due now. An idle server only reads."""
    if not await store.read(lambda uow: uow.tasks.due(clock.now(), 1)):
        return
    looked = AT_ONCE
    while looked == AT_ONCE:
        looked, wake = await store.write(
            lambda uow: expire(uow, now=clock.now(), listening_since=listening_since)
        )  # fmt: skip
        hub.wake(wake)
