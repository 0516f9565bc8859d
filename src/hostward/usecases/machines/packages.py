"""The packages of one machine, by its newest whole inventory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.ids import MachineId
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePage:
    """total: how many there are without limit and offset. at: when the inventory came, None before the first."""

    total: int
    rows: Sequence[Package]
    at: datetime | None


def packages(
    uow: UnitOfWork, machine: MachineId, chosen: Callable[[Package], bool], *, descending: bool, limit: int, offset: int
) -> PackagePage:
    """A page of the machine's packages that are chosen, by name, version and place."""
    current = uow.results.current(machine, Module.VUL)
    if current is None:
        return PackagePage(total=0, rows=(), at=None)
    lease, at = current
    found = [item for item in uow.results.items(machine, lease) if isinstance(item, Package) and chosen(item)]
    found.sort(key=lambda one: (one.name, one.version, one.arch, one.path), reverse=descending)
    return PackagePage(total=len(found), rows=found[offset : offset + limit], at=at)
