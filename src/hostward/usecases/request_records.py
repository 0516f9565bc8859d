"""Requests as they are remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hostward.domain.ids import AccountId


class RequestRecord(NamedTuple):
    """One request as it is remembered.

    at: microseconds since 1970 UTC. took: microseconds. account, user: 0 and "" when nobody was recognised. code: ""
    when it was answered. secret_id: the key used, "" for none.
    """

    id: str
    at: int
    took: int
    account: int
    user: str
    secret_id: str
    source: str
    service: str
    action: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBatch:
    """Requests of one account that are stored together. account 0: nobody was recognised."""

    number: int
    account: AccountId
    records: Sequence[RequestRecord]
