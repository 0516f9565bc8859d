"""Filters of an account's machines (the API's singular type Filter), as callers write them and as the store means them.

A name with a sense here narrows the list. A name or value of the cloud's, which nothing here could match or miss, is
refused with the reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.texts import A_TAG, AN_ADDRESS, NO_ENROLMENT_DAY, NO_INSTANCE_STATE
from hostward.api.texts import Text as Words
from hostward.api.values import count_between, one_of, unsupported, without_effect, wrong_value
from hostward.domain.machine_filter import AtRisk, Text, TextIs
from hostward.usecases.machines.listing import online
from hostward.usecases.records import PLAIN_ADDRESS, AddressIs, Labelled, MachineCondition

MAX_FILTERS: Final = 5
MAX_VALUES: Final = 5
"""The API's own limits of the type Filter."""

ALL: Final = "ALL"
PRO: Final = "PRO_VERSION"
"""What every machine here has (ProtectType)."""

TAG_DIGITS: Final = 18
"""Of a tag's number: any database can hold as many."""

NONE: Final = TextIs(text=Text.ANY, values=())
"""Lets no machine through."""

ONLINE: Final = "ONLINE"
OFFLINE: Final = "OFFLINE"
"""AgentStatus and MachineStatus."""

IPS: Final = "Ips"
QUUID: Final = "Quuid"
RISK: Final = "Risk"
VERSION: Final = "Version"
MACHINE_STATUS: Final = "MachineStatus"

_TEXTS: Final[Mapping[str, Text]] = {
    "Names": Text.HOST_NAME,
    "InstanceIds": Text.QUUID,  # what the answer shows as InstanceId
    "Os": Text.OS_NAME,
    QUUID: Text.QUUID,
}
_PROTECTED: Final = (PRO, "ProtectedMachines")
_WORDS: Final[Mapping[str, Sequence[str]]] = {
    VERSION: (*_PROTECTED, "BASIC_VERSION", "Flagship"),
    RISK: ("yes",),
    "AgentStatus": (ALL, ONLINE, OFFLINE, "UNINSTALLED"),
    MACHINE_STATUS: (ALL, ONLINE, OFFLINE),
}
_INSTANCE: Final = ("RUNNING", "STOPPED", "EXPIRED")
_WITHOUT_EFFECT: Final[Mapping[str, Words]] = {
    "AddedOnTheFifteen": NO_ENROLMENT_DAY,
}
TAG: Final = "TagId"
NAMES: Final = (IPS, *_TEXTS, *_WORDS, TAG, *_WITHOUT_EFFECT)
"""Every filter of DescribeMachines; names are compared without regard to case."""

_BY_LOWER: Final = {name.lower(): name for name in NAMES}


class Filter(msgspec.Struct, rename="pascal"):
    """One filter. exact_match: of a text the whole; other names are always exact."""

    name: str
    values: list[str]
    exact_match: bool = False


def machine_conditions(filters: Sequence[Filter], now: datetime) -> tuple[MachineCondition, ...]:
    """The conditions that all must hold; () for no filter. Raises ApiError InvalidParameterValue."""
    count_between("Filters", filters, 0, MAX_FILTERS)
    return tuple(
        condition for index, one in enumerate(filters) for condition in _conditions(one, f"Filters.{index}", now)
    )


def _conditions(one: Filter, path: str, now: datetime) -> Sequence[MachineCondition]:
    name = _BY_LOWER.get(one.name.lower())
    if name is None:
        wrong_value(f"{path}.Name", one.name, ", ".join(NAMES))
    if name in _WITHOUT_EFFECT:
        without_effect(f"{path}.Name ({name})", _WITHOUT_EFFECT[name])
    where, values = f"{path}.Values ({name})", tuple(count_between(f"{path}.Values", one.values, 1, MAX_VALUES))
    for value in values:
        if len(value) > MAX_VALUE_CHARS:
            wrong_value(where, value, f"up to {MAX_VALUE_CHARS} characters")
    if name in _TEXTS:
        return (TextIs(text=_TEXTS[name], values=values, exact=one.exact_match or name == QUUID),)
    if name == TAG:
        return (Labelled(values=tuple(tag_number(where, value) for value in values)),)
    if name == IPS:
        return (_address(where, values, exact=one.exact_match),)
    return _chosen(name, where, values, now)


def _address(where: str, values: tuple[str, ...], *, exact: bool) -> AddressIs:
    for value in values:
        if PLAIN_ADDRESS.fullmatch(value) is None:
            wrong_value(where, value, AN_ADDRESS)
    return AddressIs(values=values, exact=exact)


def tag_number(where: str, value: str) -> int:
    """The number of a tag, whether there is such a tag or not."""
    if not value.isascii() or not value.isdigit() or len(value) > TAG_DIGITS:
        wrong_value(where, value, A_TAG)
    return int(value)


def _chosen(name: str, where: str, values: Sequence[str], now: datetime) -> Sequence[MachineCondition]:
    """What one of fixed words means; exact whatever ExactMatch says."""
    if name == MACHINE_STATUS:
        for value in set(values) & set(_INSTANCE):
            unsupported(where, value, NO_INSTANCE_STATE)
    words = {one_of(where, value, _WORDS[name]) for value in values}
    if name == RISK:
        return (AtRisk(),)
    if name == VERSION:
        return () if words & set(_PROTECTED) else (NONE,)
    return _agents(words, now)


def _agents(words: set[str], now: datetime) -> Sequence[MachineCondition]:
    """Online or offline; a machine that is enrolled here never counts as UNINSTALLED."""
    if ALL in words or {ONLINE, OFFLINE} <= words:
        return ()
    if words & {ONLINE, OFFLINE}:
        return (online(now, wanted=ONLINE in words),)
    return (NONE,)
