"""A browser that somebody has signed in with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hostward.domain.account import User

IDLE: Final = timedelta(hours=12)
"""A session that nobody uses for so long is over."""

LONGEST: Final = timedelta(days=7)
"""However busy it is."""

USE: Final = timedelta(minutes=1)
"""The last use is known to the minute."""

LINK_LIFE: Final = timedelta(minutes=10)
"""Of a link that signs in once."""

MOST_SESSIONS: Final = 50
"""Of one user at a time; one more ends the oldest."""

MAX_USER_AGENT: Final = 200
"""Characters kept of what a browser calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """One signed-in browser. id: its public name. csrf: what its changing requests must carry in a header.

    source: the address it signed in from. must_set_password: it came by a link, and the user has set none since.
    """

    id: str
    user: User
    csrf: str = field(repr=False)
    created: datetime
    last_used: datetime
    source: str = ""
    user_agent: str = ""
    must_set_password: bool = False

    @property
    def expires(self) -> datetime:
        """When it is over, if nobody uses it any more."""
        return min(self.created + LONGEST, self.last_used + IDLE)

    def is_alive(self, now: datetime) -> bool:
        """Whether it still lets its user in, who must not be kept out meanwhile."""
        return now < self.expires and self.user.is_active

    def is_use(self, now: datetime) -> bool:
        """Whether being used now is worth remembering."""
        return now - self.last_used >= USE
