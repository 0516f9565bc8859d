"""ListWaitingMachines (service hostward): machines that wait to be let in, longest first."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.enrolment_values import WaitingInfo, waiting_info
from hostward.usecases.machines import admission

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The machines."""

    machines: list[WaitingInfo]


async def answer(ctx: Context, _request: Request) -> Response:
    """List them."""
    found = await ctx.store.read(lambda uow: admission.waiting(uow, account=ctx.account))
    return Response(machines=[waiting_info(each, ctx) for each in found])
