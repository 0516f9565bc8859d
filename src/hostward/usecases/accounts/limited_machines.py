"""Machines and their results as a user sees them who is limited to some."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from hostward.domain.account import AgentSession, User
from hostward.domain.advisory import Match
from hostward.domain.errors import Forbidden
from hostward.domain.ids import AccountId, LeaseId, MachineId, TagId, TaskId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.machine_filter import Tagged
from hostward.domain.module import Module
from hostward.domain.package import Restart
from hostward.domain.severity import Level
from hostward.usecases.fleet_ports import NO_LEVELS, AgentCount, Fleet, FleetStanding
from hostward.usecases.ports import Machines
from hostward.usecases.records import Item, Label, MachineCondition, MachineOrder, MachinePage
from hostward.usecases.result_ports import Results

Reach = Callable[[], frozenset[MachineId]]


class LimitedMachines:
    """ports.Machines over those in reach; enrolment and the agents' side are forbidden."""

    def __init__(self, machines: Machines, user: User, reach: Reach) -> None:
        self._machines = machines
        self._user = user
        self._reach = reach

    def get(self, machine: MachineId) -> Machine | None:
        """A machine in reach by its number."""
        return self._machines.get(machine) if machine in self._reach() else None

    def instance(self, machine: MachineId) -> str | None:
        """The process of the agent of a machine in reach."""
        return self._machines.instance(machine) if machine in self._reach() else None

    def by_key(self, public_key: bytes) -> Machine | None:
        """The machine that enrolled with this key, if it is in reach."""
        found = self._machines.by_key(public_key)
        return found if found is not None and found.id in self._reach() else None

    def by_uuid(self, uuid: str) -> tuple[Machine, bytes] | None:
        """A machine in reach and its public key, by its agent's uuid."""
        found = self._machines.by_uuid(uuid)
        return found if found is not None and found[0].id in self._reach() else None

    def of_account(self, account: AccountId) -> Sequence[Machine]:
        """All machines in reach, in the order they were enrolled."""
        reach = self._reach()
        return [machine for machine in self._machines.of_account(account) if machine.id in reach]

    def by_quuids(self, account: AccountId, quuids: Iterable[str]) -> Mapping[str, Machine]:
        """Those of the machines in reach that have these quuids."""
        reach, found = self._reach(), self._machines.by_quuids(account, quuids)
        return {quuid: machine for quuid, machine in found.items() if machine.id in reach}

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
        """A page of the machines in reach that meet all the conditions."""
        narrowed = (*conditions, Tagged(values=self._user.tags))
        return self._machines.page(account, narrowed, limit=limit, offset=offset, order=order, descending=descending)

    def tags(self, machines: Sequence[MachineId]) -> Mapping[MachineId, tuple[str, ...]]:
        """The tags of those machines that are in reach."""
        reach = self._reach()
        return self._machines.tags([machine for machine in machines if machine in reach])

    def tagged(self, account: AccountId, tags: Sequence[str]) -> frozenset[MachineId]:
        """The machines in reach that have one of these tags."""
        return self._machines.tagged(account, tags) & self._reach()

    def put_tags(self, machine: MachineId, tags: Sequence[str]) -> NoReturn:
        """Tags say what limited users see: not theirs to give."""
        _forbidden()

    def put_remark(self, machine: MachineId, remark: str) -> None:
        """Make this the remark of a machine in reach."""
        if machine not in self._reach():
            _forbidden()
        self._machines.put_remark(machine, remark)

    def os_names(self, account: AccountId, *, limit: int) -> Sequence[str]:
        """The names of operating systems of machines in reach."""
        return sorted({each.facts.os_name for each in self.of_account(account)} - {""})[:limit]

    def labels(self, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
        """The tags of machines in reach, counted over those."""
        found = self._machines.labels(account, (*conditions, Tagged(values=self._user.tags)))
        return [label for label in found if label.machines]

    def label_names(self, account: AccountId) -> Mapping[TagId, str]:
        """The tags of machines in reach by their numbers."""
        return {label.id: label.name for label in self.labels(account, ())}

    def add_label(self, account: AccountId, name: str) -> NoReturn:
        """Tags say what limited users see: not theirs to make."""
        _forbidden()

    def rename_label(self, account: AccountId, before: str, after: str) -> NoReturn:
        """Not theirs to rename."""
        _forbidden()

    def drop_labels(self, account: AccountId, names: Sequence[str]) -> NoReturn:
        """Not theirs to remove."""
        _forbidden()

    def seen(self, machine: MachineId, now: datetime) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def enrol(self, account: AccountId, public_key: bytes, facts: MachineFacts, *, quuid: str, uuid: str) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def put_facts(
        self, machine: MachineId, facts: MachineFacts, *, boot: str, instance: str, now: datetime
    ) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def add_session(self, session: AgentSession, challenge: bytes) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def session(self, session: str) -> NoReturn:
        """The agents' side."""
        _forbidden()


class LimitedFleet:
    """ports.Fleet over machines in reach: what is kept of all is left alone, and these are counted."""

    def __init__(self, fleet: Fleet, user: User) -> None:
        self._fleet = fleet
        self._tags = user.tags

    def agents(
        self, account: AccountId, conditions: Sequence[MachineCondition], *, heard_after: datetime
    ) -> Sequence[AgentCount]:
        """The versions of agents of machines in reach."""
        return self._fleet.agents(account, (*conditions, Tagged(values=self._tags)), heard_after=heard_after)

    def standing(self, account: AccountId, tags: Sequence[str] = ()) -> FleetStanding:
        """Over machines in reach, whatever tags are named."""
        return self._fleet.standing(account, self._tags)

    def vul_levels(self, task: TaskId, tags: Sequence[str] = ()) -> Mapping[tuple[Level | None, bool], int]:
        """Of what was found on machines in reach."""
        return self._fleet.vul_levels(task, self._tags)


class LimitedResults:
    """ports.Results of machines in reach; others have none. What agents write is forbidden."""

    def __init__(self, results: Results, reach: Reach) -> None:
        self._results = results
        self._reach = reach

    def current(self, machine: MachineId, module: Module) -> tuple[LeaseId, datetime] | None:
        """Which lease's results stand for the machine, and since when."""
        return self._results.current(machine, module) if machine in self._reach() else None

    def risks(self, machine: MachineId, lease: LeaseId) -> Mapping[Level, int]:
        """Findings and failed items of a lease, by level."""
        return self._results.risks(machine, lease) if machine in self._reach() else {}

    def ecosystems(self, machine: MachineId, lease: LeaseId) -> frozenset[str]:
        """The ecosystems of the lease's packages."""
        return self._results.ecosystems(machine, lease) if machine in self._reach() else frozenset()

    def restarts(self, machine: MachineId, lease: LeaseId) -> Sequence[Restart]:
        """What the machine said is to be started again."""
        return self._results.restarts(machine, lease) if machine in self._reach() else ()

    def matches(self, machine: MachineId, lease: LeaseId) -> Sequence[Match]:
        """The lease's packages against advisories."""
        return self._results.matches(machine, lease) if machine in self._reach() else ()

    def items(self, machine: MachineId, lease: LeaseId) -> Sequence[Item]:
        """The stored rows in order."""
        return self._results.items(machine, lease) if machine in self._reach() else ()

    def add(self, machine: MachineId, lease: LeaseId, batch: int, items: Sequence[Item]) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def drop(self, machine: MachineId, lease: LeaseId) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def make_current(
        self,
        machine: MachineId,
        module: Module,
        lease: LeaseId,
        at: datetime,
        *,
        risks: int,
        levels: Mapping[Level, int] = NO_LEVELS,
    ) -> NoReturn:
        """The agents' side."""
        _forbidden()


def _forbidden() -> NoReturn:
    raise Forbidden("this reaches beyond the machines that you are allowed to see")
