"""Processes that still run files which an update replaced, and the services they belong to.

Source: proc(5): /proc/PID/maps names mapped files, with " (deleted)" behind those that are gone from their folder;
/proc/PID/cgroup names the systemd unit. Only code counts, and only files where packages put theirs.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hostward.domain.package import Restart

MAX_PROCESSES = 50_000
MAX_MAPS_BYTES = 16 << 20
"""Bytes of one process's map read: a large one has 5,000 lines of 100 bytes."""
MAX_SMALL_BYTES = 64 << 10
REASON = "it still runs a file that was replaced"

_DELETED = b" (deleted)"
_PLACES = (b"/usr/", b"/lib", b"/bin/", b"/sbin/", b"/opt/")
_LINE = re.compile(rb"^[0-9a-f]+-[0-9a-f]+ ..x. [0-9a-f]+ \S+ [0-9]+ +(/[^\n]*) \(deleted\)$", re.MULTILINE)
_REPLACED = re.compile(rb"(?:\.dpkg-(?:new|tmp|old)|;[0-9a-f]{8}|#prelink#\.[A-Za-z0-9]{6})$")
"""What dpkg and rpm put behind a name while they replace the file."""
_CONTAINER = re.compile(rb"docker|containerd|kubepods|libpod|crio|/lxc|machine\.slice")


@dataclass(slots=True, kw_only=True)
class Stale:
    """What was found. files: processes by unit, by replaced file; unread: processes that could not be looked at."""

    files: dict[bytes, dict[str, int]] = field(default_factory=dict)
    unread: int = 0
    left: int = 0

    def restarts(self, owners: Mapping[bytes, str]) -> Iterator[Restart]:
        """One a unit and package, the first of its files named. owners: packages by file."""
        found: dict[tuple[str, str], tuple[bytes, int]] = {}
        for path, units in sorted(self.files.items()):
            for unit, count in units.items():
                first, most = found.get((unit, owners.get(path, "")), (path, 0))
                found[unit, owners.get(path, "")] = first, max(most, count)
        for (unit, package), (path, count) in sorted(found.items()):
            yield Restart(unit=unit, package=package, path=path, processes=count, reason=REASON)


def look(proc: Path) -> Stale:
    """All processes of this machine but those in containers, whose files are of another root."""
    found = Stale()
    for number, pid in enumerate(_pids(proc)):
        if number >= MAX_PROCESSES:
            found.left += 1
            continue
        try:
            paths = _replaced(_read(proc / pid / "maps", MAX_MAPS_BYTES))
            unit = _unit(proc / pid) if paths else ""
        except PermissionError:
            found.unread += 1
            continue
        except OSError:
            continue  # it ended
        for path in paths if unit else ():
            units = found.files.setdefault(path, {})
            units[unit] = units.get(unit, 0) + 1
    return found


def _pids(proc: Path) -> Iterator[str]:
    try:
        with os.scandir(proc) as entries:
            yield from (entry.name for entry in entries if entry.name.isdigit())
    except OSError:
        return


def _replaced(maps: bytes) -> set[bytes]:
    """Files with code in a map that are gone, as they were called before."""
    if _DELETED not in maps:
        return set()
    paths = {_REPLACED.sub(b"", path) for path in _LINE.findall(maps)}
    return {path for path in paths if path.startswith(_PLACES)}


def _unit(process: Path) -> str:
    """The service, or the session, or the program's own name; "" for one in a container. Raises OSError."""
    group = _read(process / "cgroup", MAX_SMALL_BYTES)
    if _CONTAINER.search(group):
        return ""
    parts = [part for line in group.splitlines() for part in line.rpartition(b":")[2].split(b"/")]
    for ending in (b".service", b".scope"):
        for part in parts:
            if part.endswith(ending):
                return part[:255].decode("utf-8", "replace")
    return _read(process / "comm", MAX_SMALL_BYTES).strip()[:255].decode("utf-8", "replace") or "?"


def _read(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(max_bytes)
