"""The account's vulnerabilities that count, in a few numbers: by level, the widest spread ones, and the last scan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.task import ScanState
from hostward.domain.vul_event import EventStatus
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import VulOrder, VulQuery
from hostward.usecases.vulnerabilities.fleet_list import EVERY
from hostward.usecases.vulnerabilities.looked_for import RUNNING

COUNTING = VulQuery(status=EventStatus.PRESENT, ignored=False)
"""Events that are there and that no rule sets aside."""

_ENDED = frozenset({ScanState.DONE, ScanState.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """What is counted. categories: empty for all. exploited: only what is known to be."""

    categories: frozenset[int] = frozenset()
    exploited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The account as a whole. begun: when the newest scan did, None before the first; running: its number, or 0.

    first: no scan has ended yet. fixed: when a vulnerability was last fixed on a machine.
    """

    vulnerabilities: int
    machines: int
    begun: datetime | None
    first: bool
    running: TaskId
    fixed: datetime | None


def by_level(uow: UnitOfWork, account: AccountId, narrow: Narrow) -> Mapping[Level, int]:
    """How many vulnerabilities there are of each level, worst first."""
    worst_first = sorted(Level, reverse=True)
    if narrow == Narrow():
        known = uow.vul_events.levels(account)
        return {level: known.get(level, 0) for level in worst_first}
    query = _query(narrow)
    return {
        level: uow.vul_events.vulnerabilities(
            account, replace(query, levels=frozenset({level})), limit=1, offset=0
        ).total
        for level in worst_first
    }  # fmt: skip


def widest_spread(uow: UnitOfWork, account: AccountId, narrow: Narrow, *, limit: int) -> Sequence[TaskVul]:
    """Those on most machines, which are counted in each."""
    query = replace(_query(narrow), order=VulOrder.MACHINES)
    return [one.known for one in uow.vul_events.vulnerabilities(account, query, limit=limit, offset=0).rows]


def standing(uow: UnitOfWork, account: AccountId) -> Standing:
    """How many vulnerabilities on how many machines, and when that was last looked at."""
    newest = uow.tasks.newest(account, Module.VUL)
    running = _tasks(uow, account, RUNNING)
    over = VulQuery(status=EventStatus.FIXED, order=VulOrder.LAST_SEEN)
    fixed = uow.vul_events.vulnerabilities(account, over, limit=1, offset=0).rows
    return Standing(
        vulnerabilities=sum(uow.vul_events.levels(account).values()),
        machines=len(uow.vul_events.machines_by_number(account, limit=EVERY)),
        begun=newest.begin if newest is not None else None,
        first=not _tasks(uow, account, _ENDED),
        running=running[0] if running else TaskId(0),
        fixed=fixed[0].last_seen if fixed else None,
    )


def _query(narrow: Narrow) -> VulQuery:
    return replace(COUNTING, categories=narrow.categories, kev=True if narrow.exploited else None)


def _tasks(uow: UnitOfWork, account: AccountId, states: frozenset[ScanState]) -> Sequence[TaskId]:
    """The newest task in one of these states."""
    _, newest = uow.tasks.list(account, module=Module.VUL, states=states, limit=1, offset=0)
    return [task.id for task in newest]
