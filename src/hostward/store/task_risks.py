"""What a task found, a page at a time: sorted and cut by the database, which sends no more than the page.

Vulnerabilities have a row each (task_vul). Findings and verdicts are those of the leases that the task's units ended
with; only units that count a risk are looked at, and equal ones become one risk with the number of its machines. A
text is looked for in the words that people see, which the database does not have: it is compared here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from hostward.domain.ids import TaskId
from hostward.domain.module import Module
from hostward.domain.verdict import Outcome
from hostward.store import found_risks, machine_tags, task_vuls
from hostward.store.session import Row, Session
from hostward.store.tables import baseline_verdict, malware_finding, task_machine
from hostward.usecases.records import Risk, RiskPage, RiskQuery

_T, _F, _B = task_machine.c, malware_finding.c, baseline_verdict.c


@dataclass(frozen=True, slots=True)
class _Grouped:
    """One kind of row: which are risks, what makes two the same, what else is shown, and how it becomes a Risk."""

    rows: Any
    are_risks: ColumnElement[bool]
    same: tuple[ColumnElement[Any], ...]
    shown: tuple[ColumnElement[Any], ...]
    read: Callable[[Row], Risk]


def page(
    session: Session,
    which: TaskId,
    module: Module,
    wanted: RiskQuery,
    *,
    limit: int,
    offset: int,
    tags: Sequence[str] = (),
) -> RiskPage:
    """A page of the task's risks that are meant, worst first."""
    if module is Module.VUL:
        return _vuls(session, which, wanted, limit=limit, offset=offset, tags=tags)
    kind = _KINDS[module]
    grouped = _grouped(kind, which, wanted.levels, tags)
    if wanted.text:
        found = found_risks.meeting([kind.read(row) for row in session.select(grouped)], wanted)
        return RiskPage(total=len(found), rows=found[offset : offset + limit])
    total = session.select(select(func.count()).select_from(grouped.order_by(None).subquery("g")))[0][0]
    rows = session.select(grouped.limit(limit).offset(offset))
    return RiskPage(total=int(total), rows=[kind.read(row) for row in rows])


def _vuls(
    session: Session, which: TaskId, wanted: RiskQuery, *, limit: int, offset: int, tags: Sequence[str]
) -> RiskPage:
    if tags or wanted.text:
        every = task_vuls.EVERY
        listed = machine_tags.worst(session, which, every, tags) if tags else task_vuls.worst(session, which, every)
        found = found_risks.meeting(list(map(found_risks.of_vul, listed)), wanted)
        return RiskPage(total=len(found), rows=found[offset : offset + limit])
    total, vuls = task_vuls.page(session, which, wanted.levels, limit=limit, offset=offset)
    return RiskPage(total=total, rows=list(map(found_risks.of_vul, vuls)))


def _grouped(kind: _Grouped, which: TaskId, levels: frozenset[int], tags: Sequence[str]) -> Select[Any]:
    """One row a risk, worst first, then on most machines, then by what it is."""
    own = kind.rows.c
    level, machines = func.max(own.level), func.count(own.machine_id.distinct())
    query = select(*kind.same, *kind.shown, level, machines).join_from(
        task_machine, kind.rows, and_(own.machine_id == _T.machine_id, own.lease_id == _T.lease_id)
    )
    query = query.where(_T.task_id == which, _T.risk_num > 0, kind.are_risks)
    if tags:
        query = query.where(machine_tags.has_tag(_T.machine_id, tags))
    query = query.group_by(*kind.same)
    if levels:
        query = query.having(level.in_(sorted(levels)))
    return query.order_by(level.desc(), machines.desc(), *kind.same)


def _file(row: Row) -> Risk:
    path, member, rule, title, level, machines = row
    return found_risks.of_file((bytes(path), bytes(member), rule), title, level, machines)


def _item(row: Row) -> Risk:
    policy, item, title, remediation, level, machines = row
    return found_risks.of_item((policy, item), title, remediation, level, machines)


_KINDS = {
    Module.MALWARE: _Grouped(malware_finding, true(), (_F.path, _F.member, _F.rule), (func.max(_F.title),), _file),
    Module.BASELINE: _Grouped(
        baseline_verdict,
        _B.outcome == Outcome.FAIL.value,
        (_B.policy, _B.item),
        (func.max(_B.title), func.max(_B.remediation)),
        _item,
    ),
}
