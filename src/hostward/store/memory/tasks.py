"""Tasks, their units, leases and tallies in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hostward.domain.advisory import Match
from hostward.domain.client_token import ClientToken
from hostward.domain.durations import UNKNOWN, Durations, class_of, durations_of
from hostward.domain.errors import NotFound
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId, UserId
from hostward.domain.machine_filter import TASK_ORDER, Conditions, Order
from hostward.domain.module import Module
from hostward.domain.progress import MOST_AT_WORK
from hostward.domain.tally import Tally
from hostward.domain.tally import recount as recounted
from hostward.domain.task import ScanState, Task
from hostward.store.codec import options_of, options_text
from hostward.store.found_vuls import badness
from hostward.store.memory import pages, task_risks, task_vuls
from hostward.store.memory.state import State
from hostward.store.outdated import outdated
from hostward.store.texts import ascii_lower, clean
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


class MemoryTasks:
    """ports.Tasks."""

    def __init__(self, state: State) -> None:
        self._state = state

    def next_id(self) -> TaskId:
        """A task id never given before."""
        return TaskId(self._state.take("task"))

    def create(self, task: Task, units: Iterable[Unit]) -> Task:
        """Store a new task with its units."""
        stored = [_stored(unit) for unit in units]
        self._state.units.update({(task.id, unit.seq): unit for unit in stored})
        created = replace(_shown(task), vul_rev=0).counted(recounted(stored), task.begin)
        self._state.tasks[task.id] = created
        return created

    def get(self, task: TaskId, *, lock: bool = False) -> Task | None:
        """The task, whole; a transaction has everything to itself, locked or not."""
        return self._state.tasks.get(task)

    def put(self, task: Task) -> None:
        """Store everything but tally, end and vul_rev."""
        kept = self._state.tasks.get(task.id)
        if kept is None:
            raise NotFound(f"there is no task {task.id}")
        self._state.tasks[task.id] = replace(_shown(task), tally=kept.tally, end=kept.end, vul_rev=kept.vul_rev)

    def newest(self, account: AccountId, module: Module) -> Task | None:
        """The account's newest task of the module."""
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
        """How many there are, and a page of them, newest first."""
        tasks = [
            task
            for _, task in sorted(self._state.tasks.items(), reverse=True)
            if task.account == account
            and module in (None, task.module)
            and _meant(task, narrowed)
            and (not tags or self.seen(task.id, tags).tally.machines > 0)
            and (not states or self._shown(task, tags).state in states)
        ]
        return len(tasks), tasks[offset : offset + limit]

    def seen(self, task: TaskId, tags: Sequence[str]) -> Seen:
        """What is counted over the task's machines with these tags."""
        units = [unit for unit in self.units(task) if pages.has_tag(self._state, unit.machine, tags)]
        found = task_vuls.counted(self._state, task, [unit.seq for unit in units])
        end = max((unit.end for unit in units if unit.end is not None), default=None)
        return Seen(tally=recounted(units, vuls=len(found)), end=end)

    def unit(self, task: TaskId, seq: Seq, *, lock: bool = False) -> Unit | None:
        """One unit."""
        return self._state.units.get((task, seq))

    def units(self, task: TaskId) -> Iterator[Unit]:
        """All units of a task in seq order."""
        return (unit for (which, _), unit in sorted(self._state.units.items(), key=_key) if which == task)

    def open_units(self, machine: MachineId) -> Sequence[Unit]:
        """The machine's units that are not final, oldest task first."""
        return [unit for unit in self._open() if unit.machine == machine]

    def open_units_of(self, task: TaskId, machines: frozenset[MachineId] | None = None) -> Sequence[Unit]:
        """The task's units that are not final, in seq order."""
        return [unit for unit in self._open() if unit.task == task and (machines is None or unit.machine in machines)]

    def due(self, now: datetime, limit: int) -> Sequence[Unit]:
        """Units whose due time has come, longest due first."""
        due = [(unit.due, unit.task, unit.seq) for unit in self._open() if unit.due is not None and unit.due <= now]
        return [self._state.units[task, seq] for _, task, seq in sorted(due)[:limit]]

    def change(self, before: Unit, after: Unit, now: datetime) -> None:
        """Store a unit's step and what it does to the counts."""
        at = before.task, before.seq
        stored = self._state.units.get(at)
        if stored is None or stored.rev != before.rev:
            raise outdated(before)
        if before.rev == after.rev:
            self._state.units[at] = replace(stored, due=after.due)
            return
        self._state.units[at] = _stored(after)
        task = self._state.tasks[before.task]
        self._state.tasks[before.task] = task.counted(task.tally.moved(before, after), now)

    def client_token(self, account: AccountId, user: UserId, token: str) -> ClientToken | None:
        """The user's start with this token."""
        return self._state.client_tokens.get((account, user, token))

    def add_client_token(self, known: ClientToken) -> None:
        """Remember a start; transactions take turns, so that nobody else adds the same."""
        self._state.client_tokens[(known.account, known.user, known.token)] = known

    def forget_client_tokens(self, account: AccountId, before: datetime) -> None:
        """Remove the account's tokens of starts at this time or earlier."""
        for key, one in list(self._state.client_tokens.items()):
            if one.account == account and one.created <= before:
                del self._state.client_tokens[key]

    def next_lease(self) -> LeaseId:
        """A lease id above every one given before."""
        return LeaseId(self._state.take("lease"))

    def add_lease(self, lease: Lease) -> None:
        """Remember a lease that is being given."""
        self._state.leases[lease.id] = lease

    def lease(self, lease: LeaseId, *, lock: bool = False) -> Lease | None:
        """A lease by its id."""
        return self._state.leases.get(lease)

    def put_lease(self, lease: Lease) -> None:
        """Store acked and ended of a lease."""
        kept = self._state.leases.get(lease.id)
        if kept is None:
            raise NotFound(f"there is no lease {lease.id}")
        self._state.leases[lease.id] = replace(kept, acked=lease.acked, ended=lease.ended)

    def page(self, task: TaskId, conditions: Conditions, *, limit: int, offset: int, order: Order = TASK_ORDER) -> Page:
        """A page of the task's machines that meet the conditions."""
        return pages.page(self._state, list(self.units(task)), conditions, limit=limit, offset=offset, order=order)

    def rows_from(self, task: TaskId, conditions: Conditions, *, first: Seq, limit: int) -> Sequence[MachineRow]:
        """The next of the task's machines that meet the conditions."""
        units = [unit for unit in self.units(task) if unit.seq >= first]
        return pages.page(self._state, units, conditions, limit=limit, offset=0).rows

    def record_vuls(self, unit: Unit, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities this unit found."""
        return task_vuls.record(self._state, unit, matches)

    def vuls(self, task: TaskId, *, limit: int, tags: Sequence[str] = ()) -> Sequence[TaskVul]:
        """What the task found, worst first."""
        worst = task_vuls.worst(self._state, task)
        if tags:
            seqs = [unit.seq for unit in self.units(task) if pages.has_tag(self._state, unit.machine, tags)]
            on = task_vuls.counted(self._state, task, seqs)
            worst = sorted((replace(vul, machines=on[vul.id]) for vul in worst if vul.id in on), key=badness)
        return worst[:limit]

    def risks(
        self, task: TaskId, module: Module, wanted: RiskQuery, *, limit: int, offset: int, tags: Sequence[str] = ()
    ) -> RiskPage:
        """A page of what the task found, worst first."""
        if module is Module.VUL:
            found = task_risks.of_vuls(self.vuls(task, limit=len(self._state.task_vuls), tags=tags), wanted)
        else:
            units = [unit for unit in self.units(task) if not tags or pages.has_tag(self._state, unit.machine, tags)]
            found = task_risks.of_units(self._state, units, module, wanted)
        return RiskPage(total=len(found), rows=found[offset : offset + limit])

    def at_work(self, task: TaskId) -> Sequence[tuple[datetime, int]]:
        """When units that hold a lease began, and their progress."""
        working = [unit for unit in self._open() if unit.task == task and unit.state.holds_lease]
        return [(unit.begin, unit.progress) for unit in working if unit.begin is not None][:MOST_AT_WORK]

    def history(self, account: AccountId, module: Module) -> Durations:
        """How long scans of the module took."""
        return self._state.lengths.get((account, module), UNKNOWN)

    def fade(self, account: AccountId, module: Module, *, scans: int) -> None:
        """Let older scans count for less."""
        known = self.history(account, module)
        if known.scans > scans:
            faded = {number: -(-count * scans // known.scans) for number, count in known.classes}
            self._state.lengths[account, module] = durations_of(faded)

    def learn(self, account: AccountId, module: Module, took: timedelta) -> None:
        """Count a scan in its class."""
        counts = Counter(dict(self.history(account, module).classes)) + Counter([class_of(took)])
        self._state.lengths[account, module] = durations_of(counts)

    def recount(self, task: TaskId) -> Tally:
        """The tally counted anew."""
        sets = (one.counted for (which, _), one in self._state.unit_vuls.items() if which == task)
        return recounted(self.units(task), vuls=len(frozenset().union(*sets)))

    def _shown(self, task: Task, tags: Sequence[str]) -> Task:
        return replace(task, tally=self.seen(task.id, tags).tally) if tags else task

    def _open(self) -> Sequence[Unit]:
        return [unit for _, unit in sorted(self._state.units.items(), key=_key) if not unit.is_final]


def _meant(task: Task, wanted: TaskFilter) -> bool:
    query = ascii_lower(clean(wanted.query))
    return (
        (not wanted.triggers or task.trigger in wanted.triggers)
        and (not query or query == str(task.id) or query in ascii_lower(task.created_by))
        and (wanted.after is None or task.begin >= wanted.after)
        and (wanted.before is None or task.begin <= wanted.before)
        and (wanted.below is None or task.id < wanted.below)
    )


def _key(entry: tuple[tuple[TaskId, Seq], Unit]) -> tuple[TaskId, Seq]:
    return entry[0]


def _shown(task: Task) -> Task:
    """The task as a database would give it back."""
    options = options_of(task.module, options_text(task.options))
    return replace(
        task,
        options=options,
        created_by=clean(task.created_by),
        stop_by=clean(task.stop_by),
        content=tuple(map(clean, task.content)),
    )


def _stored(unit: Unit) -> Unit:
    values = {clean(name): clean(value) for name, value in unit.note.values.items()}
    return unit if values == unit.note.values else replace(unit, note=replace(unit.note, values=values))
