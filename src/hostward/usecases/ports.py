"""What the use cases need from the outside, as Protocols. store/ implements them three times over.

A UnitOfWork is one transaction: everything done through it is committed together or not at all, and everything
read through it is one consistent snapshot. Times are aware UTC datetimes with microseconds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from hostward.domain.account import AgentSession, ApiKey, Role, User
from hostward.domain.advisory import Advisory, Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId, VulId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.machine_filter import Conditions
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.usecases.records import Advised, FeedStatus, Item, Lease, MachineCondition, MachinePage, Page, TaskVul

T = TypeVar("T")


class Tasks(Protocol):
    """Tasks, their units, leases and tallies."""

    def next_id(self) -> TaskId:
        """A task id never given before (ids rise)."""
        ...

    def create(self, task: Task, units: Iterable[Unit]) -> Task:
        """Store a new task with its units (seq dense from 0); returns it with its tally."""
        ...

    def get(self, task: TaskId, *, lock: bool = False) -> Task | None:
        """The task, whole. lock: nobody else changes it before this transaction ends."""
        ...

    def put(self, task: Task) -> None:
        """Store everything of an existing task except its tally, end and vul_rev, which only change() moves."""
        ...

    def newest(self, account: AccountId, module: Module) -> Task | None:
        """The account's newest task of the module."""
        ...

    def list(
        self, account: AccountId, *, module: Module | None, states: frozenset[ScanState], limit: int, offset: int
    ) -> tuple[int, Sequence[Task]]:
        """How many there are, and a page of them, newest first. Empty states: all."""
        ...

    def unit(self, task: TaskId, seq: Seq, *, lock: bool = False) -> Unit | None:
        """One unit."""
        ...

    def units(self, task: TaskId) -> Iterable[Unit]:
        """All units of a task in seq order (streamed)."""
        ...

    def open_units(self, machine: MachineId) -> Sequence[Unit]:
        """The machine's units that are not final, oldest task first."""
        ...

    def open_units_of(self, task: TaskId, machines: frozenset[MachineId] | None = None) -> Sequence[Unit]:
        """The task's units that are not final, in seq order; machines narrows it."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Unit]:
        """Units whose due time has come, longest due first."""
        ...

    def change(self, before: Unit, after: Unit, now: datetime) -> None:
        """Store a unit's step and, with it, the tally, the block counters and the end of its task.

        before must be what is stored (its rev is checked); raises Conflict otherwise. Equal revs with only `due`
        changed store just that.
        """
        ...

    def next_lease(self) -> LeaseId:
        """A lease id above every one given before."""
        ...

    def add_lease(self, lease: Lease) -> None:
        """Remember a lease that is being given."""
        ...

    def lease(self, lease: LeaseId, *, lock: bool = False) -> Lease | None:
        """A lease by its id."""
        ...

    def put_lease(self, lease: Lease) -> None:
        """Store acked and ended of a lease."""
        ...

    def page(self, task: TaskId, conditions: Conditions, *, limit: int, offset: int) -> Page:
        """A page of the task's machines that meet the conditions, in seq order."""
        ...

    def record_vuls(self, unit: Unit, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities this unit found (in place of earlier ones); returns how many are distinct.

        Keeps, in the same transaction: the unit's own packed set, the task's list with the number of machines each,
        Tally.vuls and Task.vul_rev. Hidden matches must have been left out by the caller.
        """
        ...

    def vuls(self, task: TaskId, *, limit: int) -> Sequence[TaskVul]:
        """What the task found: worst first (level, CVSS, machines, then id)."""
        ...

    def typical(self, account: AccountId, module: Module) -> timedelta | None:
        """How long a scan of the module usually takes a machine (a moving average), None when none has ended."""
        ...

    def learn(self, account: AccountId, module: Module, took: timedelta) -> None:
        """A scan ended well after this long."""
        ...

    def recount(self, task: TaskId) -> Tally:
        """The tally counted anew from the units and their vulnerability sets: for tests and doctor only."""
        ...


class Machines(Protocol):
    """Machines, their agents and sessions."""

    def enrol(self, account: AccountId, public_key: bytes, facts: MachineFacts, *, quuid: str, uuid: str) -> Machine:
        """The machine of this key: a new one with these names, or the one that has the key already."""
        ...

    def get(self, machine: MachineId) -> Machine | None:
        """A machine by its number."""
        ...

    def by_key(self, public_key: bytes) -> Machine | None:
        """The machine that enrolled with this key."""
        ...

    def by_uuid(self, uuid: str) -> tuple[Machine, bytes] | None:
        """A machine and its public key, by its agent's uuid."""
        ...

    def of_account(self, account: AccountId) -> Sequence[Machine]:
        """All machines of an account, in the order they were enrolled."""
        ...

    def by_quuids(self, account: AccountId, quuids: Iterable[str]) -> Mapping[str, Machine]:
        """Those of the account's machines that have these quuids."""
        ...

    def page(
        self, account: AccountId, conditions: Sequence[MachineCondition], *, limit: int, offset: int
    ) -> MachinePage:
        """A page of the account's machines that meet all the conditions, in the order they were enrolled."""
        ...

    def seen(self, machine: MachineId, now: datetime) -> None:
        """The agent was heard of."""
        ...

    def put_facts(self, machine: MachineId, facts: MachineFacts, *, boot: str, instance: str, now: datetime) -> None:
        """What a new session says of the machine."""
        ...

    def add_token(self, digest: bytes, account: AccountId, *, expires: datetime, uses: int) -> None:
        """Remember an enrolment token by its SHA-256."""
        ...

    def take_token(self, digest: bytes, now: datetime) -> AccountId | None:
        """Use an enrolment token once: its account, or None when it is unknown, expired or used up."""
        ...

    def add_session(self, session: AgentSession, challenge: bytes) -> bool:
        """Store a session opened with this challenge; False when the challenge was used before."""
        ...

    def session(self, session: str) -> AgentSession | None:
        """A session by its id, expired or not."""
        ...


class Results(Protocol):
    """What scans found, row by row, under the lease that reported it."""

    def add(self, machine: MachineId, lease: LeaseId, batch: int, items: Sequence[Item]) -> None:
        """Store one batch. Items are those of one module."""
        ...

    def drop(self, machine: MachineId, lease: LeaseId) -> None:
        """Remove every row of a lease that has lost."""
        ...

    def make_current(self, machine: MachineId, module: Module, lease: LeaseId, at: datetime, *, risks: int) -> None:
        """These are now the machine's own results; rows of the inventory before them are removed.

        risks: how many they hold, which Machines.page shows.
        """
        ...

    def current(self, machine: MachineId, module: Module) -> tuple[LeaseId, datetime] | None:
        """Which lease's results stand for the machine, and since when."""
        ...

    def risks(self, machine: MachineId, lease: LeaseId) -> Mapping[Level, int]:
        """Malware findings and failed baseline items of a lease, by level (vulnerabilities are matches)."""
        ...

    def matches(self, machine: MachineId, lease: LeaseId) -> Sequence[Match]:
        """The lease's packages against advisories and its own evidence: every match, hidden ones marked."""
        ...

    def items(self, machine: MachineId, lease: LeaseId) -> Sequence[Item]:
        """The stored rows in order (inventories, findings, verdicts)."""
        ...


class Advisories(Protocol):
    """Vulnerability data, whatever its source."""

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data, all or nothing (the caller's transaction)."""
        ...

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        ...

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        ...

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported."""
        ...

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities; new ones are given numbers."""
        ...

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities (machines 0, component and fix ""); unknown ids are left out."""
        ...


class Accounts(Protocol):
    """Accounts, users and keys."""

    def first(self) -> AccountId | None:
        """The oldest account, None in a new database."""
        ...

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        ...

    def add_user(self, account: AccountId, name: str, role: Role) -> User:
        """A new user."""
        ...

    def add_key(self, key: ApiKey) -> None:
        """A new key; its secret is stored encrypted."""
        ...

    def key(self, secret_id: str) -> ApiKey | None:
        """A key with its user, disabled or not."""
        ...

    def keys(self, account: AccountId) -> Sequence[ApiKey]:
        """The account's keys, oldest first."""
        ...


class UnitOfWork(Protocol):
    """One transaction over everything that is stored."""

    @property
    def tasks(self) -> Tasks:
        """Tasks and units."""
        ...

    @property
    def machines(self) -> Machines:
        """Machines and agents."""
        ...

    @property
    def results(self) -> Results:
        """Findings, inventories, verdicts."""
        ...

    @property
    def advisories(self) -> Advisories:
        """Vulnerability data."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Accounts and keys."""
        ...


class Store(Protocol):
    """Where units of work come from."""

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot, off the event loop; it must change nothing."""
        ...

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction of its own meaning: if it raises, nothing of it stays. Returns once durable."""
        ...

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """read(), for callers that are not on an event loop."""
        ...

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """write(), for callers that are not on an event loop."""
        ...

    def close(self) -> None:
        """Finish what was taken and let everything go."""
        ...


class Hub(Protocol):
    """Wakes the agents that wait for work."""

    def wake(self, machines: Iterable[MachineId]) -> None:
        """Tell these machines' agents to ask again; never blocks, never fails."""
        ...
