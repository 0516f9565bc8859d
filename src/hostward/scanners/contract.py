"""The one interface of a scanner: a job in, a stream of events out.

A scanner is a generator. It runs in a child process of its own (scanners/worker.py), so it may be slow, may hold
the interpreter lock, and may be killed at any moment: it must leave nothing behind that its parent can't remove.
It yields often (at least once a second of work), because a stop is noticed between two events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hostward.domain.finding import MalwareFinding, NotScanned, ScanStats
from hostward.domain.module import Module
from hostward.domain.options import Options
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine as a scanner sees it.

    root: "/" for this machine, another folder for another root file system (nothing of this machine is mixed in).
    work: a private scratch folder that the caller makes and removes; downloads go there.
    policies: baseline policies to judge by in place of the built-in ones (local scans only).
    own_paths: Hostward's own folders (program, data), left out of malware scans of this machine.
    """

    root: Path = Path("/")
    work: Path
    own_paths: tuple[Path, ...] = ()
    policies: tuple[Path, ...] = ()

    @property
    def is_this_machine(self) -> bool:
        """True when commands, /proc and the running kernel may be asked about."""
        return self.root == Path("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to do: the module's options (domain/options.py) and what the server knows that the host does not.

    covered: ecosystems for which the server has advisory data, each with its release ("Debian:12"): a host whose own
    is among them need not fetch changelogs.
    """

    options: Options
    covered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Share of the work done so far, 0.0 to 1.0, never falling; doing: a few words in English ("reading packages")."""

    done: float
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Degraded:
    """Something could not be judged; the scan goes on.

    reason is shown to people: "3 files not fully scanned: encrypted".
    """

    reason: str


Item = MalwareFinding | NotScanned | ScanStats | Package | Evidence | HostFacts | Restart | Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Results, in batches of at most 500; every item belongs to the scanner's own module."""

    items: tuple[Item, ...] = field(default=())


Event = Progress | Degraded | Found


class ScanFailed(Exception):
    """The module can't give any result on this host; the message says why and what to do."""


class Scanner(Protocol):
    """One module's scanner."""

    module: Module

    def scan(self, job: Job, host: Host) -> Iterator[Event]:
        """Scan and yield what is found; returning ends the scan as judged. Raises ScanFailed."""
        ...
