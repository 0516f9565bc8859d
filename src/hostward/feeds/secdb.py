"""Security databases in Alpine's form: which version of a package fixed which vulnerabilities.

Format: secdb.alpinelinux.org (one JSON a release and repository); Wolfi and Chainguard serve the same. Only fixes are
told, no levels, and nothing of what is not fixed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading

MAX_BYTES = 256 << 20
"""Largest file taken, unpacked: a hundred times the largest real one."""

_SIGNS = (b'"secfixes"', b'"packages"')
_ID = re.compile(
    r"(?:CVE-[0-9]{4}-[0-9]{4,19}|GHSA(?:-[0-9a-z]{4}){3}|(?!CVE|GHSA)[A-Z]{2,10}-[0-9][0-9A-Za-z-]{0,40})\Z"
)
_NEVER = "0"
"""The version that says that the package was never affected."""


class _Pkg(msgspec.Struct):
    name: str
    secfixes: dict[str, list[str] | None] | None = None


class _Entry(msgspec.Struct):
    pkg: _Pkg


class _Database(msgspec.Struct):
    packages: list[_Entry]
    distroversion: str = ""
    reponame: str = ""
    urlprefix: str = ""


_decode = msgspec.json.Decoder(_Database).decode


class _Secdb:
    name = "alpine"

    def sniff(self, path: Path) -> bool:
        """Does it have packages with fixes?"""
        first = source.head(path)
        return first.lstrip().startswith(b"{") and all(sign in first for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read a database, plain or gzip. Raises FeedError when it is damaged or of no distribution that is known."""
        try:
            database = _decode(source.whole(path, MAX_BYTES))
        except msgspec.DecodeError as error:
            raise FeedError(f"{path}: not a whole security database: {error}; fetch it again") from error
        ecosystem = _ecosystem(database)
        if not ecosystem:
            raise FeedError(f"{path}: of no distribution that is known ({database.urlprefix[:80]!r})")
        return Reading(lambda reading: _advisories(database, ecosystem, reading))


SECDB = _Secdb()


def _ecosystem(database: _Database) -> str:
    """OSV's name of what the database is about, "" where nothing tells it."""
    if "wolfi.dev" in database.urlprefix:
        return "Wolfi"
    if "cgr.dev" in database.urlprefix:
        return "Chainguard"
    return f"Alpine:{database.distroversion}" if database.distroversion.startswith(("v", "edge")) else ""


def _advisories(database: _Database, ecosystem: str, reading: Reading) -> Iterator[Advisory]:
    reading.ecosystems.add(ecosystem)
    by_id: dict[str, tuple[set[str], list[Affected]]] = {}
    for entry in database.packages:
        for fixed, lines in (entry.pkg.secfixes or {}).items():
            for line in lines or ():
                ids = [word for word in line.split() if _ID.match(word)]
                if not ids:
                    reading.skipped["fixes without an id"] += 1
                    continue
                key = next((one for one in ids if one.startswith("CVE-")), ids[0])
                aliases, affected = by_id.setdefault(key, (set(), []))
                aliases.update(one for one in ids if one != key)
                if fixed != _NEVER:
                    affected.append(Affected(ecosystem=ecosystem, name=entry.pkg.name, fixed=fixed))
    for key, (others, ranges) in by_id.items():
        if ranges:
            yield _advisory(key, others, ranges)


def _advisory(key: str, aliases: set[str], affected: list[Affected]) -> Advisory:
    return Advisory(
        feed=SECDB.name,
        id=key,
        key=key,
        aliases=tuple(sorted(aliases)),
        reference=f"https://security.alpinelinux.org/vuln/{key}",
        affected=tuple(affected),
    )
