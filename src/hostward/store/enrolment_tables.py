"""Tables of enrolment tokens and of machines that wait to be let in."""

from sqlalchemy import Index, UniqueConstraint

from hostward.store.columns import number, raw, table, words

FACTS = ("host_name", "addresses", "wan_ip", "os_name", "agent_version", "host_id")

enrolment_token = table(
    "enrolment_token",
    "digest",
    raw("digest"),
    *(number(name) for name in ("account_id", "expires", "uses_left")),
    words("token_id"),
    words("made_by"),
    *(number(name) for name in ("created", "uses")),
    words("tags"),
    *(number(name) for name in ("needs_approval", "for_image")),
    number("revoked", null=True),
    Index(None, "account_id", "created"),
)
waiting_machine = table(
    "waiting_machine",
    "waiting_id",
    words("waiting_id"),
    number("account_id"),
    words("token_id"),
    raw("public_key"),
    *(words(name) for name in (*FACTS, "tags", "quuid", "uuid")),
    number("since"),
    UniqueConstraint("public_key"),
    Index(None, "account_id"),
)
"""Machines that asked to be let in by a token whose machines somebody must look at."""
