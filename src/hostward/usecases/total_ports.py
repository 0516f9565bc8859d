"""All that is stored in a few numbers, over every account: for whoever watches the server, never for its users."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hostward.domain.module import Module
from hostward.domain.task import ScanState

UNIT_STATES = (
    *("pending", "leased", "running", "stopping", "ok", "offline", "timeout", "failed", "too_old", "stopped"),
)
"""What one machine's part of a task can be, as Tally counts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Machines, those heard of lately, tasks by state, and machines of tasks by one of UNIT_STATES.

    What there is none of is left out of the mappings, or is 0.
    """

    machines: int
    online: int
    tasks: Mapping[tuple[Module, ScanState], int]
    units: Mapping[tuple[Module, str], int]


class CountsTotals(Protocol):
    """Sums the counts that are kept with the tasks; no machine of a task is looked at."""

    def count(self, *, heard_after: datetime) -> Totals:
        """Everything that is stored. heard_after: machines heard of later than this are online."""
        ...
