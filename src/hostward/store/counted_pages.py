"""Pages of machines in some statuses, with some fail types or at risk: what task_block counts.

The page begins in the block where its first row is. Where such rows stand close together the blocks are read through;
where they are far apart an index that has them alone leads from one to the next. Machines that are Ok, or at risk, have
no such index: the first are far apart only in a task that went badly; for the second a block costs 80 us of CPU.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, select, text, union_all

from hostward.domain.host_scan import UnitState
from hostward.domain.ids import TaskId
from hostward.store.classes import AT_RISK, in_classes, states_of
from hostward.store.page_rows import OWN, page_of
from hostward.store.session import AtOnce, Prepared, Row, Session
from hostward.store.tables import BLOCK, NOT_OK, task_block, task_machine
from hostward.usecases.records import MachineRow, Page

Rows = Select[Any] | CompoundSelect[Any]

CLOSE = 3
"""Blocks that are read through for a page; more of them cost more than the way over an index (3 x 80 us)."""

_T = task_machine.c
_KEY = select(_T.seq)


def page(session: Session, which: TaskId, columns: frozenset[str], limit: int, offset: int) -> Page:
    """A page of the machines that these columns of task_block count."""
    blocks = session.rows(_counts(columns), which=which)
    total = sum(number for _, number in blocks)
    first, last, skip = span(blocks, limit, offset)
    if limit <= 0 or first > last:
        return Page(total=total, rows=[])
    rows = _far_apart(columns) if last - first >= CLOSE else None
    values = {"first": first * BLOCK, "stop": (last + 1) * BLOCK, "left": limit, "skip": skip}
    found = session.at_once(rows or _close_together(columns), which=which, **values)
    return Page(total=total, rows=found)


def span(blocks: Sequence[Row], limit: int, offset: int) -> tuple[int, int, int]:
    """First and last block that the page's rows are in, and how many such rows stand before it in the first.

    First is above last when the page is empty. blocks: number and count, in order, without those that count 0.
    """
    first, last, skip, before = 0, -1, 0, 0
    for block, number in blocks:
        if before >= offset + limit:
            break
        if before + number > offset:
            if last < 0:
                first, skip = block, offset - before
            last = block
        before += number
    return first, last, skip


@cache
def _counts(columns: frozenset[str]) -> Prepared:
    """Blocks that have such rows, and how many."""
    number = sum((task_block.c[name] for name in sorted(columns)[1:]), start=task_block.c[min(columns)])
    query = select(task_block.c.block, number).where(task_block.c.task_id == bindparam("which"), number > 0)
    return Prepared(query.order_by(task_block.c.block))


@cache
def _close_together(columns: frozenset[str]) -> AtOnce[MachineRow]:
    """Such rows of a range of seq, all rows of the range looked at."""
    condition = _T.risk_num > 0 if columns == {AT_RISK} else in_classes(columns)
    return page_of(_cut(_in_range(OWN).where(condition)))


@cache
def _far_apart(columns: frozenset[str]) -> AtOnce[MachineRow] | None:
    """The same over an index; None where there is none. Each state is a range of its own in the index."""
    states = states_of(columns)
    if UnitState.OK in states or AT_RISK in columns:
        return None
    arms = [_in_range(_KEY).where(text(f"state = {state.value}"), text(NOT_OK)) for state in states]
    return page_of(_keyed(union_all(*(arm.where(in_classes(columns)) for arm in arms))))


def _in_range(query: Select[Any]) -> Select[Any]:
    return query.where(_T.task_id == bindparam("which"), _T.seq >= bindparam("first"), _T.seq < bindparam("stop"))


def _cut(rows: Rows) -> Rows:
    return rows.order_by("seq").limit(bindparam("left")).offset(bindparam("skip"))


def _keyed(keys: Rows) -> Select[Any]:
    """The rows that have these keys."""
    key = _cut(keys).subquery("k").c
    return OWN.where(_T.task_id == bindparam("which"), _T.seq == key.seq)
