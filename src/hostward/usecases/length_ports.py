"""What the use cases need to know of how long scans took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hostward.domain.durations import Durations
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module


class ScanLengths(Protocol):
    """How long scans took, by account and module."""

    def history(self, account: AccountId, module: Module) -> Durations:
        """How long scans of the module took machines of the account."""
        ...

    def fade(self, account: AccountId, module: Module, *, scans: int) -> None:
        """Let older scans count for less, so that about so many are remembered; a class that is rare is kept."""
        ...

    def learn(self, account: AccountId, module: Module, took: timedelta) -> None:
        """A scan ended well after this long: it is counted in its class."""
        ...

    def at_work(self, task: TaskId) -> Sequence[tuple[datetime, int]]:
        """When each unit that holds a lease began, and its progress; at most progress.MOST_AT_WORK of them."""
        ...
