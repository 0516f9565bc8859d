"""Running one command so that it can do no harm: no shell, nothing inherited, bounded, and never left behind."""

import contextlib
import os
import resource
import select
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from hostward.scanners.baseline.answer import Missing, TimedOut, Unreadable
from hostward.scanners.baseline.site import Limits

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
"""The only folders programs are taken from."""

_NICE = 10
_POLL_SECONDS = 0.02
_MEMORY_BYTES = 1 << 30
_CPU_SECONDS = 60
_FILE_BYTES = 0
_RLIMITS = (
    (resource.RLIMIT_CPU, _CPU_SECONDS),
    (resource.RLIMIT_AS, _MEMORY_BYTES),
    (resource.RLIMIT_FSIZE, _FILE_BYTES),
    (resource.RLIMIT_CORE, 0),
)
"""A command reads; it writes no file, dumps no core, and can't eat the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended by itself; output: stdout and stderr as they came."""

    status: int
    output: bytes


def run(argv: tuple[str, ...], limits: Limits, monotonic: Callable[[], float]) -> Ran | Missing | Unreadable | TimedOut:
    """Run argv (its first part a plain program name looked up in PATH) and wait for its end.

    Missing when there is no such program; Unreadable when it can't be started or says too much; TimedOut after
    limits.command_seconds. In every case its whole process group is gone on return.
    """
    program = _program(argv[0])
    if program is None:
        return Missing(reason=f"the program {argv[0]} is not installed")
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, a fixed PATH, and the caller's allow-list
            argv,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": PATH, "LC_ALL": "C"},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        return Unreadable(reason=f"{program} can't be started: {error.strerror or error}")
    with process:
        try:
            _bound(process.pid)
            return _watched(process, argv, limits, monotonic)
        finally:
            _end_group(process, limits.command_grace, monotonic)


def _program(name: str) -> str | None:
    if not name or "/" in name or "\0" in name:
        return None
    paths = (f"{folder}/{name}" for folder in PATH.split(":"))
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _bound(pid: int) -> None:
    """Set limits from outside: code between fork and exec is not safe where there are threads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
        for what, limit in _RLIMITS:
            resource.prlimit(pid, what, (limit, limit))


def _watched(
    process: subprocess.Popen[bytes], argv: tuple[str, ...], limits: Limits, monotonic: Callable[[], float]
) -> Ran | Unreadable | TimedOut:
    """Collect output until the command has ended (a child it leaves behind may keep the pipe open)."""
    if process.stdout is None:
        raise AssertionError("the command was started with a pipe")
    deadline = monotonic() + limits.command_seconds
    output = bytearray()
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    while True:
        has_ended = _has_ended(process.pid)
        is_open = _take(pipe, output, limits.command_bytes + 1)
        if len(output) > limits.command_bytes:
            return Unreadable(reason=f"{' '.join(argv)} said more than {limits.command_bytes:,} bytes")
        if has_ended:
            return Ran(status=_status(process.pid), output=bytes(output))
        if monotonic() >= deadline:
            return TimedOut(reason=f"{' '.join(argv)} did not end within {limits.command_seconds:g} s")
        select.select([pipe] if is_open else [], [], [], _POLL_SECONDS)


def _take(pipe: int, output: bytearray, limit: int) -> bool:
    """Append what the pipe has now, up to limit bytes in all; False at the end of the output."""
    while len(output) < limit:
        try:
            part = os.read(pipe, min(limit - len(output), 1 << 16))
        except BlockingIOError:
            return True
        if not part:
            return False
        output += part
    return True


def _has_ended(pid: int) -> bool:
    """Look without reaping: as long as the leader is not reaped nobody else can get its number."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _status(pid: int) -> int:
    """Exit status as a shell counts: 128 + signal for a killed command."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    if ended is None:
        raise AssertionError("the command has ended")
    return ended.si_status if ended.si_code == os.CLD_EXITED else 128 + ended.si_status


def _end_group(process: subprocess.Popen[bytes], grace: float, monotonic: Callable[[], float]) -> None:
    """TERM, a moment, then KILL, to the command and everything it started; then reap it."""
    if not _has_ended(process.pid):
        _signal(process.pid, signal.SIGTERM)
        deadline = monotonic() + grace
        while not _has_ended(process.pid) and monotonic() < deadline:
            select.select([], [], [], _POLL_SECONDS)
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
