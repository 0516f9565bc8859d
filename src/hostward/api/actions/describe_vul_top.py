"""DescribeVulTop: the vulnerabilities that most of the account's machines have now."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import MAX_LIMIT, between
from hostward.api.vul_filters import narrow_of
from hostward.api.vul_names import level_of, name_of
from hostward.usecases.vulnerabilities.fleet_counts import widest_spread

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """How many, and which ones. IsFollowVul 1: only those that are known to be exploited."""

    top: Uint64
    vul_category: Uint64 = 0
    is_follow_vul: Uint64 = 0


class VulTopInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One vulnerability. VulCount: machines that have it."""

    vul_name: str
    vul_level: int
    vul_count: int
    vul_id: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Those on most machines first."""

    vul_top_list: list[VulTopInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    limit = between("Top", request.top, 1, MAX_LIMIT)
    narrow = narrow_of(request.vul_category, request.is_follow_vul)
    found = await ctx.store.read(lambda uow: widest_spread(uow, ctx.account, narrow, limit=limit))
    return Response(
        vul_top_list=[
            VulTopInfo(vul_name=name_of(vul), vul_level=level_of(vul), vul_count=vul.machines, vul_id=vul.id)
            for vul in found
        ]
    )
