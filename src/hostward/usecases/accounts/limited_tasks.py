"""Tasks as a user sees them who is limited to some machines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

from hostward.domain.account import User
from hostward.domain.advisory import Match
from hostward.domain.client_token import ClientToken
from hostward.domain.durations import Durations
from hostward.domain.errors import Forbidden, NotFound
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId, UserId
from hostward.domain.machine_filter import TASK_ORDER, Conditions, Order, Tagged
from hostward.domain.module import Module
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.usecases.ports import Tasks
from hostward.usecases.records import (
    ALL_TASKS,
    Lease,
    MachineRow,
    Page,
    RiskPage,
    RiskQuery,
    Seen,
    TaskFilter,
    TaskVul,
)

Reach = Callable[[], frozenset[MachineId]]


class LimitedTasks:
    """ports.Tasks over the machines in reach: a task's counts and end are those of its machines among them."""

    def __init__(self, tasks: Tasks, user: User, reach: Reach) -> None:
        self._tasks = tasks
        self._user = user
        self._reach = reach

    def next_id(self) -> TaskId:
        """A task id never given before."""
        return self._tasks.next_id()

    def create(self, task: Task, units: Iterable[Unit]) -> Task:
        """Store a new task; all its machines are in reach."""
        return self._tasks.create(task, [self._reached(unit) for unit in units])

    def get(self, task: TaskId, *, lock: bool = False) -> Task | None:
        """The task, if one of its machines is in reach."""
        found = self._tasks.get(task, lock=lock)
        return None if found is None else self._shown(found)

    def put(self, task: Task) -> None:
        """Store a task. A stop of all its machines is not theirs to note while it has others, which go on."""
        stored = self._tasks.get(task.id)
        if stored is None or self._shown(stored) is None:
            raise NotFound(f"there is no task {task.id}")
        stops = task.stop_at is not None and stored.stop_at is None
        if not (stops and stored.tally.machines != task.tally.machines):
            self._tasks.put(task)

    def newest(self, account: AccountId, module: Module) -> Task | None:
        """The newest task of the module with a machine in reach."""
        _, tasks = self.list(account, module=module, states=frozenset(), limit=1, offset=0)
        return tasks[0] if tasks else None

    def list(
        self,
        account: AccountId,
        *,
        module: Module | None,
        states: frozenset[ScanState],
        limit: int,
        offset: int,
        tags: Sequence[str] = (),
        narrowed: TaskFilter = ALL_TASKS,
    ) -> tuple[int, Sequence[Task]]:
        """A page of the tasks with a machine in reach, newest first."""
        total, tasks = self._tasks.list(
            account,
            module=module,
            states=states,
            limit=limit,
            offset=offset,
            tags=tags or self._user.tags,
            narrowed=narrowed,
        )
        shown = (self._shown(task) for task in tasks)
        return total, [task for task in shown if task is not None]

    def seen(self, task: TaskId, tags: Sequence[str]) -> Seen:
        """Counted over machines in reach, whatever tags are named."""
        return self._tasks.seen(task, self._user.tags)

    def unit(self, task: TaskId, seq: Seq, *, lock: bool = False) -> Unit | None:
        """One unit, if its machine is in reach."""
        unit = self._tasks.unit(task, seq, lock=lock)
        return unit if unit is not None and unit.machine in self._reach() else None

    def units(self, task: TaskId) -> Iterable[Unit]:
        """The units of machines in reach, in seq order."""
        reach = self._reach()
        return (unit for unit in self._tasks.units(task) if unit.machine in reach)

    def open_units(self, machine: MachineId) -> Sequence[Unit]:
        """The machine's units that are not final, if it is in reach."""
        return self._tasks.open_units(machine) if machine in self._reach() else ()

    def open_units_of(self, task: TaskId, machines: frozenset[MachineId] | None = None) -> Sequence[Unit]:
        """The task's units that are not final, of machines in reach."""
        reach = self._reach()
        return self._tasks.open_units_of(task, reach if machines is None else machines & reach)

    def change(self, before: Unit, after: Unit, now: datetime) -> None:
        """Store a unit's step."""
        self._tasks.change(self._reached(before), after, now)

    def page(self, task: TaskId, conditions: Conditions, *, limit: int, offset: int, order: Order = TASK_ORDER) -> Page:
        """A page of the task's machines in reach that meet the conditions."""
        narrowed = (*conditions, Tagged(values=self._user.tags))
        return self._tasks.page(task, narrowed, limit=limit, offset=offset, order=order)

    def risks(
        self, task: TaskId, module: Module, wanted: RiskQuery, *, limit: int, offset: int, tags: Sequence[str] = ()
    ) -> RiskPage:
        """What was found on machines in reach, whatever tags are named."""
        return self._tasks.risks(task, module, wanted, limit=limit, offset=offset, tags=self._user.tags)

    def rows_from(self, task: TaskId, conditions: Conditions, *, first: Seq, limit: int) -> Sequence[MachineRow]:
        """The next of the task's machines in reach that meet the conditions."""
        narrowed = (*conditions, Tagged(values=self._user.tags))
        return self._tasks.rows_from(task, narrowed, first=first, limit=limit)

    def record_vuls(self, unit: Unit, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities this unit found."""
        return self._tasks.record_vuls(self._reached(unit), matches)

    def vuls(self, task: TaskId, *, limit: int, tags: Sequence[str] = ()) -> Sequence[TaskVul]:
        """What was found on machines in reach, worst first."""
        return self._tasks.vuls(task, limit=limit, tags=self._user.tags)

    def at_work(self, task: TaskId) -> Sequence[tuple[datetime, int]]:
        """None: what is counted of machines in reach says enough of the time left."""
        return ()

    def history(self, account: AccountId, module: Module) -> Durations:
        """How long scans of the module took."""
        return self._tasks.history(account, module)

    def client_token(self, account: AccountId, user: UserId, token: str) -> ClientToken | None:
        """The user's start with this token: their own alone."""
        return self._tasks.client_token(account, user, token) if user == self._user.id else None

    def add_client_token(self, known: ClientToken) -> None:
        """Remember a start of theirs."""
        self._tasks.add_client_token(known)

    def forget_client_tokens(self, account: AccountId, before: datetime) -> None:
        """Remove old tokens: whose they are makes no difference."""
        self._tasks.forget_client_tokens(account, before)

    def fade(self, account: AccountId, module: Module, *, scans: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def recount(self, task: TaskId) -> Tally:
        """The counts of machines in reach, which are never kept."""
        return self._tasks.seen(task, self._user.tags).tally

    def due(self, now: datetime, limit: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def next_lease(self) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def add_lease(self, lease: Lease) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def lease(self, lease: LeaseId, *, lock: bool = False) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def put_lease(self, lease: Lease) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def learn(self, account: AccountId, module: Module, took: timedelta) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def _shown(self, task: Task) -> Task | None:
        """The task as far as machines in reach go; None without any."""
        if task.account != self._user.account:
            return None
        seen = self._tasks.seen(task.id, self._user.tags)
        if not seen.tally.machines:
            return None
        return replace(task, tally=seen.tally, end=seen.end if seen.tally.is_done else None)

    def _reached(self, unit: Unit) -> Unit:
        if unit.machine not in self._reach():
            _forbidden()
        return unit


def _forbidden() -> NoReturn:
    raise Forbidden("this reaches machines that you are not allowed to see")
