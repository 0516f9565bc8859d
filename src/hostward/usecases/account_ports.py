"""What the use cases need of accounts, of the audit log and of the newest requests; see ports.py for the others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.audit import AuditEntry, Deed, Head
from hostward.domain.ids import AccountId, UserId
from hostward.usecases.request_records import RequestBatch, RequestRecord


class Accounts(Protocol):
    """Accounts, users and keys."""

    def first(self) -> AccountId | None:
        """The oldest account, None in a new database."""
        ...

    def all(self) -> Sequence[AccountId]:
        """Every account, oldest first."""
        ...

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        ...

    def add_user(self, account: AccountId, name: str, role: Role, tags: Sequence[str] = ()) -> User:
        """A new user. Raises Conflict when the account has one of this name."""
        ...

    def user(self, account: AccountId, name: str) -> User | None:
        """The account's user of this name."""
        ...

    def users(self, account: AccountId, *, lock: bool = False) -> Sequence[User]:
        """The account's users, oldest first. lock: nobody else changes them before this transaction ends."""
        ...

    def put_user(self, user: User) -> None:
        """Store role, enabled, locked and tags of a user. Raises NotFound."""
        ...

    def add_key(self, key: ApiKey) -> None:
        """A new key; its secret and token are stored encrypted. Raises Conflict when its id is taken."""
        ...

    def key(self, secret_id: str) -> ApiKey | None:
        """A key with its user as that is now, disabled or not."""
        ...

    def keys(self, account: AccountId) -> Sequence[ApiKey]:
        """The account's keys that are not temporary, oldest first."""
        ...

    def put_key(self, key: ApiKey) -> None:
        """Store enabled and expires of a key; disabling removes the temporary keys made with it. Raises NotFound."""
        ...

    def drop_key(self, secret_id: str) -> None:
        """Remove a key, if it is there, and the temporary ones made with it."""
        ...

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's keys whose time has passed, and the temporary ones made with them."""
        ...

    def temporary(self, user: UserId) -> int:
        """How many temporary keys of a user are stored."""
        ...

    def used(self, times: Mapping[str, datetime]) -> None:
        """Remember when keys were last used, by SecretId; unknown ones and earlier times are passed over."""
        ...


class Audit(Protocol):
    """What was changed or refused, by whom: each account has a chain of its own, to which entries are only added."""

    def append(self, deed: Deed) -> AuditEntry:
        """Add a deed to its account's chain. Whoever appends next waits until this transaction has ended."""
        ...

    def head(self, account: AccountId) -> Head:
        """The end of the account's chain as it is kept beside it."""
        ...

    def entries(self, account: AccountId) -> Iterable[AuditEntry]:
        """The account's entries, oldest first (streamed)."""
        ...

    def newest(self, account: AccountId, *, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        """How many entries there are, and a page of them, newest first."""
        ...

    def of_request(self, request_id: str) -> Sequence[AuditEntry]:
        """What a request did, in every account."""
        ...


class Requests(Protocol):
    """The newest requests, of each account at least its last 100,000 as far as they were stored."""

    def next_batch(self) -> int:
        """A number for a new batch, above every one given before."""
        ...

    def put(self, batch: RequestBatch) -> None:
        """Store a batch, in place of itself as it was before."""
        ...

    def trim(self, account: AccountId) -> None:
        """Remove the account's oldest batches beyond 100,000 requests; the newest one always stays."""
        ...

    def count(self, account: AccountId) -> int:
        """How many requests of the account are kept."""
        ...

    def find(self, request_id: str, account: AccountId | None) -> RequestRecord | None:
        """A request by its id: one of the account, or of anybody when that is None."""
        ...
