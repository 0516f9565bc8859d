"""The score of a fleet: 100 less what is listed, so that anybody can add it up.

Deductions by number take so many points each, those by share take their part of the most they can; both stop at it,
and the most of all together are 100.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WHOLE_SCORE: Final = 100


class Ground(StrEnum):
    """Why points are taken, the most pressing first; the values are the API's codes."""

    MALWARE = "Malware"
    CRITICAL_VULS = "CriticalVuls"
    BASELINE = "Baseline"
    NO_MACHINES = "NoMachines"
    NEVER_JUDGED = "NeverJudged"
    NO_FEED = "NoFeed"
    STALE_FEED = "StaleFeed"
    OFFLINE = "Offline"
    FAILED = "Failed"


MALWARE_EACH: Final = 10
MALWARE_MOST: Final = 30
CRITICAL_EACH: Final = 5
CRITICAL_MOST: Final = 20
BASELINE_MOST: Final = 10
JUDGED_MOST: Final = 20
FEED_MOST: Final = 10
STALE_EACH: Final = 5
OFFLINE_MOST: Final = 5
FAILED_MOST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a fleet.

    malware, baseline: machines whose newest results of that module hold a risk. baseline_judged: machines with results
    of it. critical: vulnerabilities of the highest level with a fix that the newest scan found. unjudged: results
    that are missing, of one for each machine and module: modules of them. failed, scanned: machines of the newest
    task of each module, and those of them that failed. feeds, stale: vulnerability feeds, and those not renewed.
    """

    machines: int
    offline: int
    modules: int
    unjudged: int
    malware: int
    critical: int
    baseline: int
    baseline_judged: int
    failed: int
    scanned: int
    feeds: int
    stale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """Points taken for something that was counted. of: among how many, 0 where that says nothing."""

    ground: Ground
    points: int
    count: int
    of: int = 0


def deductions(facts: Facts) -> Sequence[Deduction]:
    """Every ground that there is, the most pressing first."""
    return [one for one in _all(facts) if one.points]


def score(taken: Sequence[Deduction]) -> int:
    """What is left of 100; never below 0, since the most of all grounds together are no more."""
    return WHOLE_SCORE - sum(one.points for one in taken)


def _all(facts: Facts) -> Iterator[Deduction]:
    yield _each(Ground.MALWARE, facts.malware, MALWARE_EACH, MALWARE_MOST)
    yield _each(Ground.CRITICAL_VULS, facts.critical, CRITICAL_EACH, CRITICAL_MOST)
    yield _share(Ground.BASELINE, facts.baseline, facts.baseline_judged, BASELINE_MOST)
    if not facts.machines:
        yield Deduction(ground=Ground.NO_MACHINES, points=JUDGED_MOST, count=0)
    yield _share(Ground.NEVER_JUDGED, facts.unjudged, facts.machines * facts.modules, JUDGED_MOST)
    if not facts.feeds:
        yield Deduction(ground=Ground.NO_FEED, points=FEED_MOST, count=0)
    yield _each(Ground.STALE_FEED, facts.stale, STALE_EACH, FEED_MOST)
    yield _share(Ground.OFFLINE, facts.offline, facts.machines, OFFLINE_MOST)
    yield _share(Ground.FAILED, facts.failed, facts.scanned, FAILED_MOST)


def _each(ground: Ground, count: int, points: int, most: int) -> Deduction:
    return Deduction(ground=ground, points=min(count * points, most), count=count)


def _share(ground: Ground, count: int, of: int, most: int) -> Deduction:
    """The part of the most that the count is of all, rounded up: one machine in a million is a point too."""
    points = -(-most * count // of) if of else 0
    return Deduction(ground=ground, points=min(points, most), count=count, of=of)
