"""A store made of lists, for tests of the layers above it: whatever state is put in comes out."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hostward.domain.account import ApiKey
from hostward.domain.errors import HostwardError
from hostward.domain.host_scan import UnitState
from hostward.domain.machine import Machine
from hostward.domain.tally import EMPTY
from hostward.domain.task import Task
from hostward.usecases.records import MachineRow, Page, TaskVul


@dataclass
class FakeTasks:
    """Tasks, and for each its rows: a list, or a function of a row's number for the very large."""

    stored: dict[int, Task] = field(default_factory=dict)
    rows: dict[int, Sequence[MachineRow] | Callable[[int], MachineRow]] = field(default_factory=dict)
    found: dict[int, list[TaskVul]] = field(default_factory=dict)
    asked: list[dict] = field(default_factory=list)
    """Every call of page, with its arguments."""

    def next_id(self) -> int:
        return max(self.stored, default=0) + 1

    def typical(self, account, module):
        return None

    def create(self, task: Task, units) -> Task:
        entered = list(units)
        self.stored[task.id] = replace(task, tally=replace(EMPTY, machines=len(entered), pending=len(entered)))
        return self.stored[task.id]

    def get(self, task: int, *, lock: bool = False) -> Task | None:
        return self.stored.get(task)

    def put(self, task: Task) -> None:
        self.stored[task.id] = task

    def newest(self, account, module) -> Task | None:
        mine = [task for task in self.stored.values() if (task.account, task.module) == (account, module)]
        return max(mine, key=lambda task: task.id, default=None)

    def list(self, account, *, module, states, limit, offset):
        mine = [
            task
            for task in sorted(self.stored.values(), key=lambda task: -task.id)
            if task.account == account and module in (None, task.module) and (not states or task.state in states)
        ]
        return len(mine), mine[offset : offset + limit]

    def open_units_of(self, task, machines=None):
        return []

    def page(self, task, conditions, *, limit, offset) -> Page:
        self.asked.append({"task": task, "conditions": tuple(conditions), "limit": limit, "offset": offset})
        rows = self.rows.get(task, ())
        if callable(rows):
            total = self.stored[task].tally.machines
            return Page(total=total, rows=[rows(seq) for seq in range(offset, min(total, offset + limit))])
        return Page(total=len(rows), rows=rows[offset : offset + limit])

    def vuls(self, task, *, limit):
        return self.found.get(task, [])[:limit]


@dataclass
class FakeMachines:
    """Machines of every account."""

    stored: list[Machine] = field(default_factory=list)

    def of_account(self, account) -> list[Machine]:
        return [machine for machine in self.stored if machine.account == account]

    def by_quuids(self, account, quuids):
        return {machine.quuid: machine for machine in self.of_account(account) if machine.quuid in set(quuids)}


@dataclass
class FakeAdvisories:
    """Vulnerabilities that are known."""

    known: list[TaskVul] = field(default_factory=list)

    def vuls(self, ids):
        return [vul for vul in self.known if vul.id in ids]


@dataclass
class FakeAccounts:
    """Keys, and how often one was looked up."""

    stored: dict[str, ApiKey] = field(default_factory=dict)
    looked_up: int = 0

    def key(self, secret_id: str) -> ApiKey | None:
        self.looked_up += 1
        return self.stored.get(secret_id)


@dataclass
class FakeStore:
    """The store, and its own unit of work. broken: what everything but the look-up of a key raises."""

    tasks: FakeTasks = field(default_factory=FakeTasks)
    machines: FakeMachines = field(default_factory=FakeMachines)
    advisories: FakeAdvisories = field(default_factory=FakeAdvisories)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    broken: Exception | None = None

    async def read(self, work):
        if self.broken is None:
            return work(self)
        looked_up = self.accounts.looked_up
        with suppress(HostwardError):
            key = work(self)
            if self.accounts.looked_up > looked_up:
                return key  # who calls is known, all else fails
        raise self.broken

    async def write(self, work):
        return await self.read(work)


def row(seq: int, **changes) -> MachineRow:
    """A row of a page: machine number seq, waiting, unless changed."""
    plain = MachineRow(
        seq=seq, machine=seq + 1, quuid=f"q-{seq}", uuid=f"u-{seq}", host_name=f"host-{seq}",
        inner_ip=f"10.0.{seq // 256 % 256}.{seq % 256}", wan_ip="", os_name="Debian GNU/Linux 12 (bookworm)",
        state=UnitState.PENDING, fail=0, risk_num=0, begin=0, end=0, progress=0, note_code="waiting",
        note_values="{}",
    )  # fmt: skip
    return plain._replace(**changes)
