"""Statements written once in SQLAlchemy Core and run on the driver itself.

A Prepared statement is compiled once a dialect. Its text then goes straight to sqlite3 or psycopg, which saves most
of Core's cost on each execution; what has no fixed shape (lists of values, filters) is run by Core.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import ClauseElement, Connection, Insert, Select, func
from sqlalchemy.engine import Dialect

T = TypeVar("T")
R = TypeVar("R", bound=NamedTuple)
Value = int | str | bytes | float | None
Row = tuple[Any, ...]
"""One row as the driver gives it: the statement says what is in it."""

CHUNK = 500
"""Values in one IN list: far below SQLite's 32,766 variables, and few enough shapes for Core's cache."""

STEPS = (64, 16, 4, 1)
"""Rows of one step of an insert: few shapes, so that the driver keeps them all prepared."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's text in one dialect, the names of its parameters in order, and the values that it brings along."""

    text: str
    names: tuple[str, ...] | None
    fixed: dict[str, Value]

    def arguments(self, values: Mapping[str, Value]) -> Any:
        """The values as the driver wants them. Raises KeyError for one that is missing."""
        merged = {**self.fixed, **values} if self.fixed else values
        return merged if self.names is None else [merged[name] for name in self.names]


class Prepared:
    """A Core statement of fixed shape: no IN lists, all varying values named by bindparam()."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Compiled:
        """The statement in this dialect."""
        try:
            return self._compiled[dialect.name]
        except KeyError:
            return self._compiled.setdefault(dialect.name, self._compile(dialect))

    def _compile(self, dialect: Dialect) -> Compiled:
        compiled: Any = self._statement.compile(dialect=dialect)
        fixed = {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}
        names = tuple(compiled.positiontup) if compiled.positional else None
        return Compiled(text=compiled.string, names=names, fixed=fixed)


class AtOnce(Generic[R]):
    """A query of whole numbers and texts, whose rows, sorted and each of this kind, SQLite gives in one step.

    The driver lets go of the interpreter's lock and takes it again for every row: a hundred times for a page, and each
    time waits for its turn while the server is busy (bench/flood.py). So SQLite writes the rows as one JSON text, which
    is read in one go. PostgreSQL's driver waits once a query anyway.
    """

    __slots__ = ("_decoder", "_json", "_make", "_rows")

    def __init__(self, query: Select[Any], kind: type[R]) -> None:
        row = func.json_array(*query.selected_columns)
        self._json = Prepared(query.with_only_columns(func.json_group_array(row), maintain_column_froms=True))
        self._rows = Prepared(query)
        self._decoder = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]  # a type known when it is made
        self._make: Any = partial(tuple.__new__, kind)  # kind._make without its check of the length

    def on(self, dialect: Dialect) -> Compiled:
        """The statement that is run in this dialect."""
        return (self._json if dialect.name == "sqlite" else self._rows).on(dialect)

    def rows(self, session: "Session", values: dict[str, Value]) -> list[R]:
        """The rows in this session's database."""
        if session.dialect.name == "sqlite":
            ((text,),) = session.rows(self._json, **values)
            rows: list[R] = self._decoder.decode(text)
        else:
            rows = list(map(self._make, session.rows(self._rows, **values)))
        rows.sort()  # an aggregate promises no order; those that are sorted already cost next to nothing
        return rows


class Cursor(Protocol):
    """What both drivers' cursors can do."""

    @property
    def rowcount(self) -> int:
        """Rows that the last statement changed."""
        ...

    def execute(self, text: str, values: Any) -> object:
        """Run a statement."""
        ...

    def executemany(self, text: str, values: Sequence[Any]) -> object:
        """Run a statement for each of the values."""
        ...

    def fetchall(self) -> Sequence[Row]:
        """All rows left."""
        ...


class Session:
    """A connection inside a transaction that somebody else begins and ends."""

    __slots__ = ("_connection", "_cursor", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: Cursor = connection.connection.cursor()
        self.dialect = connection.dialect

    def rows(self, statement: Prepared, **values: Value) -> Sequence[Row]:
        """All rows of a query."""
        return self._run(statement, values).fetchall()

    def at_once(self, query: AtOnce[R], **values: Value) -> list[R]:
        """All rows of a query that is taken in one step."""
        return query.rows(self, values)

    def row(self, statement: Prepared, **values: Value) -> Row | None:
        """The first row of a query (or of a RETURNING), None when there is none."""
        rows = self._run(statement, values).fetchall()
        return rows[0] if rows else None

    def run(self, statement: Prepared, **values: Value) -> int:
        """Change something; returns how many rows were changed."""
        return self._run(statement, values).rowcount

    def many(self, statement: Prepared, values: Sequence[Mapping[str, Value]]) -> None:
        """Run a change for each of the values."""
        if values:
            compiled = statement.on(self.dialect)
            self._cursor.executemany(compiled.text, [compiled.arguments(each) for each in values])

    def insert(self, statement: Prepared, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Run an insert for each of the rows, whose values are in the order of these names.

        Into SQLite many rows go in one step: its driver gives the interpreter's lock back at each, and while the server
        is busy waits milliseconds to have it again. PostgreSQL's driver sends them together anyway.
        """
        compiled = statement.on(self.dialect)
        if compiled.names != names:
            self.many(statement, [dict(zip(names, row, strict=True)) for row in rows])
            return
        first = 0
        for step in STEPS:
            text = _rows_at_once(compiled.text, step)
            while len(rows) - first >= step:
                self._cursor.execute(text, list(chain.from_iterable(rows[first : first + step])))
                first += step

    def select(self, query: Select[Any]) -> list[Row]:
        """All rows of a query that has no fixed shape."""
        return [tuple(row) for row in self._connection.execute(query)]

    def change(self, statement: Insert) -> None:
        """Run a change that has no fixed shape."""
        self._connection.execute(statement)

    def _run(self, statement: Prepared, values: dict[str, Value]) -> Cursor:
        compiled = statement.on(self.dialect)
        self._cursor.execute(compiled.text, compiled.arguments(values))
        return self._cursor


@cache
def _rows_at_once(text: str, rows: int) -> str:
    """An insert of one row as one of so many."""
    head, _, values = text.rpartition("VALUES ")
    return f"{head}VALUES {', '.join([values] * rows)}"


def in_chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most size."""
    chunk: list[T] = []
    for value in values:
        chunk.append(value)
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
