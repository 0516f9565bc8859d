"""Child processes: an argument list, a small environment, no input, a deadline, and never more output than asked for.

They stay in the scanner's own process group, because the agent ends a scan by killing that group.
"""

import contextlib
import os
import select
import subprocess
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hostward.runtime.clock import SystemClock

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TICK_SECONDS = 0.5
"""How often a caller gets a turn while a child runs (scanner contract: at least once a second)."""
MAX_OUTPUT = 1 << 20
"""Bytes of a child's output kept; the rest is read and thrown away."""
GRACE_SECONDS = 2.0
"""What a child has between SIGTERM and SIGKILL: apt ends its own download processes in it."""

_CHUNK = 1 << 16
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended. code None: it was stopped at its deadline. output: stdout and stderr, as they came."""

    code: int | None
    output: str


class Stopped(Exception):
    """A child's output ended early: too much of it, or it took too long; the message says which."""


def environment(scratch: Path) -> dict[str, str]:
    """What a child sees of ours: a fixed PATH, the C locale, scratch as home, and the proxy settings."""
    kept = {name: value for name, value in os.environ.items() if name.lower() in _PROXIES}
    return {**kept, "PATH": PATH, "LC_ALL": "C", "HOME": str(scratch), "TMPDIR": str(scratch)}


def run(argv: Sequence[str], *, folder: Path, seconds: float) -> Generator[None, None, Ended]:
    """Run to the end, giving the caller a turn every TICK_SECONDS; the result is the generator's return value.

    folder: working directory, home and temporary folder. Closing the generator early stops the child. Raises OSError
    when the program can't be started.
    """
    with _started(argv, folder, subprocess.STDOUT) as process:
        kept = bytearray()
        deadline, turn = _now() + seconds, _now() + TICK_SECONDS
        while (chunk := _read(process, min(turn, deadline))) != b"":
            kept += (chunk or b"")[: MAX_OUTPUT - len(kept)]
            if _now() >= deadline:
                return Ended(code=None, output=kept.decode("utf-8", "replace"))
            if _now() >= turn:
                turn = _now() + TICK_SECONDS
                yield
        return Ended(code=_code(process, deadline), output=kept.decode("utf-8", "replace"))


class Output:
    """A child's standard output, read in exact amounts with a deadline and a cap on all of it."""

    def __init__(self, process: "subprocess.Popen[bytes]", deadline: float, max_bytes: int) -> None:
        self._process, self._deadline, self._left = process, deadline, max_bytes
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """The next size bytes, fewer only at the end. Raises Stopped."""
        while len(self._held) < size and self._fill():
            pass
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def skip(self, size: int) -> None:
        """Pass over size bytes, or what there is of them. Raises Stopped."""
        while size > len(self._held):
            size -= len(self._held)
            self._held.clear()
            if not self._fill():
                return
        del self._held[:size]

    def _fill(self) -> bool:
        chunk = _read(self._process, self._deadline)
        if chunk is None:
            raise Stopped("it took too long")
        self._left -= len(chunk)
        if self._left < 0:
            raise Stopped("it is too large")
        self._held += chunk
        return bool(chunk)


@contextlib.contextmanager
def reading(argv: Sequence[str], *, folder: Path, seconds: float, max_bytes: int) -> Iterator[Output]:
    """A child whose output is read as it comes; it is stopped when the block is left. Raises OSError."""
    with _started(argv, folder, subprocess.DEVNULL) as process:
        yield Output(process, _now() + seconds, max_bytes)


@contextlib.contextmanager
def _started(argv: Sequence[str], folder: Path, errors: int) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(  # noqa: S603  # always an argument list, never a shell
        argv,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        bufsize=0,
    )
    try:
        yield process
    finally:
        _stop(process)


def _read(process: "subprocess.Popen[bytes]", deadline: float) -> bytes | None:
    """What is there to read: b"" at the end, None when nothing came before the deadline."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - _now()))
    return os.read(descriptor, _CHUNK) if ready else None


def _code(process: "subprocess.Popen[bytes]", deadline: float) -> int | None:
    """The exit code of a child that closed its output, None when it goes on running past the deadline."""
    try:
        return process.wait(max(GRACE_SECONDS, deadline - _now()))
    except subprocess.TimeoutExpired:
        return None


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_now = SystemClock().monotonic
