"""ListScanLimits (service hostward): the limits of scans, or those that concern one machine and what they come to."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.limit_values import ScanBoundsInfo, ScanLimitInfo, bounds_info, limit_info
from hostward.usecases.machines import limits

ERRORS: Final = frozenset({"AuthFailure"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Quuid: of a machine; "" for all limits."""

    quuid: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Limits: the account's, then those of tags, then those of machines. Effective: of the machine that was named."""

    total_count: int
    limits: list[ScanLimitInfo]
    effective: list[ScanBoundsInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    if not request.quuid:
        found = await ctx.store.read(lambda uow: limits.listing(uow, account=ctx.account))
        return Response(total_count=len(found), limits=[limit_info(each) for each in found], effective=[])
    found, bounds = await ctx.store.read(
        lambda uow: limits.of_machine(uow, account=ctx.account, quuid=request.quuid, caps=ctx.settings.caps)
    )
    return Response(
        total_count=len(found), limits=[limit_info(each) for each in found], effective=[bounds_info(bounds)]
    )
