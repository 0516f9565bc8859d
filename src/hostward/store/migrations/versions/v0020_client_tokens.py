"""Starts of scans by the tokens that callers gave them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "client_token",
        sa.Column("account_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("user_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("token", WORDS, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, NUMBER, nullable=False, autoincrement=False) for name in ("task_id", "machines", "created")),
        sa.PrimaryKeyConstraint("account_id", "user_id", "token", name="client_token_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("client_token_account_id_created", "client_token", ["account_id", "created"])
