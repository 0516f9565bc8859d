"""Pages of a task's machines in another order than the task's own: every machine that matches is looked at.

No index has these orders: one more would be written with every report of every agent, for a page that few ask for.
What that costs at 100,000 machines is in bench/task_views.py.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func

from hostward.domain.ids import TaskId
from hostward.domain.machine_filter import BucketIs, Conditions, Order, SortKey
from hostward.store import bucket_pages
from hostward.store.page_rows import OWN, machine_rows_of, with_machines
from hostward.store.pages import matching
from hostward.store.session import Session
from hostward.store.tables import machine, task_machine
from hostward.usecases.records import Page

_T = task_machine.c


def page(session: Session, which: TaskId, conditions: Conditions, order: Order, *, limit: int, offset: int) -> Page:
    """A page of the machines that meet the conditions, sorted."""
    rows = matching(session, which, conditions)
    total = _total(session, which, conditions, rows)
    keys = rows.with_only_columns(_T.seq, maintain_column_froms=True)
    seqs = [row[0] for row in session.select(_sorted(keys, order).limit(limit).offset(offset))]
    found = session.select(with_machines(OWN.where(_T.task_id == which, _T.seq.in_(seqs)))) if seqs else []
    by_seq = {row.seq: row for row in machine_rows_of(found)}
    return Page(total=total, rows=[by_seq[seq] for seq in seqs])


def _total(session: Session, which: TaskId, conditions: Conditions, rows: Select[Any]) -> int:
    """From the tally where it counts them, else by a look at all."""
    if all(isinstance(each, BucketIs) for each in conditions):
        buckets = bucket_pages.common(conditions)
        return bucket_pages.count(session, which, buckets) if buckets else 0
    return int(session.select(rows.with_only_columns(func.count(), maintain_column_froms=True))[0][0])


def _sorted(keys: Select[Any], order: Order) -> Select[Any]:
    if order.key is SortKey.TASK:
        return keys.order_by(_T.seq.desc() if order.descending else _T.seq)
    if order.key is SortKey.HOST_NAME:
        keys = keys.join_from(task_machine, machine, machine.c.machine_id == _T.machine_id)
    key = _KEYS[order.key]
    return keys.order_by(key.desc() if order.descending else key, _T.seq)


_KEYS: dict[SortKey, ColumnElement[Any]] = {
    SortKey.HOST_NAME: machine.c.host_name,
    SortKey.RISKS: _T.risk_num,
    SortKey.BEGIN: func.coalesce(_T.begin_at, 0),
}
