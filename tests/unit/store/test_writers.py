"""How writes share commits on SQLite, and are tried again on PostgreSQL."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from hostward.domain.errors import NotFound
from hostward.store import migrate
from hostward.store.engine import sqlite_engine
from hostward.store.group_writer import MAX_GROUP, GroupWriter
from hostward.store.outdated import Outdated
from hostward.store.retrying_writer import MAX_OUTDATED_TRIES, MAX_TRIES, RetryingWriter
from hostward.store.sealing import Sealer
from hostward.usecases.ports import UnitOfWork

SEALER = Sealer(bytes(32))
PATIENCE = 30


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new database."""
    made = sqlite_engine(tmp_path / "x.db", writes=True, connections=1)
    migrate.upgrade(made)
    yield made
    made.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[tuple[GroupWriter, list[str]]]:
    """A group writer, and a list of the commits it makes."""
    commits: list[str] = []
    event.listen(engine, "commit", lambda _connection: commits.append("commit"))
    writer = GroupWriter(engine, SEALER)
    writer.start()
    yield writer, commits
    writer.close()


def held(writer: GroupWriter) -> Callable[[], None]:
    """Keep the writer busy until the answer is called."""
    began, go = threading.Event(), threading.Event()

    def work(_uow: UnitOfWork) -> None:
        began.set()
        assert go.wait(PATIENCE)

    writer.submit(work)
    assert began.wait(PATIENCE)
    return go.set


def add(uow: UnitOfWork) -> int:
    """A small write."""
    return uow.accounts.add_account("a")


@pytest.mark.parametrize(("waiting", "commits"), [(1, 2), (MAX_GROUP, 2), (MAX_GROUP + 1, 3), (3 * MAX_GROUP, 4)])
def test_those_who_wait_share_a_commit(engine: Engine, waiting: int, commits: int) -> None:
    """At most 64 at a time, in the order in which they came."""
    with writing(engine) as (writer, made):
        go = held(writer)
        futures = [writer.submit(add) for _ in range(waiting)]
        go()
        numbers = [future.result(PATIENCE) for future in futures]
    assert (numbers, len(made)) == (list(range(1, waiting + 1)), commits)


def test_who_waits_is_counted(engine: Engine) -> None:
    """What has begun no longer waits."""
    with writing(engine) as (writer, _):
        go = held(writer)
        futures = [writer.submit(add) for _ in range(3)]
        assert writer.waiting == 3
        go()
        assert [future.result(PATIENCE) for future in futures] == [1, 2, 3]
        assert writer.waiting == 0


def test_nobody_is_answered_before_the_commit(engine: Engine) -> None:
    """A commit that fails is a failure of all that were in it, and nothing of them stays."""

    def no_room(_connection: object) -> None:
        raise OSError("disk full")

    writer = GroupWriter(engine, SEALER)
    writer.start()
    go = held(writer)
    futures = [writer.submit(add) for _ in range(3)]
    event.listen(engine, "commit", no_room)
    go()
    answers = [str(future.exception(PATIENCE)) for future in futures]
    event.remove(engine, "commit", no_room)
    assert (answers, writer.submit(add).result(PATIENCE)) == (["disk full"] * 3, 1)
    writer.close()


def test_a_full_disk_fails_who_writes_and_nobody_later(tmp_path: Path) -> None:
    """Who shared the commit is told so; the writer is at work for the next."""
    engine = sqlite_engine(tmp_path / "x.db", writes=True, connections=1)
    migrate.upgrade(engine)
    engine.dispose()

    def too_much(uow: UnitOfWork) -> int:
        return uow.accounts.add_account("a" * 10**6)

    def limit(connection: Any, _record: object) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={used + 2}").fetchone()

    event.listen(engine, "connect", limit)
    with writing(engine) as (writer, _):
        first = writer.submit(add).result(PATIENCE)
        go = held(writer)
        futures = [writer.submit(work) for work in (add, too_much, add)]
        go()
        answers = {str(future.exception(PATIENCE)) for future in futures}
        assert (first, answers, writer.submit(add).result(PATIENCE)) == (1, {"database or disk is full"}, 2)
    engine.dispose()


def test_work_that_is_cancelled_in_time_is_not_done(engine: Engine) -> None:
    """Whoever gave up while waiting changed nothing."""
    with writing(engine) as (writer, _):
        go = held(writer)
        given_up, kept = writer.submit(add), writer.submit(add)
        assert given_up.cancel()
        go()
        assert kept.result(PATIENCE) == 1


def test_a_caller_that_gives_up_on_an_event_loop_does_not_stop_the_writer(engine: Engine) -> None:
    """The others of its group are answered."""

    async def work(writer: GroupWriter) -> int:
        go = held(writer)
        queued = writer.submit(add)
        waiting = asyncio.wrap_future(queued)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0)
        assert queued.cancelled()
        kept = asyncio.wrap_future(writer.submit(add))
        go()
        return await kept

    with writing(engine) as (writer, _):
        assert asyncio.run(work(writer)) == 1


def test_what_was_queued_is_done_before_the_end(engine: Engine) -> None:
    """Closing waits for it."""
    with writing(engine) as (writer, _):
        go = held(writer)
        futures = [writer.submit(add) for _ in range(5)]
        go()
    assert [future.result(0) for future in futures] == [1, 2, 3, 4, 5]


def test_a_closed_writer_takes_nothing(engine: Engine) -> None:
    """Nor does one that was never started; closing again is no matter."""
    writer = GroupWriter(engine, SEALER)
    with pytest.raises(RuntimeError):
        writer.submit(add)
    writer.start()
    writer.close()
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(add)


class Refused(Exception):
    """An error of a driver with a SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class Wrapped(Exception):
    """The same as SQLAlchemy wraps it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.orig = Refused(sqlstate)


@pytest.fixture
def tried(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception, int], tuple[int, object]]:
    """How often work that fails so many times is tried, and what becomes of it."""
    monkeypatch.setattr("hostward.store.retrying_writer.time.sleep", lambda _seconds: None)

    def run(problem: Exception, failures: int) -> tuple[int, object]:
        tries: list[int] = []

        def work(uow: UnitOfWork) -> int:
            tries.append(add(uow))
            if len(tries) <= failures:
                raise problem
            return tries[-1]

        writer = RetryingWriter(engine, SEALER, 1)
        future: Any = writer.submit(work)
        writer.close()
        return len(tries), future.exception() or future.result()

    return run


@pytest.mark.parametrize(
    "problem", [Refused("40001"), Refused("40P01"), Wrapped("40001"), Wrapped("23505"), Outdated("too late")]
)
def test_work_that_met_others_is_tried_again(tried: Any, problem: Exception) -> None:
    """From its beginning, in a new transaction: nothing of the first try is left."""
    assert tried(problem, 2) == (3, 1)


@pytest.mark.parametrize(
    ("problem", "tries"),
    [
        (Refused("40001"), MAX_TRIES),
        (Outdated("too late"), MAX_OUTDATED_TRIES),
        (Refused("23503"), 1),
        (NotFound("no"), 1),
        (ZeroDivisionError(), 1),
    ],
)
def test_work_that_fails_on_is_given_up(tried: Any, problem: Exception, tries: int) -> None:
    """After so many tries, with its own exception; what has nothing to do with others is not tried again."""
    assert tried(problem, 99) == (tries, problem)
