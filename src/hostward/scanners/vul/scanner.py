"""The vulnerability scanner: the inventory, and the host's own evidence where the server has no advisory data.

The inventory is the machine's own packages, those of containers on it, and what is to be started again.
"""

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress, ScanFailed
from hostward.scanners.malware.mounts import read_mounts
from hostward.scanners.vul import evidence, os_release, rootfs
from hostward.scanners.vul.installed import Installed, Site, damage, unordered
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.search import Search, search
from hostward.scanners.vul.table import DATABASES, UNREAD_DATABASES
from hostward.scanners.vul.walk import entries

if TYPE_CHECKING:
    from hostward.scanners.vul.running import Machine

BATCH = 500
"""Packages given at once (scanner contract)."""

SEARCHED = 0.97
"""Share of the inventory that the search for language packages may be: reading databases is little beside it."""

READ = 0.2
"""Share of what is left after the search that reading databases is, where containers come after it."""

ENTRY_SECONDS = 9e-6
"""The search takes about so long for a file or folder, on a machine that has other things to do too."""

EVIDENCE_SECONDS = 7.0
"""What evidence from changelogs usually takes: package lists, and some 50 packages of them."""

_INVENTORY_ALONE = 1.0
_INVENTORY_UNKNOWN = 0.3
"""Its share before evidence where nobody knows how many entries there are."""


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
        wants_evidence = release.is_debian_like and release.dpkg_ecosystem not in job.covered
        share = _before_evidence(host) if wants_evidence else _INVENTORY_ALONE
        packages = yield from _inventory(release, job, host, share)
        of_dpkg = [package for package in packages if package.ecosystem == release.dpkg_ecosystem]
        if wants_evidence and of_dpkg:
            for event in evidence.look(host, release, of_dpkg):
                yield _scaled(event, share)
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


def _inventory(release: OsRelease, job: Job, host: Host, share: float) -> Generator[Event, None, Sequence[Package]]:
    """Give what is installed in batches, the distribution's first, then what is inside containers.

    Returns the machine's own. Raises ScanFailed.
    """
    found, done = yield from _searched(host, share)
    has_others = bool(found.stores or found.roots)
    live = _live(host)
    wanted = found.paths() if live is None else found.paths() | live.wanted()
    site = Site(root=host.root, work=host.work, release=release, wanted=wanted)
    answers = {each.name: each.inventory(site) for each in DATABASES if each.is_there(host.root)}
    of_distribution = [package for each in answers.values() for package in each.packages]
    _refuse_unreadable(answers, is_anything=bool(of_distribution))
    owners = {path: name for each in answers.values() for path, name in each.owned.items()}
    owned = frozenset(owners)
    packages = [*of_distribution, *found.packages(owned)]
    read = done + (READ if has_others else 1.0) * (1.0 - done)
    yield from _batches(packages, share, done, read)
    if live is not None:
        yield from live.events(of_distribution, owners)
    for name, installed in answers.items():
        yield from _damage(name, installed, is_alone=not of_distribution)
    yield from _unread(host, answers, is_anything=bool(packages))
    yield from found.remarks(owned)
    others = [each for each in packages if each.ecosystem != release.dpkg_ecosystem]
    yield from (Degraded(reason=words) for words in unordered(others))
    if has_others:
        yield from _inside(_inner_events(site, found, job), share, read)
    return packages


def _before_evidence(host: Host) -> float:
    """The inventory's share of the whole where evidence comes after it, by how long each is expected to take."""
    count = entries(host.root, read_mounts())
    if not count:
        return _INVENTORY_UNKNOWN
    return count * ENTRY_SECONDS / (count * ENTRY_SECONDS + EVIDENCE_SECONDS)


def _batches(packages: Sequence[Package], share: float, begin: float, end: float) -> Iterator[Event]:
    for start in range(0, len(packages), BATCH):
        yield Found(items=tuple(packages[start : start + BATCH]))
        done = begin + (end - begin) * min(1.0, (start + BATCH) / len(packages))
        yield Progress(done=share * done, doing="reading packages")


def _live(host: Host) -> "Machine | None":
    """What runs on the machine, None where another root is looked at: nothing of it runs here."""
    if not host.is_this_machine:
        return None
    from hostward.scanners.vul import running  # noqa: PLC0415  # of no use to a scan of another root

    return running.Machine(host.root)


def _inner_events(site: Site, found: Search, job: Job) -> Iterator[Event]:
    from hostward.scanners.vul import inner  # noqa: PLC0415  # many machines have no containers

    return inner.scan(site, found.stores, found.roots, job.covered)


def _inside(events: Iterator[Event], share: float, begin: float) -> Iterator[Event]:
    """Progress of what is inside the machine as progress of the whole; it never falls."""
    done = begin
    for event in events:
        if isinstance(event, Progress):
            done = max(done, begin + (1.0 - begin) * event.done)
            yield Progress(done=share * done, doing=event.doing)
        else:
            yield event


def _searched(host: Host, share: float) -> Generator[Event, None, tuple[Search, float]]:
    """The search for language packages, its progress scaled to its share of the whole; and how far it came.

    It ends early where much is not entered: the stores of containers, which are read after it.
    """
    events, done = search(host.root, read_mounts()), 0.0
    while True:
        try:
            step = next(events)
        except StopIteration as end:
            return cast("Search", end.value), done
        done = SEARCHED * step.done
        yield Progress(done=share * done, doing=step.doing)


def _refuse_unreadable(answers: Mapping[str, Installed], *, is_anything: bool) -> None:
    """Raises ScanFailed where there are package databases and nothing of any of them can be read."""
    for name, installed in answers.items():
        if installed.unreadable and not is_anything:
            raise ScanFailed(f"{name}'s database can't be read: {installed.unreadable[0]}; run the scan as root")


def _damage(name: str, installed: Installed, *, is_alone: bool) -> Iterator[Event]:
    """What of a package database was not believed."""
    yield from (Degraded(reason=words) for words in damage(name, installed))
    if is_alone and not (installed.damaged or installed.remarks):
        yield Degraded(reason=f"{name}'s database holds no installed package: nothing is judged")


def _unread(host: Host, answers: Mapping[str, Installed], *, is_anything: bool) -> Iterator[Event]:
    """A line for each package database that is not read yet, and one where there is none at all."""
    unread = [name for name, place in UNREAD_DATABASES if rootfs.exists(host.root, place)]
    for name in unread:
        yield Degraded(reason=f"{name} packages are not judged yet")
    if not unread and not answers:
        judged = "only language packages are judged" if is_anything else "nothing is judged"
        yield Degraded(reason=f"no package database was found: {judged}")


def _scaled(event: Event, before: float) -> Event:
    """Progress of the evidence part as progress of the whole. before: the inventory's share."""
    if not isinstance(event, Progress):
        return event
    done = before + (1.0 - before) * event.done
    return Progress(done=done, doing=event.doing)
