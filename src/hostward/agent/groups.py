"""Control groups of scans: what the kernel itself keeps where the agent's own group was delegated to it.

Version 2 only, and only a group that holds nobody but this agent: the agent moves into a group below it (a group with
processes may hand nothing on), and every scan gets one beside that. Where this can't be, scans are capped by other
means (scanners.restraint). Source: the kernel's documentation, admin-guide/cgroup-v2; systemd's, CGROUP_DELEGATION.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

CONTROLLERS = ("cpu", "memory", "io")
OWN = "agent"
SCAN = "scan-"
PERIOD = 100_000
"""Microseconds over which the kernel reckons a share of the processors."""

DELEGATE = ("user.delegate", "trusted.delegate")
"""What systemd marks groups with that it leaves to their service."""

SMALLEST_QUOTA = 1_000
"""Microseconds of a period that the kernel accepts at least."""

VIRTUAL = ("loop", "ram", "zram")
"""Block devices that are no disks: what they do reaches one, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A scan's own group. holds: the controllers that cap it now."""

    path: Path
    holds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """Where the kernel shows its groups and devices; a test has its own."""

    groups: Path = Path("/sys/fs/cgroup")
    own: Path = Path("/proc/self/cgroup")
    devices: Path = Path("/sys/block")


@dataclass(slots=True)
class Groups:
    """Groups for scans. why: why there are none, "" where there are. Use open_groups()."""

    kernel: Kernel
    base: Path | None = None
    why: str = ""
    controllers: frozenset[str] = field(default=frozenset())

    def make(self, name: str, *, cpu: float, memory: int, io: int) -> Group | None:
        """A group that caps what it can of these (share of all processors, bytes, bytes a second; 0: no cap).

        None where the kernel offers none, or nothing is to be capped.
        """
        if self.base is None:
            return None
        path = self.base / f"{SCAN}{name}"
        try:
            path.mkdir()
        except OSError:
            return None
        wanted = {
            "cpu": 0 < cpu < 1 and self._cpu(path, cpu),
            "memory": memory > 0 and self._memory(path, memory),
            "io": io > 0 and self._io(path, io),
        }
        holds = frozenset(controller for controller, is_held in wanted.items() if is_held)
        if not holds:
            remove(path)
            return None
        return Group(path=path, holds=holds)

    def _cpu(self, path: Path, share: float) -> bool:
        quota = max(SMALLEST_QUOTA, round(share * (os.cpu_count() or 1) * PERIOD))
        return "cpu" in self.controllers and _wrote(path / "cpu.max", f"{quota} {PERIOD}")

    def _memory(self, path: Path, limit: int) -> bool:
        """All of a scan is killed at once, so that none of it can go on as if nothing was amiss."""
        if "memory" not in self.controllers or not _wrote(path / "memory.oom.group", "1"):
            return False
        with suppress(OSError):  # kernels without swap have no such file
            (path / "memory.swap.max").write_text("0")
        return _wrote(path / "memory.max", str(limit))

    def _io(self, path: Path, rate: int) -> bool:
        """Of each disk so much."""
        disks = list(_disks(self.kernel.devices))
        if "io" not in self.controllers or not disks:
            return False
        return all(_wrote(path / "io.max", f"{disk} rbps={rate} wbps={rate}") for disk in disks)


def open_groups(kernel: Kernel | None = None) -> Groups:
    """The groups of this process, once it has moved aside; it stays where it is when nothing was delegated to it."""
    kernel = kernel or Kernel()
    groups = Groups(kernel)
    try:
        own = _own(kernel)
        if own is None:
            groups.why = "no cgroup v2"
            return groups
        base = own.parent if own.name == OWN else own
        if not _is_delegated(base, kernel.groups):
            groups.why = "no cgroup v2 delegation"
            return groups
        if own == base:
            _move_aside(base)
        groups.controllers = _handed_on(base)
    except OSError as error:
        groups.why = f"no cgroup v2 delegation: {error.strerror or error}"
        return groups
    groups.base = base if groups.controllers else None
    groups.why = "" if groups.controllers else "no controller of cgroup v2 is delegated"
    if groups.base is not None:
        for left in groups.base.glob(f"{SCAN}*"):
            remove(left)
    return groups


def remove(path: Path) -> None:
    """Remove a scan's group; one that somebody is still in is left for the next start."""
    with suppress(OSError):
        path.rmdir()


def _own(kernel: Kernel) -> Path | None:
    """This process's group of version 2, None where its controllers are not there (none, or version 1 has them)."""
    lines = kernel.own.read_text().splitlines()
    name = next((line[3:] for line in lines if line.startswith("0::")), None)
    if name is None or not (kernel.groups / "cgroup.controllers").exists():
        return None
    return kernel.groups / name.lstrip("/")


def _is_delegated(base: Path, root: Path) -> bool:
    """Whether what is below is ours to arrange: the root of a container's own groups, or what systemd marked so."""
    if base == root:
        return True
    for name in DELEGATE:
        with suppress(OSError):
            if os.getxattr(base, name) == b"1":
                return True
    return False


def _move_aside(base: Path) -> None:
    """Into a group below, if this process is alone. Raises OSError where others are there or it may not."""
    me = str(os.getpid())
    if (base / "cgroup.procs").read_text().split() != [me]:
        raise OSError(f"{base.name or 'the root group'} is not this agent's alone")
    own = base / OWN
    own.mkdir(exist_ok=True)
    (own / "cgroup.procs").write_text(me)


def _handed_on(base: Path) -> frozenset[str]:
    """The controllers that groups below have now."""
    offered = (base / "cgroup.controllers").read_text().split()
    for controller in CONTROLLERS:
        if controller in offered:
            _wrote(base / "cgroup.subtree_control", f"+{controller}")
    handed = (base / "cgroup.subtree_control").read_text().replace("+", "").split()
    return frozenset(CONTROLLERS).intersection(handed)


def _disks(devices: Path) -> Iterator[str]:
    """Major and minor number of every disk."""
    for device in sorted(devices.iterdir()) if devices.is_dir() else ():
        if not device.name.startswith(VIRTUAL):
            with suppress(OSError):
                yield (device / "dev").read_text().strip()


def _wrote(path: Path, text: str) -> bool:
    try:
        with path.open("a") as file:
            file.write(f"{text}\n")
    except OSError:
        return False
    return True
