"""DescribeOverview (service hostward): the fleet at a glance, its score with all that was deducted, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.overview_texts import GROUNDS, NEVER_SCANNED
from hostward.api.task_rows import WORDS
from hostward.api.times import whole_seconds, wire_datetime
from hostward.domain.bucket import Bucket
from hostward.domain.module import Module
from hostward.domain.progress import percent
from hostward.domain.score import Deduction, Ground
from hostward.domain.severity import Level
from hostward.usecases.overview.look import STALE_AFTER, ModuleView, View, is_stale, look
from hostward.usecases.records import FeedStatus

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

MOST_ACTIONS: Final = 7
UNKNOWN_LEVEL: Final = 0
NEVER: Final = "NeverScanned"

_URGENCY: Final[Mapping[Ground, Level]] = {
    Ground.MALWARE: Level.CRITICAL,
    Ground.CRITICAL_VULS: Level.CRITICAL,
    Ground.BASELINE: Level.HIGH,
    Ground.NO_MACHINES: Level.HIGH,
    Ground.NO_FEED: Level.HIGH,
    Ground.STALE_FEED: Level.MEDIUM,
    Ground.OFFLINE: Level.MEDIUM,
    Ground.FAILED: Level.MEDIUM,
}
"""How urgent each is; what is missing of results is told by the machines that have none at all."""

_MODULES: Final[Mapping[Ground, Module]] = {
    Ground.MALWARE: Module.MALWARE,
    Ground.BASELINE: Module.BASELINE,
}
"""Grounds that count machines with a risk in their newest results of a module."""

_LINKS: Final[Mapping[Ground, str]] = {
    Ground.NO_MACHINES: "/machines/enroll",
    Ground.NEVER_JUDGED: "/machines",
    Ground.NO_FEED: "/settings/feeds",
    Ground.STALE_FEED: "/settings/feeds",
    Ground.OFFLINE: "/machines?status=Offline",
    **{ground: f"/machines?risk={module}" for ground, module in _MODULES.items()},
}
_NEVER_LINK: Final = "/machines?only=never"
_FAILED_PARTS: Final = "&".join(
    f"status={part}" for part in (Bucket.OFFLINE, Bucket.TIMEOUT, Bucket.FAILED, Bucket.TOO_OLD)
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing to choose."""


class ScoreDeduction(msgspec.Struct, rename="pascal"):
    """Points that the score lacks, why, and where in the console to look."""

    reason: str
    text: str
    points: int
    link: str


class LevelCount(msgspec.Struct, rename="pascal"):
    """Risks of one level; 0 for those whose level is not known."""

    level: int
    count: int


class ModuleOverview(msgspec.Struct, rename="pascal", kw_only=True):
    """One module. LastTaskId 0: it was never scanned for. Levels: none while no machine is judged.

    AtRisk: machines whose newest results have a risk.

    Of vulnerabilities Levels are those that machines have now, between scans too, each once; else of each machine's
    newest results.
    """

    module: str
    last_task_id: int
    last_state: str
    last_end_time: str
    progress: int
    next_time: str
    levels: list[LevelCount]
    at_risk: int
    judged: int
    unjudged: int


class FleetOverview(msgspec.Struct, rename="pascal", kw_only=True):
    """Machines. NeverScanned: without whole results of any module."""

    total: int
    online: int
    offline: int
    agent_too_old: int
    never_scanned: int


class NeededAction(msgspec.Struct, rename="pascal"):
    """Something to do."""

    kind: str
    level: int
    text: str
    link: str


class FeedOverview(msgspec.Struct, rename="pascal", kw_only=True):
    """An imported vulnerability feed."""

    name: str
    imported_time: str
    age_seconds: int
    advisories: int
    stale: bool


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Score: 100 less the points of all Deductions. Actions: what to do, the most urgent first, up to 7."""

    score: int
    deductions: list[ScoreDeduction]
    modules: list[ModuleOverview]
    fleet: FleetOverview
    actions: list[NeededAction]
    feeds: list[FeedOverview]


async def answer(ctx: Context, _request: Request) -> Response:
    """Look at the fleet, as far as the user may see it; schedules are of the whole account."""
    plans = not ctx.user.is_limited
    view = await ctx.store.read(lambda uow: look(uow, account=ctx.account, plans=plans, now=ctx.now))
    return shown(view, ctx)


def shown(view: View, ctx: Context) -> Response:
    """The view in the words of the API."""
    health = view.health
    return Response(
        score=view.score,
        deductions=[
            ScoreDeduction(one.ground.value, _text(one, view, ctx), one.points, _link(one.ground, view))
            for one in view.taken
        ],
        modules=[_module(module, one, health.total, ctx) for module, one in view.modules.items()],
        fleet=FleetOverview(
            total=health.total,
            online=health.online,
            offline=health.offline,
            agent_too_old=health.too_old,
            never_scanned=health.never_scanned,
        ),
        actions=sorted(_actions(view, ctx), key=attrgetter("level"), reverse=True)[:MOST_ACTIONS],
        feeds=[_feed(feed, ctx) for feed in view.feeds],
    )


def _actions(view: View, ctx: Context) -> Iterator[NeededAction]:
    """The most pressing first; sorted by level they stay so."""
    for one in view.taken:
        if one.ground in _URGENCY:
            level = _URGENCY[one.ground]
            yield NeededAction(one.ground.value, level, _text(one, view, ctx), _link(one.ground, view))
    if view.health.never_scanned:
        counts: dict[str, object] = {"count": view.health.never_scanned, "of": view.health.total}
        yield NeededAction(NEVER, Level.HIGH, NEVER_SCANNED.said(ctx.language, counts), _NEVER_LINK)


def _text(one: Deduction, view: View, ctx: Context) -> str:
    of = one.of or view.facts.feeds
    return GROUNDS[one.ground].said(ctx.language, {"count": one.count, "of": of, "days": STALE_AFTER.days})


def _link(ground: Ground, view: View) -> str:
    """Where in the console to look: the list that has just as many rows as are counted, where there is one."""
    if ground is Ground.FAILED:
        failed = max(view.modules.items(), key=lambda each: each[1].last.tally.fail if each[1].last else 0)
        return f"/tasks/{failed[0]}/{failed[1].last.id if failed[1].last else 0}?{_FAILED_PARTS}"
    if ground is not Ground.CRITICAL_VULS:
        return _LINKS[ground]
    source, module = view.modules[Module.VUL].source, Module.VUL
    worst = f"?tab=risks&level={Level.CRITICAL}"
    return f"/tasks?module={module}" if source is None else f"/tasks/{module}/{source.id}{worst}"


def _module(module: Module, view: ModuleView, machines: int, ctx: Context) -> ModuleOverview:
    last, zone, judged = view.last, ctx.settings.time_zone, view.standing.judged
    return ModuleOverview(
        module=module.value,
        last_task_id=0 if last is None else last.id,
        last_state="" if last is None else WORDS[last.state],
        last_end_time="" if last is None else wire_datetime(zone, last.end),
        progress=0 if last is None else percent(last.tally),
        next_time=wire_datetime(zone, view.next),
        levels=_levels(view) if judged else [],
        at_risk=view.standing.at_risk,
        judged=judged,
        unjudged=machines - judged,
    )


def _levels(view: ModuleView) -> list[LevelCount]:
    """Every level, the worst first, with 0 where there is none; those that are not known only where there are."""
    known: Sequence[Level] = sorted(Level, reverse=True)
    counts = [LevelCount(level, view.levels.get(level, 0)) for level in known]
    unknown = view.levels.get(None, 0)
    return [*counts, LevelCount(UNKNOWN_LEVEL, unknown)] if unknown else counts


def _feed(feed: FeedStatus, ctx: Context) -> FeedOverview:
    return FeedOverview(
        name=feed.feed,
        imported_time=wire_datetime(ctx.settings.time_zone, feed.imported),
        age_seconds=whole_seconds(ctx.now - feed.imported),
        advisories=feed.advisories,
        stale=is_stale(feed, ctx.now),
    )
