"""ExportMachines (service hostward): make files of the machines that are enrolled, chosen as ListMachines does.

ExportTasks tells when they are there, and where.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from hostward.api.actions.list_machines import Chosen, conditions_of
from hostward.api.context import Context
from hostward.api.machine_cells import TITLE, cells, header
from hostward.api.new_export import begin
from hostward.usecases.exports.machines import Conditions, machines
from hostward.usecases.exports.shelf import Table

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(Chosen, rename="pascal", kw_only=True):
    """Which machines; they come in the order of their enrolment."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The id of the export, which is a text here."""

    task_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """Begin an export; it is written beside the requests."""
    conditions = conditions_of(request, ctx)
    return Response(task_id=await begin(ctx, "machines", lambda goes_on: _table(ctx, conditions, goes_on)))


def _table(ctx: Context, conditions: Conditions, goes_on: Callable[[], bool]) -> Table:
    """The table, its rows read as they are written, by the thread that writes, as far as the caller may see them."""
    zone, language = ctx.settings.time_zone, ctx.language
    found = machines(ctx.store, ctx.account, conditions, goes_on=goes_on)
    return Table(
        title=TITLE.said(language, {}),
        header=header(language),
        rows=(cells(row, tags, ctx.now, zone, language) for row, tags in found),
    )
