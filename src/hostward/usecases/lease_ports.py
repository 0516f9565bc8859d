"""Leases as the store keeps them; ports.Tasks has these too."""

from typing import Protocol

from hostward.domain.ids import LeaseId
from hostward.usecases.records import Lease


class Leases(Protocol):
    """Every lease ever given, until retention removes it."""

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
