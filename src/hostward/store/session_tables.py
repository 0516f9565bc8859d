"""Tables of what people sign in with, and of the browsers they signed in with."""

from sqlalchemy import Index, UniqueConstraint

from hostward.store.columns import number as _number
from hostward.store.columns import raw as _bytes
from hostward.store.columns import table as _table
from hostward.store.columns import words as _words

credential = _table(
    "credential",
    "user_id",
    _number("user_id"),
    _number("account_id"),
    _words("password"),
    _bytes("totp", null=True),
    _number("totp_on"),
    _number("totp_step"),
)
recovery_code = _table("recovery_code", "user_id digest", _number("user_id"), _bytes("digest"), _number("account_id"))
login_link = _table(
    "login_link",
    "digest",
    _bytes("digest"),
    *(_number(name) for name in ("account_id", "user_id", "expires")),
    Index(None, "user_id"),
)
console_session = _table(
    "console_session",
    "digest",
    _bytes("digest"),
    _words("session_id"),
    *(_number(name) for name in ("account_id", "user_id", "created", "last_used", "must_set_password")),
    *(_words(name) for name in ("csrf", "source", "user_agent")),
    UniqueConstraint("session_id"),
    Index(None, "account_id"),
    Index(None, "user_id"),
)
