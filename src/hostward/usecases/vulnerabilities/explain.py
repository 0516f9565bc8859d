"""Why a machine has a vulnerability: what was compared with what, who says so, who says nothing, what sets it aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hostward.domain.ids import AccountId, EventId, MachineId
from hostward.domain.ignoring import IgnoreRule, Part, rule_of
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.remedy import restart_words
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Advised, TaskVul
from hostward.usecases.vul_event_ports import Bringer, VulEvent
from hostward.usecases.vulnerabilities.feed_health import FeedState, FeedView, known, view_of
from hostward.usecases.vulnerabilities.ignore import quuids_of

ENRICHING: Final = ("epss", "kev")
"""Feeds that speak of vulnerabilities whatever is installed."""

_CHANGELOG: Final = "changelog of "
"""What an event says that the host's own evidence brings (domain.matching.match_evidence)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One package and one advisory that speaks of its version.

    feed None: the host's own changelog says so. said: what the advisory says besides, None when it says so no more.
    """

    bringer: Bringer
    advisory: str
    feed: FeedView | None
    said: Advised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A feed that might have spoken of it and did not. other_versions: it does, of other versions of the package."""

    feed: FeedView
    other_versions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Everything there is to say of an event.

    covered: whether any feed has data for the packages' ecosystems. restarts: what runs old files of which package.
    rule: what sets it aside, None for nothing and for rules that who asks may not read; quuids: of its machines.
    """

    event: VulEvent
    machine: Machine
    vul: TaskVul
    grounds: Sequence[Ground]
    silent: Sequence[Silence]
    covered: bool
    restarts: Mapping[str, str]
    rule: IgnoreRule | None
    quuids: Mapping[MachineId, str]


def explain(uow: UnitOfWork, *, account: AccountId, event: EventId, now: datetime) -> Explained | None:
    """Explain an event; None for one that is not the account's."""
    found = uow.vul_events.get(account, event)
    machine = uow.machines.get(found.machine) if found is not None else None
    if found is None or machine is None:
        return None
    (vul,) = uow.advisories.vuls([found.vul])
    views = known(uow, now)
    sources = sorted({(one.package.ecosystem, one.package.source) for one in found.packages})
    advised = {place: uow.advisories.about(place[0], [place[1]]) for place in sources}
    grounds = [_ground(one, views, advised) for one in found.packages]
    rule = _rule(uow, account, found, vul, now)
    return Explained(
        event=found,
        machine=machine,
        vul=vul,
        grounds=grounds,
        silent=_silent(vul, grounds, views, advised),
        covered=all(uow.advisories.covers(ecosystem) for ecosystem, _ in sources),
        restarts=_restarts(uow, machine.id),
        rule=rule,
        quuids={} if rule is None else quuids_of(uow, account, [rule]),
    )


def _ground(
    bringer: Bringer, views: Mapping[str, FeedView], advised: Mapping[tuple[str, str], Sequence[Advised]]
) -> Ground:
    if bringer.said_by.startswith(_CHANGELOG):
        return Ground(bringer=bringer, advisory=bringer.said_by, feed=None, said=None)
    name, _, advisory = bringer.said_by.partition(" ")
    place = (bringer.package.ecosystem, bringer.package.source)
    said = (one for one in advised[place] if (one.feed, one.advisory) == (name, advisory))
    return Ground(bringer=bringer, advisory=advisory, feed=view_of(name, views), said=next(said, None))


def _silent(
    vul: TaskVul,
    grounds: Sequence[Ground],
    views: Mapping[str, FeedView],
    advised: Mapping[tuple[str, str], Sequence[Advised]],
) -> Sequence[Silence]:
    """Feeds of these ecosystems, or of ones that nobody knows since they were never imported; others that are old."""
    heard = {ground.feed.feed for ground in grounds if ground.feed is not None}
    ecosystems = {ecosystem for ecosystem, _ in advised}
    of_others = {
        one.feed for some in advised.values() for one in some if one.key == vul.key or vul.key in one.aliases
    }  # fmt: skip
    meant = [
        view
        for name, view in views.items()
        if name not in heard and name not in ENRICHING
        and (view.status is None or not ecosystems.isdisjoint(view.status.ecosystems))
    ]  # fmt: skip
    enriching = [view_of(name, views) for name in ENRICHING]
    meant += [view for view in enriching if view.state is not FeedState.CURRENT]
    return [Silence(feed=view, other_versions=view.feed in of_others) for view in meant]


def _restarts(uow: UnitOfWork, machine: MachineId) -> Mapping[str, str]:
    current = uow.results.current(machine, Module.VUL)
    return {} if current is None else restart_words(uow.results.restarts(machine, current[0]))


def _rule(uow: UnitOfWork, account: AccountId, event: VulEvent, vul: TaskVul, now: datetime) -> IgnoreRule | None:
    if not event.ignored:
        return None
    parts = [
        Part(
            name=one.package.name,
            source=one.package.source,
            version=one.package.version,
            ecosystem=one.package.ecosystem,
        )
        for one in event.packages
    ]
    tags = frozenset(uow.machines.tags([event.machine]).get(event.machine, ()))
    return rule_of(vul.key, parts, uow.ignores.of_account(account), machine=event.machine, tags=tags, now=now)
