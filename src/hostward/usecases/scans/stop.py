"""Stop a task, or some of its machines: what arrived is kept, nothing is deleted."""

from datetime import datetime

from hostward.domain.errors import InvalidValue
from hostward.domain.host_scan import UnitState
from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.module import Module
from hostward.domain.reason import Reason
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.describe import find


def stop(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    task: TaskId,
    quuids: tuple[str, ...],
    by: str,
    now: datetime,
) -> tuple[MachineId, ...]:
    """Ask every machine of the task that is not final (or those of quuids) to stop; returns whose agents to wake.

    Stopping what is final already is no error. Raises NotFound for a task that is not the account's or not of the
    module, InvalidValue for a quuid that no machine of the account has.
    """
    found = find(uow, account=account, module=module, task=task, lock=True)
    machines = _machines(uow, account, quuids) if quuids else None
    if machines is None:
        uow.tasks.put(found.asked_to_stop(now, by))
    at = now.strftime("%Y-%m-%d %H:%M:%S UTC")
    wake, ended = [], False
    for unit in uow.tasks.open_units_of(task, machines):
        if unit.state is UnitState.STOPPING:
            continue
        after = unit.asked_to_stop(now, by, at)
        uow.tasks.change(unit, after, now)
        ended = ended or after.is_final
        wake.append(unit.machine)
    if ended:
        tell_finished(uow, [found], now)
    return tuple(wake)


def _machines(uow: UnitOfWork, account: AccountId, quuids: tuple[str, ...]) -> frozenset[MachineId]:
    known = uow.machines.by_quuids(account, quuids)
    missing = [quuid for quuid in dict.fromkeys(quuids) if quuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_MACHINES, names=missing)
    return frozenset(machine.id for machine in known.values())
