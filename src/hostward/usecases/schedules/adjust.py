"""Change what becomes of a schedule's starts that come late, meet the task before, or come all at once."""

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
    changed = found.with_policy(policy, zone, now)
    uow.schedules.put(changed)
    return changed
