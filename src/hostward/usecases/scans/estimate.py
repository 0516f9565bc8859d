"""What a scan would come to if it started now, by the rules of a real start, and nothing started."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hostward.domain.host_scan import WHOLE
from hostward.domain.ids import AccountId
from hostward.domain.machine import MINIMUM_AGENT, OFFLINE_AFTER, Machine, version_tuple
from hostward.domain.machine_filter import Tagged
from hostward.domain.module import Module
from hostward.domain.progress import Clocks, Estimate, time_left
from hostward.domain.tally import Tally
from hostward.domain.task import ALWAYS, HEARTBEAT, Hours, ScanState
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans import describe
from hostward.usecases.scans.start import named_machines

RUNNING = frozenset({ScanState.SCANNING, ScanState.STOPPING})

MOST_RUNNING = 20
"""Running tasks that are looked at: more of one module at a time are nobody's plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Machines that would enter the task. offline: of those that may be scanned at all. too_old fail at once.

    wait: how long machines that are offline, or busy with an earlier scan of this module, may wait. run: what the scan
    itself takes those that are there. total: until every machine is final, as far as is known.
    """

    machines: int
    offline: int
    too_old: int
    wait: timedelta
    run: Estimate
    total: Estimate


def estimate(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    quuids: Sequence[str],
    tags: Sequence[str],
    timeout: timedelta,
    hours: Hours = ALWAYS,
    now: datetime,
) -> Forecast:
    """Of the machines named, or of all for (); tags: only those of them with one of these.

    Nobody to scan is no error here. Raises InvalidValue for a quuid that nobody knows.
    """
    machines, too_old, offline = _named(uow, account, quuids, tags, now) if quuids else _all(uow, account, tags, now)
    tally = Tally(
        machines=machines, pending=machines - too_old, too_old=too_old, progress=too_old * WHOLE, absent=offline
    )
    zero, until_last_start = timedelta(0), hours.last_start(now) - now
    clocks = Clocks(
        elapsed=zero,
        # As Task.deadline is when machines queue as long as they may take.
        until_deadline=hours.cut(now, until_last_start + 2 * timeout + 2 * HEARTBEAT),
        until_queue_ends=hours.cut(now, until_last_start + timeout),
        until_last_start=until_last_start,
        ramp=hours.ramp,
        timeout=hours.cut(now, timeout),
        settled=too_old,
    )
    history = uow.tasks.history(account, module)
    present = replace(tally, machines=machines - offline, pending=tally.pending - offline, absent=0)
    return Forecast(
        machines=machines,
        offline=offline,
        too_old=too_old,
        wait=max(clocks.until_queue_ends if offline else zero, _busy(uow, account, module, now)),
        run=time_left(present, replace(clocks, until_last_start=hours.ramp), history),
        total=time_left(tally, clocks, history),
    )


def _busy(uow: UnitOfWork, account: AccountId, module: Module, now: datetime) -> timedelta:
    """How long scans of this module go on that run already: a machine does one after the other."""
    _, running = uow.tasks.list(account, module=module, states=RUNNING, limit=MOST_RUNNING, offset=0)
    left = [describe.left(uow, task, now) for task in running]
    return max((one.left for one in left if one.known), default=timedelta(0))


def _named(
    uow: UnitOfWork, account: AccountId, quuids: Sequence[str], tags: Sequence[str], now: datetime
) -> tuple[int, int, int]:
    machines: Sequence[Machine] = named_machines(uow, account, quuids)
    if tags:
        tagged = uow.machines.tagged(account, tags)
        machines = [machine for machine in machines if machine.id in tagged]
    able = [machine for machine in machines if not machine.is_too_old()]
    offline = sum(not machine.is_online(now) for machine in able)
    return len(machines), len(machines) - len(able), offline


def _all(uow: UnitOfWork, account: AccountId, tags: Sequence[str], now: datetime) -> tuple[int, int, int]:
    """Counted by the store: as many machines as a fleet has need not be read."""
    conditions = (Tagged(values=tuple(tags)),) if tags else ()
    agents = uow.fleet.agents(account, conditions, heard_after=now - OFFLINE_AFTER)
    able = [one for one in agents if version_tuple(one.version) >= MINIMUM_AGENT]
    machines, fit = sum(one.machines for one in agents), sum(one.machines for one in able)
    return machines, machines - fit, fit - sum(one.heard for one in able)
