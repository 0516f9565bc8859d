"""Vulnerability data in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.domain.ids import EditionId, VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.store import (
    advised_rows,
    advisory_rows,
    counters,
    feed_rows,
    inventory,
    package_matches,
    vul_facts,
    vul_recount,
    vul_rows,
    vul_search,
)
from hostward.store.fleet import KeptStanding
from hostward.store.session import Session, in_chunks
from hostward.store.times import micros
from hostward.usecases.advisory_ports import Change, Fix
from hostward.usecases.records import Advised, FeedHealth, FeedStatus, TaskVul

CHUNK = 2000
"""Advisories that are held in memory at a time."""


class SqlAdvisories:
    """ports.Advisories."""

    def __init__(self, session: Session, kept: KeptStanding) -> None:
        self._session = session
        self._kept = kept

    def begin(self, feed: str) -> EditionId:
        """The number of a new edition of a feed, which counts from publish() on."""
        which = EditionId(counters.take(self._session, "edition"))
        advisory_rows.enter(self._session, which, feed)
        return which

    def add(self, edition: EditionId, advisories: Sequence[Advisory]) -> None:
        """Write some of an edition's advisories.

        Ranges whose versions have no order here hold nothing and are left out (what is not judged for their sake is
        said where a scan is judged). Raises FeedError when another import threw the edition away.
        """
        self._must_be_open(edition)
        advisory_rows.add(self._session, edition, advisories)

    def publish(self, edition: EditionId, status: FeedStatus, *, now: datetime) -> Change:
        """Let an edition count in place of the one before, which stays to be forgotten. Raises FeedError as add()."""
        self._must_be_open(edition)
        before = feed_rows.edition_of(self._session, status.feed)
        feed_rows.put(self._session, status, edition)
        advisory_rows.close(self._session, edition)
        if before is not None:
            advisory_rows.enter(self._session, before, status.feed)
        at = micros(now)
        changed = package_matches.rematch(self._session, status.feed, at)
        inventory.advised(self._session, changed.first, at)
        return vul_recount.shift(self._session, self._kept, changed)

    def renew(self, feed: str, imported: datetime) -> None:
        """The feed's data was found to be what its source has at this time."""
        feed_rows.renew(self._session, feed, imported)

    def leftovers(self, feed: str) -> Sequence[EditionId]:
        """Editions of a feed that do not count: replaced ones, and what imports that ended early have written."""
        return advisory_rows.open_of(self._session, feed)

    def forget(self, edition: EditionId) -> None:
        """Delete an edition that does not count; what only it said of vulnerabilities is remembered."""
        advisory_rows.forget(self._session, edition)
        advisory_rows.close(self._session, edition)

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data. Raises FeedError for an advisory that comes twice."""
        edition, seen = self.begin(feed), set[str]()
        for chunk in in_chunks(advisories, CHUNK):
            _refuse_twice(feed, chunk, seen)
            self.add(edition, chunk)
        words = tuple(sorted(set(ecosystems)))
        status = FeedStatus(feed=feed, advisories=len(seen), ecosystems=words, imported=now, digest=digest)
        self.publish(edition, status, now=now)
        for each in self.leftovers(feed):
            self.forget(each)
        return status

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        return list(advised_rows.about(self._session, ecosystem, sources))

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        return any(ecosystem in status.ecosystems for status in self.feeds())

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported, by name."""
        return feed_rows.feeds(self._session)

    def health(self) -> Sequence[FeedHealth]:
        """What came of the last tries to renew each feed, by name."""
        return feed_rows.health(self._session)

    def put_health(self, health: FeedHealth) -> None:
        """Write what came of a try."""
        feed_rows.put_health(self._session, health)

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities."""
        return vul_rows.ids(self._session, keys)

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities, in the order of ids; unknown ones are left out."""
        known = vul_facts.known(self._session, ids)
        return [known[which] for which in dict.fromkeys(ids) if which in known]

    def numbers(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """The numbers of those of these vulnerabilities that have one; none is given."""
        return vul_rows.numbers(self._session, keys)

    def find(self, query: KnownVulQuery, *, limit: int, offset: int) -> tuple[int, Sequence[VulId]]:
        """How many of the known vulnerabilities are meant, and a page of their numbers."""
        return vul_search.find(self._session, query, limit=limit, offset=offset)

    def fixes(self, vul: VulId, *, limit: int) -> Sequence[Fix]:
        """Versions that advisories name as fixed, by ecosystem, package and version; each once."""
        return vul_search.fixes(self._session, vul, limit=limit)

    def _must_be_open(self, edition: EditionId) -> None:
        if not advisory_rows.is_open(self._session, edition):
            raise FeedError("another import of the same feed began meanwhile and goes on in place of this one")


def _refuse_twice(feed: str, chunk: Sequence[Advisory], seen: set[str]) -> None:
    for each in chunk:
        if each.id in seen:
            raise FeedError(f"feed {feed} has {each.id} twice: it is damaged, fetch it again")
        seen.add(each.id)
