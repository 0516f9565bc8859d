"""Switch a schedule on or off."""

from dataclasses import replace
from datetime import datetime, tzinfo

from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.schedule import EveryDays, Schedule, first_day
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.schedules.find import find


def enable(
    uow: UnitOfWork, *, account: AccountId, schedule: ScheduleId, enabled: bool, zone: tzinfo, now: datetime
) -> Schedule:
    """Switch it; doing so again changes nothing. Switched on, its days are counted from now. Raises NotFound."""
    found = find(uow, account=account, schedule=schedule, lock=True)
    if found.setting.enabled == enabled:
        return found
    setting = replace(found.setting, enabled=enabled)
    if enabled and isinstance(setting.cadence, EveryDays):
        setting = replace(setting, cadence=replace(setting.cadence, first=first_day(setting.at, now, zone)))
    changed = replace(found, setting=setting, zone=str(zone)).anew(zone, now)
    uow.schedules.put(changed)
    return changed
