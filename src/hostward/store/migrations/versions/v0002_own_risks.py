"""How many risks a machine's current results hold, kept beside them.

Until the next scan a database from before has the figure of the task's row that the results came with, where that row
is still of the same lease.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KNOWN = """
    UPDATE current_result SET risks = coalesce((
        SELECT task_machine.risk_num FROM lease
        JOIN task_machine ON task_machine.task_id = lease.task_id AND task_machine.seq = lease.seq
        WHERE lease.lease_id = current_result.lease_id AND task_machine.lease_id = lease.lease_id
    ), 0)
"""


def upgrade() -> None:
    """Take the step."""
    op.add_column("current_result", sa.Column("risks", NUMBER, nullable=False, server_default="0"))
    op.execute(KNOWN)
