"""CreateEmergencyVulScan: look for one vulnerability that is known to be exploited."""

from typing import Final

import msgspec

from hostward.api.actions.scan_vul import EMERGENCY_CODE, MAX_VUL_ID
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import between, count_between, timeout_of
from hostward.domain.ids import ROWS_PER_TASK, VulId
from hostward.domain.options import Category
from hostward.usecases.scans.emergency import start_emergency

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter
    OperationDenied ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Uuids: of machines, all for none. TimeoutPeriod in seconds for each machine."""

    vul_id: Uint64
    uuids: list[str] = []
    timeout_period: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing but its RequestId."""


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents."""
    timeout = timeout_of(request.timeout_period, ctx.settings)
    count_between("Uuids", request.uuids, 0, ROWS_PER_TASK)
    vul = VulId(between("VulId", request.vul_id, 1, MAX_VUL_ID))
    started = await ctx.store.write(
        lambda uow: start_emergency(
            uow,
            vul=vul,
            uuids=request.uuids,
            content=_CONTENT,
            timeout=timeout,
            rule=ctx.ruled,
            account=ctx.account,
            by=ctx.user.name,
            now=ctx.now,
        )
    )
    ctx.hub.wake(started.wake)
    return Response()


_CONTENT: Final = (EMERGENCY_CODE, *(str(category.value) for category in sorted(Category)))
