"""The audit log in memory."""

from collections.abc import Iterator, Sequence

from hostward.domain.audit import AuditEntry, Deed, Head, linked
from hostward.domain.ids import AccountId
from hostward.store.memory.state import State
from hostward.store.texts import clean, cleaned


class MemoryAudit:
    """ports.Audit."""

    def __init__(self, state: State) -> None:
        self._state = state

    def append(self, deed: Deed) -> AuditEntry:
        """Add a deed to its account's chain."""
        entry = linked(cleaned(deed), self.head(deed.account))
        self._state.audit[deed.account, entry.number] = entry
        return entry

    def head(self, account: AccountId) -> Head:
        """The end of the account's chain."""
        entries = list(self.entries(account))
        return Head(number=entries[-1].number, digest=entries[-1].digest) if entries else Head()

    def entries(self, account: AccountId) -> Iterator[AuditEntry]:
        """The account's entries, oldest first."""
        return (entry for (which, _), entry in sorted(self._state.audit.items(), key=_place) if which == account)

    def newest(self, account: AccountId, *, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        """How many entries there are, and a page of them, newest first."""
        entries = list(self.entries(account))[::-1]
        return len(entries), entries[offset : offset + limit]

    def of_request(self, request_id: str) -> Sequence[AuditEntry]:
        """What a request did, in every account."""
        wanted = clean(request_id)
        stored = sorted(self._state.audit.items(), key=_place)
        return [entry for _, entry in stored if entry.deed.request_id == wanted]


def _place(entry: tuple[tuple[AccountId, int], AuditEntry]) -> tuple[AccountId, int]:
    return entry[0]
