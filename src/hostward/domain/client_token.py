"""Words that callers name a start by, so that a call made twice starts one scan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hostward.domain.ids import AccountId, TaskId, UserId

KEPT: Final = timedelta(hours=24)
"""How long a start is known by its token; then the same token starts another scan."""

MOST_CHARS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientToken:
    """A start and its token, which is the user's own. digest: SHA-256 of the parameters. machines: that entered."""

    account: AccountId
    user: UserId
    token: str
    digest: bytes
    task: TaskId
    machines: int
    created: datetime


def is_token(text: str) -> bool:
    """Whether it can be a token: 1 to MOST_CHARS printable characters of ASCII."""
    return 1 <= len(text) <= MOST_CHARS and text.isascii() and text.isprintable()
