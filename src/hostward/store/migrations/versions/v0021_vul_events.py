"""Spans that the fleet's vulnerabilities follow from, built from the inventories and advisories that are there."""

import json

import sqlalchemy as sa
from alembic import op

from hostward.domain.matching import hidden_reason, is_cve
from hostward.domain.package import Package

revision = "0021"
down_revision = "0020"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MATCHED = """
    SELECT v.package_id, f.name, a.advisory_id, a.fixed, a.status, n.name AS key, n.vul_id, d.aliases
    FROM package_version v
    JOIN affected a ON a.ecosystem = v.ecosystem AND a.name = v.source AND a.from_key <= v.version_key
        AND (a.to_key IS NULL OR v.version_key < a.to_key OR (a.to_inclusive = 1 AND v.version_key = a.to_key))
    JOIN feed f ON f.edition = a.edition
    JOIN advisory d ON d.edition = a.edition AND d.advisory_id = a.advisory_id
    JOIN vul n ON n.vul_id = d.vul_id
    ORDER BY v.package_id, f.name, a.advisory_id, a.place
"""
CURRENT = """
    SELECT r.machine_id, r.account_id, r.at, r.lease_id, p.package_id, p.path, v.ecosystem, v.name, v.version, v.arch,
        v.source, v.source_version
    FROM current_result r
    JOIN machine_package p ON p.machine_id = r.machine_id AND p.lease_id = r.lease_id
    JOIN package_version v ON v.package_id = p.package_id
    WHERE r.module = 'Vul'
    ORDER BY r.machine_id
"""
KERNELS = "SELECT machine_id, lease_id, running_kernel FROM host_facts ORDER BY machine_id, lease_id, batch, place"
EVIDENCE = """
    SELECT DISTINCT r.machine_id, r.account_id, r.at, r.lease_id, p.package_id, p.path, e.source, e.cve, e.fixed,
        v.ecosystem, v.name, v.version, v.arch, v.source AS package_source, v.source_version
    FROM current_result r
    JOIN host_evidence e ON e.machine_id = r.machine_id AND e.lease_id = r.lease_id
    JOIN machine_package p ON p.machine_id = r.machine_id AND p.lease_id = r.lease_id
    JOIN package_version v ON v.package_id = p.package_id AND v.ecosystem = e.ecosystem AND v.source = e.source
        AND v.source_version = e.source_version
    WHERE r.module = 'Vul'
"""


def upgrade() -> None:
    """Take the step. What is there now was first seen when the machine's present results came."""
    _tables()
    bind = op.get_bind()
    numbers = {row.name: row.vul_id for row in bind.execute(sa.text("SELECT name, vul_id FROM vul"))}
    advised = _matches(bind, numbers)
    kernels = {(row.machine_id, row.lease_id): row.running_kernel for row in bind.execute(sa.text(KERNELS))}
    _inventories(bind, advised, kernels)
    _evidence(bind, numbers, kernels)


def _tables() -> None:
    op.create_table(
        "package_match",
        *(sa.Column(name, NUMBER, nullable=False, autoincrement=False) for name in ("package_id", "vul_id")),
        sa.Column("feed", WORDS, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=True),
        *(sa.Column(name, WORDS, nullable=False) for name in ("advisory_id", "fixed", "status")),
        sa.PrimaryKeyConstraint("package_id", "vul_id", "feed", "since", name="package_match_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("package_match_vul_id_package_id", "package_match", ["vul_id", "package_id"])
    opened = sa.text("until IS NULL")
    op.create_index("package_match_open", "package_match", ["feed"], sqlite_where=opened, postgresql_where=opened)
    for name, more, words in (("installed", (), ()), ("evident", ("vul_id",), ("said_by", "fixed", "status"))):
        op.create_table(
            name,
            *(sa.Column(each, NUMBER, nullable=False, autoincrement=False) for each in ("machine_id", "package_id")),
            sa.Column("path", sa.LargeBinary(), nullable=False),
            *(sa.Column(each, NUMBER, nullable=False) for each in (*more, "since")),
            sa.Column("until", NUMBER, nullable=True),
            sa.Column("account_id", NUMBER, nullable=False),
            *(sa.Column(each, WORDS, nullable=False) for each in words),
            sa.PrimaryKeyConstraint("machine_id", "package_id", "path", *more, "since", name=f"{name}_key"),
            sqlite_with_rowid=False,
        )
    op.create_index("installed_package_id", "installed", ["package_id"])
    op.create_index("evident_vul_id", "evident", ["vul_id"])


def _matches(bind: sa.Connection, numbers: dict[str, int]) -> set[int]:
    """The package versions that some feed speaks of."""
    rows: dict[tuple[int, int, str], dict[str, object]] = {}
    for row in bind.execute(sa.text(MATCHED)):
        names = [] if is_cve(row.key) else [name for name in json.loads(row.aliases) if is_cve(name)]
        for vul in [numbers[name] for name in names if name in numbers] or [row.vul_id]:
            key = {"package_id": row.package_id, "vul_id": vul, "feed": row.name, "since": 0, "until": None}
            said = {"advisory_id": row.advisory_id, "fixed": row.fixed, "status": row.status}
            rows.setdefault((row.package_id, vul, row.name), {**key, **said})
    _insert("package_match", list(rows.values()))
    return {package for package, _, _ in rows}


def _inventories(bind: sa.Connection, advised: set[int], kernels: dict[tuple[int, int], str]) -> None:
    rows: dict[tuple[int, int, bytes], dict[str, object]] = {}
    for row in bind.execute(sa.text(CURRENT)):
        kernel = kernels.get((row.machine_id, row.lease_id), "")
        if row.package_id in advised and not hidden_reason(_package(row, row.source), kernel):
            rows[row.machine_id, row.package_id, bytes(row.path)] = _place(row)
    _insert("installed", list(rows.values()))


def _evidence(bind: sa.Connection, numbers: dict[str, int], kernels: dict[tuple[int, int], str]) -> None:
    rows: dict[tuple[int, int, bytes, int], dict[str, object]] = {}
    for row in bind.execute(sa.text(EVIDENCE)):
        kernel = kernels.get((row.machine_id, row.lease_id), "")
        if row.cve in numbers and not hidden_reason(_package(row, row.package_source), kernel):
            said = {"said_by": f"changelog of {row.source} {row.fixed}", "fixed": row.fixed, "status": "fixed"}
            key = (row.machine_id, row.package_id, bytes(row.path), numbers[row.cve])
            rows.setdefault(key, {**_place(row), "vul_id": numbers[row.cve], **said})
    _insert("evident", list(rows.values()))


def _place(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    return {
        "machine_id": row.machine_id,
        "package_id": row.package_id,
        "path": bytes(row.path),
        "since": row.at,
        "until": None,
        "account_id": row.account_id,
    }


def _package(row: sa.Row[tuple[object, ...]], source: str) -> Package:
    return Package(
        ecosystem=row.ecosystem,
        name=row.name,
        version=row.version,
        arch=row.arch,
        source=source,
        source_version=row.source_version,
    )


def _insert(name: str, rows: list[dict[str, object]]) -> None:
    if rows:
        op.bulk_insert(sa.table(name, *map(sa.column, rows[0])), rows)
