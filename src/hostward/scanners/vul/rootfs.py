"""Files of a root file system that may be hostile: links stay inside it, and only regular files are read.

Every component is looked at through its parent's descriptor, so that nothing can be swapped for a link in between.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from hostward.scanners.vul import overlay

Root = Path | tuple[Path, ...]
"""A root file system: a folder, or the layers of an overlay, the topmost first."""

MAX_LINKS = 40
"""Symbolic links followed on the way to one file (Linux's own limit, path_resolution(7))."""


class Unreadable(Exception):
    """A file is there and can't be read; the message says why."""


def read(root: Root, path: str, max_bytes: int) -> bytes | None:
    """A regular file below root whole, None when it does not exist. Raises Unreadable for anything else.

    path: below root, with or without a leading slash; links in it are resolved as if root were "/".
    """
    descriptor = opened(root, path)
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return _whole(file.fileno(), f"/{path.lstrip('/')}", max_bytes)


def opened(root: Root, path: str) -> int | None:
    """A descriptor of a regular file below root, None when it does not exist. Raises Unreadable for anything else."""
    try:
        return _open(root, path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unreadable(f"/{path.lstrip('/')}: {error.strerror}") from error


def read_in(folder: int, name: str, max_bytes: int, *, head: bool = False) -> bytes:
    """A regular file in an open folder, never through a link. head: the first max_bytes are enough.

    Raises Unreadable; the message begins with the name.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(f"{name}: not a regular file")
        return _head(descriptor, name, max_bytes) if head else _whole(descriptor, name, max_bytes)
    finally:
        os.close(descriptor)


def names(root: Root, path: str, limit: int) -> tuple[str, ...]:
    """Names in a folder below root, sorted, at most limit; () when it does not exist or can't be listed."""
    try:
        handles = _walk(root, path)
    except OSError:
        return ()
    try:
        found: set[str] = set()
        for handle in handles:
            with os.scandir(f"/proc/self/fd/{handle}") as entries:
                found.update(_first(entries, limit))
        return tuple(sorted(found)[:limit])
    except OSError:
        return ()
    finally:
        _close(handles)


def folder(root: Root, path: str) -> int | None:
    """A descriptor that names a folder below root, None when there is none; `through` makes a root of it."""
    try:
        first, *others = _walk(root, path)
    except OSError:
        return None
    _close(others)
    if stat.S_ISDIR(os.fstat(first).st_mode):
        return first
    os.close(first)
    return None


def through(descriptor: int) -> Path:
    """A folder that is held open, as a path: whatever happens to its name, this is the same folder."""
    return Path(f"/proc/self/fd/{descriptor}")


def exists(root: Root, path: str) -> bool:
    """Is there anything at that path below root?"""
    try:
        _close(_walk(root, path))
    except OSError:
        return False
    return True


def size(root: Root, path: str) -> int | None:
    """Bytes of a regular file below root that is reached without any symbolic link, None for all else."""
    try:
        handles = _walk(root, path, max_links=0)
        try:
            status = os.fstat(handles[0])
        finally:
            _close(handles)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _first(entries: Iterator["os.DirEntry[str]"], limit: int) -> Iterator[str]:
    for _, entry in zip(range(limit), entries, strict=False):
        yield entry.name


def _whole(descriptor: int, shown: str, max_bytes: int) -> bytes:
    data = _head(descriptor, shown, max_bytes + 1)
    if len(data) > max_bytes:
        raise Unreadable(f"{shown}: larger than {max_bytes >> 10} KiB")
    return data


def _head(descriptor: int, shown: str, max_bytes: int) -> bytes:
    parts, left = [], max_bytes
    try:
        while left and (part := os.read(descriptor, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise Unreadable(f"{shown}: {error.strerror}") from error
    return b"".join(parts)


def _open(root: Root, path: str) -> int:
    """The file open for reading. Raises OSError, also for what is not a regular file."""
    handles = _walk(root, path)
    try:
        if not stat.S_ISREG(os.fstat(handles[0]).st_mode):
            raise OSError(0, "not a regular file")
        return os.open(f"/proc/self/fd/{handles[0]}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    finally:
        _close(handles)


def _walk(root: Root, path: str, max_links: int = MAX_LINKS) -> list[int]:
    """Handles (O_PATH) on what the path leads to: a folder has one a layer, all else one alone. Raises OSError."""
    layers = root if isinstance(root, tuple) else (root,)
    stack: list[list[int]] = [[]]
    left, links = path.split("/")[::-1], 0
    try:
        for layer in layers:
            stack[0].append(os.open(layer, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        while left:
            name = left.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if len(stack) > 1:
                    _close(stack.pop())
                continue
            stack.append(overlay.entered(stack[-1], name) if len(layers) > 1 else [_entered(stack[-1][0], name)])
            if stat.S_ISLNK(os.fstat(stack[-1][0]).st_mode):
                links += 1
                if links > max_links:
                    raise OSError(0, "too many symbolic links")
                left += _target(stack)
        return stack.pop()
    finally:
        for handles in stack:
            _close(handles)


def _entered(folder: int, name: str) -> int:
    return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)


def _target(stack: list[list[int]]) -> list[str]:
    """What a link on top of the stack stands for, as components still to go (last first); takes it off the stack."""
    handles = stack.pop()
    try:
        target = os.readlink("", dir_fd=handles[0])
    finally:
        _close(handles)
    if target.startswith("/"):
        while len(stack) > 1:
            _close(stack.pop())
    return target.split("/")[::-1]


def _close(handles: list[int]) -> None:
    for handle in handles:
        os.close(handle)
