"""Units as rows of task_machine."""

from sqlalchemy import ColumnElement, Select, bindparam, insert, literal_column, select, update

from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.store.codec import note_of, values_text
from hostward.store.outdated import outdated
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.tables import task_machine
from hostward.store.times import micros, micros_or_none, time_of, time_or_none

_C = task_machine.c
COLUMNS = (
    *(_C.task_id, _C.seq, _C.machine_id, _C.run, _C.state, _C.fail, _C.note_code, _C.note_values, _C.attempt),
    *(_C.lease_id, _C.queue_until, _C.timeout_at, _C.begin_at, _C.end_at, _C.progress, _C.risk_num, _C.due, _C.rev),
)
_STATES = {state.value: state for state in UnitState}
_FAILS = {fail.value: fail for fail in FailType}

IS_OPEN: ColumnElement[bool] = _C.state < literal_column(str(UnitState.OK.value))
"""Written as the partial indexes have it. The number is part of the text, else no planner would use them."""


def _at_before() -> tuple[ColumnElement[bool], ...]:
    return (_C.task_id == bindparam("which"), _C.seq == bindparam("at"), _C.rev == bindparam("before"))


_LIGHT = ("note_code", "note_values", "progress", "risk_num", "rev")
_WHOLE = (*(column.name for column in COLUMNS[3:]),)
_ADD = Prepared(insert(task_machine))
_STEP = Prepared(update(task_machine).where(*_at_before()).values({name: bindparam(f"to_{name}") for name in _WHOLE}))
_LIGHT_STEP = Prepared(
    update(task_machine).where(*_at_before()).values({name: bindparam(f"to_{name}") for name in _LIGHT})
)
_DUE = Prepared(update(task_machine).where(*_at_before()).values(due=bindparam("to_due")))


def query() -> Select[tuple[int, ...]]:
    """Whole units."""
    return select(*COLUMNS)


def unit_of(row: Row) -> Unit:
    """The unit of a row of COLUMNS."""
    which, seq, machine, run, state, fail, code, values, attempt, lease = row[:10]
    queue_until, timeout_at, begin, end, progress, risk_num, due, rev = row[10:]
    return Unit(
        task=TaskId(which),
        seq=Seq(seq),
        machine=MachineId(machine),
        run=run,
        state=_STATES[state],
        fail=_FAILS[fail],
        note=note_of(code, values),
        attempt=attempt,
        lease=None if lease is None else LeaseId(lease),
        queue_until=time_of(queue_until),
        timeout_at=time_or_none(timeout_at),
        begin=time_or_none(begin),
        end=time_or_none(end),
        progress=progress,
        risk_num=risk_num,
        due=time_or_none(due),
        rev=rev,
    )


def add(session: Session, account: AccountId, units: list[Unit]) -> None:
    """Store new units."""
    session.many(_ADD, [_row(unit, account) for unit in units])


def step(session: Session, before: Unit, after: Unit) -> None:
    """Put after in the place of before. Raises Outdated when before is not what is stored."""
    where: dict[str, Value] = {"which": before.task, "at": before.seq, "before": before.rev}
    if before.rev == after.rev:
        changed = session.run(_DUE, **where, to_due=micros_or_none(after.due))
    elif _is_light(before, after):
        changed = session.run(_LIGHT_STEP, **where, **_light(after))
    else:
        changed = session.run(_STEP, **where, **_light(after), **_rest(after))
    if changed != 1:
        raise outdated(before)


def _is_light(before: Unit, after: Unit) -> bool:
    """Only columns of no index change, and few of them: what a report of progress is."""
    return (
        before.state is after.state
        and before.due == after.due
        and before.lease == after.lease
        and before.run == after.run
        and before.attempt == after.attempt
        and before.fail is after.fail
        and (before.queue_until, before.timeout_at) == (after.queue_until, after.timeout_at)
        and (before.begin, before.end) == (after.begin, after.end)
    )


def _light(unit: Unit) -> dict[str, Value]:
    return {
        "to_note_code": unit.note.code.value,
        "to_note_values": values_text(unit.note),
        "to_progress": unit.progress,
        "to_risk_num": unit.risk_num,
        "to_rev": unit.rev,
    }


def _rest(unit: Unit) -> dict[str, Value]:
    return {
        "to_run": unit.run,
        "to_state": unit.state.value,
        "to_fail": unit.fail.value,
        "to_attempt": unit.attempt,
        "to_lease_id": unit.lease,
        "to_queue_until": micros(unit.queue_until),
        "to_timeout_at": micros_or_none(unit.timeout_at),
        "to_begin_at": micros_or_none(unit.begin),
        "to_end_at": micros_or_none(unit.end),
        "to_due": micros_or_none(unit.due),
    }


def _row(unit: Unit, account: AccountId) -> dict[str, Value]:
    columns = {name.removeprefix("to_"): value for name, value in {**_light(unit), **_rest(unit)}.items()}
    return {
        "task_id": unit.task,
        "seq": unit.seq,
        "account_id": account,
        "machine_id": unit.machine,
        **columns,
    }
