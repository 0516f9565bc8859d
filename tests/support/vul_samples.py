"""Inventories of machines, as reports bring them."""

from datetime import datetime

from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.module import Module
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Item


def scan(store: Store, machine: MachineId, lease: int, at: datetime, *items: Item) -> None:
    """A whole inventory that becomes the machine's own, with its risks counted."""
    which = LeaseId(lease)
    store.write_now(lambda uow: uow.results.add(machine, which, 0, items))

    def end(uow: UnitOfWork) -> None:
        matches = uow.results.matches(machine, which)
        risks = uow.ignores.record_own(machine, [match for match in matches if not match.hidden])
        uow.results.make_current(machine, Module.VUL, which, at, risks=risks)

    store.write_now(end)
