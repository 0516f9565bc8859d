"""A store made of lists, for tests of the layers above it: whatever state is put in comes out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hostward.domain.account import ApiKey
from hostward.domain.durations import UNKNOWN
from hostward.domain.errors import HostwardError
from hostward.domain.host_scan import Unit, UnitState
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import TASK_ORDER, AtRisk
from hostward.domain.module import Module
from hostward.domain.tally import EMPTY
from hostward.domain.task import Task
from hostward.store.found_risks import meeting, of_vul
from hostward.store.memory.accounts import MemoryAccounts
from hostward.store.memory.agents import MemoryAgents
from hostward.store.memory.audit import MemoryAudit
from hostward.store.memory.console_sessions import MemoryConsoleSessions
from hostward.store.memory.credentials import MemoryCredentials
from hostward.store.memory.enrolments import MemoryEnrolments
from hostward.store.memory.fleet import MemoryFleet
from hostward.store.memory.ignores import MemoryIgnores
from hostward.store.memory.limits import MemoryLimits
from hostward.store.memory.requests import MemoryRequests
from hostward.store.memory.results import MemoryResults
from hostward.store.memory.schedules import MemorySchedules
from hostward.store.memory.state import State
from hostward.store.memory.totals import MemoryTotals
from hostward.store.memory.vul_events import MemoryVulEvents
from hostward.store.memory.webhooks import MemoryWebhooks
from hostward.usecases.records import (
    ALL_TASKS,
    FeedStatus,
    Label,
    Listed,
    MachinePage,
    MachineRow,
    Page,
    RiskPage,
    TaskVul,
)


@dataclass
class FakeTasks:
    """Tasks, and for each its rows: a list, or a function of a row's number for the very large."""

    stored: dict[int, Task] = field(default_factory=dict)
    rows: dict[int, Sequence[MachineRow] | Callable[[int], MachineRow]] = field(default_factory=dict)
    found: dict[int, list[TaskVul]] = field(default_factory=dict)
    entered: dict[int, list[Unit]] = field(default_factory=dict)
    asked: list[dict] = field(default_factory=list)
    """Every call of page, with its arguments."""

    def next_id(self) -> int:
        return max(self.stored, default=0) + 1

    def history(self, account, module):
        return UNKNOWN

    def at_work(self, task):
        return []

    def create(self, task: Task, units) -> Task:
        entered = self.entered[task.id] = list(units)
        self.stored[task.id] = replace(task, tally=replace(EMPTY, machines=len(entered), pending=len(entered)))
        return self.stored[task.id]

    def get(self, task: int, *, lock: bool = False) -> Task | None:
        return self.stored.get(task)

    def put(self, task: Task) -> None:
        self.stored[task.id] = task

    def newest(self, account, module) -> Task | None:
        mine = [task for task in self.stored.values() if (task.account, task.module) == (account, module)]
        return max(mine, key=lambda task: task.id, default=None)

    def list(self, account, *, module, states, limit, offset, narrowed=ALL_TASKS):
        mine = [
            task
            for task in sorted(self.stored.values(), key=lambda task: -task.id)
            if task.account == account
            and module in (None, task.module)
            and (not states or task.state in states)
            and (narrowed.below is None or task.id < narrowed.below)
        ]
        return len(mine), mine[offset : offset + limit]

    def open_units_of(self, task, machines=None):
        return []

    def units(self, task) -> Sequence[Unit]:
        return self.entered.get(task, [])

    def change(self, before: Unit, after: Unit, now) -> None:
        self.entered[before.task][before.seq] = after
        task = self.stored[before.task]
        self.stored[before.task] = task.counted(task.tally.moved(before, after), now)

    def record_vuls(self, unit, matches) -> int:
        return len(matches)

    def page(self, task, conditions, *, limit, offset, order=TASK_ORDER) -> Page:
        self.asked.append({"task": task, "conditions": tuple(conditions), "limit": limit, "offset": offset})
        rows = self.rows.get(task, ())
        if callable(rows):
            total = self.stored[task].tally.machines
            return Page(total=total, rows=[rows(seq) for seq in range(offset, min(total, offset + limit))])
        return Page(total=len(rows), rows=rows[offset : offset + limit])

    def rows_from(self, task, conditions, *, first, limit) -> Sequence[MachineRow]:
        return self.page(task, conditions, limit=limit, offset=first).rows

    def risks(self, task, module, wanted, *, limit, offset) -> RiskPage:
        found = meeting(list(map(of_vul, self.found.get(task, []))), wanted)
        return RiskPage(total=len(found), rows=found[offset : offset + limit])

    def vuls(self, task, *, limit):
        return self.found.get(task, [])[:limit]


@dataclass
class FakeMachines:
    """Machines of every account."""

    stored: list[Machine] = field(default_factory=list)
    risks: dict[int, Mapping[Module, int]] = field(default_factory=dict)
    kernels: dict[int, str] = field(default_factory=dict)
    tagged_as: dict[int, tuple[str, ...]] = field(default_factory=dict)
    labelled: dict[int, str] = field(default_factory=dict)
    asked: list[tuple] = field(default_factory=list)
    """The conditions of every call of page, which minds no other than AtRisk."""

    def get(self, machine) -> Machine | None:
        return next((one for one in self.stored if one.id == machine), None)

    def page(self, account, conditions, *, limit, offset, order=None, descending=False) -> MachinePage:
        self.asked.append(tuple(conditions))
        mine = self.of_account(account)
        if AtRisk() in conditions:
            mine = [one for one in mine if any(self.risks.get(one.id, {}).values())]
        rows = [
            Listed(machine=one, risks=self.risks.get(one.id, {}), kernel=self.kernels.get(one.id, ""))
            for one in mine[offset : offset + limit]
        ]
        return MachinePage(total=len(mine), rows=rows)

    def put_remark(self, machine, remark) -> None:
        self.stored = [replace(one, remark=remark) if one.id == machine else one for one in self.stored]

    def os_names(self, account, *, limit) -> list[str]:
        return sorted({one.facts.os_name for one in self.of_account(account)} - {""})[:limit]

    def tags(self, machines) -> dict[int, tuple[str, ...]]:
        return {one: self.tagged_as[one] for one in machines if self.tagged_as.get(one)}

    def put_tags(self, machine, tags) -> None:
        self.tagged_as[machine] = tuple(sorted(tags))

    def tagged(self, account, tags) -> frozenset[int]:
        return frozenset(one for one, has in self.tagged_as.items() if set(has) & set(tags))

    def label_names(self, account) -> dict[int, str]:
        return dict(self.labelled)

    def labels(self, account, conditions) -> list[Label]:
        self.asked.append(tuple(conditions))
        counts = {name: len(self.tagged(account, [name])) for name in self.labelled.values()}
        return [Label(id=one, name=name, machines=counts[name]) for one, name in self.labelled.items()]

    def add_label(self, account, name) -> int:
        known = {called: one for one, called in self.labelled.items()}
        number = known.get(name, max(self.labelled, default=0) + 1)
        self.labelled[number] = name
        return number

    def rename_label(self, account, before, after) -> None:
        self.labelled = {one: after if name == before else name for one, name in self.labelled.items()}
        self._retag(lambda tags: [after if tag == before else tag for tag in tags])

    def drop_labels(self, account, names) -> None:
        self.labelled = {one: name for one, name in self.labelled.items() if name not in names}
        self._retag(lambda tags: [tag for tag in tags if tag not in names])

    def _retag(self, change) -> None:
        self.tagged_as = {machine: tuple(sorted(change(tags))) for machine, tags in self.tagged_as.items()}

    def of_account(self, account) -> list[Machine]:
        return [machine for machine in self.stored if machine.account == account]

    def by_quuids(self, account, quuids):
        return {machine.quuid: machine for machine in self.of_account(account) if machine.quuid in set(quuids)}

    def by_uuid(self, uuid):
        return next(((machine, b"key") for machine in self.stored if machine.uuid == uuid), None)


@dataclass
class FakeAdvisories:
    """Vulnerabilities that are known."""

    known: list[TaskVul] = field(default_factory=list)

    def vuls(self, ids):
        return [vul for vul in self.known if vul.id in ids]

    def numbers(self, keys):
        return {vul.key: vul.id for vul in self.known if vul.key in keys}

    def find(self, query, *, limit, offset):
        """All that is known, or what is asked for by its whole name."""
        meant = [vul.id for vul in self.known if not query.keys or vul.key in query.keys]
        return len(meant), meant[offset : offset + limit]

    def health(self):
        return []

    def fixes(self, _vul, *, limit):  # none are known
        return []

    def feeds(self):
        """The catalogue, once something is known to be exploited."""
        when = datetime(2026, 11, 24, tzinfo=UTC)
        kev = FeedStatus(feed="kev", advisories=1, ecosystems=(), imported=when, digest="")
        return [kev] if any(vul.kev for vul in self.known) else []


@dataclass
class FakeAccounts:
    """Keys, and how often one was looked up; all else is as in memory, where nobody is."""

    stored: dict[str, ApiKey] = field(default_factory=dict)
    looked_up: int = 0
    others: MemoryAccounts = field(default_factory=lambda: MemoryAccounts(State()))

    def key(self, secret_id: str) -> ApiKey | None:
        self.looked_up += 1
        return self.stored.get(secret_id)

    def __getattr__(self, name: str):
        return getattr(self.others, name)


@dataclass
class FakeStore:
    """The store, and its own unit of work. broken: what everything but the look-up of a key raises."""

    tasks: FakeTasks = field(default_factory=FakeTasks)
    machines: FakeMachines = field(default_factory=FakeMachines)
    advisories: FakeAdvisories = field(default_factory=FakeAdvisories)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    schedules: MemorySchedules = field(default_factory=lambda: MemorySchedules(State()))
    audit: MemoryAudit = field(default_factory=lambda: MemoryAudit(State()))
    requests: MemoryRequests = field(default_factory=lambda: MemoryRequests(State()))
    limits: MemoryLimits = field(default_factory=lambda: MemoryLimits(State()))
    webhooks: MemoryWebhooks = field(default_factory=lambda: MemoryWebhooks(State()))
    console_sessions: MemoryConsoleSessions = field(default_factory=lambda: MemoryConsoleSessions(State()))
    credentials: MemoryCredentials = field(default_factory=lambda: MemoryCredentials(State()))
    agents: MemoryAgents = field(default_factory=lambda: MemoryAgents(State()))
    enrolments: MemoryEnrolments = field(default_factory=lambda: MemoryEnrolments(State()))
    ignores: MemoryIgnores = field(default_factory=lambda: MemoryIgnores(State()))
    results: MemoryResults = field(default_factory=lambda: MemoryResults(State()))
    fleet: MemoryFleet = field(default_factory=lambda: MemoryFleet(State()))
    vul_events: MemoryVulEvents = field(default_factory=lambda: MemoryVulEvents(State()))
    totals: MemoryTotals = field(default_factory=lambda: MemoryTotals(State()))
    broken: Exception | None = None

    @property
    def whole(self) -> "FakeStore":
        """Itself."""
        return self

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

    def read_now(self, work):
        return work(self)


def row(seq: int, **changes) -> MachineRow:
    """A row of a page: machine number seq, waiting, unless changed."""
    plain = MachineRow(
        seq=seq, machine=seq + 1, quuid=f"q-{seq}", uuid=f"u-{seq}", host_name=f"host-{seq}",
        inner_ip=f"10.0.{seq // 256 % 256}.{seq % 256}", wan_ip="", os_name="Debian GNU/Linux 12 (bookworm)",
        state=UnitState.PENDING, fail=0, risk_num=0, begin=0, end=0, progress=0, note_code="waiting",
        note_values="{}",
    )  # fmt: skip
    return plain._replace(**changes)
