"""ListScanTaskRisks (service hostward): what a task found, each risk once, worst first."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.machine_query import PAGE, query_text
from hostward.api.task_rows import TaskRisk, task_risk
from hostward.api.values import count_between, limit_of, module_of, offset_of, one_of, task_of
from hostward.domain.severity import Level
from hostward.usecases.records import RiskQuery
from hostward.usecases.scans import views

ERRORS: Final = codes(
    "AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue"
)

_LEVELS: Final = (0, *(level.value for level in Level))
"""0: nobody gives one."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which task, and which of its risks. Query: in the name, the place or the description."""

    module: str
    task_id: Uint64
    query: str = ""
    levels: list[Uint64] = []
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many risks match in all."""

    total_count: int
    risks: list[TaskRisk]


async def answer(ctx: Context, request: Request) -> Response:
    """List the risks."""
    module = module_of(request.module, "Module")
    task = task_of(request.task_id, module)
    count_between("Levels", request.levels, 0, len(_LEVELS))
    levels = frozenset(one_of("Levels", level, _LEVELS) for level in request.levels)
    wanted = RiskQuery(text=query_text(request.query), levels=levels)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    page = await ctx.store.read(
        lambda uow: views.risks(
            uow, account=ctx.account, module=module, task=task, wanted=wanted, limit=limit, offset=offset
        )
    )
    return Response(total_count=page.total, risks=list(map(task_risk, page.rows)))
