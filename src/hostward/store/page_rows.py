"""Rows of a page: a task's machines with what is known of each machine."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, select

from hostward.store.session import AtOnce, Row
from hostward.store.tables import machine, task_machine
from hostward.store.times import MICROSECONDS
from hostward.usecases.records import MachineRow

_T = task_machine.c
OWN = select(
    *(_T.seq, _T.machine_id, _T.state, _T.fail, _T.risk_num, _T.begin_at, _T.end_at, _T.progress),
    *(_T.note_code, _T.note_values),
)
"""What a page shows of a row of task_machine."""


def with_machines(rows: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    """MachineRows, in seq order, of selected rows of OWN: their machines are looked up for the page only."""
    joined = _joined(rows)
    return joined.order_by(joined.selected_columns.seq)


def page_of(rows: Select[Any] | CompoundSelect[Any]) -> AtOnce[MachineRow]:
    """The same as a query of fixed shape."""
    return AtOnce(_joined(rows), MachineRow)


def machine_rows_of(rows: Iterable[Row]) -> list[MachineRow]:
    """The rows of such a query."""
    return list(map(_MACHINE_ROW, rows))


def _joined(rows: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    t, m = rows.subquery("t").c, machine.c
    return select(
        *(t.seq, t.machine_id, m.quuid, m.uuid, m.host_name, m.inner_ip, m.wan_ip, m.os_name),
        *(t.state, t.fail, t.risk_num),
        func.coalesce(t.begin_at // MICROSECONDS, 0),
        func.coalesce(t.end_at // MICROSECONDS, 0),
        *(t.progress, t.note_code, t.note_values),
    ).where(m.machine_id == t.machine_id)


_MACHINE_ROW = partial(tuple.__new__, MachineRow)
"""MachineRow._make without its check of the length, which is the query's own: a third of its cost."""
