"""What is to be started again on a machine before installed updates take effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from hostward.domain.ids import AccountId
from hostward.domain.module import Module
from hostward.domain.package import Restart
from hostward.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """What the newest whole inventory says, reboots first. known False: there is none, so nothing is known."""

    known: bool
    restarts: Sequence[Restart]


def find(uow: UnitOfWork, *, account: AccountId, quuid: str) -> Restarts | None:
    """Of a machine of the account; None when it has no such machine."""
    machine = uow.machines.by_quuids(account, [quuid]).get(quuid)
    if machine is None:
        return None
    current = uow.results.current(machine.id, Module.VUL)
    if current is None:
        return Restarts(known=False, restarts=())
    found = uow.results.restarts(machine.id, current[0])
    return Restarts(known=True, restarts=sorted(found, key=lambda each: (each.unit, each.package, each.path)))
