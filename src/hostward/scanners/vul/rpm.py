"""What rpm has installed. Sources: rpm-version(7), and the formats in rpm_header, rpm_sqlite and rpm_ndb."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs, rpm_header, rpm_ndb, rpm_sqlite
from hostward.scanners.vul.ecosystems import Distribution, rpm_distribution
from hostward.scanners.vul.installed import Installed, Site, claimed
from hostward.scanners.vul.rootfs import Root
from hostward.scanners.vul.rpm_header import Damaged, Header

FOLDERS = ("usr/lib/sysimage/rpm", "var/lib/rpm")
"""Where the database lies; the older place is often a link to the newer one."""
SQLITE, NDB, BERKELEY = "rpmdb.sqlite", "Packages.db", "Packages"

_WORD = re.compile(r"[A-Za-z0-9][!-~]{0,254}")
_VERSION = re.compile(r"[!-,.-~]{1,200}")
_ARCH = re.compile(r"[A-Za-z0-9_]{0,64}")
_SOURCE = re.compile(r"([A-Za-z0-9][!-~]{0,254})-([!-,.-~]{1,200})-([!-,.-~]{1,200})\.(?:no)?src\.rpm")
_KEYS = "gpg-pubkey"
"""The name under which rpm keeps imported keys: no software."""


@dataclass(slots=True, kw_only=True)
class _Found:
    packages: dict[Package, None] = field(default_factory=dict)
    owned: dict[bytes, str] = field(default_factory=dict)
    damaged: int = 0


def is_there(root: Root) -> bool:
    """Is there an rpm database below root, in whatever format?"""
    return any(rootfs.exists(root, f"{folder}/{name}") for folder in FOLDERS for name in (SQLITE, NDB, BERKELEY))


def inventory(site: Site) -> Installed:
    """All packages installed below root, each once; the first format that is there in the first folder."""
    for folder in FOLDERS:
        for name in (SQLITE, NDB):
            path = f"{folder}/{name}"
            if rootfs.exists(site.root, path):
                return _installed(site, path)
    return Installed(remarks=("rpm packages are not judged yet: their database is in the old Berkeley DB format",))


def _installed(site: Site, path: str) -> Installed:
    found, distribution = _Found(), rpm_distribution(site.release)
    unreadable = ""
    try:
        for blob in _blobs(site, path):
            try:
                _take(blob, site, distribution, found)
            except Damaged:
                found.damaged += 1
    except rootfs.Unreadable as error:
        unreadable = str(error)
    except (Damaged, OSError) as error:
        unreadable = f"/{path}: {error}"
    return Installed(
        packages=tuple(found.packages),
        owned=found.owned,
        damaged=found.damaged,
        unreadable=(unreadable,) if unreadable else (),
    )


def _blobs(site: Site, path: str) -> Iterator[bytes | None]:
    with _open(site.root, path) as file, _open(site.root, f"{path}-wal") as log:
        if file is None:
            raise Damaged("it is gone")
        head = os.pread(file, 16, 0)
        if rpm_ndb.is_ndb(head):
            yield from rpm_ndb.blobs(file)
        elif rpm_sqlite.is_sqlite(head):
            yield from rpm_sqlite.blobs(file, log, site.work)
        else:
            raise Damaged("it is no rpm database")


@contextmanager
def _open(root: Root, path: str) -> Iterator[int | None]:
    descriptor = rootfs.opened(root, path)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _take(blob: bytes | None, site: Site, distribution: Distribution, found: _Found) -> None:
    """One header into what was found. Raises Damaged."""
    if blob is None:
        raise Damaged("no header")
    header = rpm_header.parse(blob)
    package = _package(header, distribution, distribution.ecosystem(site.release))
    if package is not None:
        found.packages[package] = None
        if site.wanted:
            found.owned |= dict.fromkeys(claimed(header.files(), site.wanted), package.name)


def _package(header: Header, distribution: Distribution, ecosystem: str) -> Package | None:
    name, version, release = (header.text(tag) for tag in (rpm_header.NAME, rpm_header.VERSION, rpm_header.RELEASE))
    arch, source_rpm = header.text(rpm_header.ARCH), header.text(rpm_header.SOURCE_RPM)
    if name == _KEYS:
        return None
    if not (_WORD.fullmatch(name) and _VERSION.fullmatch(version) and _VERSION.fullmatch(release)):
        raise Damaged("no name, version or release")
    if not _ARCH.fullmatch(arch):
        raise Damaged("no architecture")
    epoch = header.number(rpm_header.EPOCH) or 0
    prefix = f"{epoch}:" if epoch else ""
    whole = f"{prefix}{version}-{release}"
    source = _SOURCE.fullmatch(source_rpm) if distribution.by_source else None
    return Package(
        ecosystem=ecosystem,
        name=name,
        version=whole,
        arch=arch,
        source=source[1] if source else name,
        source_version=f"{prefix}{source[2]}-{source[3]}" if source else whole,
    )
