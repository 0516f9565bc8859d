"""What feeds that were not renewed leave in doubt, in words for whoever reads a scan's result."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from hostward.usecases.overview.look import is_stale
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedStatus

MOST = 3
"""Feeds that are named; more are counted."""


def doubts(
    uow: UnitOfWork, ecosystems: Callable[[], Collection[str]], *, now: datetime, also: Collection[str] = ()
) -> list[str]:
    """One sentence about the feeds that packages were judged by and that are old or can't be renewed.

    Nothing where all are well. ecosystems: of the packages, asked for only when a feed is in doubt. also: feeds that
    count whatever is installed.
    """
    failing = {health.feed for health in uow.advisories.health() if health.failed is not None}
    doubtful = [feed for feed in uow.advisories.feeds() if feed.feed in failing or is_stale(feed, now)]
    if not doubtful:
        return []
    installed = frozenset(ecosystems())
    meant = [feed for feed in doubtful if feed.feed in also or not installed.isdisjoint(feed.ecosystems)]
    if not meant:
        return []
    more = f" and {len(meant) - MOST} more" if len(meant) > MOST else ""
    return [f"advisories may lack: {'; '.join(_words(meant[:MOST], failing))}{more}"]


def _words(feeds: Iterable[FeedStatus], failing: set[str]) -> Iterator[str]:
    for feed in feeds:
        why = ", its last renewal failed" if feed.feed in failing else ""
        yield f"feed {feed.feed} is as of {feed.imported:%Y-%m-%d %H:%M} UTC{why}"
