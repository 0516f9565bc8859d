"""The newest requests in memory."""

from hostward.domain.ids import AccountId
from hostward.store.memory.state import State
from hostward.store.requests import MOST_REQUESTS
from hostward.usecases.request_records import RequestBatch, RequestRecord


class MemoryRequests:
    """ports.Requests."""

    def __init__(self, state: State) -> None:
        self._state = state

    def next_batch(self) -> int:
        """A number for a new batch, above every one given before."""
        return self._state.take("request_batch")

    def put(self, batch: RequestBatch) -> None:
        """Store a batch, in place of itself as it was before."""
        self._state.requests[batch.number] = batch

    def trim(self, account: AccountId) -> None:
        """Remove the account's oldest batches beyond MOST_REQUESTS."""
        total = 0
        for batch in self._of(account):
            total += len(batch.records)
            if total > MOST_REQUESTS and len(batch.records) < total:
                del self._state.requests[batch.number]

    def count(self, account: AccountId) -> int:
        """How many requests of the account are kept."""
        return sum(len(batch.records) for batch in self._of(account))

    def find(self, request_id: str, account: AccountId | None) -> RequestRecord | None:
        """A request by its id: one of the account, or of anybody when that is None."""
        records = (record for batch in self._of(account) for record in batch.records)
        return next((record for record in records if record.id == request_id), None)

    def _of(self, account: AccountId | None) -> list[RequestBatch]:
        stored = sorted(self._state.requests.values(), key=_number, reverse=True)
        return [batch for batch in stored if account in (None, batch.account)]


def _number(batch: RequestBatch) -> int:
    return batch.number
