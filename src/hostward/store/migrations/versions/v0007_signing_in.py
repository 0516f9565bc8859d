"""Signing in to the console: credentials, recovery codes, login links, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step."""
    _create(
        "credential", "user_id", _number("user_id"), _number("account_id"), _words("password"),
        sa.Column("totp", sa.LargeBinary, nullable=True), _number("totp_on"), _number("totp_step"),
    )  # fmt: skip
    _create("recovery_code", "user_id digest", _number("user_id"), _digest(), _number("account_id"))
    _create("login_link", "digest", _digest(), *map(_number, ("account_id", "user_id", "expires")))
    op.create_index("login_link_user_id", "login_link", ["user_id"])
    numbers = ("account_id", "user_id", "created", "last_used", "must_set_password")
    _create(
        "console_session", "digest", _digest(), _words("session_id"), *map(_number, numbers),
        *map(_words, ("csrf", "source", "user_agent")),
        sa.UniqueConstraint("session_id", name="console_session_session_id_unique"),
    )  # fmt: skip
    for name in ("account_id", "user_id"):
        op.create_index(f"console_session_{name}", "console_session", [name])


def _create(name: str, key: str, *columns: "sa.Column[object] | sa.UniqueConstraint") -> None:
    primary = sa.PrimaryKeyConstraint(*key.split(), name=f"{name}_key")
    op.create_table(name, *columns, primary, sqlite_with_rowid=key == "user_id")


def _number(name: str) -> "sa.Column[object]":
    return sa.Column(name, NUMBER, nullable=False, autoincrement=False)


def _words(name: str) -> "sa.Column[object]":
    return sa.Column(name, WORDS, nullable=False)


def _digest() -> "sa.Column[object]":
    return sa.Column("digest", sa.LargeBinary, nullable=False)
