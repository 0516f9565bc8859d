"""A vulnerability on a machine over time: when it was first seen, when and why it was gone, whether it came back.

Nothing of it is stored as such. It follows from two spans: how long a package version was installed (and counted), and
how long advisories spoke of that version. Spans are half-open: a package that is replaced at the moment at which an
equally vulnerable one comes leaves no gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import EventId, MachineId, VulId

VULS = 1 << 29
"""Vulnerabilities there can be: machine * 2**29 + vul stays below 2**53 (JSON numbers are doubles)."""
MACHINES = 1 << 24


class EventStatus(StrEnum):
    """Is the vulnerability there now?"""

    PRESENT = "present"
    FIXED = "fixed"


class Cause(StrEnum):
    """Why it is not there any more: its package is gone or counts no more, or no advisory speaks of it now."""

    PACKAGE = "package"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Span:
    """since <= t < until; until None: it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """How long one package version brought a vulnerability. cause: why no longer, None while it lasts."""

    since: datetime
    until: datetime | None
    cause: Cause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The last time without a gap during which a vulnerability was on a machine.

    first_seen: its begin. fixed and cause: its end, None while it lasts. reopened: it had been gone before, from
    a time that began at oldest.
    """

    oldest: datetime
    first_seen: datetime
    fixed: datetime | None
    cause: Cause | None
    reopened: bool


def event_id(machine: MachineId, vul: VulId) -> EventId:
    """The number of a vulnerability on a machine. Raises InvalidValue where it would not fit into 53 bits."""
    if not (0 <= machine < MACHINES and 0 <= vul < VULS):
        raise InvalidValue(f"vulnerability {vul} on machine {machine} has no number: at most {MACHINES} and {VULS}")
    return EventId(machine * VULS + vul)


def event_parts(event: EventId) -> tuple[MachineId, VulId]:
    """The machine and the vulnerability of an event's number. Raises InvalidValue for one that can't be."""
    if not 0 <= event < MACHINES * VULS:
        raise InvalidValue(f"event {event} can't be: numbers are below {MACHINES * VULS}")
    return MachineId(event // VULS), VulId(event % VULS)


def stay_of(installed: Span, advised: Span) -> Stay | None:
    """The time that two spans share, None when they share none."""
    since = max(installed.since, advised.since)
    ends = [span.until for span in (installed, advised) if span.until is not None]
    until = min(ends) if ends else None
    if until is None:
        return Stay(since, None, None)
    cause = Cause.PACKAGE if installed.until == until else Cause.ADVISORY
    return Stay(since, until, cause) if since < until else None


def history_of(stays: Iterable[Stay]) -> History:
    """What became of a vulnerability that these package versions brought. There must be at least one stay."""
    ordered = sorted(stays, key=lambda stay: stay.since)
    first, end, reopened = ordered[0].since, ordered[0].until, False
    for stay in ordered[1:]:
        if end is not None and stay.since > end:
            first, end, reopened = stay.since, stay.until, True
        elif end is not None and (stay.until is None or stay.until > end):
            end = stay.until
    causes = {stay.cause for stay in ordered if stay.until == end}
    cause = None if end is None else Cause.PACKAGE if Cause.PACKAGE in causes else Cause.ADVISORY
    return History(oldest=ordered[0].since, first_seen=first, fixed=end, cause=cause, reopened=reopened)
