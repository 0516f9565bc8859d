"""The clock tick that ends what timed out or went silent."""

import asyncio

from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Hub, Store
from hostward.usecases.scans.expire import AT_ONCE, expire

TICK_SECONDS = 1.0

_log = get_logger(__name__)


async def reap(store: Store, hub: Hub, clock: Clock) -> None:
    """Look every second, for ever. A database that fails for a while is waited for: nobody else ends these units."""
    while True:
        try:
            await tick(store, hub, clock)
        except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
            _log.exception("reaper failed")
        await asyncio.sleep(TICK_SECONDS)


async def tick(store: Store, hub: Hub, clock: Clock) -> None:
    """One look: everything that is due now. An idle server only reads."""
    if not await store.read(lambda uow: uow.tasks.due(clock.now(), 1)):
        return
    looked = AT_ONCE
    while looked == AT_ONCE:
        looked, wake = await store.write(lambda uow: expire(uow, now=clock.now()))
        hub.wake(wake)
