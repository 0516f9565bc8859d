"""ExportScanTaskDetails: make files of a task's machines. ExportTasks tells when they are there, and where."""

from collections.abc import Callable
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.export_cells import TITLE, cells, header
from hostward.api.filters import Filters, conditions_of
from hostward.api.new_export import begin
from hostward.api.values import module_of, task_of
from hostward.domain.machine_filter import Conditions
from hostward.domain.task import Task
from hostward.usecases.exports.rows import rows
from hostward.usecases.exports.shelf import Table
from hostward.usecases.scans import describe

ERRORS: Final = codes(
    "InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameterValue MissingParameter"
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which task, which of its machines."""

    task_id: Uint64
    module_type: str
    filters: list[Filters] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The id of the export, which is a text here."""

    task_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """Begin an export; it is written beside the requests."""
    module = module_of(request.module_type)
    which = task_of(request.task_id, module)
    conditions = conditions_of(request.filters)
    task = await ctx.store.read(lambda uow: describe.find(uow, account=ctx.account, module=module, task=which))
    name = f"{module.value.lower()}-scan-{task.id}"
    return Response(task_id=await begin(ctx, name, lambda goes_on: _table(ctx, task, conditions, goes_on)))


def _table(ctx: Context, task: Task, conditions: Conditions, goes_on: Callable[[], bool]) -> Table:
    """The table, its rows read as they are written, by the thread that writes, as far as the caller may see them."""
    zone, language = ctx.settings.time_zone, ctx.language
    found = rows(ctx.store, task.id, conditions, goes_on=goes_on)
    return Table(
        title=TITLE.said(language, {}),
        header=header(language),
        rows=(cells(row, zone, language) for row in found),
    )
