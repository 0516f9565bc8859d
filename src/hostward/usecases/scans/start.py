"""Start a scan: decide which machines take part, and store the task, its units and its tally in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from hostward.domain.errors import InvalidValue, NoMachines, UnsupportedValue
from hostward.domain.host_rules import HostRules
from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.machine import Machine
from hostward.domain.options import Options, VulOptions, module_of
from hostward.domain.reason import Reason
from hostward.domain.task import Hours, Task, Trigger, enter, of_size
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.vulnerabilities.visible import visible

CATALOGUE: Final = "kev"
"""The feed that tells what is known to be exploited."""

REMEMBERED_TASKS = 8
"""A task's worth of scans that the history holds at least."""

REMEMBERED = 256
"""Scans that it holds in any case: small tasks don't wipe out what is known of rare, slow machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The new task, how many machines entered it, and whose agents are to be woken once it is committed.

    repeated: it was started by an earlier call with the same token, and nobody is woken.
    """

    task: TaskId
    machines: int
    wake: tuple[MachineId, ...]
    repeated: bool = False


def start(
    uow: UnitOfWork, *, request: ScanRequest, account: AccountId, by: str, trigger: Trigger, now: datetime
) -> Started:
    """Start a scan of the machines in scope.

    Raises InvalidValue for a quuid or VulId that nobody knows, NoMachines when no machine is left to scan.
    """
    machines = _in_scope(uow, account, request.scope)
    check_options(uow, account, request.options)
    task = _new_task(uow, request, account=account, by=by, trigger=trigger, now=now)
    task = _paced(task, request, len(machines))
    own = own_hours(uow, of_size(task, len(machines)), machines, request.zone)
    task = replace(task, late=lateness(of_size(task, len(machines)), own))
    units = list(enter(task, machines, now, {machines[seq].id: hours for seq, hours in own.items()}))
    stored = uow.tasks.create(replace(task, settled=sum(unit.is_final for unit in units)), units)
    forget_old(uow, stored)
    if stored.end is not None:
        tell_finished(uow, [stored], now)
    return Started(task=stored.id, machines=len(machines), wake=tuple(machine.id for machine in machines))


def ruled(request: ScanRequest, rules: HostRules, now: datetime, zone: tzinfo) -> ScanRequest:
    """The request as the operator's rules let it be; a window of its own is kept, and then bounds the ramp."""
    queue = request.queue if rules.queues else timedelta(0)
    if request.not_after is not None:
        ramp = min(rules.ramp, max(request.not_after - now, timedelta(0)))
        return replace(request, queue=queue, ramp=ramp, zone=zone)
    hours = rules.hours(now, zone, request.wish.window)
    return replace(request, queue=queue, not_before=hours.opens, not_after=hours.closes, ramp=hours.ramp, zone=zone)


def own_hours(
    uow: UnitOfWork, task: Task, machines: Sequence[Machine], zone: tzinfo, seqs: Sequence[int] = ()
) -> Mapping[int, Hours]:
    """When machines that have hours of their own may work, by their place in the task.

    seqs: those places, () for 0, 1, 2 ...
    """
    windows = uow.limits.windows(task.account)
    if not windows:
        return {}
    numbered = zip(seqs or range(len(machines)), machines, strict=True)
    return {
        seq: HostRules(window=window).hours(task.starts(seq), zone)
        for seq, machine in numbered
        if (window := windows.get(machine.id)) is not None
    }


def lateness(task: Task, own: Mapping[int, Hours]) -> timedelta:
    """How much later than others of the task the last machine that has hours of its own may begin."""
    last = max((task.starts_within(seq, hours) for seq, hours in own.items()), default=task.last_start)
    return max(timedelta(0), last - task.last_start)


def forget_old(uow: UnitOfWork, task: Task) -> None:
    """Scans of long ago count for less once a few tasks of this size would have replaced them."""
    scans = max(REMEMBERED, REMEMBERED_TASKS * task.tally.machines)
    if task.history.scans > 2 * scans:
        uow.tasks.fade(task.account, task.module, scans=scans)


def check_options(uow: UnitOfWork, account: AccountId, options: Options) -> None:
    """Raise InvalidValue for options that nothing could be scanned by, or that name what the account may not know."""
    if not isinstance(options, VulOptions):
        return
    if options.emergency and not any(feed.feed == CATALOGUE for feed in uow.advisories.feeds()):
        raise UnsupportedValue.because(Reason.NO_EMERGENCIES)
    if not options.vul_ids:
        return
    known = visible(uow, account, options.vul_ids)
    missing = [str(vul) for vul in options.vul_ids if vul not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_VULS, names=missing)


def _new_task(
    uow: UnitOfWork, request: ScanRequest, *, account: AccountId, by: str, trigger: Trigger, now: datetime
) -> Task:
    module = module_of(request.options)
    return Task(
        id=uow.tasks.next_id(),
        account=account,
        module=module,
        trigger=trigger,
        options=request.options,
        content=request.content,
        created_by=by,
        timeout=request.timeout,
        queue=request.timeout if request.queue is None else request.queue,
        begin=now,
        run_begin=now,
        history=uow.tasks.history(account, module),
        not_before=request.not_before,
        ramp=request.ramp,
        not_after=request.not_after,
    )


def _paced(task: Task, request: ScanRequest, machines: int) -> Task:
    """The task with its starts as far apart as the request wants them, for so many machines."""
    hours = Hours(ramp=task.ramp).paced(machines, request.wish.per_minute, request.wish.at_once)
    return replace(task, ramp=hours.ramp, at_once=hours.at_once)


def _in_scope(uow: UnitOfWork, account: AccountId, scope: Scope) -> Sequence[Machine]:
    machines = machines_of(uow, account, scope)
    if not machines:
        raise NoMachines.because(Reason.NONE_IN_SCOPE if scope.tags or scope.but else Reason.NO_MACHINES)
    return machines


def machines_of(uow: UnitOfWork, account: AccountId, scope: Scope) -> Sequence[Machine]:
    """The machines in scope, maybe none. Raises InvalidValue for a quuid that nobody knows, also of one left out."""
    machines = (
        uow.machines.of_account(account) if scope.everything else _named(uow, account, scope.quuids, scope.parameter)
    )
    if scope.tags:
        tagged = uow.machines.tagged(account, scope.tags)
        machines = [machine for machine in machines if machine.id in tagged]
    if scope.but:
        # A machine that is to be spared and was misspelled would be scanned: that is refused, never passed over.
        spared = {machine.id for machine in _named(uow, account, scope.but, "ExceptQuuids")}
        machines = [machine for machine in machines if machine.id not in spared]
    return machines


def _named(uow: UnitOfWork, account: AccountId, quuids: Sequence[str], parameter: str) -> Sequence[Machine]:
    """The account's machines with these quuids, each once."""
    wanted = list(dict.fromkeys(quuids))
    known = uow.machines.by_quuids(account, wanted)
    missing = [quuid for quuid in wanted if quuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_QUUIDS, parameter=parameter, names=missing)
    return [known[quuid] for quuid in wanted]
