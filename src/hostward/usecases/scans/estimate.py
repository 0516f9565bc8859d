"""What a scan would come to if it started now, by the rules of a real start, and nothing started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hostward.domain.host_scan import WHOLE
from hostward.domain.ids import AccountId
from hostward.domain.machine import MINIMUM_AGENT, OFFLINE_AFTER, Machine, version_tuple
from hostward.domain.machine_filter import Tagged
from hostward.domain.module import Module
from hostward.domain.progress import Estimate, time_left
from hostward.domain.tally import Tally
from hostward.domain.task import HEARTBEAT
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.start import named_machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Machines that would enter the task. offline: of those that may be scanned at all. too_old fail at once.

    wait: how long offline machines may hold the task open. run: until every machine is final, as far as is known.
    """

    machines: int
    offline: int
    too_old: int
    wait: timedelta
    run: Estimate


def estimate(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    quuids: Sequence[str],
    tags: Sequence[str],
    timeout: timedelta,
    now: datetime,
) -> Forecast:
    """Of the machines named, or of all for (); tags: only those of them with one of these.

    Nobody to scan is no error here. Raises InvalidValue for a quuid that nobody knows.
    """
    machines, too_old, offline = _named(uow, account, quuids, tags, now) if quuids else _all(uow, account, tags, now)
    tally = Tally(machines=machines, pending=machines - too_old, too_old=too_old, progress=too_old * WHOLE)
    run = time_left(
        tally,
        elapsed=timedelta(0),
        until_deadline=2 * timeout + 2 * HEARTBEAT,  # as Task.deadline is without a window, when machines queue as long
        typical=uow.tasks.typical(account, module),
    )
    return Forecast(
        machines=machines, offline=offline, too_old=too_old, wait=timeout if offline else timedelta(0), run=run
    )


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
