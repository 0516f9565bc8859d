"""ModifyMachineRemark: write a remark on a machine. Searches by ipOrAlias and Keywords find it."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import codes
from hostward.usecases.machines import remark

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine and its remark, up to 255 characters; "" removes it."""

    quuid: str
    remark: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Keep the remark."""
    await ctx.store.write(lambda uow: remark.put(uow, account=ctx.account, quuid=request.quuid, remark=request.remark))
    return Response()
