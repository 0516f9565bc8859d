"""Feeds: what was imported of each, and how well each is renewed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from hostward.domain.ids import EditionId
from hostward.store.codec import words_of, words_text
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import feed, feed_health
from hostward.store.texts import clean
from hostward.store.times import micros, micros_or_none, time_of, time_or_none
from hostward.store.upsert import upserting
from hostward.usecases.records import FeedHealth, FeedStatus

_C, _H = feed.c, feed_health.c
_FEEDS = Prepared(select(_C.name, _C.advisories, _C.ecosystems, _C.imported, _C.digest).order_by(_C.name))
_EDITION = Prepared(select(_C.edition).where(_C.name == bindparam("which")).with_for_update())
_STATES = ("advisories", "ecosystems", "imported", "digest", "edition")
_PUT = upserting(feed, key=("name",), change=lambda new: {name: new[name] for name in _STATES})
_RENEW = Prepared(update(feed).where(_C.name == bindparam("which")).values(imported=bindparam("to_imported")))
_HEALTH_COLUMNS = (
    *(_H.name, _H.source, _H.validator, _H.checked, _H.failed, _H.failures, _H.problem, _H.left_out, _H.fault, _H.told),
)
_HEALTH = Prepared(select(*_HEALTH_COLUMNS).order_by(_H.name))
_PUT_HEALTH = upserting(
    feed_health, key=("name",), change=lambda new: {column.name: new[column.name] for column in _HEALTH_COLUMNS[1:]}
)


def feeds(session: Session) -> Sequence[FeedStatus]:
    """What was imported, by name."""
    return [_status_of(row) for row in session.rows(_FEEDS)]


def edition_of(session: Session, name: str) -> EditionId | None:
    """The edition of a feed that counts, None when nothing was imported. Its row is locked."""
    row = session.row(_EDITION, which=name)
    return None if row is None else EditionId(row[0])


def put(session: Session, status: FeedStatus, edition: EditionId) -> None:
    """Let this edition count."""
    session.run(
        _PUT(session.dialect.name),
        name=status.feed,
        advisories=status.advisories,
        ecosystems=words_text(status.ecosystems),
        imported=micros(status.imported),
        digest=status.digest,
        edition=edition,
    )


def renew(session: Session, name: str, imported: datetime) -> None:
    """Its data was found to be what its source has."""
    session.run(_RENEW, which=name, to_imported=micros(imported))


def health(session: Session) -> Sequence[FeedHealth]:
    """What came of the last tries, by name."""
    return [_health_of(row) for row in session.rows(_HEALTH)]


def put_health(session: Session, one: FeedHealth) -> None:
    """Write what came of a try."""
    session.run(
        _PUT_HEALTH(session.dialect.name),
        name=one.feed,
        source=clean(one.source),
        validator=clean(one.validator),
        checked=micros_or_none(one.checked),
        failed=micros_or_none(one.failed),
        failures=one.failures,
        problem=clean(one.problem),
        left_out=clean(one.left_out),
        fault=one.fault,
        told=one.told,
    )


def _status_of(row: Row) -> FeedStatus:
    name, advisories, ecosystems, imported, digest = row
    return FeedStatus(
        feed=name,
        advisories=advisories,
        ecosystems=words_of(ecosystems),
        imported=time_of(imported),
        digest=digest,
    )


def _health_of(row: Row) -> FeedHealth:
    name, source, validator, checked, failed, failures, problem, left_out, fault, told = row
    return FeedHealth(
        feed=name,
        source=source,
        validator=validator,
        checked=time_or_none(checked),
        failed=time_or_none(failed),
        failures=failures,
        problem=problem,
        left_out=left_out,
        fault=fault,
        told=told,
    )
