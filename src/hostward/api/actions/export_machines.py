"""ExportMachines (service hostward): make files of the machines that are enrolled, chosen as ListMachines does.

ExportTasks tells when they are there, and where.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from hostward.api.actions.list_machines import Chosen, conditions_of
from hostward.api.context import Context
from hostward.api.errors import ApiError, Code
from hostward.api.machine_cells import TITLE, cells, header
from hostward.api.texts import NO_EXPORTS
from hostward.usecases.exports.machines import Conditions, machines
from hostward.usecases.exports.shelf import Export, Table

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(Chosen, rename="pascal", kw_only=True):
    """Which machines; they come in the order of their enrolment."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The id of the export, which is a text here."""

    task_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """Begin an export; it is written beside the requests."""
    exports = ctx.exports
    if exports is None:
        raise ApiError(Code.UNSUPPORTED_OPERATION, NO_EXPORTS)
    conditions = conditions_of(request, ctx)
    begun = ctx.now.astimezone(ctx.settings.time_zone)
    export = Export(
        id=exports.new_id(),
        account=ctx.account,
        user=ctx.user.id,
        tags=ctx.user.tags,
        name=f"machines-{begun:%Y%m%d-%H%M%S}",
        created=ctx.now,
    )
    await asyncio.to_thread(exports.start, export, lambda goes_on: _table(ctx, conditions, goes_on))
    return Response(task_id=export.id)


def _table(ctx: Context, conditions: Conditions, goes_on: Callable[[], bool]) -> Table:
    """The table, its rows read as they are written, by the thread that writes, as far as the caller may see them."""
    zone, language = ctx.settings.time_zone, ctx.language
    found = machines(ctx.store, ctx.account, conditions, goes_on=goes_on)
    return Table(
        title=TITLE.said(language, {}),
        header=header(language),
        rows=(cells(row, tags, ctx.now, zone, language) for row, tags in found),
    )
