"""A real `hostward up` in a process of its own, and a client that asks it."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tc3

START_SECONDS = 60.0
POLL_SECONDS = 0.1
BUSY = "RequestLimitExceeded"


@dataclass
class Up:
    """A server that answers. ready: what --ready-file says. now: the time of its clock, seconds since 1970 UTC.

    ca_file: of its CA, None where it speaks plain HTTP.
    """

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    log: Path
    now: Callable[[], float] = time.time
    ca_file: Path | None = None

    @property
    def endpoint(self) -> str:
        """HOST:PORT."""
        return self.ready["endpoint"]

    def call(self, action: str, *, service: str = "cwp", version: str = "2018-02-28", **members: Any) -> dict[str, Any]:
        """The Response of one signed request; asked again when it was one too many in a second."""
        while (response := self._call(action, service, version, members)).get("Error", {}).get("Code") == BUSY:
            time.sleep(POLL_SECONDS)
        return response

    def _call(self, action: str, service: str, version: str, members: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(members).encode()
        stamp = int(self.now())
        headers = {"host": self.endpoint, "content-type": "application/json"}
        authorization = tc3.sign(
            secret_id=self.ready["secret_id"], secret=self.ready["secret_key"], headers=headers, body=body,
            timestamp=stamp, service=service,
        )  # fmt: skip
        headers |= {"authorization": authorization, "x-tc-action": action}
        headers |= {"x-tc-version": version, "x-tc-timestamp": str(stamp)}
        connection = self._connection()
        try:
            connection.request("POST", "/", body=body, headers=headers)
            return json.loads(connection.getresponse().read())["Response"]
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.ca_file is None:
            return http.client.HTTPConnection(self.endpoint, timeout=30)
        context = ssl.create_default_context(cafile=str(self.ca_file))
        return http.client.HTTPSConnection(self.endpoint, timeout=30, context=context)

    def details(self, module: str, task: int, **members: Any) -> dict[str, Any]:
        """DescribeScanTaskDetails."""
        return self.call("DescribeScanTaskDetails", ModuleType=module, TaskId=task, **members)

    def finished(self, module: str, task: int, seconds: float = 90.0) -> dict[str, Any]:
        """The details once progress is 100. Fails after that many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            details = self.details(module, task)
            if details["ScanProgress"] == 100:
                return details
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"{module} task {task} did not end in {seconds} s: {details}\n{self.log.read_text()}")

    def kill(self) -> None:
        """Kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def interrupt(self) -> int:
        """Ctrl-C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def hostward(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """One command to its end, its output as text."""
    return subprocess.run(
        [sys.executable, "-m", "hostward", *arguments], capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL, env=environment(), check=False, **options,
    )  # fmt: skip


def environment() -> dict[str, str]:
    """The tests' environment without anybody's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOSTWARD_")}


def start(data: Path, *arguments: str) -> Up:
    """Start it and wait until it answers."""
    ready, log = data.parent / f"{data.name}.ready.json", data.parent / f"{data.name}.log"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "hostward", "up", "--data", str(data), "--listen", "127.0.0.1:0"]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command, "--ready-file", str(ready), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=environment(),
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"hostward up did not start (exit {process.poll()}):\n{log.read_text()}")
        time.sleep(0.02)
    return Up(process=process, ready=json.loads(ready.read_text()), log=log)


@contextmanager
def up(data: Path, *arguments: str) -> Iterator[Up]:
    """A server for the length of a test; it is killed if the test left it running."""
    running = start(data, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def children(pid: int) -> list[int]:
    """Every process below this one, looked up in /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    below: list[int] = []
    todo: Sequence[int] = [pid]
    while todo:
        todo = [child for child, parent in parents.items() if parent in todo]
        below.extend(todo)
    return below


def workers_of(data: Path) -> list[int]:
    """Scan workers that work for this data directory, whoever their parent is now."""
    mark = str(data / "agent" / "work").encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _works_in(entry, mark):
            found.append(int(entry.name))
    return found


def _works_in(process: Path, mark: bytes) -> bool:
    try:
        there = bytes((process / "cwd").readlink())
        return there.startswith(mark) or mark in (process / "cmdline").read_bytes()
    except OSError:
        return False
