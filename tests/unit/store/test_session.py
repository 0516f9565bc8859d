"""Prepared statements, and values in chunks."""

from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, bindparam, column, select, table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from hostward.store.engine import sqlite_engine
from hostward.store.session import AtOnce, Prepared, Session, in_chunks

THING = table("thing", column("a"), column("b"))
BY_A = Prepared(select(THING.c.b).where(THING.c.a == bindparam("which"), THING.c.b > 5).limit(3))
LITE = sqlite.dialect(paramstyle="qmark")  # type: ignore[no-untyped-call]  # SQLAlchemy's own
POST = psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def test_values_stand_in_the_order_of_the_text() -> None:
    """Those that the statement brings along are among them."""
    compiled = BY_A.on(LITE)
    assert (compiled.text.count("?"), compiled.arguments({"which": 1})[:2]) == (4, [1, 5])


def test_values_are_named_where_the_driver_wants_names() -> None:
    """The same statement in PostgreSQL's dialect."""
    arguments = BY_A.on(POST).arguments({"which": 1})
    assert (arguments["which"], sorted(arguments.values())) == (1, [1, 3, 5])


@pytest.mark.parametrize("values", [{}, {"whihc": 1}])
def test_a_missing_value_is_an_error(values: dict[str, int]) -> None:
    """A misspelt name never becomes NULL."""
    with pytest.raises(KeyError, match="which"):
        BY_A.on(LITE).arguments(values)


def test_a_statement_is_compiled_once_for_each_dialect() -> None:
    """The text is kept."""
    assert BY_A.on(LITE) is BY_A.on(LITE)
    assert BY_A.on(LITE).text != BY_A.on(POST).text


@pytest.mark.parametrize(
    ("size", "expected"), [(1, [[0], [1], [2], [3], [4]]), (2, [[0, 1], [2, 3], [4]]), (5, [[0, 1, 2, 3, 4]])]
)
def test_values_come_in_chunks(size: int, expected: list[list[int]]) -> None:
    """The last one may be shorter, none is empty."""
    assert list(in_chunks(range(5), size)) == expected


def test_no_values_are_no_chunks() -> None:
    """Nothing is asked for then."""
    assert list(in_chunks([])) == []


def small(connection: Connection) -> Session:
    """A session on a database with one small table."""
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS thing (a, b)")
    return Session(connection)


def test_a_session_runs_one_for_many(tmp_path: Path) -> None:
    """No values are no statement."""
    add = Prepared(THING.insert().values(a=bindparam("a"), b=bindparam("b")))
    engine = sqlite_engine(tmp_path / "x.db", writes=True, connections=1)
    with engine.begin() as connection:
        session = small(connection)
        session.many(add, [{"a": 1, "b": number} for number in range(9)])
        session.many(add, [])
        assert [row[0] for row in session.rows(BY_A, which=1)] == [6, 7, 8]
        assert session.row(BY_A, which=2) is None
    engine.dispose()


def test_readers_can_not_write(tmp_path: Path) -> None:
    """A read that tries to change something fails instead."""
    path = tmp_path / "x.db"
    writing, reading = (sqlite_engine(path, writes=writes, connections=1) for writes in (True, False))
    with writing.begin() as connection:
        small(connection)
    with reading.begin() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 2)")
    for engine in (writing, reading):
        engine.dispose()


def test_a_writers_connection_is_durable(tmp_path: Path) -> None:
    """Commits are synced before they are answered: FULL is 2 (SQLite's documentation of PRAGMA synchronous)."""
    engine = sqlite_engine(tmp_path / "x.db", writes=True, connections=1)
    with engine.begin() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    engine.dispose()
    assert settings == ["wal", 2]


class Thing(NamedTuple):
    """A row of the small table."""

    a: int
    b: str


def test_rows_taken_at_once_are_those_of_the_query(tmp_path: Path) -> None:
    """Whatever is in the texts: quotes, signs of control, and what lies beyond 16 bits; sorted, whatever the plan."""
    texts = ['"', "\\", "\x01\x1f\u2028", "\U0001f600", "", "[1,2]", "\ufffd"]
    engine = sqlite_engine(tmp_path / "things.db", writes=True, connections=1)
    with engine.connect() as connection:
        session = small(connection)
        things = [Thing(2**53 - number, text) for number, text in enumerate(texts)]
        for one in things:
            connection.exec_driver_sql("INSERT INTO thing VALUES (?, ?)", (one.a, one.b))
        query = AtOnce(select(THING.c.a, THING.c.b).where(THING.c.a > bindparam("above")), Thing)
        assert session.at_once(query, above=0) == sorted(things)
        assert session.at_once(query, above=2**53 - 1) == things[:1]
        assert session.at_once(query, above=2**53) == []
    engine.dispose()
