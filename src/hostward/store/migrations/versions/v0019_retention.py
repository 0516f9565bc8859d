"""Tasks that were removed and whose rows are still to be swept, and leases in the order of their tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "removed_task",
        sa.Column("task_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("account_id", NUMBER, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("task_id", name="removed_task_key"),
    )
    op.create_index("lease_task_id", "lease", ["task_id"])
