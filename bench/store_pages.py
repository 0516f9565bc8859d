"""CPU milliseconds of what DescribeScanTaskDetails asks the store, in a small task and in a large one.

Run: python bench/store_pages.py [--machines 200000] [--postgresql URL]. Each question is asked in a transaction of
its own, at 90 % of what it matches, 100 rows a page. The controls are what a plain OFFSET and a plain COUNT cost in
the same database. With a URL of an empty PostgreSQL database the same is asked there (CPU of this process, and time
on the wall, which the server's part is in). Exits with 1 when a ratio is above its bar (design: storage, bars).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from hostward.domain.advisory import FixStatus, Match
from hostward.domain.host_scan import WHOLE, FailType, Status, Unit, UnitState
from hostward.domain.ids import MachineId, Seq, TaskId
from hostward.domain.machine import MachineFacts
from hostward.domain.machine_filter import AtRisk, Condition, FailTypeIs, StatusIs, Text, TextIs
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import Task, Trigger
from hostward.store.open import DATABASE_FILE, open_postgresql, open_sqlite
from hostward.store.store import SqlStore
from hostward.usecases.ports import UnitOfWork

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SMALL = 1000
LIMIT = 100
VULS = 20
ENOUGH_SECONDS = 0.4
"""CPU time over which each question is repeated."""

BARS = {"page": 1.5, "exact": 1.5, "counters": 1.5, "status": 3.5}
HOT_BAR_MS = 0.35
"""Task and page together, in SQLite (with its vulnerabilities, which callers may keep by vul_rev, it is shown too)."""

CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A store with one task of so many machines."""

    store: SqlStore
    control: Engine
    task: TaskId
    size: int


Question = Callable[[World], object]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--machines", type=int, default=200_000)
    options.add_argument("--postgresql", default="")
    chosen = options.parse_args()
    figures = []
    for size in (SMALL, chosen.machines):
        with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
            world = build(Path(folder), chosen.postgresql, size)
            figures.append({name: measure(world, ask) for name, ask in QUESTIONS.items()})
            world.store.close()
            world.control.dispose()
    return report(figures, chosen.machines, sqlite=not chosen.postgresql)


def build(folder: Path, url: str, size: int) -> World:
    """A store whose task has one machine in ten failed, one in five hundred stopped, one in twenty at risk."""
    began = time.perf_counter()
    store = open_postgresql(url, bytes(32)) if url else open_sqlite(folder)
    control = create_engine(store_url(url)) if url else create_engine(f"sqlite:///{folder / DATABASE_FILE}")
    account = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    first = 0
    ids: list[MachineId] = []
    while first < size:
        numbers = range(first, min(size, first + CHUNK))
        ids += store.write_now(lambda uow, numbers=numbers: [enrol(uow, account, size, each) for each in numbers])
        first = numbers[-1] + 1
    task = store.write_now(lambda uow: create(uow, account, ids))
    seqs = range(0, size, max(1, size // 50))
    for seq in seqs:
        store.write_now(lambda uow, seq=seq: found(uow, task, seq))
    print(f"built {size} machines in {time.perf_counter() - began:.1f} s")
    return World(store=store, control=control, task=task, size=size)


def store_url(url: str) -> str:
    """SQLAlchemy's spelling of the address."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def enrol(uow: UnitOfWork, account: int, size: int, number: int) -> MachineId:
    name = f"{size}-{number}"
    facts = MachineFacts(
        host_name=f"web-{name}",
        addresses=(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", "fe80::1"),
        wan_ip="192.0.2.1",
        os_name="Debian GNU/Linux 12 (bookworm)",
        agent_version="0.1.0",
    )
    return uow.machines.enrol(account, name.encode(), facts, quuid=f"q-{name}", uuid=f"u-{name}").id


def create(uow: UnitOfWork, account: int, machines: list[MachineId]) -> TaskId:
    task = Task(
        id=uow.tasks.next_id(),
        account=account,
        module=Module.VUL,
        trigger=Trigger.ONE_CLICK,
        options=VulOptions(),
        content=("1", "2", "4"),
        created_by="bench",
        begin=NOW,
        run_begin=NOW,
    )
    return uow.tasks.create(task, units(task.id, machines)).id


def units(task: TaskId, machines: list[MachineId]) -> Iterator[Unit]:
    for seq, machine in enumerate(machines):
        unit = Unit(task=task, seq=Seq(seq), machine=machine, queue_until=NOW, due=NOW + timedelta(hours=1))
        state = UnitState.STOPPED if seq % 500 == 7 else UnitState.FAIL if seq % 10 == 3 else UnitState.OK
        fail = FailType.TIMEOUT if state is UnitState.FAIL else FailType.NONE
        if seq % 4 != 0:
            risks = int(seq % 20 == 1)
            unit = replace(
                unit, state=state, fail=fail, begin=NOW, end=NOW, progress=WHOLE, due=None, risk_num=risks, rev=3
            )
        yield unit


def found(uow: UnitOfWork, task: TaskId, seq: int) -> None:
    unit = uow.tasks.unit(task, Seq(seq))
    assert unit is not None
    matches = [
        Match(
            key=f"CVE-2026-{number}",
            name="openssl",
            source="openssl",
            version="3.0.1-1",
            ecosystem="Debian:12",
            fixed="3.0.2-1",
            status=FixStatus.FIXED,
            level=Level(number % 4 + 1),
            level_source="bench",
            cvss=number % 10,
            evidence="bench",
        )
        for number in range(VULS)
    ]
    uow.tasks.record_vuls(unit, matches)


def page(share_of: float, *conditions: Condition) -> Question:
    """A page at 90 % of what matches; share_of: which share of the machines does."""

    def ask(world: World) -> object:
        offset = max(0, int(world.size * share_of * 0.9) - LIMIT)
        return world.store.read_now(lambda uow: uow.tasks.page(world.task, conditions, limit=LIMIT, offset=offset))

    return ask


def exact(world: World) -> object:
    wanted = TextIs(text=Text.UUID, values=(f"u-{world.size}-{world.size * 9 // 10}",), exact=True)
    return world.store.read_now(lambda uow: uow.tasks.page(world.task, [wanted], limit=LIMIT, offset=0))


def counters(world: World) -> object:
    return world.store.read_now(lambda uow: uow.tasks.get(world.task))


def hot(world: World) -> object:
    def work(uow: UnitOfWork) -> object:
        page = uow.tasks.page(world.task, (), limit=LIMIT, offset=world.size * 9 // 10)
        return uow.tasks.get(world.task), page

    return world.store.read_now(work)


def hot_with_vuls(world: World) -> object:
    def work(uow: UnitOfWork) -> object:
        page = uow.tasks.page(world.task, (), limit=LIMIT, offset=world.size * 9 // 10)
        return uow.tasks.get(world.task), page, uow.tasks.vuls(world.task, limit=100)

    return world.store.read_now(work)


def control(query: str) -> Question:
    def ask(world: World) -> object:
        with world.control.connect() as connection:
            values = {"task": world.task, "offset": world.size * 9 // 10}
            return connection.execute(text(query), values).all()

    return ask


def status(*values: Status) -> StatusIs:
    return StatusIs(values=frozenset(values))


QUESTIONS: dict[str, Question] = {
    "page: unfiltered": page(1.0),
    "exact: one uuid": exact,
    "counters: the task": counters,
    "status: Fail (7.5 %)": page(0.075, status(Status.FAIL)),
    "status: Ok and Scanning (92 %)": page(0.92, status(Status.OK, Status.SCANNING)),
    "sparse: Stop (0.2 %; 2 rows in 1k)": page(0.0, status(Status.STOP)),
    "status: FailType 4": page(0.075, FailTypeIs(values=frozenset({FailType.TIMEOUT}))),
    "status: RiskOnly (5 %)": page(0.05, AtRisk()),
    "hot: task and page": hot,
    "hot: task, page and 20 vulnerabilities": hot_with_vuls,
    "search: part of a host name": page(0.0, TextIs(text=Text.ANY, values=("-99",))),
    "control: OFFSET": control(
        "SELECT * FROM task_machine WHERE task_id = :task ORDER BY seq LIMIT 100 OFFSET :offset"
    ),
    "control: COUNT": control("SELECT state, COUNT(*) FROM task_machine WHERE task_id = :task GROUP BY state"),
}


def measure(world: World, ask: Question) -> tuple[float, float]:
    """CPU and wall milliseconds of one question, warmed up."""
    ask(world)
    ask(world)
    rounds, cpu, wall = 0, time.process_time(), time.perf_counter()
    while (spent := time.process_time() - cpu) < ENOUGH_SECONDS and time.perf_counter() - wall < 5 * ENOUGH_SECONDS:
        ask(world)
        rounds += 1
    return spent * 1000 / rounds, (time.perf_counter() - wall) * 1000 / rounds


def report(figures: list[dict[str, tuple[float, float]]], large: int, *, sqlite: bool) -> int:
    small_figures, large_figures = figures
    missed = 0
    print(f"{'ms':38}{'CPU 1k':>9}{f'CPU {large // 1000}k':>11}{'ratio':>8}{'bar':>6}{'wall 1k':>9}{'wall':>9}")
    for name, (small_cpu, small_wall) in small_figures.items():
        large_cpu, large_wall = large_figures[name]
        ratio, bar = large_cpu / small_cpu, BARS.get(name.partition(":")[0])
        missed += bar is not None and ratio > bar
        shown = f"{bar:6.1f}" if bar else f"{'':6}"
        print(f"{name:38}{small_cpu:9.3f}{large_cpu:11.3f}{ratio:8.2f}{shown}{small_wall:9.2f}{large_wall:9.2f}")
    worst = large_figures["hot: task and page"][0]
    if sqlite:
        missed += worst > HOT_BAR_MS
        print(f"hot path {worst:.3f} ms, bar {HOT_BAR_MS}")
    return min(1, missed)


if __name__ == "__main__":
    sys.exit(main())
