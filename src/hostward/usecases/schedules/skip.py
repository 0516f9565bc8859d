"""Leave out a schedule's next start, once."""

from datetime import datetime, tzinfo

from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.schedule import Schedule
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.schedules.find import find


def skip_once(
    uow: UnitOfWork, *, account: AccountId, schedule: ScheduleId, by: str, zone: tzinfo, now: datetime
) -> Schedule:
    """Move it to the start after its next one, and note who asked. Raises NotFound, and Conflict while it is off."""
    changed = find(uow, account=account, schedule=schedule, lock=True).without_next(zone, now, by)
    uow.schedules.put(changed)
    return changed
