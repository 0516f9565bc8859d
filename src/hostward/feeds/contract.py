"""The one interface of a feed: a path in, a stream of advisories out.

A feed reads from an untrusted file: everything has a cap, a record that can't be read is skipped and counted, and
what breaks the whole raises FeedError before or while reading, so that the caller can throw all of it away.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, Self

from hostward.domain.advisory import Advisory


class Reading(Iterator[Advisory]):
    """Advisories one at a time, and what is known of them so far; the figures are whole once it has ended.

    records: advisories given. ecosystems: all that the feed speaks of, also those where nothing is affected.
    skipped: how many records were left out, by the reason in words.
    """

    __slots__ = ("_advisories", "ecosystems", "records", "skipped")

    def __init__(self, read: Callable[["Reading"], Iterator[Advisory]]) -> None:
        self.records = 0
        self.ecosystems: set[str] = set()
        self.skipped: Counter[str] = Counter()
        self._advisories = read(self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Advisory:
        """The next advisory. Raises FeedError where the feed can't be read on."""
        advisory = next(self._advisories)
        self.records += 1
        for affected in advisory.affected:
            self.ecosystems.add(affected.ecosystem)
        return advisory


class Feed(Protocol):
    """One source of advisories."""

    name: str

    def sniff(self, path: Path) -> bool:
        """Does this path look like what the feed reads? Looks at the first bytes only; False for what can't be read."""
        ...

    def read(self, path: Path) -> Reading:
        """Read it; ids are unique within one reading. Raises FeedError, here or while reading on."""
        ...
