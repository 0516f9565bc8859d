"""Tasks, their units, leases and tallies in SQL."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hostward.domain.advisory import Match
from hostward.domain.client_token import ClientToken
from hostward.domain.durations import Durations
from hostward.domain.errors import NotFound
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId, UserId
from hostward.domain.machine_filter import TASK_ORDER, Conditions, Order
from hostward.domain.module import Module
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.store import (
    client_tokens,
    counters,
    leases,
    machine_tags,
    pages,
    sorted_pages,
    task_risks,
    task_rows,
    task_vuls,
    unit_queries,
    unit_rows,
)
from hostward.store.ignore_rows import KeptRules
from hostward.store.kept_counts import KeptCounts
from hostward.store.session import Session
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


class SqlTasks:
    """ports.Tasks. Counts are gathered and written before anything that shows them is read, and by flush()."""

    def __init__(self, session: Session, rules: KeptRules) -> None:
        self._session = session
        self._rules = rules
        self._counts = KeptCounts(session)

    def flush(self) -> None:
        """Write what is still gathered: before the transaction ends."""
        self._counts.flush()

    def next_id(self) -> TaskId:
        """A task id never given before."""
        return TaskId(counters.take(self._session, "task"))

    def create(self, task: Task, units: Iterable[Unit]) -> Task:
        """Store a new task with its units."""
        tally = unit_queries.create(self._session, task.account, task.id, units)
        created = replace(task, vul_rev=0).counted(tally, task.begin)
        task_rows.add(self._session, created)
        return created

    def get(self, task: TaskId, *, lock: bool = False) -> Task | None:
        """The task, whole."""
        self._counts.flush()
        return task_rows.read(self._session, task, lock=lock)

    def put(self, task: Task) -> None:
        """Store everything but tally, end and vul_rev."""
        if not task_rows.put(self._session, task):
            raise NotFound(f"there is no task {task.id}")

    def newest(self, account: AccountId, module: Module) -> Task | None:
        """The account's newest task of the module."""
        self._counts.flush()
        return task_rows.newest(self._session, account, module)

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
        """How many there are, and a page of them, newest first."""
        self._counts.flush()
        return task_rows.page(
            self._session, account, module, states, limit=limit, offset=offset, tags=tags, narrowed=narrowed
        )

    def seen(self, task: TaskId, tags: Sequence[str]) -> Seen:
        """What is counted over the task's machines with these tags."""
        return machine_tags.seen(self._session, task, tags)

    def unit(self, task: TaskId, seq: Seq, *, lock: bool = False) -> Unit | None:
        """One unit."""
        return unit_queries.read(self._session, task, seq, lock=lock)

    def units(self, task: TaskId) -> Iterator[Unit]:
        """All units of a task in seq order."""
        return unit_queries.all_of(self._session, task)

    def open_units(self, machine: MachineId) -> Sequence[Unit]:
        """The machine's units that are not final, oldest task first."""
        return unit_queries.open_of_machine(self._session, machine)

    def open_units_of(self, task: TaskId, machines: frozenset[MachineId] | None = None) -> Sequence[Unit]:
        """The task's units that are not final, in seq order."""
        return unit_queries.open_of_task(self._session, task, machines)

    def due(self, now: datetime, limit: int) -> Sequence[Unit]:
        """Units whose due time has come, longest due first."""
        return unit_queries.due(self._session, now, limit)

    def change(self, before: Unit, after: Unit, now: datetime) -> None:
        """Store a unit's step and what it does to the counts."""
        unit_rows.step(self._session, before, after)
        if before.rev != after.rev:
            self._counts.move(before, after, now)

    def client_token(self, account: AccountId, user: UserId, token: str) -> ClientToken | None:
        """The user's start with this token."""
        return client_tokens.find(self._session, account, user, token)

    def add_client_token(self, known: ClientToken) -> None:
        """Remember a start."""
        client_tokens.add(self._session, known)

    def forget_client_tokens(self, account: AccountId, before: datetime) -> None:
        """Remove the account's tokens of starts at this time or earlier."""
        client_tokens.forget(self._session, account, before)

    def next_lease(self) -> LeaseId:
        """A lease id above every one given before."""
        return LeaseId(counters.take(self._session, "lease"))

    def add_lease(self, lease: Lease) -> None:
        """Remember a lease that is being given."""
        leases.add(self._session, lease)

    def lease(self, lease: LeaseId, *, lock: bool = False) -> Lease | None:
        """A lease by its id."""
        return leases.read(self._session, lease, lock=lock)

    def put_lease(self, lease: Lease) -> None:
        """Store acked and ended of a lease."""
        if not leases.put(self._session, lease):
            raise NotFound(f"there is no lease {lease.id}")

    def page(self, task: TaskId, conditions: Conditions, *, limit: int, offset: int, order: Order = TASK_ORDER) -> Page:
        """A page of the task's machines that meet the conditions."""
        self._counts.flush()
        if order != TASK_ORDER:
            return sorted_pages.page(self._session, task, conditions, order, limit=limit, offset=offset)
        return pages.page(self._session, task, conditions, limit=limit, offset=offset)

    def rows_from(self, task: TaskId, conditions: Conditions, *, first: Seq, limit: int) -> Sequence[MachineRow]:
        """The next of the task's machines that meet the conditions."""
        return pages.rows_from(self._session, task, conditions, first=first, limit=limit)

    def record_vuls(self, unit: Unit, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities this unit found."""
        return task_vuls.record(self._session, unit, matches, self._rules)

    def vuls(self, task: TaskId, *, limit: int, tags: Sequence[str] = ()) -> Sequence[TaskVul]:
        """What the task found, worst first."""
        if tags:
            return machine_tags.worst(self._session, task, limit, tags)
        return task_vuls.worst(self._session, task, limit)

    def risks(
        self, task: TaskId, module: Module, wanted: RiskQuery, *, limit: int, offset: int, tags: Sequence[str] = ()
    ) -> RiskPage:
        """A page of what the task found, worst first."""
        return task_risks.page(self._session, task, module, wanted, limit=limit, offset=offset, tags=tags)

    def at_work(self, task: TaskId) -> Sequence[tuple[datetime, int]]:
        """When units that hold a lease began, and their progress."""
        return unit_queries.at_work(self._session, task)

    def history(self, account: AccountId, module: Module) -> Durations:
        """How long scans of the module took."""
        return leases.history(self._session, account, module)

    def fade(self, account: AccountId, module: Module, *, scans: int) -> None:
        """Let older scans count for less."""
        leases.fade(self._session, account, module, scans)

    def learn(self, account: AccountId, module: Module, took: timedelta) -> None:
        """A scan ended well after this long."""
        leases.learn(self._session, account, module, took)

    def recount(self, task: TaskId) -> Tally:
        """The tally counted anew."""
        return unit_queries.recount(self._session, task, vuls=task_vuls.count(self._session, task))
