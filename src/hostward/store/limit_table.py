"""The table of limits of scans."""

from hostward.store.columns import number, table, words

scan_limit = table(
    "scan_limit",
    "account_id kind number",
    *(number(name) for name in ("account_id", "kind", "number", "cpu_percent", "memory_mib", "io_mib")),
    words("hours"),
)
"""kind: domain.limits.LimitOf; number: of the tag (label) or the machine, 0 for the account. hours: "22:00-06:00"."""
