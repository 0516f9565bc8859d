"""The search for language packages: one walk, then what of it counts."""

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hostward.domain.package import Package
from hostward.runtime.clock import SystemClock
from hostward.scanners.contract import Degraded, Progress
from hostward.scanners.malware.mounts import Mounts
from hostward.scanners.vul.language import ANYWHERE, Damaged, Held, Item, Locked, Unjudged, path_of
from hostward.scanners.vul.table import LANGUAGES
from hostward.scanners.vul.walk import NAMES_SHOWN, Folder, Walk

MAX_ITEMS = 500_000
"""Results kept in one scan: a build server with every dependency of its time has some 100,000."""
STEP = 400
"""Folders between two signs of life."""

SILENCE_SECONDS = 0.5
"""Longest time between two items without a sign of life (scanner contract: at least once a second)."""

_DOING = "looking for language packages"
_LEFT = "language packages beyond the limit of one scan"


@dataclass(slots=True, kw_only=True)
class Search:
    """What a walk found: items by place, what was said to be missing, and what is for others to look at (Walk)."""

    items: list[Item] = field(default_factory=list)
    left: int = 0
    gaps: dict[str, list[str]] = field(default_factory=dict)
    stores: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)

    def paths(self) -> frozenset[bytes]:
        """The paths whose owner is to be asked for."""
        return frozenset(map(path_of, self.items))

    def packages(self, owned: frozenset[bytes]) -> tuple[Package, ...]:
        """What counts: not a distribution's own, and of lock files only what is not installed beside them."""
        return tuple(dict.fromkeys(each for each in self._counted(owned) if isinstance(each, Package)))

    def remarks(self, owned: frozenset[bytes]) -> Iterator[Degraded]:
        """What was not judged, a line each."""
        counted = list(self._counted(owned))
        kinds = Counter(each.kind for each in counted if isinstance(each, Unjudged))
        for kind, count in kinds.items():
            yield Degraded(reason=f"{count} {kind}: not judged yet")
        damaged = [each for each in counted if isinstance(each, Damaged)]
        if damaged:
            yield Degraded(reason=f"{len(damaged)} language packages can't be read: {_shown(damaged)}")
        if self.left:
            yield Degraded(reason=f"{self.left} {_LEFT} are not judged")
        for reason, paths in self.gaps.items():
            more = f" and {len(paths) - NAMES_SHOWN} more" if len(paths) > NAMES_SHOWN else ""
            yield Degraded(reason=f"{reason}: {', '.join(paths[:NAMES_SHOWN])}{more}")

    def _counted(self, owned: frozenset[bytes]) -> Iterator[Item]:
        places = {_folder(path_of(each)) for each in self.items if not isinstance(each, Locked)}
        installed = {_version(each) for each in self.items if isinstance(each, Package)}
        for item in self.items:
            if path_of(item) in owned:
                continue
            if not isinstance(item, Locked):
                yield item.package if isinstance(item, Held) else item
            elif item.place not in places and not (item.place == ANYWHERE and _version(item.package) in installed):
                yield item.package


def search(
    root: Path, mounts: Mounts, *, is_layer: bool = False, limit: int = MAX_ITEMS
) -> Generator[Progress, None, Search]:
    """Walk a root, or a layer of one. limit: results kept.

    Progress is that of the walk alone, which ends early by what it does not enter.
    """
    walk = Walk(root, mounts, is_layer=is_layer)
    found = Search(gaps=walk.gaps, stores=walk.stores, roots=walk.roots, gone=walk.gone, opaque=walk.opaque)
    said = _now()
    for number, folder in enumerate(walk.run()):
        for item in _items(folder):
            _keep(found, item, limit)
            if _now() - said > SILENCE_SECONDS:
                said = _now()
                yield Progress(done=folder.done, doing=_DOING)
        if number % STEP == 0:
            said = _now()
            yield Progress(done=folder.done, doing=_DOING)
    yield Progress(done=walk.end(), doing=_DOING)
    return found


def _items(folder: Folder) -> Iterator[Item]:
    for kind in LANGUAGES:
        yield from kind.look(folder)


def _keep(found: Search, item: Item, limit: int) -> None:
    if len(found.items) < limit:
        found.items.append(item)
    else:
        found.left += 1


def _version(package: Package) -> tuple[str, str, str]:
    return package.ecosystem, package.name, package.version


def _folder(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]


def _shown(damaged: list[Damaged]) -> str:
    """The first of them, with the path in words."""
    first = damaged[0]
    return f"{_folder(first.path).decode('utf-8', 'replace')}/{first.reason}"


_now = SystemClock().monotonic
