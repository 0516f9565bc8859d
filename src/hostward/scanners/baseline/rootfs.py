"""Reading files beneath a root that may be hostile.

Paths are resolved by hand, one openat a component, the way the kernel would with that root as "/": an absolute link
target starts at the root again, ".." at the root stays there. Nothing outside the root is ever opened, also not
when somebody swaps a folder for a link meanwhile. The same code serves "/", so that there is one way to read.
"""

import errno
import fnmatch
import itertools
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_LINKS = 40
"""Symbolic links followed for one path; MAXSYMLINKS of Linux (include/linux/namei.h)."""

MAX_BYTES = 8 << 20
"""Bytes of a file that is read as configuration; a larger one is not judged rather than half read."""

MAX_NAMES = 100_000
"""Names of one folder that are listed."""

MAX_MATCHES = 10_000
"""Paths one shell pattern may stand for; patterns come from files of the host too (sshd's Include)."""

_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class RootFs:
    """The files of one machine; every path is absolute as that machine sees it ("/etc/passwd").

    All methods raise OSError: FileNotFoundError when nothing is there, ELOOP for links that never end.
    """

    __slots__ = ("_root",)

    def __init__(self, root: Path) -> None:
        self._root = root

    def lstat(self, path: str) -> os.stat_result:
        """Facts of the file itself; a link as the last component is not followed."""
        with self._parent(path, follow=False) as (folder, name):
            return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def stat(self, path: str) -> os.stat_result:
        """Facts of what path leads to; links are followed inside the root.

        FileNotFoundError for a dangling link. EXDEV when a link climbs above the root of another system: its files
        are those that a machine with that root would see, but who made it meant others.
        """
        with self._parent(path, follow=True, may_climb=self._root == Path("/")) as (folder, name):
            return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def readlink(self, path: str) -> str:
        """The target of a link, as it is written there."""
        with self._parent(path, follow=False) as (folder, name):
            return os.readlink(name, dir_fd=folder)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The whole content of a regular file; links are followed inside the root.

        Raises OSError for anything but a regular file and for one of more than limit bytes. Never blocks on a FIFO
        and never opens a device.
        """
        with self._parent(path, follow=True) as (folder, name):
            _refuse_special(os.stat(name, dir_fd=folder, follow_symlinks=False))
            descriptor = os.open(name, _REGULAR, dir_fd=folder)
        try:
            _refuse_special(os.fstat(descriptor))
            return _read_all(descriptor, limit)
        finally:
            os.close(descriptor)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; links are followed inside the root."""
        with self._parent(path, follow=True) as (folder, name):
            descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            with os.scandir(descriptor) as entries:
                names = [entry.name for entry in itertools.islice(entries, MAX_NAMES + 1)]
        finally:
            os.close(descriptor)
        if len(names) > MAX_NAMES:
            raise OSError(errno.E2BIG, f"more than {MAX_NAMES} names")
        return sorted(names)

    def glob(self, pattern: str) -> list[str]:
        """List the paths that match a shell pattern, sorted; as for a shell, only a dot matches a leading dot.

        A pattern without wildcards gives its path when something is there, a dangling link included. A folder that
        can't be listed raises: what might match is not known.
        """
        found = [""]
        for part in [part for part in pattern.split("/") if part]:
            found = [path for folder in found for path in self._expanded(folder, part)]
            if len(found) > MAX_MATCHES:
                raise OSError(errno.E2BIG, f"matches more than {MAX_MATCHES} paths")
        return found

    def open_root(self) -> int:
        """A readable descriptor of the root folder; the caller closes it."""
        return os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _expanded(self, folder: str, part: str) -> list[str]:
        try:
            if not any(char in part for char in "*?["):
                self.lstat(f"{folder}/{part}")
                return [f"{folder}/{part}"]
            names = self.names(folder or "/")
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [f"{folder}/{name}" for name in names if _glob_match(name, part)]

    @contextmanager
    def _parent(self, path: str, *, follow: bool, may_climb: bool = True) -> Iterator[tuple[int, str]]:
        """The open parent folder of what path leads to, and its name in there ("." for the root itself)."""
        folders = [os.open(self._root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)]
        try:
            yield _walk_to(folders, path, follow=follow, may_climb=may_climb)
        finally:
            for folder in folders:
                os.close(folder)


def _walk_to(folders: list[int], path: str, *, follow: bool, may_climb: bool) -> tuple[int, str]:
    """Follow path from the last of folders, keeping every folder passed open so that ".." needs no trust.

    ".." of the root is the root, or EXDEV when it may not climb.
    """
    if "\0" in path:
        raise OSError(errno.EINVAL, "NUL byte in a path")
    todo = _steps(path)
    links = 0
    while todo:
        part = todo.pop()
        if part == "..":
            if len(folders) == 1 and not may_climb:
                raise OSError(errno.EXDEV, "leads out of the root", path)
            _climb(folders)
        elif (target := _link_target(folders[-1], part, may_follow=follow or bool(todo))) is not None:
            links += 1
            if links > MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            while target.startswith("/") and len(folders) > 1:
                _climb(folders)
            todo += _steps(target)
        elif not todo:
            return folders[-1], part
        else:
            folders.append(os.open(part, _FOLDER, dir_fd=folders[-1]))
    return folders[-1], "."


def _steps(path: str) -> list[str]:
    """The components of a path, last one first."""
    return [part for part in reversed(path.split("/")) if part and part != "."]


def _climb(folders: list[int]) -> None:
    if len(folders) > 1:
        os.close(folders.pop())


def _link_target(folder: int, name: str, *, may_follow: bool) -> str | None:
    """The target of a link that has to be followed, None for anything else."""
    if not may_follow or not stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return None
    return os.readlink(name, dir_fd=folder)


def _refuse_special(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, f"not a regular file but a {kind_of(facts.st_mode)}")


def kind_of(mode: int) -> str:
    """The word for a file type: "folder", "symbolic link", "FIFO"."""
    kinds = {
        stat.S_IFREG: "regular file",
        stat.S_IFDIR: "folder",
        stat.S_IFLNK: "symbolic link",
        stat.S_IFIFO: "FIFO",
        stat.S_IFSOCK: "socket",
        stat.S_IFCHR: "character device",
        stat.S_IFBLK: "block device",
    }
    return kinds.get(stat.S_IFMT(mode), "special file")


def _read_all(descriptor: int, limit: int) -> bytes:
    """Sizes of /proc files are 0 and files grow: only the end of the file says that it was read whole."""
    parts: list[bytes] = []
    left = limit + 1
    while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise OSError(errno.EFBIG, f"larger than {limit:,} bytes")
    return b"".join(parts)


def _glob_match(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatch.fnmatchcase(name, pattern)
