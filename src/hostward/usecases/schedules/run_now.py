"""Start a schedule's scan at once, because somebody asked for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.reason import Reason
from hostward.domain.task import Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.run_due import request_of
from hostward.usecases.scans.start import Started, start
from hostward.usecases.schedules.find import find


def run_now(
    uow: UnitOfWork, *, account: AccountId, schedule: ScheduleId, by: str, timeout: timedelta, now: datetime
) -> Started:
    """Start it, enabled or not, inside its window or not; its fires stay as they are.

    It is a one-click scan of who asked, and the schedule's last task. Raises NotFound, NoMachines, and Conflict while
    the task before is still at work.
    """
    found = find(uow, account=account, schedule=schedule, lock=True)
    previous = None if found.last_task is None else uow.tasks.get(found.last_task)
    if previous is not None and not previous.tally.is_done:
        raise Conflict.because(Reason.STILL_RUNNING, task=previous.id)
    request = request_of(uow, found, timeout=timeout, ends=None, now=now)
    started = start(uow, request=request, account=account, by=by, trigger=Trigger.ONE_CLICK, now=now)
    uow.schedules.put(replace(found, last_task=started.task))
    return started
