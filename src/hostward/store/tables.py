"""Every table, in the words of both databases.

Times and spans are whole microseconds (times since 1970 UTC). Flags are 0 or 1. Primary keys start with the task or
the machine, so that one PostgreSQL can later become a distributed one. Every table of an account's own data names its
account; what is the same for all (vulnerability data, interned packages, counters) has none.
"""

from sqlalchemy import Column, Index, UniqueConstraint

from hostward.domain.host_scan import UnitState
from hostward.store.advisory_tables import ADVISING, advisory, affected, edition, feed, feed_health, vul, vul_fact
from hostward.store.client_token_table import client_token
from hostward.store.columns import NUMBER, WORDS, metadata
from hostward.store.columns import number as _number
from hostward.store.columns import partial as _partial
from hostward.store.columns import raw as _bytes
from hostward.store.columns import table as _table
from hostward.store.columns import words as _words
from hostward.store.enrolment_tables import enrolment_token, waiting_machine
from hostward.store.event_tables import package_match
from hostward.store.ignore_tables import ignore_rule, ignore_state, vex_document
from hostward.store.limit_table import scan_limit
from hostward.store.schedule_table import schedule
from hostward.store.session_tables import credential
from hostward.store.vul_tables import current_vul, task_vul, unit_vul
from hostward.store.webhook_tables import known_vuls, webhook, webhook_delivery

__all__ = [
    "NUMBER",
    "WORDS",
    "advisory",
    "affected",
    "client_token",
    "credential",
    "current_vul",
    "edition",
    "enrolment_token",
    "feed",
    "feed_health",
    "ignore_rule",
    "ignore_state",
    "known_vuls",
    "metadata",
    "scan_limit",
    "schedule",
    "task_vul",
    "unit_vul",
    "vex_document",
    "vul",
    "vul_fact",
    "waiting_machine",
    "webhook",
    "webhook_delivery",
]

BLOCK = 1024
"""Machines one row of task_block counts (design figure: a status page jumps over 1,000 blocks in under 1.3 ms)."""

NOT_FINAL = f"state < {UnitState.OK.value}"
"""Rows of task_machine that something will still happen to: what partial indexes keep of them."""

NOT_OK = f"state <> {UnitState.OK.value}"
"""Rows that are few in a large task that goes well, and that are asked for: found without a look at the others.

Their index holds all that a search for their keys asks, else SQLite would rather read the table.
"""

FILL_HOT = 70
FILL_WARM = 85
"""Per cent of a PostgreSQL page that is filled at first: the rest takes new versions of rows beside the old ones."""

counter = _table("counter", "name", _words("name"), _number("value"), fill=FILL_HOT)

account = _table("account", "account_id", _number("account_id"), _words("name"))
account_user = _table(
    "account_user",
    "user_id",
    _number("user_id"),
    _number("account_id"),
    _words("name"),
    _words("role"),
    _number("enabled"),
    _number("locked"),
    _words("tags"),
    UniqueConstraint("account_id", "name"),
)
api_key = _table(
    "api_key",
    "secret_id",
    _words("secret_id"),
    _number("account_id"),
    _number("user_id"),
    _bytes("secret"),
    _number("enabled"),
    _number("created"),
    _number("last_used", null=True),
    _number("expires", null=True),
    _bytes("token", null=True),
    _words("bound"),
    _words("maker"),
    Index(None, "account_id"),
)
"""Keys and temporary ones: a token NULL and maker "" say that it is no temporary key."""
audit_entry = _table(
    "audit_entry",
    "account_id number",
    *(_number(name) for name in ("account_id", "number", "at", "user_id")),
    *(_words(name) for name in ("user_name", "secret_id", "source", "service", "action", "request_id", "target")),
    *(_words(name) for name in ("parameters", "outcome", "previous", "digest")),
    Index(None, "request_id"),
)
audit_head = _table(
    "audit_head", "account_id", _number("account_id"), _number("number"), _words("digest"), fill=FILL_HOT
)
"""The last entry of each account's chain."""
request_batch = _table(
    "request_batch",
    "batch_id",
    *(_number(name) for name in ("batch_id", "account_id", "entries")),
    _bytes("packed"),
    Index(None, "account_id", "batch_id"),
    fill=FILL_HOT,
)
"""The newest requests, many to a row."""

machine = _table(
    "machine",
    "machine_id",
    _number("machine_id"),
    _number("account_id"),
    _bytes("public_key"),
    _words("quuid"),
    _words("uuid"),
    _words("host_name"),
    _words("addresses"),
    _words("inner_ip"),
    _words("wan_ip"),
    _words("os_name"),
    _words("agent_version"),
    _words("host_id"),
    _words("remark"),
    _words("instance"),
    _words("boot"),
    _number("last_seen", null=True),
    _bytes("next_key", null=True),
    _words("processes"),
    _number("quarantined", null=True),
    UniqueConstraint("public_key"),
    UniqueConstraint("quuid"),
    UniqueConstraint("uuid"),
    Index(None, "account_id"),
    Index(None, "account_id", "host_name", "machine_id"),
    Index(None, "account_id", "agent_version"),
    fill=FILL_WARM,
)
machine_text = _table(
    "machine_text",
    "machine_id",
    _number("machine_id"),
    _number("account_id"),
    *(_words(name) for name in ("anything", "address", "host_name", "instance", "os_name", "uuid", "quuid")),
    Index(None, "uuid"),
    Index(None, "quuid"),
)
"""What machines are searched by: folded, texts of one column between separators (see texts.py)."""
machine_tag = _table(
    "machine_tag",
    "machine_id tag",
    _number("machine_id"),
    _words("tag"),
    _number("account_id"),
    Index(None, "account_id", "tag", "machine_id"),
)
label = _table(
    "label",
    "label_id",
    *(_number(name) for name in ("label_id", "account_id")),
    _words("name"),
    UniqueConstraint("account_id", "name"),
)
"""The numbers of an account's tags."""
agent_session = _table(
    "agent_session",
    "session_id",
    _words("session_id"),
    _number("account_id"),
    _number("machine_id"),
    _words("instance"),
    _bytes("secret"),
    _number("expires"),
    _bytes("challenge"),
    UniqueConstraint("challenge"),
    Index(None, "machine_id"),
)

TALLY_COLUMNS = (
    *("machines", "pending", "leased", "running", "stopping", "ok", "offline", "timed_out", "failed", "too_old"),
    *("stopped", "progress", "risk_machines", "risk_events", "vuls", "ok_at_risk", "absent", "begun"),
)
"""Tally's fields in their order ("timeout" is the task's own span here, so that the count is timed_out)."""

task = _table(
    "task",
    "task_id",
    _number("task_id"),
    _number("account_id"),
    _words("module"),
    _number("started_by"),
    _words("options"),
    _words("content"),
    _words("created_by"),
    _number("timeout"),
    _number("queue"),
    _number("run"),
    _number("begin_at"),
    _number("run_begin"),
    _number("end_at", null=True),
    _number("stop_at", null=True),
    _words("stop_by"),
    _words("history"),
    _number("settled"),
    _number("not_before", null=True),
    _number("ramp"),
    _number("not_after", null=True),
    _number("late"),
    _number("at_once"),
    _number("vul_rev"),
    *(_number(name) for name in TALLY_COLUMNS),
    Index(None, "account_id", "module", "task_id"),
    fill=FILL_HOT,
)

task_machine = _table(
    "task_machine",
    "task_id seq",
    _number("task_id"),
    _number("seq"),
    _number("account_id"),
    _number("machine_id"),
    _number("run"),
    _number("state"),
    _number("fail"),
    _words("note_code"),
    _words("note_values"),
    _number("attempt"),
    _number("lease_id", null=True),
    _number("queue_until"),
    _number("timeout_at", null=True),
    _number("begin_at", null=True),
    _number("end_at", null=True),
    _number("progress"),
    _number("risk_num"),
    _number("due", null=True),
    _number("rev"),
    UniqueConstraint("task_id", "machine_id"),
    _partial("task_machine_open", NOT_FINAL, "machine_id", "task_id"),
    _partial("task_machine_due", NOT_FINAL, "due"),
    _partial("task_machine_state", NOT_OK, "task_id", "state", "seq", "fail"),
    fill=FILL_HOT,
)

BLOCK_COLUMNS = ("scanning", "ok", "stop", "offline", "timed_out", "failed", "too_old", "at_risk", "ok_at_risk")
"""at_risk: whatever their state; ok_at_risk: those of ok."""

task_block = _table(
    "task_block",
    "task_id block",
    _number("task_id"),
    _number("block"),
    _number("account_id"),
    *(_number(name) for name in BLOCK_COLUMNS),
    fill=FILL_HOT,
)
lease = _table(
    "lease",
    "lease_id",
    _number("lease_id"),
    _number("account_id"),
    _number("machine_id"),
    _number("task_id"),
    _number("seq"),
    _number("run"),
    _number("acked"),
    _number("ended"),
    _number("given"),
    Index(None, "task_id"),
    fill=FILL_WARM,
)
removed_task = _table("removed_task", "task_id", _number("task_id"), _number("account_id"))
"""Tasks that are gone and whose rows in other tables are still to be swept."""
scan_length = _table(
    "scan_length",
    "account_id module length",
    _number("account_id"),
    _words("module"),
    _number("length"),
    _number("scans"),
    fill=FILL_HOT,
)
"""How many scans took how long, by class of length (domain.durations)."""

_ROW = "machine_id lease_id batch place"


def _row() -> tuple[Column[int], ...]:
    """Where a reported row stands: under which lease, in which batch, at which place of it."""
    return tuple(_number(name) for name in (*_ROW.split(), "account_id"))


LEVEL_COLUMNS = ("low", "medium", "high", "critical")
"""Risks whose level is counted; others are in risks alone."""

current_result = _table(
    "current_result",
    "machine_id module",
    _number("machine_id"),
    _words("module"),
    _number("account_id"),
    _number("lease_id"),
    _number("at"),
    _number("risks"),
    *(_number(name) for name in LEVEL_COLUMNS),
)
fleet_result = _table(
    "fleet_result",
    "account_id module",
    _number("account_id"),
    _words("module"),
    *(_number(name) for name in ("judged", "at_risk", "risks", *LEVEL_COLUMNS)),
    fill=FILL_HOT,
)
"""The rows of current_result summed up for each account and module; module "": machines with results of any."""
result_batch = _table(
    "result_batch",
    "machine_id lease_id batch",
    *(_number(name) for name in ("machine_id", "lease_id", "batch", "account_id", "rows")),
)
malware_finding = _table(
    "malware_finding",
    _ROW,
    *_row(),
    _bytes("path"),
    _bytes("member"),
    _words("rule"),
    _words("title"),
    _words("engine"),
    _number("level"),
    _number("size"),
    _words("sha256"),
    _words("matches"),
)
not_scanned = _table("not_scanned", _ROW, *_row(), _bytes("path"), _words("reason"), _words("detail"))
baseline_verdict = _table(
    "baseline_verdict",
    _ROW,
    *_row(),
    *(_words(name) for name in ("policy", "item", "title")),
    _number("level"),
    *(_words(name) for name in ("outcome", "reason", "evidence", "remediation")),
)
machine_package = _table("machine_package", _ROW, *_row(), _number("package_id"), _bytes("path"))
host_evidence = _table(
    "host_evidence",
    _ROW,
    *_row(),
    *(_words(name) for name in ("ecosystem", "source", "source_version", "cve", "fixed", "urgency")),
)
host_facts = _table(
    "host_facts",
    _ROW,
    *_row(),
    *(_words(name) for name in ("os_id", "os_version", "os_name", "running_kernel")),
)

host_restart = _table(
    "host_restart",
    _ROW,
    *_row(),
    _words("unit"),
    _words("package"),
    _bytes("path"),
    _number("processes"),
    _words("reason"),
)

package_version = _table(
    "package_version",
    "package_id",
    _number("package_id"),
    *(_words(name) for name in ("ecosystem", "name", "version", "arch", "source", "source_version")),
    _bytes("version_key", null=True),
    UniqueConstraint("name", "version", "ecosystem", "arch", "source", "source_version"),
)
"""An installed package version, kept once for the whole fleet. version_key NULL: its ecosystem has no order here."""

SHARED = frozenset({counter, package_version, package_match, *ADVISING})
"""Tables without an account: the same for everybody."""
