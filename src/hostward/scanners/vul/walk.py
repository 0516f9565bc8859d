"""One walk over a root file system's folders, for what language packages leave in them.

Every folder is opened through its parent and never through a link, so that the walk can't be led out of the root.
File systems of the kernel and of other machines, the stores of container engines and root file systems inside this
one are not entered: what lies there belongs to another system, whose distribution is not this one's.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hostward.scanners.malware.mounts import Kind, Mounts, kind_of
from hostward.scanners.vul import overlay

MAX_FOLDERS = 3_000_000
"""Folders entered; a large server has some 300,000."""
MAX_DEPTH = 200
"""Folders in one another, each with a descriptor of its own: npm's oldest trees reach 60."""
NAMES_SHOWN = 3
"""Paths named in a message; the rest is counted."""

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ENGINE_STORES = frozenset(
    {"overlay2", "io.containerd.snapshotter.v1.overlayfs", "io.containerd.snapshotter.v1.native"}
)
_NEVER = frozenset({".git", ".hg", ".svn", "lost+found"})
_BARREN = frozenset(
    {"/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/zoneinfo", "/usr/share/icons"}
)
"""Folders of many that hold documents alone."""


def entries(root: Path, mounts: Mounts) -> int:
    """Files and folders that a walk over this root has before it, as its file systems count them; 0: nobody knows.

    Only a root that is a mount point has a count of its own. What is mounted below it counts too, each file system
    once; kinds that count nothing (btrfs) leave it unknown.
    """
    try:
        if not os.path.ismount(root):
            return 0
        prefix = os.fsencode(os.path.realpath(root)).rstrip(b"/")
        counts = {_device(root): _used(root)}
        for path, fs_type in mounts.by_path.items():
            if path.startswith(prefix + b"/") and path != prefix and _is_plain(fs_type):
                place = os.fsdecode(path)
                counts.setdefault(_device(place), _used(place))
    except OSError:
        return 0
    return sum(counts.values()) if all(counts.values()) else 0


def _device(path: Path | str) -> int:
    return Path(path).lstat().st_dev


def _used(path: Path | str) -> int:
    status = os.statvfs(path)
    return status.f_files - status.f_ffree


def _is_plain(fs_type: str) -> bool:
    """A file system with files of its own: an overlay only shows those of others."""
    return kind_of(fs_type) is Kind.LOCAL and fs_type not in _BORROWED


_BORROWED = frozenset({"overlay", "squashfs", "fuse.fuse-overlayfs", "aufs", "tmpfs", "ramfs"})
_RELEASES = ("etc/os-release", "usr/lib/os-release")

UNREADABLE, DEEP = "folders could not be read", "folders lie too deep"
NETWORK, IMAGES = (
    "network file systems are not searched for language packages",
    "file system images (snaps, squashfs) are not judged yet",
)
FULL = "folders that were left when the limit was reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that was entered; open only until the walk goes on.

    path: absolute below the root, without a slash at the end ("" for the root). files: everything that is no folder,
    links and devices too. folders: the names of its folders. done: share of the whole walk so far, 0.0 to 1.0.
    """

    descriptor: int
    path: str
    files: list[str]
    folders: list[str]
    done: float


@dataclass(slots=True, kw_only=True)
class _Level:
    descriptor: int
    path: str
    device: int
    share: float
    todo: list[str] = field(default_factory=list)


class Walk:
    """One walk.

    gaps: what was not entered, paths by the reason in words. stores, roots: container engines' stores, and root file
    systems inside this one, which are for others to look at. is_layer: the root is a layer of an overlay; gone and
    opaque are then the paths and folders whose like in lower layers it hides.
    """

    def __init__(self, root: Path, mounts: Mounts, *, is_layer: bool = False) -> None:
        self.gaps: dict[str, list[str]] = {}
        self.stores: list[str] = []
        self.roots: list[str] = []
        self.gone: set[str] = set()
        self.opaque: set[str] = set()
        self._is_layer = is_layer
        self._root = root
        self._prefix = os.fsencode(os.path.realpath(root)).rstrip(b"/")
        self._mounts = mounts
        self._mount_names = mounts.names()
        self._done = 0.0
        self._seen = 0
        self._entries = 0 if is_layer else entries(root, mounts)

    def run(self) -> Iterator[Folder]:
        """Every folder below the root, the root first. Raises OSError when the root itself can't be opened."""
        descriptor = os.open(self._root, _FLAGS & ~os.O_NOFOLLOW)
        levels = [_Level(descriptor=descriptor, path="", device=os.fstat(descriptor).st_dev, share=1.0)]
        entered = 1
        try:
            yield self._listed(levels[0])
            while levels:
                if not levels[-1].todo:
                    os.close(levels.pop().descriptor)
                    continue
                if entered >= MAX_FOLDERS:
                    self._gap(FULL, levels[-1].path)
                    return
                child = self._next(levels)
                if child is not None:
                    entered += 1
                    levels.append(child)
                    folder = self._listed(child)
                    if self._is_other_root(folder):
                        self.roots.append(folder.path)
                        child.todo.clear()
                    else:
                        yield folder
        finally:
            for level in levels:
                os.close(level.descriptor)

    def end(self) -> float:
        """The share after the last folder: below 1.0 by what was not entered, where the entries are counted."""
        return self._share(1.0)

    def _share(self, guessed: float) -> float:
        return min(1.0, self._seen / self._entries if self._entries else guessed)

    def _next(self, levels: list[_Level]) -> _Level | None:
        """Enter the next folder of the innermost one, None when it is not to be entered."""
        parent = levels[-1]
        path = f"{parent.path}/{parent.todo.pop()}"
        level = self._entered(parent, path, len(levels))
        if level is None:
            self._done += parent.share
        return level

    def _entered(self, parent: _Level, path: str, depth: int) -> _Level | None:
        name = path.rpartition("/")[2]
        if name in _NEVER or path in _BARREN or self._is_skipped(path, name):
            return None
        if depth > MAX_DEPTH:
            self._gap(DEEP, path)
            return None
        try:
            descriptor = os.open(name, _FLAGS, dir_fd=parent.descriptor)
        except FileNotFoundError:
            return None
        except OSError:
            self._gap(UNREADABLE, path)
            return None
        device = os.fstat(descriptor).st_dev
        if device != parent.device and self._is_foreign(path, self._mounts.type_of_device(device)):
            os.close(descriptor)
            return None
        return _Level(descriptor=descriptor, path=path, device=device, share=parent.share)

    def _is_skipped(self, path: str, name: str) -> bool:
        """Told by name alone: a folder on a server that is gone must not even be opened."""
        if name in _ENGINE_STORES or path.endswith("/containers/storage/overlay"):
            self.stores.append(path)
            return True
        if os.fsencode(name) not in self._mount_names:
            return False
        return self._is_foreign(path, self._mounts.by_path.get(self._prefix + os.fsencode(path), ""))

    def _is_foreign(self, path: str, fs_type: str) -> bool:
        kind = kind_of(fs_type)
        if kind is Kind.NETWORK:
            self._gap(NETWORK, path)
        if fs_type == "squashfs":
            self._gap(IMAGES, path)
            return True
        return kind is not Kind.LOCAL

    def _listed(self, level: _Level) -> Folder:
        files: list[str] = []
        try:
            with os.scandir(level.descriptor) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        level.todo.append(entry.name)
                    elif not (self._is_layer and self._hides(level, entry)):
                        files.append(entry.name)
        except OSError:
            self._gap(UNREADABLE, level.path)
        if self._is_layer and overlay.is_opaque(level.descriptor):
            self.opaque.add(level.path)
        level.todo.sort(reverse=True)
        level.share /= len(level.todo) + 1
        self._done += level.share
        self._seen += len(files) + len(level.todo)
        return Folder(
            descriptor=level.descriptor,
            path=level.path,
            files=files,
            folders=level.todo[:],
            done=self._share(self._done),
        )

    def _hides(self, level: _Level, entry: "os.DirEntry[str]") -> bool:
        """Does this entry only say that something in a lower layer is gone?"""
        name = entry.name.removeprefix(overlay.WHITEOUT)
        if name == entry.name:
            if entry.is_file(follow_symlinks=False) or entry.is_symlink():
                return False
            if not overlay.is_whiteout(entry.stat(follow_symlinks=False)):
                return False
        self.gone.add(f"{level.path}/{name}")
        return True

    def _is_other_root(self, folder: Folder) -> bool:
        if "etc" not in folder.folders or "usr" not in folder.folders:
            return False
        for place in _RELEASES:
            try:
                os.stat(place, dir_fd=folder.descriptor, follow_symlinks=False)
            except OSError:
                continue
            return True
        return False

    def _gap(self, reason: str, path: str) -> None:
        self.gaps.setdefault(reason, []).append(path or "/")
