"""Which machines of a task are meant, by part, text and order: what ListScanTaskMachines and its live page take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.values import MAX_LIMIT, between, count_between, offset_of, one_of, wrong_value
from hostward.domain.bucket import Bucket
from hostward.domain.machine_filter import BucketIs, Condition, Order, SortKey, Text, TextIs

SORTS: Final = {"": SortKey.TASK, "HostName": SortKey.HOST_NAME, "RiskNum": SortKey.RISKS, "BeginTime": SortKey.BEGIN}
PAGE: Final = 20
"""Rows of a page whose size nobody names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineQuery:
    """A page of a task's machines."""

    conditions: tuple[Condition, ...]
    order: Order
    limit: int
    offset: int


def query_text(text: str) -> str:
    """A text to look for. Raises ApiError for one that is longer than any name."""
    if len(text) > MAX_VALUE_CHARS:
        wrong_value("Query", text, f"up to {MAX_VALUE_CHARS} characters")
    return text


def machine_query(
    *, buckets: Sequence[str], query: str, sort: str, descending: bool, limit: int, offset: int
) -> MachineQuery:
    """The page as callers name it. Raises ApiError InvalidParameterValue."""
    names = [bucket.value for bucket in Bucket]
    count_between("Buckets", buckets, 0, len(names))
    parts = frozenset(Bucket(one_of("Buckets", name, names)) for name in buckets)
    conditions: list[Condition] = [BucketIs(values=parts)] if parts else []
    if query_text(query):
        conditions.append(TextIs(text=Text.ANY, values=(query,)))
    return MachineQuery(
        conditions=tuple(conditions),
        order=Order(key=SORTS[one_of("Sort", sort, list(SORTS))], descending=descending),
        limit=between("Limit", limit, 1, MAX_LIMIT),
        offset=offset_of(offset),
    )
