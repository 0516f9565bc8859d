"""The hourly look for what is older than it is kept, and `hostward db prune`."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from hostward.cli.db import command
from hostward.domain.errors import DataDirectoryError, StaleLease
from hostward.domain.ids import TaskId
from hostward.store.open import open_sqlite, open_store
from hostward.usecases.ports import Store
from hostward.wiring.retention import Retention
from small_fleet import Fleet, finding, new_fleet
from store_samples import judged, leased, scan

DAYS = timedelta(days=90)


class Turned:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        """That time."""
        return self.time

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


@pytest.fixture
def old() -> tuple[Fleet, TaskId, int]:
    """A fleet with a scan that ended 100 days ago, and one that ended now; the older's task and lease."""
    made = new_fleet()
    machine = made.add("a")
    task, lease = made.start(), made.lease(machine)
    made.finish(machine, lease, finding("x"))
    made.later(100 * 86_400)
    made.session(machine, "second")
    made.start()
    made.finish(machine, made.lease(machine), finding("y"))
    return made, task, lease


def tick(store: Store, clock: Turned, kept: timedelta = DAYS) -> tuple[int, int]:
    """One look."""
    return asyncio.run(Retention(store=store, clock=clock, kept=kept).tick())


def test_a_look_removes_what_is_old(old: tuple[Fleet, TaskId, int]) -> None:
    """The task is then one that nobody knows; a second look finds nothing."""
    made, task, _ = old
    assert [tick(made.store, Turned(made.now)) for _ in range(2)] == [(1, 0), (0, 0)]
    assert made.store.read_now(lambda uow: uow.tasks.get(task)) is None


def test_zero_days_keep_every_task(old: tuple[Fleet, TaskId, int]) -> None:
    """Its results are not its machine's own any more, but the task shows them."""
    made, task, _ = old
    assert tick(made.store, Turned(made.now), timedelta(0)) == (0, 0)
    assert made.task(task).id == task


def test_a_report_for_a_removed_task_is_stale(old: tuple[Fleet, TaskId, int]) -> None:
    """An agent that was away for longer than tasks are kept is told so, by poll and report, and nothing is stored."""
    made, _, lease = old
    tick(made.store, Turned(made.now))
    machine = made.machines[0]
    with pytest.raises(StaleLease):
        made.report(machine, lease, (0, [finding("late")]))
    assert made.poll(machine, lease).lost == [lease]
    assert list(made.store.read_now(lambda uow: uow.results.items(machine.id, lease))) == []


def test_all_leases_are_looked_at_once_a_day() -> None:
    """Not every hour: it reads the whole table."""
    made = new_fleet()
    machine = made.add("a")
    task = made.start()
    made.finish(machine, made.lease(machine), finding("x"))
    clock = Turned(made.now)
    looks = Retention(store=made.store, clock=clock, kept=DAYS)
    assert asyncio.run(looks.tick()) == (0, 0)
    made.rerun(task, machine.quuid)
    made.finish(machine, made.lease(machine), finding("y"))
    clock.time += timedelta(days=3)
    assert asyncio.run(looks.tick()) == (0, 1)
    assert asyncio.run(looks.tick()) == (0, 0)


def prune(folder: Path, *options: str) -> str:
    """What `hostward db prune` says."""
    done = CliRunner().invoke(command, ["prune", "--data", str(folder), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_counts_beside_a_server_and_removes_without_one(tmp_path: Path) -> None:
    """--dry-run changes nothing; a server that runs does the rest itself."""
    with closing(open_sqlite(tmp_path)) as store:
        first = scan(store, 2)
        second = scan(store, 0, owner=first.account)
        for seq in range(2):
            first.step(seq, leased(seq + 1, LONG_AGO), judged(LONG_AGO), now=LONG_AGO)
        assert second.id > first.id
    with closing(open_store(tmp_path)):
        assert prune(tmp_path, "--dry-run", "--days", "1") == DRY
        with pytest.raises(DataDirectoryError):
            prune(tmp_path, "--days", "1")
    assert prune(tmp_path, "--dry-run", "--days", "1") == DRY
    assert prune(tmp_path, "--days", "1").startswith("removed: 1 tasks")
    assert prune(tmp_path, "--dry-run", "--days", "1") == DRY.replace("1 tasks with 2", "0 tasks with 0")


LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
DRY = "to remove: 1 tasks with 2 machines, results of 0 scans\n"
