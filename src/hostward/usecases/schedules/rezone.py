"""Reckon schedules anew that another server zone was in force for."""

from datetime import datetime, tzinfo

from hostward.usecases.ports import UnitOfWork


def rezone(uow: UnitOfWork, *, zone: tzinfo, now: datetime) -> int:
    """Give every schedule its next fire by the clocks of this zone; returns how many had those of another."""
    name, count = str(zone), 0
    for which in uow.schedules.elsewhere(name):
        schedule = uow.schedules.get(which, lock=True)
        if schedule is not None:
            uow.schedules.put(schedule.in_zone(name, zone, now))
            count += 1
    return count
