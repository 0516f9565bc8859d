"""DeleteMachine: remove a machine. Its agent is refused from now on; what past scans found stays."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import codes
from hostward.usecases.machines import leave

ERRORS: Final = codes(
    """FailedOperation FailedOperation.APIServerFail FailedOperation.MachineDelete InternalError
    InternalError.MainDBFail InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter
    ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine, by the Uuid of its agent."""

    uuid: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Remove it, and let its agent ask anew, to be told."""
    gone = await ctx.store.write(
        lambda uow: leave.remove(uow, account=ctx.account, uuid=request.uuid, by=ctx.user.name, now=ctx.now)
    )
    ctx.hub.wake([gone.machine])
    return Response()
