"""What an export is, and what is needed of the place where exports are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Final, Protocol

from hostward.domain.account import User
from hostward.domain.ids import AccountId, UserId

LIFE: Final = timedelta(hours=24)
"""How long an export is kept."""

MOST_KEPT: Final = 20
"""Exports of one account: a new one takes the place of the oldest that is not being made."""

MOST_PENDING: Final = 5
"""Exports of one account that are being made or wait for it."""

Cell = str | int
Row = Sequence[Cell]


class Status(StrEnum):
    """How far an export is; the words are the API's."""

    PENDING = "PENDING"
    FINISHED = "FINISHED"
    ERROR = "ERROR"


class Format(StrEnum):
    """The files of an export, both with the same rows; the words are the endings of their names."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One export. id: 32 hexadecimal digits. user, tags: whom it was made for, and what they were limited to then.

    name: of its files, without the ending; plain ASCII.
    """

    id: str
    account: AccountId
    user: UserId
    tags: tuple[str, ...]
    name: str
    created: datetime
    status: Status = Status.PENDING

    def is_for(self, user: User) -> bool:
        """Whether the user may have it: who asked for it, as long as they may still see the same machines."""
        return (self.account, self.user, self.tags) == (user.account, user.id, user.tags)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return now >= self.created + LIFE

    def file_name(self, kind: Format) -> str:
        """What a file of it is called where it is downloaded."""
        return f"{self.name}.{kind}"

    def ended(self, status: Status) -> "Export":
        """The export once nobody works at it any more."""
        return replace(self, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is written: a header, and rows as they come, each as long as the header. title: of the sheet."""

    title: str
    header: Row
    rows: Iterable[Row]


class Shelf(Protocol):
    """Keeps exports and their files. Safe to be used by several threads."""

    def begin(self, export: Export) -> None:
        """Keep a new one, which is PENDING. Raises Conflict when its account has MOST_PENDING of those already."""
        ...

    def get(self, export: str, now: datetime) -> Export | None:
        """An export by its id; None for one that never was, or whose time has passed."""
        ...

    def write(self, export: Export, table: Table) -> None:
        """Write its files, in every format. Raises OSError, and whatever the rows raise."""
        ...

    def end(self, export: Export) -> None:
        """Keep its status; files of one that failed are removed."""
        ...

    def open(self, export: Export, kind: Format) -> BinaryIO:
        """One of the files of a FINISHED one, to be read and closed by the caller. Raises OSError."""
        ...

    def sweep(self, now: datetime) -> None:
        """Remove exports whose time has passed."""
        ...
