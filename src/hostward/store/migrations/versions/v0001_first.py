"""The first schema: everything that a scan needs.

Frozen: later steps change tables, never this. Names and types stand here once more on purpose, since store.tables is
always the newest schema.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": NUMBER,
    "text": sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
    "bytes": sa.LargeBinary(),
    "float": sa.Float(53),
}
COUNTERS = ("account", "lease", "machine", "package", "task", "user", "vul")


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A table. columns: "name", "name:type", with "?" after it where NULL is allowed; no type is a number.

    unique: columns that are unique together. indexes: name, columns, and which rows ("" all). fill: per cent of a
    PostgreSQL page filled at first.
    """

    name: str
    key: str
    columns: str
    unique: tuple[str, ...] = ()
    indexes: tuple[tuple[str, str, str], ...] = ()
    fill: int = 100

    @property
    def has_row_id(self) -> bool:
        """In SQLite a key of one number is the row id itself; all other keys carry the table."""
        return self.key in self.columns.split()


TABLES = (
    New(
        name="counter",
        key="name",
        columns=("name:text value"),
        fill=70,
    ),
    New(
        name="account",
        key="account_id",
        columns=("account_id name:text"),
    ),
    New(
        name="account_user",
        key="user_id",
        columns=("user_id account_id name:text role:text enabled"),
        unique=("account_id name",),
    ),
    New(
        name="api_key",
        key="secret_id",
        columns=("secret_id:text account_id user_id secret:bytes enabled created"),
        indexes=(("api_key_account_id", "account_id", ""),),
    ),
    New(
        name="machine",
        key="machine_id",
        columns=(
            "machine_id account_id public_key:bytes quuid:text uuid:text host_name:text addresses:text "
            "inner_ip:text wan_ip:text os_name:text agent_version:text host_id:text remark:text instance:text "
            "boot:text last_seen?"
        ),
        unique=("public_key", "quuid", "uuid"),
        indexes=(("machine_account_id", "account_id", ""),),
        fill=85,
    ),
    New(
        name="machine_text",
        key="machine_id",
        columns=(
            "machine_id account_id anything:text address:text host_name:text instance:text os_name:text uuid:text "
            "quuid:text"
        ),
        indexes=(("machine_text_quuid", "quuid", ""), ("machine_text_uuid", "uuid", "")),
    ),
    New(
        name="enrolment_token",
        key="digest",
        columns=("digest:bytes account_id expires uses_left"),
    ),
    New(
        name="agent_session",
        key="session_id",
        columns=("session_id:text account_id machine_id instance:text secret:bytes expires challenge:bytes"),
        unique=("challenge",),
        indexes=(("agent_session_machine_id", "machine_id", ""),),
    ),
    New(
        name="task",
        key="task_id",
        columns=(
            "task_id account_id module:text started_by options:text content:text created_by:text timeout queue "
            "run begin_at run_begin end_at? stop_at? stop_by:text typical? vul_rev machines pending leased "
            "running stopping ok offline timed_out failed too_old stopped progress risk_machines risk_events vuls"
        ),
        indexes=(("task_account_id_module_task_id", "account_id module task_id", ""),),
        fill=70,
    ),
    New(
        name="task_machine",
        key="task_id seq",
        columns=(
            "task_id seq account_id machine_id run state fail note_code:text note_values:text attempt lease_id? "
            "queue_until timeout_at? begin_at? end_at? progress risk_num due? rev"
        ),
        unique=("task_id machine_id",),
        indexes=(
            ("task_machine_due", "due", "state < 4"),
            ("task_machine_open", "machine_id task_id", "state < 4"),
            ("task_machine_state", "task_id state seq fail", "state <> 4"),
        ),
        fill=70,
    ),
    New(
        name="task_block",
        key="task_id block",
        columns=("task_id block account_id scanning ok stop offline timed_out failed too_old at_risk"),
        fill=70,
    ),
    New(
        name="unit_vul",
        key="task_id seq",
        columns=("task_id seq account_id packed:bytes"),
    ),
    New(
        name="task_vul",
        key="task_id vul_id",
        columns=(
            "task_id vul_id account_id machines level? level_source:text cvss:float? component:text fixed:text category"
        ),
        fill=85,
    ),
    New(
        name="lease",
        key="lease_id",
        columns=("lease_id account_id machine_id task_id seq run acked ended given"),
        fill=85,
    ),
    New(
        name="usual_time",
        key="account_id module",
        columns=("account_id module:text average"),
        fill=70,
    ),
    New(
        name="current_result",
        key="machine_id module",
        columns=("machine_id module:text account_id lease_id at"),
    ),
    New(
        name="result_batch",
        key="machine_id lease_id batch",
        columns=("machine_id lease_id batch account_id rows"),
    ),
    New(
        name="malware_finding",
        key="machine_id lease_id batch place",
        columns=(
            "machine_id lease_id batch place account_id path:bytes member:bytes rule:text title:text engine:text "
            "level size sha256:text matches:text"
        ),
    ),
    New(
        name="not_scanned",
        key="machine_id lease_id batch place",
        columns=("machine_id lease_id batch place account_id path:bytes reason:text detail:text"),
    ),
    New(
        name="baseline_verdict",
        key="machine_id lease_id batch place",
        columns=(
            "machine_id lease_id batch place account_id policy:text item:text title:text level outcome:text "
            "reason:text evidence:text remediation:text"
        ),
    ),
    New(
        name="machine_package",
        key="machine_id lease_id batch place",
        columns=("machine_id lease_id batch place account_id package_id path:bytes"),
    ),
    New(
        name="host_evidence",
        key="machine_id lease_id batch place",
        columns=(
            "machine_id lease_id batch place account_id ecosystem:text source:text source_version:text cve:text "
            "fixed:text urgency:text"
        ),
    ),
    New(
        name="host_facts",
        key="machine_id lease_id batch place",
        columns=(
            "machine_id lease_id batch place account_id os_id:text os_version:text os_name:text running_kernel:text"
        ),
    ),
    New(
        name="package_version",
        key="package_id",
        columns=(
            "package_id ecosystem:text name:text version:text arch:text source:text source_version:text "
            "version_key:bytes?"
        ),
        unique=("name version ecosystem arch source source_version",),
    ),
    New(
        name="vul",
        key="vul_id",
        columns=(
            "vul_id name:text level? level_source:text cvss:float? vector:text title:text description:text "
            "reference:text published? category"
        ),
        unique=("name",),
    ),
    New(
        name="feed",
        key="name",
        columns=("name:text advisories ecosystems:text imported digest:text"),
    ),
    New(
        name="advisory",
        key="feed advisory_id",
        columns=("feed:text advisory_id:text vul_id aliases:text level? level_source:text cvss:float? vector:text"),
    ),
    New(
        name="affected",
        key="ecosystem name feed advisory_id place",
        columns=(
            "ecosystem:text name:text feed:text advisory_id:text place from_key:bytes to_key:bytes? to_inclusive "
            "fixed:text status:text"
        ),
    ),
)


def upgrade() -> None:
    """Take the step."""
    for table in TABLES:
        _create(table)
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in COUNTERS])


def _create(table: New) -> None:
    unique = [sa.UniqueConstraint(*names.split(), name=_unique_name(table, names)) for names in table.unique]
    options: dict[str, Any] = {} if table.fill == 100 else {"postgresql_with": {"fillfactor": table.fill}}
    op.create_table(
        table.name,
        *map(_column, table.columns.split()),
        sa.PrimaryKeyConstraint(*table.key.split(), name=f"{table.name}_key"),
        *unique,
        sqlite_with_rowid=table.has_row_id,
        **options,
    )
    for name, columns, where in table.indexes:
        rows = sa.text(where) if where else None
        op.create_index(name, table.name, columns.split(), sqlite_where=rows, postgresql_where=rows)


def _unique_name(table: New, names: str) -> str:
    return f"{table.name}_{names.split(maxsplit=1)[0]}_unique"


def _column(words: str) -> sa.Column[object]:
    name, _, kind = words.removesuffix("?").partition(":")
    return sa.Column(name, TYPES[kind], nullable=words.endswith("?"), autoincrement=False)
