"""One running worker: its process, what it says, how far it may get ahead, and its end."""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hostward.agent.events import Doubted, RowsFound, Stepped, WorkEnded
from hostward.scanners.lines import MAX_LINE, Died, Doubt, Ended, Line, Rows, Step, read_line

TERM_SECONDS = 0.4
GUARD_SECONDS = 0.3
"""After a kill: how long a scan may take to end by itself, and then its guard to kill what is left. Together with the
last resort they stay below the second in which a stop must have been carried out."""

LAST_WORDS = 4096
"""Bytes of standard error that are kept to explain a scan that died."""

LINES_AHEAD = 16
"""Lines read but not yet dealt with; a worker that is faster waits (16 lines of at most 256 KiB)."""

CHUNK = 65536

WorkerEvent = RowsFound | Stepped | Doubted | WorkEnded


class Valve:
    """Lets a reading thread read on only while few lines are ahead and nobody holds it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ahead = 0
        self._held = False
        self._open = False

    def wait(self) -> None:
        """Wait until there is room for another line."""
        with self._changed:
            self._changed.wait_for(lambda: self._open or not (self._held or self._ahead >= LINES_AHEAD))
            self._ahead += 1

    def dealt_with(self) -> None:
        """One line that was ahead is taken in."""
        with self._changed:
            self._ahead -= 1
            self._changed.notify()

    def hold(self, *, held: bool) -> None:
        """Let nothing through, or go on."""
        with self._changed:
            self._held = held
            self._changed.notify()

    def open_for_good(self) -> None:
        """Let everything through: the worker is being killed."""
        with self._changed:
            self._open = True
            self._changed.notify()


@dataclass(slots=True, kw_only=True)
class Running:
    """A worker process. group: its control group, if it has one of its own.

    last_words: the end of its standard error; end: how it said that it ended.
    """

    lease: int
    process: subprocess.Popen[bytes]
    folder: Path
    order: bytes
    group: Path | None = None
    valve: Valve = field(default_factory=Valve)
    is_killed: bool = False
    is_gone: threading.Event = field(default_factory=threading.Event)
    reader: threading.Thread = field(init=False)
    last_words: bytes = b""
    end: Ended | Died | None = None


def converse(running: Running, tell: Callable[[WorkerEvent], None]) -> str:
    """Give the order, tell what comes back; returns why the scan failed, "" when it did not."""
    assert running.process.stdin is not None
    try:
        running.process.stdin.write(running.order)
        running.process.stdin.flush()
        _listen(running, tell)
    except BrokenPipeError:
        _listen(running, tell)
    except (msgspec.DecodeError, ValueError) as error:
        return f"the scanner said something that can't be understood: {error}"
    match running.end:
        case Ended():
            return running.end.failed
        case Died():
            return f"the scanner died ({running.end.how}){_words(running.last_words)}"
        case None:
            return f"the scanner ended without a word{_words(running.last_words)}"


def _listen(running: Running, tell: Callable[[WorkerEvent], None]) -> None:
    """Read both pipes until standard output ends. Raises ValueError for what no worker of ours says."""
    process = running.process
    assert process.stdout is not None
    assert process.stderr is not None
    partial = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        ready.register(process.stderr, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                chunk = os.read(key.fd, CHUNK)
                if key.fileobj is process.stderr:
                    running.last_words = (running.last_words + chunk)[-LAST_WORDS:]
                    if not chunk:
                        ready.unregister(process.stderr)
                elif not chunk:
                    _drain(running)
                    return
                else:
                    partial = _lines(running, partial + chunk, tell)


def _lines(running: Running, data: bytes, tell: Callable[[WorkerEvent], None]) -> bytes:
    """Tell every whole line; returns the part of a line that is left."""
    *lines, partial = data.split(b"\n")
    for line in lines:
        if len(line) > MAX_LINE:
            raise ValueError(f"a line of {len(line)} bytes")
        if running.end is None and line:
            _told(running, line, tell)
    if len(partial) > MAX_LINE:
        raise ValueError(f"a line of more than {MAX_LINE} bytes")
    return partial


def _told(running: Running, data: bytes, tell: Callable[[WorkerEvent], None]) -> None:
    line = _understood(data)
    if line is None:
        return
    if isinstance(line, Ended | Died):
        running.end = line
        return
    running.valve.wait()
    match line:
        case Rows():
            tell(RowsFound(lease=running.lease, rows=line.rows, size=len(data)))
        case Step():
            tell(Stepped(lease=running.lease, done=line.done, doing=line.doing))
        case Doubt():
            tell(Doubted(lease=running.lease, reason=line.reason))


def _understood(data: bytes) -> Line | None:
    """The line; None for one that was cut short, as a process that was killed while it wrote leaves it."""
    try:
        return read_line(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return None


def _drain(running: Running) -> None:
    """Take what is left on standard error without waiting: a command that outlives its scan may hold it open."""
    stderr = running.process.stderr
    assert stderr is not None
    os.set_blocking(stderr.fileno(), False)
    with suppress(BlockingIOError):
        while chunk := os.read(stderr.fileno(), CHUNK):
            running.last_words = (running.last_words + chunk)[-LAST_WORDS:]


def end(running: Running) -> None:
    """Ask the group to end, then let its guard kill all that descends from it, then kill the group."""
    _signal(running, signal.SIGTERM)
    if running.is_gone.wait(TERM_SECONDS):
        return
    _orphan(running)
    if not running.is_gone.wait(GUARD_SECONDS):
        _signal(running, signal.SIGKILL)


def bury(running: Running) -> None:
    """Wait for the guard, which kills what is left of its descendants; kill the group if it is not quick about it."""
    _orphan(running)
    pid = running.process.pid
    give_up = time.monotonic() + TERM_SECONDS + GUARD_SECONDS
    # The guard is not reaped before its group was killed: until then nobody else can have its number.
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None and time.monotonic() < give_up:
        time.sleep(0.005)
    _signal(running, signal.SIGKILL)
    running.is_gone.set()
    running.process.wait()
    for pipe in (running.process.stdout, running.process.stderr):
        if pipe is not None:
            pipe.close()


def _orphan(running: Running) -> None:
    """Close the worker's standard input: to its guard the agent is gone."""
    if running.process.stdin is not None:
        with suppress(OSError):
            running.process.stdin.close()


def _signal(running: Running, number: signal.Signals) -> None:
    if not running.is_gone.is_set():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, number)


def _words(last_words: bytes) -> str:
    """What stands on standard error, the last line first: it names the error, and long reasons are cut."""
    lines = last_words.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return ""
    before = "\n".join(lines[:-1])
    return f": {lines[-1]}" + (f" (after: {before})" if before else "")
