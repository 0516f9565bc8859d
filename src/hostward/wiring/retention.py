"""Once an hour: what is older than it is kept is removed, in small steps between which others write."""

import asyncio
from contextlib import closing
from datetime import timedelta
from functools import partial

from hostward.domain.ids import LeaseId
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.settings import Settings
from hostward.store.open import open_store
from hostward.usecases.ports import Store
from hostward.usecases.retention import AT_ONCE, forget, step, unshown

LOOK_SECONDS = 3600.0
FIRST_LOOK_SECONDS = 900.0
"""After a start agents come first."""

PASS_EVERY = timedelta(days=1)
"""Between two looks at all leases for results that nothing shows any more."""

PAUSE_SECONDS = 0.02
"""Between two steps: a writer that has nothing else to do is busy a third of the time at most."""

_log = get_logger(__name__)


def prune_now(settings: Settings, kept: timedelta, clock: Clock) -> tuple[int, int]:
    """One look without a server: how many tasks, and scans that nothing showed, were removed.

    Raises DataDirectoryError when a server runs on the data directory, which does the same by itself.
    """
    with closing(open_store(settings.data_dir, settings.database_url)) as store:
        return asyncio.run(Retention(store=store, clock=clock, kept=kept).tick())


class Retention:
    """Looks for ever. kept: how long tasks are, zero for ever.

    Every server of a database may run one: what another has removed is simply not there.
    """

    def __init__(self, *, store: Store, clock: Clock, kept: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept
        self._next_pass = clock.now()

    async def run(self) -> None:
        """Look every hour, for ever."""
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        while True:
            try:
                tasks, scans = await self.tick()
                if tasks or scans:
                    _log.info("old tasks removed", tasks=tasks, scans=scans)
            except Exception:  # noqa: BLE001  # whatever it was, the next look must come
                _log.exception("old tasks not removed")
            await asyncio.sleep(LOOK_SECONDS)

    async def tick(self) -> tuple[int, int]:
        """One look: everything that is due now. Returns how many tasks, and scans that nothing showed, were removed."""
        now, tasks, scans, is_last = self._clock.now(), 0, 0, False
        while not is_last:
            done = await self._store.write(lambda uow: step(uow, kept=self._kept, now=now))
            tasks, is_last = tasks + done.tasks, done.is_last
            await asyncio.sleep(PAUSE_SECONDS)
        if now >= self._next_pass:
            scans = await self._forgotten()
            self._next_pass = now + PASS_EVERY
        return tasks, scans

    async def _forgotten(self) -> int:
        """How many leases were removed whose results nothing shows."""
        now, scans, last = self._clock.now(), 0, LeaseId(0)
        while True:
            reached, found = await self._store.read(partial(unshown, after=last, now=now))
            if reached is None:
                return scans
            last = reached
            for first in range(0, len(found), AT_ONCE):
                scans += await self._store.write(partial(forget, leases=found[first : first + AT_ONCE]))
                await asyncio.sleep(PAUSE_SECONDS)
