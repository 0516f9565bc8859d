"""DescribeVulHostCountScanTime: how many vulnerabilities there are on how many machines, and the last scan."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import codes
from hostward.api.times import wire_datetime
from hostward.usecases.vulnerabilities.fleet_counts import standing

ERRORS: Final = codes("InternalError")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing is asked."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The account's machines. Nothing is fixed by itself: hadAutoFixVul is false."""

    total_vul_count: int
    vul_host_count: int
    scan_time: str
    if_first_scan: bool
    task_id: int
    last_fix_time: str
    had_auto_fix_vul: bool = msgspec.field(name="hadAutoFixVul", default=False)


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # it has no members
    """Count them."""
    found, zone = await ctx.store.read(lambda uow: standing(uow, ctx.account)), ctx.settings.time_zone
    return Response(
        total_vul_count=found.vulnerabilities,
        vul_host_count=found.machines,
        scan_time=wire_datetime(zone, found.begun),
        if_first_scan=found.first,
        task_id=found.running,
        last_fix_time=wire_datetime(zone, found.fixed),
    )
