"""What a scan would come to if it started now, by the rules of a real start, and nothing started."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hostward.domain.host_rules import NO_WISH, Wish
from hostward.domain.host_scan import WHOLE
from hostward.domain.ids import AccountId
from hostward.domain.machine import MINIMUM_AGENT, OFFLINE_AFTER, version_tuple
from hostward.domain.machine_filter import Tagged
from hostward.domain.module import Module
from hostward.domain.progress import Clocks, Estimate, time_left
from hostward.domain.tally import Tally
from hostward.domain.task import ALWAYS, HEARTBEAT, Hours, ScanState, turns
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Scope
from hostward.usecases.scans import describe
from hostward.usecases.scans.start import machines_of

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
    scope: Scope,
    timeout: timedelta,
    queue: timedelta | None = None,
    hours: Hours = ALWAYS,
    wish: Wish = NO_WISH,
    now: datetime,
) -> Forecast:
    """Of a scan of the machines in scope. queue None: machines may wait as long as their timeout is; 0: none waits.
    hours: with the window of the wish.

    Nobody to scan is no error here. Raises InvalidValue for a quuid that nobody knows.
    """
    counted = _all if scope.everything and not scope.but else _looked_at
    machines, too_old, offline = counted(uow, account, scope, now)
    patience = timeout if queue is None else queue or timeout
    lost = offline if queue == timedelta(0) else 0
    settled = too_old + lost
    tally = Tally(
        machines=machines, pending=machines - settled, too_old=too_old, offline=lost, progress=settled * WHOLE,
        absent=offline - lost,
    )  # fmt: skip
    hours = hours.paced(machines, wish.per_minute, wish.at_once)
    zero, until_last_start = timedelta(0), hours.last_start(now) - now
    waits = until_last_start + turns(machines, wish.at_once, timeout)
    clocks = Clocks(
        elapsed=zero,
        # As Task.deadline is when machines queue as long as they may take.
        until_deadline=hours.cut(now, waits + patience + timeout + 2 * HEARTBEAT),
        until_queue_ends=hours.cut(now, waits + patience),
        until_last_start=until_last_start,
        ramp=hours.ramp,
        timeout=hours.cut(now, timeout),
        settled=settled,
        at_once=wish.at_once,
    )
    history = uow.tasks.history(account, module)
    present = replace(tally, machines=machines - tally.absent, pending=tally.pending - tally.absent, absent=0)
    return Forecast(
        machines=machines,
        offline=offline,
        too_old=too_old,
        wait=max(clocks.until_queue_ends if tally.absent else zero, _busy(uow, account, module, now)),
        run=time_left(present, replace(clocks, until_last_start=hours.ramp), history),
        total=time_left(tally, clocks, history),
    )


def _busy(uow: UnitOfWork, account: AccountId, module: Module, now: datetime) -> timedelta:
    """How long scans of this module go on that run already: a machine does one after the other."""
    _, running = uow.tasks.list(account, module=module, states=RUNNING, limit=MOST_RUNNING, offset=0)
    left = [describe.left(uow, task, now) for task in running]
    return max((one.left for one in left if one.known), default=timedelta(0))


def _looked_at(uow: UnitOfWork, account: AccountId, scope: Scope, now: datetime) -> tuple[int, int, int]:
    machines = machines_of(uow, account, scope)
    able = [machine for machine in machines if not machine.is_too_old()]
    offline = sum(not machine.is_online(now) for machine in able)
    return len(machines), len(machines) - len(able), offline


def _all(uow: UnitOfWork, account: AccountId, scope: Scope, now: datetime) -> tuple[int, int, int]:
    """Counted by the store: as many machines as a fleet has need not be read."""
    conditions = (Tagged(values=scope.tags),) if scope.tags else ()
    agents = uow.fleet.agents(account, conditions, heard_after=now - OFFLINE_AFTER)
    able = [one for one in agents if version_tuple(one.version) >= MINIMUM_AGENT]
    machines, fit = sum(one.machines for one in agents), sum(one.machines for one in able)
    return machines, machines - fit, fit - sum(one.heard for one in able)
