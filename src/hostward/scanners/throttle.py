"""Caps on the processor time and the disk traffic of a scan, kept by stopping and continuing it.

No privilege and no option of the kernel is needed. Nice values and the disk's idle class yield to other work but use
all that is free; a cap leaves the rest alone even then (batteries, noisy neighbours, what is paid for by use). The
method is that of cpulimit(1).
"""

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PERIOD = 0.1
"""Seconds between two looks."""

SHORT_PERIOD = 0.02
"""The same after a long stop: a fast disk would read in PERIOD what it then had to be stopped for very long."""

SAVED = 0.1
"""Seconds of use at a processor's full speed that may be saved up: a scan that waited may not make up for it."""

LONG_STOP = 0.5
"""A stop of so many seconds is long."""

LONGEST_STOP = 5.0
"""Seconds that a scan is stopped at a time at most; what it still owes then counts on."""

TICKS = os.sysconf("SC_CLK_TCK")

Scan = Callable[[], Iterable[int]]
"""The processes of a scan as they are now, by their ids."""


@dataclass(slots=True, kw_only=True)
class Meter:
    """One thing that is capped.

    used: how much of it processes have used so far. rate: so much a second. saved: how much may be saved up.
    """

    used: Callable[[Iterable[int]], float]
    rate: float
    saved: float
    before: float = 0.0
    credit: float = 0.0

    def owed(self, scan: Scan, seconds: float) -> float:
        """Seconds for which the scan must rest after so many seconds have passed."""
        so_far = self.used(scan())
        self.credit = min(self.saved, self.credit + self.rate * seconds - max(0.0, so_far - self.before))
        self.before = so_far
        return max(0.0, -self.credit / self.rate)


def processors(share: float) -> Meter:
    """A share of all processors (0 to 1)."""
    return Meter(used=_used, rate=share * (os.cpu_count() or 1), saved=SAVED)


def disks(rate: float) -> Meter:
    """Bytes read from disks and written to them, a second."""
    return Meter(used=_moved, rate=rate, saved=rate * SAVED)


def counts_disks(pid: int) -> bool:
    """Whether this kernel tells what a process reads and writes."""
    return _moved_by(pid) is not None


def throttle(scan: Scan, meters: Sequence[Meter]) -> None:
    """Hold a scan to all meters, until the calling process ends."""
    for meter in meters:
        meter.before = meter.used(scan())
    looked, pause = time.monotonic(), SHORT_PERIOD
    while True:
        time.sleep(pause)
        now = time.monotonic()
        owed = max(meter.owed(scan, now - looked) for meter in meters)
        looked = now
        if owed:
            _stop(scan, min(LONGEST_STOP, owed))
        pause = SHORT_PERIOD if owed > LONG_STOP else PERIOD


def _stop(scan: Scan, seconds: float) -> None:
    stopped = list(scan())
    _signal(stopped, signal.SIGSTOP)
    time.sleep(seconds)
    _signal(stopped, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _used(pids: Iterable[int]) -> float:
    """Seconds of processor time, those of ended children included. Source: proc(5), /proc/PID/stat, fields 14 to 17."""
    ticks = 0
    for pid in pids:
        with suppress(OSError, ValueError):
            after_name = (Path("/proc") / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
            ticks += sum(map(int, after_name[11:15]))
    return ticks / TICKS


def _moved(pids: Iterable[int]) -> float:
    return float(sum(_moved_by(pid) or 0 for pid in pids))


def _moved_by(pid: int) -> int | None:
    """Bytes that really came from disks or are to reach them, those of ended children included; None: not told.

    Source: proc(5), /proc/PID/io.
    """
    try:
        lines = (Path("/proc") / str(pid) / "io").read_bytes().splitlines()
        told = dict(line.split(b": ") for line in lines)
        return int(told[b"read_bytes"]) + int(told[b"write_bytes"])
    except (OSError, KeyError, ValueError):
        return None
