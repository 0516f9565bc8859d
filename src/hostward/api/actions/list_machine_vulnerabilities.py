"""ListMachineVulnerabilities (service hostward): what one machine has or had, and which packages bring it."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code
from hostward.api.machine_query import PAGE
from hostward.api.texts import NO_MACHINE
from hostward.api.values import limit_of, offset_of
from hostward.api.vulnerability_rows import MachineVulnerability, machine_vulnerability, query_of
from hostward.usecases.vulnerabilities.fleet_vuls import of_machine

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest", "ResourceNotFound"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machine, and which of its vulnerabilities. Ignored left out: both kinds."""

    quuid: str
    status: str = ""
    levels: list[Uint64] = []
    query: str = ""
    ignored: bool | UnsetType = UNSET
    sort_by: str = ""
    order: str = ""
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many match in all."""

    total_count: int
    vulnerabilities: list[MachineVulnerability]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    wanted = query_of(
        status=request.status, levels=request.levels, query=request.query, ignored=request.ignored,
        sort_by=request.sort_by, order=request.order,
    )  # fmt: skip
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    page = await ctx.store.read(
        lambda uow: of_machine(
            uow, account=ctx.account, quuid=request.quuid, wanted=wanted, limit=limit, offset=offset
        )
    )  # fmt: skip
    if page is None:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_MACHINE)
    rows = [machine_vulnerability(event, vul, ctx.settings.time_zone) for event, vul in page.rows]
    return Response(total_count=page.total, vulnerabilities=rows)
