"""The job that renews feeds when they are due."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from hostward.domain.errors import HostwardError
from hostward.feeds.table import chosen
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.settings import Settings
from hostward.usecases.ports import Store
from hostward.wiring.feed_desk import FeedDesk, parted
from hostward.wiring.feed_renewal import due, renew

TICK_SECONDS: Final = 60.0
"""Between looks at what is due: feeds change every few hours."""

_log = get_logger(__name__)


class FeedUpdater:
    """Renews what is due, for ever, and does what commands ask for; one thing at a time, off the event loop."""

    def __init__(self, *, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._desk = FeedDesk(store, clock, settings)
        self._busy = asyncio.Lock()

    async def run(self) -> None:
        """Tick until cancelled; without an interval in the settings there is nothing to do."""
        if not self._settings.feeds_update_hours:
            return
        while True:
            try:
                await self.tick()
            except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
                _log.exception("feeds could not be looked at")
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Renew what is due now, one after the other."""
        every = timedelta(hours=self._settings.feeds_update_hours)
        sources = chosen(parted(self._settings.feeds_names))
        for source in await asyncio.to_thread(due, self._store, sources, self._clock.now(), every):
            async with self._busy:
                found = await asyncio.to_thread(
                    renew, self._store, self._clock, source,
                    data_dir=self._settings.data_dir, mirror=self._settings.feeds_mirror,
                )  # fmt: skip
            if found.outcome == "failed":
                _log.warning("feed could not be renewed", feed=found.feed, problem=found.said)
            else:
                _log.info("feed renewed", feed=found.feed, outcome=found.outcome, said=found.said)

    async def asked(self, what: Mapping[str, object]) -> Mapping[str, Any]:
        """What a command asks for: lines, or an error as the API has them."""
        try:
            async with self._busy:
                return {"Lines": await asyncio.to_thread(self._desk.do, what)}
        except HostwardError as problem:
            return {"Error": {"Code": "FailedOperation", "Message": str(problem)}}
