"""Run a task again for some of its machines: same task, same rows, the next run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from hostward.domain.errors import Conflict, InvalidValue, NoMachines
from hostward.domain.host_scan import Unit, UnitState
from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.module import Module
from hostward.domain.reason import Reason
from hostward.domain.task import ALWAYS, Hours, Task, reenter
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.describe import find
from hostward.usecases.scans.start import lateness, own_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """How many machines scan again, and whose agents to wake."""

    machines: int
    wake: tuple[MachineId, ...]


def rerun(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    task: TaskId,
    quuids: tuple[str, ...],
    timeout: timedelta | None,
    hours: Hours = ALWAYS,
    zone: tzinfo = UTC,
    now: datetime,
) -> Rerun:
    """Scan again the machines of quuids, or all that are not Ok; the results of others stay.

    Machines that are still waiting or scanning go on as they are. timeout: a machine's in this run, None for the
    task's own. hours: when machines may work; zone: of their own ones. Raises NotFound, InvalidValue for a machine that
    is not in the task, Conflict while one of them is being stopped, NoMachines when there is none to scan again.
    """
    found = find(uow, account=account, module=module, task=task, lock=True)
    units = _chosen(uow, found, quuids)
    if any(unit.state is UnitState.STOPPING for unit in units):
        raise Conflict.because(Reason.STILL_STOPPING, task=task)
    final = [unit for unit in units if unit.is_final]
    if not final:
        raise NoMachines.because(Reason.NONE_TO_RERUN, task=task)
    again = found.again(
        now,
        timeout=timeout,
        history=uow.tasks.history(account, module),
        settled=found.tally.final - len(final),
        hours=hours,
        others=not found.tally.is_done,
    )
    again, own = _with_own_hours(uow, again, final, zone)
    uow.tasks.put(again)
    restarted = [_restart(uow, again, unit, now, own.get(unit.seq, ALWAYS)) for unit in final]
    if any(unit.is_final for unit in restarted):
        tell_finished(uow, [again], now)
    return Rerun(machines=len(final), wake=tuple(unit.machine for unit in final))


def _chosen(uow: UnitOfWork, task: Task, quuids: tuple[str, ...]) -> Sequence[Unit]:
    """The units to look at, in the task's order."""
    if not quuids:
        units = [unit for unit in uow.tasks.units(task.id) if unit.state is not UnitState.OK]
        return [unit for unit in units if uow.machines.get(unit.machine) is not None]  # others were removed
    known = uow.machines.by_quuids(task.account, quuids)
    wanted = {machine.id: quuid for quuid, machine in known.items()}
    units = [unit for unit in uow.tasks.units(task.id) if unit.machine in wanted]
    there = {wanted[unit.machine] for unit in units}
    missing = [quuid for quuid in dict.fromkeys(quuids) if quuid not in there]
    if missing:
        raise InvalidValue.because(Reason.NOT_IN_TASK, task=task.id, names=missing)
    return units


def _with_own_hours(
    uow: UnitOfWork, task: Task, units: Sequence[Unit], zone: tzinfo
) -> tuple[Task, Mapping[int, Hours]]:
    """The task's next run and the hours of those of its machines that have some."""
    there = [(unit.seq, machine) for unit in units if (machine := uow.machines.get(unit.machine)) is not None]
    own = own_hours(uow, task, [machine for _, machine in there], zone, [seq for seq, _ in there]) if there else {}
    return replace(task, late=lateness(task, own)), own


def _restart(uow: UnitOfWork, task: Task, unit: Unit, now: datetime, own: Hours) -> Unit:
    """The unit's earlier risks no longer count; the machine's own results stay until newer ones are whole."""
    machine = uow.machines.get(unit.machine)
    assert machine is not None
    uow.tasks.record_vuls(unit, ())
    after = reenter(task, unit, machine, now, own)
    uow.tasks.change(unit, after, now)
    return after
