"""What the loop wants done. Each request is answered by exactly one event that names it."""

from dataclasses import dataclass

from hostward.protocol.job import Job, Poll
from hostward.protocol.report import Batch, End


@dataclass(frozen=True, slots=True, kw_only=True)
class Enroll:
    """Make this agent's key known."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Prove who speaks; later requests use the session that comes of it."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask for work."""

    request: int
    poll: Poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Report on a lease: the spooled batches first .. last-1, how far it is, and its spooled End if with_end."""

    request: int
    lease: int
    first: int
    last: int
    done: float
    doing: str
    with_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start a worker."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """End a worker and all its children, within a second; its WorkEnded follows."""

    lease: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Stop reading what a worker says (it waits), or go on."""

    lease: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """Put this on the disk for good; Spooled or SpoolFailed follows, unless the lease is discarded before."""

    lease: int
    item: Batch | End


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Batches below acked are the server's: their space may be used again."""

    lease: int
    acked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Nothing spooled for this lease is needed any more."""

    lease: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the operator of this host should read."""

    text: str


Effect = Enroll | OpenSession | Ask | Send | Start | Kill | Hold | Spool | Forget | Discard | Notice
