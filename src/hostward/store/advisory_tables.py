"""Tables of vulnerability data, which is the same for every account.

A feed's data is kept under the number of its import, its edition. What is imported anew is written beside the old under
a number of its own and counts from the moment at which the feed's row names it: one small transaction, however large
the feed is, and a process that ends before it has changed nothing.
"""

from sqlalchemy import Column, Float, Index, UniqueConstraint

from hostward.store.columns import number, raw, table, words

vul = table(
    "vul",
    "vul_id",
    number("vul_id"),
    words("name"),
    number("level", null=True),
    words("level_source"),
    Column("cvss", Float(53)),
    words("vector"),
    words("title"),
    words("description"),
    words("reference"),
    number("published", null=True),
    number("category"),
    UniqueConstraint("name"),
)
"""The permanent numbers of vulnerabilities, and what is remembered of those that no feed speaks of any more."""
vul_fact = table(
    "vul_fact",
    "vul_id edition",
    number("vul_id"),
    number("edition"),
    number("level", null=True),
    words("level_source"),
    Column("cvss", Float(53)),
    words("vector"),
    words("title"),
    words("description"),
    words("reference"),
    number("published", null=True),
    number("category"),
    number("kev"),
    Column("epss", Float(53)),
    Index(None, "edition"),
)
"""What each feed says of a vulnerability in general, over all its advisories."""
feed = table(
    "feed",
    "name",
    words("name"),
    number("advisories"),
    words("ecosystems"),
    number("imported"),
    words("digest"),
    number("edition"),
    Index(None, "edition"),
)
"""The edition that counts of each feed."""
edition = table("edition", "edition", number("edition"), words("feed"))
"""Editions that are being written, or were when their process ended; and those that are being deleted."""
feed_health = table(
    "feed_health",
    "name",
    words("name"),
    words("source"),
    words("validator"),
    number("checked", null=True),
    number("failed", null=True),
    number("failures"),
    words("problem"),
    words("left_out"),
    words("fault"),
    words("told"),
)
"""What came of the last tries to renew each feed. failed NULL: the last one went well."""
advisory = table(
    "advisory",
    "edition advisory_id",
    number("edition"),
    words("advisory_id"),
    number("vul_id"),
    words("aliases"),
    number("level", null=True),
    words("level_source"),
    Column("cvss", Float(53)),
    words("vector"),
)
affected = table(
    "affected",
    "ecosystem name edition advisory_id place",
    *(words(name) for name in ("ecosystem", "name")),
    number("edition"),
    words("advisory_id"),
    number("place"),
    raw("from_key"),
    raw("to_key", null=True),
    number("to_inclusive"),
    words("fixed"),
    words("status"),
)

ADVISING = (vul, vul_fact, feed, feed_health, edition, advisory, affected)
