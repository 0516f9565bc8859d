"""The clock tick that ends ignore rules whose time is over, and lets every figure follow rules that were changed."""

import asyncio
from functools import partial

from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Store
from hostward.usecases.vulnerabilities.recount import AT_ONCE, Place, end_overdue, recount

TICK_SECONDS = 1.0

_log = get_logger(__name__)


async def follow_rules(store: Store, clock: Clock) -> None:
    """Look every second, for ever. What a crash left undone is done after the next start."""
    while True:
        try:
            await tick(store, clock)
        except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
            _log.exception("ignore rules not followed")
        await asyncio.sleep(TICK_SECONDS)


async def tick(store: Store, clock: Clock) -> None:
    """One look. An idle server only reads."""
    if await store.read(lambda uow: uow.ignores.due(clock.now(), 1)):
        ended = AT_ONCE
        while ended == AT_ONCE:
            ended = await store.write(lambda uow: end_overdue(uow, now=clock.now()))
    for account, revision in await store.read(lambda uow: uow.ignores.unsettled()):
        place = Place(account=account, revision=revision)
        while not place.is_done:
            place = await store.write(partial(recount, place=place, now=clock.now()))
        _log.info("figures follow the ignore rules", account=account, revision=revision)
