"""ListVulnerableMachines (service hostward): the machines that have or had a vulnerability."""

from typing import Final

import msgspec

from hostward.api.actions.scan_vul import MAX_VUL_ID
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code
from hostward.api.machine_query import PAGE, query_text
from hostward.api.texts import NO_VUL
from hostward.api.values import between, limit_of, offset_of
from hostward.api.vulnerability_rows import VulnerableMachine, status_of, vulnerable_machine
from hostward.domain.ids import VulId
from hostward.usecases.vul_event_ports import VulQuery
from hostward.usecases.vulnerabilities.fleet_vuls import machines_of

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest", "ResourceNotFound"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which vulnerability, and which of its machines. Query: in a host name, an address or a remark."""

    vul_id: Uint64
    status: str = ""
    query: str = ""
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many machines match in all."""

    total_count: int
    machines: list[VulnerableMachine]


async def answer(ctx: Context, request: Request) -> Response:
    """List them, in the order of their enrolment."""
    vul = VulId(between("VulId", request.vul_id, 1, MAX_VUL_ID))
    wanted = VulQuery(status=status_of(request.status))
    text = query_text(request.query)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    page = await ctx.store.read(
        lambda uow: machines_of(
            uow, account=ctx.account, vul=vul, wanted=wanted, text=text, limit=limit, offset=offset
        )
    )  # fmt: skip
    if page is None:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_VUL, vul=vul)
    rows = [vulnerable_machine(event, machine, ctx.settings.time_zone) for event, machine in page.rows]
    return Response(total_count=page.total, machines=rows)
