"""A server with an own CA and a wheelhouse, and hosts that are folders: what is pasted there is run by a real shell."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hostward.domain.machine import Machine
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.wiring import tls_authority, wheelhouse
from hostward.wiring.embedded import Embedded, open_embedded
from link_lab import until
from repacked import fill

NAME = "scan.hosts.example"
"""A name in the server's certificate that nothing but a proxy knows the way to."""


@dataclass(frozen=True)
class Site:
    """A server, and a folder for hosts."""

    server: Embedded
    folder: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.endpoint.rpartition(":")[2])

    def machine_command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`hostward machine ...` beside the running server."""
        command = [sys.executable, "-m", "hostward", "machine", *words, "--data", str(self.server.data_dir)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=_environment(), check=False)

    def line(self, *options: str) -> str:
        """The line that is pasted."""
        done = self.machine_command("enroll", *options)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        return done.stdout.strip()

    def machines(self) -> list[Machine]:
        """Those that were enrolled by somebody's hand, in the order they came."""
        owner = self.server.owner.account
        found = self.server.store.read_now(lambda uow: uow.machines.of_account(owner))
        return [machine for machine in found if machine.id != self.server.machine.id]

    def host(self, name: str) -> "Host":
        """A new host."""
        root = self.folder / name
        root.mkdir()
        return Host(self, root)


@dataclass(frozen=True)
class Host:
    """A folder in the place of a host's file system."""

    site: Site
    root: Path

    @property
    def program(self) -> Path:
        """The installed command."""
        return self.root / "opt/hostward/current/bin/hostward"

    @property
    def data(self) -> Path:
        """The agent's data."""
        return self.root / "var/lib/hostward-agent"

    def paste(self, line: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the pasted line, as whoever runs the tests and below the host's folder."""
        words = shlex.join(["--prefix", str(self.root), *options])
        assert line.endswith(" | sudo sh"), line
        shell = f"{line.removesuffix(' | sudo sh')} | sh -s -- {words}"
        return subprocess.run(
            ["sh", "-c", shell], capture_output=True, text=True, timeout=240, env=_environment(**environ), check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`hostward agent ...` as it was installed."""
        command = [self.program, "agent", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=_environment(), check=False)

    def status(self) -> dict[str, str]:
        """`hostward agent status`."""
        return dict(
            json.loads(self.command("status", "--config", str(self.root / "etc/hostward"), "-o", "json").stdout)
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The agent in the foreground, until its SIGTERM, which it must take well."""
        log = (self.root.parent / f"{self.root.name}.log").open("ab")
        command = [self.program, "agent", "run", "--config", str(self.root / "etc/hostward")]
        process = subprocess.Popen(command, stderr=log, env=_environment(), stdin=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            log.close()


def _environment(**more: str) -> dict[str, str]:
    """No proxy or key of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR") if name in os.environ}
    source = str(Path(wheelhouse.__file__).parents[2])
    return {**kept, "PYTHONPATH": source, **more}


@contextmanager
def open_site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that hosts can be installed from."""
    data = folder / "data"
    known = fill(data / wheelhouse.FOLDER)
    monkeypatch.setattr(wheelhouse, "hashes", lambda: known)
    tls_authority.init(data / tls_authority.FOLDER, (NAME,), SystemClock().now())
    settings = read(command_line={"data_dir": str(data), "listen": "127.0.0.1:0"}, environ={})
    with open_embedded(settings) as server:
        yield Site(server, folder)


def online(site: Site, host: Host) -> Machine:
    """The host's machine, once it is online."""

    def found() -> Machine | None:
        quuid, now = host.status()["machine"], site.server.clock.now()
        return next((each for each in site.machines() if each.quuid == quuid and each.is_online(now)), None)

    until(found)
    machine = found()
    assert machine is not None
    return machine
