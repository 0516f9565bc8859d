"""What the use cases need of vulnerability data; see ports.py for the others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.advisory import Advisory
from hostward.domain.ids import VulId
from hostward.usecases.records import Advised, FeedStatus, TaskVul


class Advisories(Protocol):
    """Vulnerability data, whatever its source."""

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data, all or nothing (the caller's transaction)."""
        ...

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        ...

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        ...

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported."""
        ...

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities; new ones are given numbers."""
        ...

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities (machines 0, component and fix ""); unknown ids are left out."""
        ...
