"""The worker processes of an agent: started, read, held back and ended with everything that descends from them."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from hostward.agent.events import WorkEnded
from hostward.agent.groups import Group, Groups, remove
from hostward.agent.running import Running, WorkerEvent, bury, converse, end
from hostward.domain.caps import MIB
from hostward.protocol.job import Job
from hostward.scanners.lines import Order, write_line

STOP_SECONDS = 10.0
"""Patience with a worker that the kernel does not let die (a disk that does not answer)."""

BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; sys.argv[1:] = []; "
    "from hostward.scanners.worker import main; sys.exit(main())"
)
"""What `python -m hostward.scanners.worker` does, without the site module: the paths are the agent's own."""

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

PASSED_ON = (
    *("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH"),
)
"""What a worker keeps of the agent's environment: the way to the network, and to Python's own library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where workers work. root: the file system scanned. folder: private scratch folders are made in it.

    own_paths: left out of malware scans. policies: see scanners.contract.Host.
    memory: bytes of data a worker may use, cpu: share of all processors, io: bytes read and written a second; 0: none.
    """

    folder: Path
    root: Path = Path("/")
    own_paths: tuple[Path, ...] = ()
    policies: tuple[Path, ...] = ()
    memory: int = 0
    cpu: float = 0.0
    io: int = 0


def worker_command() -> tuple[str, ...]:
    """The command of a worker: isolated, and with exactly the import paths of this process."""
    paths = [path for path in sys.path if path.startswith("/")]
    return (sys.executable, "-I", "-S", "-X", "utf8", "-c", BOOT, *paths)


class Workers:
    """All running workers, by lease. tell is called from reading threads, once for each thing a worker says."""

    def __init__(
        self,
        place: Place,
        tell: Callable[[WorkerEvent], None],
        *,
        command: Sequence[str] = (),
        environ: Mapping[str, str] = os.environ,
        groups: Groups | None = None,
    ) -> None:
        self._place = place
        self._tell = tell
        self._command = tuple(command) or worker_command()
        self._environ = {name: environ[name] for name in PASSED_ON if name in environ}
        self._groups = groups
        self._running: dict[int, Running] = {}

    def prepare(self) -> None:
        """Make the scratch folder, and remove what an agent that was killed left in it. Raises OSError."""
        rmtree(self._place.folder, ignore_errors=True)
        self._place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(self, job: Job) -> None:
        """Start a worker; one that can't be started is told as ended."""
        try:
            running = self._spawn(job)
        except OSError as error:
            self._tell(WorkEnded(lease=job.lease, failure=f"no scanner could be started: {error}"))
            return
        self._running[job.lease] = running
        running.reader.start()

    def kill(self, lease: int) -> None:
        """End a worker within a second; does not wait."""
        running = self._running.get(lease)
        if running is not None and not running.is_killed:
            running.is_killed = True
            running.valve.open_for_good()
            threading.Thread(target=end, args=(running,), name=f"end {lease}", daemon=True).start()

    def hold(self, lease: int, *, held: bool) -> None:
        """Leave what a worker says unread, so that it waits; or read on."""
        running = self._running.get(lease)
        if running is not None:
            running.valve.hold(held=held)

    def dealt_with(self, event: WorkerEvent) -> None:
        """Something told was taken in: its worker may say more."""
        if isinstance(event, WorkEnded):
            self._running.pop(event.lease, None)
        elif (running := self._running.get(event.lease)) is not None:
            running.valve.dealt_with()

    def stop(self) -> None:
        """Kill all workers and wait until they are gone (one that can't die is left behind); what they say is told."""
        running = list(self._running.values())
        for one in running:
            self.kill(one.lease)
        for one in running:
            one.reader.join(STOP_SECONDS)

    def _spawn(self, job: Job) -> "Running":
        folder = self._place.folder / str(job.lease)
        folder.mkdir(mode=0o700)
        group, order = self._order(job, folder)
        try:
            process = subprocess.Popen(  # noqa: S603  # a fixed command: no word of it comes from outside
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", "TMPDIR": str(folder), **self._environ},
                start_new_session=True,
                close_fds=True,
            )
        except OSError:
            rmtree(folder, ignore_errors=True)
            if group is not None:
                remove(group.path)
            raise
        running = Running(
            lease=job.lease, process=process, folder=folder, order=order, group=None if group is None else group.path
        )
        running.reader = threading.Thread(target=self._read, args=(running,), name=f"scan {job.lease}", daemon=True)
        return running

    def _order(self, job: Job, folder: Path) -> tuple[Group | None, bytes]:
        """What the worker is to do, within what the server allows or this agent's own limits if they are stricter."""
        cpu = _stricter(self._place.cpu, max(1, job.cpu_percent) / 100)
        memory = round(_stricter(self._place.memory, job.memory_mib * MIB))
        io = round(_stricter(self._place.io, job.io_mib * MIB))
        name = str(job.lease)
        group = None if self._groups is None else self._groups.make(name, cpu=cpu, memory=memory, io=io)
        order = Order(
            options=job.options,
            covered=job.covered,
            root=os.fsencode(self._place.root),
            work=os.fsencode(folder),
            own_paths=[os.fsencode(path) for path in self._place.own_paths],
            policies=[os.fsencode(path) for path in self._place.policies],
            memory=memory,
            cpu=cpu,
            io=io,
            group=b"" if group is None else os.fsencode(group.path),
            held=[] if group is None else sorted(group.holds),
        )
        return group, write_line(order)

    def _read(self, running: "Running") -> None:
        """The reading thread of one worker, from its order to its end."""
        failure = converse(running, self._tell)
        bury(running)
        rmtree(running.folder, ignore_errors=True)
        if running.group is not None:
            remove(running.group)
        self._tell(WorkEnded(lease=running.lease, failure=failure))


def _stricter(one: float, other: float) -> float:
    """The lower of two caps; 0 and less is none."""
    return min((cap for cap in (one, other) if cap > 0), default=0)
