"""ApproveMachine (service hostward): let a machine in that waits; its agent learns of it within seconds."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.machines import admission

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine, as ListWaitingMachines names it."""

    waiting_id: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The names it has from now on."""

    quuid: str
    uuid: str


async def answer(ctx: Context, request: Request) -> Response:
    """Let it in."""
    machine = await ctx.store.write(lambda uow: admission.approve(uow, account=ctx.account, waiting=request.waiting_id))
    return Response(quuid=machine.quuid, uuid=machine.uuid)
