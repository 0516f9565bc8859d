"""Vulnerabilities that are set aside: the rules, and what is kept so that every count can follow them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS: dict[str, sa.types.TypeEngine[Any]] = {"": NUMBER, "text": WORDS, "bytes": sa.LargeBinary()}
RULE = (
    "rule_id account_id vul_id scope:text machines:text tags:text product:text reason:text owner:text source:text "
    "created changed expires? ended? document:text status:text justification:text"
)
OWN = """
    INSERT INTO current_vul (machine_id, account_id, packed, ignored, parts)
    SELECT r.machine_id, r.account_id, v.packed, :nothing, :nothing
    FROM current_result r
    JOIN lease l ON l.lease_id = r.lease_id
    JOIN task_machine m ON m.task_id = l.task_id AND m.seq = l.seq AND m.lease_id = r.lease_id
    JOIN unit_vul v ON v.task_id = m.task_id AND v.seq = m.seq
    WHERE r.module = 'Vul' AND r.risks = m.risk_num
"""
"""What machines have is what their last scan found, where both count as many: then none was left out by a choice."""


def upgrade() -> None:
    """Take the step."""
    _create("ignore_rule", RULE, key="rule_id", sqlite_with_rowid=True)
    op.create_index("ignore_rule_account_id_rule_id", "ignore_rule", ["account_id", "rule_id"])
    held = sa.text("ended IS NULL")
    for name, columns in (("open", ["account_id", "vul_id", "rule_id"]), ("due", ["expires"])):
        op.create_index(f"ignore_rule_{name}", "ignore_rule", columns, sqlite_where=held, postgresql_where=held)
    _create(
        "ignore_state", "account_id revision settled", key="account_id", sqlite_with_rowid=True,
        postgresql_with={"fillfactor": 70},
    )  # fmt: skip
    _create(
        "current_vul", "machine_id account_id packed:bytes ignored:bytes parts:bytes", key="machine_id",
        sqlite_with_rowid=True,
    )  # fmt: skip
    _create(
        "vex_document", "account_id document:text author:text version issued imported owner:text rules statements",
        key="account_id document", sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("current_vul_account_id_machine_id", "current_vul", ["account_id", "machine_id"])
    for name in ("ignored", "parts"):
        op.add_column("unit_vul", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("task_vul", sa.Column("holders", NUMBER, nullable=False, server_default="0"))
    op.execute("UPDATE task_vul SET holders = machines")
    op.execute(sa.text(OWN).bindparams(sa.bindparam("nothing", b"", sa.LargeBinary())))
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": "ignore_rule", "value": 0}])


def _create(name: str, columns: str, *, key: str, **options: Any) -> None:
    made = map(_column, columns.split())
    op.create_table(name, *made, sa.PrimaryKeyConstraint(*key.split(), name=f"{name}_key"), **options)


def _column(words: str) -> sa.Column[Any]:
    name, _, kind = words.removesuffix("?").partition(":")
    return sa.Column(name, KINDS[kind], nullable=words.endswith("?"), autoincrement=False)
