"""A disk in memory for the spools of thousands of agents: their fsyncs would measure this machine and not the server.

It outlives the agent that uses it, as a disk outlives a process that is killed.
"""

from pathlib import Path


class MemoryDisk:
    """agent.disk.Disk that never fails."""

    def __init__(self) -> None:
        self._files: dict[Path, bytearray] = {}
        self._open: dict[int, bytearray] = {}
        self._handles = 0

    def make_folder(self, path: Path) -> None:
        """See Disk; folders are there when they are needed."""

    def names(self, path: Path) -> list[str]:
        """See Disk."""
        inside = (file.relative_to(path).parts for file in self._files if file.is_relative_to(path))
        return list(dict.fromkeys(parts[0] for parts in inside))

    def create(self, path: Path) -> int:
        """See Disk."""
        if path in self._files:
            raise FileExistsError(str(path))
        self._handles += 1
        self._files[path] = self._open[self._handles] = bytearray()
        return self._handles

    def append(self, file: int, offset: int, data: bytes) -> None:
        """See Disk."""
        self._open[file][offset:] = data

    def close(self, file: int) -> None:
        """See Disk."""
        self._open.pop(file, None)

    def read(self, path: Path, offset: int, most: int) -> bytes:
        """See Disk."""
        if path not in self._files:
            raise FileNotFoundError(str(path))
        return bytes(self._files[path][offset : offset + most])

    def remove(self, path: Path) -> None:
        """See Disk."""
        self._files.pop(path, None)

    def remove_folder(self, path: Path) -> None:
        """See Disk."""
        for file in [file for file in self._files if file.is_relative_to(path)]:
            del self._files[file]
