"""The step of the schema that sums results up for the whole fleet."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from hostward.store import migrate
from hostward.store.engine import sqlite_engine

BEFORE = "0008"
ROWS = ((1, "Vul", 1, 5), (1, "Malware", 1, 0), (2, "Vul", 1, 0), (3, "Vul", 2, 1))
"""Machine, module, account, risks."""


def test_results_of_before_are_summed_up_with_levels_that_are_not_known(tmp_path: Path) -> None:
    """Machines with results of any module are counted once an account."""
    engine = _at_the_step_before(tmp_path)
    migrate.upgrade(engine)
    query = "SELECT account_id, module, judged, at_risk, risks, critical FROM fleet_result ORDER BY account_id, module"
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    assert rows == [
        (1, "", 2, 0, 0, 0),
        (1, "Malware", 1, 0, 0, 0),
        (1, "Vul", 2, 1, 5, 0),
        (2, "", 1, 0, 0, 0),
        (2, "Vul", 1, 1, 1, 0),
    ]


def _at_the_step_before(folder: Path) -> Engine:
    engine = sqlite_engine(folder / "old.db", writes=True, connections=1)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    add = text("INSERT INTO current_result (machine_id, module, account_id, lease_id, at, risks) "
               "VALUES (:machine, :module, :account, 1, 1, :risks)")  # fmt: skip
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        for machine, module, account, risks in ROWS:
            values = {"machine": machine, "module": module, "account": account, "risks": risks}
            connection.execute(add, values)
    return engine
