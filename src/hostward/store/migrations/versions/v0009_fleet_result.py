"""Current results summed up for the whole fleet, and machines in the order of their host names."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
LEVELS = ("low", "medium", "high", "critical")
SUMS = """
    INSERT INTO fleet_result (account_id, module, judged, at_risk, risks, low, medium, high, critical)
    SELECT account_id, module, count(*), sum(CASE WHEN risks > 0 THEN 1 ELSE 0 END), sum(risks), 0, 0, 0, 0
    FROM current_result GROUP BY account_id, module
"""
ANY = """
    INSERT INTO fleet_result (account_id, module, judged, at_risk, risks, low, medium, high, critical)
    SELECT account_id, '', count(DISTINCT machine_id), 0, 0, 0, 0, 0, 0 FROM current_result GROUP BY account_id
"""


def upgrade() -> None:
    """Take the step. Levels of results that are there already count as not known until their machines' next scan."""
    for name in LEVELS:
        op.add_column("current_result", sa.Column(name, NUMBER, nullable=False, server_default="0"))
    op.create_table(
        "fleet_result",
        sa.Column("account_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("module", WORDS, nullable=False),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("judged", "at_risk", "risks", *LEVELS)),
        sa.PrimaryKeyConstraint("account_id", "module", name="fleet_result_key"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70},
    )
    op.execute(SUMS)
    op.execute(ANY)
    op.create_index("machine_account_id_host_name_machine_id", "machine", ["account_id", "host_name", "machine_id"])
