"""Schedules in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.module import Module
from hostward.domain.schedule import Schedule
from hostward.store.memory.state import State
from hostward.store.schedule_rows import COLUMNS, row_of, schedule_of
from hostward.store.texts import clean


class MemorySchedules:
    """ports.Schedules."""

    def __init__(self, state: State) -> None:
        self._state = state

    def next_id(self) -> ScheduleId:
        """A schedule id never given before."""
        return ScheduleId(self._state.take("schedule"))

    def get(self, schedule: ScheduleId, *, lock: bool = False) -> Schedule | None:
        """A schedule; a transaction has everything to itself, locked or not."""
        return self._state.schedules.get(schedule)

    def named(self, account: AccountId, module: Module, name: str = "", *, lock: bool = False) -> Schedule | None:
        """The account's schedule of the module with this name."""
        own = (each for each in self.of_account(account) if (each.module, each.name) == (module, clean(name)))
        return next(own, None)

    def of_account(self, account: AccountId) -> Sequence[Schedule]:
        """The account's schedules, oldest first."""
        return [each for _, each in sorted(self._state.schedules.items()) if each.account == account]

    def add(self, schedule: Schedule) -> None:
        """Store a new schedule."""
        if self.named(schedule.account, schedule.module, schedule.name) is not None:
            raise Conflict(f"there is a {schedule.module} schedule of this name already: change that one")
        self._state.schedules[schedule.id] = _shown(schedule)

    def put(self, schedule: Schedule) -> None:
        """Store everything of an existing schedule."""
        kept = self._state.schedules.get(schedule.id)
        if kept is None:
            raise NotFound(f"there is no schedule {schedule.id}")
        self._state.schedules[schedule.id] = _shown(replace(schedule, account=kept.account, name=kept.name))

    def upcoming(self, before: datetime) -> Sequence[tuple[ScheduleId, datetime]]:
        """Schedules whose next fire comes before this time, the first one first."""
        fires = ((each.next_fire, each.id) for each in self._state.schedules.values())
        return [(which, fire) for fire, which in sorted((f, w) for f, w in fires if f is not None and f < before)]

    def elsewhere(self, zone: str) -> Sequence[ScheduleId]:
        """Schedules that were reckoned in another zone than this."""
        return sorted(each.id for each in self._state.schedules.values() if each.zone != clean(zone))


def _shown(schedule: Schedule) -> Schedule:
    """The schedule as a database would give it back."""
    row = row_of(schedule)
    return schedule_of([row[column.name] for column in COLUMNS])
