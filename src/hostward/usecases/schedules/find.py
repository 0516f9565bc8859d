"""Find schedules."""

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.reason import Reason
from hostward.domain.schedule import Schedule
from hostward.usecases.ports import UnitOfWork


def find(uow: UnitOfWork, *, account: AccountId, schedule: ScheduleId, lock: bool = False) -> Schedule:
    """The account's schedule. Raises NotFound in the same words for one that is unknown or another's."""
    found = uow.schedules.get(schedule, lock=lock)
    if found is None or found.account != account:
        raise NotFound.because(Reason.NO_SCHEDULE, schedule=schedule)
    return found
