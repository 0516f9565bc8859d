"""What a task found: one packed set a unit, one row a vulnerability with the number of its machines.

There is never a row for a machine and a vulnerability. The task's row is locked first, so that two machines of a
task are counted one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import TaskId, VulId
from hostward.domain.matching import UNKNOWN_LEVEL
from hostward.store import packed, vul_facts, vul_rows
from hostward.store.codec import level_of, number_of
from hostward.store.found_vuls import Found, badness, by_key
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import task, task_vul, unit_vul
from hostward.usecases.records import TaskVul

EVERY = 2**31 - 1
"""A limit that no task reaches."""

_V = task_vul.c
_STATE = (
    *(_V.vul_id, _V.machines, _V.level, _V.level_source, _V.cvss, _V.component, _V.fixed, _V.category),
    *(_V.ecosystem, _V.place, _V.restart),
)
_AT = (unit_vul.c.task_id == bindparam("which"), unit_vul.c.seq == bindparam("at"))
_ONE = (_V.task_id == bindparam("which"), _V.vul_id == bindparam("one"))

_LOCK = Prepared(select(task.c.account_id).where(task.c.task_id == bindparam("which")).with_for_update())
_SET = Prepared(select(unit_vul.c.packed).where(*_AT))
_FORGET_SET = Prepared(delete(unit_vul).where(*_AT))
_ADD_SET = Prepared(insert(unit_vul))
_ADD = Prepared(insert(task_vul))
_MOVE = Prepared(
    update(task_vul)
    .where(*_ONE)
    .values(
        machines=_V.machines + bindparam("more"),
        level=bindparam("to_level"),
        level_source=bindparam("to_level_source"),
        cvss=bindparam("to_cvss"),
        restart=bindparam("to_restart"),
    )
)
_LEAVE = Prepared(update(task_vul).where(*_ONE).values(machines=_V.machines - 1))
_GONE = Prepared(delete(task_vul).where(_V.task_id == bindparam("which"), _V.machines <= 0))
_COUNT = Prepared(
    update(task)
    .where(task.c.task_id == bindparam("which"))
    .values(vuls=task.c.vuls + bindparam("more"), vul_rev=task.c.vul_rev + 1)
)
_ALL_SETS = Prepared(select(unit_vul.c.packed).where(unit_vul.c.task_id == bindparam("which")))


def _worst_first(level: ColumnElement[int], cvss: ColumnElement[float]) -> tuple[ColumnElement[Any], ...]:
    return func.coalesce(level, UNKNOWN_LEVEL.value).desc(), func.coalesce(cvss, -1.0).desc()


_WORST = Prepared(
    select(*_STATE)
    .where(_V.task_id == bindparam("which"))
    .order_by(*_worst_first(_V.level, _V.cvss), _V.machines.desc(), _V.vul_id)
    .limit(bindparam("many"))
)


def record(session: Session, unit: Unit, matches: Sequence[Match]) -> int:
    """Make these the unit's vulnerabilities; returns how many are distinct."""
    locked = session.row(_LOCK, which=unit.task)
    if locked is None:
        raise LookupError(f"no task {unit.task}")
    found = _numbered(session, by_key(matches))
    before = _set_of(session, unit)
    if found or before:
        _put_set(session, unit, int(locked[0]), found)
        more, visible = _put_counts(session, unit.task, int(locked[0]), before, found)
        if visible:
            session.run(_COUNT, which=unit.task, more=more)
    return len(found)


def worst(session: Session, which: TaskId, limit: int) -> list[TaskVul]:
    """The worst of what the task found."""
    return _task_vuls(session, session.rows(_WORST, which=which, many=limit))


def page(
    session: Session, which: TaskId, levels: frozenset[int], *, limit: int, offset: int
) -> tuple[int, list[TaskVul]]:
    """How many of these levels the task found, and a page of them, worst first. 0: no level is given; empty: all."""
    meant = [_V.task_id == which]
    if levels:
        meant.append(func.coalesce(_V.level, 0).in_(sorted(levels)))
    total = session.select(select(func.count()).select_from(task_vul).where(*meant))[0][0]
    order = (*_worst_first(_V.level, _V.cvss), _V.machines.desc(), _V.vul_id)
    query = select(*_STATE).where(*meant).order_by(*order).limit(limit).offset(offset)
    return int(total), _task_vuls(session, session.select(query))


def ranked(vuls: Iterable[TaskVul]) -> list[TaskVul]:
    """Worst first, by the same measure that the database sorts with."""
    return sorted(vuls, key=badness)


def count(session: Session, which: TaskId) -> int:
    """How many are in the sets of the task's units, counted anew."""
    ids: set[VulId] = set()
    for (one,) in session.rows(_ALL_SETS, which=which):
        ids |= packed.unpack(one)
    return len(ids)


def _numbered(session: Session, found: Mapping[str, Found]) -> dict[VulId, Found]:
    """By permanent number, in its order, with what is known in general where the matches say nothing."""
    numbers = vul_rows.ids(session, found)
    known = vul_facts.known(session, sorted(numbers.values()))
    numbered = {numbers[key]: one for key, one in found.items()}
    vul_rows.set_category(session, {which: numbered[which].category for which in known if not known[which].category})
    return {
        which: numbered[which].known_as(known[which].level, known[which].level_source, known[which].cvss)
        for which in sorted(numbered)
    }


def _set_of(session: Session, unit: Unit) -> frozenset[VulId]:
    row = session.row(_SET, which=unit.task, at=unit.seq)
    return packed.unpack(row[0]) if row else frozenset()


def _put_set(session: Session, unit: Unit, account: int, found: Mapping[VulId, Found]) -> None:
    session.run(_FORGET_SET, which=unit.task, at=unit.seq)
    if found:
        session.run(_ADD_SET, task_id=unit.task, seq=unit.seq, account_id=account, packed=packed.pack(found))


def _put_counts(
    session: Session, which: TaskId, account: int, before: frozenset[VulId], found: Mapping[VulId, Found]
) -> tuple[int, bool]:
    """Bring the task's rows up to date: how many more there are, and whether anything can be seen to differ."""
    stored = _stored(session, which, sorted(found))
    new = [number for number in found if number not in stored]
    session.many(_ADD, [_row(which, account, number, found[number]) for number in new])
    moved = []
    for number in (number for number in found if number in stored):
        now, more = stored[number].worse(found[number]), int(number not in before)
        if more or now != stored[number]:
            moved.append(_move(which, number, now, more))
    session.many(_MOVE, moved)
    left = sorted(before.difference(found))
    session.many(_LEAVE, [{"which": which, "one": number} for number in left])
    gone = session.run(_GONE, which=which) if left else 0
    return len(new) - gone, bool(new or moved or left)


def _stored(session: Session, which: TaskId, numbers: Sequence[VulId]) -> dict[VulId, Found]:
    stored: dict[VulId, Found] = {}
    for chunk in in_chunks(numbers):
        rows = session.select(select(*_STATE).where(_V.task_id == which, _V.vul_id.in_(chunk)))
        for number, _machines, level, source, cvss, component, fixed, category, ecosystem, place, restart in rows:
            stored[VulId(number)] = Found(
                level=level_of(level),
                level_source=source,
                cvss=cvss,
                component=component,
                fixed=fixed,
                category=category,
                ecosystem=ecosystem,
                place=place,
                restart=restart,
            )
    return stored


def _row(which: TaskId, account: int, number: VulId, found: Found) -> dict[str, Value]:
    return {
        "task_id": which,
        "vul_id": number,
        "account_id": account,
        "machines": 1,
        "level": number_of(found.level),
        "level_source": found.level_source,
        "cvss": found.cvss,
        "component": found.component,
        "fixed": found.fixed,
        "category": found.category,
        "ecosystem": found.ecosystem,
        "place": found.place,
        "restart": found.restart,
    }


def _move(which: TaskId, number: VulId, now: Found, more: int) -> dict[str, Value]:
    rating: dict[str, Value] = {
        "to_level": number_of(now.level),
        "to_level_source": now.level_source,
        "to_cvss": now.cvss,
        "to_restart": now.restart,
    }
    return {"which": which, "one": number, "more": more, **rating}


def _task_vuls(session: Session, rows: Sequence[Row]) -> list[TaskVul]:
    """Rows of _STATE with what the feeds say of the vulnerabilities, in their order."""
    known = vul_facts.known(session, [VulId(row[0]) for row in rows])
    return [_task_vul(row, known[VulId(row[0])]) for row in rows]


def _task_vul(row: Row, known: TaskVul) -> TaskVul:
    _, machines, level, level_source, cvss, component, fixed, category, ecosystem, place, restart = row
    return replace(
        known,
        level=level_of(level),
        level_source=level_source,
        cvss=cvss,
        component=component,
        fixed=fixed,
        category=category,
        ecosystem=ecosystem,
        place=place,
        restart=restart,
        machines=machines,
    )
