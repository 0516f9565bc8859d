"""Once an hour: machines that vanished are removed by policy, and tokens that expired long ago are forgotten."""

import asyncio
from datetime import timedelta

from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.machines.leave import AT_ONCE, forget
from hostward.usecases.ports import Store

LOOK_SECONDS = 3600.0
FIRST_LOOK_SECONDS = 600.0
"""After a start agents get this long to be heard of: the server may have been down for days itself."""

TOKENS_KEPT = timedelta(days=30)
"""How long an expired token is still listed."""

_log = get_logger(__name__)


async def forget_vanished(store: Store, clock: Clock, days: int) -> None:
    """Look every hour, for ever. days: of silence, 0 for no limit."""
    await asyncio.sleep(FIRST_LOOK_SECONDS)
    while True:
        try:
            await tick(store, clock, days)
        except Exception:  # noqa: BLE001  # whatever it was, the next look must come
            _log.exception("vanished machines not looked for")
        await asyncio.sleep(LOOK_SECONDS)


async def tick(store: Store, clock: Clock, days: int) -> None:
    """One look: everything that is due now."""
    now = clock.now()
    await store.write(lambda uow: uow.enrolments.forget(now - TOKENS_KEPT))
    many = AT_ONCE if days else 0
    while many == AT_ONCE:
        gone = await store.write(lambda uow: forget(uow, silent_for=timedelta(days=days), now=now))
        many = len(gone)
        for each in gone:
            _log.info("vanished machine removed", quuid=each.quuid, days=days)
