"""Removing what is old, in memory: a task goes with all it leaves at once."""

from collections.abc import Sequence
from datetime import datetime

from hostward.domain.ids import LeaseId, TaskId
from hostward.domain.task import Task
from hostward.store.memory.results import MemoryResults
from hostward.store.memory.state import State
from hostward.usecases.records import Lease
from hostward.usecases.retention_ports import Weight


class MemoryRetention:
    """ports.Retention."""

    def __init__(self, state: State, results: MemoryResults) -> None:
        self._state = state
        self._results = results

    def weigh(self, before: datetime, unshown_before: datetime) -> Weight:
        """What removing would come to."""
        tasks = set(self._old(before))
        leases = [
            each
            for each in self._state.leases.values()
            if not self._is_own(each)
            and (each.task in tasks or (self._is_unshown(each) and each.given < unshown_before))
        ]
        machines = sum(self._state.tasks[task].tally.machines for task in tasks)
        return Weight(tasks=len(tasks), machines=machines, leases=len(leases))

    def old_tasks(self, before: datetime, limit: int) -> Sequence[TaskId]:
        """Tasks that may go, oldest first."""
        return self._old(before)[:limit]

    def remove(self, task: TaskId, before: datetime) -> bool:
        """The task is gone, and all that it leaves."""
        if task not in self._old(before):
            return False
        state = self._state
        del state.tasks[task]
        state.units = {key: unit for key, unit in state.units.items() if key[0] != task}
        state.unit_vuls = {key: vuls for key, vuls in state.unit_vuls.items() if key[0] != task}
        state.task_vuls = {key: counted for key, counted in state.task_vuls.items() if key[0] != task}
        for each in [each for each in state.leases.values() if each.task == task and not self._is_own(each)]:
            self._drop(each)
        return True

    def sweep(self, limit: int) -> int:
        """Nothing was left."""
        return 0

    def unshown(self, after: LeaseId, before: datetime, limit: int) -> tuple[LeaseId | None, Sequence[LeaseId]]:
        """The last of the next leases, and those of them whose results nothing shows."""
        given = sorted(each.id for each in self._state.leases.values() if each.given < before and each.id > after)
        looked = given[:limit]
        if not looked:
            return None, ()
        return looked[-1], [each for each in looked if self._is_unshown(self._state.leases[each])]

    def forget(self, leases: Sequence[LeaseId]) -> int:
        """Remove those of the leases that nothing shows."""
        known = [self._state.leases[each] for each in leases if each in self._state.leases]
        unshown = [each for each in known if self._is_unshown(each)]
        for each in unshown:
            self._drop(each)
        return len(unshown)

    def _old(self, before: datetime) -> list[TaskId]:
        newest: dict[object, TaskId] = {}
        for number, each in sorted(self._state.tasks.items()):
            newest[each.account, each.module] = number
        return [
            number
            for number, each in sorted(self._state.tasks.items())
            if _ended_before(each, before) and newest[each.account, each.module] != number
        ]

    def _is_own(self, lease: Lease) -> bool:
        return any(key[0] == lease.machine and current[0] == lease.id for key, current in self._state.current.items())

    def _is_unshown(self, lease: Lease) -> bool:
        unit = self._state.units.get((lease.task, lease.seq))
        return not self._is_own(lease) and (unit is None or unit.lease != lease.id)

    def _drop(self, lease: Lease) -> None:
        self._results.drop(lease.machine, lease.id)
        del self._state.leases[lease.id]


def _ended_before(task: Task, before: datetime) -> bool:
    return task.tally.final == task.tally.machines and task.end is not None and task.end < before
