"""Feeds in editions, what each says of a vulnerability, and how well each is renewed. Data that is there stays."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SCORE = sa.Float(53)

MOVE = """
    INSERT INTO {table} ({to}) SELECT {of} FROM {table}_before JOIN feed ON feed.name = {table}_before.feed
"""
ADVISORY = "advisory_id, vul_id, aliases, level, level_source, cvss, vector"
AFFECTED = "ecosystem, {table}.name, advisory_id, place, from_key, to_key, to_inclusive, fixed, status"
NUMBERED = """
    UPDATE feed SET edition = (SELECT count(*) FROM feed AS other WHERE other.name <= feed.name)
"""
COUNTED = "INSERT INTO counter (name, value) SELECT 'edition', count(*) FROM feed"


def upgrade() -> None:
    """Take the step."""
    op.add_column("feed", sa.Column("edition", NUMBER, nullable=False, server_default="0"))
    op.execute(NUMBERED)
    op.execute(COUNTED)
    op.create_index("feed_edition", "feed", ["edition"])
    _move_advisories()
    _move_affected()
    _create("edition", "edition", _number("edition"), _words("feed"), rowid=True)
    _create_facts()
    _create(
        "feed_health",
        "name",
        *(_words(name) for name in ("name", "source", "validator")),
        *(_number(name, null=True) for name in ("checked", "failed")),
        _number("failures"),
        *(_words(name) for name in ("problem", "left_out")),
    )


def _move_advisories() -> None:
    _put_aside("advisory")
    _create(
        "advisory", "edition advisory_id",
        _number("edition"), _words("advisory_id"), _number("vul_id"), _words("aliases"), _number("level", null=True),
        _words("level_source"), sa.Column("cvss", SCORE), _words("vector"),
    )  # fmt: skip
    op.execute(MOVE.format(table="advisory", to=f"edition, {ADVISORY}", of=f"feed.edition, {ADVISORY}"))
    op.drop_table("advisory_before")


def _move_affected() -> None:
    _put_aside("affected")
    _create(
        "affected", "ecosystem name edition advisory_id place",
        _words("ecosystem"), _words("name"), _number("edition"), _words("advisory_id"), _number("place"),
        sa.Column("from_key", sa.LargeBinary, nullable=False), sa.Column("to_key", sa.LargeBinary),
        _number("to_inclusive"), _words("fixed"), _words("status"),
    )  # fmt: skip
    to = AFFECTED.format(table="affected").replace("affected.", "")
    of = AFFECTED.format(table="affected_before")
    op.execute(MOVE.format(table="affected", to=f"edition, {to}", of=f"feed.edition, {of}"))
    op.drop_table("affected_before")


def _put_aside(name: str) -> None:
    op.rename_table(name, f"{name}_before")
    if op.get_bind().dialect.name == "postgresql":  # the key keeps its name, and the new table needs it
        op.drop_constraint(f"{name}_key", f"{name}_before", type_="primary")


def _create_facts() -> None:
    _create(
        "vul_fact", "vul_id edition",
        _number("vul_id"), _number("edition"), _number("level", null=True), _words("level_source"),
        sa.Column("cvss", SCORE), *(_words(name) for name in ("vector", "title", "description", "reference")),
        _number("published", null=True), _number("category"), _number("kev"), sa.Column("epss", SCORE),
    )  # fmt: skip
    op.create_index("vul_fact_edition", "vul_fact", ["edition"])


def _create(name: str, key: str, *columns: "sa.Column[object]", rowid: bool = False) -> None:
    constraint = sa.PrimaryKeyConstraint(*key.split(), name=f"{name}_key")
    op.create_table(name, *columns, constraint, sqlite_with_rowid=rowid)


def _number(name: str, *, null: bool = False) -> "sa.Column[object]":
    return sa.Column(name, NUMBER, nullable=null, autoincrement=False)


def _words(name: str) -> "sa.Column[object]":
    return sa.Column(name, WORDS, nullable=False)
