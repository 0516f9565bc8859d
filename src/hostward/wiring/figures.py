"""What /metrics tells beside the counted requests: asked of the store, the hub and the system when somebody looks."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from hostward import __version__
from hostward.domain.machine import OFFLINE_AFTER
from hostward.domain.module import Module
from hostward.domain.task import ScanState
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.runtime.metrics import MAX_SERIES, Metric, Metrics
from hostward.runtime.process import process_use
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import FeedStatus
from hostward.usecases.total_ports import Totals

S = TypeVar("S", ScanState, str)

KEPT_SECONDS: Final = 5.0
"""How long what the store said is told again: several that scrape, or one in a hurry, cost one look."""

_log: Final = get_logger(__name__)


class Figures:
    """The gauges of a server. waiting_agents, waiting_writes: how many there are now."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        store: Store,
        clock: Clock,
        waiting_agents: Callable[[], int],
        waiting_writes: Callable[[], int],
    ) -> None:
        self._store = store
        self._clock = clock
        self._waiting_agents = waiting_agents
        self._waiting_writes = waiting_writes
        self._looked = -KEPT_SECONDS
        self._turn = asyncio.Lock()
        metrics.gauge("hostward_build_info", "1, with the version of this program.", "version").set(1, __version__)
        self._agents = metrics.gauge("hostward_agents_waiting", "Agents whose request for work is held open here.")
        self._writes = metrics.gauge("hostward_store_writes_waiting", "Writes to the database that have not begun.")
        self._up = metrics.gauge("hostward_store_up", "1 when the database answered, else 0.")
        self._machines = metrics.gauge("hostward_machines", "Machines by whether their agent was heard of.", "state")
        self._tasks = metrics.gauge("hostward_tasks", "Scan tasks by module and state.", "module", "state")
        self._units = metrics.gauge("hostward_units", "Machines of scan tasks, by module and state.", "module", "state")
        self._feeds = metrics.gauge("hostward_feed_age_seconds", "Since the feed's last import.", "feed")
        self._process = _ProcessFigures(metrics)

    async def refresh(self) -> None:
        """Put everything as it is now; a store that can't be read leaves its figures out and hostward_store_up 0."""
        self._agents.set(self._waiting_agents())
        self._writes.set(self._waiting_writes())
        self._process.refresh()
        async with self._turn:
            if self._clock.monotonic() - self._looked >= KEPT_SECONDS:
                await self._look()
                self._looked = self._clock.monotonic()

    async def _look(self) -> None:
        heard_after = self._clock.now() - OFFLINE_AFTER
        try:
            totals, feeds = await self._store.read(lambda uow: (uow.totals.count(heard_after=heard_after), _feeds(uow)))
        except Exception:  # noqa: BLE001  # a database that is gone is what somebody looks for here
            _log.exception("figures not read from the store")
            self._up.set(0)
            for metric in (self._machines, self._tasks, self._units, self._feeds):
                metric.put({})
            return
        self._up.set(1)
        self._put(totals, feeds)

    def _put(self, totals: Totals, feeds: Sequence[FeedStatus]) -> None:
        now = self._clock.now()
        offline = totals.machines - totals.online
        self._machines.put({("online",): totals.online, ("offline",): offline})
        self._tasks.put(_labelled(totals.tasks))
        self._units.put(_labelled(totals.units))
        self._feeds.put({(one.feed,): (now - one.imported) / timedelta(seconds=1) for one in feeds[:MAX_SERIES]})


class _ProcessFigures:
    """The names that Prometheus' own client libraries give them."""

    def __init__(self, metrics: Metrics) -> None:
        self._cpu = metrics.counter("process_cpu_seconds_total", "CPU time of this process, user and system.")
        self._memory = metrics.gauge("process_resident_memory_bytes", "Memory of this process that is not swapped out.")
        self._threads = metrics.gauge("process_threads", "Threads of this process.")
        self._files = metrics.gauge("process_open_fds", "Files and connections that this process has open.")
        self._started = metrics.gauge("process_start_time_seconds", "When this process began, seconds since 1970 UTC.")

    def refresh(self) -> None:
        """Put what the system says; nothing where it says nothing."""
        use = process_use()
        if use is None:
            return
        _put_one(self._cpu, use.cpu_seconds)
        _put_one(self._memory, use.resident_bytes)
        _put_one(self._threads, use.threads)
        _put_one(self._files, use.open_files)
        _put_one(self._started, use.started)


def _feeds(uow: UnitOfWork) -> Sequence[FeedStatus]:
    return uow.advisories.feeds()


def _put_one(metric: Metric, number: float) -> None:
    metric.put({(): number})


def _labelled(counts: Mapping[tuple[Module, S], int]) -> dict[tuple[str, ...], float]:
    """Counts with their keys in small letters."""
    return {(module.lower(), _word(state)): count for (module, state), count in counts.items()}


def _word(state: ScanState | str) -> str:
    return state.name.lower() if isinstance(state, ScanState) else state
