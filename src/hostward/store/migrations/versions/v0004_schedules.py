"""Schedules, and the end of the window that a task was started in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = (
    "schedule_id account_id module:text name:text options:text content:text quuids:text every? first_day? "
    "weekdays:text at opens? closes? enabled words:text overlap:text grace jitter zone:text next_fire? last_fire? "
    "last_task? skipped? skip_reason:text skip_values:text"
)


def upgrade() -> None:
    """Take the step."""
    op.add_column("task", sa.Column("not_after", NUMBER, nullable=True))
    op.create_table(
        "schedule",
        *map(_column, COLUMNS.split()),
        sa.PrimaryKeyConstraint("schedule_id", name="schedule_key"),
        sa.UniqueConstraint("account_id", "module", "name", name="schedule_account_id_unique"),
        sqlite_with_rowid=True,
        postgresql_with={"fillfactor": 85},
    )
    op.create_index("schedule_next_fire", "schedule", ["next_fire"])
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": "schedule", "value": 0}])


def _column(words: str) -> sa.Column[object]:
    name, _, kind = words.removesuffix("?").partition(":")
    return sa.Column(name, WORDS if kind else NUMBER, nullable=words.endswith("?"), autoincrement=False)
