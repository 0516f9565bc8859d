"""How a scan gives way to the host's own work, and is kept to its caps: what its kernel does not keep is said."""

import ctypes
import os
import resource
import threading
from pathlib import Path

from hostward.scanners.lines import Order
from hostward.scanners.throttle import Meter, Scan, counts_disks, disks, processors, throttle

NICENESS = 10
"""Scans give way to everything else on the host."""

SYS_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30, "ppc64le": 273, "s390x": 282}
"""Number of ioprio_set(2), which has no wrapper in the C library. Source: the kernel's syscall tables."""

IOPRIO_IDLE = 3 << 13
"""Class "idle": the disk is used only when nobody else wants it. Source: linux/ioprio.h."""

EVENTS = "memory.events"
KILLS = ("oom_kill", "oom_group_kill")


def give_way() -> list[str]:
    """Nice, idle on the disk, without core dumps; returns what this kernel does not do."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    machine = os.uname().machine
    number = SYS_IOPRIO_SET.get(machine)
    if number is None:
        return [f"not capped: disk priority (ioprio_set is not known for {machine})"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, 1, 0, IOPRIO_IDLE):
        return [f"not capped: disk priority ({os.strerror(ctypes.get_errno())})"]
    return []


def enter(order: Order) -> list[str]:
    """Bind the calling process, and all that it starts, to its memory and its group; returns what could not be done."""
    missed = []
    if order.memory:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = order.memory if hard == resource.RLIM_INFINITY else min(order.memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if order.group:
        try:
            (Path(os.fsdecode(order.group)) / "cgroup.procs").write_text(str(os.getpid()))
        except OSError as error:
            missed.append(f"not capped: {', '.join(order.held)} (cgroup: {error.strerror})")
    if "io" not in order.held and order.io and not counts_disks(os.getpid()):
        missed.append("not capped: disk traffic (no cgroup v2 delegation, and this kernel does not count it)")
    return missed


def watch(order: Order, scan: Scan) -> None:
    """Keep to the caps what the kernel does not keep itself, in a thread of the calling process."""
    meters: list[Meter] = []
    if 0 < order.cpu < 1 and "cpu" not in order.held:
        meters.append(processors(order.cpu))
    if order.io and "io" not in order.held and counts_disks(os.getpid()):
        meters.append(disks(order.io))
    if meters:
        threading.Thread(target=throttle, args=(scan, meters), daemon=True).start()


def out_of_memory(order: Order) -> str:
    """Why a scan ended that needed more than its memory."""
    return f"the scan needed more memory than it may use ({order.memory} bytes)"


def was_killed_for_memory(order: Order) -> bool:
    """Whether the kernel killed what is in the scan's group for its memory."""
    if not order.group or "memory" not in order.held:
        return False
    try:
        lines = (Path(os.fsdecode(order.group)) / EVENTS).read_text().splitlines()
    except OSError:
        return False
    told = dict(line.split() for line in lines if len(line.split()) == 2)
    return any(told.get(name, "0") != "0" for name in KILLS)
