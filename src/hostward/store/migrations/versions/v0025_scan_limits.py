"""Limits of scans for accounts, tags and machines; tasks whose machines start late, or few at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0021"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "scan_limit",
        *(
            sa.Column(name, NUMBER, nullable=False, autoincrement=False)
            for name in ("account_id", "kind", "number", "cpu_percent", "memory_mib", "io_mib")
        ),
        sa.Column("hours", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "number", name="scan_limit_key"),
        sqlite_with_rowid=False,
    )
    for name in ("late", "at_once"):
        op.add_column("task", sa.Column(name, NUMBER, nullable=False, server_default="0"))
