"""How long scans took, by class of length, and what a task's time left is reckoned from."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ABSENT = """
    UPDATE task SET absent = (
        SELECT count(*) FROM task_machine
        WHERE task_machine.task_id = task.task_id AND task_machine.state = 0
        AND task_machine.note_code = 'waiting_offline'
    ) WHERE pending > 0
"""
BEGUN = """
    UPDATE task SET begun = (
        SELECT coalesce(sum(task_machine.begin_at / 10000), 0) FROM task_machine
        WHERE task_machine.task_id = task.task_id AND task_machine.state IN (1, 2, 3)
    ) WHERE leased + running + stopping > 0
"""


def upgrade() -> None:
    """Take the step. What was known of usual times was one number a module: it is learnt anew."""
    op.create_table(
        "scan_length",
        sa.Column("account_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("module", WORDS, nullable=False),
        sa.Column("length", NUMBER, nullable=False, autoincrement=False),
        sa.Column("scans", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "module", "length", name="scan_length_key"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70},
    )
    op.drop_table("usual_time")
    op.drop_column("task", "typical")
    op.add_column("task", sa.Column("history", WORDS, nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("not_before", NUMBER, nullable=True))
    for name in ("settled", "ramp", "absent", "begun"):
        op.add_column("task", sa.Column(name, NUMBER, nullable=False, server_default="0"))
    op.execute(ABSENT)
    op.execute(BEGUN)
