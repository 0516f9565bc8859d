"""The advisories a local scan judges with: those of a data directory, read beside whatever server uses it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from hostward.store.memory import MemoryStore
from hostward.store.open import DATABASE_FILE, read_sqlite
from hostward.usecases.ports import UnitOfWork

T = TypeVar("T")


def covered(data_dir: Path) -> Sequence[str]:
    """Ecosystems the data directory has advisories for; none when there is no database yet.

    Raises DataDirectoryError for a database that can't be used.
    """
    found = read(data_dir, lambda uow: [e for feed in uow.advisories.feeds() for e in feed.ecosystems])
    return sorted(set(found or ()))


def judged(data_dir: Path, work: Callable[[UnitOfWork], T]) -> T:
    """The work's answer over the advisories there are; over none when nothing is stored."""
    answer = read(data_dir, work)
    return MemoryStore().read_now(work) if answer is None else answer


def read(data_dir: Path, work: Callable[[UnitOfWork], T]) -> T | None:
    """The work's answer over what is stored, None when nothing is. It changes nothing and needs no lock."""
    if not (data_dir / DATABASE_FILE).exists():
        return None
    return read_sqlite(data_dir, work)
