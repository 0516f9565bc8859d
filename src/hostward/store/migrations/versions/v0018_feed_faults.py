"""What kind of trouble a feed has and what webhooks were told of it; where a task's vulnerabilities were found.

Data that is there stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step. Of feeds that fail now nobody was told: they are told once."""
    for name in ("fault", "told"):
        op.add_column("feed_health", sa.Column(name, WORDS, nullable=False, server_default=""))
    for name in ("ecosystem", "place", "restart"):
        op.add_column("task_vul", sa.Column(name, WORDS, nullable=False, server_default=""))
