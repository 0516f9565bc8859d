"""What must not be given twice after a database went back in time."""

from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, update

from hostward.store.engine import sqlite_engine
from hostward.store.tables import counter

JUMP: Final = 1 << 32
"""Leases that may have been given after the backup was made: agents still hold some, and a new lease must be none of
those, else a report of lost work would be taken for the new one's. 2**21 restores fit below 2**53.
"""

_JUMP = update(counter).where(counter.c.name == "lease").values(value=counter.c.value + bindparam("more"))


def jump(database: Path) -> None:
    """Let the numbers of leases go on far above any that was ever given."""
    engine = sqlite_engine(database, writes=True, connections=1)
    try:
        with engine.begin() as connection:
            connection.execute(_JUMP, {"more": JUMP})
    finally:
        engine.dispose()
