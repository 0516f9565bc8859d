"""A disk that tears writes, forgets what was not synced, gets full, and stops the machine in the middle of a call.

Contents are kept beside what would be left of them after a power cut. Changes to folders are in a journal, as file
systems have it: a power cut takes back the newest of those that were not synced, never an older one alone.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


class Crash(BaseException):
    """The process or its machine is gone, in the middle of a call. is_power: with all that was not synced."""

    def __init__(self, *, is_power: bool) -> None:
        super().__init__()
        self.is_power = is_power


@dataclass(slots=True)
class File:
    """data: as a process sees it. safe: bytes of it that a power cut leaves."""

    data: bytearray = field(default_factory=bytearray)
    safe: int = 0


class SimulatedDisk:
    """agent.disk.Disk. full_until: no room before that. crash_in: calls until the machine is stopped, 0 for never."""

    def __init__(self, random: Random, now: Callable[[], float]) -> None:
        self._random = random
        self._now = now
        self._files: dict[Path, File] = {}
        self._folders: set[Path] = set()
        self._open: dict[int, File] = {}
        self._handles = 0
        self._journal: list[Callable[[], None]] = []
        self.full_until = 0.0
        self.unreadable = 0.0
        self.syncs = True
        self.crash_in = 0
        self.crash_is_power = False

    def copy(self) -> "SimulatedDisk":
        """A clone's disk."""
        other = SimulatedDisk(self._random, self._now)
        other._files = {path: File(bytearray(file.data), file.safe) for path, file in self._files.items()}
        other._folders = set(self._folders)
        return other

    def process_died(self, *, is_power: bool) -> None:
        """What the next process finds: after a power cut only what was synced, and perhaps some of the rest."""
        self._open.clear()
        self.crash_in = 0
        if not is_power:
            return
        for _ in range(self._random.randint(0, len(self._journal))):
            self._journal.pop()()
        self._journal.clear()
        for file in self._files.values():
            lost = len(file.data) - file.safe
            if lost:
                kept = self._random.randint(0, lost)
                zeros = bytes(self._random.choice((0, 0, lost - kept)))
                file.data[file.safe + kept :] = zeros
            file.safe = len(file.data)

    def make_folder(self, path: Path) -> None:
        """See Disk."""
        if path in self._folders:
            return
        self._room()
        self._folders.add(path)
        self._journal.append(lambda: self._folders.discard(path))
        self._maybe_crash()
        self._sync_folders()

    def names(self, path: Path) -> list[str]:
        """See Disk."""
        if path not in self._folders:
            raise NotADirectoryError(str(path))
        return sorted(one.name for one in (*self._files, *self._folders) if one.parent == path)

    def create(self, path: Path) -> int:
        """See Disk."""
        if path in self._files:
            raise FileExistsError(str(path))
        if path.parent not in self._folders:
            raise FileNotFoundError(str(path))
        self._room()
        file = self._files[path] = File()
        self._journal.append(lambda: self._files.pop(path, None) and None)
        self._maybe_crash()
        self._sync_folders()
        self._handles += 1
        self._open[self._handles] = file
        return self._handles

    def append(self, file: int, offset: int, data: bytes) -> None:
        """See Disk."""
        opened = self._open[file]
        if self._now() < self.full_until:
            opened.data[offset:] = data[: self._random.randint(0, len(data))]
            raise OSError(errno.ENOSPC, "no space left on device")
        if self._is_crashing():
            opened.data[offset:] = data[: self._random.randint(0, len(data))]
            raise Crash(is_power=self.crash_is_power)
        opened.data[offset:] = data
        self._maybe_crash()
        if self.syncs:
            opened.safe = len(opened.data)

    def close(self, file: int) -> None:
        """See Disk."""
        self._open.pop(file, None)

    def read(self, path: Path, offset: int, most: int) -> bytes:
        """See Disk."""
        if path not in self._files:
            raise FileNotFoundError(str(path))
        if self.unreadable and self._random.random() < self.unreadable:
            raise OSError(errno.EIO, "input/output error")
        return bytes(self._files[path].data[offset : offset + most])

    def remove(self, path: Path) -> None:
        """See Disk."""
        self._maybe_crash()
        file = self._files.pop(path, None)
        if file is not None:
            self._journal.append(lambda: self._files.update({path: file}))

    def remove_folder(self, path: Path) -> None:
        """See Disk."""
        for one in sorted(one for one in self._files if one.parent == path):
            self.remove(one)
        if path in self._folders:
            self._folders.discard(path)
            self._journal.append(lambda: self._folders.add(path))

    def _room(self) -> None:
        if self._now() < self.full_until:
            raise OSError(errno.ENOSPC, "no space left on device")

    def _sync_folders(self) -> None:
        if self.syncs:
            self._journal.clear()

    def _is_crashing(self) -> bool:
        if self.crash_in:
            self.crash_in -= 1
            return self.crash_in == 0
        return False

    def _maybe_crash(self) -> None:
        if self._is_crashing():
            raise Crash(is_power=self.crash_is_power)
