"""What accounts need: limits of users, temporary keys, tags of machines, the audit log, the newest requests."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
HOT: dict[str, Any] = {"postgresql_with": {"fillfactor": 70}}


def upgrade() -> None:
    """Take the step."""
    _add("account_user", "locked", NUMBER, "0")
    _add("account_user", "tags", WORDS, "[]")
    for name in ("last_used", "expires"):
        _add("api_key", name, NUMBER, None)
    _add("api_key", "token", sa.LargeBinary(), None)
    for name in ("bound", "maker"):
        _add("api_key", name, WORDS, "")
    _create("machine_tag", "machine_id tag", (_number("machine_id"), _words("tag"), _number("account_id")))
    op.create_index("machine_tag_account_id_tag_machine_id", "machine_tag", ["account_id", "tag", "machine_id"])
    words = "user_name secret_id source service action request_id target parameters outcome previous digest"
    numbers = [_number(name) for name in ("account_id", "number", "at", "user_id")]
    _create("audit_entry", "account_id number", (*numbers, *map(_words, words.split())))
    op.create_index("audit_entry_request_id", "audit_entry", ["request_id"])
    _create("audit_head", "account_id", (_number("account_id"), _number("number"), _words("digest")), **HOT)
    batch = [_number(name) for name in ("batch_id", "account_id", "entries")]
    packed: sa.Column[Any] = sa.Column("packed", sa.LargeBinary, nullable=False)
    _create("request_batch", "batch_id", (*batch, packed), **HOT)
    op.create_index("request_batch_account_id_batch_id", "request_batch", ["account_id", "batch_id"])
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": "request_batch", "value": 0}])


def _add(table: str, name: str, kind: "sa.types.TypeEngine[Any]", default: str | None) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))


def _create(name: str, key: str, columns: Sequence[sa.Column[Any]], **options: Any) -> None:
    names = key.split()
    rowid = names in (["account_id"], ["batch_id"])
    key_of_table = sa.PrimaryKeyConstraint(*names, name=f"{name}_key")
    op.create_table(name, *columns, key_of_table, sqlite_with_rowid=rowid, **options)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, NUMBER, nullable=False, autoincrement=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, WORDS, nullable=False)
