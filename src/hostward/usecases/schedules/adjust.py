"""Change what becomes of a schedule's starts that come late, meet the task before, or come all at once."""

from dataclasses import replace
from datetime import datetime, tzinfo

from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.schedule import Policy, Schedule
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.schedules.find import find


def adjust(
    uow: UnitOfWork, *, account: AccountId, schedule: ScheduleId, policy: Policy, zone: tzinfo, now: datetime
) -> Schedule:
    """Give it another policy. A fire that is due stays due. Raises NotFound."""
    found = find(uow, account=account, schedule=schedule, lock=True)
    changed = replace(found, policy=policy)
    if found.next_fire is not None and found.next_fire > now:
        changed = replace(changed, next_fire=changed.after(now, zone))
    uow.schedules.put(changed)
    return changed
