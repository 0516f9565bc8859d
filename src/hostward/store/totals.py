"""All that is stored in a few numbers, in SQL."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, func, select

from hostward.domain.module import Module
from hostward.domain.task import ScanState
from hostward.store.machine_rules import NOBODY
from hostward.store.session import Prepared, Session
from hostward.store.tables import TALLY_COLUMNS, machine, task
from hostward.store.task_rows import STATES
from hostward.store.times import micros
from hostward.usecases.total_ports import UNIT_STATES, Totals

_PLACES: Final = tuple("timed_out" if state == "timeout" else state for state in UNIT_STATES)
"""The tally's columns of these states."""

assert set(_PLACES) < set(TALLY_COLUMNS)

_MACHINES = Prepared(
    select(func.count(), func.count(case((machine.c.last_seen > bindparam("heard_after"), 1))))
    .select_from(machine)
    .where(machine.c.account_id != NOBODY)
)
_TASKS = Prepared(
    select(
        task.c.module,
        case(*((meant, int(state)) for state, meant in STATES.items()), else_=int(ScanState.NEVER)).label("in_state"),
        func.count(),
        *(func.sum(task.c[place]) for place in _PLACES),
    ).group_by(task.c.module, "in_state")
)


class SqlTotals:
    """ports.CountsTotals."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, *, heard_after: datetime) -> Totals:
        """Everything that is stored: one row a module and state, summed by the database."""
        machines, online = self._session.row(_MACHINES, heard_after=micros(heard_after)) or (0, 0)
        tasks: dict[tuple[Module, ScanState], int] = {}
        units: dict[tuple[Module, str], int] = {}
        for name, state, number, *counts in self._session.rows(_TASKS):
            module = Module(name)
            tasks[module, ScanState(state)] = int(number)
            for place, count in zip(UNIT_STATES, counts, strict=True):
                units[module, place] = units.get((module, place), 0) + int(count)
        return Totals(machines=machines, online=online, tasks=tasks, units=units)
