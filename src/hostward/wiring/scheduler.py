"""The clock that starts scheduled scans."""

import asyncio
from datetime import timedelta, tzinfo

from hostward.domain.host_rules import FREE, HostRules
from hostward.domain.ids import ScheduleId
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Hub, Store
from hostward.usecases.scans.run_due import run_due
from hostward.usecases.schedules.rezone import rezone

TICK_SECONDS = 1.0
"""Longest time between two looks: a schedule that was made meanwhile is seen this soon."""

SHORTEST_SECONDS = 0.01
"""A fire that is nearer is waited for so long, so that it is not looked for in a tight loop."""

_log = get_logger(__name__)


class Scheduler:
    """Looks at what is due, for ever. Every server of a database may run one: a row lock makes each fire one task."""

    def __init__(
        self, *, store: Store, hub: Hub, clock: Clock, zone: tzinfo, timeout: timedelta, rules: HostRules = FREE
    ) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._zone = zone
        self._timeout = timeout
        self._rules = rules
        self._in_zone = False

    async def run(self) -> None:
        """Tick until cancelled. A database that fails for a while is waited for: nobody else starts these scans."""
        while True:
            pause = TICK_SECONDS
            try:
                pause = await self.tick()
            except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
                _log.exception("scheduler failed")
            await asyncio.sleep(pause)

    async def tick(self) -> float:
        """Start what is due now; returns for how many seconds nothing else will be. An idle server only reads."""
        await self._reckon()
        now = self._clock.now()
        upcoming = await self._store.read(lambda uow: uow.schedules.upcoming(now + timedelta(seconds=TICK_SECONDS)))
        for which, fire in upcoming:
            if fire <= now:
                await self._look(which)
        later = next((fire for _, fire in upcoming if fire > now), None)
        if later is None:
            return TICK_SECONDS
        return max(SHORTEST_SECONDS, (later - self._clock.now()).total_seconds())

    async def _reckon(self) -> None:
        """Once: schedules from before the server's zone was changed get their fires by its clocks."""
        if not self._in_zone:
            await self._store.write(lambda uow: rezone(uow, zone=self._zone, now=self._clock.now()))
            self._in_zone = True

    async def _look(self, which: ScheduleId) -> None:
        """A schedule that fails is logged, and keeps no other from its start."""
        try:
            ran = await self._store.write(
                lambda uow: run_due(
                    uow, which=which, now=self._clock.now(), zone=self._zone, timeout=self._timeout,
                    rules=self._rules,
                )
            )  # fmt: skip
        except Exception:  # noqa: BLE001  # it is tried again with the next tick
            _log.exception("schedule failed", schedule=which)
            return
        self._hub.wake(ran.wake)
        if ran.task is not None:
            _log.info("scheduled scan started", schedule=which, task=ran.task, fire=ran.fire)
        if ran.skip is not None:
            _log.warning("scheduled scan skipped", schedule=which, fire=ran.skip.at, reason=ran.skip.reason)
