"""What the loop is told: answers to its requests, words of its workers, and how its spool fares."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from hostward.protocol.job import Work
from hostward.protocol.report import Answer, Row


class Trouble(Enum):
    """Why a request failed, as far as the agent acts differently."""

    NETWORK = "network"
    """No answer, or one that says nothing (5xx, not JSON)."""
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    STALE = "stale"
    TOO_OLD = "too old"
    BUSY = "busy"
    REFUSED = "refused"
    """The server will never take this message (other 4xx)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The server knows this agent's key now."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened:
    """A session and its pace, in seconds; hold 0: the server does not hold polls."""

    request: int
    expires_in: float
    hold: float
    heartbeat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCame:
    """A poll was answered."""

    request: int
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A report was answered."""

    request: int
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A request failed. retry_after: seconds the server asked for, None when it did not; message: for people."""

    request: int
    trouble: Trouble
    message: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsFound:
    """A worker found something; size in bytes, as it will travel."""

    lease: int
    rows: Sequence[Row]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A worker got further: 0.0 to 1.0, and what it does."""

    lease: int
    done: float
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """A worker could not judge something."""

    lease: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEnded:
    """A worker and all its children are gone. failure: "" when it came to its end, else why it did not."""

    lease: int
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """Batch seq of this lease (None: its End) is on the disk; size in bytes."""

    lease: int
    seq: int | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolFailed:
    """What was to be spooled last for this lease could not be written."""

    lease: int
    why: str


Event = (
    Tick
    | Enrolled
    | SessionOpened
    | WorkCame
    | Answered
    | Failed
    | RowsFound
    | Stepped
    | Doubted
    | WorkEnded
    | Spooled
    | SpoolFailed
)
