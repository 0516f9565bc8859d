"""Bringing a database to the schema of this program, step by step (Alembic, without files to configure)."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from hostward.domain.errors import DataDirectoryError

HEAD = "0001"
"""The newest revision in migrations/versions. A database that has it needs no look at Alembic (12 MB of memory)."""

VERSION_TABLE = "alembic_version"

_LOCK = text("SELECT pg_advisory_xact_lock(:number)")
_LOCK_NUMBER = 0x686F7374
"""Ours among PostgreSQL's advisory locks ("host" in ASCII): replicas that start together upgrade one by one."""


def upgrade(engine: Engine) -> None:
    """Bring the database to HEAD in one transaction. Raises DataDirectoryError when it is newer than this program."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK, {"number": _LOCK_NUMBER})
        if current(connection) != HEAD:
            _run(connection)


def current(connection: Connection) -> str | None:
    """The database's revision, None when it is new."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    row = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).first()  # noqa: S608  # a constant
    return None if row is None else str(row[0])


def _run(connection: Connection) -> None:
    # Only here, and only when there is something to do: it costs 12 MB that a running server need not hold.
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.config import Config  # noqa: PLC0415  # see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = current(connection)
    if revision is not None and revision not in known:
        raise DataDirectoryError(
            f"the database has revision {revision}, which this program (up to {HEAD}) does not know: "
            "it was written by a newer Hostward; run that one, or restore a backup made before the upgrade"
        )
    command.upgrade(config, "head")
