"""Enrolment as people manage it: named tokens, machines that wait, keys that change, agents that are kept out."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
FACTS = ("host_name", "addresses", "wan_ip", "os_name", "agent_version", "host_id")


def upgrade() -> None:
    """Take the step. Tokens made before had no name and were used within minutes: they are gone."""
    op.drop_table("enrolment_token")
    op.create_table(
        "enrolment_token",
        _column("digest", sa.LargeBinary()),
        *(_column(name, NUMBER) for name in ("account_id", "expires", "uses_left")),
        *(_column(name, WORDS) for name in ("token_id", "made_by")),
        *(_column(name, NUMBER) for name in ("created", "uses")),
        _column("tags", WORDS),
        *(_column(name, NUMBER) for name in ("needs_approval", "for_image")),
        _column("revoked", NUMBER, null=True),
        sa.PrimaryKeyConstraint("digest", name="enrolment_token_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("enrolment_token_account_id_created", "enrolment_token", ["account_id", "created"])
    op.create_table(
        "waiting_machine",
        _column("waiting_id", WORDS),
        _column("account_id", NUMBER),
        _column("token_id", WORDS),
        _column("public_key", sa.LargeBinary()),
        *(_column(name, WORDS) for name in (*FACTS, "tags", "quuid", "uuid")),
        _column("since", NUMBER),
        sa.PrimaryKeyConstraint("waiting_id", name="waiting_machine_key"),
        sa.UniqueConstraint("public_key", name="waiting_machine_public_key_unique"),
        sqlite_with_rowid=False,
    )
    op.create_index("waiting_machine_account_id", "waiting_machine", ["account_id"])
    op.add_column("machine", _column("next_key", sa.LargeBinary(), null=True))
    op.add_column("machine", sa.Column("processes", WORDS, nullable=False, server_default=""))
    op.add_column("machine", _column("quarantined", NUMBER, null=True))


def _column(name: str, kind: sa.types.TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, autoincrement=False)
