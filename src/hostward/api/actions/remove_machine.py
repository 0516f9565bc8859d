"""RemoveMachine (service hostward): remove a machine by its Quuid, as DeleteMachine does by its agent's Uuid."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.machines import leave

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine."""

    quuid: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Remove it, and let its agent ask anew, to be told."""
    gone = await ctx.store.write(
        lambda uow: leave.remove(uow, account=ctx.account, quuid=request.quuid, by=ctx.user.name, now=ctx.now)
    )
    ctx.hub.wake([gone.machine])
    return Response()
