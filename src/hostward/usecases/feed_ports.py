"""How feeds are renewed by this server, as a Protocol: a part of usecases/ports.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """A feed that can be renewed. address: where it is published. usual: renewed where none are named."""

    name: str
    address: str
    usual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedJob:
    """The renewal that runs, or the last one. feed: the one at work, "" for none. total 0: there was none yet.

    failed: feeds that kept their old data. problem: why the last of those did, "" for none.
    """

    running: bool = False
    feed: str = ""
    done: int = 0
    total: int = 0
    imported: int = 0
    failed: int = 0
    problem: str = ""
    began: datetime | None = None
    ended: datetime | None = None


class FeedWork(Protocol):
    """Renews feeds, one job at a time."""

    def sources(self) -> Sequence[FeedSource]:
        """All that can be renewed."""
        ...

    def every(self) -> timedelta | None:
        """How often each is renewed without being asked, None for never."""
        ...

    def job(self) -> FeedJob:
        """How far it is."""
        ...

    def start(self, names: Sequence[str]) -> int:
        """Begin to renew the feeds with these names, the configured ones for none; returns how many they are.

        Returns at once. Raises InvalidValue for a name that no feed has, Conflict while feeds are renewed or imported.
        """
        ...
