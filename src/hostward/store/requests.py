"""The newest requests in SQL, many to a row: a row for each would cost the busiest reads more than the log is worth."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, select

from hostward.domain.ids import AccountId
from hostward.store import counters
from hostward.store.session import Prepared, Session
from hostward.store.tables import request_batch
from hostward.store.upsert import upserting
from hostward.usecases.request_records import RequestBatch, RequestRecord

MOST_REQUESTS = 100_000
"""Requests of one account that are kept, the newest."""

_B = request_batch.c
_PUT = upserting(request_batch, key=("batch_id",), change=lambda new: {"entries": new.entries, "packed": new.packed})
_SIZES = Prepared(
    select(_B.batch_id, _B.entries).where(_B.account_id == bindparam("of_account")).order_by(_B.batch_id.desc())
)
_OF = _B.account_id == bindparam("of_account")
_DROP = Prepared(delete(request_batch).where(_OF, _B.batch_id < bindparam("first")))
_PACKED = Prepared(select(_B.packed).where(_B.account_id == bindparam("of_account")).order_by(_B.batch_id.desc()))
_ANYBODY = Prepared(select(_B.packed).order_by(_B.batch_id.desc()))
_COUNT = Prepared(select(func.sum(_B.entries)).where(_B.account_id == bindparam("of_account")))

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[RequestRecord])


class SqlRequests:
    """ports.Requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_batch(self) -> int:
        """A number for a new batch, above every one given before."""
        return counters.take(self._session, "request_batch")

    def put(self, batch: RequestBatch) -> None:
        """Store a batch, in place of itself as it was before."""
        self._session.run(
            _PUT(self._session.dialect.name),
            batch_id=batch.number,
            account_id=batch.account,
            entries=len(batch.records),
            packed=pack(batch),
        )

    def trim(self, account: AccountId) -> None:
        """Remove the account's oldest batches beyond MOST_REQUESTS; the newest one always stays."""
        total = 0
        for number, entries in self._session.rows(_SIZES, of_account=account):
            total += entries
            if total > MOST_REQUESTS and entries < total:
                self._session.run(_DROP, of_account=account, first=number + 1)
                return

    def count(self, account: AccountId) -> int:
        """How many requests of the account are kept."""
        row = self._session.row(_COUNT, of_account=account)
        return int(row[0] or 0) if row is not None else 0

    def find(self, request_id: str, account: AccountId | None) -> RequestRecord | None:
        """A request by its id: one of the account, or of anybody when that is None."""
        rows = self._session.rows(_ANYBODY) if account is None else self._session.rows(_PACKED, of_account=account)
        return sought(request_id, (row[0] for row in rows))


def pack(batch: RequestBatch) -> bytes:
    """A batch as it is stored."""
    return _ENCODER.encode(batch.records)


def sought(request_id: str, batches: Any) -> RequestRecord | None:
    """The request with this id in packed batches; only the one that holds its id is unpacked."""
    wanted = request_id.encode("utf-8", "replace")
    for packed in batches:
        if wanted in packed:
            for record in _DECODER.decode(packed):
                if record.id == request_id:
                    return record
    return None
