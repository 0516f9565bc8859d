"""Bringing a database to the schema of this program, step by step (Alembic, without files to configure)."""

from sqlalchemy import Connection, Engine, Select, Text, column, inspect, select, table, text

VERSION_TABLE = "alembic_version"

HEAD = "0025"
"""The newest revision in migrations/versions. A database that has it needs no look at Alembic (12 MB of memory)."""

_VERSION: Select[str] = select(column("version_num", Text)).select_from(table(VERSION_TABLE))
_LOCK = text("SELECT pg_advisory_xact_lock(:number)")
_LOCK_NUMBER = 0x686F7374
"""Ours among PostgreSQL's advisory locks ("host" in ASCII): replicas that start together upgrade one by one."""


def upgrade(engine: Engine) -> None:
    """Bring the database to HEAD in one transaction. Raises DataDirectoryError when it is newer than this program."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK, {"number": _LOCK_NUMBER})
        revision = current(connection)
        if revision != HEAD:
            # Only where there is something to do: Alembic costs 12 MB that a running server need not hold.
            from hostward.store.migrations.run import run  # noqa: PLC0415  # see above

            run(connection, revision)


def current(connection: Connection) -> str | None:
    """The database's revision, None when it is new."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    row = connection.execute(_VERSION).first()
    return None if row is None else str(row[0])
