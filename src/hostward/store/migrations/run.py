"""Taking the steps with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hostward.domain.errors import DataDirectoryError


def run(connection: Connection, revision: str | None) -> None:
    """Take all steps from this revision on, in the connection's transaction.

    Raises DataDirectoryError for a revision that is not among them: a newer program wrote it.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise DataDirectoryError(
            f"the database has revision {revision}, which this program (up to {scripts.get_current_head()}) does not "
            "know: it was written by a newer Hostward; run that one, or restore a backup made before the upgrade"
        )
    command.upgrade(config, "head")
