"""A cap on the processor time of a scan, kept by stopping and continuing it: no privilege, no option of the kernel.

Nice values yield to other work but use all that is free; a cap leaves the rest alone even then (batteries, noisy
neighbours, processors that are paid for by use). The method is that of cpulimit(1).
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

PERIOD = 0.1
"""Seconds between two looks."""

SAVED = 0.1
"""Seconds of processor time that may be saved up: a scan that waited may not make up for it at full speed."""

LONGEST_STOP = 0.5
"""Seconds that a scan is stopped at a time at most, so that it reports its progress twice a second."""

TICKS = os.sysconf("SC_CLK_TCK")


def throttle(scan: Callable[[], Iterable[int]], share: float) -> None:
    """Hold these processes to a share of all processors (0 to 1), until the calling process ends.

    scan: their ids, as they are now.
    """
    rate = share * (os.cpu_count() or 1)
    used, looked = _used(scan()), time.monotonic()
    credit = 0.0
    while True:
        time.sleep(PERIOD)
        now, so_far = time.monotonic(), _used(scan())
        credit = min(SAVED, credit + rate * (now - looked) - max(0.0, so_far - used))
        used, looked = so_far, now
        if credit < 0:
            _stop(scan, min(LONGEST_STOP, -credit / rate))


def _stop(scan: Callable[[], Iterable[int]], seconds: float) -> None:
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
