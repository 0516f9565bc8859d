"""DescribeVulLevelCount: how many vulnerabilities the account's machines have now, by level."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.texts import NO_BASELINE
from hostward.api.values import unsupported
from hostward.api.vul_filters import narrow_of
from hostward.usecases.vulnerabilities.fleet_counts import by_level

ERRORS: Final = codes("InternalError")

BASELINE: Final = 3
"""VulCategory of baseline items, which are no vulnerabilities here."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones. IsFollowVul 1: only those that are known to be exploited."""

    vul_category: Uint64 = 0
    is_follow_vul: Uint64 = 0


class VulLevelInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """A level."""

    vul_level: int
    count: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """All four levels, worst first."""

    vul_level_list: list[VulLevelInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """Count them."""
    if request.vul_category == BASELINE:
        unsupported("VulCategory", request.vul_category, NO_BASELINE)
    narrow = narrow_of(request.vul_category, request.is_follow_vul)
    counts = await ctx.store.read(lambda uow: by_level(uow, ctx.account, narrow))
    return Response(vul_level_list=[VulLevelInfo(vul_level=level, count=count) for level, count in counts.items()])
