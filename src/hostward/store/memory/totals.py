"""All that is stored in a few numbers, in memory."""

from collections import Counter
from datetime import datetime

from hostward.domain.module import Module
from hostward.store.machine_rules import NOBODY
from hostward.store.memory.state import State
from hostward.usecases.total_ports import UNIT_STATES, Totals


class MemoryTotals:
    """ports.CountsTotals."""

    def __init__(self, state: State) -> None:
        self._state = state

    def count(self, *, heard_after: datetime) -> Totals:
        """Everything that is stored."""
        seen = [one.last_seen for one in self._state.machines.values() if one.account != NOBODY]
        tasks = self._state.tasks.values()
        units: Counter[tuple[Module, str]] = Counter()
        for task in tasks:
            units.update({(task.module, place): getattr(task.tally, place) for place in UNIT_STATES})
        return Totals(
            machines=len(seen),
            online=sum(at is not None and at > heard_after for at in seen),
            tasks=Counter((task.module, task.state) for task in tasks),
            units=units,
        )
