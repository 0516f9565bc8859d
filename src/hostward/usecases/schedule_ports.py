"""What is kept of schedules, as a Protocol: the part of usecases/ports.py that is about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.module import Module
from hostward.domain.schedule import Schedule


class Schedules(Protocol):
    """Scans that start by themselves."""

    def next_id(self) -> ScheduleId:
        """A schedule id never given before."""
        ...

    def get(self, schedule: ScheduleId, *, lock: bool = False) -> Schedule | None:
        """A schedule. lock: nobody else changes it before this transaction ends."""
        ...

    def named(self, account: AccountId, module: Module, name: str = "", *, lock: bool = False) -> Schedule | None:
        """The account's schedule of the module with this name ("": the API's setting)."""
        ...

    def of_account(self, account: AccountId) -> Sequence[Schedule]:
        """The account's schedules, oldest first."""
        ...

    def add(self, schedule: Schedule) -> None:
        """Store a new schedule. Raises Conflict when its account, module and name are taken."""
        ...

    def put(self, schedule: Schedule) -> None:
        """Store everything of an existing schedule but its account, module and name."""
        ...

    def upcoming(self, before: datetime) -> Sequence[tuple[ScheduleId, datetime]]:
        """Schedules of all accounts whose next fire comes before this time, the first one first."""
        ...

    def elsewhere(self, zone: str) -> Sequence[ScheduleId]:
        """Schedules of all accounts that were reckoned in another zone than this."""
        ...
