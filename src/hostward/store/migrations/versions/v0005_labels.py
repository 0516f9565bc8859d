"""Numbers for the tags of machines, those that are there included."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step."""
    label = op.create_table(
        "label",
        sa.Column("label_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("account_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("name", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("label_id", name="label_key"),
        sa.UniqueConstraint("account_id", "name", name="label_account_id_unique"),
        sqlite_with_rowid=True,
    )
    tag = sa.table("machine_tag", sa.column("account_id"), sa.column("tag"))
    query = sa.select(tag.c.account_id, tag.c.tag).distinct().order_by(tag.c.account_id, tag.c.tag)
    found = op.get_bind().execute(query).all()
    rows = [{"label_id": one, "account_id": row[0], "name": row[1]} for one, row in enumerate(found, start=1)]
    if rows:
        op.bulk_insert(label, rows)
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": "label", "value": len(rows)}])
