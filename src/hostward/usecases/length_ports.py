"""What the use cases need to know of how long scans took."""

from datetime import timedelta
from typing import Protocol

from hostward.domain.durations import Durations
from hostward.domain.ids import AccountId
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
