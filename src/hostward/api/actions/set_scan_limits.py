"""SetScanLimits (service hostward): how far scans may go on a machine, on those with a tag, or on all."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.texts import ONE_OF_TWO
from hostward.api.values import without_effect
from hostward.domain.limits import ScanLimits, window_of
from hostward.usecases.machines import limits

ERRORS: Final = frozenset({"AuthFailure"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Whom: a machine, a tag, or the account where neither is named. All of the limits, in place of those before."""

    quuid: str = ""
    tag: str = ""
    cpu_percent: Uint64 = 0
    memory_mib: Uint64 = 0
    io_mib: Uint64 = 0
    window: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Done."""


async def answer(ctx: Context, request: Request) -> Response:
    """Set them; they hold from the next job on."""
    if request.quuid and request.tag:
        without_effect("Tag", ONE_OF_TWO)
    wanted = ScanLimits(
        cpu_percent=request.cpu_percent,
        memory_mib=request.memory_mib,
        io_mib=request.io_mib,
        window=window_of(request.window),
    )
    await ctx.store.write(
        lambda uow: limits.put(
            uow, user=ctx.user, tag=request.tag, quuid=request.quuid, limits=wanted, caps=ctx.settings.caps
        )
    )
    return Response()
