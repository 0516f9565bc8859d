"""Times left that are reckoned once in a second."""

from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.ids import TaskId
from hostward.store.memory import MemoryStore
from hostward.usecases.scans import describe
from small_fleet import Fleet

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


class Counted:
    """A unit of work that counts looks at the machines at work."""

    def __init__(self, uow) -> None:
        self.tasks, self._real, self.looks = self, uow.tasks, 0

    def at_work(self, task: TaskId):
        self.looks += 1
        return self._real.at_work(task)


@pytest.fixture
def fleet() -> Fleet:
    """Two machines, one of which is at work."""
    store = MemoryStore()
    account = store.write_now(lambda uow: uow.accounts.add_account("times"))
    fleet = Fleet(store=store, account=account, now=NOW)
    for name in ("web-1", "web-2"):
        fleet.add(name)
    return fleet


def test_a_task_that_is_as_it_was_is_looked_at_once_a_second(fleet: Fleet) -> None:
    """What is told are whole seconds; the next one, and every change of the task, is reckoned anew."""
    task = fleet.start()
    lease = fleet.lease(fleet.machines[0])
    times = describe.TimesLeft()

    def seen(now: datetime):
        def read(uow):
            counted = Counted(uow)
            found = uow.tasks.get(task)
            return times.of(counted, found, now), describe.left(uow, found, now.replace(microsecond=0)), counted.looks

        return fleet.store.read_now(read)

    first, plain, looks = seen(fleet.now)
    assert (first, looks) == (plain, 1)
    assert seen(fleet.now + timedelta(milliseconds=900))[2] == 0
    assert seen(fleet.now + timedelta(seconds=1))[2] == 1
    fleet.report(fleet.machines[0], lease, progress=0.9)
    again, plain, looks = seen(fleet.now + timedelta(seconds=1))
    assert (again, looks) == (plain, 1)


def test_what_is_remembered_is_bounded(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tasks are asked for."""
    monkeypatch.setattr(describe, "MOST_REMEMBERED", 2)
    times = describe.TimesLeft()
    for _ in range(5):
        task = fleet.start()
        fleet.store.read_now(lambda uow, task=task: times.of(uow, uow.tasks.get(task), fleet.now))
    assert len(times._known) <= 2
