"""Which installed source packages have an upgrade, read from apt's package lists.

Formats: Packages and Release files (wiki.debian.org/DebianRepository/Format). Only what belongs to the machine's own
release counts: a version from another one can be higher and still lack a fix that stable got.
"""

import mmap
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hostward.domain.matching import advisory_source
from hostward.domain.versions import dpkg

MAX_LIST_BYTES = 512 << 20
"""Largest Packages list read: Debian's main has some 50 MB."""
MAX_RELEASE_BYTES = 256 << 10
"""Bytes of a Release file looked at; what is asked for stands in its first lines."""
MAX_LISTS = 500
"""Package lists looked at."""

_PACKAGES = "_Packages"
_RELEASES = ("_InRelease", "_Release")
_HEAD = re.compile(r"(Suite|Codename|NotAutomatic):[ \t]*(\S+)")
_SOURCE = re.compile(rb"(\S+)(?: \((\S+)\))?")
_SAFE = re.compile(rb"[A-Za-z0-9][A-Za-z0-9+.:~_-]{0,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deb:
    """One binary package on offer. size: bytes to download."""

    name: str
    version: str
    arch: str
    size: int

    @property
    def spec(self) -> str:
        """What apt-get download calls it."""
        return f"{self.name}:{self.arch}={self.version}" if self.arch != "all" else f"{self.name}={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """A source package with a newer version on offer. debs: what it is built into, smallest first."""

    source: str
    version: str
    security: bool
    debs: tuple[Deb, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    source: str
    source_version: str
    deb: Deb
    security: bool


def package_lists(folder: Path, codename: str) -> list[tuple[Path, bool]]:
    """The Packages lists in apt's folder that hold the machine's own release, each with "is it a security pocket".

    codename: "bookworm"; "" takes every list that apt would upgrade from by itself.
    """
    names = sorted(path.name for path in folder.iterdir())[: MAX_LISTS * 4]
    releases = [name for name in names if name.endswith(_RELEASES)]
    found: list[tuple[Path, bool]] = []
    for name in names:
        if name.endswith(_PACKAGES) and len(found) < MAX_LISTS:
            facts = _facts(folder, name, releases)
            if _is_own(facts, codename):
                found.append((folder / name, "security" in (facts.get("Suite", "") + facts.get("Codename", ""))))
    return found


def upgrades(lists: Iterable[tuple[Path, bool]], installed: Mapping[str, str]) -> list[Upgrade]:
    """Upgrades for the installed sources (name -> oldest installed version), security ones first, then smallest."""
    best: dict[str, list[_Offer]] = {}
    keys = {source: dpkg.key(version) for source, version in installed.items()}
    for path, security in lists:
        for offer in _offers(path, installed, security=security):
            key, found = dpkg.key(offer.source_version), best.get(offer.source, [])
            if key > keys[offer.source]:
                keys[offer.source] = key
                best[offer.source] = [offer]
            elif found and key == keys[offer.source]:
                found.append(offer)
    ready = [_upgrade(offers) for offers in best.values()]
    return sorted(ready, key=lambda each: (not each.security, each.debs[0].size, each.source))


def _facts(folder: Path, name: str, releases: list[str]) -> dict[str, str]:
    """The head of the Release file that a list belongs to: its name is the beginning of the list's."""
    for release in releases:
        if name.startswith(release.rpartition("_")[0] + "_"):
            with (folder / release).open("rb") as file:
                head = file.read(MAX_RELEASE_BYTES).decode("utf-8", "replace")
            return {match[1]: match[2] for line in head.splitlines() if (match := _HEAD.match(line))}
    return {}


def _is_own(facts: Mapping[str, str], codename: str) -> bool:
    if facts.get("NotAutomatic", "no") == "yes" or "-backports" in facts.get("Suite", "") + facts.get("Codename", ""):
        return False
    given = facts.get("Codename", "")
    return not (codename and given) or given == codename or given.startswith(codename + "-")


def _upgrade(offers: list[_Offer]) -> Upgrade:
    debs = sorted({offer.deb: None for offer in offers}, key=lambda deb: (deb.size, deb.name, deb.arch))
    return Upgrade(
        source=offers[0].source,
        version=offers[0].source_version,
        security=any(offer.security for offer in offers),
        debs=tuple(debs),
    )


def _offers(path: Path, installed: Mapping[str, str], *, security: bool) -> Iterator[_Offer]:
    """Binary packages of installed sources in one list."""
    wanted = {name.encode() for name in installed}
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not 0 < size <= MAX_LIST_BYTES:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for stanza in _stanzas(data):
                if _source_of(stanza) in wanted or b"\nSource: linux-signed" in stanza:
                    offer = _offer(stanza, security=security)
                    if offer is not None and offer.source in installed:
                        yield offer


def _stanzas(data: mmap.mmap) -> Iterator[bytes]:
    start = 0
    while (end := data.find(b"\n\n", start)) >= 0:
        yield data[start:end]
        start = end + 2
    if start < len(data):
        yield data[start : len(data)]


def _source_of(stanza: bytes) -> bytes:
    """The name in Source:, or the package's own where there is none."""
    start = stanza.find(b"\nSource: ")
    if start >= 0:
        words = stanza[start + 9 : start + 9 + 512].split(None, 1)
        return words[0] if words else b""
    return stanza[9 : stanza.find(b"\n")].strip() if stanza.startswith(b"Package: ") else b""


def _offer(stanza: bytes, *, security: bool) -> _Offer | None:
    """A stanza as an offer; None when a field is missing or odd (it becomes an argument of apt-get)."""
    fields = dict(line.split(b": ", 1) for line in stanza.split(b"\n") if line[:1] != b" " and b": " in line)
    name, version, arch = (fields.get(each, b"").strip() for each in (b"Package", b"Version", b"Architecture"))
    size = fields.get(b"Size", b"").strip()
    source = _SOURCE.fullmatch(fields.get(b"Source", name).strip())
    if source is None or not size.isdigit() or not all(_SAFE.fullmatch(each) for each in (name, version, arch)):
        return None
    given = (source[2] or version).decode("utf-8", "replace")
    source_name, source_version = advisory_source(source[1].decode("utf-8", "replace"), given, version.decode())
    return _Offer(
        source=source_name,
        source_version=source_version,
        deb=Deb(name=name.decode(), version=version.decode(), arch=arch.decode(), size=int(size)),
        security=security,
    )
