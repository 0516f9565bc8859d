"""A spool that is held to its word: what it said is on the disk is there after a crash, until the server has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hostward.agent.lease import Recovered
from hostward.agent.spool import Spool
from hostward.protocol.report import Batch, End
from simulation.disk import SimulatedDisk

WHOLE = -1
"""Stands for a lease's End among the numbers of its batches."""


@dataclass(slots=True)
class Promised:
    """What the processes of one machine were told is durable: numbers of batches (WHOLE: the End) of each lease."""

    kept: dict[int, set[int]] = field(default_factory=dict)


class WatchedSpool(Spool):
    """promised: outlives the process. given_up: called with a lease whose End was durable when it is discarded."""

    def __init__(
        self, path: Path, *, limit: int, disk: SimulatedDisk, promised: Promised, given_up: Callable[[int], None],
        lost: Callable[[int, set[int]], None],
    ) -> None:  # fmt: skip
        super().__init__(path, limit=limit, disk=disk)
        self._promised = promised
        self._given_up = given_up
        self._lost = lost
        self._simulated = disk

    def open(self) -> list[Recovered]:
        """See Spool. Tells of what was promised and is not there, unless the disk can't be read now."""
        found = super().open()
        if not self._simulated.unreadable:
            for lease, numbers in self._promised.kept.items():
                if missing := numbers - self._found(lease):
                    self._lost(lease, missing)
        return found

    def add(self, lease: int, item: Batch | End) -> int:
        """See Spool."""
        size = super().add(lease, item)
        number = item.seq if isinstance(item, Batch) else WHOLE
        self._promised.kept.setdefault(lease, set()).add(number)
        return size

    def forget(self, lease: int, acked: int) -> None:
        """See Spool."""
        numbers = self._promised.kept.get(lease, set())
        numbers -= {number for number in numbers if 0 <= number < acked}
        super().forget(lease, acked)

    def discard(self, lease: int) -> None:
        """See Spool."""
        numbers = self._promised.kept.pop(lease, set())
        if WHOLE in numbers:
            self._given_up(lease)
        super().discard(lease)

    def _found(self, lease: int) -> set[int]:
        folder = self._folders.get(lease)
        if folder is None:
            return set()
        places: Mapping[int, object] = folder.places
        return set(places) | ({WHOLE} if folder.end is not None else set())
