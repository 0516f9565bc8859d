"""A step that came too late."""

from hostward.domain.errors import Conflict
from hostward.domain.host_scan import Unit


class Outdated(Conflict):
    """What a step began from is no longer what is stored: another transaction was first; trying anew helps."""


def outdated(before: Unit) -> Outdated:
    """The error for a step that began from this."""
    return Outdated(f"unit {before.task}/{before.seq} is no longer at revision {before.rev}: read it again")
