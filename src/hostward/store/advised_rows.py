"""What the feeds say about source packages, range by range."""

from collections.abc import Iterable, Iterator

from sqlalchemy import and_, bindparam, select

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import VulId
from hostward.domain.matching import KeyRange
from hostward.store.codec import level_of, words_of
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import advisory, affected, feed, vul
from hostward.usecases.records import Advised

_A = affected.c
_ABOUT = Prepared(
    select(
        *(_A.name, _A.from_key, _A.to_key, _A.to_inclusive, _A.fixed, _A.status, feed.c.name.label("feed")),
        _A.advisory_id,
        *(
            vul.c.name.label("key"),
            vul.c.vul_id,
            advisory.c.aliases,
            advisory.c.level,
            advisory.c.level_source,
            advisory.c.cvss,
        ),
    )
    .join_from(affected, feed, feed.c.edition == _A.edition)
    .join(advisory, and_(advisory.c.edition == _A.edition, advisory.c.advisory_id == _A.advisory_id))
    .join(vul, vul.c.vul_id == advisory.c.vul_id)
    .where(_A.ecosystem == bindparam("of_ecosystem"), _A.name == bindparam("of_name"))
    .order_by(feed.c.name, _A.advisory_id, _A.place)
)


def about(session: Session, ecosystem: str, sources: Iterable[str]) -> Iterator[Advised]:
    """Every range that speaks of these source packages."""
    for source in sources:
        for row in session.rows(_ABOUT, of_ecosystem=ecosystem, of_name=source):
            yield _advised(row)


def _advised(row: Row) -> Advised:
    name, from_key, to_key, inclusive, fixed, status, *said = row
    feed_name, advisory_id, key, number, aliases, level, level_source, cvss = said
    return Advised(
        source=name,
        keys=KeyRange(introduced=from_key, fixed=None if inclusive else to_key, last=to_key if inclusive else None),
        fixed=fixed,
        status=FixStatus(status),
        feed=feed_name,
        advisory=advisory_id,
        key=key,
        vul=VulId(number),
        aliases=words_of(aliases),
        level=level_of(level),
        level_source=level_source,
        cvss=cvss,
    )
