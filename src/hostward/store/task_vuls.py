"""What a task found: one packed set a unit, one row a vulnerability with the number of its machines.

There is never a row for a machine and a vulnerability. The task's row is locked first, so that two machines of a
task are counted one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, TaskId, VulId
from hostward.domain.matching import UNKNOWN_LEVEL
from hostward.store import brought, packed, vul_facts, vul_rows
from hostward.store.brought import Parts
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
COUNTS = _V.machines > 0
"""Those that some machine has and that are not set aside there."""

_ACCOUNT = Prepared(select(task.c.account_id).where(task.c.task_id == bindparam("which")))
_LOCK = Prepared(select(task.c.account_id).where(task.c.task_id == bindparam("which")).with_for_update())
_SET = Prepared(select(unit_vul.c.packed, unit_vul.c.ignored, unit_vul.c.parts).where(*_AT))
_FORGET_SET = Prepared(delete(unit_vul).where(*_AT))
_ADD_SET = Prepared(insert(unit_vul))
_MOVE_SET = Prepared(
    update(unit_vul).where(*_AT).values(packed=bindparam("to_packed"), ignored=bindparam("to_ignored"))
)
_ADD = Prepared(insert(task_vul))
_MOVE = Prepared(
    update(task_vul)
    .where(*_ONE)
    .values(
        {name: bindparam(f"to_{name}") for name in ("machines", "holders", "level", "level_source", "cvss", "restart")}
    )
)
_GONE = Prepared(delete(task_vul).where(_V.task_id == bindparam("which"), _V.holders <= 0))
_COUNT = Prepared(
    update(task)
    .where(task.c.task_id == bindparam("which"))
    .values(vuls=task.c.vuls + bindparam("more"), vul_rev=task.c.vul_rev + 1)
)
_ALL_SETS = Prepared(select(unit_vul.c.packed).where(unit_vul.c.task_id == bindparam("which")))


class Rules(Protocol):
    """What sets vulnerabilities aside; by itself, as it looks at machines' tags, which look at tasks."""

    def ignored(self, account: AccountId, machine: MachineId, brought: Parts) -> frozenset[VulId]:
        """Which of these vulnerabilities are set aside on the machine."""
        ...

    def ruled(self, account: AccountId) -> frozenset[VulId]:
        """The vulnerabilities that rules speak of."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row of task_vul."""

    machines: int
    holders: int
    found: Found


@dataclass(frozen=True, slots=True)
class _Set:
    """What a unit has: the vulnerabilities that count, and those set aside."""

    counted: frozenset[VulId] = frozenset()
    ignored: frozenset[VulId] = frozenset()

    @property
    def every(self) -> frozenset[VulId]:
        """Both."""
        return self.counted | self.ignored


def _worst_first(level: ColumnElement[int], cvss: ColumnElement[float]) -> tuple[ColumnElement[Any], ...]:
    return func.coalesce(level, UNKNOWN_LEVEL.value).desc(), func.coalesce(cvss, -1.0).desc()


_WORST = Prepared(
    select(*_STATE)
    .where(_V.task_id == bindparam("which"), COUNTS)
    .order_by(*_worst_first(_V.level, _V.cvss), _V.machines.desc(), _V.vul_id)
    .limit(bindparam("many"))
)


def record(session: Session, unit: Unit, matches: Sequence[Match], rules: Rules) -> int:
    """Make these the unit's vulnerabilities; returns how many distinct ones count."""
    # Before the task's row, which is locked last of all: reports of other machines then wait for nothing but that.
    found, brought_by = _numbered(session, by_key(matches)), brought.by_key(matches)
    numbers = vul_rows.ids(session, brought_by)
    parts = {numbers[key]: one for key, one in brought_by.items()}
    ignored = rules.ignored(_account(session, unit.task), unit.machine, parts)
    account, before = _lock(session, unit.task), _set_of(session, unit)[0]
    now = _Set(frozenset(found) - ignored, ignored)
    if found or before.every:
        session.run(_FORGET_SET, which=unit.task, at=unit.seq)
        if found:
            session.run(
                _ADD_SET, task_id=unit.task, seq=unit.seq, account_id=account, packed=packed.pack(now.counted),
                ignored=packed.pack(now.ignored), parts=brought.pack(parts),
            )  # fmt: skip
        _put_counts(session, unit.task, account, (before, now), found)
    return len(now.counted)


def rejudge(session: Session, unit: Unit, rules: Rules) -> int:
    """Judge what the unit found by the rules of today; returns how many count."""
    before, stored = _set_of(session, unit)
    account = _account(session, unit.task)
    if not before.ignored and before.counted.isdisjoint(rules.ruled(account)):
        return len(before.counted)
    ignored = rules.ignored(account, unit.machine, known_parts(before.every, stored))
    now = _Set(before.every - ignored, ignored)
    if now != before:
        _lock(session, unit.task)
        to = {"to_packed": packed.pack(now.counted), "to_ignored": packed.pack(now.ignored)}
        session.run(_MOVE_SET, which=unit.task, at=unit.seq, **to)
        _put_counts(session, unit.task, account, (before, now), {})
    return len(now.counted)


def known_parts(every: Iterable[VulId], stored: bytes | None) -> Parts:
    """The packages that bring each; none where they were not kept."""
    known = brought.unpack(stored)
    return {which: known.get(which, ()) for which in every}


def worst(session: Session, which: TaskId, limit: int) -> list[TaskVul]:
    """The worst of what the task found."""
    return _task_vuls(session, session.rows(_WORST, which=which, many=limit))


def page(
    session: Session, which: TaskId, levels: frozenset[int], *, limit: int, offset: int
) -> tuple[int, list[TaskVul]]:
    """How many of these levels the task found, and a page of them, worst first. 0: no level is given; empty: all."""
    meant = [_V.task_id == which, COUNTS]
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


def _account(session: Session, which: TaskId) -> AccountId:
    row = session.row(_ACCOUNT, which=which)
    if row is None:
        raise LookupError(f"no task {which}")
    return AccountId(row[0])


def _lock(session: Session, which: TaskId) -> int:
    """The task's account; nobody else counts the task before this transaction ends."""
    row = session.row(_LOCK, which=which)
    if row is None:
        raise LookupError(f"no task {which}")
    return int(row[0])


def _set_of(session: Session, unit: Unit) -> tuple[_Set, bytes | None]:
    row = session.row(_SET, which=unit.task, at=unit.seq)
    if row is None:
        return _Set(), None
    return _Set(packed.unpack(row[0]), packed.unpack(row[1] or b"")), row[2]


def _put_counts(
    session: Session, which: TaskId, account: int, sets: tuple[_Set, _Set], found: Mapping[VulId, Found]
) -> None:
    """Bring the task's rows and its count up to date; its revision rises when anything can be seen to differ.

    sets: what the unit had, and has now. found: what is said of those that it has now; nothing when it is what was said
    before.
    """
    before, now = sets
    concerned = sorted(before.every | now.every if found else before.every ^ now.every | before.ignored ^ now.ignored)
    stored = _stored(session, which, concerned)
    new, moved, distinct, gone, visible = [], [], 0, False, False
    for number in concerned:
        machines = (number in now.counted) - (number in before.counted)
        holders = (number in now.every) - (number in before.every)
        kept = stored.get(number)
        if kept is None:
            new.append(_row(which, account, number, found[number], machines=machines))
            distinct, visible = distinct + machines, visible or machines > 0
            continue
        after = _Kept(kept.machines + machines, kept.holders + holders, kept.found)
        if number in found:
            after = replace(after, found=kept.found.worse(found[number]))
        if after != kept:
            moved.append(_move(which, number, after))
            distinct += (after.machines > 0) - (kept.machines > 0)
            gone = gone or after.holders <= 0
            visible = visible or machines != 0 or after.machines > 0
    session.many(_ADD, new)
    session.many(_MOVE, moved)
    if gone:
        session.run(_GONE, which=which)
    if visible:
        session.run(_COUNT, which=which, more=distinct)


def _stored(session: Session, which: TaskId, numbers: Sequence[VulId]) -> dict[VulId, _Kept]:
    stored: dict[VulId, _Kept] = {}
    for chunk in in_chunks(numbers):
        rows = session.select(select(*_STATE, _V.holders).where(_V.task_id == which, _V.vul_id.in_(chunk)))
        for number, machines, level, source, cvss, component, fixed, category, *where, holders in rows:
            ecosystem, place, restart = where
            found = Found(
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
            stored[VulId(number)] = _Kept(machines, holders, found)
    return stored


def _row(which: TaskId, account: int, number: VulId, found: Found, *, machines: int) -> dict[str, Value]:
    return {
        "task_id": which,
        "vul_id": number,
        "account_id": account,
        "machines": machines,
        "holders": 1,
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


def _move(which: TaskId, number: VulId, after: _Kept) -> dict[str, Value]:
    return {
        "which": which,
        "one": number,
        "to_machines": after.machines,
        "to_holders": after.holders,
        "to_level": number_of(after.found.level),
        "to_level_source": after.found.level_source,
        "to_cvss": after.found.cvss,
        "to_restart": after.found.restart,
    }


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
