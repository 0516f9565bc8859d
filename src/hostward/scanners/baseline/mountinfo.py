"""/proc/self/mountinfo, as proc_pid_mountinfo(5) describes it."""

import os
import re
from dataclasses import dataclass

from hostward.scanners.baseline.text import lines_of

MOUNTINFO = "/proc/self/mountinfo"

_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One mount: where, what type, with which per-mount options ("rw", "nosuid"), and its st_dev."""

    point: str
    kind: str
    options: tuple[str, ...]
    device: int


def parse_mountinfo(data: bytes) -> tuple[Mount, ...]:
    """All mounts in the kernel's order: of several on one point the last is on top. Odd lines are left out."""
    mounts = (_mount(line) for line in lines_of(data))
    return tuple(mount for mount in mounts if mount is not None)


def _mount(line: str) -> Mount | None:
    fields = line.split(" ")
    if "-" not in fields[6:]:
        return None
    kind = fields[fields.index("-", 6) + 1 :][:1]
    major, _, minor = fields[2].partition(":")
    if not kind or not (major.isdigit() and minor.isdigit()):
        return None
    return Mount(
        point=_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]),
        kind=kind[0],
        options=tuple(fields[5].split(",")),
        device=os.makedev(int(major), int(minor)),
    )
