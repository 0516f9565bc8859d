"""What the use cases need from the outside, as Protocols. store/ implements them three times over.

A UnitOfWork is one transaction: everything done through it is committed together or not at all, and everything
read through it is one consistent snapshot. Times are aware UTC datetimes with microseconds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from hostward.domain.account import AgentSession
from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, Seq, TagId, TaskId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.machine_filter import TASK_ORDER, Conditions, Order
from hostward.domain.module import Module
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.usecases.account_ports import Accounts, Audit, Requests
from hostward.usecases.advisory_ports import Advisories
from hostward.usecases.agent_ports import Agents
from hostward.usecases.client_token_ports import ClientTokens
from hostward.usecases.enrolment_ports import Enrolments
from hostward.usecases.fleet_ports import Fleet
from hostward.usecases.ignore_ports import Ignores
from hostward.usecases.lease_ports import Leases
from hostward.usecases.length_ports import ScanLengths
from hostward.usecases.limit_ports import HasLimits
from hostward.usecases.records import (
    ALL_TASKS,
    Label,
    MachineCondition,
    MachineOrder,
    MachinePage,
    MachineRow,
    Page,
    RiskPage,
    RiskQuery,
    Seen,
    TaskFilter,
    TaskVul,
)
from hostward.usecases.result_ports import Results
from hostward.usecases.retention_ports import Retention
from hostward.usecases.schedule_ports import Schedules
from hostward.usecases.session_ports import ConsoleSessions, Credentials
from hostward.usecases.total_ports import CountsTotals
from hostward.usecases.vul_event_ports import HasVulEvents
from hostward.usecases.webhook_ports import Webhooks

T = TypeVar("T")


class Tasks(ScanLengths, Leases, ClientTokens, Protocol):
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
        """How many there are, and a page of them, newest first. Empty states: all.

        tags: only tasks that have a machine with one of these; their states are then those of such machines.
        """
        ...

    def seen(self, task: TaskId, tags: Sequence[str]) -> Seen:
        """What is counted over the task's machines that have one of these tags: now, which takes time for each."""
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

        before must be what is stored: raises Conflict otherwise. Equal revs with only `due` changed store just that.
        """
        ...

    def page(self, task: TaskId, conditions: Conditions, *, limit: int, offset: int, order: Order = TASK_ORDER) -> Page:
        """A page of the task's machines that meet the conditions, in seq order or another one.

        Another order reads every machine that meets them.
        """
        ...

    def rows_from(self, task: TaskId, conditions: Conditions, *, first: Seq, limit: int) -> Sequence[MachineRow]:
        """The next so many of the task's machines that meet the conditions, in seq order, from this seq on."""
        ...

    def record_vuls(self, unit: Unit, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities this unit found (in place of earlier ones); returns how many are distinct.

        Keeps, in the same transaction: the unit's own packed set, the task's list with the number of machines each,
        Tally.vuls and Task.vul_rev. Hidden matches must have been left out by the caller; those that ignore rules set
        aside are kept, and counted nowhere.
        """
        ...

    def vuls(self, task: TaskId, *, limit: int, tags: Sequence[str] = ()) -> Sequence[TaskVul]:
        """What the task found: worst first (level, CVSS, machines, then id). tags: on machines with one of these."""
        ...

    def risks(
        self, task: TaskId, module: Module, wanted: RiskQuery, *, limit: int, offset: int, tags: Sequence[str] = ()
    ) -> RiskPage:
        """A page of what the task found, each risk once, worst first, then on most machines.

        Vulnerabilities by their number, baseline items that failed by policy and item, malware by path and rule.
        tags: on machines with one of these.
        """
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

    def instance(self, machine: MachineId) -> str | None:
        """The process of its agent that opened the newest session, "" before any; None for no such machine."""
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
        self,
        account: AccountId,
        conditions: Sequence[MachineCondition],
        *,
        limit: int,
        offset: int,
        order: MachineOrder = MachineOrder.ENROLMENT,
        descending: bool = False,
    ) -> MachinePage:
        """A page of the account's machines that meet all the conditions; equal ones in the order of enrolment.

        Texts are in the order of code points; machines never heard of come before all that were.
        """
        ...

    def put_tags(self, machine: MachineId, tags: Sequence[str]) -> None:
        """Make these the machine's tags. Raises NotFound for a machine that does not exist."""
        ...

    def tags(self, machines: Sequence[MachineId]) -> Mapping[MachineId, tuple[str, ...]]:
        """The tags of these machines, sorted; machines without any are left out."""
        ...

    def tagged(self, account: AccountId, tags: Sequence[str]) -> frozenset[MachineId]:
        """The account's machines that have one of these tags."""
        ...

    def put_remark(self, machine: MachineId, remark: str) -> None:
        """Make this the machine's remark, which it is searched by too. Raises NotFound."""
        ...

    def os_names(self, account: AccountId, *, limit: int) -> Sequence[str]:
        """The first so many names of operating systems of the account's machines, sorted; "" is left out."""
        ...

    def labels(self, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
        """The account's tags in the order they were made, with their machines counted that meet the conditions."""
        ...

    def label_names(self, account: AccountId) -> Mapping[TagId, str]:
        """The account's tags by their numbers, in the order they were made."""
        ...

    def add_label(self, account: AccountId, name: str) -> TagId:
        """The number of the account's tag of this name, which is made where it is missing (put_tags does so too)."""
        ...

    def rename_label(self, account: AccountId, before: str, after: str) -> None:
        """Call a tag otherwise, on its machines too; no other one may be called so."""
        ...

    def drop_labels(self, account: AccountId, names: Sequence[str]) -> None:
        """Remove tags, from the account's machines too."""
        ...

    def seen(self, machine: MachineId, now: datetime) -> None:
        """The agent was heard of."""
        ...

    def put_facts(self, machine: MachineId, facts: MachineFacts, *, boot: str, instance: str, now: datetime) -> None:
        """What a new session says of the machine."""
        ...

    def add_session(self, session: AgentSession, challenge: bytes) -> bool:
        """Store a session opened with this challenge; False when the challenge was used before."""
        ...

    def session(self, session: str) -> AgentSession | None:
        """A session by its id, expired or not."""
        ...


class UnitOfWork(HasVulEvents, HasLimits, Protocol):
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
    def agents(self) -> Agents:
        """Keys, processes, quarantine and removal of agents."""
        ...

    @property
    def enrolments(self) -> Enrolments:
        """Who may come in."""
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

    @property
    def credentials(self) -> Credentials:
        """What people sign in with."""
        ...

    @property
    def console_sessions(self) -> ConsoleSessions:
        """Browsers that are signed in."""
        ...

    @property
    def audit(self) -> Audit:
        """Who changed what."""
        ...

    @property
    def requests(self) -> Requests:
        """The newest requests."""
        ...

    @property
    def schedules(self) -> Schedules:
        """Schedules."""
        ...

    @property
    def fleet(self) -> Fleet:
        """All machines of an account, in a few numbers."""
        ...

    @property
    def totals(self) -> CountsTotals:
        """Everything in a few numbers, over all accounts."""
        ...

    @property
    def retention(self) -> Retention:
        """What is kept no longer than it must, of all accounts."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """Who is told of what happens here."""
        ...

    @property
    def ignores(self) -> Ignores:
        """What was set aside."""
        ...

    @property
    def whole(self) -> "UnitOfWork":
        """The same without a user's limits: for notifications alone, which tell the user who asked nothing."""
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
