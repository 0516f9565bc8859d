"""Removing what is old, in SQL. Every step takes a handful of leases or a slice of a task's machines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, or_, select

from hostward.domain.ids import LeaseId, MachineId, TaskId
from hostward.store.results import SqlResults
from hostward.store.session import Prepared, Session
from hostward.store.tables import (
    current_result,
    lease,
    removed_task,
    task,
    task_block,
    task_machine,
    task_vul,
    unit_vul,
)
from hostward.store.times import micros
from hostward.usecases.retention_ports import Weight

UNITS_AT_ONCE: Final = 50
"""Machines of a removed task that go with one lease's worth of work: their rows are small."""

_T, _L, _U, _C = task.c, lease.c, task_machine.c, current_result.c
_NEWER = task.alias("newer")
_NEWEST = (
    select(func.max(_NEWER.c.task_id))
    .where(_NEWER.c.account_id == _T.account_id, _NEWER.c.module == _T.module)
    .scalar_subquery()
)
_MAY_GO: ColumnElement[bool] = and_(
    (_T.pending + _T.leased + _T.running + _T.stopping) == 0, _T.end_at < bindparam("before"), _T.task_id < _NEWEST
)
_IS_OWN = exists().where(_C.machine_id == _L.machine_id, _C.lease_id == _L.lease_id)
_IS_A_UNITS = exists().where(_U.task_id == _L.task_id, _U.seq == _L.seq, _U.lease_id == _L.lease_id)
_UNSHOWN: ColumnElement[bool] = and_(~_IS_OWN, ~_IS_A_UNITS)
_OLD = Prepared(select(_T.task_id).where(_MAY_GO).order_by(_T.task_id).limit(bindparam("most")))
_WEIGHT = Prepared(select(func.count(), func.coalesce(func.sum(_T.machines), 0)).where(_MAY_GO))
_GONE = exists().where(_T.task_id == _L.task_id, _MAY_GO)
_LEASES = Prepared(
    select(func.count()).where(~_IS_OWN, or_(_GONE, and_(~_IS_A_UNITS, _L.given < bindparam("unshown_before"))))
)
_ACCOUNT = Prepared(select(_T.account_id).where(_T.task_id == bindparam("which")))
_REMOVE = Prepared(delete(task).where(_T.task_id == bindparam("which"), _MAY_GO))
_TO_SWEEP = Prepared(removed_task.insert())
_NEXT = Prepared(select(func.min(removed_task.c.task_id)))
_LEFT = Prepared(
    select(_L.lease_id, _L.machine_id)
    .where(_L.task_id == bindparam("which"), ~_IS_OWN)
    .order_by(_L.lease_id)
    .limit(bindparam("most"))
)
_FIRST_UNIT = Prepared(select(func.min(_U.seq)).where(_U.task_id == bindparam("which")))
_UNITS = tuple(
    Prepared(delete(table).where(table.c.task_id == bindparam("which"), table.c.seq < bindparam("end")))
    for table in (unit_vul, task_machine)
)
_REST = tuple(
    Prepared(delete(table).where(table.c.task_id == bindparam("which")))
    for table in (task_block, task_vul, removed_task)
)
_LOOKED_AT = (
    select(_L.lease_id)
    .where(_L.lease_id > bindparam("after"), _L.given < bindparam("before"))
    .order_by(_L.lease_id)
    .limit(bindparam("most"))
)
_LAST = Prepared(select(func.max(_LOOKED_AT.subquery("looked").c.lease_id)))
_FOUND = Prepared(
    select(_L.lease_id)
    .where(
        _L.lease_id > bindparam("after"),
        _L.lease_id <= bindparam("last"),
        _L.given < bindparam("before"),
        _UNSHOWN,
    )
    .order_by(_L.lease_id)
)
_MACHINE = Prepared(select(_L.machine_id).where(_L.lease_id == bindparam("which"), _UNSHOWN).with_for_update())
_FORGET = Prepared(delete(lease).where(_L.lease_id == bindparam("which")))


class SqlRetention:
    """ports.Retention."""

    def __init__(self, session: Session, results: SqlResults) -> None:
        self._session = session
        self._results = results

    def weigh(self, before: datetime, unshown_before: datetime) -> Weight:
        """What removing would come to."""
        at = micros(before)
        tasks, machines = self._session.row(_WEIGHT, before=at) or (0, 0)
        (leases,) = self._session.row(_LEASES, before=at, unshown_before=micros(unshown_before)) or (0,)
        return Weight(tasks=int(tasks), machines=int(machines), leases=int(leases))

    def old_tasks(self, before: datetime, limit: int) -> Sequence[TaskId]:
        """Tasks that may go, oldest first."""
        return [TaskId(row[0]) for row in self._session.rows(_OLD, before=micros(before), most=limit)]

    def remove(self, task: TaskId, before: datetime) -> bool:
        """The task is gone for whoever asks, and what it leaves is to be swept."""
        account = self._session.row(_ACCOUNT, which=task)
        if account is None or not self._session.run(_REMOVE, which=task, before=micros(before)):
            return False
        self._session.run(_TO_SWEEP, task_id=task, account_id=account[0])
        return True

    def sweep(self, limit: int) -> int:
        """Remove some of what removed tasks left: leases first, then machines, then the rest."""
        (which,) = self._session.row(_NEXT) or (None,)
        if which is None:
            return 0
        left = self._session.rows(_LEFT, which=which, most=limit)
        for number, machine in left:
            self._drop(LeaseId(number), MachineId(machine))
        if left:
            return len(left)
        (first,) = self._session.row(_FIRST_UNIT, which=which) or (None,)
        if first is None:
            return sum(self._session.run(statement, which=which) for statement in _REST)
        return sum(self._session.run(each, which=which, end=first + limit * UNITS_AT_ONCE) for each in _UNITS)

    def unshown(self, after: LeaseId, before: datetime, limit: int) -> tuple[LeaseId | None, Sequence[LeaseId]]:
        """The last of the next leases, and those of them whose results nothing shows."""
        at = micros(before)
        (last,) = self._session.row(_LAST, after=after, before=at, most=limit) or (None,)
        if last is None:
            return None, ()
        found = self._session.rows(_FOUND, after=after, last=last, before=at)
        return LeaseId(last), [LeaseId(row[0]) for row in found]

    def forget(self, leases: Sequence[LeaseId]) -> int:
        """Remove those of the leases that nothing shows."""
        forgotten = 0
        for number in sorted(leases):
            row = self._session.row(_MACHINE, which=number)
            if row is not None:
                self._drop(number, MachineId(row[0]))
                forgotten += 1
        return forgotten

    def _drop(self, number: LeaseId, machine: MachineId) -> None:
        self._results.drop(machine, number)
        self._session.run(_FORGET, which=number)
