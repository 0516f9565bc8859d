"""What is to be started again on a machine before an installed update takes effect."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = ("machine_id", "lease_id", "batch", "place")
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    **dict.fromkeys((*KEY, "account_id"), NUMBER),
    "unit": WORDS,
    "package": WORDS,
    "path": sa.LargeBinary(),
    "processes": NUMBER,
    "reason": WORDS,
}


def upgrade() -> None:
    """Take the step."""
    made = [sa.Column(name, kind, nullable=False, autoincrement=False) for name, kind in COLUMNS.items()]
    key = sa.PrimaryKeyConstraint(*KEY, name="host_restart_key")
    op.create_table("host_restart", *made, key, sqlite_with_rowid=False)
