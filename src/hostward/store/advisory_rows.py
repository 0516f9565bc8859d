"""The rows of an edition: advisories, what they affect, and what they say of vulnerabilities in general."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, delete, insert, select

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.ids import EditionId, VulId
from hostward.store import fact_rows, vul_rows
from hostward.store.codec import number_of, words_text
from hostward.store.known_vuls import keys_of, with_said
from hostward.store.session import Prepared, Session, Value
from hostward.store.tables import advisory, affected, edition
from hostward.store.texts import clean
from hostward.store.version_keys import range_keys

_FORGET_ADVISORIES = Prepared(delete(advisory).where(advisory.c.edition == bindparam("which")))
_FORGET_AFFECTED = Prepared(delete(affected).where(affected.c.edition == bindparam("which")))
_ADD_ADVISORY = Prepared(insert(advisory))
_ADD_AFFECTED = Prepared(insert(affected))
_OPEN = Prepared(insert(edition))
_IS_OPEN = Prepared(select(edition.c.feed).where(edition.c.edition == bindparam("which")).with_for_update())
_OPEN_OF = Prepared(select(edition.c.edition).where(edition.c.feed == bindparam("of_feed")).order_by(edition.c.edition))
_CLOSE = Prepared(delete(edition).where(edition.c.edition == bindparam("which")))


def enter(session: Session, which: EditionId, feed: str) -> None:
    """Remember that this edition counts not yet, or no more."""
    session.run(_OPEN, edition=which, feed=feed)


def is_open(session: Session, which: EditionId) -> bool:
    """Whether it is being written: false once it counts, or another import threw it away."""
    return session.row(_IS_OPEN, which=which) is not None


def open_of(session: Session, feed: str) -> list[EditionId]:
    """Editions of a feed that count not yet, or no more."""
    return [EditionId(row[0]) for row in session.rows(_OPEN_OF, of_feed=feed)]


def close(session: Session, which: EditionId) -> None:
    """It counts from now on, or is gone."""
    session.run(_CLOSE, which=which)


def add(session: Session, which: EditionId, advisories: Sequence[Advisory]) -> None:
    """Write advisories. One that affects nothing only says something in general, and has no rows of its own."""
    numbers = vul_rows.ids(session, (key for each in advisories for key in keys_of(each)))
    facts = fact_rows.written(session, which, sorted(set(numbers.values())))
    for each in advisories:
        for key in keys_of(each):
            facts[numbers[key]] = with_said(facts.get(numbers[key]), each, key)
    fact_rows.put(session, which, facts)
    affecting = [each for each in advisories if each.affected]
    session.many(_ADD_ADVISORY, [_advisory_row(which, each, numbers[each.key]) for each in affecting])
    session.many(_ADD_AFFECTED, [row for each in affecting for row in _affected_rows(which, each)])


def forget(session: Session, which: EditionId) -> None:
    """Delete an edition's rows; what only it said of vulnerabilities is remembered with them."""
    fact_rows.remember(session, which)
    fact_rows.forget(session, which)
    for statement in (_FORGET_AFFECTED, _FORGET_ADVISORIES):
        session.run(statement, which=which)


def _advisory_row(which: EditionId, each: Advisory, vul: VulId) -> dict[str, Value]:
    return {
        "edition": which,
        "advisory_id": clean(each.id),
        "vul_id": vul,
        "aliases": words_text(each.aliases),
        "level": number_of(each.level),
        "level_source": clean(each.level_source),
        "cvss": each.cvss,
        "vector": clean(each.vector),
    }


def _affected_rows(which: EditionId, each: Advisory) -> Iterator[dict[str, Value]]:
    for place, one in enumerate(each.affected):
        row = _affected_row(which, each.id, place, one)
        if row is not None:
            yield row


def _affected_row(which: EditionId, advisory_id: str, place: int, one: Affected) -> dict[str, Value] | None:
    keys = range_keys(one)
    if keys is None:
        return None
    inclusive = keys.last is not None and (keys.fixed is None or keys.last < keys.fixed)
    return {
        "ecosystem": clean(one.ecosystem),
        "name": clean(one.name),
        "edition": which,
        "advisory_id": clean(advisory_id),
        "place": place,
        "from_key": keys.introduced,
        "to_key": keys.last if inclusive else keys.fixed,
        "to_inclusive": int(inclusive),
        "fixed": clean(one.fixed),
        "status": one.status.value,
    }
