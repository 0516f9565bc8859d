"""One walk over a whole file system: names and lstat facts in batches, nothing opened but folders.

Folders are opened relative to their parent and never through a link, so the walk can't be led out of its root.
It enters other mounts only when they are of a local kind; network, FUSE and kernel file systems are named and
left alone (entering an automount point would mount it).
"""

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from hostward.scanners.baseline.site import Limits

_DISK_KINDS = ("bcachefs", "btrfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "jfs", "nilfs2", "ntfs3", "udf")
LOCAL_KINDS = frozenset((*_DISK_KINDS, "overlay", "ramfs", "reiserfs", "tmpfs", "ufs", "vfat", "xfs", "zfs"))
"""File system types (mount(8)) that are entered. squashfs is not: images (snaps) hold another system's files."""

CHUNK = 1000
"""Entries handed out at a time: a few milliseconds of work, so that a stop is noticed soon."""

_MAX_GAPS = 10
"""Folders named among those that could not be looked into; the rest is counted."""

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Entries = list[tuple[str, os.stat_result]]


@dataclass(slots=True, kw_only=True)
class Frame:
    """An open folder: path (ends without "/"), the names of its folders still to visit, and its share of the tree."""

    descriptor: int
    path: str
    device: int
    todo: list[str] = field(default_factory=list)
    share: float


@dataclass(slots=True, kw_only=True)
class Walk:
    """The state of one walk.

    kinds: file system type by st_dev. skip: True for a folder (by its path) that is not entered on purpose.
    entries: how many were seen. share: share of the tree walked (0.0-1.0), each folder dividing its parent's share
    evenly. gaps: what could not be looked at; left_out: mounts and stores not entered.
    """

    limits: Limits
    monotonic: Callable[[], float]
    kinds: Mapping[int, str]
    skip: Callable[[str], bool]
    entries: int = 0
    share: float = 0.0
    left_out: list[str] = field(default_factory=list)
    _gaps: list[str] = field(default_factory=list)
    _more_gaps: int = 0

    @property
    def gaps(self) -> tuple[str, ...]:
        """What was not looked at, the first few by name."""
        more = (f"{self._more_gaps} more folders",) if self._more_gaps else ()
        return (*self._gaps, *more)

    def run(self, root: int) -> Iterator[tuple[str, Entries]]:
        """Walk from the open folder root (closed at the end), yielding a folder's path and entries of it."""
        deadline = self.monotonic() + self.limits.sweep_seconds
        frames = [Frame(descriptor=root, path="", device=os.fstat(root).st_dev, share=1.0)]
        try:
            yield from self._list(frames[-1])
            while frames:
                if self.entries >= self.limits.sweep_entries or self.monotonic() >= deadline:
                    self._gap(f"given up after {self.entries:,} files, at {frames[-1].path or '/'}")
                    return
                child = self._next(frames)
                if child is not None:
                    frames.append(child)
                    yield from self._list(child)
        finally:
            for frame in frames:
                os.close(frame.descriptor)

    def _next(self, frames: list[Frame]) -> Frame | None:
        """Open the next folder of the innermost frame, or close that frame when it has none left."""
        parent = frames[-1]
        if not parent.todo:
            os.close(frames.pop().descriptor)
            return None
        name = parent.todo.pop()
        path = f"{parent.path}/{name}"
        if len(frames) > self.limits.sweep_depth:
            self._gap(f"{path}: deeper than {self.limits.sweep_depth} folders")
            self.share += parent.share
            return None
        try:
            descriptor = os.open(name, _OPEN, dir_fd=parent.descriptor)
        except FileNotFoundError:
            self.share += parent.share
            return None
        except OSError as error:
            self._gap(f"{path}: {error.strerror or error}")
            self.share += parent.share
            return None
        return Frame(descriptor=descriptor, path=path, device=os.fstat(descriptor).st_dev, share=parent.share)

    def _list(self, frame: Frame) -> Iterator[tuple[str, Entries]]:
        """Read one folder; afterwards frame.share is what each of its folders is worth."""
        try:
            with os.scandir(frame.descriptor) as found:
                for entries in self._chunks(found):
                    frame.todo += self._folders(frame, entries)
                    yield frame.path, entries
                    if self.entries >= self.limits.sweep_entries:
                        break
        except OSError as error:
            self._gap(f"{frame.path or '/'}: {error.strerror or error}")
        frame.todo.sort(reverse=True)
        if frame.todo:
            frame.share /= len(frame.todo)
        else:
            self.share += frame.share

    def _chunks(self, found: Iterator[os.DirEntry[str]]) -> Iterator[Entries]:
        entries: Entries = []
        for entry in found:
            try:
                entries.append((entry.name, entry.stat(follow_symlinks=False)))
            except FileNotFoundError:
                continue
            self.entries += 1
            if len(entries) == CHUNK:
                yield entries
                entries = []
        if entries:
            yield entries

    def _folders(self, frame: Frame, entries: Entries) -> list[str]:
        return [
            name
            for name, found in entries
            if stat.S_ISDIR(found.st_mode) and self._is_entered(frame, f"{frame.path}/{name}", found.st_dev)
        ]

    def _is_entered(self, frame: Frame, path: str, device: int) -> bool:
        if self.skip(path):
            self.left_out.append(f"{path} (another system's files)")
            return False
        if device == frame.device:
            return True
        kind = self.kinds.get(device)
        if kind is None and self.kinds.get(frame.device) == "btrfs":
            return True  # a subvolume has a device of its own that no mount table names
        if kind in LOCAL_KINDS:
            return True
        self.left_out.append(f"{path} ({kind or 'unknown file system'})")
        return False

    def _gap(self, text: str) -> None:
        if len(self._gaps) < _MAX_GAPS:
            self._gaps.append(text)
        else:
            self._more_gaps += 1


def is_in(path: str, folders: Collection[str], endings: tuple[str, ...]) -> bool:
    """True when path is one of folders or ends with one of endings."""
    return path in folders or path.endswith(endings)
