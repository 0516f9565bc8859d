"""What tables are made of, in the words of both databases."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""64 bits; SQLite's INTEGER is, and only that word makes a key its row id."""

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point in both databases, whatever the server's language."""

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_name)s_unique",
    "pk": "%(table_name)s_key",
}

metadata = MetaData(naming_convention=NAMES)


def number(name: str, *, null: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, NUMBER, nullable=null, autoincrement=False)


def words(name: str) -> Column[str]:
    """A column of texts."""
    return Column(name, WORDS, nullable=False)


def raw(name: str, *, null: bool = False) -> Column[bytes]:
    """A column of bytes."""
    return Column(name, LargeBinary, nullable=null)


def table(name: str, key: str, *columns: Column[Any] | UniqueConstraint | Index, fill: int = 100) -> Table:
    """A table with this primary key (names with spaces between); without a row id of its own in SQLite."""
    options: dict[str, Any] = {} if fill == 100 else {"postgresql_with": {"fillfactor": fill}}
    names = key.split()
    rowid = len(names) == 1 and any(c.name == key and c.type is NUMBER for c in columns if isinstance(c, Column))
    return Table(name, metadata, *columns, PrimaryKeyConstraint(*names), sqlite_with_rowid=rowid, **options)


def partial(name: str, rows: str, *columns: str) -> Index:
    """An index of some rows. A query uses it when it has the condition in the very same words."""
    return Index(name, *columns, sqlite_where=text(rows), postgresql_where=text(rows))
