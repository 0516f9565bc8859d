"""What /metrics tells of the store, the hub and the process."""

import asyncio
from datetime import timedelta

import pytest

from api_bench import TurnedClock
from hostward import __version__
from hostward.domain.machine import OFFLINE_AFTER
from hostward.runtime.metrics import Metrics
from hostward.store.memory import MemoryStore
from hostward.wiring import figures as figures_
from hostward.wiring.figures import KEPT_SECONDS, Figures
from store_samples import NOW, advisory, affects, fleet, judged, leased, scan


class CountedStore(MemoryStore):
    """A store that counts its reads, and can be gone."""

    reads = 0
    is_gone = False

    async def read(self, work):
        self.reads += 1
        if self.is_gone:
            raise OSError("no disk")
        return await super().read(work)


class Bench:
    """Figures over a store in memory."""

    def __init__(self) -> None:
        self.store = CountedStore()
        self.clock = TurnedClock(wall=NOW)
        self.metrics = Metrics()
        self.figures = Figures(
            self.metrics, store=self.store, clock=self.clock, waiting_agents=lambda: 3, waiting_writes=lambda: 5
        )

    def lines(self, prefix: str) -> list[str]:
        """The samples whose names begin like this, now."""
        asyncio.run(self.figures.refresh())
        return [line for line in self.metrics.text().splitlines() if line.startswith(prefix)]


@pytest.fixture
def bench() -> Bench:
    """A new one."""
    return Bench()


def test_what_waits_is_told(bench: Bench) -> None:
    """Agents and writes, as they are at the moment."""
    assert bench.lines("hostward_agents") == ["hostward_agents_waiting 3"]
    assert bench.lines("hostward_store") == ["hostward_store_writes_waiting 5", "hostward_store_up 1"]


def test_the_version_is_a_label(bench: Bench) -> None:
    """So that a change of version shows in a graph."""
    assert bench.lines("hostward_build_info") == [f'hostward_build_info{{version="{__version__}"}} 1']


def test_machines_are_told_by_whether_their_agent_was_heard_of(bench: Bench) -> None:
    """Those of an hour ago are offline."""
    fleet(bench.store, bench.store.write_now(lambda uow: uow.accounts.add_account("a")), 2)
    assert bench.lines("hostward_machines") == [
        'hostward_machines{state="offline"} 0', 'hostward_machines{state="online"} 2'
    ]  # fmt: skip
    bench.clock.turn(OFFLINE_AFTER.total_seconds() + 1)
    assert bench.lines('hostward_machines{state="offline"}') == ['hostward_machines{state="offline"} 2']


def test_tasks_and_units_are_told_by_module_and_state(bench: Bench) -> None:
    """In small letters."""
    scan(bench.store, 2).step(0, leased(), judged())
    assert bench.lines("hostward_tasks") == ['hostward_tasks{module="vul",state="scanning"} 1']
    units = [line for line in bench.lines("hostward_units") if not line.endswith(" 0")]
    assert units == ['hostward_units{module="vul",state="ok"} 1', 'hostward_units{module="vul",state="pending"} 1']


def test_a_feed_is_told_with_its_age(bench: Bench) -> None:
    """In seconds since it was imported."""
    told = [advisory("CVE-2026-1", affects())]
    at = NOW - timedelta(hours=2)
    bench.store.write_now(
        lambda uow: uow.advisories.replace("debian", told, ecosystems=["Debian:12"], digest="", now=at)
    )
    assert bench.lines("hostward_feed") == ['hostward_feed_age_seconds{feed="debian"} 7200']


def test_the_store_is_not_asked_for_every_scrape(bench: Bench) -> None:
    """What it said is told again for some seconds."""

    async def scrapes() -> None:
        await asyncio.gather(*(bench.figures.refresh() for _ in range(5)))

    asyncio.run(scrapes())
    assert bench.store.reads == 1
    bench.clock.turn(KEPT_SECONDS)
    asyncio.run(bench.figures.refresh())
    assert bench.store.reads == 2


def test_a_store_that_is_gone_is_told(bench: Bench) -> None:
    """Its numbers are left out: old ones would look as if nothing had happened."""
    fleet(bench.store, bench.store.write_now(lambda uow: uow.accounts.add_account("a")), 2)
    assert bench.lines("hostward_store_up") == ["hostward_store_up 1"]
    bench.store.is_gone = True
    bench.clock.turn(KEPT_SECONDS)
    assert (bench.lines("hostward_store_up"), bench.lines("hostward_machines")) == (["hostward_store_up 0"], [])
    bench.store.is_gone = False
    bench.clock.turn(KEPT_SECONDS)
    assert len(bench.lines("hostward_machines")) == 2


def test_the_process_is_told_under_the_usual_names(bench: Bench) -> None:
    """Dashboards made for others find them."""
    names = [line.split()[0] for line in bench.lines("process_")]
    assert names == [
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_threads", "process_open_fds",
        "process_start_time_seconds",
    ]  # fmt: skip


def test_a_system_that_tells_nothing_of_processes_leaves_them_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is told all the same."""
    monkeypatch.setattr(figures_, "process_use", lambda: None)
    assert bench.lines("process_resident") == ["process_resident_memory_bytes 0"]
    assert bench.lines("hostward_store_up") == ["hostward_store_up 1"]
