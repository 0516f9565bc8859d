"""Give an agent its work: renew what it holds, hand out what waits, name what is to be stopped or lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from hostward.domain.caps import UNCAPPED, Caps
from hostward.domain.errors import AgentQuarantined, AgentRefused
from hostward.domain.host_scan import Unit, UnitState
from hostward.domain.ids import LeaseId, MachineId, TaskId
from hostward.domain.limits import effective
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.task import Hours, Task, too_old
from hostward.protocol.job import Job, Poll, Work, lease_ids, wire_options
from hostward.usecases.machines.refusals import QUARANTINED, UNKNOWN_AGENT
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What holds for the machine. own: its own hours."""

    caps: Caps
    own: Hours


def next_work(
    uow: UnitOfWork, *, machine: MachineId, poll: Poll, now: datetime, server_started: datetime, fresh: bool = True,
    caps: Caps = UNCAPPED, zone: tzinfo = UTC,
) -> Work:  # fmt: skip
    """Everything the agent of this machine should know now.

    fresh: the poll has just arrived; False when it was held meanwhile, so that what it holds is no longer the
    agent's last word. caps: the operator's, where the account sets no limits of its own; zone: of the limits' hours.

    A unit that was leased but that the agent does not hold is a job whose message was lost: it is handed out
    again under the same lease. A running one that it does not hold any more was lost by the agent: it waits anew.
    """
    uow.machines.seen(machine, now)
    asking = uow.machines.get(machine)
    if asking is None:
        raise AgentRefused(UNKNOWN_AGENT)
    if asking.quarantined is not None:
        raise AgentQuarantined(QUARANTINED)
    holding = lease_ids(poll.holding)
    units = uow.tasks.open_units(machine)
    tasks = {unit.task: task for unit in units if (task := uow.tasks.get(unit.task)) is not None}
    if fresh:
        units = [_reclaimed(uow, unit, holding, now, server_started) for unit in units]
    bounds = effective(uow.limits.of_machine(machine) if units else (), caps)
    resent = [_job(uow, unit, tasks[unit.task], bounds.caps, now) for unit in units if _is_unheard(unit, holding)]
    own = bounds.hours(now, zone)
    waiting = _free(uow, _waiting(units, tasks, asking, poll, now), asking, own, now)
    given = _given(uow, waiting, asking, _Held(caps=bounds.caps, own=own), now)
    ended = [unit for unit in units if unit.is_final]
    ended += [unit for unit, _ in waiting if asking.is_too_old()]
    tell_finished(uow, [tasks[unit.task] for unit in ended], now)
    stop = [unit.lease for unit in units if unit.state is UnitState.STOPPING and unit.lease in holding]
    current = {unit.lease for unit in units if unit.lease is not None}
    lost = [lease for lease in sorted(holding) if lease not in current and not _is_wanted(uow, lease, machine)]
    return Work(
        generation=poll.generation, jobs=[*resent, *given], stop=[n for n in stop if n is not None], lost=[*lost]
    )


def _reclaimed(
    uow: UnitOfWork, unit: Unit, holding: frozenset[LeaseId], now: datetime, server_started: datetime
) -> Unit:
    """The unit, taken back when its agent no longer knows of it."""
    given_up = unit.state in (UnitState.RUNNING, UnitState.STOPPING) and unit.lease not in holding
    if not given_up:
        return unit
    lease = uow.tasks.lease(unit.lease) if unit.lease is not None else None
    spends = lease is None or lease.given >= server_started
    after = unit.lease_lost(now, spends_attempt=spends)
    uow.tasks.change(unit, after, now)
    return after


def _is_unheard(unit: Unit, holding: frozenset[LeaseId]) -> bool:
    return unit.state is UnitState.LEASED and unit.lease not in holding


def _is_wanted(uow: UnitOfWork, lease: LeaseId, machine: MachineId) -> bool:
    """A lease whose unit is final may still bring results for the machine itself, unless it was replaced."""
    known = uow.tasks.lease(lease)
    if known is None or known.machine != machine or known.ended:
        return False
    unit = uow.tasks.unit(known.task, known.seq)
    return unit is not None and unit.lease == lease


def _waiting(
    units: Sequence[Unit], tasks: dict[TaskId, Task], machine: Machine, poll: Poll, now: datetime
) -> list[tuple[Unit, Task]]:
    """What may be leased now: the oldest waiting unit of each module that the agent could start, if its time came."""
    known = set(Module)
    free = {Module(name) for name in poll.modules if name in known}
    free -= {tasks[unit.task].module for unit in units if unit.state.holds_lease}
    waiting: list[tuple[Unit, Task]] = []
    for unit in units:
        module = tasks[unit.task].module
        may_begin = module in free and tasks[unit.task].may_begin(unit.seq, now)
        if unit.state is UnitState.PENDING and (may_begin or machine.is_too_old()):
            free.discard(module)
            waiting.append((unit, tasks[unit.task]))
    return waiting


def _free(
    uow: UnitOfWork, units: Sequence[tuple[Unit, Task]], machine: Machine, own: Hours, now: datetime
) -> list[tuple[Unit, Task]]:
    """Those that may begin: the machine's own hours are there, and its task has a place; the rest waits."""
    free: list[tuple[Unit, Task]] = []
    for unit, task in units:
        note = None if machine.is_too_old() else _obstacle(uow, task, own)
        if note is None:
            free.append((unit, task))
        elif note != unit.note:
            due = unit.waits_until if own.opens is None else min(own.opens, unit.waits_until)
            uow.tasks.change(unit, unit.waits_for(note, due), now)
    return free


def _obstacle(uow: UnitOfWork, task: Task, own: Hours) -> Note | None:
    """Why a machine whose turn has come may not begin."""
    if own.opens is not None:
        return Note(code=Code.WAITING_TURN, values={"until": own.opens.strftime("%Y-%m-%d %H:%M:%S UTC")})
    if not task.at_once:
        return None
    # Counted under a lock: another machine may be given the last place at this very moment.
    counted = uow.tasks.get(task.id, lock=True)
    is_full = counted is not None and counted.is_full
    return Note(code=Code.WAITING_PLACE, values={"count": str(task.at_once)}) if is_full else None


def _given(
    uow: UnitOfWork, units: Sequence[tuple[Unit, Task]], machine: Machine, held: _Held, now: datetime
) -> list[Job]:
    """New leases on these units; an agent that is too old gets none and its units fail."""
    if not machine.is_too_old():
        return [_lease(uow, unit, task, held, now) for unit, task in units]
    for unit, _ in units:
        uow.tasks.change(unit, too_old(unit, machine, now), now)
    return []


def _lease(uow: UnitOfWork, unit: Unit, task: Task, held: _Held, now: datetime) -> Job:
    timeout = max(timedelta(seconds=1), held.own.cut(now, task.timeout_from(now)))
    leased = unit.leased(uow.tasks.next_lease(), now, timeout)
    if unit.lease is not None:
        leased = _without_results(uow, leased, unit.lease)
    uow.tasks.change(unit, leased, now)
    assert leased.lease is not None
    uow.tasks.add_lease(
        Lease(id=leased.lease, machine=unit.machine, task=unit.task, seq=unit.seq, run=unit.run, given=now)
    )
    return _job(uow, leased, task, held.caps, now)


def _without_results(uow: UnitOfWork, unit: Unit, earlier: LeaseId) -> Unit:
    """A new lease replaces what the earlier one brought, in the same transaction.

    Rows of an earlier lease that ended stay: they are the machine's own results until newer ones are whole.
    """
    known = uow.tasks.lease(earlier)
    if known is None or not known.ended:
        uow.results.drop(unit.machine, earlier)
    uow.tasks.record_vuls(unit, ())
    return unit.found(0)


def _job(uow: UnitOfWork, unit: Unit, task: Task, caps: Caps, now: datetime) -> Job:
    assert unit.lease is not None
    assert unit.timeout_at is not None
    return Job(
        lease=unit.lease,
        options=wire_options(task.options),
        seconds=max(1.0, (unit.timeout_at - now).total_seconds()),
        covered=_covered(uow, task.module),
        **asdict(caps),
    )


def _covered(uow: UnitOfWork, module: Module) -> list[str]:
    if module is not Module.VUL:
        return []
    return sorted({ecosystem for feed in uow.advisories.feeds() for ecosystem in feed.ecosystems})
