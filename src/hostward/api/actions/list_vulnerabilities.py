"""ListVulnerabilities (service hostward): what the account's machines have now, between scans too."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.machine_query import PAGE
from hostward.api.values import count_between, limit_of, offset_of
from hostward.api.vulnerability_rows import MAX_MACHINES, Vulnerability, query_of, vulnerability
from hostward.usecases.vulnerabilities.fleet_vuls import listing

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones. Empty texts and lists choose nothing; Kev, Fixable and Ignored left out: both kinds."""

    status: str = ""
    levels: list[Uint64] = []
    categories: list[Uint64] = []
    query: str = ""
    kev: bool | UnsetType = UNSET
    fixable: bool | UnsetType = UNSET
    ignored: bool | UnsetType = UNSET
    quuids: list[str] = []
    sort_by: str = ""
    order: str = ""
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many match in all."""

    total_count: int
    vulnerabilities: list[Vulnerability]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    wanted = query_of(
        status=request.status, levels=request.levels, categories=request.categories, query=request.query,
        kev=request.kev, fixable=request.fixable, ignored=request.ignored, sort_by=request.sort_by, order=request.order,
    )  # fmt: skip
    quuids = count_between("Quuids", request.quuids, 0, MAX_MACHINES)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    page = await ctx.store.read(
        lambda uow: listing(uow, account=ctx.account, wanted=wanted, quuids=quuids, limit=limit, offset=offset)
    )
    rows = [vulnerability(one, page.statuses[one.known.id], ctx.settings.time_zone) for one in page.rows]
    return Response(total_count=page.total, vulnerabilities=rows)
