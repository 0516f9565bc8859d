"""The fleet's vulnerabilities as they are now, between scans too; see ports.py for the other ports.

An event is a vulnerability on a machine. It follows from what is installed and from what advisories say, and so changes
with every inventory and with every import, which no agent takes part in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.domain.vul_event import Cause, EventStatus
from hostward.usecases.records import TaskVul


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """An installed package that brings a vulnerability. said_by: feed and advisory, or the host's changelog."""

    package: Package
    fixed: str
    status: FixStatus
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VulEvent:
    """A vulnerability on a machine. ignored: a rule sets it aside, it is listed and counted nowhere.

    oldest: when it was seen here for the first time ever. first_seen: begin of the last time without a gap. last_seen:
    when an inventory or an import last showed it. fixed and
    cause: None while it is there. packages: what brings it now, or brought it last.
    """

    id: EventId
    machine: MachineId
    vul: VulId
    status: EventStatus
    oldest: datetime
    first_seen: datetime
    last_seen: datetime
    fixed: datetime | None
    cause: Cause | None
    reopened: bool
    ignored: bool
    packages: tuple[Bringer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetVul:
    """A vulnerability over an account's machines. known.machines: those that have it now and do not ignore it.

    component and fixed of known: of the package that brings it on the first of its machines. fixed_machines: those that
    had it. ignored_machines: those that have it and ignore it; when these alone are left, nothing counts it.
    first_seen: the first time ever on any of them; last_seen: the last one.
    """

    known: TaskVul
    status: EventStatus
    fixed_machines: int
    ignored_machines: int
    first_seen: datetime
    last_seen: datetime


class VulOrder(StrEnum):
    """What a list is sorted by; equal ones by number."""

    LEVEL = "level"
    CVSS = "cvss"
    EPSS = "epss"
    MACHINES = "machines"
    FIRST_SEEN = "first_seen"
    LAST_SEEN = "last_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class VulQuery:
    """Which events, and how what is made of them is sorted. Empty sets, "" and None narrow nothing.

    text: part of the vulnerability's key, title or package, in any case. levels: what nobody gives a level counts as
    medium. machines: None for all, an empty set for none. ignored: None for both kinds. fixable: whether some package
    that brings it has a version that fixes it.
    """

    status: EventStatus | None = None
    levels: frozenset[Level] = frozenset()
    categories: frozenset[int] = frozenset()
    text: str = ""
    kev: bool | None = None
    ignored: bool | None = None
    fixable: bool | None = None
    machines: frozenset[MachineId] | None = None
    order: VulOrder = VulOrder.LEVEL
    descending: bool = True


ALL_VULS = VulQuery()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetVulPage:
    """total: how many there are without limit and offset."""

    total: int
    rows: Sequence[FleetVul]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """total: how many there are without limit and offset."""

    total: int
    rows: Sequence[VulEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade of one source package would close: vulnerabilities that it alone brings, all of them fixed.

    fixed: the highest version that it takes. risks: machines times vulnerabilities. level: the worst, where nobody
    gives one medium. kev: whether one of them is known to be exploited.
    """

    ecosystem: str
    component: str
    fixed: str
    machines: int
    vulnerabilities: int
    risks: int
    level: Level
    kev: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePage:
    """total: how many there are without limit and offset."""

    total: int
    rows: Sequence[Upgrade]


class VulEvents(Protocol):
    """Vulnerabilities as they are now. Quarantined and removed machines have none; hidden matches make none."""

    def vulnerabilities(self, account: AccountId, wanted: VulQuery, *, limit: int, offset: int) -> FleetVulPage:
        """A page of the account's vulnerabilities."""
        ...

    def machines_of(self, account: AccountId, vul: VulId, wanted: VulQuery, *, limit: int, offset: int) -> EventPage:
        """A page of the machines that have or had a vulnerability, by machine. The order asked for is not used."""
        ...

    def of_machine(
        self, account: AccountId, machine: MachineId, wanted: VulQuery, *, limit: int, offset: int
    ) -> EventPage:
        """A page of the vulnerabilities of one machine, sorted as asked (machines: 1 for each)."""
        ...

    def get(self, account: AccountId, event: EventId) -> VulEvent | None:
        """One event of the account."""
        ...

    def levels(self, account: AccountId, machines: frozenset[MachineId] | None = None) -> Mapping[Level, int]:
        """How many distinct vulnerabilities count now, by level; those without any are left out. machines: on these."""
        ...

    def machines_by_number(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int
    ) -> Sequence[tuple[MachineId, int]]:
        """The machines, of these, with most vulnerabilities that count, and how many; equal ones by machine."""
        ...

    def upgrades(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int, offset: int
    ) -> UpgradePage:
        """A page of the upgrades that close what counts on these machines.

        By risks closed, most first; equal ones by ecosystem and name.
        """
        ...


class HasVulEvents(Protocol):
    """The part of a UnitOfWork that these are reached by."""

    @property
    def vul_events(self) -> VulEvents:
        """Vulnerabilities as they are now, between scans too."""
        ...
