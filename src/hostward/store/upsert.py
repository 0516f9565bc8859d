"""Insert or change: the one statement that the two dialects have in classes of their own."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from hostward.store.session import Prepared

New = ReadOnlyColumnCollection[str, Any]
"""The columns of the row that could not be inserted."""
Upsert = Callable[[str], Prepared]
"""A dialect's name to the statement in it."""


def upserting(table: Table, *, key: Sequence[str], change: Callable[[New], Mapping[str, ColumnElement[Any]]]) -> Upsert:
    """An insert that changes the row it meets. key: the columns that are unique. Parameters are the columns' names."""

    @cache
    def on(dialect: str) -> Prepared:
        match dialect:
            case "sqlite":
                lite = sqlite.insert(table)
                return Prepared(lite.on_conflict_do_update(index_elements=key, set_=change(lite.excluded)))
            case "postgresql":
                post = postgresql.insert(table)
                return Prepared(post.on_conflict_do_update(index_elements=key, set_=change(post.excluded)))
            case _:
                raise LookupError(f"no upsert for {dialect}")

    return on


def adding(table: Table, *, key: Sequence[str]) -> Upsert:
    """An insert that leaves the row it meets as it is (and then changes none)."""

    @cache
    def on(dialect: str) -> Prepared:
        match dialect:
            case "sqlite":
                return Prepared(sqlite.insert(table).on_conflict_do_nothing(index_elements=key))
            case "postgresql":
                return Prepared(postgresql.insert(table).on_conflict_do_nothing(index_elements=key))
            case _:
                raise LookupError(f"no upsert for {dialect}")

    return on


def adding_from(table: Table, names: Sequence[str], query: Select[Any], *, key: Sequence[str], dialect: str) -> Insert:
    """The same of all rows of a query, which gives the columns of these names and needs a WHERE (SQLite's parser)."""
    match dialect:
        case "sqlite":
            return sqlite.insert(table).from_select(names, query).on_conflict_do_nothing(index_elements=key)
        case "postgresql":
            return postgresql.insert(table).from_select(names, query).on_conflict_do_nothing(index_elements=key)
        case _:
            raise LookupError(f"no insert for {dialect}")
