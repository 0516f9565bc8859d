"""Import a feed: its new data takes the place of the old in one transaction, or nothing changes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedStatus

SHRUNK = 0.8
"""A feed with fewer than this share of its earlier advisories is taken for broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed as it is read. digest: SHA-256 of its file, lower-case hex.

    ecosystems is looked at only after the last advisory: a reader fills it while it reads.
    """

    feed: str
    digest: str
    advisories: Iterable[Advisory]
    ecosystems: Collection[str]


def import_feed(uow: UnitOfWork, *, parsed: Parsed, now: datetime) -> FeedStatus:
    """Replace the feed's data. Raises FeedError for an empty or badly shrunk feed; the old data stays."""
    before = next((status for status in uow.advisories.feeds() if status.feed == parsed.feed), None)
    if before is not None and before.digest == parsed.digest:
        return before
    status = uow.advisories.replace(
        parsed.feed, parsed.advisories, ecosystems=parsed.ecosystems, digest=parsed.digest, now=now
    )
    if not status.advisories:
        raise FeedError(f"{parsed.feed}: no advisory in it; the data imported before is kept")
    if before is not None and status.advisories < before.advisories * SHRUNK:
        raise FeedError(
            f"{parsed.feed}: {status.advisories} advisories where there were {before.advisories};"
            " the data imported before is kept"
        )
    return status
