"""Spans that the fleet's vulnerabilities follow from (ADR 19): what was installed when, and what was said of it when.

Every since is a time, every until the time from which on it was no longer so, NULL while it is.
"""

from sqlalchemy import Index

from hostward.store.columns import number, partial, raw, table, words

OPEN = "until IS NULL"

package_match = table(
    "package_match",
    "package_id vul_id feed since",
    *(number(name) for name in ("package_id", "vul_id")),
    words("feed"),
    number("since"),
    number("until", null=True),
    *(words(name) for name in ("advisory_id", "fixed", "status")),
    Index(None, "vul_id", "package_id"),
    partial("package_match_open", OPEN, "feed"),
)
"""What each feed says of a package version; of several advisories about one vulnerability the first."""
installed = table(
    "installed",
    "machine_id package_id path since",
    *(number(name) for name in ("machine_id", "package_id")),
    raw("path"),
    number("since"),
    number("until", null=True),
    number("account_id"),
    Index(None, "package_id"),
)
"""Packages while they counted on a machine: of versions that package_match speaks of, or ever did, and of no others."""
evident = table(
    "evident",
    "machine_id package_id path vul_id since",
    *(number(name) for name in ("machine_id", "package_id")),
    raw("path"),
    *(number(name) for name in ("vul_id", "since")),
    number("until", null=True),
    number("account_id"),
    *(words(name) for name in ("said_by", "fixed", "status")),
    Index(None, "vul_id"),
)
"""What a machine's own changelogs say of its packages, and of no other machine's."""
