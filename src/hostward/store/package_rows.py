"""Installed package versions, each stored once for the whole fleet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, tuple_

from hostward.domain.package import Package
from hostward.store import counters, package_matches
from hostward.store.session import Prepared, Session, Value, in_chunks
from hostward.store.tables import package_version
from hostward.store.texts import clean
from hostward.store.version_keys import version_key

_C = package_version.c
Identity = tuple[str, str, str, str, str, str]
"""name, version, ecosystem, arch, source, source_version: the order of the unique index."""
COLUMNS = (_C.name, _C.version, _C.ecosystem, _C.arch, _C.source, _C.source_version)
_ADD = Prepared(insert(package_version))


def identity(package: Package) -> Identity:
    """What makes two installed packages the same version."""
    words = (package.name, package.version, package.ecosystem, package.arch, package.source, package.source_version)
    name, version, ecosystem, arch, source, source_version = map(clean, words)
    return name, version, ecosystem, arch, source, source_version


def package_of(words: Sequence[str], path: bytes) -> Package:
    """The package of an identity that lies at this path."""
    name, version, ecosystem, arch, source, source_version = words
    return Package(
        ecosystem=ecosystem,
        name=name,
        version=version,
        arch=arch,
        source=source,
        source_version=source_version,
        path=bytes(path),
    )


def ids(session: Session, packages: Iterable[Package]) -> dict[Identity, int]:
    """Numbers of these package versions; new ones are given."""
    wanted = list(dict.fromkeys(map(identity, packages)))
    found = _known(session, wanted)
    missing = [one for one in wanted if one not in found]
    if missing:
        first = counters.take(session, "package", len(missing))
        found.update(_known(session, missing))  # somebody else's, committed while we waited for the counter
        new = {one: first + place for place, one in enumerate(missing) if one not in found}
        session.many(_ADD, [_row(number, one) for one, number in new.items()])
        package_matches.learn(session, new.values())
        found.update(new)
    return found


def _known(session: Session, wanted: Sequence[Identity]) -> dict[Identity, int]:
    found: dict[Identity, int] = {}
    for chunk in in_chunks(wanted):
        query = select(_C.package_id, *COLUMNS).where(tuple_(_C.name, _C.version).in_([one[:2] for one in chunk]))
        for which, *words in session.select(query):
            name, version, ecosystem, arch, source, source_version = words
            found[name, version, ecosystem, arch, source, source_version] = which
    return found


def _row(number: int, one: Identity) -> dict[str, Value]:
    row: dict[str, Value] = dict(zip((column.name for column in COLUMNS), one, strict=True))
    return {"package_id": number, **row, "version_key": version_key(one[2], one[5])}
