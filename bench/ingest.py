"""Steps of units per CPU second, with the counters that are kept beside them and without (the control).

Run: python bench/ingest.py [--machines 20000] [--batch 2000] [--postgresql URL]. Every machine of a task takes three
steps (leased, at work, done), so many steps a transaction; the control stores the same steps and counts nothing. Then
what a commit costs: one step a use case, from one caller and from 64 at once. Exits with 1 when counting leaves less
than 0.7 of the control's rows (design: storage, bars).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hostward.domain.host_scan import WHOLE, Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.machine import MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.options import VulOptions
from hostward.domain.task import Task, Trigger
from hostward.store.kept_counts import KeptCounts
from hostward.store.open import open_postgresql, open_sqlite
from hostward.store.session import in_chunks
from hostward.store.store import SqlStore
from hostward.usecases.ports import UnitOfWork

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BAR = 0.7
CALLERS = 64
SINGLE_STEPS = 600
STEPS: tuple[Callable[[Unit], Unit], ...] = (
    lambda unit: unit.leased(LeaseId(unit.seq + 1), NOW, timedelta(hours=1)),
    lambda unit: unit.progressed(WHOLE // 2, Note(code=Code.DOING, values={"what": "checking", "percent": "50"})),
    lambda unit: unit.judged(NOW, Note()),
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--machines", type=int, default=20_000)
    options.add_argument("--batch", type=int, default=2000)
    options.add_argument("--postgresql", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        url = chosen.postgresql
        store = open_postgresql(url, bytes(32)) if url else open_sqlite(Path(folder))
        account, machines = fleet(store, chosen.machines)
        counted, control = [], []
        for _ in range(3):
            control.append(without_counters(store, account, machines, chosen.batch))
            counted.append(ingest(store, account, machines, chosen.batch))
        singles(store, new_task(store, account, machines), 1)
        singles(store, new_task(store, account, machines), CALLERS)
        store.close()
    share = max(counted) / max(control)
    print(f"batch {chosen.batch}: {max(counted):,.0f} rows per CPU second, without counters {max(control):,.0f}")
    print(f"share {share:.2f}, bar {BAR}")
    return int(share < BAR)


def fleet(store: SqlStore, size: int) -> tuple[AccountId, list[MachineId]]:
    account = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    facts = MachineFacts(host_name="h", addresses=("10.0.0.1",), wan_ip="", os_name="Debian", agent_version="0.1.0")

    def enrol(uow: UnitOfWork, numbers: list[int]) -> list[MachineId]:
        key, name = f"{account}-{{}}".format, f"{account}-{{}}".format
        return [
            uow.machines.enrol(account, key(n).encode(), facts, quuid=f"q{name(n)}", uuid=f"u{name(n)}").id
            for n in numbers
        ]

    ids: list[MachineId] = []
    for chunk in in_chunks(range(size), 2000):
        ids += store.write_now(lambda uow, chunk=chunk: enrol(uow, chunk))
    return account, ids


def new_task(store: SqlStore, account: AccountId, machines: list[MachineId]) -> TaskId:
    def work(uow: UnitOfWork) -> TaskId:
        which = uow.tasks.next_id()
        task = Task(
            id=which,
            account=account,
            module=Module.VUL,
            trigger=Trigger.ONE_CLICK,
            options=VulOptions(),
            content=(),
            created_by="bench",
            begin=NOW,
            run_begin=NOW,
        )
        units = (
            Unit(task=which, seq=Seq(seq), machine=machine, queue_until=NOW, due=NOW)
            for seq, machine in enumerate(machines)
        )
        return uow.tasks.create(task, units).id

    return store.write_now(work)


def ingest(store: SqlStore, account: AccountId, machines: list[MachineId], batch: int) -> float:
    """Rows per CPU second, the steps themselves made before."""
    task = new_task(store, account, machines)
    units = store.read_now(lambda uow: list(uow.tasks.units(task)))
    spent, rows = 0.0, 0
    for step in STEPS:
        steps = [(unit, step(unit)) for unit in units]
        began = time.process_time()
        for chunk in in_chunks(steps, batch):
            store.write_now(lambda uow, chunk=chunk: change(uow, chunk))
        spent += time.process_time() - began
        units, rows = [after for _, after in steps], rows + len(steps)
    return rows / spent


def without_counters(store: SqlStore, account: AccountId, machines: list[MachineId], batch: int) -> float:
    """The same with nothing counted."""
    count = KeptCounts.move
    KeptCounts.move = lambda *_: None  # type: ignore[method-assign]  # the control
    try:
        return ingest(store, account, machines, batch)
    finally:
        KeptCounts.move = count  # type: ignore[method-assign]  # as it was


def change(uow: UnitOfWork, steps: list[tuple[Unit, Unit]]) -> None:
    for before, after in steps:
        uow.tasks.change(before, after, NOW)


def singles(store: SqlStore, task: TaskId, callers: int) -> None:
    """One step a use case, as agents report."""

    def work(seq: int) -> None:
        def step(uow: UnitOfWork) -> None:
            unit = uow.tasks.unit(task, Seq(seq), lock=True)
            assert unit is not None
            uow.tasks.change(unit, STEPS[0](unit), NOW)

        store.write_now(step)

    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        list(threads.map(work, range(SINGLE_STEPS)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    each = cpu * 1e6 / SINGLE_STEPS
    print(f"one step a use case, {callers} callers: {SINGLE_STEPS / wall:,.0f} a second, {each:.0f} us CPU")


if __name__ == "__main__":
    sys.exit(main())
