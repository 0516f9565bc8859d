"""Everything there is to know at a glance: kept figures, what is there now, and the newest tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hostward.domain.ids import AccountId
from hostward.domain.machine import MINIMUM_AGENT, OFFLINE_AFTER, version_tuple
from hostward.domain.module import Module
from hostward.domain.score import Deduction, Facts, deductions, score
from hostward.domain.severity import Level
from hostward.domain.task import Task
from hostward.domain.vul_event import EventStatus
from hostward.usecases.fleet_ports import ModuleStanding
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedStatus
from hostward.usecases.vul_event_ports import VulQuery

STALE_AFTER: Final = timedelta(days=3)
"""Distributions publish advisories every day: a feed that missed three lacks some that are known."""

LOOKED_BACK: Final = 3
"""Newest tasks of a module among which one with results is looked for: a scan that has just begun has none yet."""

_CRITICAL: Final = VulQuery(status=EventStatus.PRESENT, levels=frozenset({Level.CRITICAL}), ignored=False, fixable=True)

NOTHING: Final = ModuleStanding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Machines of the fleet. never_scanned: those without whole results of any module."""

    total: int
    online: int
    too_old: int
    never_scanned: int

    @property
    def offline(self) -> int:
        """Those whose agent is silent, or was never heard of."""
        return self.total - self.online


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleView:
    """One module. last: its newest task. source: the newest one with results.

    next: when it scans by itself, None when it does not or nobody may know. levels: risks as they are now, of
    vulnerabilities each once; None for those not told apart.
    """

    last: Task | None
    source: Task | None
    next: datetime | None
    standing: ModuleStanding
    levels: Mapping[Level | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The fleet at a glance. taken: what the score lacks of 100."""

    score: int
    taken: Sequence[Deduction]
    facts: Facts
    health: Health
    modules: Mapping[Module, ModuleView]
    feeds: Sequence[FeedStatus]


def look(uow: UnitOfWork, *, account: AccountId, plans: bool, now: datetime) -> View:
    """The account's fleet now. plans: whether its schedules may be looked at."""
    standing = uow.fleet.standing(account)
    health = _health(uow, account, standing.judged, now)
    fires = _next_fires(uow, account) if plans else {}
    modules, critical = {}, 0
    for module in Module:
        view, fixable = _module(uow, account, module, standing.modules.get(module, NOTHING), fires.get(module))
        modules[module], critical = view, critical + fixable
    feeds = uow.advisories.feeds()
    facts = _facts(health, modules, critical, feeds, now)
    taken = deductions(facts)
    return View(score=score(taken), taken=taken, facts=facts, health=health, modules=modules, feeds=feeds)


def is_stale(feed: FeedStatus, now: datetime) -> bool:
    """Whether it was not renewed for so long that advisories must lack."""
    return now - feed.imported > STALE_AFTER


def _health(uow: UnitOfWork, account: AccountId, judged: int, now: datetime) -> Health:
    agents = uow.fleet.agents(account, (), heard_after=now - OFFLINE_AFTER)
    total = sum(one.machines for one in agents)
    return Health(
        total=total,
        online=sum(one.heard for one in agents),
        too_old=sum(one.machines for one in agents if version_tuple(one.version) < MINIMUM_AGENT),
        never_scanned=total - judged,
    )


def _next_fires(uow: UnitOfWork, account: AccountId) -> Mapping[Module, datetime]:
    fires: dict[Module, datetime] = {}
    for schedule in uow.schedules.of_account(account):
        if schedule.next_fire is not None:
            fires[schedule.module] = min(schedule.next_fire, fires.get(schedule.module, schedule.next_fire))
    return fires


def _module(
    uow: UnitOfWork, account: AccountId, module: Module, standing: ModuleStanding, fire: datetime | None
) -> tuple[ModuleView, int]:
    """The module, and how many critical vulnerabilities with a fix there are."""
    _, tasks = uow.tasks.list(account, module=module, states=frozenset(), limit=LOOKED_BACK, offset=0)
    last = tasks[0] if tasks else None
    source = next((task for task in tasks if task.tally.ok), last)
    levels: Mapping[Level | None, int] = standing.levels
    fixable = 0
    if module is Module.VUL and standing.judged:
        levels = dict(uow.vul_events.levels(account).items())
        if Level.CRITICAL in levels:
            fixable = uow.vul_events.vulnerabilities(account, _CRITICAL, limit=0, offset=0).total
    return ModuleView(last=last, source=source, next=fire, standing=standing, levels=levels), fixable


def _facts(
    health: Health, modules: Mapping[Module, ModuleView], critical: int, feeds: Sequence[FeedStatus], now: datetime
) -> Facts:
    last = [view.last for view in modules.values() if view.last is not None]
    baseline = modules[Module.BASELINE].standing
    return Facts(
        machines=health.total,
        offline=health.offline,
        modules=len(modules),
        unjudged=sum(health.total - view.standing.judged for view in modules.values()),
        malware=modules[Module.MALWARE].standing.at_risk,
        critical=critical,
        baseline=baseline.at_risk,
        baseline_judged=baseline.judged,
        failed=sum(task.tally.fail for task in last),
        scanned=sum(task.tally.machines for task in last),
        feeds=len(feeds),
        stale=sum(is_stale(feed, now) for feed in feeds),
    )
