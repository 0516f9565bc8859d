"""A file that only its owner may read, replaced all or nothing."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def replace(path: Path, data: bytes) -> None:
    """Put data in the place of a file, durably; a reader finds the old content or the new. Raises OSError.

    Two that replace the same file at the same time need a lock of their own.
    """
    beside = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        beside.unlink()
    fd = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
