"""What containers, images and other roots inside the machine's hold: searched layer by layer, each layer once."""

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from hostward.domain.package import Package
from hostward.scanners.contract import Degraded, Found, Progress
from hostward.scanners.malware.mounts import Mounts, read_mounts
from hostward.scanners.vul import os_release, rootfs
from hostward.scanners.vul.containers import MAX_ROOTS, Inner, Unread, find
from hostward.scanners.vul.installed import Site, damage
from hostward.scanners.vul.language import Item, path_of
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.rootfs import Root
from hostward.scanners.vul.search import MAX_ITEMS, Search, search
from hostward.scanners.vul.table import DATABASES
from hostward.scanners.vul.walk import NAMES_SHOWN

Event = Degraded | Found | Progress

BATCH = 500
"""Packages given at once (scanner contract)."""

_DOING = "reading containers"


@dataclass(slots=True)
class _Layers:
    """Layers that were searched already, by device and number of their folder; how many results may still be kept."""

    known: dict[tuple[int, int], Search] = field(default_factory=dict)
    left: int = MAX_ITEMS


def scan(site: Site, stores: Sequence[str], roots: Sequence[str], covered: frozenset[str]) -> Iterator[Event]:
    """Everything inside: packages with the container named in their paths, and what could not be judged.

    site: the machine's own root. Progress is that of this part alone.
    """
    layers, uncovered, unread = _Layers(), dict[str, list[str]](), list[Unread]()
    found = list(find(site.root, stores, roots))
    inners = [each for each in found if isinstance(each, Inner)]
    unread += [each for each in found if isinstance(each, Unread)]
    if len(inners) > MAX_ROOTS:
        unread.append(Unread(place=f"{len(inners) - MAX_ROOTS} containers", reason="there are too many"))
    for number, inner in enumerate(inners[:MAX_ROOTS]):
        yield Progress(done=number / len(inners), doing=_DOING)
        with ExitStack() as stack:
            root = _opened(site.root, inner, stack)
            if root is None:
                unread.append(Unread(place=inner.name, reason="its file system can't be opened"))
                continue
            yield from _one(replace(site, root=root), inner, layers, covered, uncovered)
    for ecosystem, names in sorted(uncovered.items()):
        yield Degraded(reason=f"no advisory data for {ecosystem}: its packages are not judged in {_shown(names)}")
    for reason in dict.fromkeys(each.reason for each in unread):
        places = [each.place for each in unread if each.reason == reason]
        yield Degraded(reason=f"containers not judged, {reason}: {_shown(places)}")


def _opened(root: Root, inner: Inner, stack: ExitStack) -> tuple[Path, ...] | None:
    """Its layers as folders that are held open until the stack ends; None when one of them is not there."""
    paths = []
    for layer in inner.layers:
        descriptor = rootfs.folder(root, layer)
        if descriptor is None:
            return None
        stack.callback(os.close, descriptor)
        paths.append(rootfs.through(descriptor))
    return tuple(paths)


def _one(
    site: Site, inner: Inner, layers: _Layers, covered: frozenset[str], uncovered: dict[str, list[str]]
) -> Iterator[Event]:
    """One root: its distribution's packages, its language packages, and what of it was not judged."""
    assert isinstance(site.root, tuple)
    found = yield from _searched(site.root, inner, layers)
    release, remarks = _release(site.root)
    site = replace(site, release=release, wanted=found.paths())
    answers = [(each.name, each.inventory(site)) for each in DATABASES if each.is_there(site.root)]
    owned = frozenset[bytes]().union(*(answer.owned for _, answer in answers))
    own = [package for _, answer in answers for package in answer.packages]
    for ecosystem in {package.ecosystem for package in own} - covered:
        uncovered.setdefault(ecosystem, []).append(inner.name)
    yield from _batches([*own, *found.packages(owned)], inner.name.encode("utf-8", "surrogateescape"))
    said = [
        *remarks,
        *(words for name, answer in answers for words in damage(name, answer)),
        *(each.reason for each in found.remarks(owned)),
    ]
    nested = [*found.stores, *found.roots]
    if nested:
        said.append(f"containers inside of it are not judged: {_shown(nested)}")
    yield from (Degraded(reason=f"{inner.name}: {each}") for each in said)


def _batches(packages: Sequence[Package], name: bytes) -> Iterator[Event]:
    for start in range(0, len(packages), BATCH):
        batch = packages[start : start + BATCH]
        yield Found(items=tuple(replace(each, path=name + each.path) for each in batch))


def _searched(root: tuple[Path, ...], inner: Inner, layers: _Layers) -> Generator[Progress, None, Search]:
    """The search through all layers, lower ones without what the ones above them hide."""
    whole = Search()
    above: list[Search] = []
    for layer in root:
        status = layer.stat()
        key = status.st_dev, status.st_ino
        if key not in layers.known:
            mounts = read_mounts() if inner.is_mounted else Mounts()
            layers.known[key] = yield from _quiet(layer, mounts, layers.left, is_layer=not inner.is_mounted)
            layers.left -= len(layers.known[key].items)
        one = layers.known[key]
        _merge(whole, one, above)
        above.append(one)
    return whole


def _quiet(layer: Path, mounts: Mounts, limit: int, *, is_layer: bool) -> Generator[Progress, None, Search]:
    """One search, whose own progress says nothing about the whole."""
    steps = search(layer, mounts, is_layer=is_layer, limit=limit)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            assert isinstance(found, Search)
            return found
        yield Progress(done=0.0, doing=_DOING)


def _merge(whole: Search, layer: Search, above: Sequence[Search]) -> None:
    hidden = {path for each in above for path in each.gone}
    opaque = {path for each in above for path in each.opaque}
    seen = {path for each in above for path in map(path_of, each.items)}
    whole.items += [item for item in layer.items if not _is_hidden(item, seen, hidden, opaque)]
    whole.left += layer.left
    whole.stores += layer.stores
    whole.roots += layer.roots
    for reason, paths in layer.gaps.items():
        whole.gaps.setdefault(reason, []).extend(paths)


def _is_hidden(item: Item, seen: set[bytes], hidden: set[str], opaque: set[str]) -> bool:
    path = path_of(item)
    if path in seen:
        return True
    if not hidden and not opaque:
        return False
    name = os.fsdecode(path)
    if name in hidden:
        return True
    while name:
        name = name.rpartition("/")[0]
        if name in hidden or name in opaque:
            return True
    return False


def _release(root: Root) -> tuple[OsRelease, list[str]]:
    try:
        return os_release.read(root), []
    except rootfs.Unreadable as error:
        return OsRelease(), [f"the distribution is not known: {error}"]


def _shown(places: Sequence[str]) -> str:
    more = f" and {len(places) - NAMES_SHOWN} more" if len(places) > NAMES_SHOWN else ""
    return ", ".join(places[:NAMES_SHOWN]) + more
