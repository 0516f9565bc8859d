"""Which package of a source to fetch first for its changelog: the smallest that is likely to carry it.

Many packages hold a link to another one's documentation instead of a changelog. What is installed already shows
which do, unless the machine keeps no documentation; then size alone decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.index import Deb

SMALLEST_BYTES = 2_000
"""A smaller .deb has no room for a changelog: its control archive and member headers alone make some 1,000 bytes."""
UNKNOWN_BYTES = 500_000
"""How much smaller a package that is not installed must be than one that surely carries the changelog."""
BARE_BYTES = 50_000_000
"""The same for a package that is installed here without a changelog."""

_PLACES = ("changelog.Debian.gz", "changelog.gz", "changelog.Debian", "changelog")


def carried(root: Path, packages: Iterable[Package]) -> dict[str, int]:
    """Size of the changelog that each installed package carries itself; 0 for one that carries none."""
    return {package.name: _size(root, package.name) for package in packages}


def in_order(debs: Sequence[Deb], sizes: Mapping[str, int]) -> list[Deb]:
    """The packages of one source that can hold its changelog, the one to try first at the front.

    sizes: as `carried` gives them. Where no installed package of the source has one (a machine without documentation)
    the smallest of all comes first, then the installed ones: the base package that others link to is among them.
    """
    known = [sizes[deb.name] for deb in debs if sizes.get(deb.name)]
    floor = max(SMALLEST_BYTES, min(known, default=0) * 9 // 10)
    usable = [deb for deb in debs if deb.size >= floor]
    if not known:
        by_size = sorted(usable, key=lambda deb: deb.size)
        return by_size[:1] + sorted(by_size[1:], key=lambda deb: deb.name not in sizes)
    return sorted(usable, key=lambda deb: deb.size + _handicap(sizes.get(deb.name)))


def _handicap(size: int | None) -> int:
    if size is None:
        return UNKNOWN_BYTES
    return 0 if size else BARE_BYTES


def _size(root: Path, name: str) -> int:
    found = (rootfs.size(root, f"usr/share/doc/{name}/{place}") for place in _PLACES)
    return next((size for size in found if size), 0)
