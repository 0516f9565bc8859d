"""What the spool asks of a disk, and the disk of this machine.

Little enough that a simulated disk can stand in: one that tears writes, forgets what was not synced, or is full.
"""

import os
from pathlib import Path
from shutil import rmtree
from typing import Protocol


class Disk(Protocol):
    """Files that only grow, in folders. Every call raises OSError when it could not be done."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that is there for good, with those above it; one that exists is no error."""
        ...

    def names(self, path: Path) -> list[str]:
        """What is in a folder, in no order."""
        ...

    def create(self, path: Path) -> int:
        """Make an empty file whose name is there for good, and open it; one that exists is an error."""
        ...

    def append(self, file: int, offset: int, data: bytes) -> None:
        """Write at the offset and return when it is there for good."""
        ...

    def close(self, file: int) -> None:
        """Let an open file go."""
        ...

    def read(self, path: Path, offset: int, most: int) -> bytes:
        """Up to so many bytes of a file."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is no error."""
        ...

    def remove_folder(self, path: Path) -> None:
        """Remove a folder with all that is in it, as far as it can be done; no error is raised."""
        ...


class OsDisk:
    """The disk of this machine; what it makes is its user's alone."""

    def make_folder(self, path: Path) -> None:
        """See Disk."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(path.parent)

    def names(self, path: Path) -> list[str]:
        """See Disk."""
        return os.listdir(path)  # noqa: PTH208  # names, not paths, are wanted

    def create(self, path: Path) -> int:
        """See Disk."""
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _sync_folder(path.parent)
        except OSError:
            os.close(file)
            raise
        return file

    def append(self, file: int, offset: int, data: bytes) -> None:
        """See Disk."""
        view = memoryview(data)
        while view:
            written = os.pwrite(file, view, offset)
            offset, view = offset + written, view[written:]
        os.fdatasync(file)

    def close(self, file: int) -> None:
        """See Disk."""
        os.close(file)

    def read(self, path: Path, offset: int, most: int) -> bytes:
        """See Disk."""
        with path.open("rb") as opened:
            opened.seek(offset)
            return opened.read(most)

    def remove(self, path: Path) -> None:
        """See Disk."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """See Disk."""
        rmtree(path, ignore_errors=True)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
