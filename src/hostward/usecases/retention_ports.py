"""What is kept no longer than it must: old tasks, and results that nothing shows any more. Of all accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hostward.domain.ids import LeaseId, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How much there is to remove: tasks, their machines, and leases with what was reported under them."""

    tasks: int
    machines: int
    leases: int


class Retention(Protocol):
    """Removes what nobody asks for any more, in steps that are small enough to stand between two agents' reports.

    What is a machine's own (its current results) is never removed, nor the newest task of a module of an account, nor
    a task with a machine that is not final.
    """

    def weigh(self, before: datetime, unshown_before: datetime) -> Weight:
        """What removing would come to.

        Tasks that ended before this time; leases of theirs, and those given before unshown_before that nothing shows.
        """
        ...

    def old_tasks(self, before: datetime, limit: int) -> Sequence[TaskId]:
        """Tasks that ended before this time and may go, oldest first."""
        ...

    def remove(self, task: TaskId, before: datetime) -> bool:
        """The task is gone for whoever asks; sweep() removes what it leaves. False when it may not go after all."""
        ...

    def sweep(self, limit: int) -> int:
        """Remove at most so many leases or machines that removed tasks left. Returns how many: 0 when nothing is."""
        ...

    def unshown(self, after: LeaseId, before: datetime, limit: int) -> tuple[LeaseId | None, Sequence[LeaseId]]:
        """Looks at so many leases above `after` that were given before this time.

        Returns the last one looked at (None when there are no more), and those among them whose results nothing shows:
        no task has them as a machine's, and they are not a machine's own.
        """
        ...

    def forget(self, leases: Sequence[LeaseId]) -> int:
        """Remove those of the leases that nothing shows (still), with what was reported. Returns how many."""
        ...
