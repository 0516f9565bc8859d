"""What feeds that are missing or were not renewed leave in doubt, in words for whoever reads a scan's result."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from hostward.domain.versions.table import not_judged
from hostward.usecases.overview.look import is_stale
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedStatus

MOST = 3
"""Feeds that are named; more are counted."""


MOST_NAMED = 5
"""Ecosystems that are named; more are counted."""


def doubts(
    uow: UnitOfWork,
    ecosystems: Collection[str],
    *,
    now: datetime,
    also: Collection[str] = (),
    said: Collection[str] = (),
) -> list[str]:
    """Sentences about what nothing is known of, and about feeds that are old or can't be renewed.

    Nothing where all are well. ecosystems: of the packages that were judged. also: feeds that count whatever is
    installed. said: what was said already, so that nothing is said twice.
    """
    feeds = uow.advisories.feeds()
    failing = {health.feed for health in uow.advisories.health() if health.failed is not None}
    return [*_missing(feeds, ecosystems, said), *_doubtful(feeds, failing, frozenset(ecosystems), now, also)]


def _missing(feeds: Iterable[FeedStatus], ecosystems: Collection[str], said: Collection[str]) -> Iterator[str]:
    """That no feed speaks of some ecosystems; of those without an order of versions that is said anyway."""
    covered = {ecosystem for feed in feeds for ecosystem in feed.ecosystems}
    missing = [
        each
        for each in sorted(set(ecosystems) - covered)
        if not not_judged(each) and not any(f"no advisory data for {each}:" in words for words in said)
    ]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        yield f"no advisory data for {', '.join(missing[:MOST_NAMED])}{more}: these packages are not judged"


def _doubtful(
    feeds: Iterable[FeedStatus], failing: set[str], installed: frozenset[str], now: datetime, also: Collection[str]
) -> Iterator[str]:
    meant = [
        feed
        for feed in feeds
        if (feed.feed in failing or is_stale(feed, now))
        and (feed.feed in also or not installed.isdisjoint(feed.ecosystems))
    ]
    if meant:
        more = f" and {len(meant) - MOST} more" if len(meant) > MOST else ""
        yield f"advisories may lack: {'; '.join(_words(meant[:MOST], failing))}{more}"


def _words(feeds: Iterable[FeedStatus], failing: set[str]) -> Iterator[str]:
    for feed in feeds:
        why = ", its last renewal failed" if feed.feed in failing else ""
        yield f"feed {feed.feed} is as of {feed.imported:%Y-%m-%d %H:%M} UTC{why}"
