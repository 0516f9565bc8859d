"""What a running agent leaves for `hostward agent status`: when the server answered, and what stands in the way."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from hostward.agent import events as on
from hostward.agent.identity import NAMES_FILE, TOKEN_FILE, Names
from hostward.domain.errors import HostwardError
from hostward.runtime import private_file
from hostward.runtime.clock import Clock

T = TypeVar("T")

STATUS_FILE = "status.json"
LOCK_FILE = "lock"

LOOKS = 10
LOOK_SECONDS = 0.05
"""Who only looks whether an agent runs has the lock for a moment (is_running); that keeps no agent from starting."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """status.json. answered: when the server answered last, seconds since 1970; trouble: why not since, "" for none."""

    pid: int
    version: str
    server: str
    started: float
    answered: float = 0.0
    trouble: str = ""


class Reporter:
    """Writes the status when it changes; the time of the last answer is the file's own, so that rest stays quiet."""

    def __init__(self, path: Path, status: Status, clock: Clock) -> None:
        self._path = path
        self._status = status
        self._clock = clock
        self._put(status)

    def take(self, event: on.Event) -> None:
        """Something happened to the agent."""
        match event:
            case on.SessionOpened() | on.WorkCame() | on.Answered():
                now = self._clock.now().timestamp()
                if self._status.trouble or not self._status.answered:
                    self._put(msgspec.structs.replace(self._status, answered=now, trouble=""))
                else:
                    with suppress(OSError):
                        os.utime(self._path, (now, now))
            case on.Failed() if event.message != self._status.trouble:
                self._put(msgspec.structs.replace(self._status, answered=self._answered(), trouble=event.message))
            case _:
                return

    def _answered(self) -> float:
        if self._status.trouble or not self._status.answered:
            return self._status.answered
        try:
            return self._path.stat().st_mtime
        except OSError:
            return self._status.answered

    def _put(self, status: Status) -> None:
        self._status = status
        with suppress(OSError):  # a full disk must not stop an agent; the log has what happened
            private_file.replace(self._path, msgspec.json.encode(status))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An agent as it is found from outside. names: None before it is enrolled; status: None before its first start.

    answered: seconds since 1970, 0 for never. spooled: bytes of results that the server does not have yet.
    """

    is_running: bool
    names: Names | None
    status: Status | None
    answered: float
    spooled: int
    has_token: bool


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Be the only agent of this folder: two would send, and remove, one another's results.

    The kernel lets go of it with the process, however that ends. Raises HostwardError when another one runs, OSError.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(LOOKS):
            if _taken(fd):
                break
            time.sleep(LOOK_SECONDS)
        else:
            raise HostwardError(f"an agent runs on {data} already: stop it first")
        yield
    finally:
        os.close(fd)


def _taken(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def look(data: Path) -> Seen:
    """The agent of this folder. Raises OSError when the folder can't be read."""
    next(iter(data.iterdir()), None)
    status, names = _read(data / STATUS_FILE, Status), _read(data / NAMES_FILE, Names)
    answered = 0.0 if status is None else status.answered
    if status is not None and status.answered and not status.trouble:
        answered = (data / STATUS_FILE).stat().st_mtime
    spool = data / "spool"
    return Seen(
        is_running=is_running(data),
        names=names,
        status=status,
        answered=answered,
        spooled=sum(path.stat().st_size for path in spool.rglob("*.seg")) if spool.is_dir() else 0,
        has_token=(data / TOKEN_FILE).exists(),
    )


def is_running(data: Path) -> bool:
    """Whether an agent runs on this folder."""
    try:
        fd = os.open(data / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _read(path: Path, kind: type[T]) -> T | None:
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=kind)
    return None
