"""Finding, creating and counting units."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, union_all

from hostward.domain.host_scan import Unit, UnitState
from hostward.domain.ids import AccountId, MachineId, Seq, TaskId
from hostward.domain.progress import MOST_AT_WORK
from hostward.domain.tally import Tally
from hostward.domain.tally import recount as recounted
from hostward.store import unit_rows
from hostward.store.classes import AT_RISK, OK_AT_RISK, class_of, is_ok_at_risk
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import BLOCK, BLOCK_COLUMNS, NOT_OK, task_block, task_machine
from hostward.store.times import micros, time_of
from hostward.store.unit_rows import IS_OPEN, query, unit_of

_C = task_machine.c
_ONE = query().where(_C.task_id == bindparam("which"), _C.seq == bindparam("at"))
_READ = Prepared(_ONE)
_LOCK = Prepared(_ONE.with_for_update())
_NEXT = Prepared(
    query().where(_C.task_id == bindparam("which"), _C.seq >= bindparam("first")).order_by(_C.seq).limit(BLOCK)
)
_OPEN_OF_MACHINE = Prepared(query().where(_C.machine_id == bindparam("of_machine"), IS_OPEN).order_by(_C.task_id))
_OPEN_KEYS = union_all(
    *(
        select(_C.seq).where(_C.task_id == bindparam("which"), text(f"state = {state.value}"), text(NOT_OK))
        for state in UnitState
        if not state.is_final
    )
).subquery("k")
"""State by state, as the index has them: when few are left, few are read."""
_OPEN_OF_TASK = Prepared(
    query().where(_C.task_id == bindparam("which"), _C.seq == _OPEN_KEYS.c.seq).order_by(_OPEN_KEYS.c.seq)
)
_AT_WORK = Prepared(
    select(_C.begin_at, _C.progress)
    .where(
        _C.task_id == bindparam("which"),
        text(f"state IN ({', '.join(str(state.value) for state in UnitState if state.holds_lease)})"),
        text(NOT_OK),
    )
    .limit(MOST_AT_WORK)
)
_DUE = Prepared(
    query().where(_C.due <= bindparam("now"), IS_OPEN).order_by(_C.due, _C.task_id, _C.seq).limit(bindparam("many"))
)
_ADD_BLOCK = Prepared(insert(task_block))


def create(session: Session, account: AccountId, which: TaskId, units: Iterable[Unit]) -> Tally:
    """Store a new task's units with their block counters; returns their tally."""
    total = Tally()
    for number, chunk in enumerate(in_chunks(units, BLOCK)):
        unit_rows.add(session, account, chunk)
        session.run(_ADD_BLOCK, task_id=which, block=number, account_id=account, **_counted(chunk))
        total = total.plus(recounted(chunk))
    return total


def read(session: Session, which: TaskId, seq: Seq, *, lock: bool) -> Unit | None:
    """One unit, None when there is none."""
    row = session.row(_LOCK if lock else _READ, which=which, at=seq)
    return None if row is None else unit_of(row)


def all_of(session: Session, which: TaskId) -> Iterator[Unit]:
    """All units of a task in seq order, read a block at a time."""
    first = 0
    while rows := session.rows(_NEXT, which=which, first=first):
        yield from map(unit_of, rows)
        first = rows[-1][1] + 1


def open_of_machine(session: Session, machine: MachineId) -> list[Unit]:
    """The machine's units that are not final, oldest task first."""
    return list(map(unit_of, session.rows(_OPEN_OF_MACHINE, of_machine=machine)))


def open_of_task(session: Session, which: TaskId, machines: frozenset[MachineId] | None) -> list[Unit]:
    """The task's units that are not final, in seq order."""
    if machines is None:
        return list(map(unit_of, session.rows(_OPEN_OF_TASK, which=which)))
    rows: list[Row] = []
    for chunk in in_chunks(sorted(machines)):
        rows.extend(session.select(query().where(_C.task_id == which, _C.machine_id.in_(chunk), IS_OPEN)))
    return sorted(map(unit_of, rows), key=_seq)


def due(session: Session, now: datetime, limit: int) -> list[Unit]:
    """Units whose due time has come, longest due first."""
    return list(map(unit_of, session.rows(_DUE, now=micros(now), many=limit)))


def at_work(session: Session, which: TaskId) -> list[tuple[datetime, int]]:
    """When units that hold a lease began, and their progress."""
    return [(time_of(begin), progress) for begin, progress in session.rows(_AT_WORK, which=which)]


def recount(session: Session, which: TaskId, *, vuls: int) -> Tally:
    """The tally as the units say it."""
    return recounted(all_of(session, which), vuls=vuls)


def _seq(unit: Unit) -> int:
    return unit.seq


def _counted(units: Sequence[Unit]) -> dict[str, Value]:
    counts: dict[str, Value] = dict.fromkeys(BLOCK_COLUMNS, 0)
    for column in (*map(class_of, units), *(AT_RISK for unit in units if unit.risk_num > 0)):
        counts[column] = int(counts[column] or 0) + 1
    counts[OK_AT_RISK] = sum(map(is_ok_at_risk, units))
    return counts
