"""Ids from one table of counters: they rise, and a number once seen was never given before."""

from sqlalchemy import bindparam, update

from hostward.store.session import Prepared, Session
from hostward.store.tables import counter

NAMES = (
    *("account", "delivery", "edition", "ignore_rule", "label", "lease", "machine", "package", "request_batch"),
    *("schedule", "task", "user", "vul", "webhook"),
)
"""All counters; each starts at 0, so that the first id is 1."""

_TAKE = Prepared(
    update(counter)
    .where(counter.c.name == bindparam("which"))
    .values(value=counter.c.value + bindparam("many"))
    .returning(counter.c.value)
)


def take(session: Session, name: str, many: int = 1) -> int:
    """The first of so many new ids in a row. Whoever takes next waits until this transaction has ended."""
    row = session.row(_TAKE, which=name, many=many)
    if row is None:
        raise LookupError(f"no counter {name}")
    return int(row[0]) - many + 1
