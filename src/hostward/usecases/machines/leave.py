"""Machines that go: removed by people, vanished by policy, let in again after a quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hostward.domain.errors import NotFound
from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.ids import AccountId, MachineId
from hostward.domain.limits import NOT_SET, Limit, LimitOf
from hostward.domain.machine import Machine
from hostward.domain.note import Code, Note
from hostward.domain.reason import Reason
from hostward.usecases.machines.overview import find
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork

AT_ONCE: Final = 50
"""Vanished machines removed in one transaction."""

POLICY: Final = "agent.forget_after_days"
"""Who removed a machine that vanished: the setting's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A machine that was removed; its agent should learn of it."""

    machine: MachineId
    quuid: str


def remove(uow: UnitOfWork, *, account: AccountId, quuid: str = "", uuid: str = "", by: str, now: datetime) -> Gone:
    """Remove a machine: scans under way end for it, its agent is refused, what past tasks found stays.

    Raises NotFound for a machine that is not the account's.
    """
    machine = find(uow, account=account, quuid=quuid, uuid=uuid)
    if machine is None:
        raise NotFound.because(Reason.NO_MACHINE)
    return _removed(uow, machine, by, now)


def forget(uow: UnitOfWork, *, silent_for: timedelta, now: datetime) -> Sequence[Gone]:
    """Remove machines that were not heard of for so long, some at a time: less than AT_ONCE says that was all."""
    return [_removed(uow, each, POLICY, now) for each in uow.agents.silent(now - silent_for, AT_ONCE)]


def release(uow: UnitOfWork, *, account: AccountId, quuid: str) -> Machine:
    """Let a machine in again that was kept out because two used its key. Raises NotFound."""
    machine = find(uow, account=account, quuid=quuid)
    if machine is None:
        raise NotFound.because(Reason.NO_MACHINE)
    uow.agents.quarantine(machine.id, None)
    return machine


def _removed(uow: UnitOfWork, machine: Machine, by: str, now: datetime) -> Gone:
    uow.limits.put(machine.account, Limit(of=LimitOf.MACHINE, number=machine.id, limits=NOT_SET))
    ended = []
    for unit in uow.tasks.open_units(machine.id):
        uow.tasks.change(unit, _ended(unit, by, now), now)
        if (task := uow.tasks.get(unit.task)) is not None:
            ended.append(task)
    tell_finished(uow, ended, now)
    uow.agents.remove(machine.account, machine.id)
    return Gone(machine=machine.id, quuid=machine.quuid)


def _ended(unit: Unit, by: str, now: datetime) -> Unit:
    if unit.state is UnitState.STOPPING:
        return unit.stopped(now)
    return unit.failed(FailType.OFFLINE, now, Note(code=Code.REMOVED, values={"by": by}))
