"""What each feed says of vulnerabilities in general, in SQL: one row a feed's edition and vulnerability."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, exists, select

from hostward.domain.ids import EditionId, VulId
from hostward.store import vul_rows
from hostward.store.codec import level_of, number_of
from hostward.store.known_vuls import Known
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import feed, vul_fact
from hostward.store.texts import clean
from hostward.store.times import micros_or_none, time_or_none
from hostward.store.upsert import upserting

_F = vul_fact.c
_WORDS = (_F.level, _F.level_source, _F.cvss, _F.vector, _F.title, _F.description, _F.reference, _F.published)
_COLUMNS = (_F.vul_id, _F.edition, *_WORDS, _F.category, _F.kev, _F.epss)
_CHANGED = tuple(column.name for column in _COLUMNS[2:])
_PUT = upserting(
    vul_fact, key=("vul_id", "edition"), change=lambda new: {name: new[name] for name in _CHANGED}
)  # fmt: skip
_FORGET = Prepared(delete(vul_fact).where(_F.edition == bindparam("which")))
_OTHER = vul_fact.alias("other")
_ONLY_HERE = Prepared(
    select(*_COLUMNS).where(
        _F.edition == bindparam("which"),
        ~exists().where(_OTHER.c.vul_id == _F.vul_id, _OTHER.c.edition.in_(select(feed.c.edition))),
    )
)


def known(session: Session, numbers: Sequence[VulId]) -> dict[VulId, list[tuple[int, Known]]]:
    """What the feeds say of these vulnerabilities, with the edition that says it."""
    found: dict[VulId, list[tuple[int, Known]]] = {}
    for chunk in in_chunks(numbers):
        query = select(*_COLUMNS).join_from(vul_fact, feed, feed.c.edition == _F.edition).where(_F.vul_id.in_(chunk))
        for row in session.select(query):
            found.setdefault(VulId(row[0]), []).append((row[1], _known(row)))
    return found


def written(session: Session, edition: EditionId, numbers: Sequence[VulId]) -> dict[VulId, Known]:
    """What this edition says of these vulnerabilities so far."""
    found: dict[VulId, Known] = {}
    for chunk in in_chunks(numbers):
        query = select(*_COLUMNS).where(_F.vul_id.in_(chunk), _F.edition == edition)
        found.update((VulId(row[0]), _known(row)) for row in session.select(query))
    return found


def put(session: Session, edition: EditionId, facts: Mapping[VulId, Known]) -> None:
    """Write what an edition says of these vulnerabilities, over what it said of them before."""
    rows = [_row(edition, which, one) for which, one in sorted(facts.items())]
    session.many(_PUT(session.dialect.name), rows)


def remember(session: Session, edition: EditionId) -> None:
    """Keep with the vulnerability itself what nobody but this edition says, before its rows go."""
    rows = [_remembered(row) for row in session.rows(_ONLY_HERE, which=edition)]
    session.many(vul_rows.KNOW, rows)


def forget(session: Session, edition: EditionId) -> None:
    """Delete what an edition says."""
    session.run(_FORGET, which=edition)


def _known(row: Row) -> Known:
    _, _, level, level_source, cvss, vector, title, description, reference, published, category, kev, epss = row
    return Known(
        level=level_of(level),
        level_source=level_source,
        cvss=cvss,
        vector=vector,
        title=title,
        description=description,
        reference=reference,
        published=time_or_none(published),
        category=category,
        kev=bool(kev),
        epss=epss,
    )


def _row(edition: EditionId, which: VulId, known: Known) -> dict[str, Value]:
    return {
        "vul_id": which,
        "edition": edition,
        "level": number_of(known.level),
        "level_source": clean(known.level_source),
        "cvss": known.cvss,
        "vector": clean(known.vector),
        "title": clean(known.title),
        "description": clean(known.description),
        "reference": clean(known.reference),
        "published": micros_or_none(known.published),
        "category": known.category,
        "kev": int(known.kev),
        "epss": known.epss,
    }


def _remembered(row: Row) -> dict[str, Value]:
    names = ("level", "level_source", "cvss", "vector", "title", "description", "reference", "published", "category")
    return {"which": row[0], **{f"to_{name}": value for name, value in zip(names, row[2:11], strict=True)}}
