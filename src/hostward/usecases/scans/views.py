"""A task as the console shows it: its parts, its machines in any order, what it found, and what another one did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.machine_filter import TASK_ORDER, Conditions, Order, SortKey
from hostward.domain.module import Module
from hostward.domain.progress import Estimate
from hostward.domain.reason import Reason
from hostward.domain.task import Task
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Page, Risk, RiskPage, RiskQuery, TaskFilter
from hostward.usecases.scans.describe import find, left

MOST_SORTED = 250_000
"""Machines of a task that are sorted: each is looked at (bench/task_views.py: 127 ms of 100,000)."""

MOST_COMPARED = 1_000
"""Risks listed as new, and as many as fixed."""

EVERY = 2**31 - 1
"""A limit that no task reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two tasks of one module. new, fixed: worst first, at most MOST_COMPARED; truncated: there are more."""

    new: Sequence[Risk]
    fixed: Sequence[Risk]
    same: int
    truncated: bool


def described(
    uow: UnitOfWork, *, account: AccountId, module: Module, task: TaskId, now: datetime
) -> tuple[Task, TaskId | None, Estimate]:
    """The task, the one of its module before it, and the time it has left. Raises NotFound."""
    found = find(uow, account=account, module=module, task=task)
    older = TaskFilter(below=task)
    _, before = uow.tasks.list(account, module=module, states=frozenset(), limit=1, offset=0, narrowed=older)
    return found, before[0].id if before else None, left(uow, found, now)


def machines(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    task: TaskId,
    conditions: Conditions,
    order: Order = TASK_ORDER,
    limit: int,
    offset: int,
) -> tuple[Page, Mapping[str, str]]:
    """A page of the task's machines, and the agents' versions by quuid.

    Raises NotFound, and InvalidValue for an order that a task of that size is not shown in.
    """
    found = find(uow, account=account, module=module, task=task)
    if order.key is not SortKey.TASK and found.tally.machines > MOST_SORTED:
        raise InvalidValue.because(Reason.TOO_MANY_TO_SORT, limit=MOST_SORTED)
    page = uow.tasks.page(task, conditions, limit=limit, offset=offset, order=order)
    known = uow.machines.by_quuids(account, [row.quuid for row in page.rows]) if page.rows else {}
    return page, {quuid: machine.facts.agent_version for quuid, machine in known.items()}


def risks(
    uow: UnitOfWork, *, account: AccountId, module: Module, task: TaskId, wanted: RiskQuery, limit: int, offset: int
) -> RiskPage:
    """A page of what the task found. Raises NotFound."""
    find(uow, account=account, module=module, task=task)
    return uow.tasks.risks(task, module, wanted, limit=limit, offset=offset)


def compare(uow: UnitOfWork, *, account: AccountId, module: Module, task: TaskId, other: TaskId) -> Compared:
    """What the task found that the other did not, and the reverse. Raises NotFound for either."""
    mine, others = (_all_risks(uow, account, module, each) for each in (task, other))
    new = [risk for key, risk in mine.items() if key not in others]
    fixed = [risk for key, risk in others.items() if key not in mine]
    return Compared(
        new=new[:MOST_COMPARED],
        fixed=fixed[:MOST_COMPARED],
        same=len(mine) - len(new),
        truncated=max(len(new), len(fixed)) > MOST_COMPARED,
    )


def _all_risks(uow: UnitOfWork, account: AccountId, module: Module, task: TaskId) -> dict[str, Risk]:
    page = risks(uow, account=account, module=module, task=task, wanted=RiskQuery(), limit=EVERY, offset=0)
    return {risk.key: risk for risk in page.rows}
