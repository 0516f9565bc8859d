"""Schedules in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.module import Module
from hostward.domain.schedule import Schedule
from hostward.store import counters
from hostward.store.schedule_rows import COLUMNS, KEY, row_of, schedule_of
from hostward.store.schedule_table import schedule
from hostward.store.session import Prepared, Session
from hostward.store.texts import clean
from hostward.store.times import micros, time_of
from hostward.store.upsert import adding

_C = schedule.c
_GET = select(*COLUMNS).where(_C.schedule_id == bindparam("which"))
_NAMED = select(*COLUMNS).where(
    _C.account_id == bindparam("of_account"), _C.module == bindparam("of_module"), _C.name == bindparam("called")
)
_READ, _LOCK = Prepared(_GET), Prepared(_GET.with_for_update())
_READ_NAMED, _LOCK_NAMED = Prepared(_NAMED), Prepared(_NAMED.with_for_update())
_OF_ACCOUNT = Prepared(select(*COLUMNS).where(_C.account_id == bindparam("of_account")).order_by(_C.schedule_id))
_ADD = adding(schedule, key=("account_id", "module", "name"))
_PUT = Prepared(
    update(schedule)
    .where(_C.schedule_id == bindparam("which"))
    .values({column.name: bindparam(f"to_{column.name}") for column in COLUMNS if column.name not in KEY})
)
_UPCOMING = Prepared(
    select(_C.schedule_id, _C.next_fire)
    .where(_C.next_fire < bindparam("before"))
    .order_by(_C.next_fire, _C.schedule_id)
)
_ELSEWHERE = Prepared(select(_C.schedule_id).where(_C.zone != bindparam("this")).order_by(_C.schedule_id))


class SqlSchedules:
    """ports.Schedules."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_id(self) -> ScheduleId:
        """A schedule id never given before."""
        return ScheduleId(counters.take(self._session, "schedule"))

    def get(self, schedule: ScheduleId, *, lock: bool = False) -> Schedule | None:
        """A schedule."""
        row = self._session.row(_LOCK if lock else _READ, which=schedule)
        return None if row is None else schedule_of(row)

    def named(self, account: AccountId, module: Module, name: str = "", *, lock: bool = False) -> Schedule | None:
        """The account's schedule of the module with this name."""
        statement = _LOCK_NAMED if lock else _READ_NAMED
        row = self._session.row(statement, of_account=account, of_module=module.value, called=clean(name))
        return None if row is None else schedule_of(row)

    def of_account(self, account: AccountId) -> Sequence[Schedule]:
        """The account's schedules, oldest first."""
        return [schedule_of(row) for row in self._session.rows(_OF_ACCOUNT, of_account=account)]

    def add(self, schedule: Schedule) -> None:
        """Store a new schedule."""
        if not self._session.run(_ADD(self._session.dialect.name), **row_of(schedule)):
            raise Conflict(f"there is a {schedule.module} schedule of this name already: change that one")

    def put(self, schedule: Schedule) -> None:
        """Store everything of an existing schedule."""
        row = {f"to_{name}": value for name, value in row_of(schedule).items() if name not in KEY}
        if not self._session.run(_PUT, which=schedule.id, **row):
            raise NotFound(f"there is no schedule {schedule.id}")

    def upcoming(self, before: datetime) -> Sequence[tuple[ScheduleId, datetime]]:
        """Schedules whose next fire comes before this time, the first one first."""
        rows = self._session.rows(_UPCOMING, before=micros(before))
        return [(ScheduleId(which), time_of(fire)) for which, fire in rows]

    def elsewhere(self, zone: str) -> Sequence[ScheduleId]:
        """Schedules that were reckoned in another zone than this."""
        return [ScheduleId(row[0]) for row in self._session.rows(_ELSEWHERE, this=clean(zone))]
