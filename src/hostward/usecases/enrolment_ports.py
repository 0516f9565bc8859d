"""What is kept of enrolment, as a Protocol: tokens, and machines that wait to be let in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.ids import AccountId


class Enrolments(Protocol):
    """Tokens by the hash of their word, and waiting machines."""

    def add(self, digest: bytes, token: EnrolmentToken) -> None:
        """Keep a new token. digest: SHA-256 of its word."""
        ...

    def by_digest(self, digest: bytes) -> EnrolmentToken | None:
        """A token by the hash of its word, whatever its state."""
        ...

    def take(self, digest: bytes, now: datetime) -> EnrolmentToken | None:
        """Use an open token once: as it is after that; None when there is none that is open."""
        ...

    def tokens(self, account: AccountId) -> Sequence[EnrolmentToken]:
        """The account's tokens, newest first."""
        ...

    def revoke(self, account: AccountId, token: str, now: datetime) -> bool:
        """Close one of the account's tokens by its id; False when it has none of that id. Twice is once."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove tokens that expired before this time; returns how many."""
        ...

    def add_waiting(self, waiting: Waiting) -> None:
        """Keep a machine that waits; one with the same key is replaced."""
        ...

    def waiting(self, account: AccountId) -> Sequence[Waiting]:
        """The account's machines that wait, oldest first."""
        ...

    def waiting_by_key(self, public_key: bytes) -> Waiting | None:
        """The machine with this key that waits, of whatever account."""
        ...

    def drop_waiting(self, account: AccountId, waiting: str) -> Waiting | None:
        """Let one of the account's machines wait no longer, by its id; None when none of that id does."""
        ...
