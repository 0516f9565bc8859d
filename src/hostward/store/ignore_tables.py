"""Tables of ignore rules."""

from sqlalchemy import Index

from hostward.store.columns import number, partial, table, words

IN_FORCE = "ended IS NULL"
"""Rules that hold: few beside those that ended."""

ignore_rule = table(
    "ignore_rule",
    "rule_id",
    *(number(name) for name in ("rule_id", "account_id", "vul_id")),
    *(words(name) for name in ("scope", "machines", "tags", "product", "reason", "owner", "source")),
    *(number(name) for name in ("created", "changed")),
    *(number(name, null=True) for name in ("expires", "ended")),
    *(words(name) for name in ("document", "status", "justification")),
    Index(None, "account_id", "rule_id"),
    partial("ignore_rule_open", IN_FORCE, "account_id", "vul_id", "rule_id"),
    partial("ignore_rule_due", IN_FORCE, "expires"),
)
ignore_state = table(
    "ignore_state", "account_id", *(number(name) for name in ("account_id", "revision", "settled")), fill=70
)
"""How often an account's rules changed, and up to which change its figures are recounted."""
vex_document = table(
    "vex_document",
    "account_id document",
    number("account_id"),
    *(words(name) for name in ("document", "author")),
    *(number(name) for name in ("version", "issued", "imported")),
    words("owner"),
    *(number(name) for name in ("rules", "statements")),
)
"""OpenVEX documents, so that an older one never takes the place of what came after it."""
