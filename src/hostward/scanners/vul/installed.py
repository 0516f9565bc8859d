"""What a package database is asked and what it answers, whatever its format."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hostward.domain.matching import has_place
from hostward.domain.package import Package
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.rootfs import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where to look. work: a private scratch folder; wanted: absolute paths whose owner is asked for."""

    root: Root
    work: Path
    release: OsRelease
    wanted: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a package database holds.

    owned: those of the wanted paths that belong to one of its packages, with its name. damaged: entries that could
    not be read; unreadable: files, with the reason; remarks: what else was not judged, in words.
    """

    packages: tuple[Package, ...] = ()
    owned: Mapping[bytes, str] = field(default_factory=dict)
    damaged: int = 0
    unreadable: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def damage(name: str, installed: Installed) -> Iterator[str]:
    """What of a package database was not believed, in words."""
    if installed.damaged:
        yield f"{installed.damaged} damaged entries in {name}'s database are not judged"
    if installed.unreadable:
        yield f"{len(installed.unreadable)} files not read: {installed.unreadable[0]}"
    yield from installed.remarks


def unordered(packages: Iterable[Package]) -> Iterator[str]:
    """Versions that can't be compared: their packages are listed and match nothing. (dpkg's always can.)"""
    lost = [each for each in packages if not has_place(each.ecosystem, each.source_version)]
    for ecosystem, count in Counter(each.ecosystem for each in lost).items():
        first = next(each for each in lost if each.ecosystem == ecosystem)
        shown = f"{first.name} {first.version}"[:200]
        yield f"{count} {ecosystem} packages have versions that can't be ordered, not judged: {shown}"


def claimed(listed: Iterable[bytes], wanted: frozenset[bytes]) -> set[bytes]:
    """The wanted paths among the listed ones, also where a package still lists /lib for what lies in /usr/lib."""
    found: set[bytes] = set()
    for path in listed:
        if path in wanted:
            found.add(path)
        elif path.startswith((b"/lib", b"/bin/", b"/sbin/")) and (merged := b"/usr" + path) in wanted:
            found.add(merged)
    return found
