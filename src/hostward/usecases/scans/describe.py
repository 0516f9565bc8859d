"""Describe tasks: one consistent snapshot of a task, a page of its machines and what it found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hostward.domain import progress
from hostward.domain.errors import NotFound
from hostward.domain.host_scan import WHOLE
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.machine_filter import Conditions
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.progress import AtWork, Clocks, Estimate
from hostward.domain.reason import Reason
from hostward.domain.task import ScanState, Task
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ALL_TASKS, Page, TaskFilter, TaskVul

MAX_VULS = 100
"""Vulnerabilities listed with a task that named none (semantics of VulInfo); the count says how many there are."""


MOST_REMEMBERED = 256
"""Tasks whose time left is remembered."""

Reckon = Callable[[UnitOfWork, Task, datetime], Estimate]
"""How the time left is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A task as it is now. elapsed: since the begin of the current run, to now or to its end.

    vuls: () when they were not wanted.
    """

    task: Task
    page: Page
    vuls: Sequence[TaskVul]
    percent: int
    left: Estimate
    elapsed: timedelta


def find(uow: UnitOfWork, *, account: AccountId, module: Module, task: TaskId, lock: bool = False) -> Task:
    """The account's task of this module.

    Raises NotFound in the same words whether the task is unknown, of another module or of another account.
    """
    found = uow.tasks.get(task, lock=lock)
    if found is None or found.account != account or found.module is not module:
        raise NotFound.because(Reason.NOT_OF_MODULE, task=task, module=module)
    return found


def find_any(uow: UnitOfWork, *, account: AccountId, task: TaskId) -> Task:
    """The account's task, of any module. Raises NotFound in the same words for one that is unknown or another's."""
    found = uow.tasks.get(task)
    if found is None or found.account != account:
        raise NotFound.because(Reason.NO_TASK, task=task)
    return found


def details(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module,
    task: TaskId,
    conditions: Conditions,
    limit: int,
    offset: int,
    now: datetime,
    want_vuls: Callable[[Task], bool] = lambda _task: True,
    reckon: Reckon | None = None,
) -> Details:
    """The task with those of its machines that meet the conditions. Raises NotFound.

    want_vuls: asked for the task found; False leaves its vulnerabilities out (they cost more to read than the rest,
    and a caller may know those of this vul_rev). reckon: another way to the time left than left().
    """
    found = find(uow, account=account, module=module, task=task)
    return Details(
        task=found,
        page=uow.tasks.page(task, conditions, limit=limit, offset=offset),
        vuls=_vuls(uow, found) if want_vuls(found) else (),
        percent=progress.percent(found.tally),
        left=(reckon or left)(uow, found, now),
        elapsed=max((found.end or now) - found.run_begin, timedelta(0)),
    )


def left(uow: UnitOfWork, task: Task, now: datetime) -> Estimate:
    """Time until the task is done."""
    tally = task.tally
    known = uow.tasks.at_work(task.id) if tally.leased or tally.running else ()
    at_work = [AtWork(age=max(now - begin, timedelta(0)), done=done / WHOLE) for begin, done in known]
    return progress.time_left(tally, clocks_of(task, now), task.history, at_work)


class TimesLeft:
    """Times left, each reckoned once in a second for a task that is as it was. May be used from several threads.

    Whole seconds are all that is told, and every change of a machine at work changes its task's tally. For users who
    see all machines: what others see of a task is not what is remembered of it.
    """

    def __init__(self) -> None:
        self._known: dict[TaskId, tuple[Task, datetime, Estimate]] = {}

    def of(self, uow: UnitOfWork, task: Task, now: datetime) -> Estimate:
        """See left()."""
        second = now.replace(microsecond=0)
        known = self._known.get(task.id)
        if known is not None and known[1] == second and known[0] == task:
            return known[2]
        estimate = left(uow, task, now)
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[task.id] = (task, second, estimate)
        return estimate


def clocks_of(task: Task, now: datetime) -> Clocks:
    """The times that the task's end depends on."""
    zero = timedelta(0)
    queue_ends = task.last_start + task.turns + task.patience
    if task.not_after is not None:
        queue_ends = min(queue_ends, task.not_after)
    return Clocks(
        elapsed=max(now - task.opens, zero),
        until_deadline=max(task.deadline - now, zero),
        until_queue_ends=max(queue_ends - now, zero),
        until_last_start=max(task.last_start - now, zero),
        ramp=task.ramp,
        timeout=task.timeout_from(now),
        age=task.tally.mean_age(now),
        settled=task.settled,
        at_once=task.at_once,
    )


def newest(uow: UnitOfWork, *, account: AccountId, module: Module) -> Task | None:
    """The account's newest task of the module, None when there never was one."""
    return uow.tasks.newest(account, module)


def listing(
    uow: UnitOfWork,
    *,
    account: AccountId,
    module: Module | None,
    states: frozenset[ScanState],
    limit: int,
    offset: int,
    narrowed: TaskFilter = ALL_TASKS,
) -> tuple[int, Sequence[Task]]:
    """How many of the account's tasks there are, and a page of them, newest first."""
    return uow.tasks.list(account, module=module, states=states, limit=limit, offset=offset, narrowed=narrowed)


def _vuls(uow: UnitOfWork, task: Task) -> Sequence[TaskVul]:
    """All that were asked for, found or not; the worst of those found when none was named."""
    if not isinstance(task.options, VulOptions):
        return ()
    if not task.options.vul_ids:
        return uow.tasks.vuls(task.id, limit=MAX_VULS)
    asked = task.options.vul_ids
    found = {vul.id: vul for vul in uow.tasks.vuls(task.id, limit=len(asked))}
    return [found.get(vul.id, vul) for vul in uow.advisories.vuls(asked)]
