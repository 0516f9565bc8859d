"""What this process costs its machine, as Linux counts it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessUse:
    """cpu_seconds: of all its threads, user and system. started: seconds since 1970 UTC."""

    cpu_seconds: float
    resident_bytes: int
    threads: int
    open_files: int
    started: float


def process_use() -> ProcessUse | None:
    """What this process uses now (proc_pid_stat(5)); None where there is no /proc."""
    try:
        fields = (_PROC / "self" / "stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
        open_files = sum(1 for _ in os.scandir(_PROC / "self" / "fd"))
        booted = next(line for line in (_PROC / "stat").read_text().splitlines() if line.startswith("btime "))
    except OSError:
        return None
    return ProcessUse(
        cpu_seconds=(int(fields[11]) + int(fields[12])) / _TICK,
        resident_bytes=int(fields[21]) * _PAGE,
        threads=int(fields[17]),
        open_files=open_files,
        started=int(booted.split()[1]) + int(fields[19]) / _TICK,
    )
