"""What feeds say of package versions over time, in SQL: kept up to date when one is new, and with each edition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, delete, or_, select, update

from hostward.domain.matching import is_cve
from hostward.store import counters, vul_rows
from hostward.store.codec import words_of
from hostward.store.event_tables import package_match
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import advisory, affected, feed, package_version, vul
from hostward.store.upsert import upserting

Pair = tuple[int, int]
"""A package version and a vulnerability."""
Words = tuple[str, str, str]
"""advisory, fixed version, status."""

_V, _A, _C = package_version.c, affected.c, package_match.c
HOLDS = and_(
    _A.ecosystem == _V.ecosystem,
    _A.name == _V.source,
    _A.from_key <= _V.version_key,
    or_(
        _A.to_key.is_(None),
        _V.version_key < _A.to_key,
        and_(_A.to_inclusive == 1, _V.version_key == _A.to_key),
    ),
)
"""The range holds the version: a comparison of bytes."""
_SAID: Select[tuple[int, str, str, str, str, str, int, str]] = (
    select(
        *(_V.package_id, feed.c.name, _A.advisory_id, _A.fixed, _A.status),
        *(vul.c.name.label("key"), vul.c.vul_id, advisory.c.aliases),
    )
    .join_from(package_version, affected, HOLDS)
    .join(feed, feed.c.edition == _A.edition)
    .join(advisory, and_(advisory.c.edition == _A.edition, advisory.c.advisory_id == _A.advisory_id))
    .join(vul, vul.c.vul_id == advisory.c.vul_id)
)
_OF_PACKAGE = Prepared(
    _SAID.where(_V.package_id == bindparam("of_package")).order_by(feed.c.name, _A.advisory_id, _A.place)
)
_OF_FEED = Prepared(_SAID.where(feed.c.name == bindparam("of_feed")).order_by(_V.package_id, _A.advisory_id, _A.place))
_OPEN_OF_FEED = Prepared(
    select(_C.package_id, _C.vul_id, _C.advisory_id, _C.fixed, _C.status, _C.since).where(
        _C.feed == bindparam("of_feed"), _C.until.is_(None)
    )
)
_PUT = upserting(
    package_match,
    key=("package_id", "vul_id", "feed", "since"),
    change=lambda new: {name: new[name] for name in ("until", "advisory_id", "fixed", "status")},
)
_THIS = (
    _C.package_id == bindparam("of_package"),
    _C.vul_id == bindparam("of_vul"),
    _C.feed == bindparam("of_feed"),
    _C.since == bindparam("of_since"),
)
_END = Prepared(update(package_match).where(*_THIS).values(until=bindparam("at")))
_NEVER = Prepared(delete(package_match).where(*_THIS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematched:
    """What an edition changed. before and after: the package versions that bring each vulnerability it concerns.

    first: package versions of which no feed had ever said anything.
    """

    before: Mapping[int, frozenset[int]]
    after: Mapping[int, frozenset[int]]
    first: frozenset[int]


def learn(session: Session, packages: Iterable[int]) -> None:
    """Package versions that were never seen: what is said of them now has always been."""
    rows: list[dict[str, Value]] = []
    for package in packages:
        by_feed: dict[str, list[Row]] = {}
        for row in session.rows(_OF_PACKAGE, of_package=package):
            by_feed.setdefault(row[1], []).append(row)
        for name, said in by_feed.items():
            rows.extend(_row(name, pair, words, 0) for pair, words in _pairs(session, said).items())
    session.many(_PUT(session.dialect.name), rows)


def rematch(session: Session, name: str, at: int) -> Rematched:
    """Let the spans of a feed follow its edition that counts now. Nobody enters package versions meanwhile."""
    counters.take(session, "package", 0)
    now = _pairs(session, session.rows(_OF_FEED, of_feed=name))
    have = {(row[0], row[1]): (tuple(row[2:5]), row[5]) for row in session.rows(_OPEN_OF_FEED, of_feed=name)}
    begun, ended = now.keys() - have.keys(), have.keys() - now.keys()
    vuls = sorted({vul for _, vul in begun | ended})
    before = bringing(session, vuls)
    first = _never_said(session, {package for package, _ in begun})
    gone = {pair: have[pair][1] for pair in ended}
    session.many(_NEVER, [_where(name, pair, since) for pair, since in gone.items() if since >= at])
    session.many(_END, [{**_where(name, pair, since), "at": at} for pair, since in gone.items() if since < at])
    put = [_row(name, pair, now[pair], at) for pair in begun]
    put += [_row(name, pair, now[pair], since) for pair, (words, since) in have.items() if _differs(now, pair, words)]
    session.many(_PUT(session.dialect.name), put)
    return Rematched(before=before, after=bringing(session, vuls), first=first)


def bringing(session: Session, vuls: Sequence[int]) -> dict[int, frozenset[int]]:
    """The package versions that bring each of these vulnerabilities now."""
    found: dict[int, set[int]] = {number: set() for number in vuls}
    for chunk in in_chunks(vuls):
        query = select(_C.vul_id, _C.package_id).where(_C.vul_id.in_(chunk), _C.until.is_(None))
        for number, package in session.select(query):
            found[number].add(package)
    return {number: frozenset(packages) for number, packages in found.items()}


def _differs(now: Mapping[Pair, Words], pair: Pair, words: tuple[str, ...]) -> bool:
    return pair in now and now[pair] != words


def _never_said(session: Session, packages: set[int]) -> frozenset[int]:
    known: set[int] = set()
    for chunk in in_chunks(sorted(packages)):
        known.update(row[0] for row in session.select(select(_C.package_id).where(_C.package_id.in_(chunk)).distinct()))
    return frozenset(packages - known)


def _pairs(session: Session, said: Sequence[Row]) -> dict[Pair, Words]:
    """The first that one feed says of each vulnerability of a package; an advisory may speak of many (its aliases)."""
    aliases = {row[7]: tuple(filter(is_cve, words_of(row[7]))) for row in said if not is_cve(row[5])}
    numbers = vul_rows.ids(session, sorted({name for names in aliases.values() for name in names}))
    found: dict[Pair, Words] = {}
    for package, _, advisory_id, fixed, status, key, number, names in said:
        many = () if is_cve(key) else aliases[names]
        for one in [numbers[each] for each in many] or [number]:
            found.setdefault((package, one), (advisory_id, fixed, status))
    return found


def _where(name: str, pair: Pair, since: int) -> dict[str, Value]:
    return {"of_package": pair[0], "of_vul": pair[1], "of_feed": name, "of_since": since}


def _row(name: str, pair: Pair, words: Words, since: int) -> dict[str, Value]:
    advisory_id, fixed, status = words
    return {
        "package_id": pair[0],
        "vul_id": pair[1],
        "feed": name,
        "since": since,
        "until": None,
        "advisory_id": advisory_id,
        "fixed": fixed,
        "status": status,
    }
