"""Pages of the machines in some parts of a task: counted by its tally, and found without a look at all the others.

Machines that are not Ok stand in an index of their own, which is walked from the first. Ok ones are counted block by
block, so that the page begins in the block where its first row is. Only where machines that wait are asked for with
Ok ones, but not those at work, is every row up to the page looked at: no block tells the two apart.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, text, union_all

from hostward.domain.bucket import ALL, FAILS, STATES, Bucket
from hostward.domain.host_scan import UnitState
from hostward.domain.ids import TaskId
from hostward.domain.machine_filter import BucketIs, Condition
from hostward.store.counted_pages import span
from hostward.store.page_rows import OWN, page_of
from hostward.store.session import AtOnce, Prepared, Session
from hostward.store.tables import BLOCK, NOT_OK, task, task_block, task_machine
from hostward.usecases.records import MachineRow, Page

Buckets = frozenset[Bucket]

_T, _K, _B = task_machine.c, task.c, task_block.c
_OF_TASK = _T.task_id == bindparam("which")
_OK = frozenset({Bucket.OK, Bucket.OK_WITH_RISKS})
_SCANNING = frozenset({Bucket.WAITING, Bucket.SCANNING})
_IN_TASK = {
    Bucket.WAITING: _K.pending,
    Bucket.SCANNING: _K.leased + _K.running,
    Bucket.OK: _K.ok - _K.ok_at_risk,
    Bucket.OK_WITH_RISKS: _K.ok_at_risk,
    Bucket.OFFLINE: _K.offline,
    Bucket.TIMEOUT: _K.timed_out,
    Bucket.FAILED: _K.failed,
    Bucket.TOO_OLD: _K.too_old,
    Bucket.STOPPED: _K.stopping + _K.stopped,
}
_IN_BLOCK = {
    Bucket.SCANNING: _B.scanning,  # with those that wait
    Bucket.OK: _B.ok - _B.ok_at_risk,
    Bucket.OK_WITH_RISKS: _B.ok_at_risk,
    Bucket.OFFLINE: _B.offline,
    Bucket.TIMEOUT: _B.timed_out,
    Bucket.FAILED: _B.failed,
    Bucket.TOO_OLD: _B.too_old,
    Bucket.STOPPED: _B.stop,
}


def common(conditions: Sequence[Condition]) -> Buckets:
    """The parts that every condition on them lets through."""
    return ALL.intersection(*(each.values for each in conditions if isinstance(each, BucketIs)))


def in_buckets(buckets: Buckets) -> ColumnElement[bool]:
    """The rows of task_machine in one of the parts."""
    return or_(False, *(_is(bucket) for bucket in sorted(buckets)))


def count(session: Session, which: TaskId, buckets: Buckets) -> int:
    """How many machines of the task these parts have, as its tally says."""
    row = session.row(_count(buckets), which=which)
    return int(row[0]) if row else 0


def page(session: Session, which: TaskId, buckets: Buckets, limit: int, offset: int) -> Page:
    """A page of the machines in these parts (at least one)."""
    total = count(session, which, buckets)
    if offset >= total or limit <= 0:
        return Page(total=total, rows=[])
    if not buckets & _OK:
        rows = session.at_once(_by_index(buckets), which=which, left=limit, skip=offset)
    elif len(buckets & _SCANNING) == 1:
        rows = session.at_once(_looked_through(buckets), which=which, left=limit, skip=offset)
    else:
        first, last, skip = span(session.rows(_blocks(buckets), which=which), limit, offset)
        places = {"first": first * BLOCK, "stop": (last + 1) * BLOCK}
        rows = session.at_once(_of_blocks(buckets), which=which, left=limit, skip=skip, **places)
    return Page(total=total, rows=rows)


def _is(bucket: Bucket) -> ColumnElement[bool]:
    if bucket in STATES:
        return or_(False, *(_T.state == state.value for state in STATES[bucket]))
    if bucket in _OK:
        risky = _T.risk_num > 0 if bucket is Bucket.OK_WITH_RISKS else _T.risk_num <= 0
        return and_(_T.state == UnitState.OK.value, risky)
    return and_(_T.state == UnitState.FAIL.value, _fails(bucket))


def _fails(bucket: Bucket) -> ColumnElement[bool]:
    if bucket in FAILS:
        return _T.fail == FAILS[bucket].value
    return and_(True, *(_T.fail != fail.value for fail in FAILS.values()))


@cache
def _count(buckets: Buckets) -> Prepared:
    numbers = [_IN_TASK[bucket] for bucket in sorted(buckets)]
    return Prepared(select(sum(numbers[1:], start=numbers[0])).where(_K.task_id == bindparam("which")))


@cache
def _by_index(buckets: Buckets) -> AtOnce[MachineRow]:
    """Rows that are not Ok: each state is a range of its own in the index, which has the fail types too."""
    arms = union_all(*(select(_T.seq).where(_OF_TASK, text(NOT_OK), *arm) for arm in _arms(buckets)))
    key = _cut(arms).subquery("k").c
    return page_of(OWN.where(_OF_TASK, _T.seq == key.seq))


def _arms(buckets: Buckets) -> Iterator[tuple[ColumnElement[bool], ...]]:
    for bucket in sorted(buckets & STATES.keys()):
        for state in STATES[bucket]:
            yield (_T.state == state.value,)
    failed = sorted(buckets - STATES.keys())
    if failed:
        yield _T.state == UnitState.FAIL.value, or_(False, *map(_fails, failed))


@cache
def _looked_through(buckets: Buckets) -> AtOnce[MachineRow]:
    return page_of(_cut(OWN.where(_OF_TASK, in_buckets(buckets))))


@cache
def _blocks(buckets: Buckets) -> Prepared:
    """Blocks that have such rows, and how many."""
    counted = [_IN_BLOCK[bucket] for bucket in sorted(buckets - {Bucket.WAITING})]
    number = sum(counted[1:], start=counted[0])
    query = select(_B.block, number).where(_B.task_id == bindparam("which"), number > 0)
    return Prepared(query.order_by(_B.block))


@cache
def _of_blocks(buckets: Buckets) -> AtOnce[MachineRow]:
    """Such rows of a range of seq, all rows of the range looked at."""
    in_range = OWN.where(_OF_TASK, _T.seq >= bindparam("first"), _T.seq < bindparam("stop"))
    return page_of(_cut(in_range.where(in_buckets(buckets))))


def _cut(rows: Any) -> Select[Any]:
    cut: Select[Any] = rows.order_by("seq").limit(bindparam("left")).offset(bindparam("skip"))
    return cut
