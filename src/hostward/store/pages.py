"""Pages of a task's machines: never more rows read than the page and, where it can be, its filter need.

Without a filter a page is a range of seq. Statuses, fail types and risk are counted (see counted_pages). Uuids and
Quuids are looked up. Other texts are searched for.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from hostward.domain.ids import ROWS_PER_TASK, Seq, TaskId
from hostward.domain.machine_filter import AtRisk, BucketIs, Conditions, FailTypeIs, StatusIs, Tagged, Text, TextIs
from hostward.store import bucket_pages, counted_pages, machine_tags
from hostward.store.classes import ALL, AT_RISK, asks_risk, class_of_numbers, in_classes, wanted
from hostward.store.page_rows import OWN, machine_rows_of, page_of, with_machines
from hostward.store.session import Prepared, Session
from hostward.store.tables import machine_text, task, task_machine
from hostward.store.texts import SEPARATOR, fold
from hostward.usecases.records import MachineRow, Page

_T = task_machine.c
COLUMN = {
    Text.ANY: machine_text.c.anything,
    Text.ADDRESS: machine_text.c.address,
    Text.HOST_NAME: machine_text.c.host_name,
    Text.INSTANCE: machine_text.c.instance,
    Text.OS_NAME: machine_text.c.os_name,
    Text.UUID: machine_text.c.uuid,
    Text.QUUID: machine_text.c.quuid,
}
_IDENTITIES = (Text.UUID, Text.QUUID)


_OF_TASK = OWN.where(_T.task_id == bindparam("which"))
_UNFILTERED = page_of(_OF_TASK.where(_T.seq >= bindparam("first"), _T.seq < bindparam("stop")).order_by(_T.seq))
_ONE = page_of(_OF_TASK.where(_T.machine_id == bindparam("one")))
_SIZE = Prepared(select(task.c.machines).where(task.c.task_id == bindparam("which")))
_CALLED = {
    text: Prepared(select(machine_text.c.machine_id).where(COLUMN[text] == bindparam("called"))) for text in _IDENTITIES
}


def page(session: Session, which: TaskId, conditions: Conditions, *, limit: int, offset: int) -> Page:
    """A page of the task's machines that meet the conditions."""
    offset = min(offset, ROWS_PER_TASK)
    if not conditions:
        return _unfiltered(session, which, limit, offset)
    classes, risk = wanted(conditions), asks_risk(conditions)
    if not classes:
        return Page(total=0, rows=[])
    if any(isinstance(condition, Tagged) for condition in conditions):
        return _searched(session, which, conditions, limit, offset)
    if any(isinstance(condition, BucketIs) for condition in conditions):
        return _in_buckets(session, which, conditions, limit, offset)
    texts = [condition for condition in conditions if isinstance(condition, TextIs)]
    if texts and all(map(is_identity, texts)):
        rows = _identified(session, which, texts, conditions)
        return Page(total=len(rows), rows=rows[offset : offset + limit])
    if texts or (risk and classes != ALL):
        return _searched(session, which, conditions, limit, offset)
    return counted_pages.page(session, which, frozenset({AT_RISK}) if risk else classes, limit, offset)


def rows_from(
    session: Session, which: TaskId, conditions: Conditions, *, first: Seq, limit: int
) -> Sequence[MachineRow]:
    """The next of the task's machines that meet the conditions: a seek, however far into the task it is."""
    if not wanted(conditions):
        return []
    rows = matching(session, which, conditions).where(_T.seq >= first)
    return machine_rows_of(session.select(with_machines(rows.order_by(_T.seq).limit(limit))))


def _unfiltered(session: Session, which: TaskId, limit: int, offset: int) -> Page:
    size = session.row(_SIZE, which=which)
    rows = session.at_once(_UNFILTERED, which=which, first=offset, stop=offset + limit)
    return Page(total=size[0] if size else 0, rows=rows)


def _in_buckets(session: Session, which: TaskId, conditions: Conditions, limit: int, offset: int) -> Page:
    """Parts of the task alone are counted; with any other condition its machines are looked at."""
    buckets = bucket_pages.common(conditions)
    if not buckets:
        return Page(total=0, rows=[])
    if all(isinstance(condition, BucketIs) for condition in conditions):
        return bucket_pages.page(session, which, buckets, limit, offset)
    return _searched(session, which, conditions, limit, offset)


def _identified(
    session: Session, which: TaskId, identities: Sequence[TextIs], conditions: Conditions
) -> list[MachineRow]:
    """Few machines, each looked up; the other conditions are looked at here."""
    machines = set.intersection(*(set(_machines_called(session, each)) for each in identities))
    found = [row for each in machines for row in session.at_once(_ONE, which=which, one=each)]
    return sorted(row for row in found if _meets(row, conditions))


def _meets(row: MachineRow, conditions: Conditions) -> bool:
    """Does the row meet the conditions on its state and risk?"""
    if asks_risk(conditions) and row.risk_num <= 0:
        return False
    return class_of_numbers(row.state, row.fail) in wanted(conditions)


def _searched(session: Session, which: TaskId, conditions: Conditions, limit: int, offset: int) -> Page:
    """All conditions on all rows, but for identities, which leave few."""
    rows = matching(session, which, conditions)
    total = session.select(rows.with_only_columns(func.count(), maintain_column_froms=True))
    found = session.select(with_machines(rows.order_by(_T.seq).limit(limit).offset(offset)))
    return Page(total=total[0][0], rows=machine_rows_of(found))


def matching(session: Session, which: TaskId, conditions: Conditions) -> Select[Any]:
    """Rows of OWN that meet the conditions, in no order: all of them are looked at."""
    rows = OWN.where(_T.task_id == which, *_narrowing(session, conditions))
    if any(isinstance(each, TextIs) and not is_identity(each) for each in conditions):
        rows = rows.join_from(task_machine, machine_text, machine_text.c.machine_id == _T.machine_id)
    return rows


def _narrowing(session: Session, conditions: Conditions) -> Iterator[ColumnElement[bool]]:
    if (classes := wanted(conditions)) != ALL:
        yield in_classes(classes)
    for condition in conditions:
        match condition:
            case TextIs() if is_identity(condition):
                yield _T.machine_id.in_(_machines_called(session, condition))
            case TextIs():
                yield or_(False, *(holds(condition, fold(value)) for value in condition.values))
            case AtRisk():
                yield _T.risk_num > 0
            case Tagged():
                yield machine_tags.has_tag(_T.machine_id, condition.values)
            case BucketIs():
                yield bucket_pages.in_buckets(condition.values)
            case StatusIs() | FailTypeIs():
                continue


def is_identity(condition: TextIs) -> bool:
    """Whether the condition names machines, each by its only name."""
    return condition.exact and condition.text in _IDENTITIES


def _machines_called(session: Session, condition: TextIs) -> list[int]:
    """Numbers of the machines with these identities, from the index of the texts."""
    statement = _CALLED[condition.text]
    names = {SEPARATOR + fold(value) + SEPARATOR for value in condition.values}
    return [row[0] for name in names for row in session.rows(statement, called=name)]


def holds(condition: TextIs, value: str) -> ColumnElement[bool]:
    """A folded value is in the column, whose texts lie between separators: with those around it, it is a whole one."""
    column = COLUMN[condition.text]
    sought = SEPARATOR + value + SEPARATOR if condition.exact else value
    return column.contains(sought, autoescape=True)
