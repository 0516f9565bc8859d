"""The vulnerability scanner: the inventory, and the host's own evidence where the server has no advisory data."""

import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress, ScanFailed
from hostward.scanners.vul import dpkg, evidence, os_release, rootfs
from hostward.scanners.vul.os_release import OsRelease

BATCH = 500
"""Packages given at once (scanner contract)."""

_RPM_PLACES = ("var/lib/rpm", "usr/lib/sysimage/rpm")
_OTHER_DATABASES = (
    ("rpm", tuple(f"{place}/{name}" for place in _RPM_PLACES for name in ("rpmdb.sqlite", "Packages.db", "Packages"))),
    ("apk", ("lib/apk/db/installed", "usr/lib/apk/db/installed")),
    ("pacman", ("var/lib/pacman/local",)),
    ("portage", ("var/db/pkg",)),
)
_INVENTORY_ALONE = 1.0
_INVENTORY_BEFORE_EVIDENCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vul:
    module: Module = Module.VUL

    def scan(self, job: Job, host: Host) -> Iterator[Event]:
        """The machine's facts, its packages, then evidence from changelogs where no feed covers its release.

        Raises ScanFailed when there is a package database and nothing of it can be read.
        """
        yield Progress(done=0.0, doing="reading packages")
        release, remark = _release(host)
        yield Found(items=(_facts(release, host),))
        yield from remark
        yield from _not_judged(host)
        wants_evidence = release.is_debian_like and release.dpkg_ecosystem not in job.covered
        packages = yield from _inventory(
            release, host, _INVENTORY_BEFORE_EVIDENCE if wants_evidence else _INVENTORY_ALONE
        )
        if wants_evidence and packages:
            for event in evidence.look(host, release, packages):
                yield _scaled(event)
        yield Progress(done=1.0, doing="done")


SCANNER = _Vul()


def _release(host: Host) -> tuple[OsRelease, list[Event]]:
    try:
        release = os_release.read(host.root)
    except rootfs.Unreadable as error:
        return OsRelease(), [Degraded(reason=f"the distribution is not known: {error}")]
    return release, [] if release.id else [Degraded(reason="the distribution is not known: there is no os-release")]


def _facts(release: OsRelease, host: Host) -> HostFacts:
    running = os.uname().release if host.is_this_machine else ""
    return HostFacts(os_id=release.id, os_version=release.version, os_name=release.name, running_kernel=running)


def _not_judged(host: Host) -> Iterator[Event]:
    """A line for each kind of package that is installed and not judged yet."""
    found = [kind for kind, places in _OTHER_DATABASES if any(rootfs.exists(host.root, place) for place in places)]
    for kind in found:
        yield Degraded(reason=f"{kind} packages are not judged yet")
    if not found and not dpkg.is_there(host.root):
        yield Degraded(reason="no package database was found: nothing is judged")


def _inventory(release: OsRelease, host: Host, share: float) -> Generator[Event, None, Sequence[Package]]:
    """Give what dpkg has installed in batches; returns it too. Raises ScanFailed."""
    if not dpkg.is_there(host.root):
        return ()
    installed = dpkg.read(host.root, release.dpkg_ecosystem)
    packages = installed.packages
    if installed.unreadable and not packages:
        raise ScanFailed(f"dpkg's database can't be read: {installed.unreadable[0]}; run the scan as root")
    for start in range(0, len(packages), BATCH):
        yield Found(items=packages[start : start + BATCH])
        yield Progress(done=share * min(1.0, (start + BATCH) / len(packages)), doing="reading packages")
    yield from _damage(installed)
    return packages


def _damage(installed: dpkg.Installed) -> Iterator[Event]:
    """What of dpkg's database was not believed."""
    if installed.damaged:
        yield Degraded(reason=f"{installed.damaged} damaged entries in dpkg's database are not judged")
    if installed.unreadable:
        yield Degraded(reason=f"{len(installed.unreadable)} files not read: {installed.unreadable[0]}")
    if not installed.packages and not installed.damaged:
        yield Degraded(reason="dpkg's database holds no installed package: nothing is judged")


def _scaled(event: Event) -> Event:
    """Progress of the evidence part as progress of the whole."""
    if not isinstance(event, Progress):
        return event
    done = _INVENTORY_BEFORE_EVIDENCE + (1.0 - _INVENTORY_BEFORE_EVIDENCE) * event.done
    return Progress(done=done, doing=event.doing)
