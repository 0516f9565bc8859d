"""What the use cases need to let people in: credentials, login links, and the sessions of browsers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.account import User
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.ids import AccountId, UserId


class Credentials(Protocol):
    """Passwords (hashed), secrets of one-time codes (sealed), recovery codes and login links (hashed)."""

    def of(self, user: UserId) -> Credential:
        """What is stored of a user; an empty one when nothing is."""
        ...

    def put(self, user: User, credential: Credential) -> None:
        """Store all of a user's credential."""
        ...

    def use_step(self, user: UserId, step: int) -> bool:
        """Use up the codes of this step and those before it; False when that has happened already."""
        ...

    def put_recovery(self, user: User, digests: Sequence[bytes]) -> None:
        """Make these the user's recovery codes, in place of all others."""
        ...

    def take_recovery(self, user: UserId, digest: bytes) -> bool:
        """Use up a recovery code; False when the user has none such (any more)."""
        ...

    def add_link(self, digest: bytes, user: User, *, expires: datetime, now: datetime) -> None:
        """Remember a login link by its token's SHA-256; links that are over by now are removed."""
        ...

    def take_link(self, digest: bytes, now: datetime) -> User | None:
        """Use up a login link: its user as that is now, or None when it is unknown, used or over."""
        ...

    def drop_links(self, user: UserId) -> None:
        """Remove the user's login links."""
        ...


class ConsoleSessions(Protocol):
    """Sessions of browsers, found by the SHA-256 of what their cookie holds."""

    def add(self, digest: bytes, session: ConsoleSession) -> None:
        """Remember a new session."""
        ...

    def find(self, digest: bytes) -> ConsoleSession | None:
        """The session with its user as that is now, over or not."""
        ...

    def of_account(self, account: AccountId) -> Sequence[ConsoleSession]:
        """The account's sessions, newest first, over or not."""
        ...

    def used(self, session: str, now: datetime) -> None:
        """It was used just now. Earlier times and unknown ids are passed over."""
        ...

    def password_set(self, session: str) -> None:
        """It need not set a password any more."""
        ...

    def end(self, session: str) -> None:
        """Remove a session, if it is there."""
        ...

    def end_others(self, user: UserId, kept: str) -> None:
        """Remove the user's sessions but this one ("" keeps none)."""
        ...

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's sessions whose time has passed."""
        ...


class Passwords(Protocol):
    """Hashes passwords slowly, off the event loop and few at once."""

    async def hashed(self, password: str) -> str:
        """The hash of a password. Raises Conflict while too many are being hashed."""
        ...

    async def matches(self, hashed: str, password: str) -> bool:
        """Whether the password is that of the hash; "" is nobody's, and takes the same time. Raises Conflict."""
        ...
