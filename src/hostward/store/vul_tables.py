"""Tables of the vulnerabilities that scans found. There is never a row for a machine and a vulnerability."""

from sqlalchemy import Column, Float, Index

from hostward.store.columns import number, raw, table, words

FILL = 85
"""Per cent of a PostgreSQL page filled at first."""

unit_vul = table(
    "unit_vul",
    "task_id seq",
    *(number(name) for name in ("task_id", "seq", "account_id")),
    raw("packed"),
    raw("ignored", null=True),
    raw("parts", null=True),
)
"""Those that count, those set aside, and the packages that bring each (NULL in rows from before they were kept)."""
task_vul = table(
    "task_vul",
    "task_id vul_id",
    *(number(name) for name in ("task_id", "vul_id", "account_id", "machines")),
    number("level", null=True),
    words("level_source"),
    Column("cvss", Float(53)),
    *(words(name) for name in ("component", "fixed", "ecosystem", "place", "restart")),
    number("category"),
    number("holders"),
    fill=FILL,
)
"""machines: of how many it counts, holders: how many have it, set aside or not."""
current_vul = table(
    "current_vul",
    "machine_id",
    *(number(name) for name in ("machine_id", "account_id")),
    *(raw(name) for name in ("packed", "ignored", "parts")),
    Index(None, "account_id", "machine_id"),
)
"""Of each machine's own results the same as of a unit."""
