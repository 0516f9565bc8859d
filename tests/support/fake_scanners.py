"""A scanner that does what the paths of its job say, and the command of a worker that uses it."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.module import Module
from hostward.domain.options import MalwareOptions
from hostward.domain.severity import Level
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress, ScanFailed

BOOT = (
    "import sys; sys.path[:] = sys.argv[1:]; sys.argv[1:] = []; "
    "from fake_scanners import TABLE; from hostward.scanners.worker import main; sys.exit(main(TABLE))"
)
TABLE = dict.fromkeys(Module, "fake_scanners")


def fake_command() -> tuple[str, ...]:
    """How an agent starts a worker with this scanner."""
    return (sys.executable, "-I", "-S", "-c", BOOT, *[path for path in sys.path if path.startswith("/")])


def finding(number: int) -> MalwareFinding:
    """A finding that can be told from all others."""
    return MalwareFinding(
        path=f"/found/{number}".encode(), rule="r", title="t", engine="e", level=Level.HIGH, size=number, sha256=""
    )


class FakeScanner:
    """One behaviour a path: its first part is the name of a method, the rest its argument."""

    module = Module.MALWARE

    def scan(self, job: Job, host: Host) -> Iterator[Event]:
        """Do what the paths say, in order."""
        yield Progress(done=0.0, doing="starting")
        options = job.options
        paths = options.paths if isinstance(options, MalwareOptions) else ()
        for number, path in enumerate(paths, 1):
            name, _, argument = path.strip("/").partition("/")
            yield from getattr(self, name)(argument, host) or ()
            yield Progress(done=number / len(paths), doing=name)

    def find(self, count: str, host: Host) -> Iterator[Event]:
        """That many findings at once."""
        yield Found(items=tuple(finding(number) for number in range(int(count))))

    def odd(self, _: str, host: Host) -> Iterator[Event]:
        """A result whose text is not Unicode, and one that is far too large."""
        yield Found(items=(NotScanned(path=b"\xff", reason="unreadable", detail="bad \udc80 name"),))
        yield Found(items=(NotScanned(path=b"/", reason="limit", detail="x" * 300_000),))

    def doubt(self, what: str, host: Host) -> Iterator[Event]:
        """Something that can't be judged."""
        yield Degraded(reason=what)

    def fail(self, why: str, host: Host) -> None:
        """The module can't judge the host."""
        raise ScanFailed(why)

    def error(self, what: str, host: Host) -> None:
        """A defect of the scanner's."""
        raise RuntimeError(what)

    def crash(self, _: str, host: Host) -> None:
        """As a rule engine might."""
        os.kill(os.getpid(), signal.SIGSEGV)

    def leave(self, _: str, host: Host) -> None:
        """End without a word, and as if all was well."""
        os._exit(0)

    def talk(self, _: str, host: Host) -> None:
        """What libraries and commands print."""
        sys.stdout.write("a library's greeting\n")
        sys.stdout.flush()
        subprocess.run(["/bin/echo", "a command's output"], check=True)

    def complain(self, length: str, host: Host) -> None:
        """Much on standard error, then a defect."""
        os.write(2, b"x" * int(length) + b"\nthe last words\n")
        os._exit(7)

    def hang(self, _: str, host: Host) -> None:
        """Work that never ends."""
        time.sleep(600)

    def deaf(self, _: str, host: Host) -> None:
        """Work that does not end when asked to."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)

    def hog(self, _: str, host: Host) -> None:
        """Work that never lets go of the interpreter lock, as a rule engine in C."""
        re.match("(a+)+$", "a" * 64 + "b")

    def spawn(self, _: str, host: Host) -> None:
        """A command that outlives its scan."""
        subprocess.Popen(["/bin/sleep", "600"])

    def daemon(self, _: str, host: Host) -> None:
        """A command that leaves the process group, and whose parent dies."""
        subprocess.run(["/bin/sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & exit 0"], check=True)

    def eat(self, size: str, host: Host) -> None:
        """Much memory."""
        bytearray(int(size))

    def churn(self, mebibytes: str, host: Host) -> None:
        """Much for the disk, 200 MiB a second at most."""
        with (host.work / "churned").open("wb") as file:
            for _ in range(int(mebibytes)):
                file.write(bytes(1 << 20))
                time.sleep(0.005)

    def litter(self, _: str, host: Host) -> None:
        """Files in the scratch folder."""
        (host.work / "folder").mkdir()
        (host.work / "folder" / "file").write_text("left")

    def slowly(self, count: str, host: Host) -> Iterator[Event]:
        """One finding after the other, with a pause between."""
        for number in range(int(count)):
            time.sleep(0.05)
            yield Found(items=(finding(number),))
            yield Progress(done=number / int(count), doing=f"file {number}")

    def wait(self, gate: str, host: Host) -> Iterator[Event]:
        """Work that lasts until a file is there: as long as its test wants, however busy the machine is."""
        while not Path("/", gate).exists():
            time.sleep(0.02)
        yield Progress(done=0.0, doing="let go on")

    def steps(self, count: str, host: Host) -> Iterator[Event]:
        """Many words on progress."""
        yield from (Progress(done=number / int(count), doing="many") for number in range(int(count)))

    def describe(self, _: str, host: Host) -> Iterator[Event]:
        """How it is run."""
        yield Degraded(reason=f"nice {os.nice(0)}")
        yield Degraded(reason=f"core {resource.getrlimit(resource.RLIMIT_CORE)[0]}")
        yield Degraded(reason=f"isolated {sys.flags.isolated} site {'site' in sys.modules}")
        yield Degraded(reason="environment " + " ".join(sorted(os.environ)))
        yield Degraded(reason=f"mode {host.work.stat().st_mode & 0o777:o} here {Path.cwd() == host.work}")
        yield Degraded(reason=f"own {host.own_paths}")
        yield Degraded(reason=f"stdin {os.read(0, 10)!r}")


SCANNER = FakeScanner()
