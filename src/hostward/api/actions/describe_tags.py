"""DescribeTags: the tags of machines, each with how many have it.

With a filter or a place, machines are counted that match, and only tags of those are listed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hostward.api.actions.describe_machines import EVERYWHERE, is_here
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.filters import MAX_FILTERS, MAX_VALUE_CHARS, MAX_VALUES, Filters
from hostward.api.machine_filters import ALL, MACHINE_STATUS, NONE, RISK, VERSION, Filter, machine_conditions
from hostward.api.values import count_between, wrong_value
from hostward.domain.machine_filter import Text, TextIs
from hostward.usecases.machines import tags
from hostward.usecases.records import MachineCondition

ERRORS: Final = codes(
    """FailedOperation InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter ResourceNotFound"""
)

KEYWORDS: Final = "Keywords"
_AS_OF_MACHINES: Final[Mapping[str, str]] = {"Status": MACHINE_STATUS, VERSION: VERSION, RISK: RISK, "Os": "Os"}
"""Filters that DescribeMachines has too, under its own names."""

NAMES: Final = (KEYWORDS, *_AS_OF_MACHINES)
_BY_LOWER: Final = {name.lower(): name for name in NAMES}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machines are counted."""

    machine_type: str = ""
    machine_region: str = ""
    filters: list[Filters] = []


class Tag(msgspec.Struct, rename="pascal", kw_only=True):
    """A tag."""

    id: Uint64
    name: str
    count: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The tags, in the order in which they were made."""

    list: list[Tag]


async def answer(ctx: Context, request: Request) -> Response:
    """List the tags."""
    count_between("Filters", request.filters, 0, MAX_FILTERS)
    conditions = [each for index, one in enumerate(request.filters) for each in _meaning(one, index, ctx.now)]
    if not is_here(request.machine_type or ALL, request.machine_region or EVERYWHERE):
        conditions.append(NONE)
    found = await ctx.store.read(lambda uow: tags.listing(uow, account=ctx.account, conditions=conditions))
    return Response(list=[Tag(id=one.id, name=one.name, count=one.machines) for one in found])


def _meaning(one: Filters, index: int, now: datetime) -> Sequence[MachineCondition]:
    name = _BY_LOWER.get(one.name.lower())
    if name is None:
        wrong_value(f"Filters.{index}.Name", one.name, ", ".join(NAMES))
    if name != KEYWORDS:
        return machine_conditions([Filter(_AS_OF_MACHINES[name], one.values, one.exact_match)], now)
    where = f"Filters.{index}.Values"
    for value in count_between(where, one.values, 1, MAX_VALUES):
        if len(value) > MAX_VALUE_CHARS:
            wrong_value(where, value, f"up to {MAX_VALUE_CHARS} characters")
    return (TextIs(text=Text.ANY, values=tuple(one.values), exact=one.exact_match),)
