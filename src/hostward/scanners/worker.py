"""The child process of a scan: `python -m hostward.scanners.worker`.

It reads one order on standard input, forks, and lets the child scan while it stands guard itself. The guard never
holds the interpreter lock for long, so it notices at once when its standard input ends (the agent is gone, even by
kill -9) and kills everything that descends from it; a rule engine in the scanning process could not. For the same
reason the guard asks for no death signal: one would kill it before it has cleaned up.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from hostward.domain.module import Module
from hostward.scanners.contract import Event, Progress, ScanFailed
from hostward.scanners.lines import MAX_ORDER, MAX_REASON, Died, Doubt, Ended, Order, lines_of, write_line
from hostward.scanners.restraint import enter, give_way, out_of_memory, was_killed_for_memory, watch
from hostward.scanners.table import SCANNERS, load

STEP_SECONDS = 0.1
"""Shortest time between two words on progress."""

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
"""Source: linux/prctl.h."""

KILL_ROUNDS = 50
KILL_PAUSE = 0.02
"""How often, and after how many seconds, the guard looks again for descendants that forked while they were killed."""

Say = Callable[[bytes], None]


def main(scanners: Mapping[Module, str] = SCANNERS) -> int:
    """Run one scan; returns the exit status. Everything worth knowing is said on standard output before."""
    missed = _be_modest()
    order = _read_order()
    if order is None:
        return 2
    guard = os.getpid()
    child = os.fork()
    if child:
        return _stand_guard(child, order)
    say = _take_stdout()
    _die_with(guard)
    missed += enter(order)
    for reason in missed:
        say(write_line(Doubt(reason=reason)))
    _scan(order, scanners, say)
    return 0


def _be_modest() -> list[str]:
    """Give way to the host's own work, and be the head of a process group that can be killed as a whole.

    Returns in which way this kernel does not give way.
    """
    if os.getpgrp() != os.getpid():
        os.setsid()
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    return give_way()


def _read_order() -> Order | None:
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, 65536)
        if not chunk or len(line) > MAX_ORDER:
            return None
        line += chunk
    return msgspec.json.decode(line, type=Order)


def _stand_guard(child: int, order: Order) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_when_orphaned, daemon=True).start()
    watch(order, partial(_descendants, os.getpid()))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        end = Ended(failed=out_of_memory(order)) if was_killed_for_memory(order) else Died(how=how)
        with suppress(OSError):
            # The child may have died in the middle of a line.
            _write(1, b"\n" + write_line(end))
    _kill_descendants()
    return int(code != 0)


def _when_orphaned() -> None:
    """Wait for the end of standard input: nobody is left to scan for."""
    while os.read(0, 4096):
        continue
    _kill_descendants()
    os._exit(1)


def _kill_descendants() -> None:
    for _ in range(KILL_ROUNDS):
        victims = list(_descendants(os.getpid()))
        if not victims:
            return
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(KILL_PAUSE)


def _descendants(ancestor: int) -> Iterator[int]:
    """Living processes below ancestor, by /proc; those whose own parent died count, for the guard adopts them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    unseen = children.get(ancestor, [])
    while unseen:
        pid = unseen.pop()
        yield pid
        unseen += children.get(pid, [])


def _parent(entry: Path) -> int | None:
    """The parent of a process, None when it is gone or only a zombie. Source: proc(5), /proc/PID/stat."""
    try:
        after_name = (entry / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if after_name[0] == b"Z" else int(after_name[1])


def _take_stdout() -> Say:
    """A way to say lines that nobody else can write to: what libraries and commands print goes to standard error."""
    own = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return lambda line: _write(own, line)


def _die_with(guard: int) -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != guard:
        os._exit(1)


def _scan(order: Order, scanners: Mapping[Module, str], say: Say) -> None:
    try:
        for event in _spaced(load(order.module(), scanners).scan(order.job(), order.host())):
            for line in lines_of(event):
                say(line)
    except ScanFailed as failure:
        say(write_line(Ended(failed=str(failure)[:MAX_REASON] or "the scanner gave no reason")))
    except MemoryError:
        say(write_line(Ended(failed=out_of_memory(order))))
    else:
        say(write_line(Ended()))


def _spaced(events: Iterator[Event]) -> Iterator[Event]:
    """The events without words on progress that come too soon after another: nobody could read them."""
    spoken = -STEP_SECONDS
    for event in events:
        if isinstance(event, Progress):
            now = time.monotonic()
            if now - spoken < STEP_SECONDS:
                continue
            spoken = now
        yield event


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
