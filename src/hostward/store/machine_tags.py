"""Tags of machines, and what a user who is limited to some of them sees of tasks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, exists, func, insert, select

from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.ids import AccountId, MachineId, TaskId, VulId
from hostward.domain.note import Code
from hostward.domain.tally import field_of
from hostward.domain.task import ScanState
from hostward.store import packed, task_vuls
from hostward.store.session import Prepared, Session, Value, in_chunks
from hostward.store.tables import machine_tag, task, task_machine, unit_vul
from hostward.store.texts import clean
from hostward.store.times import time_or_none
from hostward.store.unit_rows import IS_OPEN
from hostward.usecases.records import Seen, TaskVul

MICROS_OF_HUNDREDTH = 10_000
"""Tally.begun is a sum of hundredths of a second."""

_G, _T, _V = machine_tag.c, task_machine.c, unit_vul.c
_FORGET = Prepared(delete(machine_tag).where(_G.machine_id == bindparam("which")))
_ADD = Prepared(insert(machine_tag))


def put(session: Session, account: AccountId, machine: MachineId, tags: Sequence[str]) -> None:
    """Make these the machine's tags."""
    session.run(_FORGET, which=machine)
    names = sorted(set(map(clean, tags)))
    rows: list[dict[str, Value]] = [{"machine_id": machine, "tag": tag, "account_id": account} for tag in names]
    session.many(_ADD, rows)


def of(session: Session, machines: Sequence[MachineId]) -> Mapping[MachineId, tuple[str, ...]]:
    """The tags of these machines, in their order; machines without any are left out."""
    found: dict[MachineId, tuple[str, ...]] = {}
    for chunk in in_chunks(machines):
        query = select(_G.machine_id, _G.tag).where(_G.machine_id.in_(chunk)).order_by(_G.machine_id, _G.tag)
        for machine, tag in session.select(query):
            found[MachineId(machine)] = (*found.get(MachineId(machine), ()), tag)
    return found


def tagged(session: Session, account: AccountId, tags: Sequence[str]) -> frozenset[MachineId]:
    """The account's machines that have one of these tags."""
    return frozenset(MachineId(row[0]) for row in session.select(numbers(account, tags)))


def has_tag(machine: ColumnElement[int], tags: Sequence[str]) -> ColumnElement[bool]:
    """Whether the machine has one of these tags."""
    return exists().where(_G.machine_id == machine, _G.tag.in_(list(map(clean, tags))))


def numbers(account: AccountId, tags: Sequence[str]) -> Select[Any]:
    """The numbers of the account's machines that have one of these tags."""
    return _machines(tags).where(_G.account_id == account)


def sees(tags: Sequence[str]) -> ColumnElement[bool]:
    """Whether a task has a machine with one of these tags."""
    return exists().where(_T.task_id == task.c.task_id, has_tag(_T.machine_id, tags))


def state_of(tags: Sequence[str], state: ScanState) -> ColumnElement[bool]:
    """Whether a task is in this state as far as its machines with these tags go."""
    is_open = exists().where(_T.task_id == task.c.task_id, IS_OPEN, has_tag(_T.machine_id, tags))
    stopped = task.c.stop_at.is_not(None)
    done = state in (ScanState.DONE, ScanState.STOPPED)
    asked = state in (ScanState.STOPPING, ScanState.STOPPED)
    return and_(~is_open if done else is_open, stopped if asked else ~stopped)


def seen(session: Session, which: TaskId, tags: Sequence[str]) -> Seen:
    """What is counted over the task's machines with these tags: now, from their rows."""
    at_risk = case((_T.risk_num > 0, 1), else_=0)
    absent = case((_T.note_code == Code.WAITING_OFFLINE.value, 1), else_=0)
    begun = func.coalesce(func.sum(_T.begin_at // MICROS_OF_HUNDREDTH), 0)
    sums = (
        *(func.count(), func.sum(_T.progress), func.sum(at_risk), func.sum(_T.risk_num), func.max(_T.end_at)),
        *(func.sum(absent), begun),
    )
    query = select(_T.state, _T.fail, *sums).where(_T.task_id == which, has_tag(_T.machine_id, tags))
    found = Seen()
    end = 0
    for number, fail, machines, progress, risky, risks, last, gone, ages in session.select(
        query.group_by(_T.state, _T.fail)
    ):
        state, tally = UnitState(number), found.tally
        name = field_of(state, FailType(fail))
        tally = replace(
            tally,
            machines=tally.machines + machines,
            progress=tally.progress + int(progress),
            risk_machines=tally.risk_machines + int(risky),
            risk_events=tally.risk_events + int(risks),
            ok_at_risk=tally.ok_at_risk + (int(risky) if state is UnitState.OK else 0),
            absent=tally.absent + (int(gone) if state is UnitState.PENDING else 0),
            begun=tally.begun + (int(ages) if state.holds_lease else 0),
            **{name: getattr(tally, name) + machines},
        )
        found, end = replace(found, tally=tally), max(end, last or 0)
    vuls = len(_counted(session, which, tags))
    return replace(found, tally=replace(found.tally, vuls=vuls), end=time_or_none(end or None))


def worst(session: Session, which: TaskId, limit: int, tags: Sequence[str]) -> list[TaskVul]:
    """The worst of what was found on the task's machines with these tags, counted over those."""
    counted = _counted(session, which, tags)
    found = [vul for vul in task_vuls.worst(session, which, task_vuls.EVERY) if vul.id in counted]
    return task_vuls.ranked(replace(vul, machines=counted[vul.id]) for vul in found)[:limit]


def _counted(session: Session, which: TaskId, tags: Sequence[str]) -> Counter[VulId]:
    """Each vulnerability and on how many of these machines it was found."""
    query: Select[Any] = select(_V.packed).join_from(
        unit_vul, task_machine, and_(_T.task_id == _V.task_id, _T.seq == _V.seq)
    )
    counted: Counter[VulId] = Counter()
    for (one,) in session.select(query.where(_V.task_id == which, has_tag(_T.machine_id, tags))):
        counted.update(packed.unpack(one))
    return counted


def _machines(tags: Sequence[str]) -> Select[tuple[int]]:
    return select(_G.machine_id).where(_G.tag.in_(list(map(clean, tags)))).distinct()
