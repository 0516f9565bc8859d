"""What the use cases need of the results of scans; see ports.py for the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.advisory import Match
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.module import Module
from hostward.domain.package import Restart
from hostward.domain.severity import Level
from hostward.usecases.fleet_ports import NO_LEVELS
from hostward.usecases.records import Item


class Results(Protocol):
    """What scans found, row by row, under the lease that reported it."""

    def add(self, machine: MachineId, lease: LeaseId, batch: int, items: Sequence[Item]) -> None:
        """Store one batch. Items are those of one module."""
        ...

    def drop(self, machine: MachineId, lease: LeaseId) -> None:
        """Remove every row of a lease that has lost."""
        ...

    def make_current(
        self,
        machine: MachineId,
        module: Module,
        lease: LeaseId,
        at: datetime,
        *,
        risks: int,
        levels: Mapping[Level, int] = NO_LEVELS,
    ) -> None:
        """These are now the machine's own results; rows of the inventory before them are removed.

        risks: how many they hold, which Machines.page shows. levels: those of them whose level is counted.
        """
        ...

    def current(self, machine: MachineId, module: Module) -> tuple[LeaseId, datetime] | None:
        """Which lease's results stand for the machine, and since when."""
        ...

    def risks(self, machine: MachineId, lease: LeaseId) -> Mapping[Level, int]:
        """Malware findings and failed baseline items of a lease, by level (vulnerabilities are matches)."""
        ...

    def ecosystems(self, machine: MachineId, lease: LeaseId) -> frozenset[str]:
        """The ecosystems of the lease's packages, each with its release."""
        ...

    def restarts(self, machine: MachineId, lease: LeaseId) -> Sequence[Restart]:
        """What the machine said is to be started again, as it came."""
        ...

    def matches(self, machine: MachineId, lease: LeaseId) -> Sequence[Match]:
        """The lease's packages against advisories and its own evidence: every match, hidden ones marked."""
        ...

    def items(self, machine: MachineId, lease: LeaseId) -> Sequence[Item]:
        """The stored rows in order (inventories, findings, verdicts)."""
        ...
