"""What is kept of the limits of scans, as a Protocol."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.limits import Limit
from hostward.domain.schedule import Window


class Limits(Protocol):
    """Limits that accounts set for their machines' scans."""

    def put(self, account: AccountId, limit: Limit) -> None:
        """Store a limit in the place of the one for the same machine, tag or account; an empty one removes that."""
        ...

    def of_account(self, account: AccountId) -> Sequence[Limit]:
        """All of the account's limits: its own, then its tags', then its machines', by number."""
        ...

    def of_machine(self, machine: MachineId) -> Sequence[Limit]:
        """Those that concern a machine: its account's, its tags', its own, in the same order."""
        ...

    def windows(self, account: AccountId) -> Mapping[MachineId, Window]:
        """The hours of each of the account's machines that has some (domain.limits.effective)."""
        ...


class HasLimits(Protocol):
    """The part of a UnitOfWork that these are reached by."""

    @property
    def limits(self) -> Limits:
        """How far machines' scans may go."""
        ...
