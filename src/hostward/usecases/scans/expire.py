"""End what timed out, and take back what went silent: the reaper's look at the units that are due."""

from datetime import datetime

from hostward.domain.host_scan import Unit
from hostward.domain.ids import MachineId
from hostward.domain.task import Task, overdue
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork

AT_ONCE = 500
"""Units looked at in one transaction; more wait for the next, so that other writers get their turn."""


def expire(
    uow: UnitOfWork, *, now: datetime, limit: int = AT_ONCE, listening_since: datetime | None = None
) -> tuple[int, tuple[MachineId, ...]]:
    """Look at the units that are due: how many there were, and whose agents should ask again.

    listening_since: see domain.task.overdue.
    """
    units = uow.tasks.due(now, limit)
    looked = [_look(uow, unit, now, listening_since) for unit in units]
    # Only after all steps: the counts of all tasks are then written at once, in the order of their keys.
    tell_finished(uow, [task for after, task in looked if after.is_final], now)
    waiting = [after.machine for after, _ in looked if not after.is_final]
    return len(units), tuple(dict.fromkeys(waiting))


def _look(uow: UnitOfWork, unit: Unit, now: datetime, listening_since: datetime | None) -> tuple[Unit, Task]:
    task, machine = uow.tasks.get(unit.task), uow.machines.get(unit.machine)
    assert task is not None
    assert machine is not None
    after = overdue(unit, task, machine, now, listening_since=listening_since)
    uow.tasks.change(unit, after, now)
    return after, task
