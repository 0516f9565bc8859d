"""ListScanTaskMachines (service hostward): a page of a task's machines, by part, text and order."""

from typing import Annotated, Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.machine_query import PAGE, machine_query
from hostward.api.task_rows import TaskMachine, task_machine
from hostward.api.values import module_of, task_of
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans import views

ERRORS: Final = codes(
    "AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue"
)

_ENCODER: Final = msgspec.json.Encoder()


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which task, which of its machines, in which order. Query: in a host name, an address or the remark."""

    module: str
    task_id: Uint64
    buckets: list[str] = []
    query: str = ""
    sort: str = ""
    descending: bool = False
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many machines match in all."""

    total_count: int
    machines: Annotated[msgspec.Raw, list[TaskMachine]]


async def answer(ctx: Context, request: Request) -> Response:
    """List the machines; the rows are written as JSON by the thread that read them (see DescribeScanTaskDetails)."""
    module = module_of(request.module, "Module")
    task = task_of(request.task_id, module)
    wanted = machine_query(
        buckets=request.buckets, query=request.query, sort=request.sort, descending=request.descending,
        limit=request.limit, offset=request.offset,
    )  # fmt: skip

    def read(uow: UnitOfWork) -> Response:
        page, versions = views.machines(
            uow, account=ctx.account, module=module, task=task, conditions=wanted.conditions, order=wanted.order,
            limit=wanted.limit, offset=wanted.offset,
        )  # fmt: skip
        zone = ctx.settings.time_zone
        rows = [task_machine(row, versions.get(row.quuid, ""), zone, ctx.language) for row in page.rows]
        return Response(total_count=page.total, machines=msgspec.Raw(_ENCODER.encode(rows)))

    return await ctx.store.read(read)
