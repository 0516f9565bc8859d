"""Vulnerability data in SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.domain.ids import VulId
from hostward.store import advised_rows, vul_rows
from hostward.store.codec import number_of, words_of, words_text
from hostward.store.known_vuls import Known
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import advisory, affected, feed
from hostward.store.texts import clean
from hostward.store.times import micros, micros_or_none, time_of
from hostward.store.version_keys import range_keys
from hostward.usecases.records import Advised, FeedStatus, TaskVul

CHUNK = 2000
"""Advisories that are held in memory at a time."""

_FEEDS = Prepared(
    select(feed.c.name, feed.c.advisories, feed.c.ecosystems, feed.c.imported, feed.c.digest).order_by(feed.c.name)
)
_FORGET_FEED = Prepared(delete(feed).where(feed.c.name == bindparam("which")))
_FORGET_ADVISORIES = Prepared(delete(advisory).where(advisory.c.feed == bindparam("which")))
_FORGET_AFFECTED = Prepared(delete(affected).where(affected.c.feed == bindparam("which")))
_ADD_FEED = Prepared(insert(feed))
_ADD_ADVISORY = Prepared(insert(advisory))
_ADD_AFFECTED = Prepared(insert(affected))


class SqlAdvisories:
    """ports.Advisories."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(
        self, feed: str, advisories: Iterable[Advisory], *, ecosystems: Iterable[str], digest: str, now: datetime
    ) -> FeedStatus:
        """Put a feed's data in place of its earlier data.

        Ranges whose versions have no order here hold nothing and are left out (what is not judged for their sake is
        said where a scan is judged). Raises FeedError for an advisory that comes twice.
        """
        for statement in (_FORGET_AFFECTED, _FORGET_ADVISORIES, _FORGET_FEED):
            self._session.run(statement, which=feed)
        seen: set[str] = set()
        known: dict[VulId, Known] = {}
        for chunk in in_chunks(advisories, CHUNK):
            _refuse_twice(feed, chunk, seen)
            self._add(feed, chunk, known)
        self._know(known)
        words = tuple(sorted(set(ecosystems)))
        status = FeedStatus(feed=feed, advisories=len(seen), ecosystems=words, imported=now, digest=digest)
        self._session.run(_ADD_FEED, **_status_row(status))
        return status

    def about(self, ecosystem: str, sources: Iterable[str]) -> Sequence[Advised]:
        """Every range that speaks of these source packages, by source, feed, advisory and place in it."""
        return list(advised_rows.about(self._session, ecosystem, sources))

    def covers(self, ecosystem: str) -> bool:
        """True when some feed has data for this ecosystem and release."""
        return any(ecosystem in status.ecosystems for status in self.feeds())

    def feeds(self) -> Sequence[FeedStatus]:
        """What was imported, by name."""
        return [_status_of(row) for row in self._session.rows(_FEEDS)]

    def vul_ids(self, keys: Iterable[str]) -> Mapping[str, VulId]:
        """Permanent numbers for these vulnerabilities."""
        return vul_rows.ids(self._session, keys)

    def vuls(self, ids: Sequence[VulId]) -> Sequence[TaskVul]:
        """What is known of these vulnerabilities, in the order of ids; unknown ones are left out."""
        known = vul_rows.known(self._session, ids)
        return [known[which] for which in dict.fromkeys(ids) if which in known]

    def _add(self, feed: str, chunk: Sequence[Advisory], known: dict[VulId, Known]) -> None:
        numbers = vul_rows.ids(self._session, (each.key for each in chunk))
        for each in chunk:
            which = numbers[each.key]
            known[which] = known.get(which, _UNKNOWN).also(each)
        self._session.many(_ADD_ADVISORY, [_advisory_row(feed, each, numbers[each.key]) for each in chunk])
        self._session.many(_ADD_AFFECTED, [row for each in chunk for row in _affected_rows(feed, each)])

    def _know(self, known: Mapping[VulId, Known]) -> None:
        for chunk in in_chunks(sorted(known.items()), CHUNK):
            self._session.many(vul_rows.KNOW, [_known_row(which, one) for which, one in chunk])


_UNKNOWN = Known()


def _refuse_twice(feed: str, chunk: Sequence[Advisory], seen: set[str]) -> None:
    for each in chunk:
        if each.id in seen:
            raise FeedError(f"feed {feed} has {each.id} twice: it is damaged, fetch it again")
        seen.add(each.id)


def _advisory_row(feed: str, each: Advisory, which: VulId) -> dict[str, Value]:
    return {
        "feed": feed,
        "advisory_id": clean(each.id),
        "vul_id": which,
        "aliases": words_text(each.aliases),
        "level": number_of(each.level),
        "level_source": clean(each.level_source),
        "cvss": each.cvss,
        "vector": clean(each.vector),
    }


def _affected_rows(feed: str, each: Advisory) -> Iterator[dict[str, Value]]:
    for place, one in enumerate(each.affected):
        row = _affected_row(feed, each.id, place, one)
        if row is not None:
            yield row


def _affected_row(feed: str, advisory_id: str, place: int, one: Affected) -> dict[str, Value] | None:
    keys = range_keys(one)
    if keys is None:
        return None
    inclusive = keys.last is not None and (keys.fixed is None or keys.last < keys.fixed)
    return {
        "ecosystem": clean(one.ecosystem),
        "name": clean(one.name),
        "feed": feed,
        "advisory_id": clean(advisory_id),
        "place": place,
        "from_key": keys.introduced,
        "to_key": keys.last if inclusive else keys.fixed,
        "to_inclusive": int(inclusive),
        "fixed": clean(one.fixed),
        "status": one.status.value,
    }


def _known_row(which: VulId, known: Known) -> dict[str, Value]:
    return {
        "which": which,
        "to_level": number_of(known.level),
        "to_level_source": clean(known.level_source),
        "to_cvss": known.cvss,
        "to_vector": clean(known.vector),
        "to_title": clean(known.title),
        "to_description": clean(known.description),
        "to_reference": clean(known.reference),
        "to_published": micros_or_none(known.published),
        "to_category": known.category,
    }


def _status_row(status: FeedStatus) -> dict[str, Value]:
    return {
        "name": status.feed,
        "advisories": status.advisories,
        "ecosystems": words_text(status.ecosystems),
        "imported": micros(status.imported),
        "digest": status.digest,
    }


def _status_of(row: Row) -> FeedStatus:
    name, advisories, ecosystems, imported, digest = row
    return FeedStatus(
        feed=name,
        advisories=advisories,
        ecosystems=words_of(ecosystems),
        imported=time_of(imported),
        digest=digest,
    )
