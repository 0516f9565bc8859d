"""RejectMachine (service hostward): send a machine away that waits. Revoke its token too, else it may come again."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.machines import admission

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine, as ListWaitingMachines names it."""

    waiting_id: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Send it away."""
    await ctx.store.write(lambda uow: admission.reject(uow, account=ctx.account, waiting=request.waiting_id))
    return Response()
