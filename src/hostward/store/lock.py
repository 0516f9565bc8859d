"""Who may write in a data directory: one process at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from hostward.domain.errors import DataDirectoryError

LOCK_FILE = "lock"
_PID_BYTES = 32
"""More than a process id needs."""


class DirectoryLock:
    """The lock of a data directory, held until it is released or the process is gone."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let the directory go; once is enough."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def lock(data_dir: Path) -> DirectoryLock:
    """Take DIR/lock and write our process id into it. Raises DataDirectoryError that names the holder.

    The handle is closed on exec, so that no child process keeps the lock after us.
    """
    path = data_dir / LOCK_FILE
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as problem:
        raise DataDirectoryError(f"{path} can't be opened: {problem.strerror}; check who owns {data_dir}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise DataDirectoryError(_held(data_dir)) from None
    except OSError as problem:
        os.close(handle)
        raise DataDirectoryError(f"{path} can't be locked: {problem.strerror}; use a local file system") from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return DirectoryLock(handle)


def _held(data_dir: Path) -> str:
    pid = _written_pid(data_dir / LOCK_FILE)
    who = f"process {pid}" if pid is not None else "another process"
    return f"{data_dir} is in use by {who}: stop it, or ask it instead of starting a second one"


def _written_pid(path: Path) -> int | None:
    try:
        words = path.read_bytes()[:_PID_BYTES].split()
    except OSError:
        return None
    return int(words[0]) if words and words[0].isdigit() else None
