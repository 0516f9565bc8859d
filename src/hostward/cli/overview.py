"""What `up` needs to know of its three scans, read from the store as one value a module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hostward.domain import progress
from hostward.domain.host_scan import Status, Unit
from hostward.domain.ids import Seq, TaskId
from hostward.domain.matching import level_or_unknown
from hostward.domain.module import Module
from hostward.domain.note import Code, render
from hostward.domain.severity import Level
from hostward.domain.task import Task
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.describe import left

EVERY_VUL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One module's scan of this machine. left None: nothing is known yet. doing: in words."""

    module: Module
    task: TaskId
    percent: int
    left: timedelta | None
    doing: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One module's scan that is over. counts: findings per level; not_judged: why it is not whole, "" when it is.

    task None: the scan was no task of a server's.
    """

    module: Module
    task: TaskId | None
    status: Status
    counts: Mapping[Level, int] = field(default_factory=dict)
    not_judged: str = ""
    took: timedelta

    @property
    def is_whole(self) -> bool:
        """Everything was judged."""
        return self.status is Status.OK and not self.not_judged


def line(uow: UnitOfWork, task: TaskId, now: datetime) -> Line:
    """How far the scan is."""
    found, unit = _found(uow, task)
    estimate = left(uow, found, now)
    return Line(
        module=found.module,
        task=task,
        percent=progress.percent(found.tally),
        left=estimate.left if estimate.known else None,
        doing=_doing(unit),
        done=found.tally.is_done,
    )


def ended(uow: UnitOfWork, task: TaskId) -> Ended:
    """How the scan ended."""
    found, unit = _found(uow, task)
    return Ended(
        module=found.module,
        task=task,
        status=unit.status,
        counts=_counts(uow, found, unit),
        not_judged=render(unit.note),
        took=(found.end or found.run_begin) - found.run_begin,
    )


def _found(uow: UnitOfWork, task: TaskId) -> tuple[Task, Unit]:
    """A task of this machine alone, and its one unit."""
    found, unit = uow.tasks.get(task), uow.tasks.unit(task, Seq(0))
    assert found is not None
    assert unit is not None
    return found, unit


def _doing(unit: Unit) -> str:
    """The agent's own words; the percentage has a place of its own."""
    return unit.note.values["what"] if unit.note.code is Code.DOING else render(unit.note)


def _counts(uow: UnitOfWork, task: Task, unit: Unit) -> Mapping[Level, int]:
    if task.module is not Module.VUL:
        return uow.results.risks(unit.machine, unit.lease) if unit.lease is not None else {}
    counts: dict[Level, int] = {}
    for vul in uow.tasks.vuls(task.id, limit=EVERY_VUL):
        level, _ = level_or_unknown(vul.level, vul.level_source)
        counts[level] = counts.get(level, 0) + 1
    return counts
