"""The step of the schema that brought schedules."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from hostward.store import migrate
from hostward.store.engine import sqlite_engine

BEFORE = "0003"


def test_a_database_from_before_keeps_its_tasks_and_gets_an_empty_table(tmp_path: Path) -> None:
    """Tasks of that time had no window."""
    engine = sqlite_engine(tmp_path / "old.db", writes=True, connections=1)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        columns = [row[1] for row in connection.execute(text("PRAGMA table_info(task)"))]
        values = ", ".join("1" if name.endswith("_id") else "0" for name in columns)
        connection.execute(text(f"INSERT INTO task ({', '.join(columns)}) VALUES ({values})"))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT task_id, not_after FROM task")).all() == [(1, None)]
        assert connection.execute(text("SELECT count(*) FROM schedule")).scalar() == 0
        assert connection.execute(text("SELECT value FROM counter WHERE name = 'schedule'")).scalar() == 0
    engine.dispose()
