"""The job that renews feeds: those that are due, those that somebody asks for; each in a process of its own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hostward.domain.errors import Conflict, HostwardError
from hostward.domain.reason import Reason
from hostward.feeds.table import SOURCES
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.settings import Settings
from hostward.usecases.feed_ports import FeedJob, FeedSource
from hostward.usecases.ports import Store
from hostward.usecases.vulnerabilities.feed_health import tell, untold
from hostward.wiring.feed_desk import Line, Place
from hostward.wiring.feed_process import FeedInterrupted, run
from hostward.wiring.feed_renewal import due
from hostward.wiring.feeds import failed

TICK_SECONDS: Final = 60.0
"""Between looks at what is due: feeds change every few hours."""

_log = get_logger(__name__)


class FeedUpdater:
    """usecases.feed_ports.FeedWork. Renews what is due, for ever, and does what is asked for; one thing at a time.

    changed: called when a process of its own has written into the store, of which this one's pulse knows nothing.
    """

    def __init__(self, *, store: Store, clock: Clock, settings: Settings, changed: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._place = Place.of(settings)
        self._hours = settings.feeds_update_hours
        self._changed = changed
        self._busy = asyncio.Lock()
        self._job = FeedJob()
        self._asked: asyncio.Task[None] | None = None

    def sources(self) -> Sequence[FeedSource]:
        """All that can be renewed; usual are those that this server renews where none are named."""
        usual = {source.name for source in self._place.chosen(())}
        return [FeedSource(name=one.name, address=one.address, usual=one.name in usual) for one in SOURCES]

    def every(self) -> timedelta | None:
        """How often each is renewed without being asked, None for never."""
        return timedelta(hours=self._hours) if self._hours else None

    def job(self) -> FeedJob:
        """How far it is."""
        return self._job

    def start(self, names: Sequence[str]) -> int:
        """Begin to renew feeds. Raises InvalidValue, Conflict."""
        wanted = [source.name for source in self._place.chosen(names)]
        if self._busy.locked():
            raise Conflict.because(Reason.FEEDS_BUSY)
        self._job = FeedJob(running=True, total=len(wanted), began=self._clock.now())
        self._asked = asyncio.create_task(self._quietly(wanted))
        return len(wanted)

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            try:
                await self.tick()
            except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
                _log.exception("feeds could not be looked at")
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Renew what is due now, and tell who listens what became stale meanwhile."""
        now = self._clock.now()
        if (every := self.every()) is not None:
            wanted = await asyncio.to_thread(due, self._store, self._place.chosen(()), now, every)
            if wanted:
                await self._renew([source.name for source in wanted])
        if await self._store.read(lambda uow: untold(uow, now)):
            await self._store.write(lambda uow: tell(uow, now))

    async def asked(self, what: Mapping[str, object]) -> Mapping[str, Any]:
        """What a command asks for: lines, or an error as the API has them."""
        try:
            async with self._busy:
                return {"Lines": await self._done(what, 0)}
        except HostwardError as problem:
            return {"Error": {"Code": "FailedOperation", "Message": str(problem)}}

    async def _quietly(self, names: Sequence[str]) -> None:
        try:
            await self._renew(names)
        except HostwardError as problem:
            _log.warning("feeds could not be renewed", problem=str(problem))

    async def _renew(self, names: Sequence[str]) -> None:
        async with self._busy:
            for line in await self._done({"names": names}, len(names)):
                if line["outcome"] == "failed":
                    _log.warning("feed could not be renewed", feed=line["feed"], problem=line["said"])
                else:
                    _log.info("feed renewed", feed=line["feed"], outcome=line["outcome"], said=line["said"])

    async def _done(self, what: Mapping[str, object], total: int) -> list[Line]:
        """Have it done. A process that is ended leaves its feed failed, and those after it for the next try."""
        lines: list[Line] = []
        self._job = FeedJob(running=True, total=total, began=self._clock.now())
        try:
            await self._said(what, lines)
        except FeedInterrupted as ended:
            lines.append(self._counted(Line(feed=ended.feed, outcome="failed", said=str(ended))))
            if ended.feed in {source.name for source in SOURCES}:
                problem, fault, now = str(ended), ended.fault, self._clock.now()
                await asyncio.to_thread(
                    failed, self._store, ended.feed, now, source="", problem=problem, fault=fault
                )  # fmt: skip
        except OSError as problem:
            raise HostwardError(f"feeds can't be renewed: no process can be started: {problem.strerror}") from None
        except HostwardError as problem:
            self._job = replace(self._job, problem=str(problem))
            raise
        finally:
            self._job = replace(self._job, running=False, feed="", ended=self._clock.now())
        return lines

    async def _said(self, what: Mapping[str, object], lines: list[Line]) -> None:
        async for said in run(self._place, what):
            if "at" in said:
                self._job = replace(self._job, feed=said["at"])
            else:
                lines.append(self._counted(Line(feed=said["feed"], outcome=said["outcome"], said=said["said"])))
                self._changed()

    def _counted(self, line: Line) -> Line:
        is_failed = line["outcome"] == "failed"
        self._job = replace(
            self._job,
            done=self._job.done + 1,
            total=max(self._job.total, self._job.done + 1),
            imported=self._job.imported + (line["outcome"] == "imported"),
            failed=self._job.failed + is_failed,
            problem=": ".join(filter(None, (line["feed"], line["said"]))) if is_failed else self._job.problem,
        )
        return line
