"""One machine, and all of them in a few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from hostward.domain.ids import AccountId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import AtRisk
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import MachineCondition

MOST_SYSTEMS = 1_000
"""Names of operating systems that are listed: hosts say them, and may say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Machines of an account. at_risk: those whose newest whole results hold a risk."""

    machines: int
    at_risk: int


def find(uow: UnitOfWork, *, account: AccountId, quuid: str = "", uuid: str = "") -> Machine | None:
    """The account's machine with both names ("" is any); None when there is none, and for no name at all."""
    if quuid:
        found = uow.machines.by_quuids(account, [quuid]).get(quuid)
        return found if found is not None and uuid in ("", found.uuid) else None
    known = uow.machines.by_uuid(uuid) if uuid else None
    return known[0] if known is not None and known[0].account == account else None


def counts(uow: UnitOfWork, *, account: AccountId) -> Counts:
    """How many machines there are, and at risk."""
    return Counts(machines=_how_many(uow, account), at_risk=_how_many(uow, account, AtRisk()))


def systems(uow: UnitOfWork, *, account: AccountId) -> Sequence[str]:
    """The operating systems that the account's machines have, by name, each once; machines that say none left out."""
    return uow.machines.os_names(account, limit=MOST_SYSTEMS)


def _how_many(uow: UnitOfWork, account: AccountId, *conditions: MachineCondition) -> int:
    return uow.machines.page(account, conditions, limit=1, offset=0).total
