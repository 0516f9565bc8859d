"""The table of starts that callers gave a token of theirs."""

from sqlalchemy import Index

from hostward.store.columns import number, raw, table, words

client_token = table(
    "client_token",
    "account_id user_id token",
    number("account_id"),
    number("user_id"),
    words("token"),
    raw("digest"),
    *(number(name) for name in ("task_id", "machines", "created")),
    Index(None, "account_id", "created"),
)
