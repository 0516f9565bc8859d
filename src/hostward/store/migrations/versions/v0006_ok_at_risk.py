"""How many machines are Ok and at risk, kept beside the other counts of a task and of its blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_TASKS = """
    UPDATE task SET ok_at_risk = (
        SELECT count(*) FROM task_machine
        WHERE task_machine.task_id = task.task_id AND task_machine.state = 4 AND task_machine.risk_num > 0
    ) WHERE risk_machines > 0
"""
OF_BLOCKS = """
    UPDATE task_block SET ok_at_risk = (
        SELECT count(*) FROM task_machine
        WHERE task_machine.task_id = task_block.task_id AND task_machine.seq >= task_block.block * 1024
        AND task_machine.seq < task_block.block * 1024 + 1024
        AND task_machine.state = 4 AND task_machine.risk_num > 0
    ) WHERE at_risk > 0
"""


def upgrade() -> None:
    """Take the step."""
    for name, counted in (("task", OF_TASKS), ("task_block", OF_BLOCKS)):
        op.add_column(name, sa.Column("ok_at_risk", NUMBER, nullable=False, server_default="0"))
        op.execute(counted)
