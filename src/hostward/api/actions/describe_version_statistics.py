"""DescribeVersionStatistics: machines by edition. Every machine here has all modules, which is PRO_VERSION."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.usecases.machines import overview

ERRORS: Final = codes(
    """InternalError InternalError.MainDBFail InvalidParameter InvalidParameter.InvalidFormat
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing to say."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Counts."""

    basic_version_num: Uint64 = 0
    pro_version_num: Uint64
    ultimate_version_num: Uint64 = 0
    general_version_num: Uint64 = 0


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # it has no members
    """Count the machines."""
    found = await ctx.store.read(lambda uow: overview.counts(uow, account=ctx.account))
    return Response(pro_version_num=found.machines)
