"""Machines counted by the version of their agents, without reading their rows."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Take the step."""
    op.create_index("machine_account_id_agent_version", "machine", ["account_id", "agent_version"])
