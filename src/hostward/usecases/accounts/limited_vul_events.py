"""Vulnerabilities of the machines that a user limited to tags may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.severity import Level
from hostward.domain.vul_event import event_parts
from hostward.usecases.vul_event_ports import EventPage, FleetVulPage, UpgradePage, VulEvent, VulEvents, VulQuery


class LimitedVulEvents:
    """ports.VulEvents over the machines in reach."""

    def __init__(self, inner: VulEvents, reach: Callable[[], frozenset[MachineId]]) -> None:
        self._inner = inner
        self._reach = reach

    def vulnerabilities(self, account: AccountId, wanted: VulQuery, *, limit: int, offset: int) -> FleetVulPage:
        """A page of the vulnerabilities of machines in reach."""
        return self._inner.vulnerabilities(account, self._narrowed(wanted), limit=limit, offset=offset)

    def machines_of(self, account: AccountId, vul: VulId, wanted: VulQuery, *, limit: int, offset: int) -> EventPage:
        """A page of the machines in reach that have or had it."""
        return self._inner.machines_of(account, vul, self._narrowed(wanted), limit=limit, offset=offset)

    def of_machine(
        self, account: AccountId, machine: MachineId, wanted: VulQuery, *, limit: int, offset: int
    ) -> EventPage:
        """A page of one machine's; nothing of one out of reach."""
        return self._inner.of_machine(account, machine, self._narrowed(wanted), limit=limit, offset=offset)

    def get(self, account: AccountId, event: EventId) -> VulEvent | None:
        """One event of a machine in reach."""
        return self._inner.get(account, event) if event_parts(event)[0] in self._reach() else None

    def levels(self, account: AccountId, machines: frozenset[MachineId] | None = None) -> Mapping[Level, int]:
        """Distinct vulnerabilities of machines in reach, by level."""
        return self._inner.levels(account, self._those(machines))

    def machines_by_number(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int
    ) -> Sequence[tuple[MachineId, int]]:
        """The machines in reach with most vulnerabilities."""
        return self._inner.machines_by_number(account, self._those(machines), limit=limit)

    def upgrades(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int, offset: int
    ) -> UpgradePage:
        """Upgrades of machines in reach."""
        return self._inner.upgrades(account, self._those(machines), limit=limit, offset=offset)

    def _narrowed(self, wanted: VulQuery) -> VulQuery:
        return replace(wanted, machines=self._those(wanted.machines))

    def _those(self, machines: frozenset[MachineId] | None) -> frozenset[MachineId]:
        return self._reach() if machines is None else machines & self._reach()
