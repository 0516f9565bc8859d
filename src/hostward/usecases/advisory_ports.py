"""What the use cases need of vulnerability data; see ports.py for the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hostward.domain.advisory import Advisory
from hostward.domain.ids import EditionId, VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.machine_set import MachineSet
from hostward.usecases.records import Advised, FeedHealth, FeedStatus, TaskVul


@dataclass(frozen=True, slots=True, order=True)
class Fix:
    """A version of a source package that a vulnerability is fixed in."""

    ecosystem: str
    package: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an edition changed on machines of any account, quarantined ones too, by vulnerability.

    brought: those that have it now and had it not before. having: those that have it now, of vulnerabilities that
    other packages bring than before. What rules set aside is in both.
    """

    brought: Mapping[VulId, MachineSet]
    having: Mapping[VulId, MachineSet]


class Advisories(Protocol):
    """Vulnerability data, whatever its source."""

    def begin(self, feed: str) -> EditionId:
        """The number of a new edition of a feed: what is added to it counts from publish() on."""
        ...

    def add(self, edition: EditionId, advisories: Sequence[Advisory]) -> None:
        """Write some of an edition's advisories. Raises FeedError when another import threw the edition away."""
        ...

    def publish(self, edition: EditionId, status: FeedStatus, *, now: datetime) -> Change:
        """Let an edition count in place of the one before, which stays to be forgotten. Raises FeedError as add().

        now: since when what follows is so. Machines' risks follow, but for what rules set aside of it.
        """
        ...

    def renew(self, feed: str, imported: datetime) -> None:
        """The feed's data was found to be what its source has at this time."""
        ...

    def leftovers(self, feed: str) -> Sequence[EditionId]:
        """Editions of a feed that do not count: replaced ones, and what imports that ended early have written."""
        ...

    def forget(self, edition: EditionId) -> None:
        """Delete an edition that does not count; what only it said of vulnerabilities is remembered."""
        ...

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
        """What was imported, by name."""
        ...

    def health(self) -> Sequence[FeedHealth]:
        """What came of the last tries to renew each feed, by name."""
        ...

    def put_health(self, health: FeedHealth) -> None:
        """Write what came of a try to renew a feed."""
        ...

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities; new ones are given numbers."""
        ...

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities (machines 0, component and fix ""); unknown ids are left out."""
        ...

    def numbers(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """The numbers of those of these vulnerabilities that have one; none is given."""
        ...

    def find(self, query: KnownVulQuery, *, limit: int, offset: int) -> tuple[int, Sequence[VulId]]:
        """How many of the known vulnerabilities are meant, and a page of their numbers."""
        ...

    def fixes(self, vul: VulId, *, limit: int) -> Sequence[Fix]:
        """Versions that advisories name as fixed, by ecosystem, package and version; each once."""
        ...
