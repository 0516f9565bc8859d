"""ReleaseMachine (service hostward): let a machine in again whose agent was kept out because two used its key."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.machines import leave

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine. Its copy must have a key of its own by now, else both are kept out again."""

    quuid: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Let it in."""
    await ctx.store.write(lambda uow: leave.release(uow, account=ctx.account, quuid=request.quuid))
    return Response()
