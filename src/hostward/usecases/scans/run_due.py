"""Start the scans of schedules that are due: each fire once, whatever is killed when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from hostward.domain.errors import HostwardError, NoMachines
from hostward.domain.host_rules import FREE, HostRules
from hostward.domain.ids import MachineId, ScheduleId, TaskId
from hostward.domain.reason import Reason
from hostward.domain.schedule import Decision, Schedule, Skip, decide
from hostward.domain.task import MAX_TIMEOUT, Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import Started, ruled, start

STARTED_BY = "schedule"
"""Who is named as the maker of a scheduled task."""


Rule = Callable[[ScanRequest], ScanRequest]
"""A request to what the operator lets it be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a look at a schedule: its task, or what was skipped, or neither (another was first, or it waits).

    fire: what was looked at, None when nothing was due. wake: whose agents to wake once it is committed.
    """

    fire: datetime | None = None
    task: TaskId | None = None
    skip: Skip | None = None
    wake: Sequence[MachineId] = ()


def run_due(
    uow: UnitOfWork, *, which: ScheduleId, now: datetime, zone: tzinfo, timeout: timedelta, rules: HostRules = FREE
) -> Ran:
    """Look at one schedule that is due, start its task if it may start, and remember the fire with it.

    The schedule is locked first and its fire looked at again, so that of several servers one starts the task. Task,
    fire and next fire are one transaction, so that a server that dies in between neither loses nor doubles it.
    timeout: of each machine, where no window says more. rules: what the operator lets scans do to hosts. A scan that
    can't start is a skip on record, no error.
    """
    schedule = uow.schedules.get(which, lock=True)
    if schedule is None or schedule.next_fire is None or schedule.next_fire > now:
        return Ran()
    previous = None if schedule.last_task is None else uow.tasks.get(schedule.last_task)
    decision = decide(schedule, schedule.next_fire, previous, now, zone)
    if decision.waits:
        return Ran(fire=decision.fire)
    moved = replace(schedule, next_fire=schedule.after(now, zone), last_skip=decision.skip or schedule.last_skip)
    if not decision.starts:
        uow.schedules.put(moved)
        return Ran(fire=decision.fire, skip=decision.skip)
    return _begun(uow, moved, decision, now=now, timeout=timeout, rule=lambda request: ruled(request, rules, now, zone))


def request_of(
    uow: UnitOfWork, schedule: Schedule, *, timeout: timedelta, ends: datetime | None, now: datetime
) -> ScanRequest:
    """What a schedule asks to be scanned now. ends: of its window, which machines may use up to its end.

    Machines that are no longer there are left out. Raises NoMachines when no other is left.
    """
    setting, there = schedule.setting, schedule.setting.quuids
    if there:
        known = uow.machines.by_quuids(schedule.account, there)
        there = tuple(quuid for quuid in there if quuid in known)
        if not there:
            raise NoMachines.because(Reason.MACHINES_GONE)
    span = timeout if ends is None else min(ends - now, MAX_TIMEOUT)
    return ScanRequest(
        options=setting.options,
        content=setting.content,
        scope=Scope(everything=not there, quuids=there),
        timeout=span,
        queue=span,
        not_after=ends,
    )


def _begun(
    uow: UnitOfWork, schedule: Schedule, decision: Decision, *, now: datetime, timeout: timedelta, rule: Rule
) -> Ran:
    """Nothing is stored before start() knows that it can, so that its refusal leaves nothing to undo."""
    try:
        started = _started(uow, schedule, decision, now=now, timeout=timeout, rule=rule)
    except HostwardError as refusal:
        skip = _refused(refusal, decision.fire)
        uow.schedules.put(replace(schedule, last_skip=skip))
        return Ran(fire=decision.fire, skip=skip)
    uow.schedules.put(replace(schedule, last_fire=decision.fire, last_task=started.task))
    return Ran(fire=decision.fire, task=started.task, skip=decision.skip, wake=started.wake)


def _started(
    uow: UnitOfWork, schedule: Schedule, decision: Decision, *, now: datetime, timeout: timedelta, rule: Rule
) -> Started:
    request = request_of(uow, schedule, timeout=timeout, ends=decision.ends, now=now)
    return start(
        uow, request=rule(request), account=schedule.account, by=STARTED_BY, trigger=Trigger.SCHEDULED, now=now
    )  # fmt: skip


def _refused(refusal: HostwardError, fire: datetime) -> Skip:
    if refusal.reason is not None:
        return Skip(at=fire, reason=refusal.reason, values=refusal.values)
    return Skip(at=fire, reason=Reason.REFUSED, values={"message": str(refusal)})
