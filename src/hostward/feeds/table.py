"""The feeds Hostward reads, in the order in which they are asked whether a path is theirs."""

from pathlib import Path

from hostward.domain.errors import FeedError
from hostward.feeds.contract import Feed
from hostward.feeds.debian import DEBIAN
from hostward.feeds.osv import OSV

FEEDS: tuple[Feed, ...] = (DEBIAN, OSV)


def feed_of(path: Path) -> Feed:
    """The first feed that knows the path as its own. Raises FeedError when there is none."""
    for feed in FEEDS:
        if feed.sniff(path):
            return feed
    names = ", ".join(feed.name for feed in FEEDS)
    raise FeedError(f"{path}: missing, unreadable or none of the formats that are read ({names})")
