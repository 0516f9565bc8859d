"""Filters of a task's machines, as callers write them and as the domain means them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from hostward.api.values import count_between, one_of, wrong_value
from hostward.domain.host_scan import FailType, Status
from hostward.domain.machine_filter import AtRisk, Condition, FailTypeIs, StatusIs, Text, TextIs

MAX_FILTERS: Final = 10
MAX_VALUES: Final = 100
MAX_VALUE_CHARS: Final = 1000
"""Longer than any name of a machine, shorter than the patterns that databases refuse."""


class Filters(msgspec.Struct, rename="pascal"):
    """One filter (the API's plural type of that name)."""

    name: str
    values: list[str]
    exact_match: bool = False


@dataclass(frozen=True, slots=True)
class _TextFilter:
    """A filter by text; exact: always by the whole of it."""

    text: Text
    exact: bool = False


_TEXTS: Final[Mapping[str, _TextFilter]] = {
    "ipOrAlias": _TextFilter(Text.ANY),
    "Keywords": _TextFilter(Text.ANY),
    "Keyworkd": _TextFilter(Text.ANY),  # the documentation's own misspelling
    "HostIp": _TextFilter(Text.ADDRESS),
    "IP": _TextFilter(Text.ADDRESS),
    "HostName": _TextFilter(Text.HOST_NAME),
    "MachineName": _TextFilter(Text.HOST_NAME),
    "InstanceID": _TextFilter(Text.INSTANCE),
    "OsName": _TextFilter(Text.OS_NAME),
    "Uuid": _TextFilter(Text.UUID, exact=True),
    "Quuid": _TextFilter(Text.QUUID, exact=True),
}
_STATUSES: Final[Mapping[str, Status]] = {status.word: status for status in Status}
_FAIL_TYPES: Final[Mapping[str, FailType]] = {str(fail.value): fail for fail in FailType if fail}
NAMES: Final = (*_TEXTS, "Status", "FailType", "RiskOnly")
"""Every filter of DescribeScanTaskDetails; names are compared without regard to case."""

_BY_LOWER: Final = {name.lower(): name for name in NAMES}


def conditions_of(filters: Sequence[Filters]) -> tuple[Condition, ...]:
    """The conditions that all must hold; () for no filter. Raises ApiError InvalidParameterValue."""
    count_between("Filters", filters, 0, MAX_FILTERS)
    return tuple(_condition(one, f"Filters.{index}") for index, one in enumerate(filters))


def _condition(one: Filters, path: str) -> Condition:
    name = _BY_LOWER.get(one.name.lower())
    if name is None:
        wrong_value(f"{path}.Name", one.name, ", ".join(NAMES))
    values = count_between(f"{path}.Values", one.values, 1, MAX_VALUES)
    where = f"{path}.Values ({name})"
    if name == "Status":
        return StatusIs(values=frozenset(_STATUSES[one_of(where, value, list(_STATUSES))] for value in values))
    if name == "FailType":
        return FailTypeIs(values=frozenset(_FAIL_TYPES[one_of(where, value, list(_FAIL_TYPES))] for value in values))
    if name == "RiskOnly":
        for value in values:
            one_of(where, value, ["true"])
        return AtRisk()
    for value in values:
        if len(value) > MAX_VALUE_CHARS:
            wrong_value(where, value, f"up to {MAX_VALUE_CHARS} characters")
    kind = _TEXTS[name]
    return TextIs(text=kind.text, values=tuple(values), exact=kind.exact or one.exact_match)
