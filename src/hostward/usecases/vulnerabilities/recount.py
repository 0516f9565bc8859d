"""Let every figure follow the ignore rules: what was counted before a change is judged anew, a part at a time.

Each part is a transaction of its own, so that reports get their turn. A report that comes meanwhile is judged by the
rules as they are now; whatever the order, each unit and each machine is judged last by the newest rules.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, Seq
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork

AT_ONCE = 200
"""Units or machines in one transaction."""

_BEFORE_ALL_UNITS = Seq(-1)
_BEFORE_ALL_MACHINES = MachineId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far the recount of an account has come. unit, machine: the last ones done; None: all of them are."""

    account: AccountId
    revision: int
    unit: Seq | None = _BEFORE_ALL_UNITS
    machine: MachineId | None = _BEFORE_ALL_MACHINES

    @property
    def is_done(self) -> bool:
        """Everything was looked at."""
        return self.unit is None and self.machine is None


def end_overdue(uow: UnitOfWork, *, now: datetime) -> int:
    """End the rules whose time is over; returns how many."""
    over = uow.ignores.due(now, AT_ONCE)
    for rule in sorted(over, key=lambda one: one.account):
        uow.ignores.put(replace(rule, ended=rule.expires))
    return len(over)


def recount(uow: UnitOfWork, place: Place, *, now: datetime) -> Place:
    """The next part: units of the account's newest scan, then what its machines have."""
    if place.unit is not None:
        return replace(place, unit=_units(uow, place.account, place.unit, now))
    assert place.machine is not None
    machines = uow.ignores.own_after(place.account, after=place.machine, limit=AT_ONCE)
    for machine in machines:
        uow.ignores.rejudge_own(machine)
    done = len(machines) < AT_ONCE
    if done:
        uow.ignores.settle(place.account, place.revision)
    return replace(place, machine=None if done else machines[-1])


def _units(uow: UnitOfWork, account: AccountId, after: Seq, now: datetime) -> Seq | None:
    task = uow.tasks.newest(account, Module.VUL)
    if task is None:
        return None
    found = uow.ignores.found_on(task.id, after=after, limit=AT_ONCE)
    # All of them before any is counted: who counts holds the task, and a report takes its unit before its task.
    units = [unit for unit in (uow.tasks.unit(task.id, seq, lock=True) for seq in found) if unit is not None]
    counted: list[tuple[Unit, int]] = [(unit, uow.ignores.rejudge(unit)) for unit in units]
    for unit, risks in counted:
        if risks != unit.risk_num:
            uow.tasks.change(unit, unit.found(risks), now)
    return found[-1] if len(found) == AT_ONCE else None
