"""Connections that an embedded store reads on: kept, shared out one at a time, never left inside a transaction."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from hostward.store.engine import sqlite_engine
from hostward.store.readers import KeptReaders

PATIENCE = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of one table with one row."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE t (n INTEGER)")
        made.execute("INSERT INTO t VALUES (1)")
        made.commit()
    return path


@pytest.fixture
def readers(path: Path) -> Iterator[KeptReaders]:
    """Two connections at most."""
    engine = sqlite_engine(path, writes=False, connections=2, begins=False)
    made = KeptReaders(engine, 2)
    yield made
    made.close()
    engine.dispose()


def numbers(connection) -> list[int]:
    """The rows of the table."""
    return [row[0] for row in connection.execute(text("SELECT n FROM t ORDER BY n"))]


def add(path: Path, number: int) -> None:
    """Another process adds a row."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO t VALUES (?)", (number,))
        other.commit()


def test_a_read_sees_one_moment_and_the_next_one_what_is_new(readers: KeptReaders, path: Path) -> None:
    """Although both have the same connection."""
    with readers.snapshot() as first:
        assert numbers(first) == [1]
        add(path, 2)
        assert numbers(first) == [1]
    with readers.snapshot() as second:
        assert numbers(second) == [1, 2]
    assert second is first


def test_an_exception_ends_the_transaction_too(readers: KeptReaders, path: Path) -> None:
    """The connection is as good as before."""

    def failing() -> None:
        with readers.snapshot() as connection:
            used.append((connection, numbers(connection)))
            raise ZeroDivisionError

    used: list = []
    with pytest.raises(ZeroDivisionError):
        failing()
    add(path, 2)
    with readers.snapshot() as second:
        assert (numbers(second), second is used[0][0]) == ([1, 2], True)


def test_two_that_read_at_once_have_a_connection_each(readers: KeptReaders) -> None:
    """The one that was used last is taken first."""
    with readers.snapshot() as first:
        with readers.snapshot() as second:
            assert first is not second
    with readers.snapshot() as again:
        assert again is first


def test_a_third_waits_for_one_of_the_two(readers: KeptReaders) -> None:
    """It is served as soon as one is free, not after a timeout."""
    seen: list[list[int]] = []

    def third() -> None:
        with readers.snapshot() as connection:
            seen.append(numbers(connection))

    thread = threading.Thread(target=third)
    with readers.snapshot():
        with readers.snapshot():
            thread.start()
            thread.join(0.05)
            assert seen == []
        thread.join(PATIENCE)
        assert seen == [[1]]


def test_a_connection_that_fails_is_not_used_again(readers: KeptReaders) -> None:
    """Its place is free for a new one, each time."""
    for _ in range(3):
        with pytest.raises(sqlite3.ProgrammingError), readers.snapshot() as broken:
            broken.connection.driver_connection.close()
    with readers.snapshot() as first, readers.snapshot() as second:
        assert (numbers(first), numbers(second)) == ([1], [1])


def test_nothing_can_be_written(readers: KeptReaders) -> None:
    """As on every connection of readers."""
    with pytest.raises(Exception, match="readonly"), readers.snapshot() as connection:
        connection.execute(text("INSERT INTO t VALUES (3)"))


def test_a_connection_that_comes_back_after_the_end_is_closed(path: Path) -> None:
    """A read under way does not fail."""
    engine = sqlite_engine(path, writes=False, connections=2, begins=False)
    readers = KeptReaders(engine, 2)
    with readers.snapshot() as connection:
        readers.close()
        assert numbers(connection) == [1]
    assert connection.closed
    engine.dispose()
