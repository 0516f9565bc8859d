"""Tables of vulnerability data, which is the same for every account."""

from sqlalchemy import Column, Float, UniqueConstraint

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
"""The permanent numbers of vulnerabilities, and the best that any feed says of each."""
feed = table(
    "feed",
    "name",
    words("name"),
    number("advisories"),
    words("ecosystems"),
    number("imported"),
    words("digest"),
)
advisory = table(
    "advisory",
    "feed advisory_id",
    words("feed"),
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
    "ecosystem name feed advisory_id place",
    *(words(name) for name in ("ecosystem", "name", "feed", "advisory_id")),
    number("place"),
    raw("from_key"),
    raw("to_key", null=True),
    number("to_inclusive"),
    words("fixed"),
    words("status"),
)
